"""PostgreSQL alone, with the whole of Coach left out: who gets at which rows of whom.

Plain statements, most without a condition, by the role that serves people, with nothing but the settings that
tell who acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from coach.desk import Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.installation import clock as desk_clock
from coach.domain.sign_off import values
from coach.protocols.loader import default
from coach.records.clinic.reminders import Address, Mail
from coach.records.clinic.signatures import Signatures
from coach.records.database import current_actor, engine, postgres_roles
from coach.records.entries.store import RecordUnavailable, Store
from tests.support.clinics import KNEE, SPINE, Clinic, make_clinic
from tests.support.drafts import add_draft
from tests.support.homes import Clock
from tests.support.postgres import SERVING, PostgresServer, as_owner, as_superuser
from tests.support.record_making import NOON, draft
from tests.support.signing import signed

pytestmark = pytest.mark.postgres

TEAMS = {"ada": SPINE, "ben": KNEE, "cleo": SPINE, "dora": None}
NOBODY, SYSTEM = "nobody", "system"
ALL = ("system", Role.OPERATOR)
REFUSED = "42501"
LET_THROUGH = ("23505", "23503")  # and only then found to be there already, or to name nobody

Cell = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def clinic(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A clinic on a server, in which every physiotherapist once looked at everybody."""
    desk_clock.use(Clock())
    made = make_clinic(tmp_path_factory.mktemp("clinic"), postgres.new_record())
    with current_actor.acting_as(current_actor.SYSTEM):
        for patient in made.patients.values():
            for who in made.people.values():
                if who.role is Role.PHYSIOTHERAPIST and who.account:
                    made.installation.people.look(who.account, patient, seq=1, at=NOON, lasts=timedelta(0))
        for name, patient in made.patients.items():
            made.installation.reminders.keep(
                Address(patient, hashlib.sha256(name.encode()).hexdigest(), NOON)
            )
            made.installation.reminders.ask(Mail(patient, f"{name}@example.org", 18, name, "", NOON))
            made.installation.patient_tokens.issue(None, patient, now=NOON)
        Signatures(made.installation.store).add([signed(values(default())[0])])
        add_draft(made.installation.store)
    made.installation.note(made.people["ann"], Action.REVIEW_SEE, made.patients["ben"], allowed=False)
    yield made
    made.installation.store.close()
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture
def url(clinic: Clinic) -> str:
    return clinic.installation.store.url.render_as_string(hide_password=False)


@pytest.fixture
def served(url: str) -> Iterator[Connection]:
    """A transaction of the role that serves people, rolled back at the end."""
    yield from _opened(url)


@pytest.fixture
def owned(url: str) -> Iterator[Connection]:
    """A transaction of the tables' owner, rolled back at the end."""
    yield from _opened(as_owner(url))


@pytest.fixture
def unbound(url: str) -> Iterator[Connection]:
    """A transaction of a superuser, rolled back at the end."""
    yield from _opened(as_superuser(url))


def _opened(url: str) -> Iterator[Connection]:
    direct = engine.build(engine.parse(url))
    with direct.connect() as connection:
        yield connection
    direct.dispose()


# what is asked of each table, for one patient

