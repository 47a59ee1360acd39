"""Erasure: nobody and nothing of them is left but a tombstone, and the others are as they were."""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Executable, select

from coach.desk.installation.history_cache import HistoryCache
from coach.domain.facts import Setting
from coach.records.clinic.accounts import Account, Accounts
from coach.records.clinic.caseload import Caseload
from coach.records.clinic.people import People, Person, Team
from coach.records.database import schema
from coach.records.entries.caseload_rows import Row
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Reason, RecordUnavailable, Store
from coach.records.upkeep import erasure, erasure_traces, tombstones
from coach.records.upkeep.erasure import erase_known, finish
from coach.records.upkeep.tombstones import NoTombstones, Tombstone
from tests.support.disks import SmallDisk, on_a_small_disk
from tests.support.erasing import CANARIES, CARD, OTHER, all_rows, erased, furnished
from tests.support.record_making import NOON, draft


@pytest.fixture
def store(bare_url: str) -> Iterator[Store]:
    """A record opened by who owns its tables."""
    opened = Store.open(bare_url, owner=True)
    yield opened
    opened.close()


@pytest.fixture
def team(store: Store) -> UUID:
    made = Team(uuid4(), "Spine")
    People(store).add_team(made, at=NOON)
    return made.id


def bytes_beside(path: Path) -> bytes:
    """Return every byte of every file in the record's folder."""
    return b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())


def test_nothing_is_left_but_a_tombstone_and_the_audit(store: Store, team: UUID):
    furnished(store, team, words=OTHER)
    before = all_rows(store)
    who = furnished(store, team)
    head = store.head(who)
    done = erased(store, who)
    after = all_rows(store)
    kept = {"tombstone", "seal", "audit"}
    assert {name: rows for name, rows in after.items() if name not in kept} == {
        name: rows for name, rows in before.items() if name not in kept
    }
    [stone] = tombstones.tombstones(store)
    assert stone == done.stone
    assert (stone.head_seq, stone.head_hash) == head
    assert stone.patient_hash == tombstones.digest(who)
    assert str(who) not in repr(stone)
    lines = [row for row in after["audit"] if who in row]
    assert [row[4] for row in sorted(lines, key=lambda row: row[4])] == ["history.see", erasure.ACTION]
    assert not [word for word in CANARIES if word in repr(after)]
    assert after["erasing"] == []


def test_one_who_works_here_too_keeps_the_account_alone(store: Store, team: UUID):
    who = furnished(store, team, staff=True)
    assert erasure.case(store, who).works_here
    erased(store, who)
    after = all_rows(store)
    [account] = after["account"]
    assert account[1:5] == ("kanarie.login", "Kanarie Zwart", "physiotherapist", None)
    assert len(after["membership"]) == len(after["sign_in"]) == 1
    assert after["person"] == after["looked"] == after["entry"] == after["patient"] == []


def test_whoever_is_not_there_cannot_be_erased_nor_twice(store: Store, team: UUID):
    who = furnished(store, team)
    before = all_rows(store)
    for act in (lambda: erased(store, uuid4()), lambda: erasure.case(store, uuid4())):
        with pytest.raises(LookupError):
            act()
    assert all_rows(store) == before
    erased(store, who)
    with pytest.raises(LookupError):
        erased(store, who)
    with pytest.raises(LookupError):
        store.append(who, [draft()])
    assert not Caseload(store).write(who, Row(0, "d", NOON, active=True, card=CARD, needs=()))
    assert len(tombstones.tombstones(store)) == 1


def test_entries_go_only_while_their_patient_is_erased_and_never_change(store: Store, team: UUID):
    who, other = furnished(store, team), furnished(store, team, words=OTHER)
    before = all_rows(store)
    entry = schema.entry
    refused: list[list[Executable]] = [
        [entry.delete().where(entry.c.patient == who)],
        [schema.erasing.insert().values(patient=other), entry.delete().where(entry.c.patient == who)],
        [schema.erasing.insert().values(patient=who), entry.update().values(payload="{}")],
    ]
    for statements in refused:
        with pytest.raises(RecordUnavailable), store.writing() as connection:
            for statement in statements:
                connection.execute(statement)
    assert all_rows(store) == before


def test_tombstones_are_only_ever_added(store: Store, team: UUID):
    erased(store, furnished(store, team))
    for statement in (schema.tombstone.delete(), schema.tombstone.update().values(head_seq=0)):
        with pytest.raises(RecordUnavailable), store.writing() as connection:
            connection.execute(statement)
    assert len(tombstones.tombstones(store)) == 1


def test_what_breaks_in_the_middle_erases_nothing(store: Store, team: UUID, monkeypatch: pytest.MonkeyPatch):
    who = furnished(store, team)
    before = all_rows(store)

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    for module, name in ((tombstones, "keep"), (erasure, "_remove_account")):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(module, name, broken)
            erased(store, who)
        assert all_rows(store) == before
    assert finish(store, erased(store, who).traces) == 0


