"""The lines of a protocol that is being edited, in words."""

from __future__ import annotations

from coach.domain.protocol import Anchor, RoutineKind
from coach.domain.protocol_overview import DoseLine, ExerciseLine, Overview, PhaseLine
from coach.domain.quantity import CLINIC, Quantity
from coach.i18n import N_, _
from coach.text import doses, times

# What `coach.domain.quantity.CLINIC_TITLE` says, for translators
CLINIC_TITLE = N_("The clinic’s own choice; whoever approved this protocol answers for it.")


def begins(phase: PhaseLine) -> str:
    """Return when a phase begins: "24 hours after the procedure"."""
    if phase.anchor is None or phase.opens_after_h is None:
        return _("its beginning cannot be read")
    home = phase.anchor is Anchor.HOME_ARRIVAL
    if phase.opens_after_h == 0:
        return _("with coming home") if home else _("with the end of the procedure")
    text = _("{span} after coming home") if home else _("{span} after the procedure")
    return text.format(span=times.hours_or_weeks(Quantity(phase.opens_after_h, "h", CLINIC)))


def dose(line: DoseLine, overview: Overview) -> str:
    """Return an exercise with its dose: "Bottom squeeze: 5 × 3 seconds, 2 times a day"."""
    exercise = overview.exercise(line.routine_id)
    name = _(exercise.name) if exercise and exercise.name else line.routine_id
    if exercise is None or exercise.kind is None or line.amount is None:
        return _("{name}: its dose cannot be read").format(name=name)
    much = doses.dose_of(exercise.kind, exercise.sides, line.amount)
    return _("{name}: {dose}, {often}").format(name=name, dose=much, often=doses.often(line.amount))


def limits(exercise: ExerciseLine) -> str:
    """Return what no plan may exceed: "never more than 12 × 10 seconds, 4 times a day"."""
    if exercise.kind is None or exercise.maximum is None:
        return _("its limits cannot be read")
    if exercise.kind is RoutineKind.TEST:
        return _("never more often than {often}").format(often=doses.often(exercise.maximum))
    much = doses.dose_of(exercise.kind, exercise.sides, exercise.maximum)
    return _("never more than {dose}, {often}").format(dose=much, often=doses.often(exercise.maximum))
