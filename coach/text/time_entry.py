"""Reads a day and a time back in words, so that a confusion of am and pm is noticed."""

from __future__ import annotations

from datetime import datetime, time

from coach.domain import time_reading
from coach.domain.times import local
from coach.i18n import N_, _
from coach.text import times

HOURS = (
    N_("twelve"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"),
    N_("nine"), N_("ten"), N_("eleven"),
)  # fmt: skip
# Minutes and their words with the hour's name; the last five refer to the next hour.
MINUTES = {
    0: N_("{hour} o’clock"), 5: N_("five past {hour}"), 10: N_("ten past {hour}"), 15: N_("a quarter past {hour}"),
    20: N_("twenty past {hour}"), 25: N_("twenty-five past {hour}"), 30: N_("half past {hour}"),
    35: N_("twenty-five to {hour}"), 40: N_("twenty to {hour}"), 45: N_("a quarter to {hour}"),
    50: N_("ten to {hour}"), 55: N_("five to {hour}"),
}  # fmt: skip
TO_THE_NEXT = 35
# The first hour of a part of the day, and its name.
PARTS = (
    (22, N_("at night")), (18, N_("in the evening")), (12, N_("in the afternoon")), (5, N_("in the morning")),
    (0, N_("at night")),
)  # fmt: skip


def part_of_day(clock: time) -> str:
    """Return the part of the day, such as "in the afternoon"."""
    return _(next(name for begins, name in PARTS if clock.hour >= begins))


def spoken(clock: time, *, twelve_hours: bool) -> str:
    """Return a time of day in words and in figures: "half past three in the afternoon (15:30)"."""
    figures = f"{clock.hour}:{clock.minute:02}"
    if twelve_hours:  # elsewhere times are shown with 24 hours
        figures = f"{time_reading.write(clock, twelve_hours=True)}, {figures}"
    if clock == time(0):
        words = _("midnight, when the day begins")
    elif clock == time(12):
        words = _("noon")
    elif clock.minute in MINUTES:
        hour = _(HOURS[(clock.hour + (clock.minute >= TO_THE_NEXT)) % 12])
        words = f"{_(MINUTES[clock.minute]).format(hour=hour)} {part_of_day(clock)}"
    else:
        return f"{figures} {part_of_day(clock)}"
    return _("{words} ({figures})").format(words=words, figures=figures)


def read_back(wall: datetime, instant: datetime, zone: str, *, now: datetime, twelve_hours: bool) -> str:
    """Return the sentence that says which time was understood, and how far it is from now."""
    said = _("{day} at {clock}, {distance}").format(
        day=times.near_day(wall.date(), today=local(now, zone).date()),
        clock=spoken(wall.time(), twelve_hours=twelve_hours),
        distance=times.distance(instant, now=now),
    )
    return said[:1].upper() + said[1:]
