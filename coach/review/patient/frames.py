"""Frames: a history as tidy tables of numbers computed by the domain, for charts and tables.

Time is the patient's local time in days since 1 January 1970, so that a chart shows local days
wherever it is drawn; the unit is called `local days`. A score of zero is a score; a day without
one has no score (NaN), which is drawn as a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd

from coach.domain import outcome, pain_change
from coach.domain.case import Case
from coach.domain.course import Course
from coach.domain.day_counts import DayCount
from coach.domain.facts import Pain, PainWhen, PainWord, Score
from coach.domain.history import Entry, History
from coach.domain.protocol import Protocol, RoutineKind
from coach.domain.times import local, local_date
from coach.i18n import _
from coach.review.patient.columns import Columns, FrameColumn, Row, frame, tabled
from coach.text import day_counts as counts_text
from coach.text import pain as pain_text
from coach.text.protocol_texts import notice
from coach.text.short_dates import day_words, moment_words

EPOCH = date(1970, 1, 1)
WEEK = 7
WEEKS_SHOWN = 4
SUNDAY_FIRST = frozenset({"US", "CA", "IN", "ZA"})  # the countries whose calendars begin on Sunday
LABELS_AT_MOST = 5
STEPS = (1, 2, 3, 7, 14, 28, 91, 182, 364)


SCORES: Columns = {
    "at": FrameColumn("float64", "local days"),
    "score": FrameColumn("int64", "NRS 0-10"),
    "series": FrameColumn("str", "before, after, now (right now) or worst (of 24 h)"),
    "when": FrameColumn("str", "local day and time, in words"),
}
AVERAGES: Columns = {
    "at": FrameColumn("float64", "local days; the middle of the day"),
    "score": FrameColumn("float64", "NRS 0-10, mean of the day's 24-hour averages; NaN = nothing said"),
    "series": FrameColumn("str", "average"),
    "when": FrameColumn("str", "local day, in words"),
}
PHASES: Columns = {
    "starts": FrameColumn("float64", "local days"),
    "ends": FrameColumn("float64", "local days"),
    "name": FrameColumn("str", "the phase's name, on two lines"),
    "letters": FrameColumn("int64", "letters in its longer line"),
    "shaded": FrameColumn("bool", "every second phase"),
}
LEVELS: Columns = {
    "score": FrameColumn("float64", "NRS 0-10"),
    "kind": FrameColumn("str", "baseline, or better: the highest mean that is clearly better"),
    "label": FrameColumn("str", "words"),
}
CURVE: Columns = {
    "at": FrameColumn("float64", "local days"),
    "mean": FrameColumn("float64", "NRS 0-10"),
    "low": FrameColumn("float64", "NRS 0-10, mean less one SD; NaN where the study gives none"),
    "high": FrameColumn("float64", "NRS 0-10, mean and one SD; NaN where the study gives none"),
    "label": FrameColumn("str", "what the curve is, in words"),
}
CHANGES: Columns = {
    "at": FrameColumn("float64", "local days"),
    "when": FrameColumn("str", "local day and time, in words"),
    "before": FrameColumn("int64", "NRS 0-10"),
    "after": FrameColumn("int64", "NRS 0-10"),
    "change": FrameColumn("int64", "NRS points; negative = less pain after"),
}
CHANGE_COUNTS: Columns = {
    "change": FrameColumn("int64", "NRS points, from -3 (and less) to 3 (and more)"),
    "sessions": FrameColumn("int64", "sessions"),
}
DOING: Columns = {
    "day": FrameColumn("int64", "local days"),
    "week": FrameColumn("int64", "local days: the first day of its week"),
    "column": FrameColumn("int64", "place in its week, 0-6"),
    "routine": FrameColumn("str", "the routine's id"),
    "name": FrameColumn("str", "the routine's name"),
    "done": FrameColumn("int64", "sets; days where `days` is more than 1"),
    "due": FrameColumn("int64", "the same; 0 = not due"),
    "share": FrameColumn("float64", "done of due, 0-1; NaN = not due"),
    "over": FrameColumn("bool", "more than the plan allows for"),
    "state": FrameColumn("str", "done, part, none or not due"),
    "text": FrameColumn("str", "what the cell says, such as 2/3"),
    "today": FrameColumn("bool", "the day is not over"),
    "when": FrameColumn("str", "local day, in words"),
    "days": FrameColumn(
        "int64", "1; of an exercise for some days of the week 7, on the day on which it is counted"
    ),
    "told": FrameColumn("str", "done and due in words"),
}
WORDS: Columns = {
    "at": FrameColumn("float64", "local days"),
    "when": FrameColumn("str", "local day and time, in words"),
    "question": FrameColumn("str", "which question, in words"),
    "word": FrameColumn("str", "the answer, in words"),
}
SERIES = {
    PainWhen.BEFORE: "before",
    PainWhen.AFTER: "after",
    PainWhen.NOW: "now",
    PainWhen.WORST_24H: "worst",
}


# time


def day_number(on: date) -> int:
    """Return a local day as whole days since 1 January 1970."""
    return (on - EPOCH).days


def day_of(number: int) -> date:
    """Return the local day of a number of days since 1 January 1970."""
    return EPOCH + timedelta(days=number)


def wall_clock(instant: datetime, zone: str) -> float:
    """Return an instant as local time in a zone, in local days; noon is half a day."""
    there = local(instant, zone)
    since_midnight = timedelta(hours=there.hour, minutes=there.minute, seconds=there.second)
    return day_number(there.date()) + since_midnight / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch [starts, ends) that a chart over time shows, and days from label to label.

    Local days.
    """

    starts: int
    ends: int
    step: int


