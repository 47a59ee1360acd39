"""Days, times and lengths of time in words: whatever is read as a date is written here.

Short forms for charts and tables are in `short_dates`; what is typed and read back is in
`time_entry`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from coach.domain.course import Course
from coach.domain.protocol import Anchor, Phase, Protocol, Quantity
from coach.domain.times import local, local_date
from coach.i18n import _, formats, ngettext
from coach.i18n.sentences import at_the_start

DAY_MIN, WEEK_MIN = 24 * 60, 7 * 24 * 60


# In days from two days on, in weeks from two weeks on.
DAYS_FROM, WEEKS_FROM = 2 * DAY_MIN, 2 * WEEK_MIN
IN_DAYS_FROM = timedelta(days=14)  # how far away: from there on the hours do not count


# A time of day, a day, a date


def clock(at: time | datetime) -> str:
    """Return a time of day as it stands on the reader's clock, such as 14:30."""
    return formats.clock(at.time() if isinstance(at, datetime) else at)


def clock_time(instant: datetime, zone: str) -> str:
    """Return the local time of day, such as 14:30."""
    return clock(local(instant, zone))


def weekday(which: date) -> str:
    """Return the name of a day of the week, such as Monday."""
    return formats.day(which, formats.WEEKDAY)


def date_words(which: date) -> str:
    """Return a date without its year, such as "3 May"."""
    return formats.day(which, formats.DATE)


def date_near(which: date, *, today: date) -> str:
    """Return a date such as "3 May", with the year if it is another one."""
    return formats.day(which, formats.DATE if which.year == today.year else formats.LONG)


def long_date(which: date) -> str:
    """Return a date with its year, such as "24 November 2026"."""
    return formats.day(which, formats.LONG)


def weekday_and_date(which: date) -> str:
    """Return a day such as "Monday, 30 November"."""
    return formats.day(which, formats.DATED)


def whole_day(which: date) -> str:
    """Return a day with all its parts, such as "Monday 7 September 2026"."""
    return formats.day(which, formats.DAY_LONG)


def dated(which: date, *, today: date) -> str:
    """Return a day by its weekday and date, with the year if it is another one."""
    return formats.day(which, formats.DATED if which.year == today.year else formats.DATED_LONG)


def figures(instant: datetime, zone: str, *, seconds: bool = False) -> str:
    """Return an instant in figures that sort as text: "2026-05-03 14:30", or to the second."""
    return (
        f"{local(instant, zone):%Y-%m-%d %H:%M:%S}" if seconds else f"{local(instant, zone):%Y-%m-%d %H:%M}"
    )


def in_utc(instant: datetime) -> str:
    """Return an instant in figures for the operator: "2026-05-03 14:30 UTC"."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


# A day as seen from today


def recent_day(which: date, *, today: date) -> str:
    """Return a day of the last week as a choice: today, yesterday, a weekday."""
    if which == today:
        return _("Today")
    if which == today - timedelta(days=1):
        return _("Yesterday")
    return at_the_start(weekday(which))


def day_choice(which: date, *, today: date) -> str:
    """Return a past day as a choice: "Today, Thursday", "Yesterday, Wednesday", "Tuesday, 3 March"."""
    near = {today: _("Today, {weekday}"), today - timedelta(days=1): _("Yesterday, {weekday}")}
    if which in near:
        return near[which].format(weekday=weekday(which))
    return at_the_start(dated(which, today=today))


def past_day(which: date, *, today: date) -> str:
    """Return a day of the last week by its name, an earlier one as 3 May."""
    if which >= today:
        return _("today")
    if which == today - timedelta(days=1):
        return _("yesterday")
    return weekday(which) if (today - which).days < 7 else date_words(which)


def day_ago(which: date, *, today: date) -> str:
    """Return a past day by its name, an earlier one as 3 May: yesterday, Monday, 3 May."""
    return _("yesterday") if (today - which).days == 1 else past_day(which, today=today)


def day_since(which: date, *, today: date) -> str:
    """Return since which day: today, yesterday, or 3 May."""
    apart = (today - which).days
    if apart <= 0:
        return _("today")
    return _("yesterday") if apart == 1 else date_words(which)


def moment(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return when something is: "today at 14:30", "tomorrow, Friday, at 14:30", "on 3 May at 14:30".

    It answers "when?"; after a word such as "from" or "until" stands a `point`.
    """
    there, today = local(instant, zone), local_date(now, zone)
    apart = (there.date() - today).days
    if apart == 0:
        text = _("today at {time}")
    elif apart == 1:
        text = _("tomorrow, {weekday}, at {time}")
    elif apart == -1:
        text = _("yesterday at {time}")
    elif 0 < apart < 7:
        text = _("on {weekday}, {date}, at {time}")
    else:
        text = _("on {date} at {time}")
    return text.format(weekday=weekday(there), date=date_words(there), time=clock(there))


