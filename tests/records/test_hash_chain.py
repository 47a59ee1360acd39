"""The chain of hashes finds what was changed behind the store's back."""

from datetime import date
from uuid import UUID

import pytest

from coach.domain.facts import Pain, PainWhen
from coach.records.entries import hash_chain
from coach.records.entries.store import Reason, RecordUnavailable, Store
from tests.support.record_making import NOON, draft, tamper


@pytest.fixture
def five(store: Store, patient: UUID) -> UUID:
    """A patient with five entries."""
    for score in range(5):
        store.append(patient, [draft(Pain(score, PainWhen.NOW))])
    return patient


def test_an_untouched_record_has_no_faults(store: Store, five: UUID):
    assert store.verify(five) == []


def test_the_head_is_the_last_place_and_hash(store: Store, five: UUID):
    before = store.head(five)
    store.append(five, [draft()])
    after = store.head(five)
    assert (before[0], after[0]) == (5, 6)
    assert len(after[1]) == 64
    assert before[1] != after[1]


def test_the_same_history_has_the_same_hash_on_every_database():
    row = {
        "id": UUID(int=7), "patient": UUID(int=9), "seq": 1, "kind": "note", "at": NOON,
        "zone": "Europe/Berlin", "local_date": date(2026, 3, 2), "recorded_at": NOON,
        "author": "patient", "payload": '{"text":"é"}', "supersedes": None, "prev_hash": "",
    }  # fmt: skip
    stored = {name: hash_chain._plain(value) for name, value in row.items()}  # noqa: SLF001  recomputed as the chain does
    assert hash_chain.digest(row) == hash_chain.digest(stored)
    assert hash_chain.digest(row) == "b26a64e67ad22a7c01c2a13f65a0a18417a64ba9c9ed6f67f4965bd02855493f"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            """UPDATE entry SET payload = '{"score":9,"session":null,"when":"now"}' WHERE seq = 3""",
            ["Entry 3 was changed after it was recorded."],
        ),
        (
            "UPDATE entry SET author = 'somebody' WHERE seq = 5",
            ["Entry 5 was changed after it was recorded."],
        ),
        ("UPDATE entry SET at = '2026-01-01' WHERE seq = 1", ["Entry 1 was changed after it was recorded."]),
        ("DELETE FROM entry WHERE seq = 3", ["Missing before entry 4: 1."]),
        ("DELETE FROM entry WHERE seq IN (1, 2)", ["Missing before entry 3: 2."]),
    ],
    ids=["payload", "author", "instant", "middle", "beginning"],
)
def test_each_change_is_found(store: Store, url: str, five: UUID, change: str, fault: list[str]):
    tamper(url, change)
    assert store.verify(five) == fault


def test_closing_the_gap_after_a_removed_entry_is_found(store: Store, url: str, five: UUID):
    tamper(
        url,
        "DELETE FROM entry WHERE seq = 2",
        *(f"UPDATE entry SET seq = {n - 1} WHERE seq = {n}" for n in (3, 4, 5)),
    )
    assert "Entry 2 does not follow from the one before it." in store.verify(five)


def test_two_entries_that_change_places_are_found(store: Store, url: str, five: UUID):
    swap = [(2, 9), (3, 2), (9, 3)]
    tamper(url, *(f"UPDATE entry SET seq = {new} WHERE seq = {old}" for old, new in swap))
    assert len(store.verify(five)) >= 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('UPDATE entry SET payload = \'{"score":11,"when":"now"}\' WHERE seq = 3', Reason.DAMAGED),
        ("UPDATE entry SET payload = '{' WHERE seq = 3", Reason.DAMAGED),
        ("UPDATE entry SET kind = 'poem' WHERE seq = 3", Reason.NEWER_VERSION),
    ],
)
def test_an_entry_that_cannot_be_read_closes_the_record(
    store: Store, url: str, five: UUID, change: str, reason: Reason
):
    checks = "ALTER TABLE entry DROP CONSTRAINT entry_payload"
    tamper(url, *([checks] if "postgres" in url else []), change)
    with pytest.raises(RecordUnavailable) as refused:
        store.entries(five)
    assert refused.value.reason is reason
    assert "score" not in str(refused.value)