ENTRY = (
    "INSERT INTO entry VALUES (gen_random_uuid(), :patient, 100000, 'drowsy', now(), 'UTC', current_date, now(), "
    "'patient', '{}', NULL, 'x', repeat('0', 64))"
)
SIGNED = (
    "INSERT INTO signature VALUES (gen_random_uuid(), now(), :{who}, 'physiotherapist', 'p', 'x', '1 s', "
    "repeat('0', 64), 'agree', '', repeat('0', 64))"
)
DRAFTED = (
    "INSERT INTO protocol_draft VALUES (gen_random_uuid(), gen_random_uuid(), 1, now(), :{who}, "
    "current_setting('app.role', true), '{act}', '', '', '', '', repeat('0', 64), {content}, '', "
    "repeat('0', 64))"
)
STATEMENTS: dict[str, dict[str, str]] = {
    "patient": {
        "select": "SELECT id FROM patient",
        "lock": "SELECT id FROM patient WHERE id = :patient FOR UPDATE",
        "insert": "INSERT INTO patient VALUES (:patient, now())",
        "update": "UPDATE patient SET created_at = now() WHERE id = :patient",
        "delete": "DELETE FROM patient WHERE id = :patient",
    },
    "person": {
        "select": "SELECT patient FROM person",
        "insert": "INSERT INTO person VALUES (:patient, 'x', 'x', '', :team)",
        "update": "UPDATE person SET name = 'x' WHERE patient = :patient",
        "delete": "DELETE FROM person WHERE patient = :patient",
    },
    "entry": {
        "select": "SELECT patient FROM entry",
        "insert": ENTRY,
        "update": "UPDATE entry SET author = 'x' WHERE patient = :patient",
        "delete": "DELETE FROM entry WHERE patient = :patient",
    },
    "caseload": {
        "select": "SELECT patient FROM caseload",
        "insert": "INSERT INTO caseload VALUES (:patient, 0, '', NULL, 1, '', '[]')",
        "update": "UPDATE caseload SET seq = 0 WHERE patient = :patient",
        "delete": "DELETE FROM caseload WHERE patient = :patient",
    },
    "standing": {
        "select": "SELECT patient FROM standing",
        "insert": "INSERT INTO standing VALUES (:patient, now(), now(), :team, NULL, '', 0, 0, now(), '')",
        "update": "UPDATE standing SET rank = 0 WHERE patient = :patient",
        "delete": "DELETE FROM standing WHERE patient = :patient",
    },
    "looked": {
        "select": "SELECT patient FROM looked",
        "insert": "INSERT INTO looked VALUES (:account, :patient, 1, now())",
        "insert for a colleague": "INSERT INTO looked VALUES (:colleague, :patient, 1, now())",
        "update": "UPDATE looked SET seq = 1 WHERE patient = :patient",
        "update for a colleague": "UPDATE looked SET seq = 1 WHERE patient = :patient AND account = :colleague",
        "delete": "DELETE FROM looked WHERE patient = :patient",
    },
    "calendar_address": {
        "select": "SELECT patient FROM calendar_address",
        "insert": "INSERT INTO calendar_address VALUES (:patient, repeat('0', 64), now(), NULL)",
        "update": "UPDATE calendar_address SET read_at = now() WHERE patient = :patient",
        "delete": "DELETE FROM calendar_address WHERE patient = :patient",
    },
    "mail_reminder": {
        "select": "SELECT patient FROM mail_reminder",
        "insert": (
            "INSERT INTO mail_reminder VALUES (:patient, 'x', 18, 'x', '', now(), NULL, '', '', 0, NULL)"
        ),
        "update": "UPDATE mail_reminder SET hour = 7 WHERE patient = :patient",
        "delete": "DELETE FROM mail_reminder WHERE patient = :patient",
    },
    "ticket": {
        "select": "SELECT patient FROM ticket",
        "insert": "INSERT INTO ticket VALUES ('x', :account, :patient, now())",
        "update": "UPDATE ticket SET patient = patient WHERE patient = :patient",
        "delete": "DELETE FROM ticket WHERE patient = :patient",
    },
}
# of the whole clinic
COMMON: dict[str, dict[str, str]] = {
    "membership": {
        "select": "SELECT * FROM membership",
        "insert": "INSERT INTO membership VALUES (:team, :account)",
        "update": "UPDATE membership SET team = :team",
        "delete": "DELETE FROM membership",
    },
    "audit": {
        "select": "SELECT * FROM audit",
        "insert": "INSERT INTO audit VALUES (gen_random_uuid(), now(), NULL, 'x', 'x', NULL, 'allowed')",
        "update": "UPDATE audit SET role = 'x'",
        "delete": "DELETE FROM audit",
    },
    "signature": {
        "select": "SELECT * FROM signature",
        "insert": SIGNED.format(who="account"),
        "insert for a colleague": SIGNED.format(who="colleague"),
        "update": "UPDATE signature SET note = 'x'",
        "delete": "DELETE FROM signature",
    },
    "protocol_draft": {
        "select": "SELECT * FROM protocol_draft",
        "save": DRAFTED.format(who="account", act="saved", content="''"),
        "save for a colleague": DRAFTED.format(who="colleague", act="saved", content="''"),
        "discard": DRAFTED.format(who="account", act="discarded", content="NULL"),
        "agree": DRAFTED.format(who="account", act="agreed", content="NULL"),
        "agree for a colleague": DRAFTED.format(who="colleague", act="agreed", content="NULL"),
        "update": "UPDATE protocol_draft SET note = 'x'",
        "delete": "DELETE FROM protocol_draft",
    },
}


