"""What was noted while the clock stood ahead bounds nobody once it is right: limits, sessions, codes, e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from coach.desk.access.patient_tokens import PatientTokens
from coach.desk.access.permissions import Action
from coach.desk.access.rate_limits import FREE, Wait
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.desk.installation import clock as desk_clock
from coach.records.database import current_actor
from tests.support.clinic_team import OPERATOR
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import NOW, Clock

YEAR = timedelta(days=365)
ADDRESS = "203.0.113.9"


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return make_clinic(tmp_path)


def guess(clinic: Clinic, login: str = "ann") -> int:
    """Try a wrong password; return how many minutes to wait before it is even looked at."""
    try:
        SignIns(clinic.installation).by_password(login, "wrong", address=ADDRESS)
    except NotKnown:
        return 0
    except Wait as wait:
        return wait.minutes
    raise AssertionError("let in")


def test_tries_of_the_future_make_nobody_wait(clinic: Clinic, clock: Clock):
    clock.now = NOW + YEAR
    for _ in range(30):
        guess(clinic)
    assert guess(clinic) > 0
    clock.now = NOW + timedelta(minutes=1)
    assert guess(clinic) == 0


@pytest.mark.parametrize("back_s", [0, 30, 200, 299])
def test_a_clock_that_is_set_back_a_little_lengthens_no_wait_and_ends_none(
    clinic: Clinic, clock: Clock, back_s: int
):
    for _ in range(FREE):
        guess(clinic)
    clock.goes_on(seconds=-back_s)
    assert guess(clinic) == 1


def test_a_session_begun_in_the_future_is_ended_for_good(clinic: Clinic, clock: Clock):
    clock.now = NOW + YEAR
    token = clinic.sign_in("ken")
    assert SignIns(clinic.installation).identity(token)
    clock.now = NOW + timedelta(minutes=1)
    assert SignIns(clinic.installation).identity(token) is None
    clock.now = NOW + YEAR  # the day comes all the same
    assert SignIns(clinic.installation).identity(token) is None


def test_a_session_lasts_no_longer_than_the_clock_that_nobody_can_set(clinic: Clinic):
    for begun, left in (((14 * 60,) * 3, True), ((16 * 60,), False), ((14 * 60,) * 35, False)):
        wall, ran = [NOW], [0.0]
        desk_clock.use(lambda wall=wall: wall[0], elapsed=lambda ran=ran: ran[0])  # type: ignore[misc]
        token = clinic.sign_in("ann")
        held = SignIns(clinic.installation).identity(token) is not None
        for step in begun:
            ran[0] += step
            wall[0] += timedelta(seconds=61)  # the computer's clock hardly goes on
            held = held and SignIns(clinic.installation).identity(token) is not None
        assert held is left, begun


def test_a_code_of_the_second_factor_used_in_the_future_shuts_nobody_out(clinic: Clinic, clock: Clock):
    account = clinic.people["ann"].account
    assert account
    secret = clinic.installation.accounts.begin_second_factor(account, pyotp.random_base32())
    clock.now = NOW + YEAR
    step = int(clock.now.timestamp()) // 30
    assert clinic.installation.accounts.take_step(account, step, latest=step + 10)
    clock.now = NOW + timedelta(minutes=1)
    found = clinic.installation.accounts.account(account)
    assert found
    started = SignIns(clinic.installation)._let_in(found, clock.now)  # noqa: SLF001  signs in without the time that a password takes
    code = pyotp.TOTP(secret).at(int(clock.now.timestamp()))
    SignIns(clinic.installation).by_code(started.token, code, address=ADDRESS)
    again = SignIns(clinic.installation)._let_in(found, clock.now)  # noqa: SLF001  signs in without the time that a password takes
    with pytest.raises(Exception, match="code_wrong"):  # once
        SignIns(clinic.installation).by_code(again.token, code, address=ADDRESS)


def test_an_invitation_of_the_future_lets_nobody_in(clinic: Clinic, clock: Clock):
    desk = AccountsDesk(clinic.installation, OPERATOR)
    account = clinic.people["ann"].account
    assert account
    clock.now = NOW + YEAR
    invited = desk.reset(account)
    clock.now = NOW + timedelta(minutes=1)
    with pytest.raises(NotKnown):
        SignIns(clinic.installation).by_invitation(invited.code, "a password of its own", address=ADDRESS)
    assert {each.invited_until for each in desk.listed() if each.id == account} == {None}
    again = desk.reset(account)
    assert (
        SignIns(clinic.installation).by_invitation(again.code, "a password of its own", address=ADDRESS).token
    )


def test_lines_of_the_audit_go_on_being_written(clinic: Clinic, clock: Clock):
    principal, patient = clinic.people["ann"], clinic.patients["ada"]

    def lines() -> int:
        with current_actor.acting_as(current_actor.SYSTEM):
            return len(clinic.installation.audit.read(action=Action.REVIEW_SEE.value))

    clock.now = NOW + YEAR
    clinic.installation.note(principal, Action.REVIEW_SEE, patient, allowed=True)
    clock.now = NOW + timedelta(minutes=1)
    clinic.installation.note(principal, Action.REVIEW_SEE, patient, allowed=True)
    assert lines() == 2


def test_a_ticket_of_the_future_names_nobody(clock: Clock, clinic: Clinic):
    tokens, patient = PatientTokens(clinic.installation.store), clinic.patients["ada"]
    name = tokens.issue(None, patient, now=NOW + YEAR)
    assert tokens.patient(name, None, now=NOW) is None
    assert tokens.issue(None, patient, now=NOW) != name


def test_an_email_that_was_sent_for_a_day_of_the_future_holds_up_none_of_today(clinic: Clinic, clock: Clock):
    patient = clinic.patients["ada"]
    kept, day = clinic.installation.reminders, NOW.date()
    with clinic.people["ada"].acts():
        code = clinic.patient("ada").reminders.ask_for_mail("ada@example.org", 9)
        clinic.patient("ada").reminders.confirm_mail(code.code)
    with current_actor.acting_as(current_actor.SYSTEM):
        assert kept.claim(patient, day + YEAR, at=NOW + YEAR)
        kept.settle(patient, day + YEAR)
        assert kept.claim(patient, day, at=NOW)
        kept.settle(patient, day)
        assert not kept.claim(patient, day, at=NOW)


def test_a_code_that_was_mailed_in_the_future_confirms_nothing(clinic: Clinic, clock: Clock):
    with clinic.people["ada"].acts():
        clock.now = NOW + YEAR
        code = clinic.patient("ada").reminders.ask_for_mail("ada@example.org", 9)
        clock.now = NOW + timedelta(minutes=1)
        with pytest.raises(Exception, match="mail_code_over"):
            clinic.patient("ada").reminders.confirm_mail(code.code)


@pytest.fixture(autouse=True)
def _real_clock_again() -> Iterator[None]:
    yield
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one
