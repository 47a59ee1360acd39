"""What only a server does: it may be away, shut, or somebody else's."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from coach.records import engine, migrations
from coach.records.store import Reason, RecordUnavailable, Store
from tests.records.making import NOON, draft, first_version
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


def run(url: str, *statements: str) -> None:
    direct = engine.build(engine.parse(url))
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
    assert refusal(postgres.url("postgres").replace("coach@", "nobody:secret@")) is Reason.NO_PERMISSION


def test_tables_of_another_program_are_left_alone(postgres_url: str):
    run(postgres_url, "CREATE TABLE entry (id integer)")
    assert refusal(postgres_url) is Reason.FOREIGN
    run(postgres_url, "SELECT id FROM entry")


def test_another_programs_versions_are_not_ours(postgres_url: str):
    run(
        postgres_url,
        "CREATE TABLE alembic_version (version_num text)",
        "INSERT INTO alembic_version VALUES ('0001')",
    )
    assert refusal(postgres_url) is Reason.FOREIGN


def test_a_table_of_another_program_stands_in_the_way_of_a_migration(postgres_url: str, tmp_path: Path):
    patient, kept = first_version(postgres_url, tmp_path)
    run(postgres_url, "CREATE TABLE account (id integer)")
    assert refusal(postgres_url) is Reason.FOREIGN
    run(postgres_url, "DROP TABLE account")
    store = Store.open(postgres_url)
    assert store.entries(patient) == kept
    store.close()


def test_a_server_that_lacks_a_table_is_refused(postgres_url: str):
    Store.open(postgres_url).close()
    run(postgres_url, "DROP TABLE standing")
    assert refusal(postgres_url) is Reason.FOREIGN


def test_newer_tables_are_refused(postgres_url: str):
    Store.open(postgres_url).close()
    run(postgres_url, "UPDATE alembic_version SET version_num = '9999'")
    assert refusal(postgres_url) is Reason.NEWER_VERSION


def test_a_role_without_rights_is_refused(postgres: PostgresServer, postgres_url: str):
    Store.open(postgres_url).close()
    role = f"guest_{uuid4().hex[:8]}"
    run(postgres_url, f"CREATE ROLE {role} LOGIN", f"GRANT SELECT ON alembic_version TO {role}")
    store = Store.open(postgres_url.replace("coach@", f"{role}@"))
    with pytest.raises(RecordUnavailable) as refused:
        store.patients()
    assert refused.value.reason is Reason.NO_PERMISSION
    store.close()


def test_a_role_that_may_only_add_can_do_everything_the_store_does(postgres_url: str):
    Store.open(postgres_url).close()
    role = f"app_{uuid4().hex[:8]}"
    run(
        postgres_url,
        f"CREATE ROLE {role} LOGIN",
        f"GRANT SELECT ON alembic_version TO {role}",
        f"GRANT SELECT, INSERT ON entry TO {role}",
        f"GRANT SELECT, INSERT, UPDATE ON patient TO {role}",  # SELECT ... FOR UPDATE asks for UPDATE
        f"GRANT SELECT, INSERT, UPDATE ON caseload TO {role}",
    )
    store = Store.open(postgres_url.replace("coach@", f"{role}@"))
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    store.append(patient, [draft()])
    assert store.verify(patient) == []
    store.close()


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
    with psycopg.connect(host=str(address.query["host"]), user="coach", dbname=address.database) as other:
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
    with ThreadPoolExecutor(2) as pool, direct.connect() as connection:
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
    server = PostgresServer(durable=True)
    server.start()
    try:
        url = server.new_database()
        store = Store.open(url)
        patient = store.only_patient(uuid4(), recorded_at=NOON)
        kept = []
        for _ in range(3):
            kept += [store.append(patient, [draft(), draft()])[1].entry for _ in range(20)]
            server.stop("immediate")
            with pytest.raises(RecordUnavailable) as refused:
                store.append(patient, [draft()])
            assert refused.value.reason is Reason.UNREACHABLE
            server.start()
        assert {entry.id for entry in kept} <= {entry.id for entry in store.entries(patient)}
        assert store.verify(patient) == []
        store.close()
    finally:
        server.close()


def test_the_tables_are_made_by_one_at_a_time(postgres_url: str):
    direct = engine.build(engine.parse(postgres_url))
    with ThreadPoolExecutor(1) as pool, direct.connect() as connection:
        migrations.lock(connection)
        opening = pool.submit(Store.open, postgres_url)
        done, _ = wait([opening], timeout=1)
        assert not done
        migrations.migrate(connection)  # the other process was first
        connection.commit()
        opening.result().close()
    direct.dispose()