def test_no_byte_is_left_in_any_file(path: Path):
    store = Store.open(f"sqlite:///{path}")
    team = uuid4()
    People(store).add_team(Team(team, "Spine"), at=NOON)
    stays = furnished(store, team, words=OTHER)
    who = furnished(store, team)
    with store.reading() as connection:
        mine = [
            str(key)
            for key in connection.scalars(select(schema.entry.c.id).where(schema.entry.c.patient == who))
        ]
    # A reader is at work, and an index has been built and torn.
    entries = store.entries(stays)
    found = bytes_beside(path)
    assert [word for word in CANARIES if word.encode() in found] == [
        word for word in CANARIES if '"' not in word
    ]
    done = erased(store, who)
    assert finish(store, done.traces) == 0
    beside = bytes_beside(path)
    store.close()
    for left in (beside, bytes_beside(path)):
        assert b"canary" not in left
        assert not [word for word in (*CANARIES, *mine) if word.encode() in left]
    again = Store.open(f"sqlite:///{path}")
    assert again.entries(stays) == entries
    assert again.verify(stays) == []
    again.close()


def test_what_is_left_is_found_and_what_others_wrote_is_not_counted(path: Path):
    store = Store.open(f"sqlite:///{path}")
    team = uuid4()
    People(store).add_team(Team(team, "Spine"), at=NOON)
    furnished(
        store, team, words=(*CANARIES[:1], "R-2", "ben", CANARIES[3], "Hello there", "heat", "Benjamin")
    )
    done = erased(store, furnished(store, team))
    assert finish(store, done.traces) == 0  # another patient of that name wrote the same note
    store.close()
    with path.open("ab") as stream:
        stream.write(b"x" * 50 + CANARIES[5].encode() + next(iter(done.traces.keys)))
    again = Store.open(f"sqlite:///{path}")
    assert erasure_traces.found(again, done.traces) == 2
    again.close()


def test_an_older_record_is_cleaned_by_tombstones(path: Path):
    store = Store.open(f"sqlite:///{path}")
    team = uuid4()
    People(store).add_team(Team(team, "Spine"), at=NOON)
    stays, who = furnished(store, team, words=OTHER), furnished(store, team)
    store.compact()
    older = path.parent.parent / "restored" / "coach.db"
    older.parent.mkdir()
    shutil.copy(path, older)
    erased(store, who)
    known = tombstones.tombstones(store)
    store.close()
    restored = Store.open(f"sqlite:///{older}")
    for _again in range(2):
        found = erase_known(restored, [*known, replace(known[0], id=uuid4(), patient_hash="0" * 64)])
        assert found == ([] if _again else [who])
        assert restored.patients() == [stays]
        assert {each.patient_hash for each in tombstones.tombstones(restored)} == {
            known[0].patient_hash,
            "0" * 64,
        }
    assert b"canary" not in bytes_beside(older)
    restored.close()
    assert b"canary" not in bytes_beside(older)


def test_a_home_starts_anew(store: Store):
    Metadata(store).say("mode", "home")
    who = store.only_patient(uuid4(), recorded_at=NOON)
    cache = HistoryCache(store)
    store.append(who, [draft(Setting("first_name", CANARIES[6]))])
    team = Team(uuid4(), "home")
    People(store).add_team(team, at=NOON)
    People(store).add_person(Person(who, CANARIES[6], "", team.id, None), at=NOON)
    Accounts(store).add(Account(uuid4(), "mara", "Mara", "physiotherapist", None, NOON))
    assert cache.history(who).settings
    erased(store, who)
    after = all_rows(store)
    assert {name for name, rows in after.items() if rows} == {"about", "audit", "tombstone", "seal"}
    assert cache.history(who).entries == ()
    new = store.only_patient(uuid4(), recorded_at=NOON)
    assert new != who
    assert store.entries(new) == []


@on_a_small_disk
def test_a_full_disk_erases_nothing_and_says_so(disk: SmallDisk):
    url = f"sqlite:///{disk.folder}/coach.db"
    store = Store.open(url)
    team = uuid4()
    People(store).add_team(Team(team, "Spine"), at=NOON)
    who = furnished(store, team)
    before = all_rows(store)
    store.close()
    store = Store.open(url)
    disk.fill()
    with pytest.raises(RecordUnavailable) as refused:
        erased(store, who)
    assert refused.value.reason is Reason.DISK_FULL
    assert all_rows(store) == before
    disk.make_room()
    assert finish(store, erased(store, who).traces) == 0
    store.close()


# tombstones in a file of their own


def stone(number: int = 1) -> Tombstone:
    return Tombstone(UUID(int=number), f"{number:064x}", NOON, 3, "", "operator")


def test_the_list_beside_the_record_is_private_and_only_grows(tmp_path: Path):
    file = tmp_path / tombstones.NAME
    tombstones.write(file, [stone(1)])
    tombstones.write(file, [stone(2)])
    assert tombstones.read(file) == [stone(1), stone(2)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [tombstones.NAME]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("coach-tombstones", "other"),
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace(f"{1:064x}", "xyz"),
        lambda text: text.replace('"head_seq": 3', '"head_seq": -3'),
        lambda text: text.replace('"head_seq": 3', '"head_seq": "3"'),
        lambda text: text.replace('"erased_by"', '"other"'),
        lambda text: text.replace("2026-03-02T", "tomorrow"),
        lambda text: "[" * 100_000,
    ],
)
def test_a_list_that_is_none_is_refused_and_stays(tmp_path: Path, spoil: Callable[[str], str]):
    file = tmp_path / tombstones.NAME
    tombstones.write(file, [stone(1)])
    file.write_text(spoil(file.read_text()))
    before = file.read_bytes()
    with pytest.raises(NoTombstones):
        tombstones.read(file)
    with pytest.raises(NoTombstones):
        tombstones.write(file, [stone(2)])
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [tombstones.NAME]
