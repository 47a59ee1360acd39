"""Each sentence is computed from the domain's figures, and says a fact."""

from __future__ import annotations

import inspect
import re
from datetime import date, timedelta

import pandas as pd
import pytest

from coach.domain import outcome, pain_change, standing, triage
from coach.domain.case import Case
from coach.domain.facts import PainWhen, PainWord
from coach.domain.history import History
from coach.domain.need import NeedReason
from coach.protocols.loader import default
from coach.review.clinic import findings as clinic_findings
from coach.review.patient import charts, findings, frames, tables
from coach.text.outcome_measures import number
from tests.support.review_samples import GLUTES, PUMPS, QUADS, Record, on_day, plausible

PROTOCOL = default()
NEVER = re.compile(r"\b(fail\w*|miss(ed|ing)?|compl(y|iance|iant)|gate|patient|great|well done)\b", re.I)


def after(days: int) -> date:
    return date(2026, 9, 7) + timedelta(days=days)


def scored(*averages: int, baseline: int | PainWord | None = 8) -> Record:
    record = Record().set_up(baseline=baseline)
    for day, score in enumerate(averages, start=1):
        record.pain(day, score)
    return record


def pain(record: Record, *, day: int = 7) -> str:
    return findings.pain(Case.of(PROTOCOL, record.history), today=after(day))


# pain


@pytest.mark.parametrize(
    ("averages", "sentence"),
    [
        ((4, 4, 4), "Your pain fell from 8 before the procedure to 4 this week. That is clearly better."),
        ((0, 6, 3), "Your pain fell from 8 before the procedure to 3 this week. That is clearly better."),
        ((5, 5, 4), "Your pain fell from 8 before the procedure to 4.7 this week. That is clearly better."),
        ((6, 6, 6), "Your pain fell from 8 before the procedure to 6 this week. That is a little better."),
        ((8, 8, 7), "Your pain is about the same: 8 before the procedure and 7.7 this week."),
        ((9, 9, 10), "Your pain rose from 8 before the procedure to 9.3 this week. Tell your clinic."),
        ((4, 4), "One more daily check-in, and your pain can be compared with before."),
        ((4,), "Two more daily check-ins, and your pain can be compared with before."),
        ((), "Your pain shows here after your first daily check-in."),
    ],
)
def test_pain_is_compared_with_the_pain_before(averages: tuple[int, ...], sentence: str):
    assert pain(scored(*averages)) == sentence


@pytest.mark.parametrize("baseline", range(11))
def test_progress_and_the_review_give_one_verdict_on_one_figure(baseline: int):
    """A patient who reads "about the same" is not "worse" to the physiotherapist."""
    said = {
        pain_change.Verdict.CLEARLY_BETTER: ("clearly better", "clearly better"),
        pain_change.Verdict.LITTLE_BETTER: ("a little better", "not clearly better yet"),
        pain_change.Verdict.SAME: ("about the same", "about the same"),
        pain_change.Verdict.WORSE: ("rose from", "worse"),
    }
    for week in ((0,) * 5, (2, 3, 2, 3, 2), (4, 5, 5, 4, 5), (5, 5, 6, 5, 6), (8, 7, 7, 8, 7), (10,) * 5):
        history = scored(*week, baseline=baseline).history
        today = after(len(week))
        change = pain_change.pain_change(Case.of(PROTOCOL, history), today=today)
        assert change.verdict
        patient, clinic = said[change.verdict]
        assert patient in findings.pain(Case.of(PROTOCOL, history), today=today)
        assert clinic in clinic_findings.pain(Case.of(PROTOCOL, history), today=today)


def test_a_baseline_of_zero_is_a_baseline():
    assert pain(scored(0, 0, 0, baseline=0)).startswith("Your pain is about the same: 0 before")
    assert pain(scored(3, 3, 3, baseline=0)).startswith("Your pain rose from 0 before")


