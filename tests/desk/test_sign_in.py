"""Signing in and out: what lets somebody in, how long, and what slows whoever guesses."""

from __future__ import annotations

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event

from coach.desk.access import known_devices, passwords
from coach.desk.access.permissions import Role
from coach.desk.access.rate_limits import FREE, MANY, Wait
from coach.desk.accounts import own_language
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, SignIns, Stage, Started
from coach.desk.installation.installation import Installation
from coach.domain.errors import BadValue, Fault
from coach.records.database.schema import account
from tests.support.clinic_team import (
    OPERATOR,
    OWN,
    PASSWORD,
    clinic,
    code,
    patient,
    patient_with_password,
    physiotherapist,
    team,
)
from tests.support.homes import NOW, Clock

pytestmark = pytest.mark.slow

ELSEWHERE = "192.0.2.1"
THIRD = "198.51.100.4"


@pytest.fixture
def installation(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    return clinic(tmp_path)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digests that passwords were compared with."""
    compared: list[str] = []

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            compared.append(stored)
            return real.verify(stored, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    real = passwords.hasher
    monkeypatch.setattr(passwords, "hasher", Counting())
    return compared


def who(installation: Installation, token: str, clock: Clock, **more: bool):
    return SignIns(installation).identity(token, **more)


def signed_in(installation: Installation, login: str, secret: str | None, clock: Clock) -> Started:
    clock.goes_on(minutes=1)
    started = SignIns(installation).by_password(login, PASSWORD, address=OWN)
    if secret is None:
        return started
    return SignIns(installation).by_code(started.token, code(secret), address=OWN)


def said(installation: Installation) -> Counter[tuple[str, str]]:
    """Return how often what was done, as the audit tells it."""
    found: Counter[tuple[str, str]] = Counter()
    for line in installation.audit.read(limit=5_000):
        found[line.action, line.outcome] += line.times
    return found


# in


def test_one_of_the_staff_needs_password_and_code(installation: Installation, clock: Clock):
    spine = team(installation)
    key, secret = physiotherapist(installation, spine)
    clock.goes_on(minutes=1)
    first = SignIns(installation).by_password(" MARA ", PASSWORD, address=OWN)
    assert first.stage is Stage.SECOND_FACTOR
    assert who(installation, first.token, clock) is None
    assert SignIns(installation).enrolment(first.token) is None, (
        "the secret is shown until it was used, never after"
    )
    full = SignIns(installation).by_code(first.token, f" {code(secret)} ", address=OWN)
    identity = who(installation, full.token, clock)
    assert identity is not None
    assert (identity.account, identity.staff_role, identity.patient) == (key, Role.PHYSIOTHERAPIST, None)
    assert identity.teams == {spine}
    assert identity.as_patient() is None
    assert who(installation, first.token, clock) is None
    with pytest.raises(NotKnown):
        SignIns(installation).by_code(first.token, code(secret, ahead_s=30), address=OWN)


def test_a_patient_needs_a_password(installation: Installation, clock: Clock):
    ada = patient(installation, team(installation))
    login = patient_with_password(installation, ada)
    started = SignIns(installation).by_password(login, PASSWORD, address=OWN)
    assert started.stage is Stage.FULL
    identity = who(installation, started.token, clock)
    assert identity is not None
    assert identity.patient == ada
    assert identity.as_staff() is None


def test_a_code_counts_once_and_its_neighbours_count(installation: Installation, clock: Clock):
    _key, secret = physiotherapist(installation, None)
    for ahead in (60, 120, 180):
        clock.goes_on(seconds=90)
        started = SignIns(installation).by_password("mara", PASSWORD, address=OWN)
        for wrong in (
            code(secret, ahead_s=ahead),
            code(secret, ahead_s=-60),
            "",
            "abcdef",
            "١٢٣٤٥٦",
            "1" * 999,
        ):
            with pytest.raises(BadValue, match=Fault.CODE_WRONG):
                SignIns(installation).by_code(
                    started.token, wrong, address=f"10.1.{ahead}.{len(wrong) % 250}"
                )
        token = SignIns(installation).by_code(started.token, code(secret, ahead_s=-30), address=OWN).token
        assert who(installation, token, clock)
        again = SignIns(installation).by_password("mara", PASSWORD, address=OWN)
        with pytest.raises(BadValue, match=Fault.CODE_WRONG):
            SignIns(installation).by_code(again.token, code(secret, ahead_s=-30), address=OWN)


@pytest.mark.usefixtures("as_delivered")
@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("mara", "wrong words altogether"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("invited", PASSWORD),
        ("", PASSWORD),
        ("mara\x00", PASSWORD),
        ("m" * 5_000, PASSWORD),
        ("mara", ""),
        ("mara", "x" * 1_000_000),
        ("mara", "\ud800"),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_whoever_is_not_let_in_gets_the_same_answer_after_the_same_work(
    installation: Installation, clock: Clock, hashes: list[str], login: str, password: str
):
    physiotherapist(installation, None)
    gone, _secret = physiotherapist(installation, None, login="gone")
    desk = AccountsDesk(installation, OPERATOR)
    desk.disable(gone)
    desk.add_staff("Ida", "invited", Role.ADMINISTRATOR, team=None, key=gone.__class__(int=7))
    hashes.clear()
    with pytest.raises(NotKnown) as refused:
        SignIns(installation).by_password(login, password, address=ELSEWHERE)
    assert refused.value.args == ()
    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert said(installation)["sign_in", "refused"] == 1


def test_passwords_are_compared_as_people_type_them(installation: Installation, clock: Clock):
    login = patient_with_password(
        installation, patient(installation, None), password="Zu\u0308richsee im Mai"
    )
    assert SignIns(installation).by_password(login, "Z\u00fcrichsee im Mai", address=OWN).token


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("1234567", Fault.PASSWORD_TOO_SHORT),
        ("x" * 257, Fault.PASSWORD_TOO_LONG),
        ("password", Fault.PASSWORD_COMMON),
        ("PassWord1", Fault.PASSWORD_COMMON),
        ("aaaaaaaaaaaa", Fault.PASSWORD_COMMON),
        ("mk-10411", Fault.PASSWORD_COMMON),
        ("Coach2026!", Fault.PASSWORD_COMMON),
    ],
)
def test_a_bad_password_is_refused_and_the_invitation_stays_good(
    installation: Installation, clock: Clock, password: str, fault: Fault
):
    invited = AccountsDesk(installation, OPERATOR).invite_patient(
        patient(installation, None, reference="MK-1041")
    )
    with pytest.raises(BadValue) as refused:
        SignIns(installation).by_invitation(invited.code, password, address=OWN)
    assert refused.value.fault is fault
    assert SignIns(installation).by_invitation(invited.code, "y" * 4 + "za" * 126, address=OWN).token


# how long


def test_a_session_times_out_when_idle_and_in_any_case(installation: Installation, clock: Clock):
    _key, secret = physiotherapist(installation, None)
    login = patient_with_password(installation, patient(installation, None))
    for name, factor, idle, most in (("mara", secret, 15, 8 * 60), (login, None, 60, 12 * 60)):
        token = signed_in(installation, name, factor, clock).token
        began = clock.now
        clock.goes_on(minutes=idle - 1)
        assert who(installation, token, clock, seen=False)
        clock.goes_on(minutes=1)
        assert who(installation, token, clock) is None
        token = signed_in(installation, name, factor, clock).token
        began = clock.now
        while who(installation, token, clock):
            clock.goes_on(minutes=10)
        assert (clock.now - began).total_seconds() == most * 60


def test_looking_whether_somebody_is_signed_in_does_not_keep_them(installation: Installation, clock: Clock):
    login = patient_with_password(installation, patient(installation, None))
    token = signed_in(installation, login, None, clock).token
    for _minute in range(59):
        clock.goes_on(minutes=1)
        assert who(installation, token, clock, seen=False)
    clock.goes_on(minutes=1)
    assert who(installation, token, clock, seen=False) is None


def test_a_look_up_is_one_query_and_writes_at_most_once_a_minute(installation: Installation, clock: Clock):
    login = patient_with_password(installation, patient(installation, team(installation)))
    token = signed_in(installation, login, None, clock).token
    seen: list[str] = []
    event.listen(installation.store._writer, "before_cursor_execute", lambda *a: seen.append(a[2]))  # noqa: SLF001  listens to the database itself
    for _run in range(5):
        who(installation, token, clock)
    assert [statement.split()[0] for statement in seen if not statement.startswith("BEGIN")] == ["SELECT"] * 5
    clock.goes_on(minutes=1)
    seen.clear()
    for _run in range(5):
        who(installation, token, clock)
    assert sum(statement.startswith("UPDATE") for statement in seen) == 1


def test_signing_out_ends_one_session_or_all(installation: Installation, clock: Clock):
    login = patient_with_password(installation, patient(installation, None))
    one, two, three = (signed_in(installation, login, None, clock).token for _ in range(3))
    SignIns(installation).out(one)
    SignIns(installation).out(one)
    SignIns(installation).out("unknown")
    assert who(installation, one, clock) is None
    assert who(installation, two, clock)
    SignIns(installation).out_everywhere(two)
    assert who(installation, two, clock) is None
    assert who(installation, three, clock) is None
    assert said(installation)["sign_out", "allowed"] == 2  # one of them when the password was set


def test_disabling_and_resetting_end_every_session_at_once(installation: Installation, clock: Clock):
    key, secret = physiotherapist(installation, None)
    desk = AccountsDesk(installation, OPERATOR)
    token = signed_in(installation, "mara", secret, clock).token
    invited = desk.reset(key)
    assert who(installation, token, clock) is None
    with pytest.raises(NotKnown):
        SignIns(installation).by_password("mara", PASSWORD, address=OWN)
    started = SignIns(installation).by_invitation(invited.code, PASSWORD, address=OWN)
    enrolment = SignIns(installation).enrolment(started.token)
    assert enrolment is not None
    assert enrolment.secret != secret
    token = SignIns(installation).by_code(started.token, code(enrolment.secret), address=OWN).token
    desk.disable(key)
    assert who(installation, token, clock) is None


def test_a_disabled_account_lets_nobody_in_whatever_is_still_open(installation: Installation, clock: Clock):
    login = patient_with_password(installation, patient(installation, None))
    token = signed_in(installation, login, None, clock).token
    found = installation.accounts.by_login(login)
    assert found
    installation.accounts.link(found.id, "https://idp|ada")
    ticket = SignIns(installation).by_organisation("https://idp", "ada", "", verified=False)
    with installation.store.writing() as connection:
        connection.execute(account.update().values(disabled_at=clock.now))
    assert who(installation, token, clock) is None
    with pytest.raises(NotKnown):
        SignIns(installation).by_ticket(ticket)


def test_what_is_stored_lets_nobody_in(installation: Installation, clock: Clock, tmp_path: Path):
    login = patient_with_password(installation, patient(installation, None))
    invited = AccountsDesk(installation, OPERATOR).invite_patient(
        patient(installation, None, reference="MK-2")
    )
    token = signed_in(installation, login, None, clock).token
    dump = "\n".join(sqlite3.connect(tmp_path / "coach.sqlite3").iterdump())
    for secret in (token, invited.code, invited.code.replace("-", ""), PASSWORD, OWN):
        assert secret not in dump
    attempts = [line for line in dump.splitlines() if 'INTO "attempt"' in line]
    assert attempts
    assert not any(login in line for line in attempts)


# tries


def guess(installation: Installation, address: str, login: str = "mara", device: str = "") -> str:
    try:
        SignIns(installation).by_password(login, "a wrong guess", address=address, device=device)
    except NotKnown:
        return "refused"
    except Wait as wait:
        return f"wait {wait.minutes}"
    return "in"


def test_a_thousand_tries_from_one_address_are_slowed_and_the_owner_still_gets_in(
    installation: Installation, clock: Clock, hashes: list[str]
):
    _key, secret = physiotherapist(installation, None)
    hashes.clear()
    answers = []
    for _try in range(1_000):
        answers.append(guess(installation, ELSEWHERE))
        clock.goes_on(seconds=3.6)
    assert len(hashes) < 12, "an hour of guessing compares a handful of passwords"
    assert answers[:FREE] == ["refused"] * FREE
    assert answers.count("refused") == len(hashes)
    assert all(answer.startswith(("refused", "wait ")) for answer in answers)
    assert signed_in(installation, "mara", secret, clock).stage is Stage.FULL
    assert SignIns(installation).by_password("mara", PASSWORD, address=THIRD).token, (
        "also from an address never seen"
    )
    assert guess(installation, ELSEWHERE).startswith("wait ")
    assert said(installation)["sign_in.slowed", "refused"] <= 61, "the audit is not flooded"


@pytest.mark.usefixtures("as_delivered")
def test_a_digest_is_dear_and_no_cheaper_where_there_is_no_account():
    made = passwords.digest(PASSWORD)
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.NOBODYS.split("$")[:4] == made.split("$")[:4]
    assert passwords.matches(made, PASSWORD)


def test_the_right_password_is_not_looked_at_either_while_one_must_wait(
    installation: Installation, clock: Clock, hashes: list[str]
):
    physiotherapist(installation, None)
    for _try in range(FREE):
        guess(installation, ELSEWHERE)
    hashes.clear()
    with pytest.raises(Wait) as wait:
        SignIns(installation).by_password("mara", PASSWORD, address=ELSEWHERE)
    assert wait.value.minutes == 1
    assert hashes == []
    clock.goes_on(minutes=1)
    assert SignIns(installation).by_password("mara", PASSWORD, address=ELSEWHERE).token


def test_waiting_grows(installation: Installation, clock: Clock):
    physiotherapist(installation, None)
    waits = []
    for _failure in range(FREE + 8):
        while (answer := guess(installation, ELSEWHERE)) != "refused":
            clock.goes_on(minutes=int(answer.split()[1]))
            waits.append(int(answer.split()[1]))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_unknown_logins_are_slowed_like_known_ones(installation: Installation, clock: Clock):
    physiotherapist(installation, None)
    known = [guess(installation, ELSEWHERE) for _try in range(8)]
    clock.goes_on(minutes=2)
    assert [guess(installation, ELSEWHERE, login="nobody") for _try in range(8)] == known


def test_an_address_has_twenty_tries_a_minute_whatever_the_login(installation: Installation, clock: Clock):
    answers = [guess(installation, ELSEWHERE, login=f"user{number}") for number in range(30)]
    assert answers == ["refused"] * 20 + ["wait 1"] * 10
    assert guess(installation, THIRD, login="user29") == "refused"
    clock.goes_on(minutes=1)
    assert guess(installation, ELSEWHERE, login="user29") == "refused"


def test_many_at_once_do_not_pass_as_few(installation: Installation, clock: Clock):
    physiotherapist(installation, None)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _n: guess(installation, ELSEWHERE), range(40)))
    assert answers.count("refused") == FREE


def test_guessing_from_many_addresses_has_a_ceiling_and_the_owner_gets_in(
    installation: Installation, clock: Clock, hashes: list[str]
):
    key, secret = physiotherapist(installation, None)
    mine = known_devices.kept("", key, now=clock.now)
    signed_in(installation, "mara", secret, clock)
    hashes.clear()
    answers: Counter[str] = Counter()
    for number in range(400):  # an hour of it
        answers[guess(installation, f"2001:db8:{number:x}::1")] += 1
        clock.goes_on(seconds=9)
    assert len(hashes) == answers["refused"] <= MANY + 12
    assert {answer for answer in answers if answer != "refused"} <= {f"wait {n}" for n in range(1, 6)}
    with pytest.raises(Wait):  # a stranger as well: no address and no device of hers
        SignIns(installation).by_password("mara", PASSWORD, address=THIRD)
    clock.goes_on(minutes=1)
    assert SignIns(installation).by_password("mara", PASSWORD, address=THIRD, device=mine).token
    assert signed_in(installation, "mara", secret, clock).stage is Stage.FULL, (
        "from an address of her own too"
    )
    assert [guess(installation, OWN) for _try in range(FREE)] == ["refused"] * FREE
    clock.goes_on(minutes=5)
    assert guess(installation, ELSEWHERE) == "refused", "one try for all strangers together"
    assert guess(installation, THIRD).startswith("wait ")
    assert guess(installation, THIRD, login="nobody") == "refused", "of this login alone"


def test_refused_tries_of_strangers_are_one_line_an_hour_that_counts_them(
    installation: Installation, clock: Clock
):
    key, _secret = physiotherapist(installation, None)
    before = len(installation.audit.read(limit=5_000))
    clock.goes_on(minutes=60 - clock.now.minute)
    for number in range(60):
        for login in ("mara", f"guess-{number}"):
            guess(installation, f"203.0.{number}.1", login=login)
        with pytest.raises(NotKnown):
            SignIns(installation).by_invitation("A" * 16, PASSWORD, address=f"198.51.{number}.1")
        clock.goes_on(seconds=59)
    lines = installation.audit.read(limit=5_000)[: -before or None]
    refused = [(line.account, line.action, line.outcome, line.times) for line in lines]
    assert sorted(refused, key=str) == sorted(
        [
            (key, "sign_in", "refused", 60),
            (None, "sign_in", "refused", 60),
            (None, "invitation.take_up", "refused", 60),
        ],
        key=str,
    )
    clock.goes_on(minutes=2)
    guess(installation, ELSEWHERE)
    assert [
        line.times for line in installation.audit.read(account=key, action="sign_in", outcome="refused")
    ] == [
        1,
        60,
    ]


def test_at_the_ceiling_many_at_once_have_one_try(installation: Installation, clock: Clock):
    for number in range(MANY):
        guess(installation, f"203.0.{number}.1", login="nobody")
    clock.goes_on(minutes=5)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: guess(installation, f"198.51.100.{n}", login="nobody"), range(40)))
    assert answers.count("refused") == 1


def test_a_device_has_tries_of_its_own_and_no_more_than_others(installation: Installation, clock: Clock):
    login = patient_with_password(installation, patient(installation, None))
    account = installation.accounts.by_login(login)
    assert account
    mine = known_devices.kept("", account.id, now=clock.now)
    for _try in range(FREE):
        assert guess(installation, THIRD, login=login, device=mine) == "refused"
    assert guess(installation, ELSEWHERE, login=login, device=mine) == "wait 1", "wherever it is"
    assert guess(installation, THIRD, login=login) == "refused", "it uses up nobody else's"


def test_a_device_is_known_for_the_accounts_it_was_signed_in_to_and_for_a_while():
    ada, ben, now = UUID(int=1), UUID(int=2), NOW
    first = known_devices.kept("", ada, now=now)
    both = known_devices.kept(first, ben, now=now)
    assert known_devices.known(both, ada, now=now) == known_devices.known(first, ada, now=now) != ""
    assert known_devices.known(both, ben, now=now) != known_devices.known(both, ada, now=now)
    assert known_devices.known(first, ben, now=now) == ""
    assert known_devices.known(both, ada, now=now + known_devices.KEPT + timedelta(days=1)) == ""
    assert known_devices.known(both, ada, now=now - timedelta(days=2)) == "", "the clock was ahead"
    again = known_devices.kept(both, ada, now=now)
    assert again.count("~") == 1
    for made_up in (
        "x",
        "a.1.b",
        first[:-6] + "000000",
        first.replace(".", ".9", 1),
        "~" * 9,
        "\udcff.1.\u0661",
    ):
        assert known_devices.known(made_up, ada, now=now) == ""
    for number in range(9):
        both = known_devices.kept(both, UUID(int=number + 9), now=now)
    assert both.count("~") == known_devices.MOST - 1
    for secret in (str(ada), str(ben), ada.hex):
        assert secret not in both


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", ELSEWHERE, True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_an_address_is_what_one_subscriber_has(
    installation: Installation, clock: Clock, one: str, other: str, same: bool
):
    for _try in range(FREE):
        guess(installation, one)
    assert guess(installation, other).startswith("wait" if same else "refused")


def test_guessing_codes_is_slowed_too(installation: Installation, clock: Clock):
    _key, secret = physiotherapist(installation, None)
    clock.goes_on(minutes=1)
    started = SignIns(installation).by_password("mara", PASSWORD, address=ELSEWHERE)
    for _try in range(FREE):
        with pytest.raises(BadValue):
            SignIns(installation).by_code(started.token, "000000", address=ELSEWHERE)
    with pytest.raises(Wait):
        SignIns(installation).by_code(started.token, code(secret), address=ELSEWHERE)


# an organisation's sign-in


def test_an_organisation_vouches_for_staff_by_a_verified_address(installation: Installation, clock: Clock):
    key, _secret = physiotherapist(installation, None, login="mara@clinic.example")
    ticket = SignIns(installation).by_organisation("https://idp", "7", "Mara@Clinic.example", verified=True)
    assert who(installation, ticket, clock) is None
    token = SignIns(installation).by_ticket(ticket).token
    identity = who(installation, token, clock)
    assert identity is not None
    assert identity.account == key
    with pytest.raises(NotKnown):
        SignIns(installation).by_ticket(ticket)
    changed = SignIns(installation).by_organisation(
        "https://idp", "7", "other@clinic.example", verified=False
    )
    clock.goes_on(seconds=61)
    with pytest.raises(NotKnown):
        SignIns(installation).by_ticket(changed)


@pytest.mark.parametrize(
    ("issuer", "subject", "email", "verified"),
    [
        ("https://idp", "7", "mara@clinic.example", False),
        ("https://idp", "7", "eve@clinic.example", True),
        ("https://idp", "7", "mk-1041", True),
        ("https://idp", "7", "", True),
        ("", "7", "mara@clinic.example", True),
        ("https://idp", "", "mara@clinic.example", True),
        ("https://idp", "9", "gone@clinic.example", True),
        ("https://idp", "9", "linked@clinic.example", True),
    ],
)
def test_whoever_is_not_known_for_certain_is_not_known(
    installation: Installation, clock: Clock, issuer: str, subject: str, email: str, verified: bool
):
    physiotherapist(installation, None, login="mara@clinic.example")
    gone, _secret = physiotherapist(installation, None, login="gone@clinic.example")
    linked, _secret = physiotherapist(installation, None, login="linked@clinic.example")
    patient_with_password(installation, patient(installation, None, reference="MK-1041"))
    desk = AccountsDesk(installation, OPERATOR)
    desk.disable(gone)
    desk.link_organisation(linked, "https://idp", "another")
    with pytest.raises(NotKnown):
        SignIns(installation).by_organisation(issuer, subject, email, verified=verified)
    assert said(installation)["sign_in.organisation", "refused"] == 1


def test_a_patient_comes_in_by_an_organisation_once_linked(installation: Installation, clock: Clock):
    ada = patient(installation, None)
    patient_with_password(installation, ada)
    account = installation.accounts.of_patient(ada)
    assert account is not None
    AccountsDesk(installation, OPERATOR).link_organisation(account.id, "https://idp", "ada")
    ticket = SignIns(installation).by_organisation("https://idp", "ada", "", verified=False)
    identity = who(installation, SignIns(installation).by_ticket(ticket).token, clock)
    assert identity is not None
    assert identity.patient == ada


def test_staff_keep_the_language_that_they_chose_and_nobody_else_can_choose_one(
    installation: Installation, clock: Clock
):
    spine = team(installation)
    _key, secret = physiotherapist(installation, spine)

    def language(token: str) -> str:
        return str(who(installation, token, clock).as_staff().language)

    token = signed_in(installation, "mara", secret, clock).token
    assert language(token) == ""
    own_language.choose(installation, token, "fr")
    assert (language(token), language(signed_in(installation, "mara", secret, clock).token)) == ("fr", "fr")
    with pytest.raises(BadValue):
        own_language.choose(installation, token, "klingon")
    ada = signed_in(
        installation, patient_with_password(installation, patient(installation, spine)), None, clock
    )
    for other in (ada.token, "nobody", ""):
        with pytest.raises(NotKnown):
            own_language.choose(installation, other, "de")
    assert language(token) == "fr"
