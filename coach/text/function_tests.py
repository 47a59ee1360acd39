"""Function tests in words: what a try came to, and when a test is due. No word judges a result."""

from __future__ import annotations

from datetime import datetime

from coach.domain import function_tests
from coach.domain.facts import SetDone
from coach.domain.function_tests import DueStretch, TryOutcome
from coach.domain.protocol import Checkpoint
from coach.domain.times import local_date
from coach.i18n import _, formats
from coach.text import times


def result(done: SetDone) -> str:
    """Return what a try came to: "14.2 seconds", or that it was not finished."""
    seconds = function_tests.result_s(done)
    if seconds is not None:
        said = times.seconds(round(seconds, 1))
        return _("about {time}").format(time=said) if done.estimated else said
    if function_tests.outcome(done) is TryOutcome.GIVEN_UP:
        return _("tried, not finished")
    return _("done, no time measured")


def occasion(checkpoint: Checkpoint) -> str:
    """Return when a test is due: "Week 6"."""
    return _("Week {n}").format(n=formats.number(checkpoint.opens_after.value))


def standing(what: DueStretch, zone: str, *, now: datetime) -> str:
    """Return what a stretch came to so far: its result, or that it waits, is due, or passed without a try."""
    if what.told:
        return result(what.told.fact)
    if now < what.begins:
        day = times.weekday_and_date(local_date(what.begins, zone))
        return _("from {day}").format(day=day)
    if now < what.ends:
        day = times.weekday_and_date(local_date(what.ends, zone))
        return _("not done yet, until {day}").format(day=day)
    return _("not done")
