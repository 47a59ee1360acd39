"""Two who change the same thing at the same moment: only what each changed is written, and nothing of the other's is lost.

Two servers of one record are the same as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Thread, current_thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coach.desk import Installation
from coach.desk.access import passwords
from coach.desk.access.rate_limits import Wait
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PainWhen
from coach.protocols import loader
from coach.records.clinic import people
from coach.records.clinic.reminders import Mail
from coach.records.database import current_actor, schema
from coach.records.entries import caseload_rows
from coach.records.entries.store import Store
from tests.support.clinic_team import OPERATOR, OWN, PASSWORD
from tests.support.clinics import KNEE, SPINE, Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.records import open_sign_ins

HOLD_S = 0.4  # how long one waits for the other, who cannot come where they take turns


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One clinic on PostgreSQL for all of these tests: each uses people of its own."""
    desk_clock.use(Clock())
    url = request.getfixturevalue("postgres").new_record()
    made = make_clinic(tmp_path_factory.mktemp("server"), url)
    yield made
    made.installation.store.close()


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def clinic(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clinic]:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "keys"))
    monkeypatch.setenv("COACH_SECRET", "of all servers of this record")
    if request.param == "server":
        made = request.getfixturevalue("server")
        desk_clock.use(clock)
        yield made
        return
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


