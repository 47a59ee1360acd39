"""A physiotherapist's changes as the patient reads them: who, what, when, until when and why."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import plan
from coach.domain.history import Entry
from coach.i18n import _
from coach.review.patient import plan_changes
from coach.text import plan as plan_text
from coach.text import times as times_text
from coach.ui.parts import navigation
from coach.ui.parts.text_block import TextBlock

MOST = 3


def card(patient: PatientDesk, above: TextBlock) -> None:
    """Show the latest changes that still matter, the newest first, with a link to all.

    What stands `above` is sent first, if there are any.
    """
    case, now = patient.case, patient.now()
    found = plan_changes.changes(case, now=now)
    if not found:
        return
    block = TextBlock().header(_("Your physiotherapist changed your plan"))
    for entry in found[:MOST]:
        change = TextBlock()
        for line in lines(patient, entry):
            change.text(line)
        block.add(change, "changed")
    above.show()
    with st.container(key="panel-changed"):
        block.show()
        if len(found) > MOST and st.button(_("All changes"), key="all-changes", width="stretch"):
            navigation.go("diary")


def lines(patient: PatientDesk, entry: Entry[object]) -> tuple[str, ...]:
    """Return a change of the plan in words: what was done and when, the clinician's text, and why.

    They contain names and the clinician's own words: show them as plain text.
    """
    told = plan_text.told(
        entry,
        patient.case,
        who=patient.clinicians().get(entry.author, ""),
        zone=patient.zone,
        now=patient.now(),
    )
    when = times_text.point(entry.recorded_at, patient.zone, now=patient.now())
    return (*words(told), _("Changed {when}.").format(when=when))


def words(told: plan_text.PlanChange) -> tuple[str, ...]:
    """Return a change line by line, as the patient reads it."""
    why = _("Why: {why}").format(why=told.why) if told.why else ""
    return (told.did, *filter(None, (told.text, why)))


def own_texts(patient: PatientDesk, block: TextBlock) -> None:
    """Add the physiotherapist's own words on what to do, if any."""
    found = plan.texts(patient.case)
    if not found:
        return
    names = patient.clinicians()
    own = TextBlock()
    for topic, entry in found.items():
        who = names.get(entry.author) or _("Your physiotherapist")
        when = times_text.point(entry.recorded_at, patient.zone, now=patient.now())
        own.bold(plan_text.topic(topic)).text(entry.fact.text)
        own.text(_("{who}, {when}").format(who=who, when=when))
    block.add(own, "own-texts")
