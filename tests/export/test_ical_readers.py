"""In every zone of the world two calendar programs that know nothing of Coach show the times that Coach proposes.

Both read the zone from the file alone: its name is changed to one that no program has data for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from dateutil.tz import tzical  # type: ignore[import-untyped]

from coach.domain import reminders
from coach.domain.case import Case
from coach.domain.facts import Setting
from coach.domain.times import zone_names
from coach.export import ical
from tests.domain.story import PROTOCOL, Story
from tests.support.agendas import THREE, patient_record

#: Before Ramadan of 2027, whose two changes are five weeks apart; before the changes of autumn and of spring.
BEGINNINGS = ("2027-01-20T08:00+00:00", "2026-09-20T08:00+00:00", "2026-03-01T08:00+00:00")
#: By a rule in both halves of the earth, half an hour, no change, by the moon, in the middle of the night, by no rule.
SAMPLE = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Africa/El_Aaiun",
    "America/Santiago", "Africa/Cairo", "Asia/Gaza", "Antarctica/Troll",
)  # fmt: skip


def proposed(zone: str, begins: str) -> tuple[list[int], str]:
    """Return when exercises are proposed, and the calendar that tells it under a zone's name of our own."""
    made = Story(zone=zone, procedure_end=datetime.fromisoformat(begins)).begins()
    made.add(Setting(reminders.TIMES, THREE), 0)
    agenda = reminders.agenda(Case.of(PROTOCOL, made.history), now=made.instant(2))
    text = ical.content(patient_record(made)).decode()
    assert f"TZID:{zone}\r\n" in text
    unknown = text.replace(f"TZID:{zone}\r\n", f"TZID:{named(zone, begins)}\r\n")
    unknown = unknown.replace(f"TZID={zone}:", f"TZID={named(zone, begins)}:")
    assert "Coach-" in unknown
    return [int(slot.at.timestamp()) for slot in agenda.slots], unknown


def named(zone: str, begins: str) -> str:
    return f"Coach-{zone.replace('/', '-')}-{begins[:10]}"


def by_dateutil(text: str) -> list[int]:
    """Return the starts by dateutil's own reading of zones and rules; of icalendar it has the properties alone."""
    zones = tzical(StringIO(text))
    found: dict[tuple[str, datetime], int] = {}
    events: list[Any] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    # What is moved comes after its series.
    for event in sorted(events, key=lambda each: "RECURRENCE-ID" in each):
        tzid = event["DTSTART"].params.get("TZID")
        zone = zones.get(tzid) if tzid else UTC  # as it is written where a zone is that all year
        first = event["DTSTART"].dt.replace(tzinfo=zone)
        rule = event["RRULE"].to_ical().decode() if "RRULE" in event else "FREQ=DAILY;COUNT=1"
        moved = event.get("RECURRENCE-ID")
        left_out = {day.dt.replace(tzinfo=None) for part in _many(event.get("EXDATE")) for day in part.dts}
        for each in rrulestr(rule, dtstart=first):
            local = each.replace(tzinfo=None)
            if local not in left_out:
                key = moved.dt.replace(tzinfo=None) if moved else local
                found[str(event["UID"]), key] = int(each.timestamp())
    return sorted(found.values())


def _many(part: Any) -> list[Any]:
    return [] if part is None else part if isinstance(part, list) else [part]


def by_recurring_ical_events(text: str, begins: str) -> list[int]:
    first = datetime.fromisoformat(begins) - timedelta(days=2)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(
        first, first + timedelta(days=500)
    )
    return sorted(int(event["DTSTART"].dt.timestamp()) for event in found)


def check(zones: Iterable[str], begins: str) -> None:
    told = {zone: proposed(zone, begins) for zone in zones}
    for zone, (starts, text) in told.items():
        assert len(starts) > 150, zone
        assert by_dateutil(text) == starts, (zone, begins)
        assert by_recurring_ical_events(text, begins) == starts, (zone, begins)


def test_two_other_readers_show_what_is_proposed():
    check(SAMPLE, BEGINNINGS[0])


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("begins", BEGINNINGS)
def test_two_other_readers_show_what_is_proposed_in_every_zone(begins: str):
    names = sorted(zone_names())
    assert len(names) > 500
    check(names, begins)


def test_a_change_that_is_missing_in_the_file_is_seen_by_both():
    """The readers have no other source: without its changes of Ramadan a calendar of Casablanca is an hour off."""
    starts, text = proposed("Africa/Casablanca", BEGINNINGS[0])
    changed = [line for line in text.split("\r\n") if line.startswith(("DTSTART:2027", "RDATE:2027"))]
    assert changed
    without = text
    for line in changed:
        without = without.replace(line, line.replace("2027", "2037"))
    assert by_dateutil(without) != starts
    assert by_recurring_ical_events(without.replace("Coach-", "Wrong-"), BEGINNINGS[0]) != starts
