"""The patient's time zone on the screen, and messages for refused input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import streamlit as st

from coach.desk import PatientDesk, RecordUnavailable
from coach.domain.errors import BadValue
from coach.i18n import _
from coach.text import errors as errors_text
from coach.text import places as places_text
from coach.text import times as times_text
from coach.ui.parts import browser, place_choices

TROUBLE = (BadValue, RecordUnavailable)
MARKUP = re.compile(r"[\\`*_\[\]<$~#|]")


def take_zone(patient: PatientDesk) -> None:
    """Record the browser's zone if none is recorded; it can be changed later."""
    if "zone" in patient.history().settings:
        return
    patient.settings.set("zone", browser.zone())


def show_zone(patient: PatientDesk) -> None:
    """Show the zone of the times, and let it be changed."""
    with st.expander(_("Times are those of {zone}").format(zone=places_text.city(patient.zone))):
        at, go = place_choices.kept("zone-here")
        picked = place_choices.zone("use-zone", patient, at=at, go=go)
        if picked:
            patient.settings.set("zone", picked)
            place_choices.end("zone-here")
            st.rerun()


def refuse(trouble: BadValue | RecordUnavailable) -> None:
    """Show why nothing was saved; user input in it is escaped, never markdown."""
    if isinstance(trouble, BadValue):
        text = errors_text.refusal(trouble)
    else:
        text = errors_text.unavailable(trouble.reason, trouble.where)
    st.error(MARKUP.sub(r"\\\g<0>", text))


@contextmanager
def refusals() -> Iterator[None]:
    """Show refusals of the block where the input was made."""
    try:
        yield
    except TROUBLE as trouble:
        refuse(trouble)


def said(instant: datetime, patient: PatientDesk) -> str:
    """Return an instant in the patient's words."""
    return times_text.moment(instant, patient.zone, now=patient.now())