# what each may do, said without a look at the rules


def theirs(who: Principal | str, name: str, own: UUID) -> bool:
    """Tell whether somebody treats that patient."""
    if isinstance(who, str) or who.role is not Role.PHYSIOTHERAPIST:
        return False
    return TEAMS[name] in who.teams and who.patient != own


def expected(table: str, command: str, who: Principal | str, name: str, own: UUID) -> bool:
    """Tell whether somebody gets at that patient's rows by that command."""
    role = who if isinstance(who, str) else who.role
    mine = not isinstance(who, str) and role in (Role.HOUSEHOLD, Role.PATIENT) and who.patient == own
    treats, runs = theirs(who, name, own), role is Role.ADMINISTRATOR
    match table, command:
        case ("patient" | "person" | "entry" | "caseload" | "looked", "delete"):
            return False
        case ("entry" | "standing" | "ticket", "update"):
            return False
        case "ticket", _:
            return role in ALL
        case "patient", "insert":
            return role in (*ALL, Role.ADMINISTRATOR, Role.PHYSIOTHERAPIST) or mine
        case "patient", "update":
            return role in ALL
        case "patient", "lock":
            return role in ALL or mine or treats
        case "person", "insert":
            return role in ALL or runs or treats or (mine and role is Role.HOUSEHOLD)
        case "person", "update":
            return role in ALL or runs or treats
        case (("patient" | "person"), _):
            return role in ALL or runs or mine or treats
        case "looked", "insert for a colleague" | "update for a colleague":
            return role in ALL
        case "looked", _:
            return role in ALL or treats
        case (("calendar_address" | "mail_reminder"), _):
            return role in ALL or mine
        case "entry", "select" if role is Role.CALENDAR:
            return not isinstance(who, str) and who.patient == own
        case _:
            return role in ALL or mine or treats


def expected_of_all(table: str, command: str, who: Principal | str) -> bool:
    role = who if isinstance(who, str) else who.role
    if command == "update" or (command == "delete" and table != "membership"):
        return False
    if table == "protocol_draft":
        edits = role in (Role.PHYSIOTHERAPIST, Role.ADMINISTRATOR)
        own = role is Role.PHYSIOTHERAPIST and command == "agree"
        return role == SYSTEM or own or (edits and command in ("select", "save", "discard"))
    if table == "signature":
        own = role is Role.PHYSIOTHERAPIST and command == "insert"
        return command == "select" or own or role in ALL
    if (table, command) == ("membership", "select") or role in ALL:
        return True
    return role is Role.ADMINISTRATOR and (table, command) != ("audit", "insert")


def act(connection: Connection, who: Principal | str) -> None:
    """Tell the database who acts until the transaction ends, as anybody could who can speak to it."""
    told = {"role": "", "account": "", "patient": ""}
    if isinstance(who, Principal):
        told = {"role": who.role.value, "account": str(who.account or ""), "patient": str(who.patient or "")}
    elif who == SYSTEM:
        told["role"] = SYSTEM
    for name, value in told.items():
        connection.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": f"app.{name}", "value": value}
        )


def gets(
    connection: Connection, statement: str, given: dict[str, object], patient: UUID | None = None
) -> bool:
    """Try a statement and take it back; tell whether it got at a row, of that patient where one is named."""
    step = connection.begin_nested()
    try:
        found = connection.execute(text(statement), given)
        if not statement.startswith("SELECT"):
            return found.rowcount > 0
        rows = found.all()
        return any(row[0] == patient for row in rows) if patient else bool(rows)
    except DBAPIError as trouble:
        state = getattr(trouble.orig, "sqlstate", None)
        if state not in (REFUSED, *LET_THROUGH):
            raise
        return state in LET_THROUGH
    finally:
        step.rollback()


