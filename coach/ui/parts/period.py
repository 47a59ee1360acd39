"""Asks when a change begins and ends, in the patient's zone: quick choices, or a day and a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import streamlit as st

from coach.desk.installation.patient_context import Desk
from coach.domain.errors import BadValue, Fault
from coach.domain.times import local
from coach.i18n import _
from coach.text import times as times_text
from coach.ui.parts import date_time

OPEN_END, OWN, NOW = "open", "own", "now"
FURTHEST = timedelta(days=366)


def today(desk: Desk) -> date:
    """Return today's date in the patient's zone."""
    return local(desk.now(), desk.zone).date()


def zone(desk: Desk) -> None:
    """Show the zone of the times and the present time there."""
    there = local(desk.now(), desk.zone)
    place = desk.zone.replace("_", " ")
    st.text(_("Times are the patient’s: {zone}, now {time}").format(zone=place, time=times_text.clock(there)))


def ends(name: str, desk: Desk, *, open_end: bool, default: str | None = None) -> datetime | None:
    """Ask until when, as local time; None means "until it is lifted", offered with `open_end`.

    Raises:
        BadValue: nothing is chosen.
    """
    evening = int(desk.protocol.rules.day_ends.value)
    quick = {
        "0": _("Tonight"),
        "1": _("Tomorrow night"),
        "3": _("In 3 days"),
        "7": _("In a week"),
        OWN: _("Own time"),
    }
    if local(desk.now(), desk.zone).hour >= evening:
        quick.pop("0")
    if open_end:
        quick = {OPEN_END: _("Until it is lifted"), **quick}
    chosen = st.pills(
        _("Until when?"),
        list(quick),
        format_func=quick.__getitem__,
        default=default,
        required=default is not None,
        key=f"{name}-until",
    )
    if chosen == OPEN_END:
        return None
    if chosen == OWN:
        return _own(f"{name}-ends", desk)
    if chosen is None:
        raise BadValue(Fault.TIME_MISSING)
    day = today(desk) + timedelta(days=int(chosen))
    return datetime.combine(day, time(evening))


def begins(name: str, desk: Desk) -> datetime | None:
    """Ask from when, as local time; None means from now on.

    Raises:
        BadValue: a day or a time is missing.
    """
    words = {NOW: _("Now"), OWN: _("Own time")}
    chosen = st.pills(
        _("From when?"),
        list(words),
        format_func=words.__getitem__,
        default=NOW,
        required=True,
        key=f"{name}-from",
    )
    return None if chosen == NOW else _own(f"{name}-begins", desk)


def passed(name: str, label: str, desk: Desk) -> datetime:
    """Ask for a past local time.

    Raises:
        BadValue: a day or a time is missing.
    """
    last = today(desk)
    clock = date_time.Clock.of(desk)
    return date_time.in_range(name, label, clock, first=last - date_time.YEARS_BACK, last=last).needed()


def _own(name: str, desk: Desk) -> datetime:
    first = today(desk)
    clock = date_time.Clock.of(desk)
    return date_time.in_range(name, _("Day"), clock, first=first, last=first + FURTHEST).needed()
