"""Patients for tests: a real record in a folder, with set-up answered through the front desk itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from coach.desk import Installation, PatientDesk, household
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.domain.facts import Reply
from coach.domain.protocol import Protocol
from coach.domain.times import local
from tests.support.noon import NOON_ZONE
from tests.support.records import opened

ZONE = "Europe/Berlin"


def desk_in(home: Path, protocol: Protocol | None = None) -> PatientDesk:
    """Return the desk of the one patient whose record lies in a folder."""
    return household(Installation(opened(home / "coach.sqlite3"), protocol=protocol))


def answer_set_up(
    patient: PatientDesk,
    *,
    procedure: timedelta,
    home: timedelta | None = None,
    zone: str = "",
    replies: dict[str, Reply] | None = None,
    baseline: int | None = 8,
    clinic: str = "+49 30 555 0100",
    awake: bool = False,
) -> None:
    """Answer every question of set-up, the procedure being so long ago and home two hours after it.

    `awake` is for tests on a real clock, which run at any hour: there is no night, and it is noon in the zone unless
    another is given.
    """
    zone = zone or (NOON_ZONE if awake else ZONE)
    patient.settings.set("zone", zone)
    patient.set_up.understand(key=new_key())
    now = patient.now()
    ended = now - procedure
    patient.course_times.procedure_ended(wall(ended, zone), key=new_key())
    arrived = now - (procedure - timedelta(hours=2) if home is None else home)
    patient.course_times.got_home(wall(arrived, zone), key=new_key())
    patient.set_up.baseline(baseline, key=new_key())
    for question in patient.protocol.questions:
        patient.set_up.reply(question.id, (replies or {}).get(question.id, Reply.NO), key=new_key())
    for name, value in (("country", "EU"), ("clinic_phone", clinic), ("first_name", "Ada")):
        patient.settings.set(name, value)
    if awake:
        patient.settings.set_night(time(0), time(0), key=new_key())


def answer_questions(patient: PatientDesk, *, baseline: int | None = 8) -> None:
    """Answer no to every question, and the pain before the procedure; a new course asks them again."""
    patient.set_up.baseline(baseline, key=new_key())
    for question in patient.protocol.questions:
        patient.set_up.reply(question.id, Reply.NO, key=new_key())


def wall(instant: datetime, zone: str = ZONE) -> datetime:
    """Return an instant as the patient's clock showed it, to the minute."""
    return local(instant, zone).replace(tzinfo=None, second=0, microsecond=0)


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Let the desk believe that it is another time, standing still."""
    clock.use(lambda: instant)
    try:
        yield
    finally:
        clock.use(lambda: datetime.now(UTC))