@pytest.mark.parametrize("baseline", [None, PainWord.BAD])
def test_without_a_number_before_nothing_is_compared(baseline: PainWord | None):
    assert pain(scored(4, 4, 5, baseline=baseline)) == "Your pain this week is 4.3 on average."
    assert pain(scored(4, baseline=baseline)) == "Two more daily check-ins, and this can give an average."


def test_a_silent_week_is_not_a_week_without_pain():
    assert pain(scored(4, 4, 4), day=20).startswith("Three more daily check-ins")


def test_the_last_answer_in_words_is_said():
    record = Record().set_up(baseline=PainWord.BAD)
    record.pain(1, PainWord.MILD)
    assert pain(record) == "You answer in words. The last answer: mild pain."


def test_clearly_better_is_said_exactly_when_the_domain_says_so():
    for baseline in range(11):
        for score in range(11):
            record = scored(score, score, score, baseline=baseline)
            change = pain_change.pain_change(Case.of(PROTOCOL, record.history), today=after(7))
            assert ("clearly better" in pain(record)) == change.clearly_better, (baseline, score)


def test_pain_that_rises_now_is_said_beside_a_week_that_is_clearly_better():
    record = scored(2, 2, 2, 2, 2, 2)
    better = "Your pain fell from 8 before the procedure to 2 this week. That is clearly better."
    assert pain(record, day=6) == better
    record.pain(7, 7, PainWhen.NOW, "09:00")
    rose = "It went up {}, to 7; on the days before it was 2."
    assert pain(record) == f"{better} {rose.format('today')}"
    assert pain(record, day=8) == f"{better} {rose.format('yesterday')}"
    assert pain(record, day=9) == better
    assert clinic_findings.pain(Case.of(PROTOCOL, record.history), today=after(7)) == (
        f"Pain is 2 this week, 8 before: clearly better. {rose.format('today')}"
    )


def test_a_rise_is_said_exactly_while_the_caseload_shows_it():
    for score in range(11):
        record = scored(2, 3, 4, 3)
        record.pain(5, score, PainWhen.AVERAGE_24H)
        needs = standing.current(triage.needs(Case.of(PROTOCOL, record.history)), on_day(5, "23:00"))
        shown = NeedReason.PAIN_UP in {need.reason for need in needs}
        assert ("It went up" in pain(record, day=5)) == shown == (score >= 5), score


def test_before_enough_days_a_rise_is_told_to_the_physiotherapist_all_the_same():
    record = scored(2, 7)
    assert clinic_findings.pain(Case.of(PROTOCOL, record.history), today=after(2)) == (
        "Pain over 24 hours: latest 7, 8 before; too few days to compare."
        " It went up today, to 7; on the days before it was 2."
    )


def test_pain_before_and_after_the_last_exercises_is_said_in_words_too():
    record = Record().set_up()
    assert findings.last_change(Case.of(PROTOCOL, record.history)) == ""
    record.session(on_day(2, "09:00"), [QUADS], before=PainWord.MILD, after=PainWord.MEDIUM)
    record.session(on_day(3, "09:00"), [QUADS], before=PainWord.MILD)  # nothing is compared with it
    assert findings.last_change(Case.of(PROTOCOL, record.history)) == (
        "Pain before your last exercises: mild pain. Pain after them: medium pain."
    )


# done and due


def test_done_of_due_is_the_domains_sum_over_the_last_seven_days():
    record = plausible(42)
    done = due = 0
    for on in outcome.days_between(after(34), after(40)):
        for count in outcome.day(Case.of(PROTOCOL, record.history), on).values():
            done, due = done + min(count.done, count.due), due + count.due
    said = findings.doing(Case.of(PROTOCOL, record.history), today=after(41))
    assert said == f"You did {done} of the {due} sets that were due in the last 7 days."


def test_what_was_done_beyond_the_days_dose_fills_no_other_day():
    record = Record().set_up()
    for clock in ("07:00", "10:00", "13:00", "16:00"):
        record.session(on_day(3, clock), [QUADS])
    said = findings.doing(Case.of(PROTOCOL, record.history), today=after(4))
    assert said.startswith("You did 2 of the ")


