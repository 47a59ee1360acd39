"""E-mail reminders, sent to a real mail server on this computer: what arrives, what hinders it, what is never told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk import Installation, PatientDesk
from coach.desk.clinic.reminder_queue import DueMail, ReminderQueue
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.domain.facts import RedFlagYes, Setting
from coach.domain.reminders import NAMES
from coach.mail import reminders, smtp
from coach.records.database import current_actor, schema
from coach.ui.shell import error_reporting
from coach.web.reminders import rounds
from tests.support.homes import NOW, Clock, settled
from tests.support.mail import HOST, MailServer, NoTls, certificate
from tests.support.server import free_port

ADA = "ada@example.org"
EVENING = datetime(2026, 3, 6, 17, 5, tzinfo=UTC)  # Friday 18:05 in Berlin, the day after set-up
Remind = Callable[..., Result]


@pytest.fixture
def clock() -> Iterator[Clock]:
    hand = Clock(NOW)
    desk_clock.use(hand)
    yield hand
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture
def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[PatientDesk]:
    """A patient at home on the day before, to be reminded at six in the evening."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COACH_HOME", str(folder))
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example")
    monkeypatch.setenv("COACH_MAIL_FROM", "Klinik Süd <coach@example.org>")
    settled(folder).installation.store.close()
    desk.forget()
    made = desk.home()
    made.reminders.confirm_mail(made.reminders.ask_for_mail(ADA, 18).code)
    clock.now = EVENING
    yield made
    made.installation.store.close()
    desk.forget()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Remind:
    def start(server: MailServer | int, login: str = "", scheme: str = "smtp") -> Result:
        port = server if isinstance(server, int) else server.port
        monkeypatch.setenv("COACH_SMTP_URL", f"{scheme}://{login}{HOST}:{port}")
        return CliRunner().invoke(line.main, ["remind"])

    return start


def test_one_reminder_a_day_when_nothing_was_entered(patient: PatientDesk, run: Remind, clock: Clock):
    with MailServer() as server:
        assert (run(server).output, run(server).output) == ("Sent: 1 e-mail.\n", "Sent: 0 e-mails.\n")
        (message,) = server.inbox.messages
        assert server.inbox.to == [ADA]
        assert message["To"] == ADA
        assert message["From"] == "Klinik Süd <coach@example.org>"
        assert message["Subject"] == "Your reminder"
        known = patient.installation.reminders.mail(patient.patient)
        assert known
        stop = f"https://coach.example/reminders/stop/{known.stop_secret}"
        assert message["List-Unsubscribe"] == f"<{stop}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert stop in message.get_content()
        clock.goes_on(hours=24)
        assert run(server).output == "Sent: 1 e-mail.\n"


def test_nothing_clinical_is_in_it_unless_the_patient_chose_the_names(patient, run, clock: Clock):
    with MailServer() as server:
        run(server)
        patient.settings.set(NAMES, value=True)
        clock.goes_on(hours=24)
        run(server)
        plain, named = (f"{m['Subject']}\n{m.get_content()}".lower() for m in server.inbox.messages)
    assert "ankle pumps, bottom squeeze" in named
    for word in ("exercise", "pain", "pump", "squeeze", "spine", "ada ", "procedure", "clinic"):
        assert word not in plain, word
    assert str(patient.patient) not in plain + named


@pytest.mark.parametrize("when", ["before the hour", "late at night", "entered", "flag", "stopped"])
def test_nothing_is_sent(patient: PatientDesk, run: Remind, clock: Clock, when: str):
    if when == "before the hour":
        clock.goes_on(minutes=-6)
    if when == "late at night":
        clock.goes_on(hours=4)
    if when == "entered":
        patient.sessions.answer_none(whole=True, key=new_key())
    if when == "flag":
        clock.goes_on(hours=-24)
        patient.red_flags.report_flag("fall", key=new_key())
        clock.goes_on(hours=24)
        assert patient.history().of(RedFlagYes)
    if when == "stopped":
        patient.reminders.stop_mail()
    with MailServer() as server:
        assert run(server).output == "Sent: 0 e-mails.\n"
        assert server.inbox.raw == []


