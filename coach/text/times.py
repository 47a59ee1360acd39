"""Times, days and lengths in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from coach.domain.course import Course
from coach.domain.protocol import Anchor, Phase, Protocol, Quantity
from coach.domain.times import local, local_date
from coach.i18n import N_, _, ngettext

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip


MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


DAY_MIN, WEEK_MIN = 24 * 60, 7 * 24 * 60


# In days from two days on, in weeks from two weeks on.
DAYS_FROM, WEEKS_FROM = 2 * DAY_MIN, 2 * WEEK_MIN


def clock_time(instant: datetime, zone: str) -> str:
    """Return the local time of day, such as 14:30."""
    return local(instant, zone).strftime("%H:%M")


def day(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return the local day in words: today, tomorrow, a weekday, or a date."""
    there, today = local(instant, zone), local_date(now, zone)
    apart = (there.date() - today).days
    weekday = _(WEEKDAYS[there.weekday()])
    if apart == 0:
        return _("today")
    if apart == 1:
        return _("tomorrow, {weekday},").format(weekday=weekday)
    if apart == -1:
        return _("yesterday")
    in_month = _("{day} {month}").format(day=there.day, month=_(MONTHS[there.month - 1]))
    if 0 < apart < 7:
        return _("on {weekday}, {date},").format(weekday=weekday, date=in_month)
    return _("on {date}").format(date=in_month)


def recent_day(which: date, *, today: date) -> str:
    """Return a day of the last week as a choice: today, yesterday, a weekday."""
    if which == today:
        return _("Today")
    if which == today - timedelta(days=1):
        return _("Yesterday")
    return _(WEEKDAYS[which.weekday()])


def moment(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return day and time, such as "tomorrow, Friday, at 14:30"."""
    return _("{day} at {time}").format(day=day(instant, zone, now=now), time=clock_time(instant, zone))


def span(length: timedelta) -> str:
    """Return a length of time: minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 120:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = round(hours / 24)
    return ngettext("{n} day", "{n} days", days).format(n=days)


def length(time: timedelta) -> str:
    """Return a protocol's length of time exactly: "10 minutes", "24 hours", "12 weeks"."""
    minutes = time / timedelta(minutes=1)
    if minutes >= WEEKS_FROM and minutes % WEEK_MIN == 0:
        n = minutes / WEEK_MIN
        return ngettext("{n} week", "{n} weeks", int(n)).format(n=f"{n:g}")
    if minutes > DAYS_FROM and minutes % DAY_MIN == 0:
        n = minutes / DAY_MIN
        return ngettext("{n} day", "{n} days", int(n)).format(n=f"{n:g}")
    if minutes >= 60 and minutes % 60 == 0:
        n = minutes / 60
        return ngettext("{n} hour", "{n} hours", int(n)).format(n=f"{n:g}")
    return ngettext("{n} minute", "{n} minutes", int(minutes)).format(n=f"{minutes:g}")


def opens(opens_at: datetime | None, zone: str, *, now: datetime, counted: bool = False) -> str:
    """Return when a routine opens: "opens tomorrow, Friday, at 14:30, in 19 hours".

    With a countdown beside it (`counted`) the length of time is left out.
    """
    if opens_at is None:
        return ""
    if counted:
        return _("opens {moment}").format(moment=moment(opens_at, zone, now=now))
    return _("opens {moment}, in {span}").format(
        moment=moment(opens_at, zone, now=now), span=span(opens_at - now)
    )


def where_in_course(known: Course, zone: str, *, now: datetime) -> str:
    """Return "Day 3, 61 hours after your procedure"; the day of the procedure is day 0."""
    days = (local_date(now, zone) - local_date(known.procedure.at, zone)).days
    hours = int((now - known.procedure.at) / timedelta(hours=1))
    if hours < 72:
        since = ngettext("{n} hour after your procedure", "{n} hours after your procedure", hours).format(
            n=hours
        )
    else:
        weeks = days // 7 + 1
        since = _("week {n} after your procedure").format(n=weeks)
    return _("Day {day}, {since}").format(day=days, since=since)


def phase_begins(phase: Phase) -> str:
    """Return when a phase begins for everybody: "24 hours after your procedure"."""
    hours = phase.opens_after.value
    home = phase.anchor is Anchor.HOME_ARRIVAL
    if home and not hours:
        return _("when you get home")
    long = hours >= WEEK_MIN / 60
    text = _("{span} after you got home") if home else _("{span} after your procedure")
    return text.format(span=span(phase.opens_after.span) if long else hours_in_words(phase.opens_after))


def hours_in_words(time: Quantity) -> str:
    """Return a time in hours: "24 hours"."""
    return ngettext("{n} hour", "{n} hours", 1 if time.value == 1 else 2).format(n=f"{time.value:g}")


def first_rest(protocol: Protocol) -> str:
    """Return the length of the first rest: "1 hour"; "" if no phase is such a rest."""
    first, *others = (each for each in protocol.phases if each.anchor is Anchor.HOME_ARRIVAL)
    if not others or first.doses:
        return ""
    return length(others[0].opens_after.span - first.opens_after.span)


def diary_day(which: date, *, today: date) -> str:
    """Return a day as a heading: "Today, Sunday 22 November", with the year if it differs."""
    text = _("{weekday} {day} {month}").format(
        weekday=_(WEEKDAYS[which.weekday()]), day=which.day, month=_(MONTHS[which.month - 1])
    )
    if which.year != today.year:
        return f"{text} {which.year}"
    near = {today: _("Today, {date}"), today - timedelta(days=1): _("Yesterday, {date}")}
    return near.get(which, "{date}").format(date=text)
