"""A time that nobody said exactly, in words: never more certain than what was said.

Such a time lies from `earliest` to `latest`; rules count from the latest. Where `earliest` is
missing, `latest` is the time itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from coach.domain.times import local, local_date, start_of_day
from coach.i18n import _
from coach.text import short_dates, times

WHOLE_DAY_FROM = timedelta(hours=6)  # from midnight on, and longer than any part of a day


def day_is_known(earliest: datetime | None, latest: datetime, zone: str) -> bool:
    """Tell whether the local day is known."""
    return earliest is None or local_date(earliest, zone) == local_date(latest, zone)


def clock_is_known(earliest: datetime | None, latest: datetime, zone: str) -> bool:
    """Tell whether anything of the time of day is known, such as a part of the day."""
    if earliest is None:
        return True
    midnight = start_of_day(local_date(latest, zone), zone)
    return day_is_known(earliest, latest, zone) and not (
        earliest <= midnight and latest - earliest > WHOLE_DAY_FROM
    )


def moment(latest: datetime, earliest: datetime | None, zone: str, *, now: datetime) -> str:
    """Return the time for the patient: "yesterday, between 12:00 and 18:00"."""
    if earliest is None:
        return times.moment(latest, zone, now=now)
    if not day_is_known(earliest, latest, zone):
        return _("day not known, at the latest {moment}").format(moment=times.moment(latest, zone, now=now))
    there = local(latest, zone)
    on = times.day_ago(there.date(), today=local_date(now, zone))
    if not clock_is_known(earliest, latest, zone):
        return _("{day}, time not known").format(day=on)
    return _("{day}, between {begins} and {ends}").format(
        day=on, begins=times.clock(local(earliest, zone)), ends=times.clock(there)
    )


def short(latest: datetime, earliest: datetime | None, zone: str) -> str:
    """Return the time for tables and lists: "Wed 4 Mar, between 12:00 and 18:00"."""
    if earliest is None:
        return short_dates.moment(latest, zone)
    if not day_is_known(earliest, latest, zone):
        return _("day not known, at the latest {moment}").format(moment=short_dates.moment(latest, zone))
    there = local(latest, zone)
    on = short_dates.day_words(there.date())
    if not clock_is_known(earliest, latest, zone):
        return _("{day}, time not known").format(day=on)
    return _("{day}, between {begins} and {ends}").format(
        day=on, begins=times.clock(local(earliest, zone)), ends=times.clock(there)
    )


def counted(latest: datetime, earliest: datetime | None, zone: str, *, now: datetime) -> str:
    """Return from when an estimate is counted, for the patient; "" for a time that is known."""
    if earliest is None:
        return ""
    return _("This is an estimate. Coach counts from {point}.").format(
        point=times.point(latest, zone, now=now)
    )
