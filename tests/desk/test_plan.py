"""A physiotherapist changes the plan: each change with a reason, previewed, kept within limits, never twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from coach.desk import Installation, NotFound, PatientDesk
from coach.desk.clinic import plan_commands
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Change
from coach.desk.installation.recording import new_key
from coach.domain import decisions, facts
from coach.domain.errors import BadValue, Fault
from coach.domain.history import by_clinician
from coach.domain.times import local_date
from coach.protocols import loader
from coach.records.entries.store import KeyReused, Store
from coach.text.errors import refusal
from tests.support.followed import Followed, follow
from tests.support.homes import Clock, settled, size
from tests.support.library import BREATHS, MOVE, WALK, library
from tests.support.patient_acts import GLUTES, PUMPS, QUADS, SQUEEZES, TUMMY
from tests.support.patients import answer_questions, desk_in, wall
from tests.support.protocols import default_text

WHY = "as seen today"


@pytest.fixture
def followed(patient: PatientDesk) -> Followed:
    return follow(patient)


@pytest.fixture
def plan(followed: Followed) -> PlanDesk:
    return PlanDesk(followed.installation, followed.patient, followed.physiotherapist())


@pytest.fixture
def colleague(followed: Followed) -> PlanDesk:
    return PlanDesk(followed.installation, followed.patient, followed.physiotherapist(followed.kim))


def save(desk: PlanDesk, change: Change) -> UUID:
    key = new_key()
    desk.save(change, key=key, seen_seq=desk.seen_seq())
    return key


def refused(desk: PlanDesk, change: Change) -> Fault:
    """Return why a change is refused, by preview and by saving alike; nothing is stored."""
    before = desk.installation.history_cache.head(desk.patient)
    with pytest.raises(BadValue) as saving:
        save(desk, change)
    with pytest.raises(BadValue) as looking:
        desk.preview(change)
    assert looking.value.fault is saving.value.fault
    assert desk.installation.history_cache.head(desk.patient) == before
    assert "{" not in refusal(saving.value)
    return saving.value.fault


def ahead(plan: PlanDesk, **span: float) -> datetime:
    return wall(plan.now() + timedelta(**span))


def dose(plan: PlanDesk, routine: str = TUMMY, **other: object) -> plan_commands.DoseChange:
    base = plan_commands.DoseChange(routine, 5, 3, 2, None, ahead(plan, days=3), WHY)
    return dataclasses.replace(base, **other)  # type: ignore[arg-type]


def is_open(desk: PatientDesk, routine: str) -> bool:
    return isinstance(desk.decisions()[routine], decisions.Open)


# ---------------------------------------------------------------- holds


def test_a_hold_closes_one_routine_and_names_who_closed_it(plan: PlanDesk, followed: Followed):
    hold = save(plan, plan_commands.Hold(GLUTES, None, WHY))
    decision = followed.desk().decisions()[GLUTES]
    assert isinstance(decision, decisions.Locked)
    assert decision.reason == decisions.Held(WHY, None, plan.now(), hold)
    entry = followed.desk().history().by_id[hold]
    assert entry.author == f"physiotherapist:{followed.pat}"
    assert is_open(followed.desk(), QUADS)
    assert [each.id for each in plan.in_force().holds] == [hold]


def test_a_hold_with_an_end_opens_again_by_itself(plan: PlanDesk, followed: Followed, clock: Clock):
    save(plan, plan_commands.Hold(None, ahead(plan, hours=5), WHY))
    assert not is_open(followed.desk(), PUMPS)
    clock.goes_on(hours=5)
    assert is_open(followed.desk(), PUMPS)
    assert plan.in_force().holds == ()


def test_a_hold_is_lifted_once(plan: PlanDesk, colleague: PlanDesk, followed: Followed):
    hold = save(plan, plan_commands.Hold(None, None, WHY))
    save(colleague, plan_commands.Lift(hold, "the scan is fine"))
    assert is_open(followed.desk(), PUMPS)
    assert refused(plan, plan_commands.Lift(hold, WHY)) is Fault.ENDED_ALREADY


def test_a_hold_that_ended_is_not_lifted(plan: PlanDesk, clock: Clock):
    hold = save(plan, plan_commands.Hold(None, ahead(plan, hours=5), WHY))
    clock.goes_on(hours=5)
    assert refused(plan, plan_commands.Lift(hold, WHY)) is Fault.ENDED_ALREADY


def test_a_hold_is_of_a_known_routine_and_ends_later(plan: PlanDesk):
    assert refused(plan, plan_commands.Hold("sit_ups", None, WHY)) is Fault.UNKNOWN_ROUTINE
    assert refused(plan, plan_commands.Hold(None, ahead(plan), WHY)) is Fault.END_PASSED


# ---------------------------------------------------------------- doses


def test_a_routine_is_opened_early_until_the_dose_ends(tmp_path: Path, clock: Clock):
    desk = settled(tmp_path, hours=30)
    followed = follow(desk)
    plan = PlanDesk(followed.installation, followed.patient, followed.physiotherapist())
    assert not is_open(followed.desk(), TUMMY)
    override = save(plan, dose(plan, ends=ahead(plan, hours=4)))
    decision = followed.desk().decisions()[TUMMY]
    assert isinstance(decision, decisions.Open)
    assert decision.steps[0] == decisions.Overridden(WHY, plan.in_force().overrides[0].fact.ends, override)
    clock.goes_on(hours=4)
    assert not is_open(followed.desk(), TUMMY)
    assert plan.in_force().overrides == ()


def test_a_dose_is_ended_before_its_time(plan: PlanDesk, followed: Followed):
    override = save(plan, dose(plan, GLUTES, reps=9))
    decision = followed.desk().decisions()[GLUTES]
    assert isinstance(decision, decisions.Open)
    assert decision.dose.reps == 9
    save(plan, plan_commands.EndOverride(override, "too much"))
    decision = followed.desk().decisions()[GLUTES]
    assert isinstance(decision, decisions.Open)
    assert decision.dose.reps == 5
    assert refused(plan, plan_commands.EndOverride(override, WHY)) is Fault.ENDED_ALREADY


@pytest.mark.parametrize(
    ("routine", "other", "fault", "limit"),
    [
        (GLUTES, {"reps": 13}, Fault.REPS_OUT_OF_RANGE, "12"),
        (GLUTES, {"reps": 0}, Fault.REPS_OUT_OF_RANGE, "12"),
        (GLUTES, {"reps": 5.5}, Fault.REPS_OUT_OF_RANGE, "12"),
        (GLUTES, {"hold_s": 10.5}, Fault.HOLD_OUT_OF_RANGE, "10"),
        (GLUTES, {"hold_s": 0}, Fault.HOLD_OUT_OF_RANGE, "10"),
        (GLUTES, {"hold_s": float("nan")}, Fault.HOLD_OUT_OF_RANGE, "10"),
        (GLUTES, {"per_day": 5}, Fault.TIMES_OUT_OF_RANGE, "4"),
        (GLUTES, {"per_day": 0}, Fault.TIMES_OUT_OF_RANGE, "4"),
        (GLUTES, {"per_day": True}, Fault.TIMES_OUT_OF_RANGE, "4"),
        (PUMPS, {"reps": 31}, Fault.REPS_OUT_OF_RANGE, "30"),
        (PUMPS, {"per_day": 13}, Fault.TIMES_OUT_OF_RANGE, "12"),
        (PUMPS, {"hold_s": 4}, Fault.HOLD_OUT_OF_RANGE, "3"),
    ],
)
def test_a_dose_above_the_hard_maxima_is_refused_naming_the_limit(
    plan: PlanDesk, routine: str, other: dict[str, object], fault: Fault, limit: str
):
    change = dose(plan, routine, **other)
    assert refused(plan, change) is fault
    with pytest.raises(BadValue) as why:
        plan.preview(change)
    assert limit in refusal(why.value)


@pytest.mark.parametrize(("routine", "reps", "hold_s", "per_day"), [
    (GLUTES, 12, 10, 4), (GLUTES, 1, 1, 1), (PUMPS, 30, 3, 12), (TUMMY, 5, 2.5, 2),
])  # fmt: skip
def test_a_dose_within_the_hard_maxima_is_taken(plan: PlanDesk, routine: str, reps, hold_s, per_day):
    save(plan, dose(plan, routine, reps=reps, hold_s=hold_s, per_day=per_day))
    (override,) = plan.in_force().overrides
    assert (override.fact.reps, override.fact.hold_s, override.fact.per_day) == (reps, hold_s, per_day)


def test_a_dose_ends_after_it_begins_ahead_and_within_four_weeks(plan: PlanDesk):
    assert refused(plan, dose(plan, ends=ahead(plan))) is Fault.END_PASSED
    assert refused(plan, dose(plan, ends=ahead(plan, hours=-1))) is Fault.END_PASSED
    begins = ahead(plan, days=2)
    assert refused(plan, dose(plan, begins=begins, ends=begins)) is Fault.END_PASSED
    assert refused(plan, dose(plan, ends=ahead(plan, days=29))) is Fault.END_TOO_FAR
    save(plan, dose(plan, ends=ahead(plan, days=28)))
    assert refused(plan, dose(plan, "sit_ups")) is Fault.UNKNOWN_ROUTINE


def test_a_begin_that_has_passed_is_now(plan: PlanDesk):
    save(plan, dose(plan, begins=ahead(plan, hours=-5)))
    (override,) = plan.in_force().overrides
    assert override.fact.begins == plan.now()


def test_a_dose_to_come_is_in_force_already_and_opens_nothing_yet(plan: PlanDesk, followed: Followed):
    save(plan, dose(plan, GLUTES, reps=9, begins=ahead(plan, hours=5)))
    assert len(plan.in_force().overrides) == 1
    decision = followed.desk().decisions()[GLUTES]
    assert isinstance(decision, decisions.Open)
    assert decision.dose.reps == 5


# ---------------------------------------------------------------- the pain limit and the texts


def test_a_pain_limit_holds_until_it_ends_or_is_ended(plan: PlanDesk, followed: Followed, clock: Clock):
    limit = save(plan, plan_commands.Limit(7, ahead(plan, days=1), WHY))
    followed.desk().sessions.give_pain(6, facts.PainWhen.NOW, key=new_key())
    assert is_open(followed.desk(), GLUTES)
    save(plan, plan_commands.EndLimit(limit, "settles badly"))
    assert plan.in_force().limit is None
    assert not is_open(followed.desk(), GLUTES)
    assert refused(plan, plan_commands.EndLimit(limit, WHY)) is Fault.ENDED_ALREADY
    save(plan, plan_commands.Limit(4, ahead(plan, hours=1), WHY))
    clock.goes_on(hours=1)
    assert plan.in_force().limit is None


@pytest.mark.parametrize("limit", [0, 8, 6.5, True])
def test_a_pain_limit_is_a_whole_number_from_one_to_seven(plan: PlanDesk, limit: int):
    assert refused(plan, plan_commands.Limit(limit, ahead(plan, days=1), WHY)) is Fault.LIMIT_OUT_OF_RANGE


def test_a_pain_limit_ends_ahead_and_within_four_weeks(plan: PlanDesk):
    assert refused(plan, plan_commands.Limit(5, ahead(plan), WHY)) is Fault.END_PASSED
    assert refused(plan, plan_commands.Limit(5, ahead(plan, days=29), WHY)) is Fault.END_TOO_FAR


def test_own_words_on_a_topic_are_replaced_and_taken_back(plan: PlanDesk):
    assert refused(plan, plan_commands.Text(facts.PlanTopic.BRACE, " ", WHY)) is Fault.TEXT_MISSING
    for text in ("Wear it all day.", "Wear it outdoors."):
        save(plan, plan_commands.Text(facts.PlanTopic.BRACE, text, WHY))
    assert plan.in_force().texts[facts.PlanTopic.BRACE].fact.text == "Wear it outdoors."
    save(plan, plan_commands.Text(facts.PlanTopic.BRACE, "", WHY))
    assert plan.in_force().texts == {}
    assert refused(plan, plan_commands.Text(facts.PlanTopic.BRACE, "x" * 2001, WHY)) is Fault.TEXT_TOO_LONG


# ---------------------------------------------------------------- red flags and restarts


@pytest.mark.parametrize("flag", ["chest_pain", "fall"])
def test_a_physiotherapist_clears_a_flag_at_once(plan: PlanDesk, followed: Followed, flag: str):
    key = new_key()
    followed.desk().red_flags.report_flag(flag, key=key)
    change = plan_commands.ClearFlag(key, WHY)
    assert not plan.preview(change).changes_nothing
    save(plan, change)
    assert plan.in_force().flags == ()
    (cleared,) = plan.history().of(facts.FlagCleared)
    assert (cleared.fact.who, cleared.fact.why) == ("Pat Sample", WHY)
    decision = followed.desk().decisions()[GLUTES]
    assert isinstance(decision, decisions.Open)
    assert any(isinstance(step, decisions.FirstDose) for step in decision.steps)
    assert refused(plan, change) is Fault.ENDED_ALREADY


def test_a_new_fracture_is_not_cleared_but_restarted(plan: PlanDesk, followed: Followed, clock: Clock):
    key = new_key()
    followed.desk().red_flags.report_flag("new_back_pain", key=key)
    assert refused(plan, plan_commands.ClearFlag(key, WHY)) is Fault.ONLY_RESTART
    clock.goes_on(hours=30)
    ended, home = ahead(plan, hours=-3), ahead(plan, hours=-1)
    early = plan_commands.Restart(facts.Cause.NEW_FRACTURE, ahead(plan, hours=-31), home, WHY)
    assert refused(plan, early) is Fault.RESTART_TOO_EARLY
    before = plan_commands.Restart(facts.Cause.NEW_FRACTURE, ended, ahead(plan, hours=-4), WHY)
    assert refused(plan, before) is Fault.HOME_BEFORE_PROCEDURE
    future = plan_commands.Restart(facts.Cause.NEW_FRACTURE, ahead(plan, hours=1), None, WHY)
    assert refused(plan, future) is Fault.TIME_IN_FUTURE
    assert refused(plan, plan_commands.Restart(facts.Cause.FIRST, ended, home, WHY)) is Fault.UNKNOWN_CHOICE
    save(plan, plan_commands.Restart(facts.Cause.NEW_FRACTURE, ended, home, WHY))
    known = followed.desk().course()
    assert known is not None
    assert known.procedure.fact == facts.Procedure(facts.Cause.NEW_FRACTURE, WHY)
    assert plan.in_force().flags == ()
    assert not is_open(followed.desk(), PUMPS)
    answer_questions(followed.desk())
    assert not is_open(followed.desk(), GLUTES)


def test_nothing_passes_an_open_red_flag(plan: PlanDesk, followed: Followed):
    save(plan, plan_commands.Hold(TUMMY, None, WHY))
    followed.desk().red_flags.report_flag("chest_pain", key=new_key())
    change = dose(plan, GLUTES, reps=9)
    shown = plan.preview(change)
    assert shown.changes_nothing
    assert isinstance(shown.stays_closed, decisions.OpenRedFlag)
    save(plan, change)
    assert not any(is_open(followed.desk(), routine) for routine in (PUMPS, *SQUEEZES))


# ---------------------------------------------------------------- answers, times, protocols


def test_a_set_up_answer_is_released(plan: PlanDesk, followed: Followed):
    followed.desk().set_up.reply("tumour_or_three", facts.Reply.YES, key=new_key())
    assert not is_open(followed.desk(), GLUTES)
    assert [question.id for question, _ in plan.in_force().answers] == ["tumour_or_three"]
    save(plan, plan_commands.Agree(("tumour_or_three",), WHY))
    assert is_open(followed.desk(), GLUTES)
    (agreed,) = plan.history().of(facts.ClinicAgreed)
    assert (agreed.fact.who, agreed.fact.why) == ("Pat Sample", WHY)
    for question in ("tumour_or_three", "went_wrong", "no_such_question"):
        assert refused(plan, plan_commands.Agree((question,), WHY)) is Fault.NOTHING_TO_RELEASE
    assert refused(plan, plan_commands.Agree((), WHY)) is Fault.NOTHING_TO_RELEASE


def test_several_set_up_answers_are_released_with_one_reason_or_none_of_them(
    plan: PlanDesk, followed: Followed
):
    both = ("tumour_or_three", "went_wrong")
    for question in both:
        followed.desk().set_up.reply(question, facts.Reply.UNSURE, key=new_key())
    assert refused(plan, plan_commands.Agree((*both, "helper"), WHY)) is Fault.NOTHING_TO_RELEASE
    assert plan.history().of(facts.ClinicAgreed) == ()
    change = plan_commands.Agree(both, WHY)
    shown = [entry.fact for entry in plan.entries(change)]
    assert [fact.question for fact in shown if isinstance(fact, facts.ClinicAgreed)] == list(both)
    save(plan, change)
    assert is_open(followed.desk(), GLUTES)
    assert [(each.fact.question, each.fact.why) for each in plan.history().of(facts.ClinicAgreed)] == [
        (question, WHY) for question in both
    ]


def asked(followed: Followed, *, home: bool, hours: float) -> UUID:
    desk = followed.desk()
    when = wall(desk.now() - timedelta(hours=hours))
    key = new_key()
    tell = desk.course_times.got_home if home else desk.course_times.procedure_ended
    assert tell(when, key=key, earlier_is_right=True) is False
    return key


@pytest.mark.parametrize("home", [False, True])
def test_an_earlier_time_is_accepted_and_corrected_in_one_act(
    plan: PlanDesk, followed: Followed, clock: Clock, home: bool
):
    hours = 59 if home else 62
    request = asked(followed, home=home, hours=hours)
    (waiting,) = plan.in_force().requests
    assert waiting.fact.what is (facts.AnchorTime.HOME_ARRIVAL if home else facts.AnchorTime.PROCEDURE_END)
    clock.goes_on(minutes=1)
    key = save(plan, plan_commands.Decide(request, accepted=True, why=WHY))
    known = plan.course()
    assert known is not None
    assert (known.home if home else known.procedure.at) == waiting.fact.to
    entries = plan.history().entries
    assert [type(entry.fact) for entry in entries[-2:]] == [
        facts.TimeDecided,
        facts.HomeArrival if home else facts.Procedure,
    ]
    assert entries[-2].id == key
    assert entries[-1].supersedes is not None
    assert by_clinician(entries[-1])
    assert plan.in_force().requests == ()
    assert refused(plan, plan_commands.Decide(request, accepted=False, why=WHY)) is Fault.ENDED_ALREADY


def test_an_earlier_time_that_is_refused_changes_nothing(plan: PlanDesk, followed: Followed):
    request = asked(followed, home=False, hours=62)
    before = plan.course()
    change = plan_commands.Decide(request, accepted=False, why=WHY)
    assert plan.preview(change).changes_nothing
    save(plan, change)
    assert plan.course() == before
    assert plan.in_force().requests == ()


def test_what_is_no_request_is_not_decided(plan: PlanDesk):
    assert refused(plan, plan_commands.Decide(new_key(), accepted=True, why=WHY)) is Fault.UNKNOWN_ENTRY
    entry = plan.history().entries[0].id
    assert refused(plan, plan_commands.Lift(entry, WHY)) is Fault.UNKNOWN_ENTRY


def other_protocol(plan: PlanDesk, old: str, new: str) -> str:
    """Let the clinic have another protocol from next year on; return its digest."""
    assert old in default_text()
    content = default_text().replace(old, new).encode()
    made = loader.read(content, "other")
    plan.installation.protocol_registry.put_in_force(
        made, content, key=new_key(), starts_at=plan.now() + timedelta(days=365), made_at=plan.now(),
        made_by=None, why="a try",
    )  # fmt: skip
    return made.digest


def test_a_protocol_is_chosen_for_one_patient(plan: PlanDesk, followed: Followed):
    digest = other_protocol(plan, 'reps = { value = 8, unit = "reps"', 'reps = { value = 7, unit = "reps"')
    assert {each.digest for each in plan.protocols()} == {plan.protocol.digest, digest}
    change = plan_commands.Choose(digest, WHY)
    plan.preview(change)
    assert plan.protocol.digest != digest
    save(plan, change)
    assert followed.desk().protocol.digest == digest
    chosen = plan.in_force().chosen
    assert chosen is not None
    assert chosen.fact.why == WHY
    assert refused(plan, plan_commands.Choose("0" * 64, WHY)) is Fault.UNKNOWN_CHOICE


def test_no_protocol_is_chosen_to_lose_an_open_flag(plan: PlanDesk, followed: Followed):
    digest = other_protocol(plan, 'id = "new_back_pain"', 'id = "another_pain"')
    followed.desk().red_flags.report_flag("new_back_pain", key=new_key())
    assert refused(plan, plan_commands.Choose(digest, WHY)) is Fault.FLAG_UNKNOWN_THERE


# ---------------------------------------------------------------- the library


@pytest.fixture
def shelf(tmp_path: Path, clock: Clock) -> Followed:
    """A patient, sixteen days after the procedure, whose protocol has exercises that wait for a release."""
    settled(tmp_path, hours=16 * 24).installation.store.close()
    return follow(desk_in(tmp_path, library()))


@pytest.fixture
def librarian(shelf: Followed) -> PlanDesk:
    return PlanDesk(shelf.installation, shelf.patient, shelf.physiotherapist())


def test_an_exercise_is_released_and_taken_away_again(librarian: PlanDesk, shelf: Followed, clock: Clock):
    assert MOVE not in shelf.desk().decisions()
    shown = librarian.preview(plan_commands.ReleaseExercise(MOVE, WHY)).routines
    assert isinstance(shown[MOVE].stretches[0].after, decisions.Open)
    assert not set(shown) & {WALK, BREATHS}, "of the others nothing is said"
    release = save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    assert is_open(shelf.desk(), MOVE)
    assert [each.id for each in librarian.in_force().releases] == [release]
    clock.goes_on(minutes=1)
    save(librarian, plan_commands.TakeBack(release, WHY))
    locked = shelf.desk().decisions()[MOVE]
    assert isinstance(locked, decisions.Locked)
    assert isinstance(locked.reason, decisions.NeedsRelease)
    assert librarian.in_force().releases == ()
    assert refused(librarian, plan_commands.TakeBack(release, WHY)) is Fault.ENDED_ALREADY
    clock.goes_on(minutes=1)
    save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    assert is_open(shelf.desk(), MOVE)


def test_only_what_waits_for_a_release_is_released(librarian: PlanDesk):
    assert refused(librarian, plan_commands.ReleaseExercise(GLUTES, WHY)) is Fault.RELEASED_ALREADY
    assert refused(librarian, plan_commands.ReleaseExercise("sit_ups", WHY)) is Fault.UNKNOWN_ROUTINE
    assert refused(librarian, plan_commands.TakeBack(new_key(), WHY)) is Fault.UNKNOWN_ENTRY
    save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    assert refused(librarian, plan_commands.ReleaseExercise(MOVE, WHY)) is Fault.RELEASED_ALREADY


def test_a_new_course_ends_a_release(librarian: PlanDesk, shelf: Followed, clock: Clock):
    save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    clock.goes_on(hours=1)
    again = plan_commands.Restart(facts.Cause.NEW_PROCEDURE, ahead(librarian, minutes=-30), None, WHY)
    save(librarian, again)
    assert MOVE not in shelf.desk().decisions()


def test_a_dose_is_of_what_is_released_and_within_its_days_a_week(librarian: PlanDesk, shelf: Followed):
    assert refused(librarian, dose(librarian, MOVE)) is Fault.NOT_RELEASED
    assert refused(librarian, plan_commands.Hold(MOVE, None, WHY)) is Fault.UNKNOWN_ROUTINE
    save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    for days in (0, 8):
        assert refused(librarian, dose(librarian, MOVE, days_per_week=days)) is Fault.DAYS_OUT_OF_RANGE
    save(librarian, dose(librarian, MOVE, days_per_week=2))
    decision = shelf.desk().decisions()[MOVE]
    assert isinstance(decision, decisions.Open)
    assert (decision.dose.reps, decision.dose.days_per_week) == (5, 2)


def test_a_patient_starts_nothing_that_was_not_released(shelf: Followed, librarian: PlanDesk):
    desk = shelf.desk()
    desk.sessions.answer_none(whole=True, key=new_key())
    before = size(desk)
    with pytest.raises(BadValue) as refusal_:
        desk.sessions.start([MOVE], easier=False, session=new_key())
    assert (refusal_.value.fault, size(desk)) == (Fault.UNKNOWN_ROUTINE, before)
    save(librarian, plan_commands.ReleaseExercise(MOVE, WHY))
    session = new_key()
    assert shelf.desk().sessions.start([MOVE], easier=False, session=session) == session


def test_a_hold_on_all_of_a_patients_exercises_ends_a_session_whatever_the_library_has(shelf: Followed):
    plan = PlanDesk(shelf.installation, shelf.patient, shelf.physiotherapist())
    save(plan, plan_commands.Hold(None, None, WHY))
    assert isinstance(shelf.desk().closed_by_somebody(), decisions.Held)


# ---------------------------------------------------------------- reasons, keys, and who came first


def every(plan: PlanDesk, why: str) -> list[Change]:
    some = new_key()
    return [
        plan_commands.Hold(None, None, why),
        plan_commands.Lift(some, why),
        dose(plan, why=why),
        plan_commands.EndOverride(some, why),
        plan_commands.ReleaseExercise(MOVE, why),
        plan_commands.TakeBack(some, why),
        plan_commands.Limit(5, ahead(plan, days=1), why),
        plan_commands.EndLimit(some, why),
        plan_commands.Text(facts.PlanTopic.BRACE, "Wear it.", why),
        plan_commands.ClearFlag(some, why),
        plan_commands.Restart(facts.Cause.NEW_PROCEDURE, ahead(plan, hours=-1), None, why),
        plan_commands.Agree(("went_wrong",), why),
        plan_commands.Decide(some, accepted=True, why=why),
        plan_commands.Choose("0" * 64, why),
    ]


def test_every_change_needs_a_reason_of_at_most_2000_characters(plan: PlanDesk):
    for why, fault in (
        ("", Fault.TEXT_MISSING),
        (" \n", Fault.TEXT_MISSING),
        ("\u200b\u2060", Fault.TEXT_MISSING),  # nothing that the patient could read
        ("x" * 2001, Fault.TEXT_TOO_LONG),
    ):
        for change in every(plan, why):
            assert refused(plan, change) is fault
    assert {type(change) for change in every(plan, WHY)} == set(plan_commands.Change.__args__)
    save(plan, plan_commands.Hold(None, None, "x" * 2000))


def test_the_same_key_again_is_the_same_change(plan: PlanDesk, followed: Followed, clock: Clock):
    key, seen = new_key(), plan.seen_seq()
    change = dose(plan, begins=ahead(plan, hours=-1))
    plan.save(change, key=key, seen_seq=seen)
    stored = size(followed.desk())
    clock.goes_on(minutes=1)
    followed.desk().sessions.give_pain(3, facts.PainWhen.NOW, key=new_key())
    plan.save(change, key=key, seen_seq=seen)
    assert size(followed.desk())[0] == stored[0] + 1
    assert len(plan.history().of(facts.Override)) == 1
    with pytest.raises(KeyReused):
        plan.save(plan_commands.Hold(None, None, WHY), key=key, seen_seq=plan.seen_seq())


def flagged(followed: Followed, colleague: PlanDesk) -> None:
    followed.desk().red_flags.report_flag("fall", key=new_key())


def felt(followed: Followed, colleague: PlanDesk) -> None:
    followed.desk().sessions.give_pain(7, facts.PainWhen.NOW, key=new_key())


def held(followed: Followed, colleague: PlanDesk) -> None:
    save(colleague, plan_commands.Hold(GLUTES, None, WHY))


def replied(followed: Followed, colleague: PlanDesk) -> None:
    followed.desk().set_up.reply("went_wrong", facts.Reply.YES, key=new_key())


def moved(followed: Followed, colleague: PlanDesk) -> None:
    followed.desk().settings.set("zone", "Europe/Lisbon")


@pytest.mark.parametrize("happens", [flagged, felt, held, replied, moved])
def test_a_form_that_somebody_overtook_is_not_saved_until_it_saw_what_changed(
    plan: PlanDesk, colleague: PlanDesk, followed: Followed, happens: Callable[[Followed, PlanDesk], None]
):
    seen = plan.seen_seq()
    change = plan_commands.Hold(TUMMY, None, WHY)
    happens(followed, colleague)
    stored = size(followed.desk())
    with pytest.raises(BadValue) as why:
        plan.save(change, key=new_key(), seen_seq=seen)
    assert why.value.fault is Fault.PLAN_CHANGED
    assert size(followed.desk()) == stored
    assert [entry.seq for entry in plan.changed_since(seen)] == [stored[0]]
    plan.save(change, key=new_key(), seen_seq=plan.seen_seq())
    assert len(plan.history().of(facts.ClinicianHold)) == (2 if happens is held else 1)


def test_what_does_not_bear_on_the_plan_and_what_one_did_oneself_overtakes_nothing(
    plan: PlanDesk, followed: Followed
):
    seen = plan.seen_seq()
    followed.desk().settings.set("voice", value=False)
    save(plan, plan_commands.Limit(5, ahead(plan, days=1), WHY))
    plan.save(plan_commands.Hold(TUMMY, None, WHY), key=new_key(), seen_seq=seen)
    assert plan.changed_since(seen) == ()


def test_a_taken_back_score_overtakes_a_form(plan: PlanDesk, followed: Followed):
    key = new_key()
    followed.desk().sessions.give_pain(7, facts.PainWhen.NOW, key=key)
    seen = plan.seen_seq()
    followed.desk().diary.void(key, why="not so", key=new_key())
    assert len(plan.changed_since(seen)) == 1


def test_a_kept_desk_sees_what_came_meanwhile_when_it_saves(plan: PlanDesk, followed: Followed):
    kept = plan.for_one_run()
    seen = kept.seen_seq()
    flagged(followed, plan)
    with pytest.raises(BadValue) as why:
        kept.save(plan_commands.Hold(TUMMY, None, WHY), key=new_key(), seen_seq=seen)
    assert why.value.fault is Fault.PLAN_CHANGED


def test_what_was_previewed_is_what_the_gate_then_answers(plan: PlanDesk, followed: Followed, clock: Clock):
    change = dose(plan, QUADS, reps=7, begins=ahead(plan, hours=2), ends=ahead(plan, hours=9))
    shown = plan.preview(change)
    (stretch,) = shown.routines[QUADS].stretches
    save(plan, change)
    clock.now = stretch.begins
    decision = followed.desk().decisions()[QUADS]
    assert isinstance(decision, decisions.Open)
    assert isinstance(stretch.after, decisions.Open)
    assert decision.dose == stretch.after.dose
    assert decision.dose.reps == 7
    assert local_date(stretch.ends, plan.zone) == local_date(shown.begins, plan.zone)


def test_without_a_procedure_there_is_no_dose_and_no_limit(tmp_path: Path, clock: Clock):
    followed = follow(desk_in(tmp_path))
    plan = PlanDesk(followed.installation, followed.patient, followed.physiotherapist())
    assert refused(plan, dose(plan)) is Fault.NO_PROCEDURE
    assert refused(plan, plan_commands.Limit(5, ahead(plan, days=1), WHY)) is Fault.NO_PROCEDURE
    save(plan, plan_commands.Restart(facts.Cause.FIRST, ahead(plan, hours=-20), None, WHY))
    assert plan.course() is not None


def test_nobody_but_the_care_team_changes_a_plan(followed: Followed):
    for principal in (followed.own, followed.stranger()):
        desk = PlanDesk(followed.installation, followed.patient, principal)
        before = size(followed.desk())
        for change in every(
            PlanDesk(followed.installation, followed.patient, followed.physiotherapist()), WHY
        ):
            with pytest.raises(NotFound):
                desk.save(change, key=new_key(), seen_seq=10_000)
            with pytest.raises(NotFound):
                desk.preview(change)
        assert size(followed.desk()) == before
    assert not [
        entry
        for entry in followed.desk().history().entries
        if isinstance(entry.fact, facts.TimeAsked | facts.PainLimit)
    ]


def test_of_two_servers_at_once_the_second_asks_again(
    plan: PlanDesk, followed: Followed, monkeypatch: pytest.MonkeyPatch
):
    elsewhere = Installation(
        Store.open(followed.installation.store.url.render_as_string(hide_password=False))
    )
    theirs = PlanDesk(elsewhere, plan.patient, followed.physiotherapist(followed.kim))
    seen, made = plan.seen_seq(), plan._made  # noqa: SLF001  disturbed on purpose, in the middle

    def slowly(change: plan_commands.Change, now: datetime) -> object:
        if not any(isinstance(entry.fact, facts.ClinicianHold) for entry in theirs.history().entries):
            theirs.save(plan_commands.Hold(None, None, "Wait"), key=new_key(), seen_seq=theirs.seen_seq())
        return made(change, now)

    monkeypatch.setattr(plan, "_made", slowly)
    with pytest.raises(BadValue) as refused:
        plan.save(plan_commands.Hold("ankle_pumps", None, "Rest"), key=new_key(), seen_seq=seen)
    assert refused.value.fault is Fault.PLAN_CHANGED
    holds = [entry.fact for entry in plan.history().entries if isinstance(entry.fact, facts.ClinicianHold)]
    assert [hold.why for hold in holds] == ["Wait"]
    elsewhere.store.close()


def test_what_a_colleague_does_while_a_desk_looks_is_seen_before_saving(
    plan: PlanDesk, colleague: PlanDesk, monkeypatch: pytest.MonkeyPatch
):
    seen, looked = plan.seen_seq(), plan.changed_since

    def slowly(seq: int) -> object:
        found = looked(seq)
        if not any(isinstance(entry.fact, facts.ClinicianHold) for entry in colleague.history().entries):
            save(colleague, plan_commands.Hold(None, None, "Wait"))
        return found

    monkeypatch.setattr(plan, "changed_since", slowly)
    with pytest.raises(BadValue) as why:
        plan.save(plan_commands.Hold(PUMPS, None, "Rest"), key=new_key(), seen_seq=seen)
    assert why.value.fault is Fault.PLAN_CHANGED
    assert [hold.fact.why for hold in plan.in_force().holds] == ["Wait"]


def test_the_same_tap_at_once_is_one_change(
    plan: PlanDesk, followed: Followed, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    again = PlanDesk(followed.installation, followed.patient, followed.physiotherapist())
    key, seen, change, made = new_key(), plan.seen_seq(), dose(plan), plan._made  # noqa: SLF001  disturbed on purpose, in the middle

    def slowly(change: Change, now: datetime) -> object:
        again.save(change, key=key, seen_seq=seen)
        clock.now += timedelta(seconds=1)
        return made(change, clock.now)

    monkeypatch.setattr(plan, "_made", slowly)
    plan.save(change, key=key, seen_seq=seen)
    assert [each.id for each in plan.in_force().overrides] == [key]