def everybody(clinic: Clinic) -> dict[str, Principal | str]:
    return {**clinic.people, SYSTEM: SYSTEM, NOBODY: NOBODY}


def matrix(connection: Connection, clinic: Clinic, only: str = "") -> Iterator[tuple[Cell, bool]]:
    """Try every cell, of one table or of all; yield it and whether it is as expected."""
    ann, ken = clinic.people["ann"].account, clinic.people["ken"].account
    for who, principal in everybody(clinic).items():
        act(connection, principal)
        account = (principal.account if isinstance(principal, Principal) else None) or ann
        given: dict[str, object] = {"account": account, "colleague": ann if account == ken else ken}
        for table, statements in STATEMENTS.items():
            for command, statement in statements.items():
                for name, patient in clinic.patients.items() if only in ("", table) else ():
                    more = {"patient": patient, "team": TEAMS[name]}
                    found = gets(connection, statement, given | more, patient)
                    right = found is expected(table, command, principal, name, patient)
                    yield (table, command, who, name), right
        for table, statements in COMMON.items():
            for command, statement in statements.items() if only in ("", table) else ():
                found = gets(connection, statement, given | {"team": KNEE})
                yield (table, command, who, ""), found is expected_of_all(table, command, principal)


def test_everybody_on_everybodys_rows(served: Connection, clinic: Clinic):
    cells = [*matrix(served, clinic)]
    assert [cell for cell, right in cells if not right] == []
    assert len(cells) == 15 * (4 * 39 + 21)


POLICIES = "SELECT tablename, policyname, cmd FROM pg_policies ORDER BY 1, 2"


def test_each_rule_counts(unbound: Connection, clinic: Clinic):
    rules = [tuple(row) for row in unbound.execute(text(POLICIES))]
    assert len({table for table, _rule, _command in rules}) == 13
    missed = []
    for table, rule, command in rules:
        using = "" if command == "INSERT" else " USING (true)"
        check = "" if command in ("SELECT", "DELETE") else " WITH CHECK (true)"
        for change in (f"DROP POLICY {rule} ON {table}", f"ALTER POLICY {rule} ON {table}{using}{check}"):
            if change.endswith("_everybody ON " + table + " USING (true)"):
                continue  # as it is
            step = unbound.begin_nested()
            unbound.execute(text(change))
            unbound.execute(text(f"SET LOCAL ROLE {SERVING}"))
            if all(right for _cell, right in matrix(unbound, clinic, table)):
                missed.append(change)
            step.rollback()
    assert missed == []


@pytest.mark.parametrize("setting", ["ENABLE", "FORCE"])
def test_every_table_of_somebodys_keeps_its_rules_for_the_owner_too(
    owned: Connection, clinic: Clinic, setting: str
):
    column = {"ENABLE": "relrowsecurity", "FORCE": "relforcerowsecurity"}[setting]
    query = f"SELECT relname FROM pg_class WHERE relkind = 'r' AND {column}"
    assert set(owned.scalars(text(query))) == {*STATEMENTS, *COMMON} == set(postgres_roles.BOUND)
    with_a_patient = "SELECT table_name FROM information_schema.columns WHERE column_name = 'patient'"
    unbound = set(owned.scalars(text(with_a_patient))) - {*STATEMENTS, *COMMON}
    assert unbound == {"account", "erasing"}
    for table in STATEMENTS:
        assert owned.execute(text(f"SELECT * FROM {table}")).all() == []


def test_where_nobody_ever_acted_there_is_nothing(served: Connection, clinic: Clinic):
    for table in (*STATEMENTS, "audit"):
        assert served.execute(text(f"SELECT * FROM {table}")).all() == []
    with pytest.raises(DBAPIError, match="row-level security"):
        served.execute(text(ENTRY), {"patient": clinic.patients["ada"]})


