"""Days and times as people enter them, and the zone they hold in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import streamlit as st

from coach import wording
from coach.desk import PatientDesk, RecordUnavailable
from coach.domain.faults import BadValue, Fault
from coach.domain.moments import local, zone_names
from coach.i18n import _
from coach.ui import visitor

RECENT_DAYS = 4
EARLIER = "earlier"
TROUBLE = (BadValue, RecordUnavailable)
MARKUP = re.compile(r"[\\`*_\[\]<$~#|]")


def take_zone(patient: PatientDesk) -> None:
    """Record the browser's zone while none is recorded; it can be changed later."""
    if "zone" in patient.history().settings:
        return
    patient.set("zone", visitor.zone())


def show_zone(patient: PatientDesk) -> None:
    """Show the zone the times are in, and let it be changed."""
    with st.expander(_("Times are those of {zone}").format(zone=patient.zone.replace("_", " "))):
        names = sorted(zone_names())
        picked = st.selectbox(_("Time zone"), names, index=names.index(patient.zone))
        if st.button(_("Use this zone")):
            patient.set("zone", picked)
            st.rerun()


def day_and_time(name: str, patient: PatientDesk, value: datetime | None = None) -> datetime | None:
    """Ask for a day and a time on the patient's clock; None while one is missing.

    `value` is an instant to begin with.
    """
    today = patient.today()
    start = local(value, patient.zone) if value else None
    recent = [today - timedelta(days=back) for back in range(RECENT_DAYS)]
    first = start.date() if start else None
    chosen = st.pills(
        _("Day"),
        [*recent, EARLIER],
        default=None if first is None else first if first in recent else EARLIER,
        required=True,  # a second tap of a shaky finger does not take the choice back
        format_func=lambda day: wording.recent_day(day, today=today) if day != EARLIER else _("Earlier"),
        key=f"{name}-recent",
    )
    if chosen == EARLIER:
        chosen = st.date_input(
            _("Which day?"),
            value=first,
            min_value=today - timedelta(days=5 * 366),
            max_value=today,
            format="YYYY-MM-DD",
            key=f"{name}-day",
        )
    clock = st.time_input(
        _("Time"),
        value=start.time().replace(second=0, microsecond=0) if start else None,
        step=300,
        key=f"{name}-time",
    )
    if not isinstance(chosen, date) or not isinstance(clock, time):
        return None
    return datetime.combine(chosen, clock)


def needed(wall: datetime | None) -> datetime:
    """Return the local time; a missing one is refused."""
    if wall is None:
        raise BadValue(Fault.TIME_MISSING)
    return wall


def refuse(trouble: BadValue | RecordUnavailable) -> None:
    """Show why nothing was saved; what somebody entered is shown as it is, never as a picture or a link."""
    if isinstance(trouble, BadValue):
        text = wording.refusal(trouble)
    else:
        text = wording.unavailable(trouble.reason, trouble.where)
    st.error(MARKUP.sub(r"\\\g<0>", text))


@contextmanager
def refusals() -> Iterator[None]:
    """Show why what was entered is not saved, where it was entered."""
    try:
        yield
    except TROUBLE as trouble:
        refuse(trouble)


def said(instant: datetime, patient: PatientDesk) -> str:
    """Return an instant in the patient's words."""
    return wording.moment(instant, patient.zone, now=patient.now())
