"""What only a server does: it may be away, shut, or somebody else's."""

from concurrent.futures import wait
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from coach.records.database import (
    engine,
    migrations,
    postgres_roles,
    schema,
)
from coach.records.database import (
    postgres as database,
)
from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.support.postgres import SERVING, SUPERUSER, PostgresServer, as_owner, as_role, as_superuser
from tests.support.record_making import NOON, draft, first_version
from tests.support.threads import Pool

pytestmark = pytest.mark.postgres


def run(url: str, *statements: str) -> None:
    direct = engine.build(engine.parse(as_superuser(url)))
    with direct.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    direct.dispose()


def refusal(url: str) -> Reason:
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(url)
    assert "secret" not in str(refused.value)
    return refused.value.reason


def test_a_server_that_does_not_answer_is_unreachable():
    assert refusal("postgresql+psycopg://coach:secret@127.0.0.1:1/d?password=secret") is Reason.UNREACHABLE


def test_a_database_or_role_that_does_not_exist_is_named(postgres: PostgresServer):
    assert refusal(postgres.url("nowhere")) is Reason.MISSING
    nobody = postgres.url("postgres").replace(f"{SERVING}@", "nobody:secret@")
    assert refusal(nobody) is Reason.NO_PERMISSION


def test_tables_of_another_program_are_left_alone(bare_postgres_url: str):
    run(bare_postgres_url, "CREATE TABLE entry (id integer)")
    assert refusal(bare_postgres_url) is Reason.FOREIGN
    with pytest.raises(RecordUnavailable) as refused:
        database.prepare(as_owner(bare_postgres_url), bare_postgres_url)
    assert refused.value.reason is Reason.FOREIGN
    run(bare_postgres_url, "SELECT id FROM entry")


def test_another_programs_versions_are_not_ours(bare_postgres_url: str):
    run(
        bare_postgres_url,
        "CREATE TABLE alembic_version (version_num text)",
        "INSERT INTO alembic_version VALUES ('0001')",
        f"GRANT SELECT ON alembic_version TO {SERVING}",
    )
    assert refusal(bare_postgres_url) is Reason.FOREIGN


def test_a_table_of_another_program_stands_in_the_way_of_a_migration(bare_postgres_url: str, tmp_path: Path):
    owner = as_owner(bare_postgres_url)
    patient, kept = first_version(owner, tmp_path)
    run(bare_postgres_url, "CREATE TABLE account (id integer)")
    with pytest.raises(RecordUnavailable) as refused:
        database.prepare(owner, bare_postgres_url)
    assert refused.value.reason is Reason.FOREIGN
    run(bare_postgres_url, "DROP TABLE account")
    database.prepare(owner, bare_postgres_url)
    store = Store.open(bare_postgres_url)
    assert store.entries(patient) == kept
    store.close()


def test_a_server_that_lacks_a_table_is_refused(postgres_url: str):
    run(postgres_url, "DROP TABLE standing")
    assert refusal(postgres_url) is Reason.FOREIGN


def test_newer_tables_are_refused(postgres_url: str):
    run(postgres_url, "UPDATE alembic_version SET version_num = '9999'")
    assert refusal(postgres_url) is Reason.NEWER_VERSION


def test_tables_that_their_owner_has_not_prepared_are_refused_and_stay(
    bare_postgres_url: str, tmp_path: Path
):
    assert refusal(bare_postgres_url) is Reason.NOT_PREPARED
    owner = as_owner(bare_postgres_url)
    first_version(owner, tmp_path)
    assert refusal(bare_postgres_url) is Reason.NOT_PREPARED
    run(bare_postgres_url, f"GRANT SELECT ON alembic_version TO {SERVING}")
    assert refusal(bare_postgres_url) is Reason.NOT_PREPARED
    for _ in range(2):
        assert database.prepare(owner, bare_postgres_url) == SERVING
    Store.open(bare_postgres_url).close()


def test_the_owner_who_opens_the_tables_makes_them(bare_postgres_url: str):
    store = Store.open(as_owner(bare_postgres_url), owner=True)
    assert store.patients() == []
    store.close()
    assert refusal(bare_postgres_url) is Reason.NOT_PREPARED, "nothing is granted yet"


@pytest.mark.parametrize(
    "made",
    [
        "ALTER ROLE {role} SUPERUSER",
        "ALTER ROLE {role} BYPASSRLS",
        "ALTER ROLE {role} CREATEROLE",
        "GRANT coach_owner TO {role}",
        "ALTER TABLE looked OWNER TO {role}",
        "GRANT coach TO {role}",
    ],
)
def test_a_role_that_passes_the_rules_is_refused(postgres_url: str, made: str):
    role = f"app_{uuid4().hex[:8]}"
    run(postgres_url, f"CREATE ROLE {role} LOGIN")
    url = as_role(postgres_url, role)
    database.prepare(as_owner(postgres_url), url)
    Store.open(url).close()
    run(postgres_url, made.format(role=role))
    assert refusal(url) is Reason.UNSAFE_ROLE
    with pytest.raises(RecordUnavailable) as refused:
        database.prepare(as_superuser(postgres_url), url)
    assert refused.value.reason is Reason.UNSAFE_ROLE


