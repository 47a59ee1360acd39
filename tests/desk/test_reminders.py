"""The calendar's secret address and the e-mails, as a patient settles them, and who gets in by a secret."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from coach.desk import NotFound, PatientDesk, Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.accounts.calendar_access import CalendarDesk, Calendars, Wait, digest
from coach.desk.clinic.reminder_queue import ReminderQueue
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.desk.patient.reminders import HOURS, checked_address
from coach.domain.errors import BadValue, Fault
from coach.domain.patient_record import plain
from coach.domain.reminders import BEFORE, NAMES, TIMES
from coach.records.upkeep.erasure import erase
from tests.support.clinics import make_clinic
from tests.support.homes import Clock
from tests.support.patient_acts import begin

HERE = "192.0.2.7"


def lines(patient: PatientDesk) -> list[tuple[str, str, str]]:
    """Return role, action and outcome of what the audit knows, the oldest first."""
    found = patient.installation.audit.read(limit=1000)
    return [(each.role, each.action, each.outcome) for each in reversed(found) for _n in range(each.times)]


@pytest.fixture
def secret(patient: PatientDesk) -> str:
    patient.settings.set(TIMES, "18:00,08:00")
    return patient.reminders.make_calendar_address()


def test_times_names_and_alarm_are_settings_as_the_others(patient: PatientDesk):
    patient.settings.set(TIMES, " 18:00,08:00 ,08:00")
    patient.settings.set(NAMES, value=True)
    patient.settings.set(BEFORE, "10")
    known = patient.history().settings
    assert (known[TIMES], known[NAMES], known[BEFORE]) == ("08:00,18:00", True, "10")
    patient.settings.set(TIMES, "")
    assert patient.reminders.agenda().slots == ()


@pytest.mark.parametrize(
    ("name", "value"), [(TIMES, "8 o'clock"), (TIMES, True), (NAMES, "yes"), (BEFORE, "7"), (BEFORE, True)]
)
def test_a_setting_that_cannot_be_is_refused(patient: PatientDesk, name: str, value: Any):
    with pytest.raises(BadValue):
        patient.settings.set(name, value)
    assert name not in patient.history().settings


def test_a_secret_is_long_and_kept_as_a_digest_alone(patient: PatientDesk, secret: str, tmp_path: Path):
    assert len(secret) == 43  # 256 bits
    assert secret != patient.reminders.make_calendar_address()
    beside = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert secret.encode() not in beside
    assert str(patient.patient) not in secret


def test_whoever_holds_the_secret_sees_the_agenda_and_nothing_else(patient: PatientDesk, secret: str):
    held = Calendars(patient.installation).desk(secret, address=HERE)
    assert held.agenda() == patient.reminders.agenda()
    assert held.principal == Principal(Role.CALENDAR, patient=patient.patient)
    own = PatientDesk(patient.installation, patient.patient, held.principal)
    desks = [own, *(each for each in vars(own).values() if isinstance(each, UseCases))]
    assert len(desks) > 10
    for desk in desks:
        for name, method in inspect.getmembers(type(desk), inspect.isfunction):
            action = getattr(method, "action", None)
            if action and action is not Action.CALENDAR_SEE:
                with pytest.raises(NotFound):
                    getattr(desk, name)()


def test_a_secret_opens_no_other_patients_calendar(tmp_path: Path, clock: Clock):
    clinic = make_clinic(tmp_path)
    held = Principal(Role.CALENDAR, patient=clinic.patients["ada"])
    CalendarDesk(PatientContext(clinic.installation, clinic.patients["ada"], held)).agenda()
    with pytest.raises(NotFound):
        CalendarDesk(PatientContext(clinic.installation, clinic.patients["ben"], held)).agenda()
    clinic.installation.store.close()


def test_wrong_revoked_and_replaced_secrets_are_told_apart_by_nothing(patient: PatientDesk, secret: str):
    newer = patient.reminders.make_calendar_address()
    trouble = []
    for given in (secret, "x" * 43, "", "../etc", "é" * 43):
        with pytest.raises(NotFound) as refused:
            Calendars(patient.installation).desk(given, address=HERE)
        trouble.append(str(refused.value))
    patient.reminders.revoke_calendar_address()
    with pytest.raises(NotFound):
        Calendars(patient.installation).desk(newer, address="192.0.2.8")
    assert len(set(trouble)) == 1
    assert patient.reminders.calendar_address() is None


def test_wrong_secrets_must_wait_and_right_ones_never(patient: PatientDesk, secret: str):
    calendars = Calendars(patient.installation)
    for _ in range(5):
        with pytest.raises(NotFound):
            calendars.desk("x" * 43, address=HERE)
    for _ in range(3):
        with pytest.raises(Wait):
            calendars.desk("x" * 43, address=HERE)
    assert calendars.desk(secret, address=HERE).agenda().slots
    assert lines(patient).count(("calendar", "calendar.see", "refused")) == 6  # five, and once that it waits


def test_the_audit_knows_what_was_made_and_read_once_a_day(patient: PatientDesk, secret: str, clock: Clock):
    for _ in range(30):
        Calendars(patient.installation).desk(secret, address=HERE).agenda()
        clock.goes_on(hours=1)
    patient.reminders.revoke_calendar_address()
    patient.reminders.revoke_calendar_address()
    mine = [line for line in lines(patient) if line[1].startswith("calendar.")]
    assert mine == [
        ("household", "calendar.make", "allowed"),
        *[("calendar", "calendar.see", "allowed")] * 2,
        ("household", "calendar.revoke", "allowed"),
    ]


def test_the_patient_sees_when_a_program_read_it_last(patient: PatientDesk, secret: str, clock: Clock):
    made = clock.now
    assert patient.reminders.calendar_address() == (made, None)
    clock.goes_on(hours=2)
    Calendars(patient.installation).desk(secret, address=HERE)
    assert patient.reminders.calendar_address() == (made, clock.now)


def test_what_changes_shows_at_the_next_reading(patient: PatientDesk, secret: str):
    held = Calendars(patient.installation).desk(secret, address=HERE)
    assert held.agenda().slots
    patient.red_flags.report_flag("fall", key=patient.installation.only_patient)
    assert held.agenda().slots == ()


def test_erasing_a_patient_removes_both_addresses(patient: PatientDesk, secret: str):
    patient.reminders.confirm_mail(patient.reminders.ask_for_mail("ada@example.org", 18).code)
    installation, who = patient.installation, patient.patient
    erase(installation.store, who, at=patient.now(), by="operator", line=who)
    assert (installation.reminders.by_secret(digest(secret)), installation.reminders.mail(who)) == (
        None,
        None,
    )
    with pytest.raises(NotFound):
        Calendars(installation).desk(secret, address=HERE)


# e-mail


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "ada@", "@example.org", "ada@localhost", "a b@example.org", "ada@exa mple.org", "ada@-x.org",
        "ada@example.org\r\nBcc: eve@example.org", "ada@example.org\n", "ada\u2028@example.org", "<ada@example.org>",
        "ada@example.org,eve@example.org", "ada;eve@example.org", "ada@@example.org", ".ada@example.org",
        "ada..b@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 250}.org", "ada@example..org", 'a"b@example.org',
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(patient: PatientDesk, address: str):
    if address == "ada@example.org\n":  # blanks around it are not meant
        assert checked_address(address) == "ada@example.org"
        return
    with pytest.raises(BadValue) as refused:
        patient.reminders.ask_for_mail(address, 18)
    assert refused.value.fault in (Fault.NOT_A_MAIL_ADDRESS, Fault.TEXT_TOO_LONG)
    assert patient.reminders.mail() is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada.B+x@Example.ORG ", "Ada.B+x@example.org"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_it_is_written_to(typed: str, kept: str):
    assert checked_address(typed) == kept


def test_a_code_confirms_once_and_not_after_half_an_hour(patient: PatientDesk, clock: Clock):
    code = patient.reminders.ask_for_mail("ada@example.org", 18)
    state = patient.reminders.mail()
    assert state
    assert not state.confirmed
    clock.goes_on(minutes=30)
    with pytest.raises(BadValue) as late:
        patient.reminders.confirm_mail(code.code)
    assert late.value.fault is Fault.MAIL_CODE_OVER
    patient.reminders.confirm_mail(patient.reminders.ask_for_mail("ada@example.org", 18).code.lower())
    state = patient.reminders.mail()
    assert state
    assert state.confirmed


def test_codes_cannot_be_guessed_nor_asked_for_without_end(patient: PatientDesk):
    patient.reminders.ask_for_mail("ada@example.org", 18)
    faults = []
    for _ in range(7):
        with pytest.raises(BadValue) as wrong:
            patient.reminders.confirm_mail("AAAA-AAAA")
        faults.append(wrong.value.fault)
    assert faults == [Fault.MAIL_CODE_OVER] * 5 + [Fault.TOO_MANY_TRIES] * 2
    for _ in range(4):
        patient.reminders.ask_for_mail("ada@example.org", 18)
    with pytest.raises(BadValue) as often:
        patient.reminders.ask_for_mail("ada@example.org", 18)
    assert often.value.fault is Fault.TOO_MANY_TRIES


@pytest.mark.parametrize("hour", [-1, 5, 22, 24])
def test_an_hour_at_night_is_refused(patient: PatientDesk, hour: int):
    assert hour not in HOURS
    with pytest.raises(BadValue):
        patient.reminders.ask_for_mail("ada@example.org", hour)


def test_the_address_is_in_no_entry_and_in_no_line_of_the_audit(patient: PatientDesk):
    patient.reminders.confirm_mail(patient.reminders.ask_for_mail("canary@example.org", 18).code)
    patient.reminders.set_mail_hour(9)
    assert "canary" not in repr(patient.history().entries)
    assert "canary" not in repr(patient.installation.audit.read(limit=1000))
    assert "canary" not in repr(plain(patient.export.patient_record()))


def test_the_link_ends_the_reminders_once(patient: PatientDesk):
    secret = patient.reminders.ask_for_mail("ada@example.org", 18).stop_secret
    posting = ReminderQueue(patient.installation)
    assert posting.check(secret, address=HERE) == patient.patient
    posting.stop(secret, address=HERE)
    assert patient.reminders.mail() is None
    with pytest.raises(NotFound):
        posting.stop(secret, address=HERE)
    assert lines(patient)[-1] == ("patient", "mail.stop", "allowed")


def test_who_trained_today_is_not_due(patient: PatientDesk, clock: Clock):
    patient.reminders.confirm_mail(patient.reminders.ask_for_mail("ada@example.org", 18).code)
    clock.goes_on(hours=32)  # tomorrow evening
    assert [each.address for each in ReminderQueue(patient.installation).due()] == ["ada@example.org"]
    clock.goes_on(hours=24)
    begin(patient)
    assert list(ReminderQueue(patient.installation).due()) == []