def window(case: Case, *, today: date) -> Window | None:
    """Return the window from the day of the procedure to today, at least a week.

    None without a course.
    """
    known = case.course
    if known is None:
        return None
    starts = day_number(_procedure_day(known, case.history))
    ends = max(day_number(today) + 1, starts + WEEK)
    step = next((s for s in STEPS if (ends - starts) / s <= LABELS_AT_MOST), STEPS[-1])
    return Window(starts, ends, step)


def _procedure_day(known: Course, history: History) -> date:
    return local_date(known.procedure.at, history.zone)


# pain


@tabled(SCORES)
def scores(history: History, shown: Window) -> Iterator[Row]:
    """Return every right-now pain number, and the worst of each day (`SCORES`)."""
    for entry in history.of(Pain):
        score, series = entry.fact.score, SERIES.get(entry.fact.when)
        if series is None or not isinstance(score, int):
            continue
        at = day_number(entry.local_date) + 0.5 if series == "worst" else wall_clock(entry.at, entry.zone)
        if at >= shown.starts:
            yield at, score, series, moment_words(entry)


@tabled(AVERAGES)
def averages(history: History, shown: Window) -> Iterator[Row]:
    """Return one row a day from the first average to the last.

    A day without one has NaN (`AVERAGES`).
    """
    known = {
        on: mean for on, mean in pain_change.daily_averages(history).items() if day_number(on) >= shown.starts
    }
    for on in outcome.days_between(min(known), max(known)) if known else ():
        yield day_number(on) + 0.5, known.get(on, float("nan")), "average", day_words(on)


@tabled(PHASES)
def phases(case: Case, shown: Window) -> Iterator[Row]:
    """Return the phases of the course within the window (`PHASES`)."""
    known = case.course
    for place, span in enumerate(known.spans if known else ()):
        starts = wall_clock(span.starts, case.history.zone)
        ends = wall_clock(span.ends, case.history.zone) if span.ends else shown.ends
        if starts < shown.ends:
            first, _space, rest = _(span.phase.name).partition(" ")
            letters = max(len(first), len(rest))
            yield starts, min(ends, shown.ends), f"{first}\n{rest}", letters, place % 2 == 1


@tabled(LEVELS)
def levels(case: Case, *, today: date) -> Iterator[Row]:
    """Return the pain before the procedure, and the limit of "clearly better" (`LEVELS`)."""
    baseline = pain_change.pain_change(case, today=today).baseline
    if baseline is None:
        return
    yield baseline, "baseline", _("Before the procedure: {score}").format(score=baseline)
    limit = better_limit(case.protocol, baseline)
    if limit is not None:
        yield limit, "better", _("Clearly better from here down")


def better_limit(protocol: Protocol, baseline: int) -> float | None:
    """Return the highest mean (NRS) that counts as clearly better than a baseline, or None.

    Example: from 8, two points less is 6 and 30 % less is 5.6; both are required, so 5.6.
    """
    rules = protocol.rules
    limit = min(baseline - rules.better_points.value, baseline * (100 - rules.better_percent.value) / 100)
    return limit if limit >= 0 else None


