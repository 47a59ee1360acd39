"""The SQLite file: made whole, private, and never made over another."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from coach.records.clinic.caseload import Caseload
from coach.records.database import engine, migrations, schema
from coach.records.database.schema import APPLICATION_ID
from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.support.record_making import NOON, draft, first_version, second_version, tamper


def opened(path: Path) -> Store:
    return Store.open(f"sqlite:///{path}")


def refusal(path: Path) -> RecordUnavailable:
    with pytest.raises(RecordUnavailable) as refused:
        opened(path)
    assert refused.value.where == str(path)
    return refused.value


def test_the_file_and_its_folder_are_for_one_account(path: Path):
    store = opened(path)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    store.append(patient, [draft()])
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert files == {"coach.db": 0o600, "coach.db-wal": 0o600, "coach.db-shm": 0o600}
    store.close()
    assert [each.name for each in path.parent.iterdir()] == ["coach.db"]


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path):
    tmp_path.chmod(0o755)
    opened(tmp_path / "coach.db").close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_file_says_whose_it_is(path: Path):
    opened(path).close()
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID


def test_the_record_is_there_after_a_restart(path: Path):
    store = opened(path)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft(), draft()])]
    store.close()
    again = opened(path)
    assert again.only_patient(uuid4(), recorded_at=NOON) == patient
    assert again.entries(patient) == kept
    again.close()


def test_a_path_with_odd_letters_is_a_path(tmp_path: Path):
    path = tmp_path / "Größe 100% #1 ü" / "my coach.db"
    opened(path).close()
    opened(path).close()
    assert path.is_file()


def taken_away(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()


def replaced(path: Path) -> None:
    copy = path.with_name("copy.db")
    opened(copy).close()
    copy.replace(path)


@pytest.mark.parametrize("loss", [taken_away, replaced])
def test_nothing_is_taken_once_the_file_is_another_one(path: Path, loss: Callable[[Path], None]):
    store = opened(path)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    store.append(patient, [draft()])
    loss(path)
    left = sorted(path.parent.glob("coach.db"))
    for act in (lambda: store.append(patient, [draft()]), lambda: store.entries(patient)):
        with pytest.raises(RecordUnavailable) as refused:
            act()
        assert (refused.value.reason, refused.value.where) == (Reason.MISSING, str(path))
    assert sorted(path.parent.glob("coach.db")) == left
    store.close()


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("Dear diary, today I walked to the window.\n" * 50)


def zeroes(path: Path) -> None:
    path.write_bytes(b"\0" * 8192)


def short_header(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\0" * 20)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE entry (id)")


def foreign_with_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE alembic_version (version_num)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
        other.commit()


def truncated(path: Path) -> None:
    ours(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def broken_page(path: Path) -> None:
    ours(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * 8192 + whole[16384:])


def newer(path: Path) -> None:
    ours(path)
    tamper(f"sqlite:///{path}", "UPDATE alembic_version SET version_num = '9999'")


def without_revision(path: Path) -> None:
    ours(path)
    tamper(f"sqlite:///{path}", "DELETE FROM alembic_version")


def without_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA application_id={APPLICATION_ID}")
        other.execute("CREATE TABLE t (id)")


def ours(path: Path) -> None:
    store = opened(path)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    store.append(patient, [draft() for _ in range(50)])
    store.close()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (empty, Reason.EMPTY),
        (text, Reason.NOT_A_DATABASE),
        (zeroes, Reason.NOT_A_DATABASE),
        (short_header, Reason.DAMAGED),
        (foreign, Reason.FOREIGN),
        (foreign_with_log, Reason.FOREIGN),
        (truncated, Reason.DAMAGED),
        (broken_page, Reason.DAMAGED),
        (newer, Reason.NEWER_VERSION),
        (without_revision, Reason.DAMAGED),
        (without_tables, Reason.DAMAGED),
    ],
)
def test_a_file_that_is_not_our_record_is_refused_by_name_and_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None], reason: Reason
):
    path = tmp_path / "coach.db"
    spoil(path)
    before = path.read_bytes()
    assert refusal(path).reason is reason
    assert path.read_bytes() == before


def test_a_folder_is_no_record(tmp_path: Path):
    assert refusal(tmp_path).reason is Reason.NOT_A_DATABASE


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "coach.db").reason is Reason.MISSING


def test_a_link_to_nothing_is_not_followed_into_a_new_record(tmp_path: Path):
    (tmp_path / "coach.db").symlink_to(tmp_path / "gone.db")
    assert refusal(tmp_path / "coach.db").reason is Reason.MISSING
    assert [each.name for each in tmp_path.iterdir()] == ["coach.db"]


def test_a_log_without_its_file_is_not_made_into_a_new_record(path: Path):
    store = opened(path)
    store.append(store.only_patient(uuid4(), recorded_at=NOON), [draft()])
    log = path.with_name("coach.db-wal")
    kept = log.read_bytes()
    path.rename(path.with_name("moved.db"))
    store.close()
    log.write_bytes(kept)
    assert refusal(path).reason is Reason.MISSING
    assert log.read_bytes() == kept


def test_a_record_that_another_program_holds_is_locked(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "WAIT_MS", 50)
    store = opened(path)
    patient = store.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in store.append(patient, [draft()])]
    with closing(engine.driver().connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordUnavailable) as refused:
            store.append(patient, [draft()])
        assert refused.value.reason is Reason.LOCKED
        assert store.entries(patient) == kept
    store.append(patient, [draft()])
    store.close()


def test_a_stopped_first_start_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrate", stop)
        with pytest.raises(KeyboardInterrupt):
            opened(path)
    assert list(path.parent.iterdir()) == []
    opened(path).close()


def test_a_file_system_without_links_gets_its_record_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", refuse)
    ours(path)
    assert [each.name for each in path.parent.iterdir()] == ["coach.db"]


NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0900", "{head}"
def upgrade():
    op.create_table("more", sa.Column("id", sa.Text()))
    {then}
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The program's next version, whose migration ends with the given statement."""

    def install(then: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = NEXT.format(head=migrations.HEAD, then=then)
        (folder / "versions" / "0900_more.py").write_text(text)
        monkeypatch.setattr(migrations, "FOLDER", folder)
        monkeypatch.setattr(migrations, "KNOWN", migrations.KNOWN | {"0900"})
        monkeypatch.setattr(migrations, "HEAD", "0900")

    return install


def test_an_older_record_is_brought_to_the_next_version(bare_url: str, tmp_path: Path):
    patient, kept = first_version(bare_url, tmp_path)
    assert _tables(bare_url) == {"alembic_version", "entry", "patient"}
    for _ in range(2):
        new = Store.open(bare_url, owner=True)
        assert new.entries(patient) == kept
        assert new.verify(patient) == []
        assert _tables(bare_url) == {"alembic_version", *schema.metadata.tables}
        assert Caseload(new).stale("now", most=9) == [patient]
        new.append(patient, [draft()])
        kept = new.entries(patient)
        new.close()


def test_a_record_of_the_second_version_keeps_everything_and_learns_to_erase(bare_url: str):
    patient, rows = second_version(bare_url)
    assert not {"tombstone", "erasing"} & _tables(bare_url)
    new = Store.open(bare_url, owner=True)
    with new.reading() as connection:
        assert [dict(row) for row in connection.execute(select(schema.entry)).mappings()] == rows
        assert connection.scalar(select(schema.person.c.name)) == "Ada"
        assert connection.execute(select(schema.tombstone)).all() == []
    assert new.verify(patient) == []
    with pytest.raises(RecordUnavailable), new.writing() as connection:
        connection.execute(schema.entry.delete())
    with new.writing() as connection:
        connection.execute(schema.erasing.insert().values(patient=patient))
        assert connection.execute(schema.entry.delete()).rowcount == len(rows)
    new.close()


def test_the_version_after_this_one_finds_everything_as_it_was(
    bare_url: str, next_version: Callable[[str], None]
):
    old = Store.open(bare_url, owner=True)
    patient = old.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in old.append(patient, [draft()])]
    old.close()
    next_version("pass")
    new = Store.open(bare_url, owner=True)
    assert new.entries(patient) == kept
    assert _tables(bare_url) == {"alembic_version", "more", *schema.metadata.tables}
    new.close()


