"""Reads a day and a time back in words, so that a confusion of am and pm is noticed."""

from __future__ import annotations

from datetime import datetime, time

from coach.domain.time_windows import HOURS as PART_HOURS
from coach.domain.time_windows import DayPart
from coach.domain.times import local
from coach.i18n import ENGLISH, N_, _, current, formats
from coach.text import times

HOURS = (
    N_("twelve"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"),
    N_("nine"), N_("ten"), N_("eleven"),
)  # fmt: skip
# Minutes and their words with the hour's name; the last five refer to the next hour.
MINUTES = {
    0: N_("{hour} o’clock"), 5: N_("five past {hour}"), 10: N_("ten past {hour}"), 15: N_("a quarter past {hour}"),
    20: N_("twenty past {hour}"), 25: N_("twenty-five past {hour}"), 30: N_("half past {hour}"), 35: N_("twenty-five to {hour}"),
    40: N_("twenty to {hour}"), 45: N_("a quarter to {hour}"), 50: N_("ten to {hour}"),
    55: N_("five to {hour}"),
}  # fmt: skip
TO_THE_NEXT = 35
# The first hour of a part of the day, and its name.
PARTS = (
    (22, N_("at night")), (18, N_("in the evening")), (12, N_("in the afternoon")),
    (5, N_("in the morning")), (0, N_("at night")),
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
    """Return a time of day in words and in figures: "half past three in the afternoon (15:30)".

    Other languages count the hours in another way ("halb vier", "la una y media"): there the figures
    stand with the part of the day, "15:30 nachmittags".
    """
    figures = times.clock(clock)
    if current().language != ENGLISH:
        return figures if formats.twelve_hours() else _in_part(figures, clock)
    if clock == time(0):
        words = _("midnight, when the day begins")
    elif clock == time(12):
        words = _("noon")
    else:
        words = _words(clock)
        if not words:
            return _in_part(figures, clock)
        words = _in_part(words, clock)
    return _("{words} ({figures})").format(words=words, figures=figures)


def _in_part(said: str, clock: time) -> str:
    """Return a time with the part of the day in which it lies, such as "05:30 in the morning"."""
    part = next(text for begins, text in PARTS if clock.hour >= begins)
    return _("{time} {part}").format(time=said, part=_(part))


def _words(clock: time) -> str:
    """Return a time by the name of its hour, "" where nobody speaks of it so."""
    text = MINUTES.get(clock.minute)
    hour = HOURS[(clock.hour + (clock.minute >= TO_THE_NEXT)) % 12]
    return _(text).format(hour=_(hour)) if text else ""


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