def test_the_first_days_have_their_own_words():
    record = Record().set_up()
    history = record.history
    assert findings.doing(Case.of(PROTOCOL, history), today=after(0)) == ""
    assert (
        findings.doing(Case.of(PROTOCOL, history), today=after(1))
        == "No set is noted for yesterday; 6 were due."
    )
    assert findings.doing(Case.of(PROTOCOL, history), today=after(2)).startswith(
        "No set is noted for the last 2 days;"
    )
    record.session(on_day(0, "21:00"), [PUMPS])
    said = findings.doing(Case.of(PROTOCOL, record.history), today=after(1))
    assert said == "You did 1 of the 6 sets that were due yesterday."
    assert findings.doing(Case.of(PROTOCOL, History()), today=after(1)) == ""


def test_today_is_said_apart():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES])
    counts = outcome.day(Case.of(PROTOCOL, record.history), after(3)).values()
    due = sum(count.due for count in counts)
    said = findings.doing_today(Case.of(PROTOCOL, record.history), today=after(3))
    assert said == f"Today so far: 1 of {due} sets."
    assert findings.doing_today(Case.of(PROTOCOL, History()), today=after(3)) == "Nothing is due today."


def rows(days: pd.DataFrame) -> list[frames.Cell]:
    return [frames.Cell(*each) for each in days.itertuples(index=False)]


def test_a_calendar_says_its_sums_and_that_not_due_is_not_none():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES])
    days = frames.doing(Case.of(PROTOCOL, record.history), first=after(0), last=after(3), today=after(3))
    glutes = days[days["routine"] == GLUTES]
    assert findings.routine_counts(rows(glutes)) == "1 of 6 sets done; due on 3 of 4 days."
    assert findings.routine_counts(rows(glutes[glutes["due"] == 0])) == "not due on these days."


# sessions and days


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "Pain before and after exercise shows here once a session has both scores."),
        ([(3, 3)], "After your one scored session your pain was no worse than before."),
        ([(3, 4)], "After your one scored session your pain was worse than before."),
        ([(0, 0), (3, 2)], "After all of your 2 sessions your pain was no worse than before."),
        ([(0, 1), (3, 2), (2, 2)], "After 2 of your 3 sessions your pain was no worse than before."),
        ([(0, 1), (3, 4)], "After 0 of your 2 sessions your pain was no worse than before."),
    ],
)
def test_sessions_are_counted(scores: list[tuple[int, int]], sentence: str):
    record = Record().set_up()
    for day, (before, then) in enumerate(scores, start=3):
        record.session(on_day(day, "09:00"), [PUMPS], before=before, after=then)
    assert findings.changes(record.history) == sentence


def test_active_days_are_the_domains_count():
    record = plausible(42)
    days = outcome.active_days(record.history)
    assert findings.active_days(record.history) == f"You have exercised on {days} days."
    assert (
        findings.active_days(Record().set_up().history) == "Your first day of exercise will be counted here."
    )
    once = Record().set_up()
    once.session(on_day(3, "09:00"), [PUMPS])
    once.session(on_day(3, "12:00"), [PUMPS])
    assert findings.active_days(once.history) == "You have exercised on 1 day."


# the voice


@pytest.mark.parametrize("room", [charts, findings, frames, tables])
def test_no_word_shames_praises_or_speaks_of_a_patient(room: object):
    texts = re.findall(r'"([^"\n]*)"', re.sub(r'"""[\s\S]*?"""', "", inspect.getsource(room)))  # type: ignore[arg-type]
    assert texts
    for text in texts:
        assert not NEVER.search(text), text


@pytest.mark.parametrize(
    ("mean", "shown"), [(4.0, "4"), (4.25, "4.3"), (0.0, "0"), (9.96, "10"), (5.6, "5.6"), (2 / 3, "0.7")]
)
def test_a_mean_is_written_as_people_write_it(mean: float, shown: str):
    assert number(mean) == shown


def test_the_worst_of_a_day_does_not_move_the_average():
    record = scored(4, 4, 4)
    record.pain(3, 10, PainWhen.WORST_24H)
    assert "to 4 this week" in pain(record)
