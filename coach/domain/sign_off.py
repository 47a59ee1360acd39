"""Sign-off: which values of a protocol a clinician has checked, and which have changed since.

Every number, rule and text of a protocol is one value: it has a path that names its place, and a
hash over the path and what stands there. A signature holds while the value has the hash that was
signed. So a changed number loses its signature by itself, and has it again once it is put back;
the file's name, its version, its comments and its sources change nothing.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import lru_cache
from uuid import UUID

from coach.domain import own_drawing
from coach.domain.protocol import Phase, Protocol, Quantity

# What names a part or says where it comes from; nobody does anything by it. Every other field of
# a protocol is a value, whatever fields it will have.
NOT_SIGNED = frozenset(
    {"id", "country", "digest", "version", "source", "sources", "note", "drawing", "drawings"}
)
PICTURES = frozenset({"own_drawing"})  # signed by their hash: nobody reads the text of one
PARTS = frozenset({"phases", "routines"})  # each of these is a section of its own


class Opinion(StrEnum):
    """What a clinician says about a value. `WITHDRAWN` takes back what they said before."""

    AGREE = "agree"
    CHANGE = "change"  # agrees, with a change needed: until then it does not count as checked
    NOT_MINE = "not_mine"  # not theirs to judge
    WITHDRAWN = "withdrawn"


class ValueState(StrEnum):
    """How a value stands."""

    CHECKED = "checked"
    CHANGE_ASKED = "change_asked"
    CHANGED = "changed"  # it was checked, and is another one now
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a protocol: where it stands, what it says, and where it comes from.

    `text` is the canonical form: a number in decimal with its unit, a text in NFC with single
    spaces, the lines of a list below one another. `source` is "" where the protocol names none,
    `hash` the SHA-256 that a signature names.
    """

    path: str
    text: str
    source: str
    hash: str

    @property
    def section(self) -> str:
        """The part of the protocol that it belongs to: "rules", "phases.second-day"."""
        names = self.path.split(".")
        return ".".join(names[: 2 if names[0] in PARTS else 1])


@dataclass(frozen=True, slots=True)
class Signature:
    """What one clinician said about one value, and when. They are only ever added to.

    `text` is the value as it was shown, `name` what the clinic calls the account now.
    """

    id: UUID
    at: datetime
    account: UUID
    role: str
    protocol: str
    path: str
    text: str
    hash: str
    opinion: Opinion
    note: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A value with its state, and the signature that the state rests on, if any."""

    value: Value
    state: ValueState
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many of some values are checked, by whom (the latest first), and when last."""

    checked: int
    of: int
    names: tuple[str, ...]
    last: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether each of them is checked, so that one may say so."""
        return 0 < self.of == self.checked


@dataclass(frozen=True, slots=True)
class SignOff:
    """All values of a protocol with their states, in the order of the protocol."""

    values: tuple[CheckedValue, ...]

    def of(self, *places: str) -> Summary:
        """Return how many values are checked, of all or of those at or below some paths."""
        return summary(each for each in self.values if not places or _is_at(each.value.path, places))

    @property
    def sections(self) -> Mapping[str, tuple[CheckedValue, ...]]:
        """The values by section, in order."""
        found: dict[str, list[CheckedValue]] = {}
        for each in self.values:
            found.setdefault(each.value.section, []).append(each)
        return {name: tuple(values) for name, values in found.items()}


def sign_off(protocol: Protocol, signatures: Iterable[Signature]) -> SignOff:
    """Return how each value of a protocol stands; signatures of other protocols do not count.

    Of one clinician's words about a value as it is now, the last counts. It is checked if somebody
    agrees and nobody asks for a change.
    """
    said: dict[str, dict[tuple[UUID, str], Signature]] = {}
    for each in sorted(signatures, key=lambda one: (one.at, one.id)):
        if each.protocol == protocol.id:
            said.setdefault(each.path, {})[each.account, each.hash] = each
    return SignOff(tuple(_standing(value, said.get(value.path, {}).values()) for value in values(protocol)))


def summary(some: Iterable[CheckedValue]) -> Summary:
    """Return how many of these values are checked, by whom and when last."""
    known = list(some)
    signed = [each.signature for each in known if each.state is ValueState.CHECKED and each.signature]
    signed.sort(key=lambda each: each.at, reverse=True)
    names = tuple(dict.fromkeys(each.name for each in signed))
    return Summary(len(signed), len(known), names, signed[0].at if signed else None)


def of_plan(protocol: Protocol, *, phases: Iterable[str], routines: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of all that shapes the doses of these phases and routines.

    That is the doses themselves, the limits of the routines, when each phase begins, and the rules
    that make a dose smaller or close an exercise. Doses of other routines in these phases are none
    of it: of a patient, those that wait for a release.
    """
    begins = [f"phases.{phase.id}.{name}" for phase in protocol.phases for name in ("anchor", "opens_after")]
    own, shown = tuple(routines), frozenset(phases)
    names = [each.name for each in fields(Phase) if each.name != "doses"]
    names += [f"doses.{routine}" for routine in own]
    return (
        "rules",
        *begins,
        *(f"phases.{phase.id}.{name}" for phase in protocol.phases if phase.id in shown for name in names),
        *(f"routines.{routine}" for routine in own),
    )


