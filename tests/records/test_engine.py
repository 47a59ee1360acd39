"""Connections: durable settings, the faulty SQLite versions, and addresses."""

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from coach.records.database import engine, errors
from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.support.record_making import NOON, draft
from tests.support.server import ROOT

pytestmark = pytest.mark.usefixtures("as_delivered")


def settings(path: Path, **other: Any) -> dict[str, object]:
    direct = engine.build(engine.parse(f"sqlite:///{path}"), **other)
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema",
             "cell_size_check", "busy_timeout", "recursive_triggers")  # fmt: skip
    with direct.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    direct.dispose()
    return found


SAFE = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0,
    "cell_size_check": 1, "busy_timeout": 5000, "recursive_triggers": 1,
}  # fmt: skip


def test_every_connection_is_durable(tmp_path: Path):
    assert settings(tmp_path / "a.db") == SAFE


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.45.0", False), ("3.50.6", False),
        ("3.50.7", True), ("3.51.0", False), ("3.51.2", False), ("3.51.3", True), ("3.53.4", True), ("4.0.0", True),
    ],
)  # fmt: skip
def test_the_versions_that_can_lose_writes_are_known(version: str, sound: bool):
    assert engine.sound(tuple(map(int, version.split(".")))) is sound


def test_a_faulty_library_writes_without_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import sqlite3

    monkeypatch.setattr(engine, "sound", lambda _: False)
    monkeypatch.setattr(engine, "driver", lambda: sqlite3)
    assert settings(tmp_path / "a.db") == SAFE | {"journal_mode": "delete", "synchronous": 3}
    store = Store.open(f"sqlite:///{tmp_path}/b.db")
    patient = store.only_patient(draft().id, recorded_at=NOON)
    assert store.append(patient, [draft()])[0].new
    assert not (tmp_path / "b.db-wal").exists()
    store.close()


def test_pythons_own_driver_serves_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", cast("Any", None))
    assert engine.driver().__name__ == "sqlite3.dbapi2"


def test_the_journal_follows_the_library():
    old, new = (
        SimpleNamespace(sqlite_version_info=(3, 40, 1)),
        SimpleNamespace(sqlite_version_info=(3, 53, 4)),
    )
    assert engine.journal(cast("Any", old)) == ("DELETE", "EXTRA")
    assert engine.journal(cast("Any", new)) == ("WAL", "FULL")


@pytest.mark.parametrize(
    "url",
    [
        "", "wat", "mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "sqlite://", "sqlite:///:memory:",
        "sqlite:////a\0b",
    ],
)  # fmt: skip
def test_an_address_of_another_kind_is_refused_without_repeating_a_password(url: str):
    with pytest.raises(RecordUnavailable) as refused:
        Store.open(url)
    assert refused.value.reason is Reason.UNSUPPORTED
    assert "secret" not in str(refused.value)


def test_a_server_may_be_given_in_the_usual_short_form():
    for short in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert engine.parse(short).drivername == "postgresql+psycopg"


def test_at_home_neither_the_servers_driver_nor_alembic_is_loaded(path: Path):
    Store.open(f"sqlite:///{path}").close()
    script = (
        "import sys; from coach.records.entries.store import Store; "
        f"Store.open('sqlite:///{path}').patients(); "
        "print([name for name in ('psycopg', 'alembic', 'sqlalchemy.orm') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


class DriverError(Exception):
    sqlite_errorname = "SQLITE_IOERR_SHMSIZE"


@pytest.mark.parametrize(("free", "reason"), [(1_000, Reason.DISK_FULL), (10**9, Reason.FAILED)])
def test_a_disk_error_is_a_full_disk_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, reason: Reason
):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    url = engine.parse(f"sqlite:///{tmp_path}/coach.db")
    assert errors.translated(DriverError(), url).reason is reason


def test_a_writer_begins_soon_after_the_other_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """SQLite's own wait would look again after up to a tenth of a second."""
    first, second = (engine.build(engine.parse(f"sqlite:///{tmp_path}/a.db")) for _each in range(2))
    waits: list[float] = []
    with first.connect() as writes:
        other = writes.begin()

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.commit()

        monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=time.monotonic, sleep=wait))
        with second.begin() as connection:
            assert waits == [engine.AGAIN_S] * 3
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == engine.WAIT_MS
    first.dispose()
    second.dispose()


def test_a_writer_waits_so_long_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first, second = (engine.build(engine.parse(f"sqlite:///{tmp_path}/a.db")) for _each in range(2))
    passed = [0.0]

    def wait(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=lambda: passed[0], sleep=wait))
    with first.begin(), pytest.raises(OperationalError, match="locked"), second.begin():
        pass
    assert passed[0] == pytest.approx(engine.WAIT_MS / 1000, abs=2 * engine.AGAIN_S)
    with second.connect() as connection:
        raw = cast("Any", connection.connection.driver_connection)
        assert raw.execute("PRAGMA busy_timeout").fetchone() == (engine.WAIT_MS,)
    first.dispose()
    second.dispose()
