"""What the gate keeps to whatever a history holds.

`HYPOTHESIS_PROFILE=thorough` looks at many more histories.
"""

from __future__ import annotations

import dataclasses
import os
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coach.domain import (
    closures,
    coming_up,
    decisions,
    facts,
    gate,
    nights,
    outcome,
    red_flags,
)
from coach.domain.case import Case
from coach.domain.course import course
from coach.domain.decisions import Locked, Open
from coach.domain.errors import BadValue, Fault
from coach.domain.history import History
from coach.domain.protocol import Dose, RoutineKind
from coach.domain.times import local_date
from tests.domain.story import EVERY, GLUTES, PROTOCOL, SQUEEZES, Story
from tests.support import histories
from tests.support.any_story import WAITS, later, some

pytestmark = pytest.mark.slow


STORIES = histories.stories()
CALM = histories.stories(histories.CALM)
RECENT = histories.recent_stories()
#: Sessions, scores and sleepiness, which mean the same in whatever order they are told.
OF_THE_BODY = histories.events(
    st.one_of(
        histories.sessions(),
        st.builds(lambda score: histories.fact(facts.Pain(score, facts.PainWhen.NOW)), histories.scores()),
        st.builds(lambda yes: histories.fact(facts.Drowsy(yes)), st.booleans()),
    )
)
STEADY_ZONES = ("Asia/Kolkata", "Pacific/Kiritimati", "UTC")


def decide(story: Story, now: datetime) -> dict[str, decisions.Decision]:
    return dict(gate.decide(Case.of(PROTOCOL, story.history), now=now))


def plain(decision: decisions.Decision, by: timedelta = timedelta(0)) -> object:
    """Return the decision as values that can be compared, its instants moved."""
    if isinstance(decision, Open):
        steps = [histories.shifted(step, by) for step in decision.steps]
        return (decision.dose, decision.easier, steps, decision.phase.id, decision.done_today)
    reason = decision.reason
    named = {
        field.name: histories.shifted(getattr(reason, field.name), by)
        for field in dataclasses.fields(reason)
        if field.name not in ("opens_in", "question")
    }
    opens_at = decision.opens_at + by if decision.opens_at else None
    return (type(reason).__name__, named, opens_at, decision.done_today)


def fits(dose: Dose, limit: Dose) -> bool:
    return dose.reps <= limit.reps and dose.hold_s <= limit.hold_s and dose.per_day <= limit.per_day


@some(200)
@given(STORIES, st.integers(-10 * histories.DAY, 400 * histories.DAY))
def test_the_gate_always_answers_for_every_routine(story: Story, minutes: int):
    answers = decide(story, story.procedure_end + timedelta(minutes=minutes))
    assert list(answers) == list(EVERY)
    for routine, answer in answers.items():
        assert isinstance(answer, Open | Locked)
        assert answer.routine.id == routine
        assert answer.done_today >= 0


@some(150)
@given(STORIES, WAITS, st.sampled_from(list(PROTOCOL.red_flags)), st.integers(0, 90 * histories.DAY))
def test_an_open_red_flag_locks_whatever_else_is_recorded(story: Story, minutes: int, flag: str, told: int):
    now = later(story, minutes)
    story.add(facts.RedFlagYes(flag), now - timedelta(minutes=told), told=now)
    for answer in decide(story, now).values():
        assert isinstance(answer, Locked)
        assert answer.opens_at is None
        assert isinstance(
            answer.reason,
            decisions.OpenRedFlag | decisions.NoProcedure | decisions.FutureTime | decisions.Contradictory,
        )
    assert story.entries[-1].id in {
        entry.id for entry in red_flags.open_flags(Case.of(PROTOCOL, story.history))
    }


@some(150)
@given(STORIES, WAITS, st.integers(0, 60 * histories.DAY))
def test_waiting_never_moves_the_phase_back(story: Story, minutes: int, wait: int):
    known = course(PROTOCOL, story.history)
    assume(known is not None)
    assert known is not None
    order = [phase.id for phase in PROTOCOL.phases]
    now = later(story, minutes)
    first, second = known.span_at(now), known.span_at(now + timedelta(minutes=wait))
    if first is not None:
        assert second is not None
        assert order.index(first.phase.id) <= order.index(second.phase.id)
    edges = [edge for span in known.spans for edge in (span.starts, span.ends)]
    assert edges[1:-1:2] == edges[2::2]
    assert all(span.ends is None or span.starts < span.ends for span in known.spans)