def values(protocol: Protocol) -> tuple[Value, ...]:
    """Return every number, rule and text of a protocol.

    Raises:
        TypeError: the protocol holds something that nobody could sign.
    """
    return _known(_Same(protocol))


def value_hash(path: str, text: str) -> str:
    """Return the SHA-256 over a path and the canonical value that stands there."""
    both = json.dumps([path, text], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(both.encode("utf-8", "surrogatepass")).hexdigest()


class _Same:
    """A protocol as the key of a cache: no other one is the same, however alike."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.protocol is self.protocol

    def __hash__(self) -> int:
        return id(self.protocol)


@lru_cache(maxsize=8)
def _known(same: _Same) -> tuple[Value, ...]:
    return tuple(_values(same.protocol, (), ""))


def _standing(value: Value, said: Iterable[Signature]) -> CheckedValue:
    now: list[Signature] = []
    before: list[Signature] = []
    for each in said:
        (now if each.hash == value.hash else before).append(each)
    for opinion, state, found in (
        (Opinion.CHANGE, ValueState.CHANGE_ASKED, now),
        (Opinion.AGREE, ValueState.CHECKED, now),
        (Opinion.AGREE, ValueState.CHANGED, before),
    ):
        mine = [each for each in found if each.opinion is opinion]
        if mine:
            return CheckedValue(value, state, max(mine, key=lambda each: (each.at, each.id)))
    return CheckedValue(value, ValueState.NOT_CHECKED, None)


def _is_at(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}.") for place in places)


def _values(found: object, path: tuple[str, ...], source: str) -> Iterator[Value]:
    if found is None or (isinstance(found, str | tuple | frozenset) and not found):
        return
    if isinstance(found, Quantity):
        yield _value(path, f"{_number(found.value)} {found.unit}", found.source)
    elif is_dataclass(found) or isinstance(found, Mapping):
        source = str(getattr(found, "source", "") or getattr(found, "sources", "")) if path else source
        for name, item in _items(found):
            if name in PICTURES and isinstance(item, str) and item:
                item = f"SVG {own_drawing.key(item)}"
            yield from _values(item, (*path, name), source)
    elif isinstance(found, tuple | frozenset) and all(isinstance(each, str) for each in found):
        lines = sorted(found) if isinstance(found, frozenset) else found
        yield _value(path, "\n".join(map(_text, lines)), source)
    elif isinstance(found, tuple):
        for name, item in (_named(n, each) for n, each in enumerate(found)):
            yield from _values(item, (*path, name), source)
    else:
        yield _value(path, _alone(found), source)


def _value(path: tuple[str, ...], text: str, source: str) -> Value:
    place = ".".join(path)
    return Value(place, text, source, value_hash(place, text))


def _items(found: object) -> Iterator[tuple[str, object]]:
    """Yield the named parts of a mapping or a dataclass that can be signed."""
    if isinstance(found, Mapping):
        yield from ((str(name), item) for name, item in found.items())
    elif is_dataclass(found):
        yield from (
            (each.name, getattr(found, each.name)) for each in fields(found) if each.name not in NOT_SIGNED
        )


def _named(n: int, item: object) -> tuple[str, object]:
    """Return the name of a list's item: its id, its score, or else its number."""
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], int):
        return str(item[0]), item[1]
    return str(getattr(item, "id", n)), item


def _alone(found: object) -> str:
    """Return a value that stands without a unit in its canonical form."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int | float):
        return _number(found)
    if isinstance(found, str):
        return _text(found.value if isinstance(found, Enum) else found)
    raise TypeError(f"{type(found).__name__} cannot be signed")


def _number(value: float) -> str:
    """Return a number in decimal, whole ones without a point: 5 and 5.0 are the same."""
    return format(Decimal(str(value)).normalize(), "f")


def _text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
