"""Countries, time zones and parts of the world in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coach.domain import places
from coach.domain.places import WorldPart
from coach.domain.protocol import OTHER, Protocol
from coach.domain.times import zone_names
from coach.i18n import _, current, formats
from coach.i18n.sentences import in_order
from coach.text import protocol_texts
from coach.text.kept import cached_in_words

COUNTRY = re.compile(r"[A-Z]{2}")


def part(which: WorldPart) -> str:
    """Return the name of a part of the world."""
    names = {
        WorldPart.EUROPE: _("Europe"),
        WorldPart.AMERICA: _("North and South America"),
        WorldPart.ASIA: _("Asia"),
        WorldPart.AFRICA: _("Africa"),
        WorldPart.PACIFIC: _("Australia and the Pacific"),
        WorldPart.ISLANDS: _("An island far out at sea"),
    }
    return names[which]


def country(code: str, protocol: Protocol) -> str:
    """Return the name of a country, of the protocol's list or by ISO 3166."""
    known = protocol.emergency_numbers.get(code)
    return _(known.name) if known else _territory(code)


def country_of_zone(code: str, zone: str, protocol: Protocol) -> str:
    """Return the name of a country; of a member of the European Union its own, if the time zone tells it."""
    from babel.core import get_global

    there = str(get_global("zone_territories").get(zone, ""))
    is_member = code == places.EU and places.entry_for(there, {places.EU}) == places.EU
    return _territory(there) if is_member else country(code, protocol)


def country_parts(protocol: Protocol) -> Mapping[WorldPart, Mapping[str, str]]:
    """Return the protocol's countries by the part of the world in which they lie, each with its name.

    One of which the part is not known stands in all of them.
    """
    named = {code: name for code, name in protocol_texts.countries(protocol).items() if code != OTHER}
    found: dict[WorldPart, dict[str, str]] = {}
    for which in WorldPart:
        there = {code: name for code, name in named.items() if places.part_of_country(code) is which}
        if there:
            rest = {code: name for code, name in named.items() if places.part_of_country(code) is None}
            found[which] = there | rest
    return found


def countries_of_the_world() -> Mapping[str, str]:
    """Return every country by ISO 3166, each with its name, in the order of the names."""
    from babel.core import get_global

    known = (code for code in get_global("territory_languages") if COUNTRY.fullmatch(code))
    named = {code: _territory(code) for code in known}
    return {code: named[code] for code in sorted(named, key=lambda code: in_order(named[code]))}


@cached_in_words
def _territory(code: str) -> str:
    return str(formats.locale_of(current().tag).territories.get(code, code))


@cached_in_words
def city(zone: str) -> str:
    """Return the city that a time zone is named after."""
    from babel.dates import get_timezone_location

    try:
        named = get_timezone_location(zone, locale=formats.locale_of(current().tag), return_city=True)
    except LookupError:
        named = ""
    return str(named).rpartition("/")[2] or zone.rpartition("/")[2].replace("_", " ")


@cached_in_words
def zone_cities(which: WorldPart) -> Mapping[str, str]:
    """Return the time zones in a part of the world by the names of their cities, in their order.

    Of several names for one city the one that is called like it stands.
    """
    cities: dict[str, str] = {}
    for zone in sorted(zone_names()):
        if places.part_of_zone(zone) is which:
            name = city(zone)
            if name not in cities or zone.endswith(f"/{name.replace(' ', '_')}"):
                cities[name] = zone
    return {cities[name]: name for name in sorted(cities, key=in_order)}
