"""Instants, zones and local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coach.domain import times
from coach.domain.errors import BadValue, Fault
from tests.support.histories import ZONES


def wall(text: str) -> datetime:
    """A naive time, as a wall clock shows it."""
    return datetime.fromisoformat(text)


def refused(call, *args) -> BadValue:
    with pytest.raises(BadValue) as caught:
        call(*args)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Lodon", "", " ", "America", "../..", "../../etc/passwd", "/etc/localtime", "localtime", "Factory",
        "x" * 300, "europe/london", "Europe/London ", "Europe\\London", "Europe/London\0", "posix/UTC", "UTC+2", "é",
    ],
)  # fmt: skip
def test_a_zone_that_is_none_is_refused(name: str):
    assert refused(times.zone, name).fault is Fault.UNKNOWN_ZONE


def test_a_mistyped_zone_is_refused_with_the_nearest_names():
    assert "Europe/London" in str(refused(times.zone, "Europe/Lodon").detail["near"])


def test_a_long_zone_is_not_repeated_whole():
    assert len(str(refused(times.zone, "x" * 300).detail["value"])) <= 64


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_that_exists_is_taken(name: str):
    assert times.zone(name).key == name


def test_a_naive_instant_is_refused():
    assert refused(times.utc, wall("2025-06-04 12:00")).fault is Fault.TIME_WITHOUT_ZONE


def test_an_instant_of_any_zone_comes_back_in_utc():
    there = datetime(2025, 6, 4, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert times.utc(there) == there
    assert times.utc(there).tzinfo is UTC


def test_a_local_time_with_a_zone_of_its_own_is_refused():
    shown = datetime(2025, 6, 4, 12, tzinfo=UTC)
    assert refused(times.from_wall_clock, shown, "UTC").fault is Fault.TIME_WITH_ZONE


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_a_year_nobody_means_is_refused(year: int):
    shown = wall(f"{year:04}-06-04 12:00")
    assert refused(times.from_wall_clock, shown, "Europe/London").fault is Fault.YEAR_OUT_OF_RANGE


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        (wall("2025-03-30 01:00"), "Europe/London"),
        (wall("2025-03-30 01:59:59.999999"), "Europe/London"),
        (wall("2025-03-09 02:30"), "America/New_York"),
        (wall("2025-04-25 00:30"), "Africa/Cairo"),
        (wall("2025-03-30 00:00"), "Asia/Beirut"),
        (wall("2025-10-05 02:15"), "Australia/Lord_Howe"),
    ],
)
def test_a_local_time_that_the_clock_change_skips_is_refused(shown: datetime, zone: str):
    assert refused(times.from_wall_clock, shown, zone).fault is Fault.TIME_SKIPPED


@pytest.mark.parametrize(
    ("shown", "zone", "instant"),
    [
        (wall("2025-03-30 02:00"), "Europe/London", datetime(2025, 3, 30, 1, 0, tzinfo=UTC)),
        (wall("2025-03-30 00:59"), "Europe/London", datetime(2025, 3, 30, 0, 59, tzinfo=UTC)),
        # twice: the later
        (wall("2025-10-26 01:30"), "Europe/London", datetime(2025, 10, 26, 1, 30, tzinfo=UTC)),
        (wall("2025-11-02 01:30"), "America/New_York", datetime(2025, 11, 2, 6, 30, tzinfo=UTC)),
        (wall("2025-04-06 01:45"), "Australia/Lord_Howe", datetime(2025, 4, 5, 15, 15, tzinfo=UTC)),
        (wall("2025-10-30 23:30"), "Africa/Cairo", datetime(2025, 10, 30, 21, 30, tzinfo=UTC)),
        # once
        (wall("2025-06-04 12:00"), "Asia/Kolkata", datetime(2025, 6, 4, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_the_instant_meant_and_of_two_the_later(
    shown: datetime, zone: str, instant: datetime
):
    assert times.from_wall_clock(shown, zone) == instant


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        (date(2025, 4, 25), "Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC)),
        (date(2025, 3, 30), "Asia/Beirut", datetime(2025, 3, 29, 22, tzinfo=UTC)),
        (date(2025, 6, 4), "Africa/Cairo", datetime(2025, 6, 3, 21, tzinfo=UTC)),
        (date(2025, 11, 2), "America/Havana", datetime(2025, 11, 2, 4, tzinfo=UTC)),
    ],
)
def test_a_day_starts_at_its_first_instant_also_where_midnight_is_missing_or_comes_twice(
    day: date, zone: str, starts: datetime
):
    assert times.start_of_day(day, zone) == starts
    assert times.local_date(starts, zone) == day
    assert times.local_date(starts - timedelta(microseconds=1), zone) == day - timedelta(days=1)


def test_the_midnight_after_an_instant_is_strictly_after_it():
    midnight = datetime(2025, 6, 3, 23, tzinfo=UTC)
    assert times.midnight_after(midnight, "Europe/London") == midnight + timedelta(days=1)
    assert times.midnight_after(midnight - timedelta(microseconds=1), "Europe/London") == midnight


def test_the_midnight_before_a_day_without_one_is_its_first_instant():
    evening = datetime(2025, 4, 24, 20, tzinfo=UTC)
    assert times.midnight_after(evening, "Africa/Cairo") == datetime(2025, 4, 24, 22, tzinfo=UTC)


def test_a_rule_s_time_of_day_in_a_repeated_hour_is_the_later():
    assert times.at_local(date(2025, 10, 26), time(1, 30), "Europe/London") == datetime(
        2025, 10, 26, 1, 30, tzinfo=UTC
    )


INSTANTS = st.datetimes(wall("2024-01-01"), wall("2027-01-01"), timezones=st.just(UTC))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(INSTANTS, st.sampled_from(ZONES))
def test_every_instant_lies_in_its_own_day(instant: datetime, zone: str):
    day = times.local_date(instant, zone)
    assert times.start_of_day(day, zone) <= instant < times.midnight_after(instant, zone)
    assert times.midnight_after(instant, zone) == times.start_of_day(day + timedelta(days=1), zone)
    assert timedelta(hours=23) <= times.midnight_after(instant, zone) - times.start_of_day(day, zone)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(INSTANTS, st.sampled_from(ZONES))
def test_what_the_clock_shows_leads_back_to_the_instant_or_to_the_later_of_two(instant: datetime, zone: str):
    shown = times.local(instant, zone).replace(tzinfo=None, fold=0)
    back = times.from_wall_clock(shown, zone)
    assert back >= instant
    assert times.local(back, zone).replace(tzinfo=None, fold=0) == shown


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_no_text_makes_a_zone_crash(name: str):
    assume(name not in times.zone_names())
    assert refused(times.zone, name).fault is Fault.UNKNOWN_ZONE
