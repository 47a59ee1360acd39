"""Results of a function test as a sentence and a table, for the patient and for the physiotherapist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from coach.domain import function_tests
from coach.domain.case import Case
from coach.domain.facts import SetDone
from coach.domain.history import Entry
from coach.domain.protocol import Routine
from coach.i18n import _
from coach.text import function_tests as words
from coach.text import short_dates

NOTHING = "–"


def finding(case: Case, routine: Routine) -> str:
    """Return the results of a test by week, the first one first: "Week 2: 14.2 seconds"."""
    said = [
        _("{name}: {value}").format(name=words.occasion(each.checkpoint), value=words.result(each.told.fact))
        for each in function_tests.due(case, routine)
        if each.told
    ]
    said += [
        _("{name}: {value}").format(name=short_dates.moment_words(each), value=words.result(each.fact))
        for each in function_tests.beside(case, routine)
    ]
    return "; ".join(said) or _("no result yet")


def table(case: Case, routine: Routine, *, now: datetime) -> pd.DataFrame:
    """Return one row for each time at which the test is due, and for each try, in order."""
    rows = [
        *_due(case, routine, now),
        *((NOTHING, *_tried(each)) for each in function_tests.beside(case, routine)),
    ]
    heads = (_("Due"), _("When"), _("Result"))
    return pd.DataFrame({head: [row[n] for row in rows] for n, head in enumerate(heads)})


def _due(case: Case, routine: Routine, now: datetime) -> Iterator[tuple[str, str, str]]:
    for each in function_tests.due(case, routine):
        occasion = words.occasion(each.checkpoint)
        if not each.tries:
            yield occasion, NOTHING, words.standing(each, case.history.zone, now=now)
        for tried in each.tries:
            yield occasion, *_tried(tried)


def _tried(tried: Entry[SetDone]) -> tuple[str, str]:
    return short_dates.moment_words(tried), words.result(tried.fact)


def references(case: Case, routine: Routine) -> list[str]:
    """Return the titles of the sources that a protocol names for a test; they are not translated."""
    codes = routine.sources.split(", ")
    return [title for code in codes if (title := case.protocol.sources.get(code))]
