"""Short days and times, such as "Mon 12 Oct, 09:10": for charts, tables and printed lists."""

from __future__ import annotations

from datetime import date, datetime

from coach.domain.history import Entry
from coach.domain.times import local
from coach.i18n import _, formats
from coach.text import times


def date_words(on: date) -> str:
    """Return a date such as "12 Oct", with a non-breaking space."""
    return formats.day(on, formats.SHORT)


def day_words(on: date) -> str:
    """Return a day such as "Mon 12 Oct"."""
    return formats.day(on, formats.SHORT_DAY)


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
