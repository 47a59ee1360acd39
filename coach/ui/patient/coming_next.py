"""What is proposed next, and when, in one sentence: on Today and at the end of a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from coach.desk import PatientDesk
from coach.domain import coming_up
from coach.domain.history import Session
from coach.i18n import _
from coach.i18n.sentences import listed_names
from coach.text import times as times_text

TOGETHER = timedelta(minutes=10)  # routines that open within this time are waited for together


def words(patient: PatientDesk, routines: Iterable[str], when: datetime) -> str:
    """Return what is proposed next, and when."""
    moment = times_text.moment(when, patient.zone, now=patient.now())
    return _("Next: {name}, {moment}").format(name=_names(patient, routines), moment=moment)


def _names(patient: PatientDesk, routines: Iterable[str]) -> str:
    if _is_all(patient, routines):
        return _("all exercises")
    chosen = set(routines)
    return listed_names([_(each.name) for each in patient.case.routines if each.id in chosen])


def _is_all(patient: PatientDesk, routines: Iterable[str]) -> bool:
    return {each.id for each in patient.case.routines} <= set(routines)


def _open_still(patient: PatientDesk, due: Sequence[str], *, stopped: bool) -> str:
    """Return what can be done now; whoever stopped is not asked to go on at once."""
    if _is_all(patient, due):
        return (
            _("When you feel ready, you can start again.") if stopped else _("You can do all exercises now.")
        )
    line = (
        _("When you feel ready, you can do this: {name}.")
        if stopped
        else _("You can do this now too: {name}.")
    )
    return line.format(name=_names(patient, due))


def after(patient: PatientDesk, session: Session) -> str:
    """Return what comes after a session that has ended; "" while it has not, or where Today must say why."""
    if session.finished is None or patient.open_flags():
        return ""
    still = coming_up.still_due(patient.decisions(), patient.counts_today())
    due = [each.routine.id for each in still]
    if due and not patient.night().holds(patient.now()):
        return _open_still(patient, due, stopped=session.finished.fact.stop_reason is not None)
    coming = {routine: at for routine, at in patient.proposed().items() if at and at > patient.now()}
    if not coming:
        return ""
    first = min(coming.values())
    soon = {routine: at for routine, at in coming.items() if at - first <= TOGETHER}
    return words(patient, soon, max(soon.values())) + "."
