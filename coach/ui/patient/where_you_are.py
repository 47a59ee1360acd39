"""Settings: what the patient is called, where they are, and the numbers to call."""

from __future__ import annotations

import streamlit as st

from coach.desk import PatientDesk
from coach.i18n import _
from coach.text import places as places_text
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import action_keys, drafts, place_choices, time_zone
from coach.ui.parts.setting_rows import close, open_row, row, save
from coach.ui.parts.text_block import TextBlock

EMERGENCY = "emergency_phone"
#: The settings that are changed here.
NAMES = ("first_name", "zone", "country", EMERGENCY, "clinic_phone")


def show(patient: PatientDesk) -> None:
    """Show each with its form."""
    case = patient.case
    settings = case.history.settings
    numbers = protocol_texts.numbers(case)
    country = case.protocol.emergency_numbers.get(str(settings.get("country")))
    row("first_name", _("First name"), _said(settings.get("first_name")), lambda: _name(patient))
    there = times_text.clock_time(patient.now(), patient.zone)
    clock = _("{city}: {time} there now").format(city=places_text.city(patient.zone), time=there)
    row("zone", _("Time zone"), clock, lambda: _zone(patient))
    row(
        "country",
        _("Country"),
        places_text.country_of_zone(country.country, patient.zone, case.protocol)
        if country
        else _("not said yet"),
        lambda: _country(patient),
    )
    emergency = numbers["emergency"] if protocol_texts.tel(numbers["emergency"]) else _("not said yet")
    row(EMERGENCY, _("Emergency number"), emergency, lambda: _emergency(patient))
    clinic = _said(settings.get("clinic_phone"))
    row("clinic_phone", _("Your clinic’s number"), clinic, lambda: _clinic(patient))


def _said(value: object) -> str:
    return str(value) if value else _("not said yet")


def _kept(name: str, old: str, patient: PatientDesk) -> str:
    """Return the key of a setting's field, whose text is kept as a draft until it is saved or left."""
    return drafts.keep(f"set-{name}", f"set-{name}", patient.patient, base=old)


def _name(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get("first_name", ""))
    text = st.text_input(
        _("First name"), value=old, autocomplete="given-name", key=_kept("first_name", old, patient)
    )
    save(patient, "first_name", text)


def _zone(patient: PatientDesk) -> None:
    TextBlock().text(_("What you entered so far keeps its times. New days are counted in this zone.")).show()
    at, go = place_choices.kept("zone")
    picked = place_choices.zone("set-zone", patient, at=at, go=go)
    if picked:
        with time_zone.refusals():
            patient.settings.set("zone", picked, key=action_keys.act("set-zone"))
            place_choices.end("zone")
            close("zone", saved=True)


def _country(patient: PatientDesk) -> None:
    at, go = place_choices.kept("country")
    picked = place_choices.country("set-country", patient, at=at, go=go)
    if picked:
        with time_zone.refusals():
            patient.settings.set("country", picked, key=action_keys.act("set-country"))
            place_choices.end("country")
            own = patient.history().settings.get(EMERGENCY)
            if patient.protocol.emergency_numbers[picked].emergency or own:
                close("country", saved=True)
            action_keys.done("set-country")
            open_row(EMERGENCY)


def _emergency(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get(EMERGENCY, ""))
    number = st.text_input(_("Phone number"), value=old, type="phone", key=_kept(EMERGENCY, old, patient))
    country = patient.protocol.emergency_numbers.get(str(patient.history().settings.get("country")))
    if country and not country.emergency:
        st.text(_("Coach does not know your country’s number. Write down the one for an ambulance."))
    else:
        st.text(_("Leave it empty to use your country’s number."))
    save(patient, EMERGENCY, number)


def _clinic(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get("clinic_phone", ""))
    number = st.text_input(
        _("Phone number"), value=old, type="phone", key=_kept("clinic_phone", old, patient)
    )
    save(patient, "clinic_phone", number)
