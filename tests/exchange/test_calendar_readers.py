"""In every zone of the world two calendar programs that know nothing of Coach show the times that Coach proposes.

Both read the zone from the file alone: its name is changed to one that no program has data for.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events
from playwright._impl._driver import compute_driver_executable

from coach.domain import reminders
from coach.domain.history import Setting
from coach.domain.moments import zone_names
from coach.exchange import calendar
from tests.domain.story import PROTOCOL, Story
from tests.exchange.test_calendar import THREE, dossier

SCRIPT = Path(__file__).with_name("read_ical.cjs")
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
    agenda = reminders.agenda(PROTOCOL, made.history, now=made.instant(2))
    text = calendar.content(dossier(made)).decode()
    assert f"TZID:{zone}\r\n" in text
    unknown = text.replace(f"TZID:{zone}\r\n", f"TZID:{named(zone, begins)}\r\n")
    unknown = unknown.replace(f"TZID={zone}:", f"TZID={named(zone, begins)}:")
    assert "Coach-" in unknown
    return [int(slot.at.timestamp()) for slot in agenda.slots], unknown


def named(zone: str, begins: str) -> str:
    return f"Coach-{zone.replace('/', '-')}-{begins[:10]}"


def by_ical_js(texts: dict[str, str]) -> dict[str, list[int]]:
    """Return the starts that ical.js finds; its JavaScript runs in the program that drives the browser tests."""
    node, _cli = compute_driver_executable()
    asked = json.dumps(texts)
    done = subprocess.run([node, SCRIPT], input=asked, capture_output=True, text=True, check=True)
    found: dict[str, list[int]] = json.loads(done.stdout)
    return found


def by_recurring_ical_events(text: str, begins: str) -> list[int]:
    first = datetime.fromisoformat(begins) - timedelta(days=2)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(
        first, first + timedelta(days=500)
    )
    return sorted(int(event["DTSTART"].dt.timestamp()) for event in found)


def check(zones: Iterable[str], begins: str) -> None:
    told = {zone: proposed(zone, begins) for zone in zones}
    other = by_ical_js({zone: text for zone, (_starts, text) in told.items()})
    for zone, (starts, text) in told.items():
        assert len(starts) > 150, zone
        assert other[zone] == starts, (zone, begins)
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
    assert by_ical_js({"it": without})["it"] != starts
    assert by_recurring_ical_events(without.replace("Coach-", "Wrong-"), BEGINNINGS[0]) != starts
