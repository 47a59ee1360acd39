"""Every change of a plan, every reason and every request has words."""

from __future__ import annotations

import typing
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from coach.domain import decisions, facts
from coach.domain.case import Case
from coach.domain.history import Entry, History
from coach.domain.preview import Preview, PreviewStretch, RoutinePreview, preview
from coach.domain.protocol import Dose
from coach.domain.times import local_date
from coach.text import plan as plan_text
from coach.text import plan_states
from tests.domain.story import Story
from tests.support.words import BERLIN, NOBODY, NOW, PROTOCOL, REASONS

LATER = NOW + timedelta(days=2)
GONE = uuid4()
FACTS: dict[type, facts.Fact] = {
    facts.ClinicianHold: facts.ClinicianHold("static_glutes", "w", LATER),
    facts.HoldLifted: facts.HoldLifted(GONE, "w"),
    facts.Override: facts.Override("static_glutes", 5, 3, 2, NOW, LATER, "w"),
    facts.OverrideEnded: facts.OverrideEnded(GONE, "w"),
    facts.Released: facts.Released("walking", "w"),
    facts.ReleaseEnded: facts.ReleaseEnded(GONE, "w"),
    facts.PainLimit: facts.PainLimit(4, LATER, "w"),
    facts.PlanText: facts.PlanText(facts.PlanTopic.BRACE, "t", "w"),
    facts.FlagCleared: facts.FlagCleared(GONE, "Pat", NOW, "w"),
    facts.Procedure: facts.Procedure(facts.Cause.NEW_PROCEDURE, "w"),
    facts.ClinicAgreed: facts.ClinicAgreed("went_wrong", "Pat", NOW, "w"),
    facts.TimeDecided: facts.TimeDecided(GONE, accepted=True, why="w"),
    facts.ProtocolChosen: facts.ProtocolChosen("p", "1.1.0", "d", "w"),
    facts.Discharged: facts.Discharged("w"),
    facts.Readmitted: facts.Readmitted("w"),
}


def entry(fact: facts.Fact) -> Entry[object]:
    return Entry(uuid4(), 1, NOW, BERLIN, local_date(NOW, BERLIN), NOW, "physiotherapist:x", fact)


def told(fact: facts.Fact, *, who: str = "Pat Sample", history: History = NOBODY) -> plan_text.PlanChange:
    return plan_text.told(entry(fact), Case.of(PROTOCOL, history), who=who, zone=BERLIN, now=NOW)


def test_the_list_here_names_every_change():
    assert set(FACTS) == set(typing.get_args(plan_text.PlanFact))


@pytest.mark.parametrize("kind", typing.get_args(plan_text.PlanFact), ids=lambda kind: kind.__name__)
def test_every_change_says_who_did_what_and_why(kind: type):
    for who in ("Pat Sample", ""):
        said = told(FACTS[kind], who=who)
        assert said.did.startswith(who or "Your physiotherapist ")
        assert said.did[-1] in ".?"
        assert "{" not in said.did
        assert "None" not in said.did
        assert said.why == "w"


def test_a_dose_before_its_phase_is_opening_early_and_any_other_is_set():
    known = Story().begins().history
    began = known.of(facts.Procedure)[0].at
    for hours, verb in ((30, "opened tummy tightening early"), (60, "set tummy tightening")):
        at = began + timedelta(hours=hours)
        fact = facts.Override("transversus_abdominis", 5, 3, 2, at, at + timedelta(days=1), "w")
        said = plan_text.told(entry(fact), Case.of(PROTOCOL, known), who="Pat", zone="UTC", now=at)
        assert said.did.startswith(f"Pat {verb}: 5 × 3 seconds, 2 times a day, until tomorrow, ")
    fact = facts.Override("static_glutes", 5, 3, 2, LATER, LATER + timedelta(days=1), "w")
    assert told(fact).did == (
        "Pat Sample set bottom squeeze from Saturday 7 March, 10:07 on: 5 × 3 seconds, 2 times a day,"
        " until Sunday 8 March, 10:07."
    )


def test_a_limit_that_ends_at_once_ends_the_limit():
    assert (
        told(facts.PainLimit(4, NOW, "w")).did
        == "Pat Sample ended the pain limit: the usual one holds again."
    )


def test_an_empty_text_takes_back_what_was_written():
    for topic in facts.PlanTopic:
        assert "wrote about" in told(facts.PlanText(topic, "t", "w")).did
        assert "took back" in told(facts.PlanText(topic, "", "w")).did
        assert plan_text.topic(topic)


@pytest.mark.parametrize("kind", typing.get_args(decisions.Reason), ids=lambda kind: kind.__name__)
def test_every_reason_is_said_in_a_few_words_for_the_staff(kind: type):
    text = plan_states.closed(REASONS[kind])
    assert text
    assert len(text) < 50
    assert text[-1] not in ".?!"


def test_a_state_is_open_at_a_dose_or_closed_with_why_and_when_it_opens():
    routine = PROTOCOL.routines["static_glutes"]
    dose = Dose(5, 3, 2)
    opened = decisions.Open(routine, dose, dose, (), PROTOCOL.phases[3], 0)
    assert plan_states.state(opened, BERLIN, now=NOW) == "open: 5 × 3 seconds, 2 times a day"
    shut = decisions.Locked(routine, decisions.TooEarly(PROTOCOL.phases[3], LATER), LATER, 0)
    said = "closed: before its phase; opens Saturday 7 March, 10:07"
    assert plan_states.state(shut, BERLIN, now=NOW) == said
    assert plan_states.state(shut, BERLIN, now=NOW, ends=LATER) == "closed: before its phase"
    assert plan_states.state(None, BERLIN, now=NOW) == "not in this protocol"


