"""Where a country or a time zone lies, and which countries are likely for a reader.

For the choice of a place: the likely ones first, then the parts of the world.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from coach.domain.zone_countries import country_of

MOST_LIKELY = 4
EU = "EU"  # as the protocol calls the members that have no entry of their own


class WorldPart(StrEnum):
    """A part of the world, in the order in which they are shown."""

    EUROPE = "europe"
    AMERICA = "america"
    ASIA = "asia"
    AFRICA = "africa"
    PACIFIC = "pacific"
    ISLANDS = "islands"  # of the Atlantic and the Indian Ocean: time zones only


_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_PARTS: Mapping[WorldPart, str] = {
    WorldPart.EUROPE: "EU CH GB IE IS LI NO UA",
    WorldPart.AMERICA: "AR BR CA CL CO MX US",
    WorldPart.ASIA: "AE BD CN HK IL IN JP KR MY PH QA SA SG TH TR TW VN",
    WorldPart.AFRICA: "EG KE ZA",
    WorldPart.PACIFIC: "AU NZ",
}
_PART_OF = {country: part for part, countries in _PARTS.items() for country in countries.split()}
_ZONE_PARTS: Mapping[str, WorldPart] = {
    "Europe": WorldPart.EUROPE,
    "America": WorldPart.AMERICA,
    "Asia": WorldPart.ASIA,
    "Africa": WorldPart.AFRICA,
    "Australia": WorldPart.PACIFIC,
    "Pacific": WorldPart.PACIFIC,
    "Atlantic": WorldPart.ISLANDS,
    "Indian": WorldPart.ISLANDS,
}
#: Where most people live who read a language, by ISO 3166; each is shown under its own name.
_READ_IN: Mapping[str, tuple[str, ...]] = {
    "en": ("GB", "US", "IE", "AU"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX", "AR", "CO"),
    "fr": ("FR", "BE", "CH", "CA"),
}


def part_of_country(code: str) -> WorldPart | None:
    """Return the part of the world in which a country of the protocol lies; None if it is not known."""
    return _PART_OF.get(code)


def part_of_zone(zone: str) -> WorldPart | None:
    """Return the part of the world that a time zone names; None for one that names none, such as UTC."""
    first, slash, _rest = zone.partition("/")
    return _ZONE_PARTS.get(first) if slash else None


def entry_for(country: str, listed: Collection[str]) -> str:
    """Return the protocol's code for a country by ISO 3166; "" if the protocol does not know it."""
    if country in listed:
        return country
    return EU if country in _MEMBERS and EU in listed else ""


def likely(*, zone: str, region: str, language: str, listed: Collection[str]) -> list[str]:
    """Return the likely countries by ISO 3166 (or the protocol's code), the likeliest first.

    Args:
        zone: the browser's time zone.
        region: the region of the browser's language, such as "AT" of `de-AT`; "" for none.
        language: in which the patient reads.
        listed: the protocol's codes.
    """
    found = dict.fromkeys([region, *_READ_IN.get(language, ()), country_of(zone)])
    first = _ordered(found, first=country_of(zone), region=region)
    return [each for each in first if entry_for(each, listed)][:MOST_LIKELY]


def _ordered(found: Iterable[str], *, first: str, region: str) -> list[str]:
    """Return the country of the zone first, but under its own name where the region is one of its members."""
    order = [each for each in found if each and each != first]
    if not first or (first == EU and region in _MEMBERS):
        return order
    return [first, *order]
