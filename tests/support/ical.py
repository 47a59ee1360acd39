"""A strict reader of iCalendar text (RFC 5545), written from the RFC alone: no library, no zone data but the file's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LINE_OCTETS = 75
NEVER = datetime(2999, 1, 1)  # noqa: DTZ001  a local time
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)')
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONCE = frozenset(
    {"UID", "DTSTART", "DTSTAMP", "SUMMARY", "SEQUENCE", "RRULE", "CLASS", "TRANSP", "DURATION", "STATUS"}
)


@dataclass
class Part:
    """A component: its properties, (name, parameters, value), and the components in it."""

    kind: str
    lines: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all(self, name: str) -> list[tuple[dict[str, str], str]]:
        return [(parameters, value) for known, parameters, value in self.lines if known == name]

    def one(self, name: str) -> tuple[dict[str, str], str]:
        found = self.all(name)
        assert len(found) == 1, (self.kind, name, found)
        return found[0]

    def value(self, name: str) -> str:
        return self.one(name)[1]

    def of(self, kind: str) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]


def read(content: bytes) -> Part:
    """Return the calendar; anything that the RFC does not allow is refused."""
    lines = content.split(b"\r\n")
    assert lines.pop() == b"", "the last line ends as every other"
    unfolded: list[str] = []
    for raw in lines:
        assert len(raw) <= LINE_OCTETS, raw
        assert b"\r" not in raw
        assert b"\n" not in raw
        line = raw.decode("utf-8")  # no line is cut within a letter
        if line.startswith((" ", "\t")):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    stack = [Part("")]
    for line in unfolded:
        name, parameters, value = _line(line)
        if name == "BEGIN":
            stack.append(Part(value))
        elif name == "END":
            done = stack.pop()
            assert done.kind == value
            names = [each for each, _parameters, _value in done.lines]
            assert not [each for each in ONCE if names.count(each) > 1]
            stack[-1].parts.append(done)
        else:
            stack[-1].lines.append((name, parameters, value))
    (outer,) = stack
    (calendar,) = outer.parts
    assert calendar.kind == "VCALENDAR"
    assert not outer.lines
    assert calendar.value("VERSION") == "2.0"
    assert calendar.value("PRODID")
    assert calendar.parts, "a calendar has a component"
    return calendar


def _line(line: str) -> tuple[str, dict[str, str], str]:
    match = NAME.match(line)
    assert match, line
    at, parameters = match.end(), {}
    while found := PARAMETER.match(line, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    assert line[at : at + 1] == ":", line
    value = line[at + 1 :]
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), line
    return match[0].upper(), parameters, value


def text(value: str) -> str:
    """Return a TEXT value as it is meant; a separator that is not escaped is refused."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


@dataclass(frozen=True)
class Occurrence:
    """One occurrence: the local time as written, its instant by the file's own zone, its title."""

    wall: datetime
    at: datetime
    title: str
    alarm_at: datetime


class Zone:
    """A VTIMEZONE: what is added to UTC from each onset on."""

    def __init__(self, part: Part) -> None:
        onsets = []
        for rule in (*part.of("STANDARD"), *part.of("DAYLIGHT")):
            before, after = _offset(rule.value("TZOFFSETFROM")), _offset(rule.value("TZOFFSETTO"))
            dates = [rule.value("DTSTART"), *(d for _p, value in rule.all("RDATE") for d in value.split(","))]
            walls = [_wall(each) for each in dates]
            for _p, value in rule.all("RRULE"):
                assert not rule.all("RDATE")
                walls += _yearly(walls[0], value)
            onsets += [(wall - before, after) for wall in walls]  # an onset is said in the time before it
        self.onsets = sorted(onsets)

    def offset(self, at: datetime) -> timedelta:
        """Return what is added to UTC at an instant."""
        naive = at.astimezone(UTC).replace(tzinfo=None)
        return next(offset for onset, offset in reversed(self.onsets) if onset <= naive)

    def instant(self, wall: datetime) -> datetime:
        """Return the instant of a local time: of one that occurs twice the first."""
        fitting = []
        for index, (onset, offset) in enumerate(self.onsets):
            ends = self.onsets[index + 1][0] if index + 1 < len(self.onsets) else NEVER
            if onset <= wall - offset < ends:
                fitting.append(wall - offset)
        assert fitting, f"{wall} does not exist there"
        return min(fitting).replace(tzinfo=UTC)


