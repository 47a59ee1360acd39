"""The country that a time zone tells, for the emergency number: a known one or none, never a guess."""

from __future__ import annotations

import pytest

from coach.domain.times import zone_names
from coach.domain.zone_countries import country_of
from coach.protocols.loader import default


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/London", "GB"),
        ("Europe/Dublin", "IE"),
        ("Europe/Berlin", "EU"),
        ("Europe/Zurich", "CH"),
        ("America/New_York", "US"),
        ("America/Toronto", "CA"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("Australia/Sydney", "AU"),
        ("UTC", ""),
        ("Etc/GMT-1", ""),
        ("Asia/Kathmandu", ""),
        ("Nowhere", ""),
    ],
)
def test_a_zone_tells_its_country_or_none(zone: str, country: str):
    assert country_of(zone) == country


def test_every_country_that_a_zone_tells_has_a_number_in_the_protocol():
    told = {country_of(zone) for zone in zone_names()} - {""}
    numbers = default().emergency_numbers
    assert {country for country in told if country not in numbers or not numbers[country].emergency} == set()
    assert told == set(numbers) - {"other"}
