"""The doctor says how the record's place is doing and touches nothing."""

import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from coach.records.database import current_actor, engine, migrations
from coach.records.entries.store import Reason, Store
from coach.records.upkeep.health import report
from tests.support.postgres import as_owner, as_superuser
from tests.support.record_making import NOON, draft, tamper


def test_a_good_file_is_well(path: Path):
    Store.open(f"sqlite:///{path}").close()
    before = path.read_bytes()
    health = report(f"sqlite:///{path}")
    assert (health.trouble, health.integrity) == (None, ())
    assert (health.revision, health.newest) == (migrations.HEAD, migrations.HEAD)
    assert (health.mode, health.size) == (0o600, len(before))
    assert health.free
    assert (health.sound, health.journal) == (True, "WAL")
    assert health.library == engine.driver().sqlite_version
    assert path.read_bytes() == before


def test_a_library_with_the_fault_is_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "driver", lambda: sqlite3)
    health = report(f"sqlite:///{path}")
    assert health.sound is engine.sound(sqlite3.sqlite_version_info)
    assert health.journal == ("WAL" if health.sound else "DELETE")


def test_a_file_that_is_not_there_is_not_made(path: Path):
    health = report(f"sqlite:///{path}")
    assert health.trouble
    assert health.trouble.reason is Reason.MISSING
    assert health.free
    assert not path.parent.exists()


def test_damage_that_the_quick_look_passes_over_is_found(path: Path):
    store = Store.open(f"sqlite:///{path}")
    store.append(store.only_patient(uuid4(), recorded_at=NOON), [draft() for _ in range(20)])
    store.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        root = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_entry_2'")
        page = root.fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    raw.close()
    whole = bytearray(path.read_bytes())
    start = (page - 1) * size
    whole[start + size - 4 : start + size] = b"\x7f\x7f\x7f\x7f"  # inside an index entry
    path.write_bytes(whole)
    assert report(f"sqlite:///{path}").integrity


def test_trouble_is_told_not_raised(tmp_path: Path):
    (tmp_path / "a.db").touch()
    for url, reason in {
        f"sqlite:///{tmp_path}/a.db": Reason.EMPTY,
        "mysql://h/d": Reason.UNSUPPORTED,
        "postgresql://coach:secret@127.0.0.1:1/d": Reason.UNREACHABLE,
    }.items():
        health = report(url)
        assert health.trouble
        assert health.trouble.reason is reason
        assert "secret" not in repr(health)


@pytest.mark.postgres
def test_a_server_is_asked_for_its_version_and_rights(postgres_url: str, bare_postgres_url: str):
    health = report(postgres_url)
    assert (health.trouble, health.revision, health.patients) == (None, migrations.HEAD, 0)
    assert health.library
    for url, reason in {
        bare_postgres_url: Reason.NOT_PREPARED,
        as_owner(postgres_url): Reason.UNSAFE_ROLE,
        as_superuser(postgres_url): Reason.UNSAFE_ROLE,
    }.items():
        health = report(url)
        assert health.trouble
        assert health.trouble.reason is reason
        assert health.library


@pytest.mark.postgres
def test_every_chain_on_a_server_is_looked_at(postgres_url: str):
    store = Store.open(postgres_url)
    store.append(store.only_patient(uuid4(), recorded_at=NOON), [draft(), draft()])
    store.close()
    tamper(postgres_url, "UPDATE entry SET payload = '{}' WHERE seq = 1")
    with current_actor.acting_as(current_actor.Acting("")):
        health = report(postgres_url)
    assert (health.patients, len(health.chain or ())) == (1, 1)