@some(150)
@given(
    STORIES | RECENT | RECENT,
    WAITS,
    st.sampled_from(EVERY),
    st.integers(1, 100),
    st.integers(1, 60),
    st.integers(1, 99),
)
def test_an_override_never_opens_past_a_flag_a_hold_pain_or_the_cap(
    story: Story, minutes: int, routine: str, reps: int, hold_s: int, per_day: int
):
    now = later(story, minutes)
    before = decide(story, now)[routine]
    day = timedelta(days=1)
    story.add(facts.Override(routine, reps, hold_s, per_day, now - day, now + day, "to see"), now)
    after = decide(story, now)[routine]
    limit = PROTOCOL.routines[routine].maximum.plain
    if isinstance(after, Open):
        assert after.done_today < min(per_day, limit.per_day)
        assert fits(after.dose, limit)
        assert isinstance(before, Open) or isinstance(
            before.reason, decisions.TooEarly | decisions.DoseDone | decisions.TooSoon
        )
    elif isinstance(before, Locked) and not isinstance(
        before.reason, decisions.TooEarly | decisions.DoseDone | decisions.TooSoon
    ):
        assert type(after.reason) is type(before.reason)


@some(150)
@given(STORIES, WAITS, st.booleans())
def test_a_hold_closes_until_it_ends(story: Story, minutes: int, everything: bool):
    now = later(story, minutes)
    until = now + timedelta(hours=5)
    story.add(facts.ClinicianHold(None if everything else GLUTES, "to see", until), now)
    closed = EVERY if everything else (GLUTES,)
    for moment in (now, until - timedelta(microseconds=1)):
        answers = decide(story, moment)
        assert all(isinstance(answers[routine], Locked) for routine in closed)
    assert not any(
        isinstance(answer, Locked)
        and isinstance(answer.reason, decisions.Held)
        and answer.reason.until == until
        for answer in decide(story, until).values()
    )


@some(120)
@given(STORIES | RECENT, WAITS, st.integers(6, 10))
def test_pain_at_the_limit_closes_squeezes_and_never_ankle_pumps(story: Story, minutes: int, score: int):
    # A physiotherapist may set a patient's own limit one above the protocol's.
    assume(score > 6 or not any(isinstance(entry.fact, facts.PainLimit) for entry in story.entries))
    now = later(story, minutes, seconds=1)
    before = decide(story, now)
    story.add(facts.Pain(score, facts.PainWhen.NOW), now)
    after = decide(story, now)
    assert all(isinstance(after[routine], Locked) for routine in SQUEEZES)
    assert plain(after["ankle_pumps"]) == plain(before["ankle_pumps"])


@some(120)
@given(STORIES | RECENT, WAITS)
def test_sleepy_or_dizzy_closes_everything_for_an_hour(story: Story, minutes: int):
    now = later(story, minutes)
    story.add(facts.Drowsy(yes=True), now)
    story.add(facts.Drowsy(yes=False), now + timedelta(minutes=5))
    for wait in (0, 5, 59):
        assert all(isinstance(a, Locked) for a in decide(story, now + timedelta(minutes=wait)).values())


@some(120)
@given(histories.stories(zones=STEADY_ZONES), WAITS, st.integers(-400, 400))
def test_shifting_every_instant_by_whole_days_changes_nothing(story: Story, minutes: int, days: int):
    assume({entry.fact.value for entry in story.entries if hasattr(entry.fact, "value")} == {story.zone})
    now = later(story, minutes)
    by = timedelta(days=days)
    other = histories.moved(story, days)
    mine = {routine: plain(answer, by) for routine, answer in decide(story, now).items()}
    assert mine == {routine: plain(answer) for routine, answer in decide(other, now + by).items()}
    today = local_date(now, story.zone)
    there = outcome.day(Case.of(PROTOCOL, other.history), today + by)
    for routine, count in outcome.day(Case.of(PROTOCOL, story.history), today).items():
        assert (count.done, count.due, count.over) == (
            there[routine].done,
            there[routine].due,
            there[routine].over,
        )