def test_a_connection_that_is_used_again_has_forgotten_who_acted(url: str, clinic: Clinic):
    direct = engine.build(engine.parse(url))
    held: Engine = direct.execution_options()
    ada = clinic.people["ada"]
    seen, connections = [], set()
    for who in (ada, None, clinic.people["ann"], None):
        with held.begin() as connection:
            if who:
                act(connection, who)
            connections.add(connection.scalar(text("SELECT pg_backend_pid()")))
            seen.append(set(connection.scalars(text("SELECT patient FROM entry"))))
    direct.dispose()
    patients = clinic.patients
    assert len(connections) == 1
    assert seen == [{patients["ada"]}, set(), {patients["ada"], patients["cleo"]}, set()]


def test_what_is_told_badly_shows_nothing(served: Connection, clinic: Clinic):
    served.execute(
        text("SELECT set_config('app.role', 'patient', true), set_config('app.patient', 'x', true)")
    )
    with pytest.raises(DBAPIError, match="invalid input syntax"):
        served.execute(text("SELECT * FROM entry"))


def test_nobody_agrees_to_a_draft_that_they_worked_on(served: Connection, clinic: Clinic):
    ann, ken = clinic.people["ann"], clinic.people["ken"]
    step = DRAFTED.replace("gen_random_uuid(), 1", ":draft, :seq")
    given = {"draft": uuid4(), "account": ann.account, "colleague": ken.account}
    act(served, ann)
    served.execute(text(step.format(who="account", act="saved", content="''")), given | {"seq": 1})
    for what in ("agreed", "change_asked"):
        own = step.format(who="account", act=what, content="NULL")
        other = step.format(who="colleague", act=what, content="NULL")
        act(served, ann)
        assert not gets(served, own, given | {"seq": 2})
        act(served, ken)
        assert gets(served, other, given | {"seq": 2}), what


# the store, by whom no desk has admitted


def test_the_store_tells_who_acts(clinic: Clinic, patient_of: Callable[[str], UUID]):
    store = clinic.installation.store
    ada, ben = patient_of("ada"), patient_of("ben")
    with clinic.people["ada"].acts():
        assert store.entries(ada)
        assert store.patients() == [ada]
        assert store.entries(ben) == []
        assert store.head(ben) == (0, "")
        with pytest.raises(LookupError):
            store.append(ben, [draft()])
    with current_actor.acting_as(current_actor.Acting("")):
        assert store.patients() == []
        with pytest.raises(LookupError):
            store.append(ada, [draft()])


def test_a_part_of_a_transaction_is_somebody_elses(clinic: Clinic, patient_of: Callable[[str], UUID]):
    store: Store = clinic.installation.store
    count = text("SELECT count(*) FROM patient")
    with clinic.people["ada"].acts(), store.reading() as connection:
        assert connection.scalar(count) == 1
        with current_actor.within(connection, current_actor.SYSTEM):
            assert connection.scalar(count) == 4
        assert connection.scalar(count) == 1


def test_a_team_that_one_left_is_lost_at_once(clinic: Clinic):
    sam, ben = clinic.people["sam"], clinic.patients["ben"]
    store, people = clinic.installation.store, clinic.installation.people
    assert sam.account
    with sam.acts():
        assert store.entries(ben)
    people.leave(KNEE, sam.account)
    with sam.acts():
        assert store.entries(ben) == []
        with pytest.raises(RecordUnavailable):  # back into the team, past the administrator
            people.join(KNEE, sam.account)
    people.join(KNEE, sam.account)


def test_nobody_is_given_a_record_that_is_not_theirs(served: Connection, clinic: Clinic):
    act(served, clinic.people["ann"])
    steps = (
        "UPDATE person SET team = :knee WHERE patient = :ada",
        "INSERT INTO person VALUES (:dora, 'x', 'x', '', :knee)",
        "UPDATE entry SET patient = :ada",
    )
    given = {"knee": KNEE, "ada": clinic.patients["ada"], "dora": clinic.patients["dora"]}
    for statement in steps:
        with pytest.raises(DBAPIError, match=r"row-level security|permission denied"), served.begin_nested():
            served.execute(text(statement), given)


@pytest.fixture
def patient_of(clinic: Clinic) -> Callable[[str], UUID]:
    return lambda name: clinic.patients.get(name) or uuid4()
