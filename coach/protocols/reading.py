"""Reads a TOML table key by key and collects every problem instead of stopping at the first."""

from __future__ import annotations

import difflib
import math
import re
import string
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from coach.domain.protocol import SOURCE, UNITS, Quantity

SHOWN = 60  # characters of a value in a sentence
TEXT_LIMIT = 500
UNREAD = Quantity(0, "h", "PD", "stands in for a number that could not be read")
NUMBERS_TO_CALL = frozenset({"emergency", "advice_line", "clinic"})
IN_ADVICE = NUMBERS_TO_CALL | {"lift"}
NO_PLACEHOLDERS: frozenset[str] = frozenset()
LAYOUT = re.compile(r"[\[\]`|\\]|<[A-Za-z/!?]|~~|\$.*\$|^\s*(?:[#>=]|-{3}|[-+*]\s|\d+[.)]\s)")
KEY = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+(\[\d+\])?")

_MISSING = object()


class LaterKey(str):
    """A key that a file written before it was thought of does not have: its texts are none there."""

    __slots__ = ()


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Range:
    """The range that a number of some unit may have, both ends included."""

    least: float
    most: float
    whole: bool = False

    def __str__(self) -> str:
        """Return the range in words, for a message."""
        return f"{'whole numbers' if self.whole else 'numbers'} from {self.least:g} to {self.most:g}"


