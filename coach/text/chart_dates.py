"""Days and times at a chart's marks, written as on the chart's axes."""

from __future__ import annotations

from datetime import date

from coach.domain.history import Entry
from coach.domain.times import local
from coach.i18n import N_, _

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


def moment_words(entry: Entry[object]) -> str:
    """Return when an entry was, such as "Mon 12 Oct, 09:10", in the entry's zone."""
    there = local(entry.at, entry.zone)
    return _("{day}, {time}").format(day=day_words(there.date()), time=f"{there:%H:%M}")
