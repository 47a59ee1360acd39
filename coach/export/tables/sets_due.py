"""Sets due of each routine on each day, from which every share on the screens can be recomputed.

The share of a routine on a day is done/due, at most 1, and missing if nothing was due; that of a
day is the mean over its routines, that of a period the mean over its days. Days and routines
without a share are left out. An exercise for some days of the week is due on Sundays, counted in days.
For a finished day the sets done are given as a share of the dose.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from coach.domain import closures, dosing, outcome
from coach.domain.case import Case
from coach.domain.course import procedures
from coach.domain.patient_record import PatientRecord
from coach.domain.protocol import Routine
from coach.domain.times import at_local, local_date, start_of_day
from coach.export.tables.table import COURSE, ROUTINE, Column, ColumnKind, Row

NO_DOSE = "phase"

COLUMNS = {
    "zone": Column(ColumnKind.TEXT, "the patient's time zone now, IANA name", personal=True),
    "local_date": Column(ColumnKind.DAY, "the patient's date", personal=True),
    "day": Column(ColumnKind.WHOLE, "days after that of the procedure", "d"),
    "course": COURSE,
    "routine": ROUTINE,
    "done": Column(ColumnKind.WHOLE, "sets that count", "sets"),
    "due": Column(ColumnKind.WHOLE, "sets that were due; 0 where none was", "sets"),
    "dose": Column(
        ColumnKind.WHOLE, "sets of the whole day's dose, of an hourly one the most of a day; empty without", "sets"
    ),
    "over": Column(ColumnKind.YES_NO, "more was done than the dose of the day allows"),
    "closed_by": Column(
        ColumnKind.TEXT,
        "what closed it for a part of the day or all of it, with spaces between: flag, hold, answer, sleepy, red_light, pain, "
        "or phase (no dose yet, or none any more); empty where nothing did",
    ),
    "whole_day": Column(ColumnKind.YES_NO, "the day was over when this was written; until then what is due may change"),
    "days": Column(
        ColumnKind.WHOLE,
        "1; or 7, on a Sunday: done, due and dose are days of that week, of an exercise for some days a week",
        "d",
    ),
}  # fmt: skip


def rows(patient_record: PatientRecord) -> Iterator[Row]:
    """Yield each routine on each day from that of the procedure to today."""
    case, today = patient_record.case, patient_record.today
    if case.course is None:
        return
    course = len(procedures(case.history))
    began = local_date(case.course.procedure.at, patient_record.zone)
    closed = {each.id: tuple(closures.closed(case, each)) for each in case.routines}
    for on in outcome.days_between(began, today):
        for count in outcome.day(case, on, now=patient_record.now).values():
            dose = outcome.dose_sets(case.protocol, count)
            why = _closed_by(case, case.protocol.routines[count.routine], closed[count.routine], on)
            yield (
                patient_record.zone, on, (on - began).days, course, count.routine, count.done, count.due,
                round(dose) if math.isfinite(dose) else None, count.over,
                " ".join(why) or None, on < today, count.days,
            )  # fmt: skip


def _closed_by(case: Case, routine: Routine, closed: Iterable[closures.Closed], on: date) -> Iterator[str]:
    """Yield the causes that closed a routine on a day, in the order of `Cause`."""
    starts, ends = (start_of_day(each, case.history.zone) for each in (on, on + timedelta(days=1)))
    found = {each.cause for each in closed if each.since < ends and (each.to is None or starts < each.to)}
    yield from (cause.value for cause in closures.ClosedBy if cause in found)
    if dosing.dose(case, routine, at_local(on, time(case.rules.day_ends.whole), case.history.zone)) is None:
        yield NO_DOSE