@pytest.mark.parametrize("version", ["0001", "0002", "now"])
def test_a_file_that_lacks_a_table_of_its_version_is_damaged(tmp_path: Path, version: str):
    path = tmp_path / "coach.db"
    if version == "0001":
        first_version(f"sqlite:///{path}", tmp_path / "other")
        tamper(f"sqlite:///{path}", "DROP TABLE entry")
    elif version == "0002":
        second_version(f"sqlite:///{path}")
        tamper(f"sqlite:///{path}", "DROP TABLE standing")
    else:
        ours(path)
        tamper(f"sqlite:///{path}", "DROP TABLE tombstone")
    before = path.read_bytes()
    assert refusal(path).reason is Reason.DAMAGED
    assert path.read_bytes() == before


def test_a_migration_that_breaks_changes_nothing(bare_url: str, next_version: Callable[[str], None]):
    old = Store.open(bare_url, owner=True)
    patient = old.only_patient(uuid4(), recorded_at=NOON)
    kept = [each.entry for each in old.append(patient, [draft()])]
    next_version("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        Store.open(bare_url, owner=True)
    assert _tables(bare_url) == {"alembic_version", *schema.metadata.tables}
    assert old.entries(patient) == kept
    old.append(patient, [draft()])
    old.close()


def _tables(url: str) -> set[str]:
    from sqlalchemy import inspect

    direct = engine.build(engine.parse(url))
    try:
        return set(inspect(direct).get_table_names())
    finally:
        direct.dispose()
