"""Findings for the patient: one sentence for each chart, from the chart's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from coach.domain import day_counts, outcome, pain_change, rising_pain
from coach.domain.case import Case
from coach.domain.facts import Pain, PainWord
from coach.domain.history import History
from coach.domain.pain_change import Verdict
from coach.domain.protocol import Protocol
from coach.i18n import _, ngettext
from coach.review.patient import frames
from coach.text import pain as pain_text
from coach.text.outcome_measures import number
from coach.text.protocol_texts import notice


def pain(case: Case, *, today: date) -> str:
    """Return how pain of the last 7 days compares with that before the procedure, and any rise."""
    change = pain_change.pain_change(case, today=today)
    lacking = case.protocol.rules.better_needs.whole - change.days
    if change.mean is None or lacking > 0:
        return _too_few(case, lacking, known=change.baseline is not None)
    said = _compared(case.protocol, change, change.mean)
    return with_rise(said, case, today=today)


@dataclass(frozen=True, slots=True)
class PainFigure:
    """Pain as one number from 0 to 10, what it is of, and what it was before the procedure if that is known."""

    score: float
    words: str
    before: int | None


def pain_figure(case: Case, *, today: date) -> PainFigure | None:
    """Return the number that `pain` speaks of, or that of the latest daily check-in; None without any."""
    change = pain_change.pain_change(case, today=today)
    if change.mean is not None and change.days >= case.protocol.rules.better_needs.whole:
        return PainFigure(change.mean, _("of 10: your pain this week"), change.baseline)
    known = list(pain_change.averages_since_procedure(case).values())
    if not known:
        return None
    return PainFigure(known[-1], _("of 10: your pain at the last check-in"), change.baseline)


def with_rise(said: str, case: Case, *, today: date) -> str:
    """Add that pain is well above the usual now: the week's mean shows that only later."""
    days = {today: _("today"), today - timedelta(days=1): _("yesterday")}
    rises = [rise for rise in rising_pain.rises(case, since=min(days)) if rise.day in days]
    if not rises:
        return said
    rise = rises[-1]
    rose = _("It went up {day}, to {score}; on the days before it was {usual}.").format(
        day=days[rise.day], score=rise.score, usual=number(rise.usual)
    )
    return f"{said} {rose}"


def _compared(protocol: Protocol, change: pain_change.PainChange, week: float) -> str:
    words = {"baseline": change.baseline, "mean": number(week)}
    match change.verdict:
        case None:
            return _("Your pain this week is {mean} on average.").format(**words)
        case Verdict.CLEARLY_BETTER:
            fell = _("Your pain fell from {baseline} before the procedure to {mean} this week.")
            return f"{fell.format(**words)} {notice(protocol, 'clearly_better')}"
        case Verdict.SAME:
            said = _("Your pain is about the same: {baseline} before the procedure and {mean} this week.")
        case Verdict.LITTLE_BETTER:
            said = _(
                "Your pain fell from {baseline} before the procedure to {mean} this week. That is a little better."
            )
        case Verdict.WORSE:
            said = _(
                "Your pain rose from {baseline} before the procedure to {mean} this week. Tell your clinic."
            )
        case _:
            assert_never(change.verdict)
    return said.format(**words)


def _too_few(case: Case, lacking: int, *, known: bool) -> str:
    if not pain_change.daily_averages(case.history):
        told = [entry for entry in case.history.of(Pain) if isinstance(entry.fact.score, PainWord)]
        if told:
            latest = max(told, key=lambda entry: entry.at)
            return _("You answer in words. The last answer: {words}.").format(
                words=pain_text.in_words(latest.fact.score or PainWord.NONE, case.protocol)
            )
        return _("Your pain shows here after your first daily check-in.")
    if known:
        more = ngettext(
            "{n} more daily check-in, and your pain can be compared with before.",
            "{n} more daily check-ins, and your pain can be compared with before.",
            lacking,
        )
    else:
        more = ngettext(
            "{n} more daily check-in, and this can give an average.",
            "{n} more daily check-ins, and this can give an average.",
            lacking,
        )
    return more.format(n=count_word(lacking))


def doing(case: Case, *, today: date) -> str:
    """Return how many of the sets due in the 7 days up to yesterday were done; "" if none was due."""
    shown = frames.window(case, today=today)
    if shown is None:
        return ""
    first = max(today - timedelta(days=frames.WEEK), frames.day_of(shown.starts))
    done, due = _sums(case, first, today - timedelta(days=1))
    if not due:
        return ""
    return _past(done, due, (today - first).days)