@pytest.mark.parametrize("how", ["DISABLE", "NO FORCE"])
@pytest.mark.parametrize("table", postgres_roles.BOUND)
def test_a_table_without_its_rules_serves_nobody_until_it_is_prepared(
    postgres_url: str, table: str, how: str
):
    run(postgres_url, f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")
    assert refusal(postgres_url) is Reason.NOT_PREPARED
    database.prepare(as_owner(postgres_url), postgres_url)
    Store.open(postgres_url).close()


def test_owner_and_superuser_serve_nobody(postgres_url: str):
    for url in (as_owner(postgres_url), as_superuser(postgres_url)):
        assert refusal(url) is Reason.UNSAFE_ROLE


def test_a_role_that_does_not_exist_is_named(postgres_url: str):
    with pytest.raises(database.NoSuchRole) as missing:
        database.prepare(as_owner(postgres_url), as_role(postgres_url, "somebody else"))
    assert missing.value.role == "somebody else"


def test_a_role_gets_no_more_than_it_needs(postgres_url: str):
    run(postgres_url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {SERVING}, PUBLIC")
    database.prepare(as_owner(postgres_url), postgres_url)
    query = (
        "SELECT table_name, privilege_type FROM information_schema.table_privileges "
        "WHERE grantee IN (:role, 'PUBLIC') AND table_schema = 'public'"
    )
    found: dict[str, set[str]] = {name: set() for name in postgres_roles.GRANTS}
    direct = engine.build(engine.parse(as_superuser(postgres_url)))
    with direct.connect() as connection:
        for table, right in connection.execute(text(query), {"role": SERVING}):
            found[table].add(right)
    direct.dispose()
    assert found == {
        name: {r for r in rights if "(" not in r} for name, rights in postgres_roles.GRANTS.items()
    }
    assert set(postgres_roles.GRANTS) == {"alembic_version", *schema.metadata.tables}
    final = {"entry", "audit", "protocol_file", "in_force", "signature", "protocol_draft", "tombstone"}
    assert all(found[name] <= {"SELECT", "INSERT"} for name in final)


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (id integer)", "DROP TABLE looked", "ALTER TABLE entry DISABLE ROW LEVEL SECURITY",
     "TRUNCATE audit", "DROP POLICY entry_self ON entry", "ALTER TABLE entry DISABLE TRIGGER ALL", "SET ROLE coach_owner"],
)  # fmt: skip
def test_the_serving_role_changes_no_table(postgres_url: str, statement: str):
    direct = engine.build(engine.parse(postgres_url))
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        direct.begin() as connection,
    ):
        connection.exec_driver_sql(statement)
    direct.dispose()


def test_connections_that_the_server_cut_are_made_anew(postgres_url: str):
    store = Store.open(postgres_url)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    run(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert store.append(patient, [draft()])[0].new
    store.close()


def test_a_row_that_another_holds_is_locked(postgres_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "WAIT_MS", 100)
    store = Store.open(postgres_url)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    address = engine.parse(postgres_url)
    with psycopg.connect(host=str(address.query["host"]), user=SUPERUSER, dbname=address.database) as other:
        other.execute("SELECT id FROM patient FOR UPDATE")
        with pytest.raises(RecordUnavailable) as refused:
            store.append(patient, [draft()])
        assert refused.value.reason is Reason.LOCKED
    assert store.append(patient, [draft()])[0].new
    store.close()


def test_instants_come_back_in_utc_whatever_zone_the_server_keeps(postgres_url: str):
    name = engine.parse(postgres_url).database
    run(postgres_url, f"ALTER DATABASE {name} SET timezone TO 'Pacific/Apia'")
    store = Store.open(postgres_url)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    store.append(patient, [draft(at=NOON)])
    assert [entry.at.isoformat() for entry in store.entries(patient)] == [NOON.isoformat()]
    assert store.verify(patient) == []
    store.close()
    direct = engine.build(engine.parse(postgres_url))
    with direct.connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    direct.dispose()


def test_the_first_patient_is_made_by_one_at_a_time(postgres_url: str):
    store = Store.open(postgres_url)
    direct = engine.build(engine.parse(postgres_url))
    with Pool(2) as pool, direct.connect() as connection:
        migrations.lock(connection)
        asked = [pool.submit(store.only_patient, uuid4(), recorded_at=NOON) for _ in range(2)]
        done, _ = wait(asked, timeout=0.3)
        assert not done
        connection.rollback()
        assert {each.result() for each in asked} == set(store.patients())
    direct.dispose()
    store.close()


@pytest.mark.slow
def test_a_server_that_stops_hard_loses_nothing_it_acknowledged():
    own = PostgresServer(durable=True)
    own.start()
    try:
        url = own.new_record()
        store = Store.open(url)
        patient = store.only_patient(uuid4(), recorded_at=NOON)
        kept = []
        for _ in range(3):
            kept += [store.append(patient, [draft(), draft()])[1].entry for _ in range(20)]
            own.stop("immediate")
            with pytest.raises(RecordUnavailable) as refused:
                store.append(patient, [draft()])
            assert refused.value.reason is Reason.UNREACHABLE
            own.start()
        assert {entry.id for entry in kept} <= {entry.id for entry in store.entries(patient)}
        assert store.verify(patient) == []
        store.close()
    finally:
        own.close()


def test_the_tables_are_made_by_one_at_a_time(bare_postgres_url: str):
    owner = as_owner(bare_postgres_url)
    direct = engine.build(engine.parse(owner))
    with Pool(1) as pool, direct.connect() as connection:
        migrations.lock(connection)
        opening = pool.submit(Store.open, owner, owner=True)
        done, _ = wait([opening], timeout=1)
        assert not done
        migrations.migrate(connection)  # the other process was first
        connection.commit()
        opening.result().close()
    direct.dispose()
