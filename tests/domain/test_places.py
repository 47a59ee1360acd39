"""Which countries are likely for a reader, and in which part of the world a place lies."""

from __future__ import annotations

import pytest

from coach.domain import places
from coach.domain.protocol import OTHER
from coach.domain.times import zone_names
from coach.domain.zone_countries import country_of, zones_of
from coach.protocols import loader
from coach.text import places as places_text

LISTED = loader.default().emergency_numbers


@pytest.mark.parametrize(
    ("zone", "region", "language", "first"),
    [
        ("Asia/Tokyo", "US", "en", ["JP", "US", "GB", "IE"]),
        ("Europe/Berlin", "DE", "de", ["DE", "AT", "CH"]),
        ("Europe/Berlin", "US", "en", ["EU", "US", "GB", "IE"]),
        ("UTC", "", "es", ["ES", "MX", "AR", "CO"]),
        ("UTC", "KP", "ko", []),
    ],
)
def test_the_likeliest_country_comes_first(zone: str, region: str, language: str, first: list[str]):
    assert places.likely(zone=zone, region=region, language=language, listed=LISTED) == first


def test_a_country_whose_number_is_not_known_is_never_offered():
    """The number of another country would be shown for it."""
    assert places.entry_for("AT", LISTED) == "EU"
    assert places.entry_for("CH", LISTED) == "CH"
    assert places.entry_for("RU", LISTED) == ""
    assert places.entry_for("AT", {"CH"}) == ""
    without = {code for code in LISTED if code != "US"}
    assert "US" not in places.likely(zone="UTC", region="US", language="en", listed=without)


def test_every_country_of_the_protocol_lies_in_a_part_of_the_world():
    assert {code for code in LISTED if places.part_of_country(code) is None} == {OTHER}


def test_every_zone_that_tells_a_country_can_be_chosen_by_a_city():
    chosen = {zone for part in places.WorldPart for zone in places_text.zone_cities(part)}
    assert chosen <= zone_names()
    cities = {places_text.city(zone) for zone in chosen}
    for country in LISTED:
        for zone in zones_of(country):
            assert country_of(zone) == country
            if zone in zone_names() and places.part_of_zone(zone):
                assert places_text.city(zone) in cities, zone