def test_a_preview_is_said_row_by_row_from_the_present_on():
    known = Story().begins().history
    now = known.of(facts.Procedure)[0].at + timedelta(hours=30)
    hold = facts.ClinicianHold("static_glutes", "w", now + timedelta(hours=5))
    rows = plan_text.rows(preview(Case.of(PROTOCOL, known), [entry(hold)], now=now), PROTOCOL, "UTC", now=now)
    assert {row[0] for row in rows} == {"Bottom squeeze"}
    assert rows[0][1] == "now"
    assert all(row[4] == "closed: hold" for row in rows)


def test_what_is_planned_one_after_the_other_stands_in_one_row_while_the_change_is_the_same():
    known = Story().begins().history
    now = known.of(facts.Procedure)[0].at + timedelta(
        hours=30
    )  # Thursday, 17:00 in UTC; the second day ends at 48 h
    dose = "5 × 3 seconds, 2 times a day"
    each_leg = "5 × 3 seconds, each leg, 2 times a day"

    def held(until: datetime | None) -> list[tuple[str, ...]]:
        what = preview(Case.of(PROTOCOL, known), [entry(facts.ClinicianHold(None, "w", until))], now=now)
        return plan_text.rows(what, PROTOCOL, "UTC", now=now)

    assert held(now + timedelta(days=3)) == [
        (name, "now", "Sunday 8 June, 17:00", planned, "closed: hold")
        for name, planned in (
            (
                "Ankle pumps",
                "open: 10 times, every hour you are awake. From tomorrow, 11:00 open: 10 times, 3 times a day",
            ),
            ("Bottom squeeze", f"open: {dose}"),
            ("Thigh tightening", f"open: {each_leg}"),
            ("Tummy tightening", f"closed: before its phase. From tomorrow, 11:00 open: {dose}"),
        )
    ]
    assert [row[:3] for row in held(None)] == [
        (name, "now", "and on")
        for name in ("Ankle pumps", "Bottom squeeze", "Thigh tightening", "Tummy tightening")
    ]


def test_what_the_change_comes_to_later_has_a_row_of_its_own():
    known = Story().begins().history
    now = known.of(facts.Procedure)[0].at + timedelta(hours=30)
    hold = facts.ClinicianHold("static_glutes", "w", now + timedelta(hours=3))
    dose = facts.Override("static_glutes", 4, 3.0, 2, now, now + timedelta(hours=40), "w")
    what = preview(Case.of(PROTOCOL, known), [entry(hold), entry(dose)], now=now)
    planned = "open: 5 × 3 seconds, 2 times a day"
    assert plan_text.rows(what, PROTOCOL, "UTC", now=now) == [
        ("Bottom squeeze", "now", "today, 20:00", planned, "closed: hold"),
        (
            "Bottom squeeze",
            "today, 20:00",
            "Saturday 7 June, 09:00",
            planned,
            "open: 4 × 3 seconds, 2 times a day",
        ),
    ]


def test_rows_that_say_the_same_of_several_exercises_are_one():
    rows = [("Ankle pumps", "now", "a"), ("Bottom squeeze", "now", "b"), ("Tummy tightening", "now", "a")]
    assert plan_text.together(rows) == [
        ("Ankle pumps and tummy tightening", "now", "a"),
        ("Bottom squeeze", "now", "b"),
    ]


def test_a_stretch_that_lasts_longer_than_the_preview_goes_on():
    shut = decisions.Locked(PROTOCOL.routines["static_glutes"], decisions.Held("w", None, NOW, GONE), None, 0)
    what = Preview(NOW, LATER, {"gone": RoutinePreview((PreviewStretch(NOW, LATER, None, shut),), None)})
    assert plan_text.rows(what, PROTOCOL, BERLIN, now=NOW) == [
        ("Bottom squeeze", "now", "and on", "not in this protocol", "closed: hold")
    ]


def test_what_stays_closed_is_said_for_all_or_for_the_routine_in_question():
    flag, held = decisions.OpenRedFlag("fall", GONE, NOW), decisions.Held("w", None, NOW, GONE)
    both = Preview(
        NOW, LATER, {"static_glutes": RoutinePreview((), flag), "quadriceps": RoutinePreview((), flag)}
    )
    assert plan_text.stays_closed(both, PROTOCOL) == ("Nothing changes while the red flag is open.",)
    one = Preview(
        NOW, LATER, {"static_glutes": RoutinePreview((), held), "quadriceps": RoutinePreview((), None)}
    )
    assert plan_text.stays_closed(one, PROTOCOL) == ("Bottom squeeze stays closed while a hold stands.",)
    assert plan_text.stays_closed(one, PROTOCOL, only="quadriceps") == ()


def test_requests_and_open_flags_are_said_with_their_times():
    asked: Entry[facts.TimeAsked] = entry(
        facts.TimeAsked(facts.AnchorTime.HOME_ARRIVAL, NOW - timedelta(hours=2))
    )  # type: ignore[assignment]
    assert plan_text.request(asked, BERLIN, now=NOW) == (
        "Asked today, 10:07: today, 08:07 as the arrival at home"
    )
    flag: Entry[facts.RedFlagYes] = entry(facts.RedFlagYes("fall"))  # type: ignore[assignment]
    assert plan_text.open_flag(flag, PROTOCOL, BERLIN, now=NOW).startswith("Red flag since today, 10:07: ")