def check_opens_at(story: Story, now: datetime, between: list[float]) -> None:
    microsecond = timedelta(microseconds=1)
    for routine, answer in decide(story, now).items():
        if isinstance(answer, Open):
            continue
        opens_at = answer.opens_at
        horizon = opens_at or now + timedelta(days=400)
        assert horizon > now
        for share in between:
            moment = now + share * (horizon - now)
            if moment < horizon:
                assert isinstance(decide(story, moment)[routine], Locked), (routine, moment)
        if opens_at:
            assert isinstance(decide(story, opens_at)[routine], Open), (routine, opens_at)
            last = decide(story, opens_at - microsecond)[routine]
            assert isinstance(last, Locked), (routine, opens_at)
            assert type(answer.decides) is type(last.reason), (routine, opens_at)
        check_proposed(story, routine, now, opens_at)


def check_proposed(story: Story, routine: str, now: datetime, opens_at: datetime | None) -> None:
    """What is proposed is open then, and in no night; nothing is where a person must act first."""
    night = nights.of(Case.of(PROTOCOL, story.history))
    when = coming_up.proposed(Case.of(PROTOCOL, story.history), now=now)[routine]
    assert (when is None) == (opens_at is None) or opens_at
    if when and opens_at:
        assert when >= opens_at
        assert not night.holds(when)
        assert isinstance(decide(story, when)[routine], Open)


SHARES = st.lists(st.floats(0, 1) | st.floats(0, 0.02), min_size=6, max_size=12)


@some(200)
@given(STORIES, WAITS, SHARES)
def test_opens_at_is_the_first_instant_that_is_open(story: Story, minutes: int, between: list[float]):
    check_opens_at(story, later(story, minutes), between)


@some(300)
@given(RECENT, st.integers(0, 180), SHARES)
def test_opens_at_is_the_first_open_instant_after_a_busy_day(
    story: Story, minutes: int, between: list[float]
):
    check_opens_at(story, later(story, minutes), between)


@some(250)
@given(CALM, st.integers(0, 3 * histories.DAY), SHARES)
def test_opens_at_is_the_first_open_instant_while_nobody_has_to_act(
    story: Story, minutes: int, between: list[float]
):
    check_opens_at(story, later(story, minutes), between)


@some(150)
@given(
    st.sampled_from(histories.STARTS),
    st.none() | st.integers(0, 4 * histories.DAY),
    st.integers(0, 3 * histories.DAY),
    st.booleans(),
    st.integers(0, 90 * histories.DAY) | st.integers(0, 4 * histories.DAY),
)
def test_a_later_procedure_never_opens_more(
    start: datetime, home: int | None, delay: int, overnight: bool, look: int
):
    stories = []
    for end in (start, start + timedelta(minutes=delay)):
        story = Story(procedure_end=end)
        story.add(facts.Procedure(), end)
        if home is not None:
            story.add(facts.HomeArrival(home=True), start + timedelta(minutes=home))
        story.answers("overnight", "yes" if overnight else "no", at=start)
        story.nothing_closes(start)
        stories.append(decide(story, start + timedelta(minutes=look)))
    earlier, late = stories
    for routine in EVERY:
        if isinstance(after := late[routine], Open):
            before = earlier[routine]
            assert isinstance(before, Open)
            if before.routine.kind is RoutineKind.SQUEEZE:
                assert after.dose.reps <= before.dose.reps
                assert after.dose.hold_s <= before.dose.hold_s


@some(200)
@given(STORIES | RECENT, WAITS)
def test_no_dose_is_ever_above_the_maxima(story: Story, minutes: int):
    for answer in decide(story, later(story, minutes)).values():
        if isinstance(answer, Open):
            assert fits(answer.dose, answer.routine.maximum.plain)
            assert fits(answer.easier, answer.dose)
            assert min(answer.dose.reps, answer.easier.reps, answer.dose.per_day) >= 1