def somebody(clinic: Clinic) -> UUID:
    """Return a new patient of the spine team."""
    return PatientsDesk(clinic.installation, clinic.people["sam"]).create(
        "Finn", "", SPINE, None, key=uuid4()
    )


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do these in threads of their own; return what each came to, or what it raised."""
    came: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            came[place] = act()
        except Exception as error:  # noqa: BLE001  told by the test
            came[place] = error

    threads = [
        Thread(target=copy_context().run, args=(run, place, act), name=str(place))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def meets(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    """Let two meet after that function answered both, before either goes on."""
    real, barrier = getattr(where, name), Barrier(2)

    def slow(*told: Any, **more: Any) -> Any:
        found = real(*told, **more)
        try:
            barrier.wait(HOLD_S)
        except BrokenBarrierError:
            barrier.reset()
        return found

    monkeypatch.setattr(where, name, slow)


def first_is_overtaken(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, other: Callable[[], object]
) -> Callable[[], object]:
    """Let the other act as soon as the first has read, and finish before the first writes, where it can."""
    real, read, done = getattr(where, name), Event(), Event()

    def slow(*told: Any, **more: Any) -> Any:
        found = real(*told, **more)
        if current_thread().name == "0" and not read.is_set():
            read.set()
            done.wait(HOLD_S)
        return found

    def then() -> object:
        read.wait(5)
        found = other()
        done.set()
        return found

    monkeypatch.setattr(where, name, slow)
    return then


def test_a_rename_and_a_reassignment_at_once_are_both_kept(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    sam, ken, finn = clinic.people["sam"], clinic.people["ken"], somebody(clinic)
    meets(monkeypatch, PatientsDesk, "_person")
    desk = PatientsDesk(clinic.installation, sam)
    came = at_once(
        lambda: desk.rename(finn, "Finn Newname", "R-new"), lambda: desk.assign(finn, KNEE, ken.account)
    )
    assert came == [None, None]
    with current_actor.acting_as(current_actor.SYSTEM):
        found = clinic.installation.people.person(finn)
    assert found == people.Person(finn, "Finn Newname", "R-new", KNEE, ken.account)
    assert PatientsDesk(clinic.installation, clinic.people["ann"]).one(finn) is None
    assert [each.person for each in desk.listed(search="newname r-new")] == [found]


def test_of_two_who_change_the_same_part_at_once_one_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    sam, finn = clinic.people["sam"], somebody(clinic)
    meets(monkeypatch, PatientsDesk, "_person")
    desk = PatientsDesk(clinic.installation, sam)
    for acts in (
        (lambda: desk.rename(finn, "One", ""), lambda: desk.rename(finn, "Two", "")),
        (lambda: desk.assign(finn, KNEE, None), lambda: desk.assign(finn, SPINE, sam.account)),
    ):
        (told,) = [each for each in at_once(*acts) if each is not None]
        assert isinstance(told, BadValue)
        assert told.fault is Fault.PERSON_CHANGED


def test_what_a_patient_records_while_they_are_reassigned_leaves_them_with_the_new_team(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    sam, ada, installation = clinic.people["sam"], clinic.patients["ada"], clinic.installation
    own = clinic.patient("ada")
    then = first_is_overtaken(
        monkeypatch,
        caseload_rows,
        "_standings",
        lambda: own.sessions.give_pain(9, PainWhen.NOW, key=new_key()),
    )
    assert at_once(lambda: PatientsDesk(installation, sam).assign(ada, KNEE, None), then) == [None, None]
    with current_actor.acting_as(current_actor.SYSTEM), installation.store.reading() as connection:
        teams = set(
            connection.scalars(select(schema.standing.c.team).where(schema.standing.c.patient == ada))
        )
    assert teams == {KNEE}


def test_a_look_never_takes_back_how_far_another_tab_has_looked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    ann, ada = clinic.people["ann"], clinic.patients["ada"]
    assert ann.account
    account, lasts = ann.account, timedelta(minutes=30)

    def look(seq: int) -> None:
        with current_actor.acting_as(current_actor.SYSTEM):
            clinic.installation.people.look(account, ada, seq=seq, at=NOW, lasts=lasts)

    look(1)
    then = first_is_overtaken(monkeypatch, people, "_before", lambda: look(9))
    assert at_once(lambda: look(5), then) == [None, None]
    with current_actor.acting_as(current_actor.SYSTEM), clinic.installation.store.reading() as connection:
        assert connection.scalar(select(schema.looked.c.seq)) == 9


def test_of_two_servers_that_put_a_protocol_in_force_at_once_one_is_told(
    clinic: Clinic, other: Installation, monkeypatch: pytest.MonkeyPatch
):
    shipped = loader.DEFAULT.read_text("utf-8")
    assert 'version = "' in shipped
    files = [shipped.replace('version = "', f'version = "{n}', 1).encode() for n in (8, 9)]
    adam, before = clinic.people["adam"], loader.default().digest
    meets(monkeypatch, ProtocolsDesk, "check")

    def put(installation: Installation, content: bytes) -> None:
        ProtocolsDesk(installation, adam).put_in_force(
            content, "p.toml", starts_at=None, instead_of=before, why="because", key=uuid4()
        )

    came = at_once(lambda: put(clinic.installation, files[0]), lambda: put(other, files[1]))
    (told,) = [each for each in came if each is not None]
    assert isinstance(told, BadValue)
    assert told.fault is Fault.PROTOCOL_CHANGED
    clinic.installation.protocol_registry.look_again()
    assert len(clinic.installation.protocol_registry.rows()) == 1


def test_whoever_asks_for_mail_again_was_reminded_today_all_the_same(clinic: Clinic):
    kept, ada, day = clinic.installation.reminders, clinic.patients["ada"], NOW.date()
    asked = Mail(ada, "ada@example.org", 9, "stop", "code", NOW + timedelta(minutes=9))
    with current_actor.acting_as(current_actor.SYSTEM):
        for at in (NOW, NOW + timedelta(minutes=1)):
            kept.ask(replace(asked, address=f"ada{at.minute}@example.org"))
            assert kept.confirm(ada, "code", at=at, latest=NOW + timedelta(hours=1))
            assert kept.claim(ada, day, at=at) is (at == NOW)
            kept.settle(ada, day)


def test_a_password_that_is_taken_away_while_it_is_compared_lets_nobody_in(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    account = clinic.people["ada"].account
    assert account
    invited = AccountsDesk(clinic.installation, OPERATOR).invite_patient(clinic.patients["ada"])
    SignIns(clinic.installation).by_invitation(invited.code, PASSWORD, address=OWN)
    real = passwords.matches

    def slow(stored: str | None, password: str) -> bool:
        right = real(stored, password)
        AccountsDesk(clinic.installation, OPERATOR).reset(account)
        return right

    monkeypatch.setattr(passwords, "matches", slow)
    with pytest.raises(NotKnown):
        SignIns(clinic.installation).by_password(invited.login, PASSWORD, address=OWN)
    assert open_sign_ins(clinic.installation.store, account, at=NOW) == []


def test_two_of_an_organisation_with_one_address_are_not_both_linked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    sign_ins = SignIns(clinic.installation)
    account = clinic.people["ann"].account
    assert account
    with clinic.installation.store.writing() as connection:
        mine = schema.account.update().where(schema.account.c.id == account)
        connection.execute(mine.values(login="ann@example.org"))
    meets(monkeypatch, type(clinic.installation.accounts), "by_login")
    came = at_once(
        *(
            lambda subject=subject: sign_ins.by_organisation(
                "https://login", subject, "ann@example.org", verified=True
            )
            for subject in ("one", "two")
        )
    )
    assert sorted(type(each).__name__ for each in came) == ["NotKnown", "str"]


# two servers


@pytest.fixture
def other(clinic: Clinic) -> Iterator[Installation]:
    """Another server of the same record."""
    made = Installation(Store.open(clinic.installation.store.url), clinic=True)
    yield made
    made.store.close()


def test_a_name_in_an_address_that_one_server_gave_leads_on_another_to_the_same(
    clinic: Clinic, other: Installation
):
    ann, cleo = clinic.people["ann"], clinic.patients["cleo"]
    ticket = ReviewDesk(clinic.installation, cleo, ann).ticket()
    assert other.patient_tokens.patient(ticket, ann.account, now=NOW) == cleo
    assert other.patient_tokens.patient(ticket, clinic.people["sam"].account, now=NOW) is None


def test_what_is_sent_to_two_servers_is_counted_once_for_both(
    clinic: Clinic, other: Installation, clock: Clock
):
    ben = clinic.patients["ben"]
    turns = [clinic.installation, other] * 3
    assert [each.rates.admits("outbox", ben, most=5, now=clock.now) for each in turns] == [True] * 5 + [False]
    assert other.rates.admits("outbox", clinic.patients["cleo"], most=5, now=clock.now)
    clock.goes_on(minutes=1)
    assert other.rates.admits("outbox", ben, most=5, now=clock.now)
    clock.goes_on(hours=48)
    for each in turns:
        each.rates.admits("outbox", ben, most=5, now=clock.now)
    clock.goes_on(hours=-48)  # the clock was ahead: what it counted holds nobody up
    assert clinic.installation.rates.admits("outbox", ben, most=5, now=clock.now)


def test_who_is_slowed_on_one_server_is_slowed_on_another(clinic: Clinic, other: Installation):
    def guess(installation: Installation) -> type[Exception]:
        try:
            SignIns(installation).by_password("ken", "wrong", address="203.0.113.77")
        except (NotKnown, Wait) as refused:
            return type(refused)
        raise AssertionError

    assert [guess(each) for each in (clinic.installation, other) * 3] == [NotKnown] * 5 + [Wait]
