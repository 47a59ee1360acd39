"""The release of an exercise in words: its criteria, and how a patient stands to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from coach.domain.case import Case
from coach.domain.protocol import Protocol, Release, Routine
from coach.domain.release_criteria import Criterion, CriterionFound
from coach.domain.times import local_date
from coach.i18n import _
from coach.i18n.sentences import at_the_start, in_a_row
from coach.text import times as times_text
from coach.text.outcome_measures import number


def met(routine: Routine) -> str:
    """Return in a row what the criteria of a routine ask for; "" if it has none."""
    release = routine.release
    return at_the_start(in_a_row(_asked(release))) if release else ""


def _asked(release: Release) -> Iterator[str]:
    if release.pain_now_below:
        yield _("latest pain below {limit}").format(limit=number(release.pain_now_below.value))
    if release.pain_average_below:
        yield _("average pain of the week below {limit}").format(
            limit=number(release.pain_average_below.value)
        )
    if release.without_red:
        yield _("no red light for {days}").format(days=times_text.days(release.without_red.value))
    if release.walked and release.walked_days:
        yield _walked(release)
    if release.earliest and not (release.pain_now_below or release.pain_average_below):
        yield _("{span} since the procedure").format(span=times_text.span(release.earliest.span))


def _walked(release: Release) -> str:
    if release.walked is None or release.walked_days is None:
        return ""
    return _("{minutes} walked on {days} in a row").format(
        minutes=times_text.minutes(release.walked.value), days=times_text.days(release.walked_days.value)
    )


def criterion(what: CriterionFound, release: Release, case: Case) -> str:
    """Return one criterion and how the patient stands to it: "Average pain of the week 2.4, below 4: yes"."""
    answer = _("yes") if what.holds else _("no")
    match what.criterion:
        case Criterion.EARLIEST:
            day = times_text.date_words(local_date(what.at, case.history.zone)) if what.at else ""
            return _("Not before {day}: {answer}").format(
                day=day, answer=_("reached") if what.holds else _("not yet")
            )
        case Criterion.PAIN_NOW:
            return _pain_now(what, release, case, answer)
        case Criterion.PAIN_AVERAGE:
            return _pain_average(what, release, case.protocol, answer)
        case Criterion.WITHOUT_RED:
            wanted = release.without_red.value if release.without_red else 0
            return _("No red light for {days}, at least {wanted}: {answer}").format(
                days=times_text.days(what.known or 0), wanted=times_text.days(wanted), answer=answer
            )
        case Criterion.WALKED:
            so_far = _("{days} so far").format(days=times_text.days(what.days))
            said = _("yes, on {days}").format(days=times_text.days(what.days)) if what.holds else so_far
            return _("{criterion}: {answer}").format(criterion=at_the_start(_walked(release)), answer=said)
        case _:
            assert_never(what.criterion)


def _pain_now(what: CriterionFound, release: Release, case: Case, answer: str) -> str:
    limit = number(release.pain_now_below.value) if release.pain_now_below else ""
    if what.known is None or what.at is None:
        return _("Latest pain below {limit}: no number known of the last {days}").format(
            limit=limit, days=times_text.days(case.rules.better_window.value)
        )
    return _("Latest pain {score} on {day}, below {limit}: {answer}").format(
        score=number(what.known),
        day=times_text.date_words(local_date(what.at, case.history.zone)),
        limit=limit,
        answer=answer,
    )


def _pain_average(what: CriterionFound, release: Release, protocol: Protocol, answer: str) -> str:
    limit = number(release.pain_average_below.value) if release.pain_average_below else ""
    needed = protocol.rules.better_needs.whole
    if what.known is None or what.days < needed:
        return _("Average pain of the week below {limit}: known of {days}, needed of {needed}").format(
            limit=limit, days=times_text.days(what.days), needed=times_text.days(needed)
        )
    return _("Average pain of the week {mean}, below {limit}: {answer}").format(
        mean=number(round(what.known, 1)), limit=limit, answer=answer
    )
