"""The clock changes that a calendar carries are those of the zone, for every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from coach.domain.times import zone_names
from coach.export.ical_zone import vtimezone
from tests.support import ical

DAY = timedelta(days=1)
#: Both seasons of change, Ramadan, a leap year, and the end of a year.
SPANS = [
    (date(2026, 2, 1), date(2026, 5, 1)),
    (date(2027, 1, 19), date(2027, 4, 12)),
    (date(2027, 9, 1), date(2028, 1, 5)),
    (date(2028, 1, 15), date(2028, 4, 10)),
]
#: Two a year that follow one rule, by the month's end, its weeks and its days; by no rule; never; forty years ago.
SAMPLE = [
    "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Jerusalem", "Australia/Lord_Howe",
    "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Cairo", "Asia/Kolkata", "Pacific/Apia",
]  # fmt: skip
RARE = {"Africa/Casablanca", "Africa/El_Aaiun", "Africa/Cairo", "Egypt", "Asia/Gaza", "Asia/Hebron"}


def written(name: str, span: tuple[date, date]) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//test//EN")
    calendar.add("version", "2.0")
    calendar.add_component(vtimezone(name, *span))
    return bytes(calendar.to_ical())


def noons(span: tuple[date, date]) -> list[datetime]:
    first, last = (datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in span)
    return [first + n * DAY for n in range((last - first).days)]


@pytest.mark.parametrize("span", SPANS[1:3], ids=lambda span: f"{span[0]}")
def test_every_zone_of_the_world_has_its_own_changes(span: tuple[date, date]):
    for name in sorted(zone_names()):
        place = ZoneInfo(name)
        (part,) = ical.read(written(name, span)).of("VTIMEZONE")
        read = ical.Zone(part)
        days = noons(span)
        assert [read.offset(at) for at in days] == [at.astimezone(place).utcoffset() for at in days], name
        for onset, _offset in read.onsets:  # to the second
            for at in (onset.replace(tzinfo=UTC) + timedelta(seconds=n) for n in (-1, 0)):
                if days[0] <= at <= days[-1]:
                    assert read.offset(at) == at.astimezone(place).utcoffset(), (name, at)


@pytest.mark.parametrize("name", SAMPLE)
def test_another_reader_finds_the_same_changes(name: str):
    for span in SPANS:
        content = written(name, span)
        (component,) = icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
        assert isinstance(component, icalendar.Timezone)
        own = component.to_tz(lookup_tzid=False)
        for at in noons(span):
            wall = at.astimezone(ZoneInfo(name)).replace(tzinfo=None)
            expected = at.astimezone(ZoneInfo(name)).utcoffset()
            assert wall.replace(tzinfo=own).utcoffset() == expected, at


def test_what_follows_a_rule_is_written_as_one_and_has_no_end():
    """A calendar that is kept for years goes on changing its clock."""
    for name in sorted(zone_names()):
        content = written(name, SPANS[1]).decode()
        changing = content.count("BEGIN:STANDARD") + content.count("BEGIN:DAYLIGHT") > 1
        assert content.count("RRULE:FREQ=YEARLY") == (2 if changing and name not in RARE else 0), name
        assert "UNTIL" not in content


def test_moroccos_changes_of_2027_are_there():
    content = written("Africa/Casablanca", SPANS[1]).decode()
    assert "20270207T030000" in content
    assert "20270314T020000" in content
