"""The calendar file, read by a reader of our own and by another library: local times, clock changes, nothing injected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from coach.domain import nights, reminders
from coach.domain.case import Case
from coach.domain.facts import ClinicianHold, RedFlagYes, Setting
from coach.export import ical as calendar
from tests.domain.story import PHYSIO, PROTOCOL, Story
from tests.support import ical
from tests.support.agendas import ADA, THREE, patient_record

# Where clocks change, from when the course runs, and the days around the change.
CHANGES = [
    ("Europe/Berlin", "2026-10-20T08:00+00:00", ("2026-10-24", "2026-10-25", "2026-10-26")),
    ("Europe/Berlin", "2026-03-24T08:00+00:00", ("2026-03-28", "2026-03-29", "2026-03-30")),
    ("America/New_York", "2026-10-27T14:00+00:00", ("2026-10-31", "2026-11-01", "2026-11-02")),
    ("America/New_York", "2026-03-03T14:00+00:00", ("2026-03-07", "2026-03-08", "2026-03-09")),
    ("Australia/Lord_Howe", "2026-03-31T00:00+00:00", ("2026-04-04", "2026-04-05", "2026-04-06")),
    ("Australia/Lord_Howe", "2026-09-29T00:00+00:00", ("2026-10-03", "2026-10-04", "2026-10-05")),
]


def story(
    times: str = THREE, *, zone: str = "Europe/Berlin", procedure: str = "2026-03-24T08:00+00:00"
) -> Story:
    made = Story(zone=zone, procedure_end=datetime.fromisoformat(procedure)).begins()
    made.add(Setting(reminders.TIMES, times), 0)
    return made


def nights_aside(made: Story) -> Story:
    """Take the night away: then the hours in which clocks change are proposed too."""
    for name in (nights.BEGINS, nights.ENDS):
        made.add(Setting(name, "00:00"), 0)
    return made


def file(made: Story, at: float = 2.0) -> bytes:
    return calendar.content(patient_record(made, at))


@pytest.mark.parametrize(("zone", "procedure", "days"), CHANGES, ids=[f"{c[0]} {c[2][1]}" for c in CHANGES])
def test_local_times_stay_the_same_before_and_after_a_clock_change(
    zone: str, procedure: str, days: tuple[str, ...]
):
    content = file(story(zone=zone, procedure=procedure))
    shown = {
        day: [o for o in ical.occurrences(ical.read(content)) if f"{o.wall:%Y-%m-%d}" == day] for day in days
    }
    place = ZoneInfo(zone)
    offsets = set()
    for day, found in shown.items():
        assert [f"{o.wall:%H:%M}" for o in found] == ["08:00", "12:30", "18:00"], day
        for occurrence in found:  # the file's own zone agrees with the zone's data
            assert occurrence.at == occurrence.wall.replace(tzinfo=place).astimezone(UTC)
            assert occurrence.alarm_at == occurrence.at
            offsets.add(occurrence.wall.replace(tzinfo=place).utcoffset())
    assert len(offsets) == 2, "the clock changed between them"


@pytest.mark.parametrize(("zone", "procedure", "days"), CHANGES, ids=[f"{c[0]} {c[2][1]}" for c in CHANGES])
def test_two_readers_and_the_agenda_say_the_same(zone: str, procedure: str, days: tuple[str, ...]):
    made = story(zone=zone, procedure=procedure)
    content = file(made)
    agenda = reminders.agenda(Case.of(PROTOCOL, made.history), now=made.instant(2))
    proposed = [slot.at for slot in agenda.slots]
    assert [o.at for o in ical.occurrences(ical.read(content))] == proposed
    between = made.procedure_end - timedelta(days=2), agenda.horizon + timedelta(days=2)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(*between)
    assert sorted(event["DTSTART"].dt.astimezone(UTC) for event in found) == proposed
    assert {str(event["DTSTART"].dt.tzinfo) for event in found} == {zone}
    assert len(proposed) > 150


@pytest.mark.parametrize(
    ("times", "gone", "day"),
    [("02:30,08:00", "02:30", "2026-03-29"), ("02:00,08:00", "02:00", "2026-03-29")],
)
def test_a_time_that_the_change_skips_is_left_out_that_day(times: str, gone: str, day: str):
    found = [
        f"{o.wall:%Y-%m-%d %H:%M}"
        for o in ical.occurrences(ical.read(file(nights_aside(story(times)), 24 * 3)))
    ]  # two are asked for a day
    assert f"{day} {gone}" not in found
    assert f"{day} 08:00" in found
    assert f"2026-03-30 {gone}" in found


def test_a_time_that_occurs_twice_is_its_first():
    made = nights_aside(story("02:30,12:00", procedure="2026-10-20T08:00+00:00"))
    at = {f"{o.wall:%Y-%m-%d %H:%M}": o.at for o in ical.occurrences(ical.read(file(made)))}
    assert at["2026-10-25 02:30"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at["2026-10-26 02:30"] == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_without_chosen_times_the_file_proposes_nothing_and_is_a_calendar_all_the_same():
    found = ical.read(calendar.content(patient_record(Story().begins())))
    assert found.of("VEVENT") == []


def test_nothing_about_health_unless_the_names_were_chosen():
    made = story()
    content = file(made).decode()
    unfolded = content.replace("\r\n ", "")
    for word in ("pump", "squeeze", "tight", "spine", "kyphoplasty", "Ada", "R-1", str(ADA), ADA.hex):
        assert word.lower() not in unfolded.lower(), word
    assert {o.title for o in ical.occurrences(ical.read(content.encode()))} == {"Exercise time"}
    made.add(Setting(reminders.NAMES, value=True), 1)
    titles = {o.title for o in ical.occurrences(ical.read(file(made)))}
    assert "Ankle pumps" in titles
    assert "Ankle pumps, Bottom squeeze, Thigh tightening, Tummy tightening" in titles


def test_both_readers_agree_on_the_titles_of_every_day():
    made = story()
    made.add(Setting(reminders.NAMES, value=True), 1)
    content = file(made)
    mine = [(o.at, o.title) for o in ical.occurrences(ical.read(content))]
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        made.procedure_end, made.procedure_end + timedelta(days=100)
    )
    assert sorted((e["DTSTART"].dt.astimezone(UTC), str(e["SUMMARY"])) for e in found) == mine


def test_every_event_is_private_and_leaves_its_time_free_with_an_alarm():
    made = story()
    made.add(Setting(reminders.BEFORE, "15"), 1)
    found = ical.read(file(made))
    for event in found.of("VEVENT"):
        assert (event.value("CLASS"), event.value("TRANSP")) == ("PRIVATE", "TRANSPARENT")
    assert {o.at - o.alarm_at for o in ical.occurrences(found)} == {timedelta(minutes=15)}


def test_an_import_again_updates_the_same_series_and_calls_off_what_is_no_more():
    made = story()
    first = ical.read(file(made))
    made.add(Setting(reminders.TIMES, "09:00,18:00"), 1)
    again = ical.read(file(made, 3.0))
    old, new = ({e.value("UID"): e for e in each.of("VEVENT")} for each in (first, again))
    assert len(old) == 3
    assert old.keys() == new.keys()
    assert all(int(new[uid].value("SEQUENCE")) > int(old[uid].value("SEQUENCE")) for uid in old)
    assert [e.value("STATUS") for e in new.values() if e.all("STATUS")] == ["CANCELLED"]
    assert {f"{o.wall:%H:%M}" for o in ical.occurrences(again)} == {"09:00", "18:00"}


@pytest.mark.parametrize("closing", [RedFlagYes("fall"), ClinicianHold(None, "wound", None)])
def test_while_everything_is_closed_the_file_calls_all_of_it_off_and_the_subscription_is_empty(
    closing: object,
):
    made = story()
    made.add(closing, 50, author=PHYSIO)
    found = ical.read(file(made, 51.0))
    assert ical.occurrences(found) == []
    assert len(found.of("VEVENT")) == 3
    agenda = reminders.agenda(Case.of(PROTOCOL, made.history), now=made.instant(51))
    assert ical.read(calendar.written(agenda, ADA)).of("VEVENT") == []


@pytest.mark.parametrize(
    "name",
    [
        "Pumps\r\nATTENDEE:mailto:eve@example.org",
        "Pumps\nEND:VEVENT\nBEGIN:VEVENT",
        "a;b,c\\d:e",
        "Fußkreisen – Übung für müde Füße mit sehr vielen Wörtern, damit die Zeile umbricht 🦶🦶🦶🦶",
    ],
)
def test_a_name_is_a_title_and_nothing_else(name: str):
    made = story()
    made.add(Setting(reminders.NAMES, value=True), 1)
    agenda = reminders.agenda(Case.of(PROTOCOL, made.history), now=made.instant(2))
    plain = ical.read(calendar.written(agenda, ADA))
    named = replace(agenda, titles=dict.fromkeys(agenda.titles, name))
    found = ical.read(calendar.written(named, ADA))
    assert {n for e in found.of("VEVENT") for n, _p, _v in e.lines} == {
        n for e in plain.of("VEVENT") for n, _p, _v in e.lines
    }
    meant = name.replace("\r\n", "\n")
    assert all(o.title.split(", ")[0] == meant.split(", ")[0] for o in ical.occurrences(found))


def test_a_subscription_says_how_often_to_read_it_again():
    made = story()
    agenda = reminders.agenda(Case.of(PROTOCOL, made.history), now=made.instant(2))
    found = ical.read(calendar.written(agenda, ADA))
    assert found.one("REFRESH-INTERVAL") == ({"VALUE": "DURATION"}, "PT6H")
