"""Function: scores of the patient's activities and ratings of the back, as figures and sentences.

Activities are the patient's own words: show them as plain text, never as Markdown.
"""

from __future__ import annotations

import textwrap

import pandas as pd

from coach.domain import measures
from coach.domain.case import Case
from coach.domain.facts import Activity
from coach.domain.history import Entry
from coach.domain.measures import Result
from coach.domain.times import local_date
from coach.i18n import N_, _, formats, ngettext
from coach.i18n.sentences import in_a_sentence
from coach.review.patient.columns import Columns, FrameColumn, frame
from coach.text.outcome_measures import changed, number, occasion_in_a_sentence
from coach.text.short_dates import day_words

NOTHING = "–"
LINE = 9  # characters of an occasion's name on one line
MEAN = N_("Mean of the activities")

FUNCTION: Columns = {
    "place": FrameColumn("int64", "the occasion's place in the protocol, from 0"),
    "label": FrameColumn("str", "the occasion's name, on several lines"),
    "series": FrameColumn("str", "the mean's name, or an activity with its number"),
    "kind": FrameColumn("str", "mean or activity"),
    "score": FrameColumn("float64", "PSFS 0-10; NaN = not asked or not known"),
    "value": FrameColumn("str", "the score in words"),
}


def answered(case: Case) -> bool:
    """Tell whether any of the outcome questions was answered in the present course."""
    return bool(measures.results(case))


def scores(case: Case) -> pd.DataFrame:
    """Return the mean and each activity's score at every occasion of the protocol (`FUNCTION`)."""
    found = {each.occasion.id: each for each in measures.results(case)}
    named = measures.activities(case)
    names = activities(case)
    rows = []
    for place, occasion in enumerate(
        case.protocol.measures.occasions if case.protocol.measures and found else ()
    ):
        label = "\n".join(textwrap.wrap(_(occasion.name), LINE, break_long_words=False))
        result = found.get(occasion.id)
        told: list[tuple[str, str, float | None]] = [(_(MEAN), "mean", result.mean if result else None)]
        told += [(name, "activity", able) for name, able in zip(names, _able(result, named), strict=True)]
        for series, kind, score in told:
            shown = NOTHING if score is None else number(score)
            rows.append((place, label, series, kind, float("nan") if score is None else float(score), shown))
    return frame(FUNCTION, rows)


def activities(case: Case) -> list[str]:
    """Return the activities with their numbers, as in chart and table."""
    named = measures.activities(case)
    return [f"{n}. {each.fact.text}" for n, each in enumerate(named, 1)]


def _able(result: Result | None, named: tuple[Entry[Activity], ...]) -> list[int | None]:
    """Return the scores of one occasion by activity; None if missing."""
    known = {each.activity.id: each.able for each in result.scores} if result else {}
    return [known.get(activity.id) for activity in named]


def finding(case: Case) -> str:
    """Return for the patient how the activities go now, compared with before the procedure."""
    latest = _latest(case)
    if latest is None or latest.mean is None:
        return _("How your own activities go")
    occasion = _(latest.occasion.name)
    if latest.change is None:
        said = _("{occasion}: your activities go at {mean} of 10.")
        return said.format(occasion=occasion, mean=number(latest.mean))
    points = _points(latest.change)
    if not latest.detectable:
        said = _("{occasion}: you can do these things about as well as before the procedure.")
        return said.format(occasion=occasion)
    if measures.is_down(latest):
        said = _(
            "{occasion}: your activities go {points} less well than before the procedure. Tell your clinic."
        )
    else:
        said = _(
            "{occasion}: your activities go {points} better than before the procedure. That is a clear change."
        )
    return said.format(occasion=occasion, points=points)


def clinic_finding(case: Case) -> str:
    """Return for the physiotherapist how function is now, and whether that is clearly better or worse."""
    latest = _latest(case)
    if latest is None or latest.mean is None or case.protocol.measures is None:
        return _("Own activities: no score yet")
    told = {"occasion": _(latest.occasion.name), "mean": number(latest.mean)}
    if latest.change is None:
        return _("{occasion}: own activities at {mean} of 10; nothing to compare").format(**told)
    single = latest.compared == 1
    limit = case.protocol.measures.detectable_single if single else case.protocol.measures.detectable_mean
    told["change"] = formats.signed(latest.change)
    told["limit"] = number(limit.value)
    if not latest.detectable:
        said = _(
            "{occasion}: own activities at {mean} of 10, {change} from the baseline: no clear change (less than {limit})"
        )
    elif measures.is_down(latest):
        said = _(
            "{occasion}: own activities at {mean} of 10, {change} from the baseline: clearly worse ({limit} or more counts)"
        )
    else:
        said = _(
            "{occasion}: own activities at {mean} of 10, {change} from the baseline: clearly better ({limit} or more counts)"
        )
    return said.format(**told)


def ratings(case: Case) -> list[str]:
    """Return how the back was rated at each occasion, a sentence each, the newest first."""
    found = reversed(measures.results(case))
    return [
        _("The back compared with before the procedure, {occasion}: {answer}").format(
            occasion=occasion_in_a_sentence(each.occasion.id, case.protocol),
            answer=in_a_sentence(changed(each.rated, case.protocol)),
        )
        for each in found
        if each.rating
    ]


def table(case: Case) -> pd.DataFrame:
    """Return one row an occasion, the newest first.

    Activities appear by number, without user text.
    """
    found = measures.results(case)[::-1]
    named = measures.activities(case)
    columns: dict[str, list[str]] = {
        _("When"): [_(each.occasion.name) for each in found],
        _("Answered"): [day_words(local_date(each.at, case.history.zone)) for each in found],
        _("Mean"): [NOTHING if each.mean is None else number(each.mean) for each in found],
        _("Change"): [_signed(each.change) for each in found],
    }
    scored = [_able(each, named) for each in found]
    for n in range(len(named)):
        heading = _("Activity {n}").format(n=n + 1)
        columns[heading] = [NOTHING if row[n] is None else str(row[n]) for row in scored]
    columns[_("The back")] = [
        changed(each.rated, case.protocol) if each.rating else NOTHING for each in found
    ]
    return pd.DataFrame(columns)


def _latest(case: Case) -> Result | None:
    """Return the latest occasion with a score."""
    scored = [each for each in measures.results(case) if each.mean is not None]
    return scored[-1] if scored else None


def _points(change: float) -> str:
    amount = abs(change)
    return ngettext("{n} point", "{n} points", round(amount) if amount == int(amount) else 2).format(
        n=number(amount)
    )


def _signed(change: float | None) -> str:
    return NOTHING if change is None else formats.signed(change)
