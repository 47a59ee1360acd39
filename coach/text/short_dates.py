"""Short days and times, such as "Mon 12 Oct, 09:10": for charts, tables and printed lists."""

from __future__ import annotations

from datetime import date, datetime

from coach.domain.history import Entry
from coach.domain.times import local
from coach.i18n import N_, _
from coach.text import times

MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def date_words(on: date) -> str:
    """Return a date such as "12 Oct", with a non-breaking space."""
    return _("{day}\u00a0{month}").format(day=on.day, month=_(MONTHS[on.month - 1]))


def day_words(on: date) -> str:
    """Return a day such as "Mon 12 Oct"."""
    return _("{weekday} {date}").format(weekday=_(WEEKDAYS[on.weekday()]), date=date_words(on))


def moment(instant: datetime, zone: str) -> str:
    """Return an instant such as "Mon 12 Oct, 09:10" in a zone."""
    there = local(instant, zone)
    return _("{day}, {time}").format(day=day_words(there.date()), time=times.clock(there))


def moment_words(entry: Entry[object]) -> str:
    """Return when an entry was, such as "Mon 12 Oct, 09:10", in the entry's zone."""
    return moment(entry.at, entry.zone)


def stretch(starts: datetime, ends: datetime | None, zone: str) -> str:
    """Return a stretch such as "Mon 12 Oct, 09:10 to Tue 13 Oct, 10:00"; None goes on."""
    if ends is None:
        return _("since {moment}").format(moment=moment(starts, zone))
    return _("{moment} to {other}").format(moment=moment(starts, zone), other=moment(ends, zone))