def doing_today(case: Case, *, today: date, now: datetime | None = None) -> str:
    """Return how many of the sets due today were done so far.

    What is closed at `now` is not due.
    """
    done, due = _sums(case, today, today, now=now)
    if not due:
        return _("Nothing is due today.")
    return ngettext("Today so far: {done} of {due} set.", "Today so far: {done} of {due} sets.", due).format(
        done=done, due=due
    )


def _past(done: int, due: int, days: int) -> str:
    if days == 1:
        if not done:
            return ngettext(
                "No set is noted for yesterday; {due} was due.",
                "No set is noted for yesterday; {due} were due.",
                due,
            ).format(due=due)
        return ngettext(
            "You did {done} of the {due} set that was due yesterday.",
            "You did {done} of the {due} sets that were due yesterday.",
            due,
        ).format(done=done, due=due)
    if not done:
        return ngettext(
            "No set is noted for the last {days} days; {due} was due.",
            "No set is noted for the last {days} days; {due} were due.",
            due,
        ).format(due=due, days=days)
    return ngettext(
        "You did {done} of the {due} set that was due in the last {days} days.",
        "You did {done} of the {due} sets that were due in the last {days} days.",
        due,
    ).format(done=done, due=due, days=days)


def _sums(case: Case, first: date, last: date, *, now: datetime | None = None) -> tuple[int, int]:
    """Return sets done, at most those due, and sets due over [first, last]."""
    days = outcome.days_between(first, last)
    return day_counts.sets(count for on in days for count in outcome.day(case, on, now=now).values())


def routine_counts(days: Sequence[day_counts.Counted]) -> str:
    """Return what the calendar of one routine shows, from what was done and due on each day."""
    done, due = day_counts.sets(days)
    week_done, week_due = day_counts.week_days(days)
    said = []
    if due:
        text = ngettext(
            "{done} of {due} set done; due on {days} of {all} days.",
            "{done} of {due} sets done; due on {days} of {all} days.",
            due,
        )
        on = sum(each.due > 0 and each.days == 1 for each in days)
        said.append(text.format(done=done, due=due, days=on, all=len(days)))
    if week_due:
        text = ngettext(
            "Done on {done} of {due} day. A week is counted on its Sunday.",
            "Done on {done} of {due} days. A week is counted on its Sunday.",
            week_due,
        )
        said.append(text.format(done=week_done, due=week_due))
    return " ".join(said) or _("not due on these days.")


def last_change(case: Case) -> str:
    """Return the pain before and after the latest session that has both, in words or in numbers; "" without one."""
    for session in sorted(case.history.sessions, key=lambda each: each.started.at, reverse=True):
        scores = [each.fact.score if each else None for each in (session.before, session.after)]
        before, after = (None if each is None else pain_text.in_words(each, case.protocol) for each in scores)
        if before is not None and after is not None:
            return _("Pain before your last exercises: {before}. Pain after them: {after}.").format(
                before=before, after=after
            )
    return ""


def changes(history: History) -> str:
    """Return after how many of the scored sessions pain was no worse than before them."""
    changed = [change for *_told, change in frames.changes.rows(history)]
    sessions = len(changed)
    if not sessions:
        return _("Pain before and after exercise shows here once a session has both scores.")
    fine = sum(change <= 0 for change in changed)
    if sessions == 1:
        return (
            _("After your one scored session your pain was no worse than before.")
            if fine
            else _("After your one scored session your pain was worse than before.")
        )
    if fine == sessions:
        return _("After all of your {sessions} sessions your pain was no worse than before.").format(
            sessions=sessions
        )
    return _("After {fine} of your {sessions} sessions your pain was no worse than before.").format(
        fine=fine, sessions=sessions
    )


def active_days(history: History) -> str:
    """Return on how many days something was done; the count never goes down."""
    days = outcome.active_days(history)
    if not days:
        return _("Your first day of exercise will be counted here.")
    return ngettext("You have exercised on {n} day.", "You have exercised on {n} days.", days).format(n=days)


def count_word(count: int) -> str:
    """Return a small count in words, for the beginning of a sentence."""
    return {1: _("One"), 2: _("Two"), 3: _("Three")}.get(count, str(count))
