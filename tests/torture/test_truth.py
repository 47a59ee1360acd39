"""What compares a record with what was acknowledged sees what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from coach.records.entries.store import Store
from tests.torture.writing import CLIENTS, Figures, Truth, enrol, session

ADA = CLIENTS[0]


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{place / 'coach.db'}")
    enrol(opened)
    opened.append(ADA, session(ADA, 0))
    yield opened
    opened.close()


def found(store: Store, *heard: int) -> Figures:
    truth = Truth()
    for number in heard:
        truth.heard(0, number)
    truth.look(store)
    return truth.figures


def test_what_is_as_it_was_told_is_clean(store: Store):
    assert found(store, 0) == Figures(acknowledged=1)
    assert found(store, 0).are_clean()


def test_what_was_stored_and_never_acknowledged_is_no_fault(store: Store):
    assert found(store) == Figures(unacknowledged=1)
    assert not found(store).are_clean()  # for nothing was acknowledged at all


def test_what_is_missing_is_lost(store: Store):
    assert found(store, 0, 1) == Figures(acknowledged=2, lost=1)


def test_half_a_session_is_torn(store: Store):
    store.append(ADA, session(ADA, 1)[:2])
    assert found(store, 0) == Figures(acknowledged=1, torn=1)


def test_the_same_session_under_other_keys_is_doubled(store: Store):
    store.append(ADA, [replace(each, id=uuid4()) for each in session(ADA, 0)])
    assert found(store, 0).doubled == 1