def test_an_address_that_was_not_confirmed_gets_nothing(patient: PatientDesk, run: Remind):
    patient.reminders.ask_for_mail("eve@example.org", 18)
    with MailServer() as server:
        assert run(server).output == "Sent: 0 e-mails.\n"


def test_while_the_server_is_down_nothing_is_lost_and_it_is_tried_again(patient, run, clock, caplog):
    port = free_port()
    for _ in range(3):
        told = run(port)
        assert told.exit_code == 1
        assert "tried again" in told.output
        clock.goes_on(minutes=5)
    with MailServer(port=port) as server:
        assert run(server).output == "Sent: 1 e-mail.\n"
        assert server.inbox.to == [ADA]
    assert (
        caplog.messages
        == ["The mail server cannot be used (ConnectionRefusedError); reminders are tried again later."] * 3
    )
    assert_not_told(caplog)


@pytest.mark.parametrize(
    ("url", "greeting"),
    [
        ("https://coach.example.org", "coach.example.org"),
        ("https://Coach.Example.org:8443/x", "coach.example.org"),
        ("https://übung.example", "xn--bung-zra.example"),
        ("https://192.0.2.7", "[192.0.2.7]"),
        ("https://[2001:db8::7]", "[IPv6:2001:db8::7]"),
        ("http://localhost:8501", f"[{HOST}]"),
        ("https://coach", f"[{HOST}]"),
    ],
)
def test_the_greeting_is_a_name_that_others_can_look_up_or_an_address(url: str, greeting: str):
    message = EmailMessage()
    message["To"] = ADA
    message.set_content("Exercise time")
    with MailServer() as server:
        by = smtp.Post(HOST, server.port, encrypted=False, sender="coach@example.org", url=url)
        with by.connected() as connection:
            by.send(connection, message, ADA)
        assert server.inbox.greetings == [greeting]


def assert_not_told(caplog: pytest.LogCaptureFixture) -> None:
    assert "ada" not in caplog.text.lower()
    assert "s3cret" not in caplog.text


def test_a_password_is_not_sent_where_there_is_no_encryption(patient, run: Remind, caplog):
    with MailServer(auth=True) as server:  # it would take the password in plain text
        assert run(server, "coach:s3cret%2Fx@").exit_code == 1
        assert (server.inbox.raw, server.inbox.logins) == ([], [])
        assert run(server).output == "Sent: 1 e-mail.\n"  # it was not lost
    assert "SMTPNotSupportedError" in caplog.text
    assert_not_told(caplog)


def test_without_encryption_nothing_goes_to_another_computer(monkeypatch: pytest.MonkeyPatch):
    with MailServer() as server:
        by = smtp.Post(
            HOST, server.port, encrypted=False, sender="Coach <c@example.org>", url="https://coach.example"
        )
        monkeypatch.setattr(smtp, "_is_near", lambda host: False)
        with pytest.raises(smtp.NotSent, match="SMTPNotSupportedError"), by.connected():
            pytest.fail("it was used")


def test_encryption_that_is_refused_sends_nothing(patient, run: Remind, tmp_path: Path, monkeypatch, caplog):
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with MailServer(kind=NoTls, context=context, auth=True) as server:
        assert run(server, "coach:s3cret%2Fx@").exit_code == 1
        assert (server.inbox.raw, server.inbox.logins) == ([], [])
    assert "reminders are tried again later" in caplog.text
    assert_not_told(caplog)


def test_a_server_that_nobody_vouches_for_gets_nothing(patient, run: Remind, tmp_path: Path, caplog):
    context, _trusted = certificate(tmp_path)
    with MailServer(context=context, auth=True) as server:
        assert run(server, "coach:s3cret%2Fx@").exit_code == 1
        assert (server.inbox.raw, server.inbox.logins) == ([], [])
    assert "SSLCertVerificationError" in caplog.text