def point(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return day and time without "on" and "at", to stand after "until": "today, 20:00"."""
    there, today = local(instant, zone), local_date(now, zone)
    apart = (there.date() - today).days
    near = {0: _("today, {time}"), 1: _("tomorrow, {time}"), -1: _("yesterday, {time}")}
    if apart in near:
        return near[apart].format(time=clock(there))
    return _("{day}, {time}").format(day=formats.day(there, formats.DAY), time=clock(there))


def since(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return since when, as short as it is clear: 08:14, yesterday 08:14, Monday 08:14, 3 May."""
    there = local(instant, zone)
    apart = (local_date(now, zone) - there.date()).days
    if apart <= 0:
        return clock(there)
    if apart == 1:
        return _("yesterday {time}").format(time=clock(there))
    if apart < 7:
        return _("{weekday} {time}").format(weekday=weekday(there), time=clock(there))
    return date_words(there)


def last(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return when something was last, as short as it is clear: 08:14, yesterday, 3 days ago, 3 May."""
    there = local(instant, zone)
    apart = (local_date(now, zone) - there.date()).days
    if apart <= 0:
        return clock(there)
    if apart == 1:
        return _("yesterday")
    if apart < 14:
        return ngettext("{n} day ago", "{n} days ago", apart).format(n=apart)
    return date_words(there)


def date_and_time(at: datetime) -> str:
    """Return a date and the time of day, such as "3 May, 14:30"."""
    return _("{day}, {time}").format(day=date_words(at), time=clock(at))


def date_near_and_time(at: datetime, *, today: date) -> str:
    """Return a date and the time of day, with the year if it is another one."""
    return _("{day}, {time}").format(day=date_near(at, today=today), time=clock(at))


def long_date_and_time(at: datetime) -> str:
    """Return an instant long before or long ahead, such as "5 March 2026, 10:07"."""
    return _("{day}, {time}").format(day=formats.day(at, formats.LONG), time=clock(at))


def long_moment(instant: datetime, zone: str) -> str:
    """Return an instant with its year and zone: "Monday 23 November 2026, 07:10 (America/New_York)"."""
    there = local(instant, zone)
    said = formats.day(there, formats.DAY_LONG)
    return _("{day}, {time} ({zone})").format(day=said, time=clock(there), zone=zone)


# A length of time


def seconds(count: float) -> str:
    """Return so many seconds: "30 seconds"."""
    return ngettext("{n} second", "{n} seconds", int(count)).format(n=_figure(count))


def minutes(count: float) -> str:
    """Return so many minutes: "10 minutes"."""
    return ngettext("{n} minute", "{n} minutes", int(count)).format(n=_figure(count))


def hours(count: float) -> str:
    """Return so many hours: "24 hours"."""
    return ngettext("{n} hour", "{n} hours", int(count)).format(n=_figure(count))


def days(count: float) -> str:
    """Return so many days: "3 days"."""
    return ngettext("{n} day", "{n} days", int(count)).format(n=_figure(count))


def weeks(count: float) -> str:
    """Return so many weeks: "12 weeks"."""
    return ngettext("{n} week", "{n} weeks", int(count)).format(n=_figure(count))


def _figure(count: float) -> str:
    return formats.number(count)


def span(length: timedelta) -> str:
    """Return a length of time: minutes below two hours, hours below two days, then days."""
    whole_minutes = max(1, round(length.total_seconds() / 60))
    if whole_minutes < 120:
        return minutes(whole_minutes)
    whole_hours = round(whole_minutes / 60)
    return hours(whole_hours) if whole_hours < 48 else days(round(whole_hours / 24))


def age(length: timedelta) -> str:
    """Return how long ago something was, never more than it is: in minutes, hours or days like `span`."""
    whole_minutes = int(length.total_seconds() // 60)
    if whole_minutes < 120:
        return minutes(whole_minutes)
    whole_hours = whole_minutes // 60
    return hours(whole_hours) if whole_hours < 48 else days(whole_hours // 24)


def length(time: timedelta) -> str:
    """Return a protocol's length of time exactly: "10 minutes", "24 hours", "12 weeks"."""
    exact = time / timedelta(minutes=1)
    if exact >= WEEKS_FROM and exact % WEEK_MIN == 0:
        return weeks(exact / WEEK_MIN)
    if exact > DAYS_FROM and exact % DAY_MIN == 0:
        return days(exact / DAY_MIN)
    if exact >= 60 and exact % 60 == 0:
        return hours(exact / 60)
    return minutes(exact)


def distance(instant: datetime, *, now: datetime) -> str:
    """Return how long ago an instant is, or how far ahead, to the minute if it is near.

    Each is a text of its own: in many languages a length of time has another form after "ago" or "in".
    """
    apart = abs(instant - now)
    if apart < timedelta(minutes=1):
        return _("just now")
    past = instant < now
    whole = int(apart.total_seconds() // 60)
    in_days, in_hours, in_minutes = whole // DAY_MIN, whole // 60 % 24, whole % 60
    if in_days and (apart >= IN_DAYS_FROM or not in_hours):
        text = (
            ngettext("{n} day ago", "{n} days ago", in_days)
            if past
            else ngettext("in {n} day", "in {n} days", in_days)
        )
    elif in_days:
        text = (
            ngettext("{n} day and {hours} ago", "{n} days and {hours} ago", in_days)
            if past
            else ngettext("in {n} day and {hours}", "in {n} days and {hours}", in_days)
        )
    elif in_hours and in_minutes:
        text = (
            ngettext("{n} hour and {minutes} ago", "{n} hours and {minutes} ago", in_hours)
            if past
            else ngettext("in {n} hour and {minutes}", "in {n} hours and {minutes}", in_hours)
        )
    elif in_hours:
        text = (
            ngettext("{n} hour ago", "{n} hours ago", in_hours)
            if past
            else ngettext("in {n} hour", "in {n} hours", in_hours)
        )
    else:
        text = (
            ngettext("{n} minute ago", "{n} minutes ago", in_minutes)
            if past
            else ngettext("in {n} minute", "in {n} minutes", in_minutes)
        )
    return text.format(
        n=in_days or in_hours or in_minutes, hours=hours(in_hours), minutes=minutes(in_minutes)
    )


# The course


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
    """Return "Day 3, 61 hours after your procedure"; the day of the procedure is day 0.

    Where the procedure's end is not known exactly, it says "about"; a time ahead is not counted to.
    """
    if known.procedure.at > now:
        return _("The procedure lies ahead.")
    day_number = (local_date(now, zone) - local_date(known.procedure.at, zone)).days
    passed = int((now - known.procedure.at) / timedelta(hours=1))
    if passed < 72 and known.procedure.fact.earliest:
        place = ngettext(
            "about {n} hour after your procedure", "about {n} hours after your procedure", passed
        ).format(n=passed)
    elif passed < 72:
        place = ngettext("{n} hour after your procedure", "{n} hours after your procedure", passed).format(
            n=passed
        )
    else:
        place = _("week {n} after your procedure").format(n=known.week_at(now))
    return _("Day {day}, {since}").format(day=day_number, since=place)


def phase_begins(phase: Phase) -> str:
    """Return when a phase begins for everybody: "24 hours after your procedure"."""
    home = phase.anchor is Anchor.HOME_ARRIVAL
    if home and not phase.opens_after.value:
        return _("when you get home")
    text = _("{span} after you got home") if home else _("{span} after your procedure")
    return text.format(span=hours_or_weeks(phase.opens_after))


def hours_or_weeks(time: Quantity) -> str:
    """Return a time until something begins: in hours, and from a week on in days or weeks."""
    return span(time.span) if time.value >= WEEK_MIN / 60 else hours_in_words(time)


def hours_in_words(time: Quantity) -> str:
    """Return a time in hours: "24 hours"."""
    return ngettext("{n} hour", "{n} hours", 1 if time.value == 1 else 2).format(n=formats.number(time.value))


def first_rest(protocol: Protocol) -> str:
    """Return the length of the first rest: "1 hour"; "" if no phase is such a rest."""
    first, *others = (each for each in protocol.phases if each.anchor is Anchor.HOME_ARRIVAL)
    if not others or first.doses:
        return ""
    return length(others[0].opens_after.span - first.opens_after.span)


def diary_day(which: date, *, today: date) -> str:
    """Return a day as a heading: "Today, Sunday 22 November", with the year if it differs."""
    if which.year != today.year:
        return at_the_start(whole_day(which))
    text = formats.day(which, formats.DAY)
    near = {today: _("Today, {date}"), today - timedelta(days=1): _("Yesterday, {date}")}
    return near[which].format(date=text) if which in near else at_the_start(text)
