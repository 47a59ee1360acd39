"""Set-up's answers: stored as they are given, refused where they cannot be, corrected without loss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.domain import decisions, payloads
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, HomeArrival, Pain, Procedure, Reply, SetDone, SettingValue
from tests.support.homes import NOW, Clock, settled, size
from tests.support.patient_acts import GLUTES, PUMPS, SQUEEZES, begin, item, send, set_done
from tests.support.patients import ZONE, answer_questions, desk_in, wall


@pytest.fixture
def newcomer(tmp_path: Path, clock: Clock) -> PatientDesk:
    """Somebody in Berlin who has not answered anything yet."""
    patient = desk_in(tmp_path / "new")
    patient.settings.set("zone", ZONE)
    return patient


def refuse(patient: PatientDesk, fault: Fault, act: Callable[[], None]) -> BadValue:
    """The act is refused with that fault and stores nothing."""
    stored = size(patient)
    with pytest.raises(BadValue) as refused:
        act()
    assert refused.value.fault is fault
    assert size(patient) == stored
    return refused.value


def ended(patient: PatientDesk, at: datetime, *, sure: bool = False) -> None:
    patient.course_times.procedure_ended(at, key=new_key(), earlier_is_right=sure)


def home(patient: PatientDesk, at: datetime | None, *, sure: bool = False) -> None:
    patient.course_times.got_home(at, key=new_key(), earlier_is_right=sure)


# the order of the questions


def test_the_first_unanswered_question_is_the_next_one(newcomer: PatientDesk):
    answered: list[str] = []
    steps = newcomer.set_up.steps()
    acts: dict[str, Callable[[], None]] = {
        "understood": lambda: newcomer.set_up.understand(key=new_key()),
        "procedure": lambda: ended(newcomer, wall(NOW - timedelta(hours=5))),
        "home": lambda: home(newcomer, wall(NOW - timedelta(hours=3))),
        "baseline": lambda: newcomer.set_up.baseline(None, key=new_key()),
        "country": lambda: newcomer.settings.set("country", "EU"),
    }
    for step in steps:
        assert newcomer.set_up.missing() == steps[len(answered) :]
        if step in acts:
            acts[step]()
        else:
            newcomer.set_up.reply(step, Reply.UNSURE, key=new_key())
        answered.append(step)
    assert newcomer.set_up.missing() == ()


def test_not_home_yet_is_an_answer(newcomer: PatientDesk):
    ended(newcomer, wall(NOW - timedelta(hours=1)))
    assert "home" in newcomer.set_up.missing()
    home(newcomer, None)
    assert "home" not in newcomer.set_up.missing()
    assert all(
        isinstance(d, decisions.Locked) and isinstance(d.reason, decisions.Unanswered)
        for d in newcomer.decisions().values()
    )
    answer_questions(newcomer)
    for decision in newcomer.decisions().values():
        assert isinstance(decision, decisions.Locked)
        assert decision.reason == decisions.NotHome(None)
        assert decision.opens_at is None
    home(newcomer, wall(NOW))
    known = newcomer.course()
    assert known is not None
    assert known.home == NOW


def test_home_is_assumed_two_hours_after_the_procedure_until_somebody_says(newcomer: PatientDesk):
    ended(newcomer, wall(NOW - timedelta(hours=4)))
    known = newcomer.course()
    assert known is not None
    assert (known.home, known.home_assumed) == (NOW - timedelta(hours=2), True)


# times


def test_a_procedure_in_the_future_is_refused(newcomer: PatientDesk):
    refuse(newcomer, Fault.TIME_IN_FUTURE, lambda: ended(newcomer, wall(NOW + timedelta(minutes=1))))
    refuse(newcomer, Fault.TIME_IN_FUTURE, lambda: ended(newcomer, wall(NOW + timedelta(days=3650))))
    ended(newcomer, wall(NOW))


def test_a_procedure_too_long_ago_or_in_no_possible_year_is_refused(newcomer: PatientDesk):
    refuse(newcomer, Fault.PROCEDURE_TOO_LONG_AGO, lambda: ended(newcomer, wall(NOW - timedelta(days=7000))))
    for year in (1, 1899, 2201, 9999):
        at = datetime(year, 12, 31, 23, 59)  # noqa: DTZ001  a wall clock has no zone
        refused = refuse(newcomer, Fault.YEAR_OUT_OF_RANGE, partial(ended, newcomer, at))
        assert refused.detail == {"value": year}


def test_a_time_that_brings_its_own_zone_is_refused(newcomer: PatientDesk):
    refuse(newcomer, Fault.TIME_WITH_ZONE, lambda: ended(newcomer, NOW - timedelta(hours=3)))


def test_home_before_the_procedure_is_refused_from_both_sides(newcomer: PatientDesk):
    ended(newcomer, wall(NOW - timedelta(hours=5)))
    refuse(
        newcomer,
        Fault.HOME_BEFORE_PROCEDURE,
        lambda: home(newcomer, wall(NOW - timedelta(hours=5, minutes=1))),
    )
    home(newcomer, wall(NOW - timedelta(hours=3)))
    refuse(newcomer, Fault.HOME_BEFORE_PROCEDURE, lambda: ended(newcomer, wall(NOW - timedelta(hours=2))))


def test_home_needs_a_procedure_and_lies_not_ahead(newcomer: PatientDesk):
    refuse(newcomer, Fault.TIME_MISSING, lambda: home(newcomer, wall(NOW)))
    refuse(newcomer, Fault.TIME_MISSING, lambda: home(newcomer, None))
    ended(newcomer, wall(NOW - timedelta(hours=1)))
    refuse(newcomer, Fault.TIME_IN_FUTURE, lambda: home(newcomer, wall(NOW + timedelta(minutes=1))))


def test_a_time_that_the_clock_change_skips_is_refused(newcomer: PatientDesk, clock: Clock):
    clock.now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    for minute in (0, 30, 59):
        skipped = datetime(2026, 3, 29, 2, minute)  # noqa: DTZ001
        refused = refuse(newcomer, Fault.TIME_SKIPPED, partial(ended, newcomer, skipped))
        assert refused.detail["zone"] == ZONE
    ended(newcomer, datetime(2026, 3, 29, 1, 59))  # noqa: DTZ001
    known = newcomer.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)


@pytest.mark.parametrize("fold", [0, 1])
def test_of_a_repeated_hour_the_later_is_taken(newcomer: PatientDesk, clock: Clock, fold: int):
    clock.now = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    ended(newcomer, datetime(2026, 10, 25, 2, 30, fold=fold))  # noqa: DTZ001
    known = newcomer.course()
    assert known is not None
    assert known.procedure.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_later_of_a_repeated_hour_may_lie_ahead_and_is_refused_then(newcomer: PatientDesk, clock: Clock):
    clock.now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # the first 02:45
    refuse(newcomer, Fault.TIME_IN_FUTURE, lambda: ended(newcomer, datetime(2026, 10, 25, 2, 30)))  # noqa: DTZ001


# settings


ZONES = (
    ("Europe/Lodon", "Europe/London"),
    ("Europe/berlin", "Europe/Berlin"),
    ("America", ""),
    ("", ""),
    ("../../etc/passwd", ""),
    ("/usr/share/zoneinfo/UTC", ""),
    ("localtime", ""),
    ("Factory", ""),
    ("Z" * 300, ""),
    ("Europe/Berlin\0", "Europe/Berlin"),
    (" UTC", "UTC"),
)


def test_a_zone_that_does_not_exist_is_refused_with_the_nearest_names(newcomer: PatientDesk):
    for name, near in ZONES:
        refused = refuse(newcomer, Fault.UNKNOWN_ZONE, partial(newcomer.settings.set, "zone", name))
        assert near in str(refused.detail["near"]), name
        assert len(str(refused.detail["value"])) <= 64
    wrong: tuple[Any, ...] = (None, True, 7)
    for odd in wrong:
        refuse(newcomer, Fault.UNKNOWN_ZONE, partial(newcomer.settings.set, "zone", odd))
    assert newcomer.zone == ZONE


def test_a_zone_changes_the_day_and_nothing_that_is_stored(newcomer: PatientDesk):
    ended(newcomer, wall(NOW - timedelta(hours=5)))
    newcomer.settings.set("zone", "Pacific/Auckland")
    known = newcomer.course()
    assert known is not None
    assert known.procedure.at == NOW - timedelta(hours=5)
    assert known.procedure.zone == ZONE
    assert newcomer.zone == "Pacific/Auckland"


def test_a_country_without_numbers_is_refused(newcomer: PatientDesk):
    wrong: tuple[SettingValue, ...] = ("", "XX", "eu", "Europe", "D" * 300, True)
    for value in wrong:
        refuse(newcomer, Fault.UNKNOWN_COUNTRY, partial(newcomer.settings.set, "country", value))
    for code in newcomer.protocol.emergency_numbers:
        newcomer.settings.set("country", code)
        assert newcomer.history().settings["country"] == code


def test_phone_numbers_are_digits_and_their_usual_signs(newcomer: PatientDesk):
    good = (
        "112",
        "(555) 123-4567",
        "+49 30 555 0100",
        "+(49) 30",
        "030/5550100",
        "1 800.555.0100",
        " 911 ",
        "",
    )
    for number in good:
        newcomer.settings.set("clinic_phone", number)
        assert newcomer.history().settings["clinic_phone"] == number.strip()
    bad = (
        "call me",
        "+",
        "1",
        "12",
        "()",
        "(1) 2",
        "++49",
        "0049 30 x",
        "-49 30",
        "١١٢",
        "tel:112",
        "1" * 27,
        "12\n34",
    )
    for number in bad:
        for name in ("clinic_phone", "emergency_phone"):
            refuse(newcomer, Fault.NOT_A_PHONE_NUMBER, partial(newcomer.settings.set, name, number))
    refuse(newcomer, Fault.TEXT_TOO_LONG, lambda: newcomer.settings.set("clinic_phone", "1" * 41))
    refuse(newcomer, Fault.TEXT_MISSING, lambda: newcomer.settings.set("clinic_phone", value=True))


def test_any_name_up_to_sixty_characters_is_a_name(newcomer: PatientDesk):
    for name in ("O'Brien", "Null", "X", "👩‍🦳", "عائشة", "<b>Ada</b>", "=1+1", "é" * 60, "Ada Maria"):
        newcomer.settings.set("first_name", name)
        assert newcomer.history().settings["first_name"] == name
    newcomer.settings.set("first_name", "Zoë  ")
    assert newcomer.history().settings["first_name"] == "Zoë"
    refused = refuse(newcomer, Fault.TEXT_TOO_LONG, lambda: newcomer.settings.set("first_name", "a" * 61))
    assert refused.detail == {"length": 61, "limit": 60}
    refuse(newcomer, Fault.TEXT_TOO_LONG, lambda: newcomer.settings.set("first_name", "\u0301" * 300))


def test_an_unknown_setting_or_a_switch_that_is_none_is_refused(newcomer: PatientDesk):
    wrong: tuple[tuple[str, SettingValue], ...] = (
        ("", "x"), ("colour", "red"), ("understood", "2"), ("voice", "yes"), ("plain_words", "true"), ("x" * 300, "x"),
    )  # fmt: skip
    for name, value in wrong:
        refuse(newcomer, Fault.UNKNOWN_CHOICE, partial(newcomer.settings.set, name, value))


def test_the_same_value_again_records_nothing(patient: PatientDesk):
    stored = size(patient)
    patient.settings.set("zone", ZONE)
    patient.settings.set("first_name", " Ada ")
    ended(patient, wall(NOW - timedelta(hours=60)))
    home(patient, wall(NOW - timedelta(hours=58)))
    assert size(patient) == stored


def test_an_answer_to_no_question_is_refused(newcomer: PatientDesk):
    refuse(newcomer, Fault.UNKNOWN_CHOICE, lambda: newcomer.set_up.reply("colour", Reply.YES, key=new_key()))


def test_the_same_key_twice_is_one_answer(newcomer: PatientDesk):
    key = new_key()
    for _ in range(2):
        newcomer.set_up.baseline(7, key=key)
    assert len(newcomer.history().of(Pain)) == 1
    refuse(newcomer, Fault.KEY_REUSED, lambda: newcomer.set_up.baseline(8, key=key))


# corrections


def practised(tmp_path: Path, clock: Clock) -> PatientDesk:
    """A patient in the third week who has outgrown the first doses."""
    patient = settled(tmp_path / "practised", hours=500)
    for _ in range(2):
        session = begin(patient, GLUTES)
        told = patient.history().session(session)
        assert told is not None
        clock.goes_on(minutes=5)
        reps = told.started.fact.sets[0].reps
        send(patient, set_done(session, GLUTES, reps=reps), item(session, "session_finished"))
        clock.goes_on(hours=49)
    return patient


def dose(patient: PatientDesk, routine: str = GLUTES) -> tuple[int, float]:
    decision = patient.decisions()[routine]
    assert isinstance(decision, decisions.Open)
    return decision.dose.reps, decision.dose.hold_s


def test_an_earlier_procedure_is_confirmed_and_starts_at_the_first_doses(tmp_path: Path, clock: Clock):
    patient = practised(tmp_path, clock)
    assert dose(patient) == (10, 5)
    before = [(e.fact.phase, e.fact.reps_planned) for e in patient.history().of(SetDone)]
    (old,) = patient.history().of(Procedure)
    earlier = wall(old.at - timedelta(days=2))
    refuse(patient, Fault.OPENS_EARLIER, lambda: ended(patient, earlier))
    ended(patient, earlier, sure=True)
    (new,) = patient.history().of(Procedure)
    assert (new.supersedes, new.at) == (old.id, old.at - timedelta(days=2))
    assert old.id in patient.history().by_id
    assert dose(patient) == (5, 3)
    assert [(e.fact.phase, e.fact.reps_planned) for e in patient.history().of(SetDone)] == before


def test_an_earlier_home_is_confirmed_too(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path, hours=6, home=0.5)
    assert isinstance(patient.decisions()[PUMPS], decisions.Locked)
    earlier = wall(NOW - timedelta(hours=2))
    refuse(patient, Fault.OPENS_EARLIER, lambda: home(patient, earlier))
    home(patient, earlier, sure=True)
    assert isinstance(patient.decisions()[PUMPS], decisions.Open)


def test_a_later_time_needs_no_confirmation(tmp_path: Path, clock: Clock):
    patient = settled(tmp_path, hours=26, home=20)
    assert isinstance(patient.decisions()[GLUTES], decisions.Open)
    ended(patient, wall(NOW - timedelta(hours=23)))
    locked = patient.decisions()[GLUTES]
    assert isinstance(locked, decisions.Locked)
    assert locked.opens_at == NOW + timedelta(hours=1)
    home(patient, wall(NOW - timedelta(minutes=30)))
    assert isinstance(patient.decisions()[PUMPS], decisions.Locked)
    assert len(patient.history().of(Procedure)) == 1
    assert len(patient.history().of(HomeArrival)) == 1


def test_a_correction_must_be_possible_as_well(patient: PatientDesk):
    refuse(patient, Fault.TIME_IN_FUTURE, lambda: ended(patient, wall(NOW + timedelta(hours=1)), sure=True))
    refuse(
        patient,
        Fault.PROCEDURE_TOO_LONG_AGO,
        lambda: ended(patient, wall(NOW - timedelta(days=7000)), sure=True),
    )
    refuse(
        patient,
        Fault.HOME_BEFORE_PROCEDURE,
        lambda: home(patient, wall(NOW - timedelta(hours=70)), sure=True),
    )


def test_the_latest_reply_counts(patient: PatientDesk):
    patient.set_up.reply("went_wrong", Reply.UNSURE, key=new_key())
    assert all(
        isinstance(d, decisions.Locked) and isinstance(d.reason, decisions.NeedsClinic)
        for d in patient.decisions().values()
    )
    patient.set_up.reply("went_wrong", Reply.NO, key=new_key())
    assert all(isinstance(d, decisions.Open) for d in patient.decisions().values())


def test_the_clinics_word_opens_what_a_reply_closed(patient: PatientDesk):
    patient.set_up.reply("recent_event", Reply.YES, key=new_key())
    assert [r for r, d in patient.decisions().items() if isinstance(d, decisions.Open)] == [PUMPS]
    at = wall(NOW - timedelta(hours=1))

    def agreed(question: str = "recent_event", who: str = "Dr Okafor", spoke: datetime = at) -> None:
        patient.red_flags.clinic_agreed(question, who=who, spoke=spoke, key=new_key())

    refuse(patient, Fault.TEXT_MISSING, lambda: agreed(who=" "))
    refuse(patient, Fault.TEXT_TOO_LONG, lambda: agreed(who="a" * 201))
    refuse(patient, Fault.UNKNOWN_CHOICE, lambda: agreed(question="colour"))
    refuse(patient, Fault.TIME_IN_FUTURE, lambda: agreed(spoke=wall(NOW + timedelta(hours=1))))
    agreed()
    assert all(isinstance(patient.decisions()[r], decisions.Open) for r in SQUEEZES)


# a new course


def test_a_restart_begins_with_the_flat_hour_and_keeps_what_was_done(tmp_path: Path, clock: Clock):
    patient = practised(tmp_path, clock)
    done = len(patient.history().of(SetDone))
    again = wall(clock.now - timedelta(hours=1))
    patient.course_times.restart(
        Cause.NEW_PROCEDURE, again, wall(clock.now - timedelta(minutes=10)), key=new_key()
    )
    known = patient.course()
    assert known is not None
    span = known.span_at(clock.now)
    assert span is not None
    assert span.phase.id == "flat-hour"
    assert all(isinstance(d, decisions.Locked) for d in patient.decisions().values())
    assert len(patient.history().of(SetDone)) == done
    assert patient.set_up.missing() == (
        "overnight",
        "baseline",
        "went_wrong",
        "tumour_or_three",
        "recent_event",
        "heart_or_vessels",
        "leg_clot_or_injury",
        "strong_painkillers",
        "helper",
    )
    answer_questions(patient)
    assert patient.set_up.missing() == ()
    clock.goes_on(hours=50)
    assert dose(patient) == (5, 3)


def test_a_restart_before_home_waits_for_home(patient: PatientDesk):
    patient.course_times.restart(Cause.NEW_PROCEDURE, wall(NOW), None, key=new_key())
    answer_questions(patient)
    assert all(
        isinstance(d, decisions.Locked) and d.reason == decisions.NotHome(None)
        for d in patient.decisions().values()
    )
    assert "home" not in patient.set_up.missing()


def test_a_restart_in_the_future_or_home_before_it_is_refused(patient: PatientDesk):
    def restart(at: datetime, home: datetime | None) -> None:
        patient.course_times.restart(Cause.NEW_PROCEDURE, at, home, key=new_key())

    hour = timedelta(hours=1)
    refuse(patient, Fault.TIME_IN_FUTURE, lambda: restart(wall(NOW + hour), None))
    refuse(patient, Fault.TIME_IN_FUTURE, lambda: restart(wall(NOW - hour), wall(NOW + hour)))
    refuse(patient, Fault.HOME_BEFORE_PROCEDURE, lambda: restart(wall(NOW - hour), wall(NOW - 2 * hour)))


def test_the_same_restart_twice_is_one_course(patient: PatientDesk):
    key = new_key()
    at = wall(NOW - timedelta(hours=3))
    for _ in range(2):  # the second time is the same act, not a start before the first
        patient.course_times.restart(Cause.NEW_PROCEDURE, at, at, key=key)
    assert len(patient.history().of(Procedure)) == 2
    assert len(patient.history().of(HomeArrival)) == 2


# a time that is not known exactly


def test_of_an_estimate_the_latest_counts_and_the_earliest_is_kept(newcomer: PatientDesk):
    since, at = NOW - timedelta(hours=9), NOW - timedelta(hours=4)
    newcomer.course_times.procedure_ended(wall(at), key=new_key(), earliest=wall(since))
    newcomer.course_times.got_home(wall(NOW), key=new_key(), earliest=wall(at))
    known = newcomer.course()
    assert known is not None
    assert (known.procedure.at, known.procedure.fact.earliest) == (at, since)
    assert (known.home, known.home_earliest) == (NOW, at)
    again = newcomer.history().of(Procedure)[0]
    assert payloads.from_payload("procedure", payloads.to_payload(again.fact)) == again.fact


def test_getting_home_before_the_latest_possible_end_contradicts_nothing_but_before_the_earliest_does(
    newcomer: PatientDesk,
):
    since, at = NOW - timedelta(hours=9), NOW - timedelta(hours=4)
    newcomer.course_times.procedure_ended(wall(at), key=new_key(), earliest=wall(since))
    refuse(newcomer, Fault.HOME_BEFORE_PROCEDURE, lambda: home(newcomer, wall(since - timedelta(minutes=1))))
    home(newcomer, wall(at - timedelta(hours=1)))
    answer_questions(newcomer)
    for decision in newcomer.decisions().values():
        assert not isinstance(getattr(decision, "reason", None), decisions.Contradictory)
    exact = wall(at - timedelta(minutes=30))
    refuse(newcomer, Fault.HOME_BEFORE_PROCEDURE, lambda: ended(newcomer, exact, sure=True))


def test_an_estimate_that_becomes_exact_later_is_confirmed_where_it_is_earlier(newcomer: PatientDesk):
    at = NOW - timedelta(hours=4)
    newcomer.course_times.procedure_ended(wall(at), key=new_key(), earliest=wall(at - timedelta(hours=5)))
    ended(newcomer, wall(at))  # the same instant, now known: no opening changes
    assert [p.fact.earliest for p in newcomer.history().of(Procedure)][-1:] == [None]
    newcomer.course_times.procedure_ended(wall(at), key=new_key(), earliest=wall(at - timedelta(hours=5)))
    earlier = wall(at - timedelta(hours=2))
    refuse(newcomer, Fault.OPENS_EARLIER, lambda: ended(newcomer, earlier))
    ended(newcomer, earlier, sure=True)
    known = newcomer.course()
    assert known is not None
    assert known.procedure.fact.earliest is None
    assert known.first_dose_since is not None
