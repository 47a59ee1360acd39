"""The calendar: proposed sessions at the patient's chosen times, as iCalendar (RFC 5545).

Each chosen time of day is one series with a fixed UID, whatever the plan becomes: importing it
again replaces the earlier one. A series repeats daily at its local time; days without it are
exceptions, and days on which its title differs are separate occurrences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Alarm, Calendar, Event, vDuration, vRecur

from coach import __version__, i18n
from coach.domain.patient_record import PatientRecord
from coach.domain.reminders import Agenda, Slot, agenda
from coach.domain.times import zone
from coach.export.ical_zone import vtimezone
from coach.i18n import _
from coach.i18n.sentences import in_a_row

LASTS = timedelta(minutes=15)
READ_AGAIN = timedelta(hours=6)
DAY = timedelta(days=1)


def content(patient_record: PatientRecord) -> bytes:
    """Return the calendar as a file to import; times without any proposal are cancelled."""
    found = agenda(patient_record.case, now=patient_record.now)
    return written(found, patient_record.patient, imported=True)


def written(found: Agenda, key: UUID, *, imported: bool = False) -> bytes:
    """Return an agenda as iCalendar text.

    Args:
        found: The proposed sessions.
        key: From which the series' UIDs are derived; it cannot be recovered from them.
        imported: Whether the calendar is a file, whose earlier events programs keep; a subscription
            replaces them.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Coach//Coach {__version__}//{i18n.current().language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Exercise time"))
    calendar.add("x-wr-timezone", found.zone)
    if not imported:
        calendar.add("refresh-interval", vDuration(READ_AGAIN), parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(READ_AGAIN))
    calendar.add_component(vtimezone(found.zone, (found.now - DAY).date(), (found.horizon + DAY).date()))
    for number in range(max(found.places, len(found.times))):
        series = [slot for slot in found.slots if slot.place == number]
        uid = f"{uuid5(key, f'exercise-time-{number}')}@coach"
        for event in _series(found, series, uid) if series else ():
            calendar.add_component(event)
        if imported and not series:
            calendar.add_component(_called_off(found, uid))
    return bytes(calendar.to_ical())


def _series(found: Agenda, series: Sequence[Slot], uid: str) -> list[Event]:
    """Return the series of a chosen time, and the occurrences with another title."""
    place = zone(found.zone)
    titles = {slot.day: _title(found, slot) for slot in series}
    usual = Counter(titles.values()).most_common(1)[0][0]
    first, last = series[0], series[-1]
    event = _event(found, uid, datetime.combine(first.day, first.clock, place), usual)
    event.add("rrule", vRecur({"FREQ": "DAILY", "UNTIL": last.at.astimezone(UTC)}))
    gaps = [
        datetime.combine(day, first.clock, place)
        for day in (first.day + n * DAY for n in range((last.day - first.day).days))
        if day not in titles
    ]
    if gaps:
        event.add("exdate", gaps)
    others = []
    for day, title in titles.items():
        if title != usual:
            start = datetime.combine(day, first.clock, place)
            others.append(_event(found, uid, start, title))
            others[-1].add("recurrence-id", start)
    return [event, *others]


def _title(found: Agenda, slot: Slot) -> str:
    """Return the title of a session: nothing about health unless the patient chose names."""
    if not found.names:
        return _("Exercise time")
    return in_a_row(_(found.titles[routine]) for routine in slot.routines)


def _event(found: Agenda, uid: str, start: datetime, title: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", found.number)
    event.add("dtstamp", found.now.replace(microsecond=0))
    event.add("dtstart", start)
    event.add("duration", LASTS)
    event.add("summary", title)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(minutes=-found.before_min))
    alarm.add("description", title)
    event.add_component(alarm)
    return event


def _called_off(found: Agenda, uid: str) -> Event:
    """Return a cancelled series; it is dated yesterday, out of the way."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", found.number)
    event.add("dtstamp", found.now.replace(microsecond=0))
    event.add("dtstart", (found.now - DAY).replace(microsecond=0).astimezone(zone(found.zone)))
    event.add("duration", LASTS)
    event.add("summary", _("Exercise time"))
    event.add("status", "CANCELLED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
