"""Edges of the gate that no scenario shows."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import decisions, facts, gate, red_flags
from coach.domain.case import Case
from coach.domain.errors import BadValue
from coach.domain.protocol import Closes, Dose, FlagLevel, Protocol, Quantity, Question
from tests.domain.story import EVERY, GLUTES, PHYSIO, PROTOCOL, PUMPS, QUADS, SQUEEZES, TUMMY, Story, h

MICROSECOND = timedelta(microseconds=1)


def reason(story: Story, routine: str, at: datetime | float) -> type | None:
    answer = story.asks(routine, at)
    return type(answer.reason) if isinstance(answer, decisions.Locked) else None


def practised(*routines: str) -> Story:
    """A story in which these squeezes are past their first dose at 78 h."""
    story = Story().begins()
    for routine in routines:
        story.does(routine, 30)
    return story


def test_each_reason_gives_way_to_the_next_in_their_order():
    story = Story().begins(home=None)
    story.add(facts.HomeArrival(home=False), 1)
    at = 30.0
    flag = story.add(facts.RedFlagYes("fall"), 28)
    hold = story.add(facts.ClinicianHold(None, "scan"), 28)
    story.answers("went_wrong", "yes")
    story.add(facts.Drowsy(yes=True), 29.5)
    story.trains([GLUTES], 26, before=1, after=4)
    story.feels(8, 29.9)
    assert reason(story, TUMMY, at) is decisions.OpenRedFlag
    story.add(facts.FlagMistake(flag), 28.1)
    assert reason(story, TUMMY, at) is decisions.Held
    story.add(facts.HoldLifted(hold, "seen"), 28.2)
    assert reason(story, TUMMY, at) is decisions.NeedsClinic
    story.add(facts.ClinicAgreed("went_wrong", "Dr Lee", story.instant(28)), 28.3)
    assert reason(story, TUMMY, at) is decisions.NotHome
    story.add(facts.HomeArrival(home=True), 2)
    assert reason(story, TUMMY, at) is decisions.Sleepy
    at = 31.0
    assert reason(story, TUMMY, at) is decisions.AfterRed
    story.open(PUMPS, at)
    story = Story().begins()
    story.feels(8, 30)
    assert reason(story, TUMMY, 31) is decisions.TooMuchPain
    assert reason(story, TUMMY, 32) is decisions.TooEarly
    story.does(GLUTES, 25)
    story.does(GLUTES, 28)
    assert reason(story, GLUTES, 31) is decisions.TooMuchPain
    assert reason(story, GLUTES, 32) is decisions.DoseDone
    story.does(QUADS, 31.5)
    assert reason(story, QUADS, 32) is decisions.TooSoon


def test_ankle_pumps_feel_neither_pain_nor_a_red_light():
    story = Story().begins()
    story.trains([GLUTES], 30, before=1, after=9)
    story.open(PUMPS, 30.1)
    assert {reason(story, routine, 30.1) for routine in SQUEEZES} == {decisions.AfterRed}


def test_a_no_after_a_yes_does_not_shorten_the_hour():
    story = Story().begins()
    story.add(facts.Drowsy(yes=True), 10)
    story.add(facts.Drowsy(yes=False), 10.5)
    assert story.locked(PUMPS, 10.7).opens_at == story.instant(11)


@pytest.mark.parametrize("at", [-5.0, 3.0, 29.9])
def test_a_flag_and_a_hold_count_also_when_the_clock_was_set_back(at: float):
    story = Story().begins()
    story.add(facts.RedFlagYes("fall"), 30)
    assert story.locked(PUMPS, at).opens_at is None
    other = Story().begins()
    other.add(facts.ClinicianHold(None, "scan"), 30)
    assert other.locked(PUMPS, at).opens_at is None


def test_the_gate_answers_in_the_protocols_order():
    assert tuple(Story().decides(3)) == EVERY == tuple(PROTOCOL.routines)[: len(EVERY)]


CLOSING = [question for question in PROTOCOL.questions if question.closes is not Closes.NOTHING]


@pytest.mark.parametrize("question", CLOSING, ids=[question.id for question in CLOSING])
def test_a_question_that_nobody_answered_closes_what_a_yes_would_close(question: Question):
    story = Story().begins()
    story.entries = [
        entry
        for entry in story.entries
        if not (isinstance(entry.fact, facts.Answer) and entry.fact.question == question.id)
    ]
    for routine in SQUEEZES:
        locked = story.locked(routine, 50)
        assert locked.reason == decisions.Unanswered(question)
        assert locked.opens_at is None
    assert isinstance(story.asks(PUMPS, 50), decisions.Locked) == (question.closes is Closes.ALL)


def test_questions_that_close_nothing_need_no_answer():
    story = Story().begins()
    assert {entry.fact.question for entry in story.history.of(facts.Answer)} == {
        question.id for question in CLOSING
    }
    story.open(GLUTES, 50)


def test_a_new_course_asks_the_questions_again():
    story = Story().begins()
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 500)
    story.add(facts.HomeArrival(home=True), 501)
    assert reason(story, PUMPS, 505) is decisions.Unanswered
    story.nothing_closes(505)
    story.open(PUMPS, 505)


def test_a_flight_west_frees_no_set_of_the_day():
    story = Story(zone="Asia/Kolkata").begins()
    story.does(GLUTES, 40)  # Friday 08:30 in Kolkata, Friday 04:00 in London, Thursday in Los Angeles
    story.does(GLUTES, 43)
    story.add(facts.Setting("zone", "America/Los_Angeles"), 44)
    assert story.locked(GLUTES, 46).done_today == 2
    east = Story(zone="America/Los_Angeles").begins()
    east.does(GLUTES, 60)  # Friday 16:00 in Los Angeles, Saturday 04:30 in Kolkata
    east.does(GLUTES, 63)
    east.add(facts.Setting("zone", "Asia/Kolkata"), 64)
    assert east.locked(GLUTES, 66).done_today == 2


# ---------------------------------------------------------------- cap and gap


def test_the_gap_runs_from_the_end_of_the_set():
    story = Story().begins()
    story.does(GLUTES, 50, takes_s=600)
    locked = story.locked(GLUTES, 51)
    assert isinstance(locked.reason, decisions.TooSoon)
    assert locked.opens_at == locked.reason.until == story.instant(52) + timedelta(seconds=600)
    assert isinstance(story.asks(GLUTES, locked.opens_at - MICROSECOND), decisions.Locked)
    story.open(GLUTES, locked.opens_at)


def test_the_gap_of_the_dose_now_counts_when_hourly_pumps_end():
    story = Story().begins()
    story.does(PUMPS, 47.5)
    assert story.locked(PUMPS, 47.9).opens_at == story.instant(49.5)
    assert reason(story, PUMPS, 49) is decisions.TooSoon
    other = Story().begins()
    other.does(PUMPS, 47)
    assert other.locked(PUMPS, 47.5).opens_at == other.instant(47) + timedelta(minutes=50)


def test_a_set_below_half_closes_nothing_and_is_no_practice():
    story = Story().begins()
    story.does(GLUTES, 50, reps=2, of=5)
    answer = story.open(GLUTES, 50.1)
    assert answer.done_today == 0
    assert [step for step in answer.steps if isinstance(step, decisions.FirstDose)] == [
        decisions.FirstDose(None)
    ]


def test_one_repetition_neither_starts_the_first_dose_nor_keeps_a_run_of_sets():
    never = Story().begins()
    story = Story().begins()
    story.trains([GLUTES], 25, reps=1, of=5)
    for at in (26, 73.5, 200):
        assert story.open(GLUTES, at).dose == never.open(GLUTES, at).dose == Dose(5, 3, 2)
    kept = practised(GLUTES)
    for day in range(1, 6):
        kept.trains([GLUTES], 30 + day * 150, reps=1, of=8)
    assert kept.open(GLUTES, 30 + 160).dose.reps > 5
    assert kept.open(GLUTES, 30 + 5 * 150 + 30).dose == Dose(5, 3, 2)


# ---------------------------------------------------------------- which reason is told


def test_what_passes_before_the_routine_opens_is_not_told_as_the_reason():
    story = Story().begins()
    story.add(facts.Drowsy(yes=True), 10)
    locked = story.locked(GLUTES, 10.5)
    assert isinstance(locked.reason, decisions.Sleepy)
    assert [type(why) for why in locked.told] == [decisions.TooEarly]
    pumps = story.locked(PUMPS, 10.5)
    assert [type(why) for why in pumps.told] == [decisions.Sleepy]
    assert pumps.opens_at == story.instant(11)


def test_a_hold_that_ends_and_a_question_that_stays_are_both_told():
    story = Story().begins()
    story.answers("went_wrong", "unsure", 1)
    story.add(facts.ClinicianHold(None, "Rest.", story.instant(60)), 2, author=PHYSIO)
    for routine in EVERY:
        locked = story.locked(routine, 30)
        assert [type(why) for why in locked.told] == [decisions.Held, decisions.NeedsClinic]
        assert locked.opens_at is None


def test_one_routine_does_not_close_another():
    story = Story().begins()
    story.does(GLUTES, 50)
    story.open(QUADS, 50.1)
    story.open(PUMPS, 50.1)


# ---------------------------------------------------------------- doses


def test_the_first_dose_ends_after_48_hours_to_the_microsecond():
    story = practised(GLUTES)
    assert story.open(GLUTES, story.instant(78) - MICROSECOND).dose == Dose(5, 3, 2)
    assert story.open(GLUTES, 78).dose == Dose(8, 5, 2)


def test_a_pause_of_just_under_seven_days_keeps_the_dose():
    story = practised(GLUTES)
    story.does(GLUTES, 30 + 167.99)
    assert story.open(GLUTES, 30 + 167.99 + 2).dose == Dose(10, 5, 3)
    other = practised(GLUTES)
    other.does(GLUTES, 30 + 168)
    assert other.open(GLUTES, 30 + 168 + 3).dose == Dose(5, 3, 2)


def test_a_set_without_a_single_rep_is_no_practice():
    story = Story().begins()
    story.does(GLUTES, 30, reps=0, of=5)
    assert story.open(GLUTES, 80).dose == Dose(5, 3, 2)


def test_ankle_pumps_have_no_first_dose():
    assert Story().begins().open(PUMPS, 400).steps == ()


def test_halving_rounds_up():
    story = Story().begins()
    story.trains([TUMMY], 50, before=1, after=3)
    assert story.open(TUMMY, 100).dose == Dose(3, 3, 2)


def with_shares(amber: float = 0.5, easier: float = 0.5) -> Protocol:
    """Return the protocol with other shares of a dose after an amber light and for "easier today"."""
    shares: dict[str, Any] = {
        "amber_reps": Quantity(amber, "share", "PD"),
        "easier_reps": Quantity(easier, "share", "PD"),
    }
    return dataclasses.replace(PROTOCOL, rules=dataclasses.replace(PROTOCOL.rules, **shares))


@pytest.mark.parametrize(
    ("share", "reps", "exact"), [(0.5, 4, True), (0.75, 6, False), (0.3, 3, False), (0.01, 1, False)]
)
def test_after_an_amber_light_the_reps_are_the_protocols_share_of_the_tables(
    share: float, reps: int, exact: bool
):
    story = practised(GLUTES)
    story.trains([GLUTES], 80, before=1, after=3)
    answer = gate.decide(Case.of(with_shares(amber=share), story.history), now=story.instant(104))[GLUTES]
    assert isinstance(answer, decisions.Open)
    assert (answer.dose, answer.steps) == (Dose(reps, 5, 2), (decisions.Halved(exact=exact),))


def test_easier_today_is_the_protocols_share_where_no_earlier_phase_opens_the_routine():
    story = Story().begins()
    easier = {
        share: gate.decide(Case.of(with_shares(easier=share), story.history), now=story.instant(30))
        for share in (0.5, 0.2)
    }
    answers = {share: found[GLUTES] for share, found in easier.items()}
    assert {share: it.easier.reps for share, it in answers.items() if isinstance(it, decisions.Open)} == {
        0.5: 3,
        0.2: 1,
    }


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(1, 1000), st.integers(1, 99))
def test_a_share_is_rounded_up_from_the_number_that_is_written(reps: int, percent: int):
    assert Quantity(percent / 100, "share", "PD").share_of(reps) == -(-reps * percent // 100)
    assert Quantity(0.5, "share", "PD").share_of(reps) == math.ceil(reps / 2)


def test_two_halvings_do_not_compound():
    story = practised(GLUTES)
    story.trains([GLUTES], 80, before=1, after=3)
    story.trains([GLUTES], 104, before=1, after=3)  # a red: closed until 128 h
    assert story.open(GLUTES, 128).dose == Dose(4, 5, 2)
    assert story.open(GLUTES, 128).easier == Dose(4, 3, 2)


def test_halving_is_of_the_tables_dose_under_an_override():
    story = practised(GLUTES)
    story.add(facts.Override(GLUTES, 12, 5.0, 4, story.instant(79), story.instant(200), "strong"), 79)
    story.trains([GLUTES], 80, before=1, after=3)
    assert story.open(GLUTES, 104).dose == Dose(4, 5, 4)


def test_halving_an_override_where_the_table_has_no_dose_halves_the_override():
    story = Story().begins()
    story.add(facts.Override(GLUTES, 5, 3.0, 4, story.instant(9), story.instant(24), "strong"), 9)
    story.trains([GLUTES], 10, before=1, after=3)
    assert story.open(GLUTES, 13).dose == Dose(3, 3, 4)


def test_pumps_in_an_amber_session_are_not_halved():
    story = practised(GLUTES)
    story.trains([PUMPS, GLUTES], 80, before=1, after=3)
    assert story.open(PUMPS, 90).dose == Dose(10, 2, 3)


def test_only_the_latest_override_counts():
    story = practised(GLUTES)
    for reps in (4, 6):
        story.add(facts.Override(GLUTES, reps, 3.0, 2, story.instant(79), story.instant(200), "seen"), 79)
    assert story.open(GLUTES, 80).dose.reps == 6


def test_an_override_of_an_earlier_course_is_over():
    story = Story().begins()
    story.add(facts.Override(GLUTES, 4, 3.0, 2, story.instant(10), story.instant(900), "seen"), 10)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 500)
    story.add(facts.HomeArrival(home=True), 501)
    assert reason(story, GLUTES, 510) is decisions.Unanswered
    story.nothing_closes(502)
    assert reason(story, GLUTES, 510) is decisions.TooEarly


def test_an_override_on_ankle_pumps_is_not_hourly():
    story = Story().begins()
    story.add(facts.Override(PUMPS, 8, 2.0, 4, story.instant(3), story.instant(9), "tired"), 3)
    story.does(PUMPS, 4)
    assert story.locked(PUMPS, 4.5).opens_at == story.instant(6)


def test_easier_is_never_harder_than_the_dose():
    story = practised(GLUTES)
    story.add(facts.Override(GLUTES, 2, 2.0, 1, story.instant(79), story.instant(200), "frail"), 79)
    assert story.open(GLUTES, 80).easier == Dose(2, 2, 1)


# ---------------------------------------------------------------- red flags

LEVELS = {flag.id: flag.level for flag in PROTOCOL.red_flags.values()}


@pytest.mark.parametrize("flag", LEVELS)
def test_every_red_flag_closes_everything_and_waits_for_somebody(flag: str):
    story = Story().begins()
    story.add(facts.RedFlagYes(flag), 50)
    for routine in EVERY:
        locked = story.locked(routine, 5000)
        assert isinstance(locked.reason, decisions.OpenRedFlag)
        assert locked.opens_at is None


@pytest.mark.parametrize("flag", [flag for flag in LEVELS if not PROTOCOL.red_flags[flag].never_cleared])
def test_every_other_red_flag_can_be_cleared_an_emergency_after_a_day(flag: str):
    wait = 24.0 if LEVELS[flag] is FlagLevel.EMERGENCY else 1.0
    story = Story().begins()
    entry = story.add(facts.RedFlagYes(flag), 50)
    story.add(facts.FlagCleared(entry, "Dr Lee", story.instant(50.5)), story.instant(50 + wait) - MICROSECOND)
    assert isinstance(story.asks(PUMPS, 50 + wait), decisions.Open) == (wait < 24)
    story.add(facts.FlagCleared(entry, "Dr Lee", story.instant(50.5)), 50 + wait)
    story.open(PUMPS, 50 + wait)


def test_new_back_pain_is_the_flag_that_is_never_cleared():
    assert [flag.id for flag in PROTOCOL.red_flags.values() if flag.never_cleared] == ["new_back_pain"]


def test_a_clearing_of_something_else_clears_nothing():
    story = Story().begins()
    story.add(facts.RedFlagYes("fall"), 50)
    other = story.feels(3, 51)
    story.add(facts.FlagCleared(other, "Dr Lee", story.instant(51.5)), 52)
    story.add(facts.FlagMistake(other), 50.01)
    assert reason(story, PUMPS, 53) is decisions.OpenRedFlag


def test_the_talk_has_to_be_after_the_flag_and_not_ahead():
    story = Story().begins()
    story.add(facts.RedFlagYes("fall"), 50)
    flag = story.entries[-1]
    now = story.instant(52)
    assert not red_flags.may_clear(PROTOCOL, flag, story.instant(50), now=now)
    assert red_flags.may_clear(PROTOCOL, flag, story.instant(50) + MICROSECOND, now=now)
    assert red_flags.may_clear(PROTOCOL, flag, now, now=now)
    assert not red_flags.may_clear(PROTOCOL, flag, now + MICROSECOND, now=now)


def test_the_ten_minutes_count_from_when_the_flag_was_entered():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("fall"), 40, told=50)
    story.add(facts.FlagMistake(flag), story.instant(50) + timedelta(minutes=10))
    story.open(PUMPS, 51)
    other = Story().begins()
    flag = other.add(facts.RedFlagYes("fall"), 50)
    other.add(facts.FlagMistake(flag), other.instant(50) + timedelta(minutes=10) + MICROSECOND)
    assert reason(other, PUMPS, 51) is decisions.OpenRedFlag


def test_a_restart_that_is_corrected_or_taken_back():
    story = Story().begins()
    story.add(facts.RedFlagYes("new_back_pain"), 100)
    again = story.add(facts.Procedure(facts.Cause.NEW_FRACTURE), 140)
    corrected = story.add(facts.Procedure(facts.Cause.NEW_FRACTURE), 139, told=150, corrects=again)
    assert red_flags.open_flags(Case.of(PROTOCOL, story.history)) == ()
    story.add(facts.Void(corrected, "not restarted"), 160)
    assert [flag.fact.flag for flag in red_flags.open_flags(Case.of(PROTOCOL, story.history))] == [
        "new_back_pain"
    ]


def test_correcting_the_first_procedure_is_no_restart():
    story = Story().begins()
    story.add(facts.RedFlagYes("new_back_pain"), 100)
    story.add(facts.Procedure(), 0.5, told=110, corrects=story.entries[1].id)
    assert reason(story, PUMPS, 120) is decisions.OpenRedFlag


def test_a_restart_leaves_the_other_flags_open():
    story = Story().begins()
    story.add(facts.RedFlagYes("fall"), 100)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 140)
    assert reason(story, PUMPS, 200) is decisions.OpenRedFlag


def test_a_flag_that_the_protocol_does_not_know_closes_everything():
    story = Story().begins()
    story.add(facts.RedFlagYes("gone_from_the_list"), 50)
    assert story.locked(PUMPS, 51).opens_at is None


# ---------------------------------------------------------------- other protocols


def without_rest_at_home() -> Protocol:
    phases = [phase for phase in PROTOCOL.phases if phase.anchor == "procedure_end"]
    return dataclasses.replace(PROTOCOL, phases=tuple(phases), digest="without rest at home")


def test_before_the_first_phase_of_a_protocol_an_override_opens_nothing():
    story = Story().begins()
    story.add(facts.Override(GLUTES, 4, 3.0, 2, story.instant(2), story.instant(90), "strong"), 2)
    answer = gate.decide(Case.of(without_rest_at_home(), story.history), now=story.instant(3))[GLUTES]
    assert isinstance(answer, decisions.Locked)
    assert isinstance(answer.reason, decisions.TooEarly)
    assert answer.opens_at == story.instant(24)


def test_what_is_remembered_for_one_protocol_is_not_used_for_another():
    story = Story().begins()
    history = story.history
    gate.decide(Case.of(PROTOCOL, history), now=story.instant(3))
    now = gate.decide(Case.of(without_rest_at_home(), history), now=story.instant(3))
    assert isinstance(now[PUMPS], decisions.Locked)


def test_a_naive_now_is_refused_before_anything_is_looked_at():
    with pytest.raises(BadValue):
        gate.decide(
            Case.of(PROTOCOL, Story().history), now=(Story().procedure_end + h(3)).replace(tzinfo=None)
        )


def test_right_now_is_asked_before_and_after_a_session_too():
    for when in (facts.PainWhen.BEFORE, facts.PainWhen.AFTER, facts.PainWhen.NOW):
        story = Story().begins()
        story.feels(6, 50, when)
        assert reason(story, GLUTES, 51) is decisions.TooMuchPain


# ---------------------------------------------------------------- a physiotherapist's word


def dosed(
    story: Story, routine: str = GLUTES, *, begins: float = 10, ends: float = 20, reps: int = 4
) -> UUID:
    fact = facts.Override(routine, reps, 3.0, 2, story.instant(begins), story.instant(ends), "as seen")
    return story.add(fact, begins, author=PHYSIO)


def limited(story: Story, limit: int, *, at: float, ends: float) -> UUID:
    return story.add(facts.PainLimit(limit, story.instant(ends), "as before"), at, author=PHYSIO)


def test_a_dose_that_is_ended_ends_at_that_instant():
    story = Story().begins()
    override = dosed(story)
    story.add(facts.OverrideEnded(override, "enough"), 15, author=PHYSIO)
    last = story.open(GLUTES, story.instant(15) - MICROSECOND)
    assert last.steps == (decisions.Overridden("as seen", story.instant(15), override),)
    assert reason(story, GLUTES, 15) is decisions.TooEarly


def test_a_dose_ended_twice_ended_the_first_time_and_never_later_than_it_would_have():
    story = Story().begins()
    override = dosed(story)
    story.add(facts.OverrideEnded(override, "enough"), 15, author=PHYSIO)
    story.add(facts.OverrideEnded(override, "enough"), 30, author=PHYSIO)
    assert reason(story, GLUTES, 15) is decisions.TooEarly
    other = Story().begins()
    other.add(facts.OverrideEnded(dosed(other), "enough"), 30, author=PHYSIO)
    assert reason(other, GLUTES, 20) is decisions.TooEarly


def test_ending_the_later_of_two_doses_lets_the_earlier_count_again():
    story = Story().begins()
    dosed(story, reps=4)
    second = dosed(story, reps=6)
    assert story.open(GLUTES, 12).dose.reps == 6
    story.add(facts.OverrideEnded(second, "too many"), 13, author=PHYSIO)
    assert story.open(GLUTES, 13).dose.reps == 4


def test_a_hold_and_a_dose_name_their_entry():
    story = Story().begins()
    hold = story.add(facts.ClinicianHold(GLUTES, "a scan first", story.instant(40)), 30, author=PHYSIO)
    assert story.locked(GLUTES, 31).reason == decisions.Held(
        "a scan first", story.instant(40), story.instant(30), hold
    )
    assert reason(story, QUADS, 31) is None
    assert isinstance(story.asks(GLUTES, 40), decisions.Open)


@pytest.mark.parametrize(("limit", "score", "closes"), [
    (4, 3, False), (4, 4, True), (1, 0, False), (1, 1, True), (7, 6, False), (7, 7, True), (10, 6, False),
    (10, 7, True), (7, facts.PainWord.BAD, False), (6, facts.PainWord.BAD, True), (7, facts.PainWord.WORST, True),
    (1, facts.PainWord.MEDIUM, False), (1, facts.PainWord.NONE, False),
])  # fmt: skip
def test_a_personal_pain_limit_closes_at_it_and_never_above_seven(
    limit: int, score: facts.Score, closes: bool
):
    story = Story().begins()
    limited(story, limit, at=60, ends=100)
    story.feels(score, 61)
    assert (reason(story, GLUTES, 61) is decisions.TooMuchPain) is closes
    assert reason(story, PUMPS, 61) is None


def test_a_pain_limit_ends_at_its_end_and_a_new_one_takes_its_place():
    story = Story().begins()
    limited(story, 7, at=60, ends=62)
    story.feels(6, 61.5)
    assert reason(story, GLUTES, story.instant(62) - MICROSECOND) is None
    assert reason(story, GLUTES, 62) is decisions.TooMuchPain
    limited(story, 7, at=62, ends=80)
    limited(story, 5, at=62.5, ends=63)
    assert reason(story, GLUTES, 62.75) is decisions.TooMuchPain
    story.feels(6, 62.75)
    assert reason(story, GLUTES, 63) is decisions.TooMuchPain, "the latest has ended: the protocol's holds"


def test_a_new_procedure_ends_a_pain_limit():
    story = Story().begins()
    limited(story, 7, at=60, ends=200)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 61)
    story.add(facts.HomeArrival(home=True), 62)
    story.nothing_closes(62)
    story.feels(6, 61 + 50)
    assert reason(story, GLUTES, 61 + 50) is decisions.TooMuchPain


def test_a_physiotherapist_clears_an_emergency_at_once_and_a_patient_does_not():
    for author, opens in ((PHYSIO, True), ("patient", False)):
        story = Story().begins()
        flag = story.add(facts.RedFlagYes("chest_pain"), 60)
        story.add(facts.FlagCleared(flag, "Dana", story.instant(60)), 60, author=author)
        story.add(facts.FlagCleared(flag, "Dana", story.instant(61)), 61, author=author)
        assert (reason(story, PUMPS, 61) is None) is opens


def test_nobody_clears_a_new_fracture():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("new_back_pain"), 60)
    story.add(facts.FlagCleared(flag, "Dana", story.instant(61)), 61, author=PHYSIO)
    assert reason(story, PUMPS, 200) is decisions.OpenRedFlag


def test_a_flag_that_the_protocol_does_not_know_is_cleared_by_a_physiotherapist_alone():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("of another protocol"), 60)
    story.add(facts.FlagCleared(flag, "Dana", story.instant(99)), 99)
    assert reason(story, PUMPS, 99) is decisions.OpenRedFlag
    story.add(facts.FlagCleared(flag, "Dana", story.instant(100)), 100, author=PHYSIO)
    assert reason(story, PUMPS, 100) is None


def test_asking_for_another_time_and_the_answer_change_nothing():
    story = Story().begins()
    before = story.decides(30)
    asked = story.add(facts.TimeAsked(facts.AnchorTime.PROCEDURE_END, story.instant(-10)), 12)
    story.add(facts.TimeDecided(asked, accepted=True, why="as the report says"), 13, author=PHYSIO)
    assert story.decides(30) == before


def test_a_physiotherapist_s_word_is_not_from_before_the_flag_nor_ahead():
    story = Story().begins()
    story.add(facts.RedFlagYes("chest_pain"), 50)
    flag, now = story.entries[-1], story.instant(52)
    for spoke, clears in ((50, True), (52, True), (49.9, False), (52.1, False)):
        told = story.instant(spoke)
        assert red_flags.may_clear(PROTOCOL, flag, told, now=now, clinician=True) is clears


def test_a_pain_limit_does_not_change_what_was_before_it():
    story = Story().begins()
    story.feels(6, 60)
    limited(story, 7, at=61, ends=80)
    assert reason(story, GLUTES, 60.5) is decisions.TooMuchPain
    assert reason(story, GLUTES, 61) is None


def test_a_set_without_a_rep_does_not_put_off_when_the_first_dose_comes_again():
    story = Story().begins()
    story.does(GLUTES, 30)
    story.does(GLUTES, 50, reps=0, of=5)
    case = Case.of(PROTOCOL, story.history)
    again = story.instant(30 + 7 * 24)
    assert again in set(gate.changes(case, PROTOCOL.routines[GLUTES], story.instant(60)))