def test_over_encryption_it_signs_in_and_sends(patient, run: Remind, tmp_path: Path, monkeypatch):
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with MailServer(context=context, auth=True) as server:
        assert run(server, "coach:wrong@").exit_code == 1
        assert run(server, "coach:s3cret%2Fx@").output == "Sent: 1 e-mail.\n"
        assert server.inbox.logins[-1] == (b"coach", b"s3cret/x")


def test_an_address_that_the_server_refuses_is_given_up_for_the_day(patient, run, clock, caplog):
    with MailServer() as server:
        server.inbox.on_recipient = "550 nobody of that name: ada@example.org"
        assert run(server).exit_code == 1
        server.inbox.on_recipient = "250 OK"
        assert run(server).output == "Sent: 0 e-mails.\n"
        clock.goes_on(hours=24)
        assert run(server).output == "Sent: 1 e-mail.\n"
    assert_not_told(caplog)


def test_an_email_that_is_put_off_is_tried_again(patient: PatientDesk, run: Remind, caplog):
    with MailServer() as server:
        server.inbox.on_data = "451 try later"
        assert run(server).exit_code == 1
        server.inbox.on_data = "250 OK"
        assert run(server).output == "Sent: 1 e-mail.\n"
        assert len(server.inbox.raw) == 1
    assert_not_told(caplog)


def test_a_connection_that_breaks_off_is_followed_by_one_more_try_at_most(patient, run, clock, caplog):
    with MailServer() as server:
        server.inbox.breaks_off = True
        for _ in range(4):
            run(server)
            clock.goes_on(minutes=16)
        assert len(server.inbox.raw) == 2
    assert caplog.messages == ["A reminder may not have been sent (SMTPServerDisconnected)."] * 2


