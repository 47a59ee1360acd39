"""The forms of the library: an exercise that waits for a release is released, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import streamlit as st

from coach.desk.clinic import plan_commands
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Change
from coach.domain import dosing, release_criteria
from coach.domain.errors import BadValue, Fault
from coach.domain.protocol import Routine
from coach.i18n import _
from coach.text import doses as doses_text
from coach.text import releases
from coach.ui.clinic import plan_forms
from coach.ui.clinic.plan_forms import Asked
from coach.ui.parts.text_block import TextBlock


def release(asked: Asked) -> Change:
    """Ask which exercise is released; each is told with its criteria and how the patient stands.

    Raises:
        BadValue: none is chosen, or none is left.
    """
    desk, now = asked.desk, asked.desk.now()
    left = {each.id: each for each in desk.protocol.routines.values() if not desk.case.is_released(each, now)}
    st.text(_("You decide. The criteria only tell how this patient stands; they open nothing by themselves."))
    if not left:
        st.text(_("Every exercise of this protocol is open to this patient."))
        raise BadValue(Fault.ENDED_ALREADY)
    picked = st.pills(
        _("Which exercise?"),
        list(left),
        format_func=lambda each: _(left[each].name),
        default=asked.about if asked.about in left else None,
        key=f"{asked.name}-released",
    )
    shown = [left[picked]] if picked in left else list(left.values())
    block = TextBlock()
    for routine in shown:
        block.bold(_(routine.name)).items(criteria(desk, routine))
    block.show()
    if picked not in left:
        raise BadValue(Fault.UNKNOWN_CHOICE, value="")
    return plan_commands.ReleaseExercise(str(picked), asked.why)


def criteria(desk: PlanDesk, routine: Routine) -> Iterator[str]:
    """Yield how the patient stands to each criterion of an exercise, and the dose that it would get."""
    release, case, now = routine.release, desk.case, desk.now()
    if release is None:
        return
    dose = dosing.table_dose(case, routine, now)
    if dose is None:
        yield _("The present part of the protocol has no dose of it: a release opens it later.")
    else:
        often = doses_text.often(dose)
        yield _("Dose: {dose}, {often}").format(dose=doses_text.dose(routine, dose), often=often)
    found = release_criteria.found(case, routine, now=now)
    for each in found:
        yield releases.criterion(each, release, case)
    if not found:
        yield _("The protocol names no criteria.")
    elif release_criteria.is_ready(case, routine, now=now):
        yield _("All criteria are met.")


def take_back(asked: Asked) -> Change:
    """Ask which released exercise is taken away again."""
    picked = asked.one(_("Which exercise?"), plan_forms.said(asked, asked.now.releases))
    return plan_commands.TakeBack(UUID(picked), asked.why)
