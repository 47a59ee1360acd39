"""Reads one table of a scenario file key by key; the first fault is raised with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from coach.domain.errors import BadValue
from coach.protocols.reading import TEXT_LIMIT, shown
from coach.scenarios.errors import ScenarioError, listed, of_domain

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

MISSING = object()


class Fields:
    """The keys of one table that are not read yet, and the table's place in the file."""

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, Mapping):
            raise ScenarioError(f"{shown(raw)} is no table", "keys with values", where)
        self.where = where
        self._left: dict[str, object] = dict(raw)
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._left

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are not read yet, in the file's order."""
        return tuple(self._left)

    def place(self, key: str) -> str:
        """Return the place of a key, for a sentence."""
        return f"{self.where}, {key}" if self.where else key

    def copy(self) -> Fields:
        """Return a copy of the table with the same unread keys."""
        made = Fields(self._left, self.where)
        made._asked = set(self._asked)
        return made

    def take(self, key: str, allowed: str, default: object = MISSING) -> object:
        """Return the value of a key; without a default the key is required."""
        self._asked.add(key)
        if key not in self._left and default is MISSING:
            raise ScenarioError("this is missing", allowed, self.place(key))
        return self._left.pop(key, default)

    def text(self, key: str, default: object = MISSING, *, allowed: str = "a text in quotes") -> str:
        """Return one line of text that is not empty and can be printed."""
        raw = self.take(key, allowed, default)
        if isinstance(raw, str) and (
            raw == default or (raw.strip() and raw.isprintable() and len(raw) <= TEXT_LIMIT)
        ):
            return raw
        raise ScenarioError(f"{shown(raw)} does not fit", allowed, self.place(key))

    def read(
        self, key: str, reading: Callable[[str], Value], allowed: str, default: object = MISSING
    ) -> Value:
        """Return a key's text as read by a function; its errors get the key's place."""
        text = self.text(key, default, allowed=allowed)
        try:
            return reading(text)
        except ScenarioError as wrong:
            raise wrong.at(self.place(key)) from None
        except BadValue as refused:
            raise of_domain(refused, self.place(key)) from None

    def whole(self, key: str, least: int, most: int, default: object = MISSING) -> int:
        """Return a whole number within both ends."""
        allowed = f"a whole number from {least} to {most}"
        raw = self.take(key, allowed, default)
        if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most:
            return raw
        raise ScenarioError(f"{shown(raw)} does not fit", allowed, self.place(key))

    def flag(self, key: str, default: object = MISSING) -> bool:
        """Return true or false."""
        raw = self.take(key, "true or false", default)
        if not isinstance(raw, bool):
            raise ScenarioError(f"{shown(raw)} is neither true nor false", "true or false", self.place(key))
        return raw

    def name(self, key: str, names: Collection[str], what: str, default: object = MISSING) -> str:
        """Return one of these names; `what` is what they are names of, such as "exercise"."""
        raw = self.take(key, listed(names), default)
        if isinstance(raw, str) and raw in names:
            return raw
        raise ScenarioError(f"unknown {what} {shown(raw)}", listed(names), self.place(key))

    def choice(self, key: str, kind: type[Choice], what: str, default: object = MISSING) -> Choice:
        """Return one of a kind's values."""
        return kind(self.name(key, tuple(kind), what, default))

    def done(self) -> None:
        """Refuse the first unknown key."""
        for key in self._left:
            raise ScenarioError(f"unknown key {shown(key)}", listed(sorted(self._asked)), self.where)


def tables(raw: object, name: str) -> list[Fields]:
    """Return the tables of a list such as [[happens]], each with its number, counted from 1."""
    if not isinstance(raw, list):
        raise ScenarioError(f"{shown(raw)} is no list of tables", f"[[{name}]]", name)
    return [Fields(each, f"[[{name}]] {number}") for number, each in enumerate(raw, start=1)]