@some(200)
@given(STORIES | RECENT, WAITS)
def test_no_squeeze_that_is_new_or_newly_allowed_is_above_the_first_dose(story: Story, minutes: int):
    limit = PROTOCOL.rules.first_dose.plain
    for answer in decide(story, later(story, minutes)).values():
        if isinstance(answer, Open) and any(isinstance(step, decisions.FirstDose) for step in answer.steps):
            assert answer.routine.kind is RoutineKind.SQUEEZE
            assert fits(answer.dose, limit)


@some(60)
@given(STORIES, WAITS)
def test_a_naive_now_is_refused(story: Story, minutes: int):
    with pytest.raises(BadValue) as refused:
        gate.decide(Case.of(PROTOCOL, story.history), now=later(story, minutes).replace(tzinfo=None))
    assert refused.value.fault is Fault.TIME_WITHOUT_ZONE


@some(60)
@given(STORIES, WAITS)
def test_the_zone_of_the_process_does_not_matter(story: Story, minutes: int):
    now = later(story, minutes)
    answers = []
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
            os.environ["TZ"] = zone
            time.tzset()
            answers.append({routine: plain(answer) for routine, answer in decide(story, now).items()})
    finally:
        os.environ.pop("TZ", None) if before is None else os.environ.update(TZ=before)
        time.tzset()
    assert answers[0] == answers[1] == answers[2]


CLOSED_BY = {
    decisions.OpenRedFlag: closures.ClosedBy.FLAG,
    decisions.Held: closures.ClosedBy.HOLD,
    decisions.Sleepy: closures.ClosedBy.SLEEPY,
    decisions.AfterRed: closures.ClosedBy.RED_LIGHT,
    decisions.TooMuchPain: closures.ClosedBy.PAIN,
}


@some(200)
@given(STORIES | RECENT, WAITS | st.integers(0, 150))
def test_what_the_gate_says_closed_a_routine_is_what_the_day_takes_for_closed(story: Story, minutes: int):
    now = later(story, minutes)
    case = Case.of(PROTOCOL, story.history)
    for routine in PROTOCOL.routines.values():
        reason = gate.reason(case, routine, now)
        causes = {
            each.cause
            for each in closures.closed(case, routine)
            if each.since <= now and (each.to is None or now < each.to)
        }
        if type(reason) in CLOSED_BY:
            assert CLOSED_BY[type(reason)] in causes
        if reason is None:
            assert not causes


@some(120)
@given(STORIES, WAITS, st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_does_not_matter(story: Story, minutes: int, chance):
    now = later(story, minutes)
    answers = {routine: plain(answer) for routine, answer in decide(story, now).items()}
    chance.shuffle(story.entries)
    assert {routine: plain(answer) for routine, answer in decide(story, now).items()} == answers


@some(120)
@given(
    histories.stories(OF_THE_BODY),
    WAITS,
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_things_are_told_does_not_matter(story: Story, minutes: int, chance):
    moments = [entry.at for entry in story.entries if isinstance(entry.fact, facts.Pain | facts.Drowsy)]
    assume(len(set(moments)) == len(moments))
    now = later(story, minutes)
    answers = {routine: plain(answer) for routine, answer in decide(story, now).items()}
    places = [entry.seq for entry in story.entries]
    chance.shuffle(places)
    told = [dataclasses.replace(entry, seq=seq) for entry, seq in zip(story.entries, places, strict=True)]
    other = gate.decide(Case.of(PROTOCOL, History(told)), now=now)
    assert {routine: plain(answer) for routine, answer in other.items()} == answers


@some(150)
@given(STORIES, st.integers(-3, 60))
def test_a_day_never_asks_for_more_than_its_cap(story: Story, offset: int):
    day = local_date(story.procedure_end, story.zone) + timedelta(days=offset)
    for routine, count in outcome.day(Case.of(PROTOCOL, story.history), day).items():
        assert 0 <= count.due <= PROTOCOL.routines[routine].maximum.plain.per_day
        assert count.done >= 0
        assert (count.share is None) == (count.due == 0)
        assert count.share is None or 0 <= count.share <= 1
        assert not (count.over and count.done <= count.due)
