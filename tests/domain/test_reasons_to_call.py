"""Whatever tells a patient to turn to the clinic is a reason in the caseload; nobody with a reason is on track."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.desk.installation.projection import worked_out
from coach.domain import (
    caseload_card,
    decisions,
    facts,
    gate,
    reasons_to_call,
    standing,
    triage,
)
from coach.domain.case import Case
from coach.domain.need import Need, NeedReason
from coach.domain.reasons_to_call import Call
from coach.domain.standing import State, stretches
from coach.domain.times import local_date, start_of_day
from coach.review.clinic import findings
from coach.text import caseload as caseload_text
from coach.text import caseload_filters
from tests.domain.story import EVERY, GLUTES, PHYSIO, PROTOCOL, Story
from tests.support import histories
from tests.support.any_story import WAITS, later, some
from tests.support.server import ROOT

DAY = timedelta(days=1)
#: What only a physiotherapist's look, or a change of the plan, takes off the list while the patient goes on being told.
UNTIL_LOOKED_AT = {Call.FUNCTION_DOWN, Call.REVIEW_DUE}


def held(story: Story, at: datetime) -> list[Need]:
    return list(standing.current(triage.needs(Case.of(PROTOCOL, story.history)), at))


def reasons(story: Story, at: datetime) -> set[NeedReason]:
    return {need.reason for need in held(story, at)}


def state(story: Story, at: datetime) -> State:
    """How the stored projection has the patient stand at an instant."""
    row = worked_out(Case.of(PROTOCOL, story.history), "made")
    known = stretches(row.needs, last_at=row.last_at, active=row.active)
    found = [s for s in known if s.from_at <= at < s.until_at]
    assert len(found) == 1
    return found[0].state


def does_all(story: Story, day: int, *, share: float = 1.0) -> None:
    """Do what a day asks for (or a part of it), three times from the morning on."""
    for hours in (-3, 0, 3)[: max(1, round(3 * share))]:
        story.trains(EVERY if day > 2 else EVERY[:3], 24 * day + hours, reps=10)


def hurts(story: Story, scores: list[int], *, first: int = 2) -> datetime:
    """Give a 24-hour average a day at noon; return an hour after the last."""
    for n, score in enumerate(scores):
        does_all(story, first + n)
        story.feels(score, 24.0 * (first + n) + 4, facts.PainWhen.AVERAGE_24H)
    return story.instant(24.0 * (first + len(scores) - 1) + 5)


# ---------------------------------------------------------------- five stories


def test_nine_days_of_severe_pain_are_a_reason_whatever_was_done():
    story = Story().begins()
    now = hurts(story, [7, 8, 7, 9, 8, 8, 7, 9, 8], first=3)
    share = caseload_card.card(Case.of(PROTOCOL, story.history)).adherence(local_date(now, story.zone))
    assert share is not None
    assert share >= PROTOCOL.rules.on_track_from.value
    assert reasons_to_call.now(Case.of(PROTOCOL, story.history), now) == {Call.HIGH_PAIN}
    (need,) = [each for each in held(story, now) if each.reason is NeedReason.HIGH_PAIN]
    assert need.detail["days"] == 9
    assert state(story, now) is State.NEEDED
    said = caseload_text.need(need, caseload_card.card(Case.of(PROTOCOL, story.history)), PROTOCOL, now=now)
    assert said == (
        "Pain 6 or more, 9 days in a row",
        "Since 7 June; their Today page says: call your clinic today",
    )


def test_high_pain_lasts_exactly_as_long_as_today_says_so():
    story = Story().begins()
    last = hurts(story, [4, 7, 7, 3])
    for hours in range(24 * 5, 24 * 9, 3):
        at = story.instant(hours)
        told = Call.HIGH_PAIN in reasons_to_call.now(Case.of(PROTOCOL, story.known_by(at)), at)
        known = {n.reason for n in standing.current(triage.needs(Case.of(PROTOCOL, story.known_by(at))), at)}
        assert (NeedReason.HIGH_PAIN in known) == told, at
    assert NeedReason.HIGH_PAIN in reasons(story, last)


def test_a_slow_rise_is_a_reason_though_no_single_day_stands_out():
    story = Story().begins()
    now = hurts(story, [4, 4, 4, 5, 5, 5, 5])
    assert NeedReason.PAIN_RISING not in reasons(story, now)
    story = Story().begins()
    now = hurts(story, [4, 4, 5, 5, 5, 6, 6, 6])
    found = reasons(story, now)
    assert NeedReason.PAIN_UP not in found
    assert NeedReason.PAIN_RISING in found
    (need,) = [each for each in held(story, now) if each.reason is NeedReason.PAIN_RISING]
    assert (need.detail["lowest"], need.detail["usual"]) == (4, 6)
    assert need.until_at == start_of_day(local_date(now, story.zone) + 2 * DAY, story.zone)


@pytest.mark.parametrize("by", [0.25, 0.4, 0.5, 1.0])
def test_from_four_to_nine_somebody_is_told_however_slowly(by: float):
    story = Story().begins()
    scores = [min(9, int(4 + by * n)) for n in range(int(5 / by) + 2)]
    told = set()
    for n, score in enumerate(scores):
        now = hurts(story, [score], first=2 + n)
        told |= reasons(story, now) & {NeedReason.PAIN_RISING, NeedReason.PAIN_UP}
        if score >= 7:
            assert told, scores[: n + 1]


def test_one_bad_day_is_no_slow_rise_and_pain_that_falls_is_none():
    for scores in ([4, 4, 4, 4, 7, 4, 4], [8, 7, 6, 5, 5, 4, 4, 3], [5] * 14):
        story = Story().begins()
        assert NeedReason.PAIN_RISING not in reasons(story, hurts(story, scores)), scores


def test_who_has_not_begun_waits_quietly_and_then_needs_somebody():
    story = Story()
    story.add(facts.Setting("zone", story.zone), 0)
    assert state(story, story.instant(1)) is State.LATER
    assert state(story, story.instant(49)) is State.NEEDED
    story.add(facts.Procedure(), 50)
    story.add(facts.HomeArrival(home=True), 51)
    (need,) = [each for each in held(story, story.instant(52)) if each.reason is NeedReason.NOT_BEGUN]
    assert need.detail["missing"] == "questions"
    story.nothing_closes(53)
    assert NeedReason.NOT_BEGUN not in reasons(story, story.instant(54))


@pytest.mark.parametrize(
    ("home", "missing"),
    [(None, "home"), (facts.HomeArrival(home=False), "home"), (facts.HomeArrival(home=True), "times")],
)
def test_who_is_not_home_or_was_home_too_early_has_not_begun(home, missing):
    story = Story().begins(home=None)
    if home is None:
        story.add(facts.HomeArrival(home=False), 1)
    else:
        story.add(home, -1, told=1)
    found = [each for each in held(story, story.instant(2)) if each.reason is NeedReason.NOT_BEGUN]
    assert [each.detail["missing"] for each in found] == [missing]


def test_a_hold_on_everything_is_quiet_for_a_week_and_then_asks_to_be_looked_at():
    story = Story().begins()
    does_all(story, 3)
    holds = [story.add(facts.ClinicianHold(None, "a scan first"), 80, author=PHYSIO)]
    (quiet,) = [each for each in held(story, story.instant(81)) if each.reason is NeedReason.ON_HOLD]
    assert quiet.quiet
    (late,) = [each for each in held(story, story.instant(80 + 7 * 24)) if each.reason is NeedReason.ON_HOLD]
    assert not late.quiet
    story.add(facts.HoldLifted(holds[0], "scan is fine"), 90, author=PHYSIO)
    assert NeedReason.ON_HOLD not in reasons(story, story.instant(91))


def test_four_holds_on_one_exercise_each_are_a_hold_on_all_and_three_are_none():
    story = Story().begins()
    for n, routine in enumerate(EVERY):
        assert NeedReason.ON_HOLD not in reasons(story, story.instant(80 + n))
        story.add(facts.ClinicianHold(routine, "wait", story.instant(200)), 80 + n, author=PHYSIO)
    assert NeedReason.ON_HOLD in reasons(story, story.instant(84))
    assert NeedReason.ON_HOLD not in reasons(story, story.instant(200))


def test_a_message_that_was_read_waits_until_it_is_answered_or_needs_no_answer():
    def asked() -> tuple[Story, UUID]:
        story = Story().begins()
        message = story.add(facts.Message("May I drive?"), 60)
        story.add(facts.MessageRead(message), 62, author=PHYSIO)
        return story, message

    story, message = asked()
    (need,) = [each for each in held(story, story.instant(63)) if each.reason is NeedReason.UNANSWERED]
    assert (need.from_at, need.quiet) == (story.instant(62), False)
    said = caseload_text.need(
        need, caseload_card.card(Case.of(PROTOCOL, story.history)), PROTOCOL, now=story.instant(63)
    )
    assert said[0] == "Message not answered, 3 hours"
    for fact in (facts.Message("Not yet."), facts.NoAnswerNeeded(message)):
        story, _message = asked()
        story.add(fact, 63, author=PHYSIO)
        assert NeedReason.UNANSWERED not in reasons(story, story.instant(64))


# ---------------------------------------------------------------- every call is a reason


def _function_down(story: Story) -> datetime:
    activity = story.add(facts.Activity("Climb the stairs"), 1)
    story.add(facts.FunctionScore("baseline", activity, 8), 1)
    story.add(facts.FunctionScore("week-2", activity, 3), 24 * 15)
    return story.instant(24 * 15 + 1)


def _worse(story: Story) -> datetime:
    story.feels(3, 0.2, facts.PainWhen.BASELINE)
    return hurts(story, [5, 5, 5])


def _told(fact: object) -> Callable[[Story], datetime]:
    def tell(story: Story) -> datetime:
        story.add(fact, 60)
        return story.instant(61)

    return tell


def _red(story: Story) -> datetime:
    story.trains([GLUTES], 60, before=1, after=5)
    return story.instant(61)


def _answers(story: Story) -> datetime:
    story.answers("heart_or_vessels", "yes", 60)
    return story.instant(61)


def _late(story: Story) -> datetime:
    story.feels(2, 2020)
    return story.instant(2021)


EXAMPLES: dict[Call, Callable[[Story], datetime]] = {
    Call.RED_FLAG: _told(facts.RedFlagYes("fall")),
    Call.HIGH_PAIN: lambda story: hurts(story, [4, 7, 7]),
    Call.RED_LIGHT: _red,
    Call.ANSWER: _answers,
    Call.PAIN_WORSE: _worse,
    Call.FUNCTION_DOWN: _function_down,
    Call.REVIEW_DUE: _late,
}


@pytest.mark.parametrize("call", list(Call))
def test_each_call_is_a_reason_in_triage_in_the_stored_projection_and_in_words(call: Call):
    story = Story().begins()
    now = EXAMPLES[call](story)
    assert call in reasons_to_call.now(Case.of(PROTOCOL, story.history), now)
    reason = reasons_to_call.REASONS[call]
    (need, *_more) = [each for each in held(story, now) if each.reason is reason]
    row = worked_out(Case.of(PROTOCOL, story.history), "made")
    assert reason.value in {each.reason for each in standing.current(row.needs, now)}
    assert state(story, now) in (State.NEEDED, State.LATER)
    head, _more_words = caseload_text.need(
        need, caseload_card.card(Case.of(PROTOCOL, story.history)), PROTOCOL, now=now
    )
    assert len(head) > 8


def test_a_mean_in_a_reason_is_that_of_the_day_on_which_it_is_read():
    story = Story().begins()
    story.feels(3, 0.2, facts.PainWhen.BASELINE)
    last = hurts(story, [9, 8, 5, 6, 5, 6, 5, 4], first=2)
    card, read = caseload_card.card(Case.of(PROTOCOL, story.history)), set()
    for later_on in range(5):
        now = last + timedelta(days=later_on)
        [need] = [each for each in held(story, now) if each.reason is NeedReason.PAIN_WORSE]
        review = findings.pain(Case.of(PROTOCOL, story.history), today=local_date(now, story.zone))
        said = caseload_text.need(need, card, PROTOCOL, now=now)[0]
        assert re.findall(r"[\d.]+", said) == re.findall(r"[\d.]+(?=\D)", review)[:2]
        read.add(said)
    assert len(read) > 2


def test_the_clinic_s_word_ends_the_reason_of_an_answer():
    story = Story().begins()
    now = _answers(story)
    story.add(
        facts.ClinicAgreed("heart_or_vessels", "Dr Example", now, "seen"),
        now + timedelta(hours=1),
        author=PHYSIO,
    )
    assert Call.ANSWER not in reasons_to_call.now(Case.of(PROTOCOL, story.history), now + timedelta(hours=2))
    assert NeedReason.ANSWER not in reasons(story, now + timedelta(hours=2))


def test_every_reason_has_a_name_a_tone_and_a_shape_of_its_own():
    assert set(caseload_filters.REASONS) == set(caseload_text.TONES) == set(NeedReason)
    shapes = re.findall(r"(?m)^  (\w+): \[", (ROOT / "assets" / "ui" / "caseload.js").read_text())
    assert {reason.value for reason in NeedReason} <= set(shapes)


@some(60)
@given(histories.stories(), WAITS)
def test_whatever_tells_a_patient_to_call_is_a_reason(story: Story, minutes: int):
    now = later(story, minutes)
    told, found = reasons_to_call.now(Case.of(PROTOCOL, story.history), now), reasons(story, now)
    looked = any(isinstance(each.fact, (facts.Seen, *facts.PLAN)) for each in story.entries)
    for call in told:
        dealt_with = call in UNTIL_LOOKED_AT and looked
        assert dealt_with or reasons_to_call.REASONS[call] in found, call


NOBODY_ACTS = (
    decisions.NotHome, decisions.Sleepy, decisions.AfterRed, decisions.TooMuchPain,
    decisions.TooEarly, decisions.DoseDone, decisions.TooSoon
)  # fmt: skip


@some(60)
@given(histories.stories(), WAITS, st.booleans())
def test_nobody_with_a_reason_is_on_track_and_who_is_has_begun_is_not_closed_and_does_enough(
    story: Story, minutes: int, seen: bool
):
    now = later(story, minutes)
    if seen:
        story.add(facts.Seen(tuple(need.key for need in held(story, now))), now, author=PHYSIO)
    stands = state(story, now)
    assert (stands is State.ON_TRACK) == (not held(story, now))
    if stands is not State.ON_TRACK:
        return
    for decision in gate.decide(Case.of(PROTOCOL, story.history), now=now).values():
        if isinstance(decision, decisions.Locked):
            assert isinstance(decision.reason, NOBODY_ACTS) or _one_alone(decision.reason), decision
    assert not reasons_to_call.now(Case.of(PROTOCOL, story.history), now) - UNTIL_LOOKED_AT
    card = caseload_card.card(Case.of(PROTOCOL, story.history))
    share = card.adherence(local_date(now, story.history.zone))
    assert share is None or round(share, 9) >= PROTOCOL.rules.on_track_from.value
    assert card.procedure_day is not None


def _one_alone(reason: object) -> bool:
    """A hold on one exercise leaves the others open."""
    return isinstance(reason, decisions.Held)


# ---------------------------------------------------------------- no text is forgotten

#: The protocol's notices that name the clinic, with the call they make; None where they stand whatever is recorded.
NOTICES: dict[str, Call | None] = {
    "what_this_is": None,
    "default_plan": None,
    "reads_home": None,
    "no_clinic_number": None,
    "no_advice_line": None,
    "set_up_closed": Call.ANSWER,
    "pillows": None,
    "bend_and_lift": None,
    "light_red": Call.RED_LIGHT,
    "two_high_days": Call.HIGH_PAIN,
    "flag_closed": Call.RED_FLAG,
    "never_cleared": Call.RED_FLAG,
    "review_due": Call.REVIEW_DUE,
    "risk_intro": None,
}
#: Sentences in the code that tell a patient to turn to the clinic, by their first words.
SENTENCES: dict[str, Call | None] = {
    "Your pain rose from {baseline} before the procedure": Call.PAIN_WORSE,
    "{occasion}: your activities go {points} less well": Call.FUNCTION_DOWN,
    "Call your clinic today": Call.RED_FLAG,
    "Call your clinic": Call.RED_FLAG,
    "Call your clinic: {number}": Call.RED_FLAG,
    "For these, call your clinic": Call.RED_FLAG,
    "Call my clinic": None,  # the button that always stands there
    "Your clinic has ended your care here": None,  # nobody of the clinic follows them any more
    "Closed until your physiotherapist opens it": Call.ANSWER,
    "Is something wrong with you? Do not wait for Coach": None,  # no page fits: nothing is known of who asks
    "Do you need help right now? Call the emergency number": None,  # no page yet: nothing is known of who asks
    "Do not wait for this page. Call for help": None,  # no record: nothing is known of who asks
    "send a message or call your clinic.": None,  # what is wished for, not what is recorded
    "Stop, and call your clinic today for any of these": None,  # the sheet's list of what may happen
    "This is too long ago for this plan": None,  # why something was refused
    "A mistaken tap can be taken back": Call.RED_FLAG,
    "You spoke to them before you had this": Call.RED_FLAG,
    "Your clinic tells you when to start again": Call.RED_FLAG,
    "From {point} on, you can tell us here what your clinic said": Call.RED_FLAG,
    "Only your physiotherapist can change this": None,
    "This could not be saved. Tell your clinic yourself.": None,  # no server answers: the clinic cannot be told
}
TELLS = re.compile(
    r"(?i)\b(call|tell|tells|ask|speak to|talk to)\b[^.]*\b(your|my) clinic\b|your clinic\b[^.]*\bcall them"
)
#: Rooms whose sentences physiotherapists and operators read.
OTHERS = re.compile(
    r"clinic|protocols|text/(?:plan|caseload|audit|backup)|cli/|review/plan|export/(?!pdf)|records|/mail|invitation"
)


def test_every_notice_of_the_protocol_that_names_the_clinic_is_accounted_for():
    naming = {name for name, text in PROTOCOL.notices.items() if re.search(r"\bclinic\b", text.lower())}
    assert naming - NOTICES.keys() == set()


def test_every_sentence_that_sends_a_patient_to_the_clinic_is_accounted_for():
    forgotten = []
    for path in sorted((ROOT / "coach").rglob("*.py")):
        if OTHERS.search(str(path.relative_to(ROOT))) or path.name in ("calls.py", "demo.py"):
            continue
        for text in _texts(path):
            if TELLS.search(text) and not any(text.startswith(known) for known in SENTENCES):
                forgotten.append((path.name, text))
    assert not forgotten, "say in coach/domain/reasons_to_call.py under which reason the clinic sees it"


def _texts(path: Path) -> list[str]:
    """Return the sentences that a file hands to the translator."""
    found = []
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "clinic" in text else ():
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("_", "N_", "ngettext")
        ):
            found += [
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
    return found
