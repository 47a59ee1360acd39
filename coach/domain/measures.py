"""Outcome measures: the questions of each occasion, and the results of the answers.

Function is scored for activities of the patient's own, 0 (unable) to 10 (as before); the change of
the back is rated in words. Only answers of the present course count: a new procedure starts again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from coach.domain.case import Case
from coach.domain.course import COURSE
from coach.domain.derived import derived_from
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore, PutOff, PutOffWhat
from coach.domain.history import Entry, History
from coach.domain.protocol import Measures, Occasion, Protocol, Quantity
from coach.domain.times import local_date

F = TypeVar("F", covariant=True)

#: The end of the scale: an activity goes as well as before.
AS_BEFORE = 10


@dataclass(frozen=True, slots=True)
class Due:
    """The occasion that is open now, over [opens, closes), and its unanswered questions.

    `scores` are the activities (as `activities` gives them) without a score, `activities` says that
    none are named yet, `change` that the change is not rated. `put_off` is true if the patient said
    "not now" today.
    """

    occasion: Occasion
    opens: datetime
    closes: datetime
    activities: bool
    scores: tuple[Entry[Activity], ...]
    change: bool
    put_off: bool

    @property
    def left(self) -> bool:
        """Whether any question is unanswered."""
        return self.activities or bool(self.scores) or self.change


@dataclass(frozen=True, slots=True)
class Scored:
    """One activity at one occasion: score (None: asked, unknown) and change from the baseline.

    `change` is None at the baseline and if one of the two scores is missing; `detectable` tells
    whether it is at or beyond the smallest change of a single activity that is not chance; None
    without a change.
    """

    activity: Entry[Activity]
    entry: Entry[FunctionScore]
    change: float | None
    detectable: bool | None

    @property
    def able(self) -> int | None:
        """The score, 0-10."""
        return self.entry.fact.able


@dataclass(frozen=True, slots=True)
class Result:
    """The answers at one occasion, in PSFS points if they are numbers.

    `mean` is that of the scores given, None where none is. `change` is the mean change of the
    `compared` activities that have a score at the baseline too, so a missing score changes nothing
    by itself; None at the baseline and where nothing can be compared. `detectable` tells whether it
    is at or beyond the smallest change that is not chance (that of a single activity where only one
    is compared). `rating` is None where nobody asked, and its fact's `change` where it is not
    known.
    """

    occasion: Occasion
    at: datetime
    scores: tuple[Scored, ...]
    mean: float | None
    change: float | None
    compared: int
    detectable: bool | None
    rating: Entry[ChangeRating] | None

    @property
    def rated(self) -> Change | None:
        """The change as rated, None where it is not."""
        return self.rating.fact.change if self.rating else None


def due(case: Case, *, now: datetime) -> Due | None:
    """Return the open occasion if it has unanswered questions, or None."""
    found = offered(case, now=now)
    return found if found and found.left else None


def offered(case: Case, *, now: datetime) -> Due | None:
    """Return the occasion in whose window the instant lies, answered or not, or None."""
    known = case.course
    if known is None or case.protocol.measures is None:
        return None
    for occasion in case.protocol.measures.occasions:
        opens = known.procedure.at + occasion.opens_after.span
        closes = opens + occasion.offered_for.span
        if opens <= now < closes:
            return _open(case, occasion, opens, closes, now)
    return None


def _open(case: Case, occasion: Occasion, opens: datetime, closes: datetime, now: datetime) -> Due:
    named = activities(case)
    scored = {root for where, root in _scores(case) if where == occasion.id}
    put_off = [p for p in told_in_course(case, PutOff) if p.fact.occasion == occasion.id]
    left = any(p.fact.what is PutOffWhat.ACTIVITIES for p in put_off)
    rated = occasion.id in _ratings(case)
    today = local_date(now, case.history.zone)
    return Due(
        occasion=occasion,
        opens=opens,
        closes=closes,
        activities=not named and not left,
        scores=tuple(each for each in named if root(case.history, each) not in scored),
        change=occasion.asks_change and not rated,
        put_off=any(p.fact.what is PutOffWhat.FOR_TODAY and p.local_date == today for p in put_off),
    )


def activities(case: Case) -> tuple[Entry[Activity], ...]:
    """Return the activities of the present course in present words, in the order of naming."""
    named = told_in_course(case, Activity)
    return tuple(sorted(named, key=lambda entry: _first(case.history, entry).seq))


def root(history: History, activity: Entry[Activity]) -> UUID:
    """Return the id of an activity's first entry: a rewording keeps its scores."""
    return _first(history, activity).id


