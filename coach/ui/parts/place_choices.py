"""The choice of a country or a time zone: the likely ones as large buttons, then the parts of the world.

What is open is named by `at`: "" the likely ones, `PARTS` the parts of the world, or one of them. `go`
leads from one to the next; the page keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from coach import i18n
from coach.desk import PatientDesk
from coach.domain import places, zone_countries
from coach.domain.places import WorldPart
from coach.domain.protocol import OTHER
from coach.i18n import _
from coach.text import places as places_text
from coach.text import times as times_text
from coach.ui.parts import browser, choices
from coach.ui.parts.text_block import TextBlock

PARTS = "parts"
_ELSEWHERE = "elsewhere"

Go = Callable[[str], object]


def kept(name: str) -> tuple[str, Go]:
    """Return what is open of a choice, and what leads on, where the page has no steps of its own."""
    key = f"place-{name}"

    def go(at: str) -> None:
        st.session_state[key] = at
        st.rerun()

    return st.session_state.get(key, ""), go


def end(name: str) -> None:
    """Begin with the likely ones again when the choice is shown next."""
    st.session_state.pop(f"place-{name}", None)


def country(name: str, patient: PatientDesk, *, at: str, go: Go) -> str | None:
    """Let a country be chosen; return its code in the protocol when it was tapped."""
    protocol = patient.protocol
    if at not in _names(WorldPart) | {PARTS}:
        return _likely_country(name, patient, go)
    if at == PARTS:
        _part(name, places_text.country_parts(protocol), go)
        return None
    there = places_text.country_parts(protocol).get(WorldPart(at), {})
    listed = [*there.items(), (OTHER, _("My country is not here"))]
    return choices.choice(name, listed)


def _likely_country(name: str, patient: PatientDesk, go: Go) -> str | None:
    protocol = patient.protocol
    found = places.likely(
        zone=browser.zone(),
        region=browser.region(),
        language=i18n.current().language,
        listed=protocol.emergency_numbers,
    )
    options = [(code, places_text.country_of_zone(code, browser.zone(), protocol)) for code in found]
    picked = choices.choice(name, [*options, (_ELSEWHERE, _("Another country"))])
    if picked == _ELSEWHERE:
        go(PARTS)
    return places.entry_for(picked, protocol.emergency_numbers) if picked else None


def zone(name: str, patient: PatientDesk, *, at: str, go: Go) -> str | None:
    """Let a time zone be chosen by a city; return its IANA name when it was chosen.

    Beside each stands what time it is there, by which a patient sees whether it is theirs.
    """
    if at not in _names(WorldPart) | {PARTS}:
        options = [(each, _there(patient, each)) for each in _likely_zones(patient)]
        picked = choices.choice(name, [*options, (_ELSEWHERE, _("Another place"))])
        if picked == _ELSEWHERE:
            go(PARTS)
        return picked
    if at == PARTS:
        _part(name, WorldPart, go)
        return None
    TextBlock().text(_("Type the first letters of a large city near you. Then tap it in the list.")).show()
    cities = places_text.zone_cities(WorldPart(at))
    picked = st.selectbox(
        _("City"),
        list(cities),
        index=None,
        key=f"{name}-city-{at}",
        format_func=lambda each: _there(patient, each),
        placeholder=_("Type a city"),
    )
    if picked and st.button(_("Use this time"), key=f"{name}-use", type="primary", width="stretch"):
        return picked
    return None


def _likely_zones(patient: PatientDesk) -> list[str]:
    """Return the zone that is recorded, that of the browser, and those of the patient's country, if few."""
    country = str(patient.history().settings.get("country") or browser.country())
    there = zone_countries.zones_of(country)
    few = there if len(there) < places.MOST_LIKELY else ()
    one_each = {places_text.city(each): each for each in reversed((patient.zone, browser.zone(), *few))}
    return list(reversed(one_each.values()))[: places.MOST_LIKELY]


def _there(patient: PatientDesk, zone: str) -> str:
    time = times_text.clock_time(patient.now(), zone)
    return _("{city}: {time} there now").format(city=places_text.city(zone), time=time)


def _part(name: str, parts: Iterable[WorldPart], go: Go) -> None:
    TextBlock().text(_("In which part of the world are you?")).show()
    picked = choices.choice(f"{name}-part", [(each.value, places_text.part(each)) for each in parts])
    if picked:
        go(picked)


def _names(parts: Iterable[WorldPart]) -> set[str]:
    return {each.value for each in parts}
