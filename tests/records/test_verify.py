"""What `verify` finds: each kind of change made by hand in a real file, and named."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest

from coach.desk import Installation
from coach.desk.operator import backup as desk_backup
from coach.records.database import engine, migrations, schema
from coach.records.entries.store import Reason, RecordUnavailable, Store
from coach.records.upkeep import backup, restore, tombstones
from coach.records.upkeep.erasure import erase, erase_known
from coach.records.upkeep.manifest import Head, Manifest
from coach.records.upkeep.read_only import as_it_is
from coach.records.upkeep.tombstones import Tombstone
from coach.records.upkeep.verify import Finding, FindingKind, examine, open_to_others
from tests.support.clinics import Clinic, make_clinic
from tests.support.postgres import as_owner
from tests.support.record_making import NOON, draft, tamper
from tests.support.records import create_patient

FLIPS = 120
DERIVED = (  # what is found by the chains, the comparison with the entries, or the database itself
    "SELECT * FROM entry ORDER BY rowid",
    "SELECT * FROM caseload ORDER BY rowid",
    "SELECT * FROM standing ORDER BY rowid",
    "SELECT * FROM protocol_file ORDER BY rowid",
    "SELECT * FROM signature ORDER BY rowid",
    "SELECT * FROM protocol_draft ORDER BY rowid",
    # An index that SQLite makes by itself has no statement, and its name tells nothing.
    "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
)


def kinds(url: str) -> set[FindingKind]:
    return {each.kind for each in examine(url).findings}


def manifest(*heads: Head) -> Manifest:
    return Manifest(NOON, "0", "0001", "coach.sqlite3", "", 0, 0, None, 0, heads)


@pytest.fixture
def owned(store: Store, patient: UUID, url: str) -> str:
    """The address of a record with eight entries, for who owns its tables."""
    store.append(patient, [draft() for _ in range(8)])
    return url if url.startswith("sqlite") else as_owner(url)


def test_a_whole_record_has_no_findings_and_tells_its_heads(owned: str, store: Store, patient: UUID):
    empty = uuid4()
    create_patient(store, empty, recorded_at=NOON)
    found = examine(owned)
    assert found.findings == []
    assert set(found.heads) == {Head(patient, *store.head(patient)), Head(empty, 0, "")}
    assert (found.entries, found.newest) == (8, store.entries(patient)[-1].recorded_at)


def test_a_changed_payload_is_named_with_patient_and_number(owned: str, patient: UUID):
    tamper(owned, "UPDATE entry SET payload = '{\"yes\":true}' WHERE seq = 3")
    assert Finding(FindingKind.CHANGED, patient, 3) in examine(owned).findings


def test_a_removed_middle_entry_is_named(owned: str, patient: UUID):
    tamper(owned, "DELETE FROM entry WHERE seq IN (4, 5)")
    assert Finding(FindingKind.MISSING, patient, 6, 2) in examine(owned).findings


def test_an_entry_between_two_others_is_named(owned: str, patient: UUID):
    tamper(owned, f"UPDATE entry SET prev_hash = '{'0' * 64}' WHERE seq = 5")
    found = examine(owned).findings
    assert {Finding(FindingKind.UNLINKED, patient, 5), Finding(FindingKind.CHANGED, patient, 5)} <= set(found)


def test_a_cut_end_is_found_by_what_a_backup_knew(owned: str, store: Store, patient: UUID):
    known = manifest(Head(patient, *store.head(patient)))
    tamper(owned, "DELETE FROM entry WHERE seq >= 7")
    assert not {FindingKind.MISSING, FindingKind.CHANGED, FindingKind.UNLINKED} & kinds(owned)
    assert Finding(FindingKind.CUT, patient, 6, 2) in examine(owned, against=known).findings


def test_a_record_that_goes_on_is_none_the_worse_for_an_older_backup(owned: str, store: Store, patient: UUID):
    known = manifest(Head(patient, *store.head(patient)))
    store.append(patient, [draft()])
    assert examine(owned, against=known).findings == []


def test_another_chain_and_a_missing_patient_are_found_by_what_a_backup_knew(
    owned: str, store: Store, patient: UUID
):
    other, erased = uuid4(), uuid4()
    stone = Tombstone(uuid4(), hashlib.sha256(str(erased).encode()).hexdigest(), NOON, 1, "", "operator")
    with Store.open(owned, owner=True).writing() as connection:
        tombstones.keep(connection, stone)
    known = manifest(Head(patient, 8, "f" * 64), Head(other, 1, "f" * 64), Head(erased, 1, "f" * 64))
    assert examine(owned, against=known).findings == [
        Finding(FindingKind.REWRITTEN, patient, 8),
        Finding(FindingKind.GONE, other),
    ]


def test_triggers_that_are_gone_are_named(path: Path):
    Store.open(f"sqlite:///{path}").close()
    tamper(f"sqlite:///{path}")
    found = [each.detail for each in examine(f"sqlite:///{path}").findings if each.kind is FindingKind.TABLES]
    assert found == ["entry_kept", "entry_unchanged"]


def test_a_row_that_refers_to_nothing_is_named(path: Path):
    Store.open(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO membership VALUES ('a', 'b')")
    raw.close()
    assert FindingKind.REFERENCE in kinds(f"sqlite:///{path}")


STONE = (
    "INSERT INTO tombstone VALUES ('{key}', '{hash}', '2026-03-05T09:07:00.000000Z', 3, '{last}', 'operator')"
)


def stone_of(who: object) -> str:
    digest = hashlib.sha256(str(who).encode()).hexdigest()
    return STONE.format(key=uuid4(), hash=digest, last="0" * 64)


def test_a_patient_whose_entries_could_be_removed_is_named(owned: str, patient: UUID):
    tamper(owned, f"INSERT INTO erasing VALUES ('{patient}')")
    assert Finding(FindingKind.ERASING, patient) in examine(owned).findings


def test_a_tombstone_that_coach_did_not_make_is_named(bare_url: str):
    with closing(Store.open(bare_url, owner=True)) as store:
        gone, there = uuid4(), uuid4()
        for who in (gone, there):
            create_patient(store, who, recorded_at=NOON)
        erase(store, gone, at=NOON, by="operator", line=uuid4())
        assert examine(bare_url).findings == [], "a true one"
        with store.writing() as connection:
            connection.exec_driver_sql(stone_of(uuid4()))
        assert [each.kind for each in examine(bare_url).findings] == [FindingKind.FORGED]
        with store.writing() as connection:
            connection.exec_driver_sql(stone_of(there))
        found = examine(bare_url).findings
        assert Finding(FindingKind.RETURNED, there) in found
        assert [each.kind for each in found].count(FindingKind.FORGED) == 2
        with store.writing() as connection:
            connection.execute(schema.secret.delete())
        assert [each.kind for each in examine(bare_url).findings].count(FindingKind.FORGED) == 3


def test_a_tombstone_that_was_changed_is_named(path: Path):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        who = store.only_patient(uuid4(), recorded_at=NOON)
        erase(store, who, at=NOON, by="operator", line=uuid4())
    tamper(url, "DROP TRIGGER tombstone_unchanged", "UPDATE tombstone SET head_seq = 7")
    assert FindingKind.FORGED in kinds(url)


def test_tombstones_that_are_taken_over_or_were_made_by_an_older_coach_are_true(path: Path, tmp_path: Path):
    old = tmp_path / "old.sqlite3"
    direct = engine.build(engine.parse(f"sqlite:///{old}"))
    with direct.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
        migrations.migrate(connection, to="0007")
        connection.exec_driver_sql(stone_of(uuid4()))
        connection.commit()
    direct.dispose()
    with closing(Store.open(f"sqlite:///{old}")) as store:
        stones = tombstones.tombstones(store)
    assert len(stones) == 1
    assert kinds(f"sqlite:///{old}") == set()
    with closing(Store.open(f"sqlite:///{path}")) as store:
        erase_known(store, stones)
    assert kinds(f"sqlite:///{path}") == set()


@pytest.mark.parametrize("log", [False, True])
def test_bytes_behind_the_end_of_the_file_are_found(path: Path, log: bool):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        for _ in range(3):
            create_patient(store, uuid4(), recorded_at=NOON)
        if log:  # what lies in it was not written back
            assert Path(f"{path}-wal").stat().st_size
            assert kinds(url) == set()
            path.write_bytes(path.read_bytes() + b"\0" * 9_000)
            assert Finding(FindingKind.APPENDED, many=9_000) in examine(url).findings
            return
    assert kinds(url) == set()
    with path.open("ab") as stream:
        stream.write(b"canary")
    assert Finding(FindingKind.APPENDED, many=6) in examine(url).findings


def test_files_that_other_accounts_may_open_are_named(path: Path):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        create_patient(store, uuid4(), recorded_at=NOON)
        assert open_to_others(url) == []
        path.chmod(0o640)
        Path(f"{path}-wal").chmod(0o604)
        named = [each.detail for each in open_to_others(url)]
    assert named == ["coach.db 640", "coach.db-wal 604"]


def test_there_must_be_a_record(path: Path):
    with pytest.raises(RecordUnavailable) as refused:
        examine(f"sqlite:///{path}")
    assert refused.value.reason is Reason.MISSING
    assert not path.exists()


# the projection


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


def change(clinic: Clinic, statement: str) -> None:
    with sqlite3.connect(str(clinic.installation.store.path)) as raw:
        raw.execute(statement)
    raw.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE caseload SET needs = '[]', card = replace(card, '1', '2') WHERE patient = '{}'",
        "UPDATE caseload SET active = 1 - active WHERE patient = '{}'",
        "UPDATE caseload SET needs = 'no json' WHERE patient = '{}'",
        "UPDATE caseload SET last_at = 'no instant' WHERE patient = '{}'",
        "UPDATE caseload SET last_at = replace(last_at, 'T', 't') WHERE patient = '{}'",
        "UPDATE caseload SET needs = replace(needs, '-01T', '-01t') WHERE patient = '{}'",
        "UPDATE standing SET since = replace(since, 'T', 'V') WHERE patient = '{}'",
        "UPDATE standing SET rank = rank + 1 WHERE patient = '{}'",
        "UPDATE standing SET state = 3 WHERE patient = '{}'",
        "DELETE FROM standing WHERE patient = '{}'",
        "DELETE FROM caseload WHERE patient = '{}'",
        "UPDATE caseload SET seq = seq - 1 WHERE patient = '{}'",
    ],
)
def test_a_changed_projection_is_named_and_made_anew(clinic: Clinic, statement: str):
    before = desk_backup.compare(clinic.installation)
    assert (before.findings, before.waiting, before.right) == ([], 0, len(clinic.patients))
    ada = clinic.patients["ada"]
    change(clinic, statement.format(ada))
    assert desk_backup.compare(clinic.installation).findings == [Finding(FindingKind.PROJECTION, ada)]
    told: list[tuple[int, int]] = []
    after = desk_backup.rebuild(clinic.installation, said=lambda done, count: told.append((done, count)))
    assert (after.findings, after.waiting, after.right) == ([], 0, len(clinic.patients))
    assert told == [(0, len(clinic.patients)), (len(clinic.patients), len(clinic.patients))]


def test_a_projection_that_is_to_be_made_anyway_is_no_fault(clinic: Clinic):
    change(clinic, f"UPDATE caseload SET digest = '' WHERE patient = '{clinic.patients['ada']}'")
    found = desk_backup.compare(clinic.installation)
    assert (found.findings, found.waiting) == ([], 1)


def test_what_cannot_be_made_anew_is_still_named(clinic: Clinic):
    ben = clinic.patients["ben"]
    tamper(
        f"sqlite:///{clinic.installation.store.path}",
        f"UPDATE entry SET payload = '{{}}' WHERE patient = '{ben}'",
    )
    after = desk_backup.rebuild(clinic.installation, said=lambda _done, _count: None)
    assert after.findings == [Finding(FindingKind.NOT_UNDERSTOOD, ben, 1)]


# flipped bytes


def logical(path: Path) -> object:
    """Return what those tables hold, or that they cannot be read."""
    raw = engine.driver().connect(str(path))
    raw.text_factory = bytes
    try:
        return [raw.execute(query).fetchall() for query in DERIVED]
    except (engine.driver().Error, ValueError):
        return None
    finally:
        raw.close()


def found_by_verify(path: Path) -> bool:
    url = f"sqlite:///{path}"
    try:
        found = examine(url)
        if found.findings:
            return True
        with as_it_is(url) as store:
            compared = desk_backup.compare(Installation(store, clinic=True))
            return bool(compared.findings or compared.waiting)
    except RecordUnavailable:
        return True


def test_a_flipped_byte_is_found_wherever_it_changes_what_is_told(tmp_path: Path):
    made = make_clinic(tmp_path / "clinic")
    folder = backup.make(
        f"sqlite:///{made.installation.store.path}", tmp_path / "b", at=NOON, coach="test"
    ).folder
    made.installation.store.close()
    whole = (folder / backup.FILE).read_bytes()
    path = tmp_path / "flipped.sqlite3"
    path.write_bytes(whole)
    assert not found_by_verify(path)
    told, dice, mattered = logical(path), Random(4), 0
    used = [place for place, byte in enumerate(whole) if byte]  # what is zero is empty space
    for place in dice.sample(used, FLIPS):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << dice.randrange(8)
        path.write_bytes(spoiled)
        for tail in ("-wal", "-shm", "-journal"):
            Path(f"{path}{tail}").unlink(missing_ok=True)
        if logical(path) != told:
            mattered += 1
            assert found_by_verify(path), place
    assert mattered > FLIPS / 4


def test_a_flipped_byte_in_a_backup_is_found_wherever_it_is(tmp_path: Path):
    made = make_clinic(tmp_path / "clinic")
    folder = backup.make(
        f"sqlite:///{made.installation.store.path}", tmp_path / "b", at=NOON, coach="test"
    ).folder
    made.installation.store.close()
    whole, dice = (folder / backup.FILE).read_bytes(), Random(5)
    for place in dice.sample(range(len(whole)), 20):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << dice.randrange(8)
        (folder / backup.FILE).write_bytes(spoiled)
        with pytest.raises(backup.BackupRefused) as refused:
            restore.restore(folder, f"sqlite:///{tmp_path}/new/coach.db")
        assert refused.value.why is backup.BackupFault.DIFFERS
        assert not (tmp_path / "new").exists()


def test_a_manifest_reads_as_it_was_written(tmp_path: Path):
    told = replace(manifest(Head(uuid4(), 3, "a" * 64)), newest=NOON)
    (tmp_path / "manifest.json").write_text(told.to_json())
    assert backup.known(tmp_path) == told
