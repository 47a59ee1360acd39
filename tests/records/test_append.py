"""What is written is written once, whole, in order, and never changes."""

import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Drowsy, Note, Pain, PainWhen, RedFlagYes, Setting
from coach.records.database import engine, schema
from coach.records.entries.store import KeyReused, Reason, RecordUnavailable, Store
from tests.support.postgres import as_superuser
from tests.support.record_making import NOON, draft, program, tamper
from tests.support.records import create_patient
from tests.support.threads import Pool


def test_what_is_appended_is_read_back_in_order(store: Store, patient: UUID):
    drafts = [draft(Drowsy(yes=bool(n % 2))) for n in range(5)]
    stored = store.append(patient, drafts)
    assert [each.new for each in stored] == [True] * 5
    assert store.entries(patient) == [each.entry for each in stored]
    assert [entry.seq for entry in store.entries(patient)] == [1, 2, 3, 4, 5]
    assert [entry.id for entry in store.entries(patient)] == [each.id for each in drafts]
    assert [entry.seq for entry in store.entries(patient, after_seq=3)] == [4, 5]
    assert store.entries(patient, after_seq=5) == []


def test_the_order_is_that_of_recording_not_of_what_happened(store: Store, patient: UUID):
    late, early = draft(at=NOON), draft(at=NOON - timedelta(days=3))
    store.append(patient, [late])
    store.append(patient, [early])
    assert [entry.id for entry in store.entries(patient)] == [late.id, early.id]


def test_the_same_key_twice_is_one_entry(store: Store, patient: UUID):
    once = draft()
    first = store.append(patient, [once])
    again = store.append(patient, [replace(once, recorded_at=once.recorded_at + timedelta(seconds=9))])
    assert (first[0].new, again[0].new) == (True, False)
    assert again[0].entry == first[0].entry
    assert store.entries(patient) == [first[0].entry]


def test_the_same_key_twice_in_one_batch_is_one_entry(store: Store, patient: UUID):
    once = draft()
    assert [each.new for each in store.append(patient, [once, draft(), once])] == [True, True, False]
    assert len(store.entries(patient)) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"fact": Drowsy(yes=True)},
        {"fact": Pain(3, PainWhen.NOW)},
        {"at": NOON - timedelta(days=1)},
        {"zone": "Europe/Lisbon"},
        {"local_date": NOON.date() - timedelta(days=1)},
        {"author": "physiotherapist"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_with_other_content_stores_nothing(store: Store, patient: UUID, other: dict[str, Any]):
    once = draft(zone="Europe/Berlin")
    kept = store.append(patient, [once])[0].entry
    with pytest.raises(KeyReused) as refused:
        store.append(patient, [draft(), replace(once, **other), draft()])
    assert refused.value.fault is Fault.KEY_REUSED
    assert store.entries(patient) == [kept]


def test_a_key_of_another_patient_is_reused(store: Store, patient: UUID):
    other = uuid4()
    create_patient(store, other, recorded_at=NOON)
    once = draft()
    store.append(patient, [once])
    with pytest.raises(KeyReused):
        store.append(other, [once])
    assert store.entries(other) == []


def test_a_replaced_entry_is_named(store: Store, patient: UUID):
    first = draft(Drowsy(yes=True))
    second = draft(Drowsy(yes=False), supersedes=first.id)
    third = draft(Drowsy(yes=True), supersedes=second.id)
    store.append(patient, [first])
    store.append(patient, [second, third])
    assert [entry.supersedes for entry in store.entries(patient)] == [None, first.id, second.id]


def test_only_an_entry_of_the_same_patient_can_be_replaced(store: Store, patient: UUID):
    other = uuid4()
    create_patient(store, other, recorded_at=NOON)
    foreign = store.append(other, [draft()])[0].entry.id
    for target in (foreign, uuid4()):
        with pytest.raises(BadValue) as refused:
            store.append(patient, [draft(), draft(supersedes=target)])
        assert refused.value.fault is Fault.UNKNOWN_ENTRY
    assert store.entries(patient) == []


def test_eight_threads_with_the_same_fifty_keys_make_fifty_entries(store: Store, patient: UUID):
    drafts = [draft() for _ in range(50)]

    def save(_: int) -> int:
        return sum(store.append(patient, [each])[0].new for each in drafts)

    with Pool(8) as pool:
        assert sum(pool.map(save, range(8))) == 50
    assert [entry.seq for entry in store.entries(patient)] == list(range(1, 51))
    assert store.verify(patient) == []


def test_two_patients_who_claim_the_same_keys_at_once_share_none(store: Store):
    patients = [uuid4() for _ in range(4)]
    for each in patients:
        create_patient(store, each, recorded_at=NOON)
    drafts = [draft() for _ in range(20)]

    def save(who: UUID) -> int:
        won = 0
        for each in drafts:
            try:
                won += store.append(who, [each])[0].new
            except KeyReused:
                continue
        return won

    with Pool(4) as pool:
        assert sum(pool.map(save, patients)) == 20
    assert sum(len(store.entries(each)) for each in patients) == 20


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"at": datetime(2026, 3, 2, 12)}, Fault.TIME_WITHOUT_ZONE),  # noqa: DTZ001
        ({"recorded_at": datetime(2026, 3, 2, 12)}, Fault.TIME_WITHOUT_ZONE),  # noqa: DTZ001
        ({"zone": "Mars/Olympus"}, Fault.UNKNOWN_ZONE),
        ({"author": " "}, Fault.TEXT_MISSING),
        ({"author": "a\0b"}, Fault.TEXT_MISSING),
        ({"local_date": NOON}, Fault.TIME_MISSING),
        ({"fact": RedFlagYes("half a \ud83d")}, Fault.UNKNOWN_CHOICE),
        ({"fact": Note(uuid4(), "\u200b")}, Fault.TEXT_MISSING),
        ({"fact": Setting("zone", None)}, Fault.UNKNOWN_CHOICE),  # type: ignore[arg-type]
        ({"fact": Setting("zone", {"a": {1}})}, Fault.UNKNOWN_CHOICE),  # type: ignore[arg-type]
    ],
    ids=range(10),
)
def test_what_could_not_be_read_back_is_never_written(
    store: Store, patient: UUID, other: dict[str, Any], fault: Fault
):
    with pytest.raises(BadValue) as refused:
        store.append(patient, [draft(), draft(**other)])
    assert refused.value.fault is fault
    assert store.entries(patient) == []