def occurrences(calendar: Part) -> list[Occurrence]:
    """Return every occurrence that is not cancelled, the earliest first."""
    zones = {part.value("TZID"): Zone(part) for part in calendar.of("VTIMEZONE")}
    events = [event for event in calendar.of("VEVENT") if event.all("STATUS") != [({}, "CANCELLED")]]
    moved = {(e.value("UID"), e.value("RECURRENCE-ID")): e for e in events if e.all("RECURRENCE-ID")}
    found = []
    for event in events:
        if event.all("RECURRENCE-ID"):
            continue
        for wall, at in _repeated(event, zones):
            key = (event.value("UID"), f"{wall:%Y%m%dT%H%M%S}")
            shown = moved.pop(key, event)
            (alarm,) = shown.of("VALARM")
            assert alarm.value("ACTION") == "DISPLAY"
            assert alarm.value("DESCRIPTION")
            title = text(shown.value("SUMMARY"))
            found.append(Occurrence(wall, at, title, at + _duration(alarm.value("TRIGGER"))))
    assert not moved, "an exception stands for no occurrence"
    return sorted(found, key=lambda each: each.at)


def _repeated(event: Part, zones: dict[str, Zone]) -> Iterator[tuple[datetime, datetime]]:
    parameters, start = event.one("DTSTART")
    zone = zones[parameters["TZID"]]
    rule = dict(each.split("=") for each in event.value("RRULE").split(";"))
    assert rule.keys() == {"FREQ", "UNTIL"}
    assert rule["FREQ"] == "DAILY"
    until = _wall(rule["UNTIL"].removesuffix("Z")).replace(tzinfo=UTC)
    assert rule["UNTIL"].endswith("Z"), "with a zone UNTIL is in UTC"
    left_out = {date for _p, value in event.all("EXDATE") for date in value.split(",")}
    assert all(p.get("TZID") == parameters["TZID"] for p, _value in event.all("EXDATE"))
    wall = _wall(start)
    while True:
        if f"{wall:%Y%m%dT%H%M%S}" not in left_out:
            at = zone.instant(wall)
            if at > until:
                return
            yield wall, at
        elif wall.replace(tzinfo=UTC) > until + timedelta(days=2):
            return
        wall += timedelta(days=1)


def _yearly(first: datetime, value: str) -> Iterator[datetime]:
    """Yield the local times of a rule after its first, for three years."""
    rule = dict(each.split("=") for each in value.split(";"))
    assert rule.pop("FREQ") == "YEARLY"
    assert int(rule.pop("BYMONTH")) == first.month
    number, weekday = int(rule["BYDAY"][:-2] or 0), WEEKDAYS.index(rule.pop("BYDAY")[-2:])
    among = [int(day) for day in rule.pop("BYMONTHDAY", "").split(",") if day]
    assert not rule
    assert bool(number) != bool(among)
    for year in (first.year, first.year + 1, first.year + 2, first.year + 3):
        days = [first.replace(year=year, day=1) + timedelta(days=n) for n in range(31)]
        fitting = [day for day in days if day.month == first.month and day.weekday() == weekday]
        (one,) = (
            [day for day in fitting if day.day in among]
            if among
            else fitting[number if number < 0 else number - 1 :][:1]
        )
        if year == first.year:
            assert one == first, "the rule begins with its own first"
        else:
            yield one


def _wall(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007  a local time


def _offset(value: str) -> timedelta:
    match = re.fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?", value)
    assert match, value
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -size if match[1] == "-" else size


def _duration(value: str) -> timedelta:
    match = re.fullmatch(r"([+-]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", value)
    assert match, value
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    size = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -size if match[1] == "-" else size