def _first(history: History, entry: Entry[F]) -> Entry[F]:
    """Return the first entry of a chain of corrections."""
    while earlier := history.corrected_by(entry):
        entry = earlier
    return entry


@derived_from(Activity, FunctionScore, ChangeRating, *COURSE)
def results(case: Case) -> tuple[Result, ...]:
    """Return the results of the present course by occasion, in the protocol's order.

    Answered ones only.
    """
    if case.protocol.measures is None or case.course is None:
        return ()
    return tuple(_results(case, case.protocol.measures))


def is_before(protocol: Protocol, occasion: str) -> bool:
    """Tell whether an occasion is the first, which asks how it was before the procedure."""
    return protocol.measures is not None and protocol.measures.occasions[0].id == occasion


def is_down(result: Result) -> bool:
    """Tell whether the activities are clearly worse than before the procedure."""
    return bool(result.detectable) and result.change is not None and result.change < 0


def activity_of(case: Case, named: UUID) -> Entry[Activity] | None:
    """Return the activity of an entry in its present words, or None in another course."""
    entry = case.history.by_id.get(named)
    if entry is None or not isinstance(entry.fact, Activity):
        return None
    first = _first(case.history, entry).id
    return next((each for each in activities(case) if root(case.history, each) == first), None)


def score_of(case: Case, occasion: str, activity: Entry[Activity]) -> Entry[FunctionScore] | None:
    """Return the score of an activity at an occasion of the present course, or None."""
    return _scores(case).get((occasion, root(case.history, activity)))


def rating_of(case: Case, occasion: str) -> Entry[ChangeRating] | None:
    """Return the rating of change at an occasion of the present course, or None."""
    return _ratings(case).get(occasion)


def _results(case: Case, measures: Measures) -> Iterable[Result]:
    history, named = case.history, activities(case)
    scores, ratings = _scores(case), _ratings(case)
    first = measures.occasions[0].id
    for occasion in measures.occasions:
        scored = []
        for activity in named:
            entry = scores.get((occasion.id, root(history, activity)))
            if entry is None:
                continue
            before = scores.get((first, root(history, activity))) if occasion.id != first else None
            change = _minus(entry.fact.able, before.fact.able if before else None)
            scored.append(Scored(activity, entry, change, _beyond(change, measures.detectable_single)))
        rating = ratings.get(occasion.id) if occasion.asks_change else None
        if scored or rating:
            yield _result(measures, occasion, tuple(scored), rating)


def _result(
    measures: Measures, occasion: Occasion, scored: tuple[Scored, ...], rating: Entry[ChangeRating] | None
) -> Result:
    changes = [each.change for each in scored if each.change is not None]
    change = _mean(changes)
    limit = measures.detectable_single if len(changes) == 1 else measures.detectable_mean
    answers: list[Entry[object]] = [each.entry for each in scored]
    answers += [rating] if rating else []
    return Result(
        occasion=occasion,
        at=max(entry.at for entry in answers),
        scores=scored,
        mean=_mean([each.able for each in scored if each.able is not None]),
        change=change,
        compared=len(changes),
        detectable=_beyond(change, limit),
        rating=rating,
    )


def _scores(case: Case) -> dict[tuple[str, UUID], Entry[FunctionScore]]:
    """Return the latest score by occasion and by the id of its activity's first entry."""
    found = {}
    for entry in sorted(told_in_course(case, FunctionScore), key=lambda each: each.seq):
        activity = case.history.by_id.get(entry.fact.activity)
        if activity and isinstance(activity.fact, Activity):
            found[entry.fact.occasion, root(case.history, activity)] = entry  # type: ignore[arg-type]
    return found


def _ratings(case: Case) -> dict[str, Entry[ChangeRating]]:
    rated = sorted(told_in_course(case, ChangeRating), key=lambda each: each.seq)
    return {entry.fact.occasion: entry for entry in rated}


def told_in_course(case: Case, kind: type[F]) -> list[Entry[F]]:
    """Return the entries first recorded in the present course."""
    known = case.course
    since = known.told_since if known else 0
    return [entry for entry in case.history.of(kind) if _first(case.history, entry).seq > since]


def _minus(score: int | None, before: int | None) -> float | None:
    return None if score is None or before is None else float(score - before)


def _mean(values: list[float] | list[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _beyond(change: float | None, limit: Quantity) -> bool | None:
    return None if change is None else round(abs(change), 9) >= limit.value
