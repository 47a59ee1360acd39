"""Reads a day and a time back in words, so that a confusion of am and pm is noticed."""

from __future__ import annotations

from datetime import datetime, time

from coach.domain.time_windows import HOURS as PART_HOURS
from coach.domain.time_windows import DayPart
from coach.domain.times import local
from coach.i18n import N_, _, formats
from coach.text import times

HOURS = (
    N_("twelve"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"),
    N_("nine"), N_("ten"), N_("eleven"),
)  # fmt: skip
# Whole texts, for languages in which an hour is called otherwise here, or half belongs to the next
FULL = (
    N_("twelve o’clock"), N_("one o’clock"), N_("two o’clock"), N_("three o’clock"), N_("four o’clock"),
    N_("five o’clock"), N_("six o’clock"), N_("seven o’clock"), N_("eight o’clock"), N_("nine o’clock"),
    N_("ten o’clock"), N_("eleven o’clock"),
)  # fmt: skip
HALF = (
    N_("half past twelve"), N_("half past one"), N_("half past two"), N_("half past three"),
    N_("half past four"), N_("half past five"), N_("half past six"), N_("half past seven"),
    N_("half past eight"), N_("half past nine"), N_("half past ten"), N_("half past eleven"),
)  # fmt: skip
# Minutes and their words with the hour's name; the last five refer to the next hour.
MINUTES = {
    5: N_("five past {hour}"), 10: N_("ten past {hour}"), 15: N_("a quarter past {hour}"),
    20: N_("twenty past {hour}"), 25: N_("twenty-five past {hour}"), 35: N_("twenty-five to {hour}"),
    40: N_("twenty to {hour}"), 45: N_("a quarter to {hour}"), 50: N_("ten to {hour}"),
    55: N_("five to {hour}"),
}  # fmt: skip
TO_THE_NEXT = 35
# The first hour of a part of the day, and a time in it.
PARTS = (
    (22, N_("{time} at night")), (18, N_("{time} in the evening")), (12, N_("{time} in the afternoon")),
    (5, N_("{time} in the morning")), (0, N_("{time} at night")),
)  # fmt: skip

DAY_PARTS = {
    DayPart.NIGHT: N_("At night, from {begins} to {ends}"),
    DayPart.MORNING: N_("In the morning, from {begins} to {ends}"),
    DayPart.NOON: N_("Around noon, from {begins} to {ends}"),
    DayPart.AFTERNOON: N_("In the afternoon, from {begins} to {ends}"),
    DayPart.EVENING: N_("In the evening, from {begins} to {ends}"),
}
GROUPS = {
    DayPart.NIGHT: N_("Night"), DayPart.MORNING: N_("Morning"), DayPart.AFTERNOON: N_("Afternoon"),
    DayPart.EVENING: N_("Evening"),
}  # fmt: skip


def hour(which: int) -> str:
    """Return a full hour as the reader's clock shows it: "15:00", or "3 PM"; 24 is the end of the day."""
    if which == 24 or (which == 0 and formats.twelve_hours()):
        return _("midnight")
    # 12 AM and 12 PM are taken for each other
    return _("noon") if which == 12 and formats.twelve_hours() else formats.hour(which)


def day_part(which: DayPart) -> str:
    """Return a part of the day with its hours: "In the morning, from 05:00 to 12:00"."""
    begins, ends = (hour(each) for each in PART_HOURS[which])
    return _(DAY_PARTS[which]).format(begins=begins, ends=ends)


def hour_alone(which: int) -> str:
    """Return an hour whose minutes are not known: "Some time from 15:00 to 16:00"."""
    begins, ends = (hour(each) for each in (which, which + 1))
    return _("Some time from {begins} to {ends}").format(begins=begins, ends=ends)


def counted_from(latest: datetime, zone: str, *, now: datetime) -> str:
    """Return from when a time is counted that is not known exactly."""
    return _("Coach counts from {point}, {distance}.").format(
        point=times.point(latest, zone, now=now), distance=times.distance(latest, now=now)
    )


def spoken(clock: time) -> str:
    """Return a time of day in words and in figures: "half past three in the afternoon (15:30)"."""
    figures = times.clock(clock)
    if clock == time(0):
        words = _("midnight, when the day begins")
    elif clock == time(12):
        words = _("noon")
    else:
        words = _words(clock)
        part = _(next(text for begins, text in PARTS if clock.hour >= begins))
        if not words:
            return part.format(time=figures)
        words = part.format(time=words)
    return _("{words} ({figures})").format(words=words, figures=figures)


def _words(clock: time) -> str:
    """Return a time by the name of its hour, "" where nobody speaks of it so."""
    hour = clock.hour % 12
    if clock.minute == 0:
        return _(FULL[hour])
    if clock.minute == 30:
        return _(HALF[hour])
    text = MINUTES.get(clock.minute)
    return _(text).format(hour=_(HOURS[(hour + (clock.minute >= TO_THE_NEXT)) % 12])) if text else ""


def read_back(wall: datetime, instant: datetime, zone: str, *, now: datetime) -> str:
    """Return the sentence that says which time was understood, and how far it is from now."""
    today = local(now, zone).date()
    near = {
        -1: _("Yesterday at {clock}, {distance}"),
        0: _("Today at {clock}, {distance}"),
        1: _("Tomorrow at {clock}, {distance}"),
    }
    # a date is set apart from the time
    text = near.get((wall.date() - today).days, _("On {date}, at {clock}, {distance}"))
    return text.format(
        date=times.dated(wall.date(), today=today),
        clock=spoken(wall.time()),
        distance=times.distance(instant, now=now),
    )
