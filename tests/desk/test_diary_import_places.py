"""A paper diary after a flight and after another procedure: each line is where and when it was, and there only once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.desk import PatientDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain import zones
from coach.domain.diary_import import Amiss
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, Pain, PainWhen, SessionStarted, SetDone
from tests.support.erasing import all_rows
from tests.support.homes import Clock, settled
from tests.support.patient_acts import PUMPS
from tests.support.patients import answer_questions

HEAD = "date,time,what,reps,score,note"
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def table(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines, ""]).encode()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


SESSION = (
    "2026-03-06,08:30,ankle_pumps,10,,",
    "2026-03-06,08:30,pain_before,,3,",
    "2026-03-06,08:30,pain_after,,2,",
)


def by_hand(patient: PatientDesk, day: str = "2026-03-06T08:30") -> None:
    sets = [PastSet(PUMPS, 10)]
    patient.diary.log_past(wall(day), sets, before=3, after=2, effort=None, note="", key=new_key())


def test_what_was_entered_before_a_flight_is_there_after_it(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path)
    clock.now = at("2026-03-06T08:00")
    by_hand(patient)
    assert patient.diary_import.read_paper(table(*SESSION)).there == 3
    clock.now = at("2026-03-10T20:00")
    patient.settings.set("zone", NEW_YORK)
    kept = patient.diary_import.keep_paper(table(*SESSION, "2026-03-06,20:00,pain_average,,4,"))
    assert (len(kept.added), kept.there) == (1, 3)
    assert len(patient.history().of(SetDone)) == 1
    (average,) = (pain for pain in patient.history().of(Pain) if pain.fact.when is PainWhen.AVERAGE_24H)
    assert (average.at, average.zone, average.local_date) == (
        at("2026-03-06T19:00"), BERLIN, date(2026, 3, 6),
    )  # fmt: skip


def test_what_is_entered_by_hand_after_a_flight_is_where_it_was(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path)
    clock.now = at("2026-03-10T20:00")
    patient.settings.set("zone", NEW_YORK)
    by_hand(patient)
    (started,) = patient.history().of(SessionStarted)
    assert (started.at, started.zone) == (at("2026-03-06T07:30"), BERLIN)
    assert patient.diary_import.keep_paper(table(*SESSION)).there == 3
    patient.sessions.give_pain(5, PainWhen.NOW, key=new_key(), at=at("2026-03-09T23:30"))
    pain = patient.history().of(Pain)[-1]
    assert (pain.zone, pain.local_date) == (BERLIN, date(2026, 3, 10))


@pytest.mark.parametrize(
    ("first", "second", "line", "instant"),
    [
        (NEW_YORK, BERLIN, "2026-03-05,13:00", "2026-03-05T18:00"),
        (NEW_YORK, NEW_YORK, "2026-03-05,13:00", "2026-03-05T18:00"),
        (BERLIN, NEW_YORK, "2026-03-06,18:00", "2026-03-06T17:00"),
        (BERLIN, BERLIN, "2026-03-06,18:00", "2026-03-06T17:00"),
    ],
    ids=["west to east", "stays in New York", "east to west", "stays in Berlin"],
)
def test_a_line_of_before_a_flight_lies_neither_ahead_nor_before_the_procedure(
    tmp_path: Path,
    clock: Clock,
    first: str,
    second: str,
    line: str,
    instant: str,
):
    clock.now = at("2026-03-05T20:00")
    patient = settled(tmp_path, hours=5, home=3, zone=first, now=clock.now)
    clock.now = at("2026-03-06T20:00")
    patient.settings.set("zone", second)
    kept = patient.diary_import.keep_paper(table(f"{line},pain_now,,4,"))
    assert len(kept.added) == 1
    (told,) = (pain for pain in patient.history().of(Pain) if pain.fact.when is PainWhen.NOW)
    assert (told.at, told.zone) == (at(instant), first)


def flown(folder: Path, clock: Clock, first: str, second: str) -> PatientDesk:
    """Return a patient who changed the zone on 10 March 2026 at 20:00 UTC; it is two days later."""
    patient = settled(folder, zone=first)
    clock.now = at("2026-03-10T20:00")
    patient.settings.set("zone", second)
    clock.now = at("2026-03-12T20:00")
    return patient


def test_a_time_that_a_flight_west_makes_twice_is_the_later_one_that_does_not_lie_ahead(
    tmp_path: Path, clock: Clock
):
    history = flown(tmp_path, clock, BERLIN, NEW_YORK).history()
    twice = wall("2026-03-10T18:00")  # 17:00 UTC in Berlin, 22:00 UTC in New York
    assert zones.meant(history, twice, now=clock.now) == (at("2026-03-10T22:00"), NEW_YORK)
    assert zones.meant(history, twice, now=at("2026-03-10T21:00")) == (at("2026-03-10T17:00"), BERLIN)


def test_a_time_that_a_flight_east_skips_is_that_of_the_place_of_arrival(tmp_path: Path, clock: Clock):
    history = flown(tmp_path, clock, NEW_YORK, BERLIN).history()
    skipped = wall("2026-03-10T18:00")  # the clock went from 16:00 in New York to 21:00 in Berlin
    assert zones.meant(history, skipped, now=clock.now) == (at("2026-03-10T17:00"), BERLIN)


def test_a_time_that_no_clock_showed_is_refused_in_the_zone_of_that_day(tmp_path: Path, clock: Clock):
    clock.now = at("2026-03-10T09:07")
    patient = settled(tmp_path, now=clock.now)
    clock.now = at("2026-04-10T20:00")
    patient.settings.set("zone", NEW_YORK)
    (wrong,) = patient.diary_import.read_paper(table("2026-03-29,02:30,pain_now,,3,")).wrong
    assert wrong.why is Amiss.TIME_SKIPPED


def test_a_corrected_time_is_on_the_clock_that_the_entry_was_told_by(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path)
    clock.now = at("2026-03-06T12:00")
    patient.sessions.give_pain(4, PainWhen.NOW, key=new_key())
    pain = patient.history().of(Pain)[-1]
    clock.now = at("2026-03-10T20:00")
    patient.settings.set("zone", NEW_YORK)
    patient.diary.correct(pain.id, pain.fact, wall=wall("2026-03-06T10:00"), key=new_key())
    told = patient.history().of(Pain)[-1]
    assert (told.at, told.zone) == (at("2026-03-06T09:00"), BERLIN)
    with pytest.raises(BadValue) as refused:
        patient.diary.correct(told.id, pain.fact, wall=wall("2026-03-01T10:00"), key=new_key())
    assert refused.value.fault is Fault.BEFORE_PROCEDURE


minutes = st.integers(0, 8 * 24 * 60 - 1).map(lambda n: datetime(2026, 3, 6) + timedelta(minutes=n))  # noqa: DTZ001


@settings(max_examples=25, deadline=None)
@given(
    st.lists(minutes, min_size=1, max_size=4, unique=True),
    st.sampled_from([NEW_YORK, "Asia/Tokyo", "Pacific/Apia"]),
)
def test_wherever_one_lives_the_same_lines_are_there_only_once(
    tmp_path_factory: pytest.TempPathFactory, walls: list[datetime], second: str
):
    """By hand, from a file, and from the file again after each of two flights and another procedure."""
    hand = Clock(at("2026-03-05T09:07"))
    with desk_clock.showing(hand):
        patient = settled(tmp_path_factory.mktemp("flights"))
        hand.now = at("2026-03-16T09:00")
        content = table(
            *[
                f"{each:%Y-%m-%d,%H:%M},{what}"
                for each in walls
                for what in ("ankle_pumps,10,,", "pain_now,,3,")
            ]
        )
        by_hand(patient, walls[0].isoformat())
        kept = patient.diary_import.keep_paper(content)
        assert (len(kept.added), kept.there) == (2 * len(walls) - 1, 1)
        for zone in (second, BERLIN):
            hand.goes_on(hours=30)
            patient.settings.set("zone", zone)
            assert patient.diary_import.keep_paper(content).added == ()
        patient.course_times.restart(
            Cause.NEW_PROCEDURE, wall("2026-03-18T10:00"), wall("2026-03-18T12:00"), key=new_key()
        )
        rows = all_rows(patient.installation.store)
        assert patient.diary_import.keep_paper(content).added == ()
        assert all_rows(patient.installation.store) == rows
        patient.installation.store.close()


# another procedure


@pytest.fixture
def again(tmp_path: Path, clock: Clock) -> PatientDesk:
    """A patient whose second procedure was on 20 February 2026; the first was on the first of the month."""
    clock.now = at("2026-02-02T09:00")
    patient = settled(tmp_path, hours=20, now=clock.now)
    clock.now = at("2026-02-10T19:00")
    patient.diary_import.keep_paper(
        table("2026-02-08,08:30,ankle_pumps,10,,", "2026-02-08,20:00,pain_average,,4,")
    )
    clock.now = at("2026-02-20T15:00")
    patient.course_times.restart(
        Cause.NEW_PROCEDURE, wall("2026-02-20T10:00"), wall("2026-02-20T13:00"), key=new_key()
    )
    answer_questions(patient)
    clock.now = at("2026-02-23T09:00")
    return patient


def test_the_same_file_comes_twice_after_another_procedure_too(again: PatientDesk):
    lines = ("2026-02-08,08:30,ankle_pumps,10,,", "2026-02-08,20:00,pain_average,,4,")
    rows = all_rows(again.installation.store)
    assert again.diary_import.keep_paper(table(*lines)).there == 2
    assert all_rows(again.installation.store) == rows
    assert len(again.diary_import.keep_paper(table(*lines, "2026-02-22,20:00,pain_average,,3,")).added) == 1


def test_a_line_of_the_first_course_belongs_to_it(again: PatientDesk, tmp_path: Path, clock: Clock):
    """By hand and from a file it is what it would have been before the second procedure."""
    again.diary_import.keep_paper(
        table("2026-02-14,08:30,static_glutes,8,,", "2026-02-14,20:00,pain_average,,6,")
    )
    sets = [PastSet("static_glutes", 8)]
    again.diary.log_past(
        wall("2026-02-15T08:30"), sets, before=None, after=3, effort=None, note="", key=new_key()
    )
    clock.now = at("2026-02-02T09:00")
    other = settled(tmp_path / "other", hours=20, now=clock.now)
    clock.now = at("2026-02-19T19:00")
    other.diary_import.keep_paper(
        table("2026-02-08,08:30,ankle_pumps,10,,", "2026-02-08,20:00,pain_average,,4,")
    )
    other.diary_import.keep_paper(
        table("2026-02-14,08:30,static_glutes,8,,", "2026-02-15,08:30,static_glutes,8,,")
    )

    def told(patient: PatientDesk) -> list[tuple[object, ...]]:
        return [
            (done.at, done.fact.routine, done.fact.reps_planned, done.fact.phase, done.fact.outside_plan)
            for done in patient.history().of(SetDone)
        ]

    assert told(again) == told(other)
    assert {phase for _at, _routine, _reps, phase, _outside in told(again)} == {"first-week", "second-week"}


def test_what_lies_before_the_first_procedure_is_refused_as_before(again: PatientDesk):
    (wrong,) = again.diary_import.read_paper(table("2026-01-14,08:30,ankle_pumps,10,,")).wrong
    assert wrong.why is Amiss.BEFORE_PROCEDURE
    with pytest.raises(BadValue) as refused:
        by_hand(again, "2026-01-14T08:30")
    assert refused.value.fault is Fault.BEFORE_PROCEDURE


def test_what_is_told_of_the_first_course_changes_nothing_of_the_second(again: PatientDesk):
    before = again.decisions()
    lines = [f"2026-02-{day},{hour}:00,pain_now,,9," for day in (18, 19) for hour in (9, 20)]
    again.diary_import.keep_paper(
        table(*lines, "2026-02-19,08:30,ankle_pumps,10,,", "2026-02-19,08:30,pain_after,,9,")
    )
    assert again.decisions() == before