RANGES = {
    "s": Range(0, 3600),
    "min": Range(0, 1440),
    "h": Range(0, 100_000),
    "d": Range(0, 4000, whole=True),
    "weeks": Range(0, 600),
    "days/week": Range(1, 7, whole=True),
    "reps": Range(1, 1000, whole=True),
    "sets": Range(1, 100, whole=True),
    "sets/day": Range(1, 100, whole=True),
    "NRS": Range(0, 10),
    "NRS points": Range(0, 10),
    "percent": Range(0, 100),
    "share": Range(0, 10),
    "local time (h)": Range(0, 23, whole=True),
    "kg": Range(0, 500),
    "degC": Range(0, 50),
    "activities": Range(1, 10, whole=True),
    "PSFS": Range(0, 10, whole=True),
    "PSFS points": Range(0, 10),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a protocol file; `line` where the TOML parser names one, else None."""

    file: str
    where: str
    what: str
    allowed: str
    line: int | None = None

    def __str__(self) -> str:
        """Return the problem as one line."""
        place = self.where or (f"line {self.line}" if self.line else "the file")
        return f"{place}: {self.what}. Allowed: {self.allowed}."


class ProtocolError(ValueError):
    """A refused protocol file, with all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return the file, then a line for each problem."""
        file = self.problems[0].file if self.problems else "the protocol"
        return "\n  ".join([f"{file} is not used, because:", *map(str, self.problems)])


@dataclass(slots=True)
class Report:
    """The problems found so far in one file, and the sources that the file lists."""

    file: str
    sources: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def add(self, where: str, what: str, allowed: str, *, line: int | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, where, what, allowed, line))

    def noted(self, where: str) -> bool:
        """Tell whether exactly that key has a problem already."""
        return any(problem.where == where for problem in self.problems)

    def stop_if_any(self) -> None:
        """Raise `ProtocolError` if there is any problem."""
        if self.problems:
            raise ProtocolError(self.problems)


class TomlTable:
    """One table of the file, read key by key; a bad value is noted and replaced by a stand-in.

    A table that is absent, or is not a table, returns a stand-in for every key and notes
    nothing more, so that one fault gives one problem.
    """

    def __init__(self, raw: object, where: str, report: Report) -> None:
        self.where = where
        self.report = report
        self._there = isinstance(raw, dict)
        self._raw: dict[str, object] = raw if isinstance(raw, dict) else {}
        self._asked: set[str] = set()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys the file has here, in its order."""
        return tuple(self._raw)

    def at(self, key: str) -> str:
        """Return the path of a key of this table; an odd key is in quotes."""
        shown = key if PLAIN_KEY.fullmatch(key) else '"' + key.replace("\\", r"\\").replace('"', r"\"") + '"'
        return f"{self.where}.{shown}" if self.where else shown

    def note(self, key: str, what: str, allowed: str) -> None:
        """Note a problem with one key."""
        self.report.add(self.at(key), what, allowed)

    def done(self) -> None:
        """Note every unknown key, with the most similar known one."""
        for key in self._raw:
            if key not in self._asked:
                self.note(key, "unknown key", _nearest(key, self._asked))

    def has(self, key: str) -> bool:
        """Tell whether the key is present; it counts as known either way."""
        self._asked.add(key)
        return key in self._raw

    def _take(self, key: str, allowed: str) -> object:
        if not self.has(key) and self._there:
            self.note(key, "missing", allowed)
        return self._raw.get(key, _MISSING)

    def text(
        self, key: str, placeholders: Collection[str] = NO_PLACEHOLDERS, *, most: int = TEXT_LIMIT
    ) -> str:
        """Return a text that is not empty and of at most so many characters.

        The stand-in is empty.
        """
        raw = self._take(key, "a text")
        return "" if raw is _MISSING else self._checked(key, raw, placeholders, most)

    def texts(self, key: str, placeholders: Collection[str] = NO_PLACEHOLDERS) -> tuple[str, ...]:
        """Return a list of texts with at least one in it; none for a later key that is not there."""
        if isinstance(key, LaterKey) and not self.has(key):
            return ()
        raw = self._take(key, "a list of texts")
        if raw is _MISSING:
            return ()
        if not isinstance(raw, list) or not raw:
            self.note(key, f"{shown(raw)} is no list of texts", "a list with at least one text")
            return ()
        return tuple(self._checked(f"{key}[{n}]", item, placeholders) for n, item in enumerate(raw))

    def _checked(self, key: str, raw: object, placeholders: Collection[str], most: int = TEXT_LIMIT) -> str:
        if not isinstance(raw, str):
            self.note(key, f"{shown(raw)} is no text", "a text in quotes")
        elif not raw.strip():
            self.note(key, "the text is empty", "a text")
        elif len(raw) > most:
            self.note(key, f"the text has {len(raw)} characters", f"at most {most}")
        elif not raw.isprintable():
            self.note(key, "the text holds a line break or a control character", "one line of plain text")
        elif found := LAYOUT.search(raw):
            # Pages render texts as markdown: an image would be fetched, a comment could hide a
            # warning.
            self.note(key, f"the text holds {shown(found[0])}, which a page takes for layout", "plain words")
        elif (wrong := _wrong_placeholder(raw, placeholders)) is not None:
            known = ", ".join("{" + name + "}" for name in sorted(placeholders))
            self.note(key, wrong, known or "no placeholders here")
        else:
            return raw
        return ""

    def lines(self, key: str) -> str:
        """Return a text of several lines as it stands; the stand-in is empty."""
        raw = self._take(key, "a text")
        if raw is not _MISSING and not isinstance(raw, str):
            self.note(key, f"{shown(raw)} is no text", "a text in quotes")
        return raw if isinstance(raw, str) else ""

    def shaped(self, key: str, pattern: re.Pattern[str], allowed: str) -> str:
        """Return a text that matches the whole pattern, such as an id."""
        raw = self._take(key, allowed)
        if raw is _MISSING:
            return ""
        if not isinstance(raw, str) or not pattern.fullmatch(raw):
            self.note(key, f"{shown(raw)} does not fit", allowed)
            return ""
        return raw

    def id(self) -> str:
        """Return the table's id."""
        return self.shaped("id", KEY, "small letters and digits, joined by - or _")

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Return one of the kind's values; the stand-in is its first."""
        allowed = ", ".join(kind)
        raw = self._take(key, allowed)
        if isinstance(raw, str) and raw in set(kind):
            return kind(raw)
        if raw is not _MISSING:
            self.note(key, f"unknown value {shown(raw)}", allowed)
        return next(iter(kind))

    def flag(self, key: str) -> bool:
        """Return true or false."""
        raw = self._take(key, "true or false")
        if raw is not _MISSING and not isinstance(raw, bool):
            self.note(key, f"{shown(raw)} is neither true nor false", "true or false")
        return raw is True

    def count(self, key: str, least: int, most: int) -> int:
        """Return a whole number without a unit; the stand-in is the least."""
        allowed = str(Range(least, most, whole=True))
        raw = self._take(key, allowed)
        if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= most:
            return raw
        if raw is not _MISSING:
            self.note(key, f"{shown(raw)} does not fit", allowed)
        return least

    def source(self, key: str) -> str:
        """Return a source such as "SEED, S4"; every part must be listed under [sources]."""
        allowed = "SEED, PD, GPK, CLINIC or a numbered source such as S21, more than one with commas"
        raw = self._take(key, allowed)
        if raw is _MISSING:
            return ""
        if not isinstance(raw, str) or not SOURCE.fullmatch(raw):
            self.note(key, f"unknown source {shown(raw)}", allowed)
            return ""
        unlisted = [part for part in raw.split(", ") if part not in self.report.sources]
        for part in unlisted:
            self.note(key, f"the source {part} is not listed", "a source listed under [sources]")
        return "" if unlisted else raw

    def table(self, key: str) -> TomlTable:
        """Return the table under that key."""
        raw = self._take(key, "a table")
        if raw is not _MISSING and not isinstance(raw, dict):
            self.note(key, f"{shown(raw)} is no table", "a table")
        return TomlTable(raw, self.at(key), self.report)

    def tables(self, key: str) -> tuple[TomlTable, ...]:
        """Return the tables of a list; none at all is noted."""
        raw = self._take(key, f"at least one [[{self.at(key)}]]")
        if raw is _MISSING:
            return ()
        if not isinstance(raw, list) or not raw:
            self.note(key, f"{shown(raw)} is no list of tables", f"at least one [[{self.at(key)}]]")
            return ()
        for n, item in enumerate(raw):
            if not isinstance(item, dict):
                self.note(f"{key}[{n}]", f"{shown(item)} is no table", "a table")
        return tuple(TomlTable(item, f"{self.at(key)}[{n}]", self.report) for n, item in enumerate(raw))

    def quantity(self, key: str, unit: str, limits: Range | None = None) -> Quantity:
        """Return a number with that unit and a source; the stand-in is `UNREAD`."""
        wanted = '{ value, unit = "' + unit + '", source }'
        raw = self._take(key, wanted)
        if raw is _MISSING:
            return UNREAD
        if not isinstance(raw, dict):
            self.note(key, f"{shown(raw)} has no unit and no source", wanted)
            return UNREAD
        part = TomlTable(raw, self.at(key), self.report)
        fits = part._unit(unit)
        value = part._value(limits or RANGES[unit])
        source = part.source("source")
        note = part.text("note") if part.has("note") else ""
        part.done()
        return Quantity(value, unit, source, note) if fits and value is not None and source else UNREAD

    def _unit(self, unit: str) -> bool:
        raw = self._take("unit", unit)
        if raw is _MISSING or raw == unit:
            return raw == unit
        known = isinstance(raw, str) and raw in UNITS
        self.note("unit", f"the unit {shown(raw)} {'does not fit here' if known else 'is unknown'}", unit)
        return False

    def _value(self, limits: Range) -> float | None:
        raw = self._take("value", str(limits))
        if raw is _MISSING:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            wrong = "is no number"
        elif isinstance(raw, float) and not math.isfinite(raw):
            wrong = "is not finite"
        elif raw < 0:
            wrong = "is negative"
        elif not limits.least <= raw <= limits.most:
            wrong = "is out of range"
        elif limits.whole and raw != int(raw):
            wrong = "is no whole number"
        else:
            return raw
        self.note("value", f"{shown(raw)} {wrong}", str(limits))
        return None


def known(*quantities: Quantity | None) -> bool:
    """Tell whether all of these could be read: stand-ins must not be compared."""
    return all(quantity is not None and quantity is not UNREAD for quantity in quantities)


def _nearest(key: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(key, sorted(names), n=1, cutoff=0.6)
    return f"{near[0]} (did you mean that?)" if near else ", ".join(sorted(names)) or "nothing here"


def shown(raw: object) -> str:
    """Return a value of the file, cut to fit into a sentence."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int) and abs(raw) > 10**15:
        return "a huge number"
    if isinstance(raw, dict | list):
        return "a table" if isinstance(raw, dict) else "a list"
    said = repr(raw) if isinstance(raw, str) else str(raw)
    return said if len(said) <= SHOWN else said[: SHOWN - 3] + "..."


def _wrong_placeholder(text: str, placeholders: Collection[str]) -> str | None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return "a { or } stands alone"
    for _, name, spec, conversion in parts:
        if name is not None and (name not in placeholders or spec or conversion):
            return "unknown placeholder {" + name + "}"
    return None
