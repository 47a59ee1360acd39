"""A day written in numbers: certain, or one of two, or none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import date_reading
from coach.domain.date_reading import DayOrder

DAY_FIRST, MONTH_FIRST = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_was_written(day: date):
    for text in (
        f"{day}",
        f"{day:%Y/%m/%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day:%y}",
        f"{day} 00:00:00",
    ):
        assert set(date_reading.read(text).values()) == {day}
    assert date_reading.read(f"{day:%d/%m/%Y}")[DAY_FIRST] == day
    assert date_reading.read(f"{day:%m-%d-%y}")[MONTH_FIRST] == day
    one_way = day.day > 12 or day.day == day.month
    assert (len(set(date_reading.read(f"{day:%d/%m/%Y}").values())) == 1) == one_way


@pytest.mark.parametrize(
    "text",
    ["", "today", "2026-03", "46091", "3/4", "10.03.", "2026-03-10T08:00", "3/4-2026", "२/३/२०२६", "1/2/026"],
)
def test_what_is_no_day_is_not_guessed(text: str):
    with pytest.raises(date_reading.NotWritten):
        date_reading.read(text)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "30.2.2026", "31/31/2026", "3.14.2026", "0/1/2026", "0000-01-01"]
)
def test_a_day_that_does_not_exist_is_named(text: str):
    with pytest.raises(date_reading.NoSuchDay):
        date_reading.read(text)