def test_the_column_type_itself_refuses_a_naive_instant(store: Store, url: str):
    direct = engine.build(engine.parse(url))
    row = {"id": uuid4(), "created_at": datetime(2026, 3, 2)}  # noqa: DTZ001
    with pytest.raises(StatementError), direct.begin() as connection:
        connection.execute(schema.patient.insert(), row)
    direct.dispose()
    assert store.patients() == []


@pytest.mark.parametrize("change", ["UPDATE entry SET author = 'x'", "DELETE FROM entry"])
def test_the_database_itself_refuses_to_change_an_entry(store: Store, patient: UUID, url: str, change: str):
    kept = store.append(patient, [draft(), draft()])
    direct = engine.build(engine.parse(as_superuser(url)))
    changes = [change, "TRUNCATE entry" if "postgres" in url else "REPLACE INTO entry SELECT * FROM entry"]
    for statement in changes:
        with pytest.raises(DBAPIError, match="never"), direct.begin() as connection:
            connection.exec_driver_sql(statement)
    direct.dispose()
    assert store.entries(patient) == [each.entry for each in kept]


def test_a_failing_write_does_not_tell_what_it_was_writing(store: Store, patient: UUID, url: str):
    if "postgres" in url:  # its message holds the whole row
        tamper(url, "ALTER TABLE entry ADD CHECK (kind <> 'note')")
    else:
        tamper(url, "CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END")
    secret = draft(Note(uuid4(), "canary"))
    with pytest.raises(RecordUnavailable) as failed:
        store.append(patient, [secret])
    assert failed.value.reason is Reason.FAILED
    assert "canary" not in "".join(traceback.format_exception(failed.value))


def test_a_failing_statement_does_not_tell_its_values(store: Store, url: str):
    direct = engine.build(engine.parse(url))
    wrong = text("INSERT INTO patient (nothing) VALUES (:value)")
    with pytest.raises(DBAPIError) as failed, direct.begin() as connection:
        connection.execute(wrong, {"value": "canary"})
    direct.dispose()
    assert "canary" not in str(failed.value)


def test_a_patient_is_made_once_and_found(store: Store):
    first, second = uuid4(), uuid4()
    for _ in range(2):
        create_patient(store, first, recorded_at=NOON)
        create_patient(store, second, recorded_at=NOON + timedelta(hours=1))
    assert store.patients() == [first, second]


def test_nothing_is_written_for_a_patient_who_does_not_exist(store: Store):
    with pytest.raises(LookupError):
        store.append(uuid4(), [draft()])
    assert store.patients() == []
    assert store.entries(uuid4()) == []
    assert store.head(uuid4()) == (0, "")


def test_two_tabs_at_once_meet_the_same_patient(store: Store):
    def ask(_: int) -> UUID:
        return store.only_patient(uuid4(), recorded_at=NOON)

    with Pool(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1
    assert len(store.patients()) == 1


def test_a_record_of_several_patients_is_not_one_patients(store: Store, patient: UUID):
    create_patient(store, uuid4(), recorded_at=NOON)
    with pytest.raises(LookupError):
        store.only_patient(uuid4(), recorded_at=NOON)


def test_four_programs_started_at_once_make_one_record(url: str):
    started = [program("patient", url) for _ in range(4)]
    answers = [each.communicate(timeout=60)[0].strip() for each in started]
    store = Store.open(url)
    assert {UUID(each) for each in answers} == set(store.patients())
    assert len(store.patients()) == 1
    store.close()


def test_threads_that_open_records_at_once_each_get_theirs(tmp_path: Path):
    def ask(number: int) -> tuple[int, UUID]:
        store = Store.open(f"sqlite:///{tmp_path}/{number % 4}.db")
        found = store.only_patient(uuid4(), recorded_at=NOON)
        store.close()
        return number % 4, found

    with Pool(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 4


def test_an_empty_batch_stores_nothing(store: Store, patient: UUID):
    assert store.append(patient, []) == []


def test_a_batch_may_be_larger_than_one_statement_takes(store: Store, patient: UUID):
    drafts = [draft() for _ in range(2_500)]
    assert all(each.new for each in store.append(patient, drafts))
    assert not any(each.new for each in store.append(patient, drafts))
    assert store.head(patient)[0] == 2_500