@tabled(CURVE)
def curve(case: Case, *, shown: bool = True) -> Iterator[Row]:
    """Return the first reference curve, counted from this patient's procedure (`CURVE`); no rows unless shown."""
    known = case.course
    if known is None or not case.protocol.curves or not shown:
        return
    began = wall_clock(known.procedure.at, case.history.zone)
    for point in case.protocol.curves[0].points:
        mean, sd = point.mean.value, point.sd.value if point.sd else float("nan")
        at = began + point.after.span / timedelta(days=1)
        yield at, mean, mean - sd, mean + sd, notice(case.protocol, "curve_label")


def words(case: Case) -> pd.DataFrame:
    """Return the pain scores given in plain words, newest first (`WORDS`)."""
    return frame(
        WORDS,
        (
            (
                wall_clock(entry.at, entry.zone),
                moment_words(entry),
                _(pain_text.LABELS[entry.fact.when]),
                _(case.protocol.plain_words[entry.fact.score.value]),
            )
            for entry in reversed(case.history.of(Pain))
            if isinstance(entry.fact.score, PainWord)
        ),
    )


# sessions


@tabled(CHANGES)
def changes(history: History) -> Iterator[Row]:
    """Return every session scored in numbers before and after, in order of start (`CHANGES`)."""
    for session in history.sessions:
        before, after = _number(session.before), _number(session.after)
        if before is not None and after is not None:
            at = wall_clock(session.started.at, session.started.zone)
            yield at, moment_words(session.started), before, after, after - before


def _number(entry: Entry[Pain] | None) -> int | None:
    score: Score | None = entry.fact.score if entry else None
    return score if isinstance(score, int) else None


@tabled(CHANGE_COUNTS)
def change_counts(history: History) -> Iterator[Row]:
    """Return the number of sessions by change of pain; seven rows, with zeros (`CHANGE_COUNTS`)."""
    counts = Counter(max(-3, min(3, change)) for *_told, change in changes.rows(history))
    for points in range(-3, 4):
        yield points, counts[points]


# done and due


@dataclass(frozen=True, slots=True)
class Weeks:
    """The local days [first, last] that the calendars show, and whether there are earlier ones."""

    first: date
    last: date
    starts_on: int
    earlier: bool


def weeks(case: Case, *, today: date, back: int = 0) -> Weeks | None:
    """Return four calendar weeks, ending `back` times four weeks ago; None without a course."""
    known = case.course
    if known is None:
        return None
    began = min(_procedure_day(known, case.history), today)
    starts_on = 6 if case.history.settings.get("country") in SUNDAY_FIRST else 0
    this_week = today - timedelta(days=(today.weekday() - starts_on) % WEEK)
    first = this_week - timedelta(days=WEEK * (WEEKS_SHOWN * (back + 1) - 1))
    last = first + timedelta(days=WEEK * WEEKS_SHOWN - 1)
    return Weeks(max(first, began), min(last, today), starts_on, earlier=first > began)


class Cell(NamedTuple):
    """One routine on one day: a row of `DOING`."""

    day: int
    week: int
    column: int
    routine: str
    name: str
    done: int
    due: int
    share: float
    over: bool
    state: str
    text: str
    today: bool
    when: str
    days: int = 1
    told: str = ""


def cells(
    case: Case, *, first: date, last: date, today: date, starts_on: int = 0,
    now: datetime | None = None,
) -> list[Cell]:  # fmt: skip
    """Return done and due of each routine on each day of [first, last].

    A test is no dose, and left out. On the day of `now` only open routines are due. `starts_on` is
    the weekday on which a week begins, 0 for Monday.
    """
    found = []
    for on in outcome.days_between(first, last):
        column = (on.weekday() - starts_on) % WEEK
        week, words_ = day_number(on) - column, day_words(on)
        for count in outcome.day(case, on, now=now).values():
            if case.protocol.routines[count.routine].kind is RoutineKind.TEST:
                continue
            found.append(
                Cell(
                    day_number(on), week, column, count.routine, _(case.protocol.routines[count.routine].name),
                    count.done, count.due, float("nan") if count.share is None else count.share, count.over,
                    state(count), counts_text.cell(count), on == today, words_, count.days, counts_text.told(count),
                )
            )  # fmt: skip
    return found


def doing(
    case: Case, *, first: date, last: date, today: date, starts_on: int = 0,
    now: datetime | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the same as a frame (`DOING`)."""
    return frame(DOING, cells(case, first=first, last=last, today=today, starts_on=starts_on, now=now))


def state(count: DayCount) -> str:
    """Return the state of a routine's day: done, part, none, or not due; by the week any day on which it counts is done."""
    if not count.due:
        return "done" if count.weekly and count.done else "not due"
    if count.done >= count.due:
        return "done"
    return "part" if count.done else "none"
