"""Signatures of protocol values are only ever added to, and one that was changed is found."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from coach.domain.sign_off import Opinion, values
from coach.protocols.loader import default
from coach.records.clinic.signatures import Signatures
from coach.records.database import schema
from coach.records.database.errors import RecordUnavailable
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import
from coach.records.upkeep.archive import ArchiveFault, ArchiveRefused
from coach.records.upkeep.verify import FindingKind, examine
from tests.support.archives import archive_of_a_clinic, export, members, sealed
from tests.support.record_making import tamper
from tests.support.signing import SIGNED, signed

FIRST, SECOND = values(default())[:2]
KIM = UUID(int=12)


def test_what_is_signed_comes_back_the_oldest_first_and_once(store: Store):
    later = signed(SECOND, Opinion.CHANGE, hours=1, note="Größer ≥ 5?", name="")
    first = signed(FIRST, name="")
    known = Signatures(store)
    known.add([later, first])
    known.add([first])
    assert known.of("balloon-kyphoplasty") == Signatures(store).of("balloon-kyphoplasty") == [first, later]
    assert known.of("another") == []
    assert first.at == SIGNED == later.at - timedelta(hours=1)


def test_what_another_server_added_is_seen(store: Store):
    known = Signatures(store)
    assert known.of("balloon-kyphoplasty") == []
    Signatures(store).add([signed(FIRST)])
    assert len(known.of("balloon-kyphoplasty")) == 1


@pytest.mark.parametrize("statement", ["UPDATE signature SET opinion = 'agree'", "DELETE FROM signature"])
def test_the_database_refuses_to_change_or_remove_one(store: Store, statement: str):
    Signatures(store).add([signed(FIRST, Opinion.CHANGE)])
    with pytest.raises(RecordUnavailable), store.writing() as connection:
        connection.exec_driver_sql(statement)
    (kept,) = Signatures(store).of("balloon-kyphoplasty")
    assert kept.opinion is Opinion.CHANGE


SPOILT = ["opinion = 'agree'", f"hash = '{'0' * 64}'", "value = '6 reps'", f"account = '{KIM}'", "note = 'x'"]


@pytest.mark.parametrize("spoil", SPOILT)
def test_one_that_was_changed_is_found_and_not_exported(path: Path, tmp_path: Path, spoil: str):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        Signatures(store).add([signed(FIRST, Opinion.CHANGE), signed(SECOND)])
        assert examine(url).findings == []
        (row,) = [each for each in Signatures(store).of("balloon-kyphoplasty") if each.path == FIRST.path]
        tamper(url, "DROP TRIGGER signature_unchanged", f"UPDATE signature SET {spoil} WHERE id = '{row.id}'")
        found = [(each.kind, each.detail) for each in examine(url).findings]
        assert (FindingKind.SIGNATURE, str(row.id)) in found
        with pytest.raises(ArchiveRefused) as refused:
            export(store, tmp_path / "a.zip")
        assert refused.value.why is ArchiveFault.FAULTY_RECORD


def test_an_archive_carries_them(store: Store, tmp_path: Path):
    given = [signed(FIRST, name=""), signed(SECOND, Opinion.NOT_MINE, hours=1, name="")]
    Signatures(store).add(given)
    export(store, tmp_path / "one.zip")
    with closing(Store.open(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        archive_import.take_in(other, tmp_path / "one.zip")
        assert Signatures(other).of("balloon-kyphoplasty") == given
        with other.reading() as connection:
            assert len(connection.execute(schema.signature.select()).all()) == 2


SPOIL = {
    "opinion": "change",
    "value": "6 reps",
    "account": str(KIM),
    "hash": "0" * 64,
    "more": "x",
    "id": None,
}


@pytest.mark.parametrize("column", SPOIL)
def test_an_archive_with_a_changed_one_is_not_taken_in(tmp_path: Path, column: str):
    with closing(Store.open(f"sqlite:///{tmp_path / 'one.db'}")) as store:
        Signatures(store).add([signed(FIRST), signed(SECOND)])
        export(store, tmp_path / "one.zip")
    content = members(tmp_path / "one.zip")
    said = json.loads(content[archive.IN_FORCE])
    first, second = said["signatures"]
    first[column] = SPOIL[column] or second["id"]
    sealed(content | {archive.IN_FORCE: json.dumps(said).encode()}, tmp_path / "two.zip")
    with pytest.raises(ArchiveRefused) as refused:
        archive_import.check(tmp_path / "two.zip")
    assert (refused.value.why, refused.value.what) == (ArchiveFault.DAMAGED, archive.IN_FORCE)


def test_an_older_archive_has_none(tmp_path: Path):
    content = members(archive_of_a_clinic(tmp_path))
    said = json.loads(content[archive.IN_FORCE])
    assert said.pop("signatures")
    sealed(content | {archive.IN_FORCE: json.dumps(said).encode()}, tmp_path / "two.zip")
    assert archive_import.check(tmp_path / "two.zip").accounts == 3