def test_a_program_that_dies_between_sending_and_settling_sends_twice_at_most(
    patient: PatientDesk, run: Remind, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    def dies(self: ReminderQueue, due: DueMail) -> None:
        raise SystemExit(9)

    with MailServer() as server:
        with monkeypatch.context() as cut:
            cut.setattr(ReminderQueue, "sent", dies)
            assert run(server).exit_code == 9
            assert (
                run(server).output == "Sent: 0 e-mails.\n"
            )  # another program has it, for all this one knows
            clock.goes_on(minutes=15)
            assert run(server).exit_code == 9
        for _ in range(3):
            clock.goes_on(minutes=20)
            assert run(server).output == "Sent: 0 e-mails.\n"
        assert len(server.inbox.raw) == 2


def test_letters_of_other_languages_arrive(patient: PatientDesk, run: Remind, clock: Clock):
    clock.now = NOW
    code = patient.reminders.ask_for_mail("jürgen@bücher.example", 18)
    patient.reminders.confirm_mail(code.code.lower().replace("-", " "))
    clock.now = EVENING
    with MailServer() as server:
        assert run(server).output == "Sent: 1 e-mail.\n"
        assert server.inbox.to == ["jürgen@xn--bcher-kva.example"]


@pytest.mark.parametrize("address", ["ada@example.org\r\nBcc: eve@example.org", "ada@example.org\n\nHello"])
def test_a_line_end_that_came_into_the_record_ends_up_nowhere(patient, run: Remind, address: str, caplog):
    with current_actor.acting_as(current_actor.SYSTEM), patient.installation.store.writing() as connection:
        connection.execute(schema.mail_reminder.update().values(address=address))
    with MailServer() as server:
        assert run(server).exit_code == 1
        assert (server.inbox.raw, server.inbox.to) == ([], [])
    assert_not_told(caplog)


def test_the_code_comes_by_email_and_with_a_way_out(patient: PatientDesk, monkeypatch: pytest.MonkeyPatch):
    with MailServer() as server:
        monkeypatch.setenv("COACH_SMTP_URL", f"smtp://{HOST}:{server.port}")
        by = smtp.configured()
        assert by
        code = patient.reminders.ask_for_mail("new@example.org", 18)
        reminders.send_code(by, code)
        (message,) = server.inbox.messages
    assert code.code in message.get_content()
    assert code.stop_secret in message.get_content()
    assert message["To"] == "new@example.org"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"COACH_SMTP_URL": ""}, "COACH_SMTP_URL names no mail server"),
        ({"COACH_SMTP_URL": "http://mail.example"}, "COACH_SMTP_URL names no server"),
        ({"COACH_SMTP_URL": "smtp://mail.example:port"}, "COACH_SMTP_URL names no server"),
        ({"COACH_SMTP_URL": "smtp://"}, "COACH_SMTP_URL names no server"),
        ({"COACH_MAIL_FROM": ""}, "COACH_MAIL_FROM is no sender"),
        ({"COACH_MAIL_FROM": "nobody"}, "COACH_MAIL_FROM is no sender"),
        ({"COACH_MAIL_FROM": "a@example.org\r\nBcc: b@example.org"}, "COACH_MAIL_FROM is no sender"),
        ({"COACH_PUBLIC_URL": ""}, "COACH_PUBLIC_URL is missing"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_one_sentence(
    patient, monkeypatch, changed: dict[str, str], sentence: str
):
    monkeypatch.setenv("COACH_SMTP_URL", f"smtp://{HOST}:1")
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(line.main, ["remind"])
    assert told.exit_code == 2
    assert sentence in told.output
    assert "Traceback" not in told.output


def test_a_changed_setting_is_no_entry(patient: PatientDesk, run: Remind):
    patient.settings.set("voice", value=False)
    assert patient.history().of(Setting)
    with MailServer() as server:
        assert run(server).output == "Sent: 1 e-mail.\n"


def test_each_email_is_a_line_of_the_audit_without_its_address(patient: PatientDesk, run: Remind):
    installation: Installation = patient.installation
    with MailServer() as server:
        run(server)
    with current_actor.acting_as(current_actor.SYSTEM):
        lines = installation.audit.read(patient=patient.patient)
    assert [each.action for each in lines if each.action.startswith("mail.")] == [
        "mail.remind",
        "mail.confirm",
        "mail.ask",
    ]
    assert "example" not in repr(lines)


def test_a_server_sends_the_same_every_few_minutes_until_it_stops(
    patient: PatientDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.goes_on(seconds=seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    async def serve() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await rounds(sleep)

    with MailServer() as server, ThreadPoolExecutor(1) as other:
        other.submit(lambda: asyncio.run(serve())).result()
        assert slept == []  # no mail server is named: there is nothing to do
        monkeypatch.setenv("COACH_SMTP_URL", f"smtp://{HOST}:{server.port}")
        other.submit(lambda: asyncio.run(serve())).result()
        assert slept == [300] * 3
        assert server.inbox.to == [ADA]


@pytest.mark.usefixtures("patient")
def test_the_log_of_an_unforeseen_error_does_not_tell_the_address(caplog: pytest.LogCaptureFixture):
    error_reporting.keep_values_out_of_the_log()
    logging.getLogger("coach").error("%s", ValueError(ADA))
    assert_not_told(caplog)


def test_a_reminder_is_in_the_language_in_which_the_patient_agreed_to_it(
    patient: PatientDesk, run: Remind, clock: Clock
):
    with MailServer() as server:
        patient.reminders.confirm_mail(patient.reminders.ask_for_mail(ADA, 18, language="de-CH").code)
        clock.goes_on(hours=24)
        run(server)
        patient.settings.set("language", "fr")
        clock.goes_on(hours=24)
        run(server)
        assert [each["Subject"] for each in server.inbox.messages] == ["Ihre Erinnerung", "Votre rappel"]
