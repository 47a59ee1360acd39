"""Signatures of protocol values for tests, and protocols with one value changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from coach.domain.protocol import Protocol, Quantity
from coach.domain.sign_off import Opinion, Signature, Value, values

SIGNED = datetime(2026, 11, 3, 9, tzinfo=UTC)
MEYER = UUID(int=11)


def signed(
    value: Value, opinion: Opinion = Opinion.AGREE, *, by: UUID = MEYER, hours: float = 0, **other: Any
) -> Signature:
    """Return what somebody said of a value, so many hours after the first; `other` replaces its parts."""
    parts: dict[str, Any] = {
        "id": uuid4(),
        "at": SIGNED + timedelta(hours=hours),
        "account": by,
        "role": "physiotherapist",
        "protocol": "balloon-kyphoplasty",
        "path": value.path,
        "text": value.text,
        "hash": value.hash,
        "opinion": opinion,
        "note": "",
        "name": "A. Meyer" if by == MEYER else "B. Kim",
    }
    return Signature(**parts | other)


def all_signed(protocol: Protocol, **other: Any) -> tuple[Signature, ...]:
    """Return a signature of each value of a protocol."""
    return tuple(signed(each, **other) for each in values(protocol))


def changed(protocol: Protocol, path: str) -> Protocol:
    """Return a protocol in which the value at a path is another one: a number is one more."""
    found: Protocol = _replaced(protocol, path.split("."), _other)
    return found


def _replaced(found: Any, names: list[str], make: Callable[[Any], Any]) -> Any:
    if not names:
        return make(found)
    name, *rest = names
    if is_dataclass(found):
        return replace(found, **{name: _replaced(getattr(found, name), rest, make)})  # type: ignore[type-var]
    if isinstance(found, Mapping):
        return {**found, name: _replaced(found[name], rest, make)}
    place = next(n for n, item in enumerate(found) if _named(n, item) == name)
    item = found[place]
    if isinstance(item, tuple):
        return (*found[:place], (item[0], make(item[1])), *found[place + 1 :])
    return (*found[:place], _replaced(item, rest, make), *found[place + 1 :])


def _named(n: int, item: object) -> str:
    return str(item[0]) if isinstance(item, tuple) else str(getattr(item, "id", n))


def _other(found: Any) -> Any:
    match found:
        case Quantity():
            return replace(found, value=found.value + 1)
        case bool():
            return not found
        case Enum():
            return next((each for each in type(found) if each is not found), "another")
        case int():
            return found + 1
        case str():
            return f"{found} X"
        case Iterable():
            return (*found, "One more.")
        case _:
            raise TypeError(found)
