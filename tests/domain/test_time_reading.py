"""Every way of writing a time of day gives the time that is meant, or both that may be, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import time_reading
from coach.domain.errors import BadValue, Fault

ALL_MINUTES = [time(hour, minute) for hour in range(24) for minute in range(60)]


def half(clock: time) -> str:
    return "pm" if clock.hour >= 12 else "am"


def twelve(clock: time) -> int:
    return clock.hour % 12 or 12


#: Notations that name one time whoever reads them.
CERTAIN: dict[str, Callable[[time], str]] = {
    "3:30 pm": lambda t: f"{twelve(t)}:{t:%M} {half(t)}",
    "3:30pm": lambda t: f"{twelve(t)}:{t:%M}{half(t)}",
    "3.30 PM": lambda t: f"{twelve(t)}.{t:%M} {half(t).upper()}",
    "3:30 p.m.": lambda t: f"{twelve(t)}:{t:%M} {half(t)[0]}.m.",
    "3:30 p. m.": lambda t: f"{twelve(t)}:{t:%M} {half(t)[0]}. m.",
    "3:30p": lambda t: f"{twelve(t)}:{t:%M}{half(t)[0]}",
    "3 30 pm": lambda t: f" {twelve(t)} {t:%M}  {half(t)} ",
    "330 pm": lambda t: f"{twelve(t)}{t:%M} {half(t)}",
    "03:30 pm": lambda t: f"{t:%I:%M} {half(t)}",
    "wide 03:30 pm": lambda t: f"{t:%I:%M} {half(t)}".translate({48 + n: 0xFF10 + n for n in range(11)}),
}
#: Notations of the 24-hour clock; below thirteen they may be meant with twelve hours too.
PLAIN: dict[str, Callable[[time], str]] = {
    "15:30": lambda t: f"{t:%H:%M}",
    "3:30": lambda t: f"{t.hour}:{t:%M}",
    "15.30": lambda t: f"{t:%H.%M}",
    "15,30": lambda t: f"{t.hour},{t:%M}",
    "15h30": lambda t: f"{t.hour}h{t:%M}",
    "15 30": lambda t: f"{t.hour} {t:%M}",
    "1530": lambda t: f"{t:%H%M}",
    "330": lambda t: f"{t.hour}{t:%M}",
}


@pytest.mark.parametrize("notation", CERTAIN)
@pytest.mark.parametrize("twelve_hours", [True, False])
def test_with_am_or_pm_each_minute_of_the_day_is_read_as_itself(notation: str, twelve_hours: bool) -> None:
    for clock in ALL_MINUTES:
        assert time_reading.read(CERTAIN[notation](clock), twelve_hours=twelve_hours) == (clock,)


@pytest.mark.parametrize("notation", PLAIN)
def test_each_minute_of_a_24_hour_clock_is_read_as_itself(notation: str) -> None:
    for clock in ALL_MINUTES:
        assert time_reading.read(PLAIN[notation](clock), twelve_hours=False) == (clock,)


@pytest.mark.parametrize("notation", PLAIN)
def test_where_people_count_to_twelve_what_may_be_two_times_is_both(notation: str) -> None:
    for clock in ALL_MINUTES:
        found = time_reading.read(PLAIN[notation](clock), twelve_hours=True)
        if 1 <= clock.hour <= 12:
            assert clock in found
            assert [each.hour % 12 for each in found] == [clock.hour % 12] * 2
            assert [each.hour < 12 for each in found] == [True, False]
        else:
            assert found == (clock,)


@pytest.mark.parametrize("twelve_hours", [True, False])
def test_what_is_written_into_a_field_is_read_as_the_same_time(twelve_hours: bool) -> None:
    for clock in ALL_MINUTES:
        shown = time_reading.write(clock, twelve_hours=twelve_hours)
        assert time_reading.read(shown, twelve_hours=twelve_hours) == (clock,)


REFUSED = [
    "", " ", "2", "14", "2:3", "2:", ":30", "2:60", "24:00", "25:10", "99", "12345", "1 2 30", "15:30 am", "0:30 pm",
    "13 am", "0 pm", "half past three", "midnight", "-3:30", "3:30 xm", "3:30:00", "2026-03-05", "three", "pm", "am 3",
    "3:30 pm am", "~3:30", "3:30?", "0.5", "3/30",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("twelve_hours", [True, False])
def test_what_is_no_whole_time_is_refused_and_never_completed(text: str, twelve_hours: bool) -> None:
    with pytest.raises(BadValue) as refused:
        time_reading.read(text, twelve_hours=twelve_hours)
    assert refused.value.fault is Fault.TIME_UNREADABLE


@given(st.text(alphabet="0123456789:., hapm", max_size=9), st.booleans())
def test_whatever_is_read_holds_the_digits_that_were_typed(text: str, twelve_hours: bool) -> None:
    """Nothing is made up: the digits of the time are those of the text, in their order."""
    try:
        found = time_reading.read(text, twelve_hours=twelve_hours)
    except BadValue:
        return
    typed = "".join(each for each in text if each.isdigit())
    for clock in found:
        said = {clock.hour, clock.hour % 12 or 12, clock.hour % 12}
        as_typed = {f"{hour}{clock:%M}" for hour in said} | {f"{hour:02}{clock:%M}" for hour in said}
        alone = {str(hour) for hour in said} | {f"{hour:02}" for hour in said} if clock.minute == 0 else set()
        assert typed in as_typed | alone
    assert len(found) == 1 or twelve_hours
