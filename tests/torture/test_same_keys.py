"""The same keys from many threads at once, with the same content and with other content; a clock that is set back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Drowsy, Note, RedFlagYes
from coach.records.entries.store import KeyReused, Store
from tests.support.homes import Clock, settled
from tests.support.patient_acts import begin, item, send
from tests.support.record_making import NOON, draft
from tests.support.records import create_patient
from tests.support.threads import Pool
from tests.torture.sizes import sizes

THREADS = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, place: Path) -> Iterator[Store]:
    """A record on each of the two databases."""
    on_file = request.param == "sqlite"
    opened = Store.open(f"sqlite:///{place}/coach.db" if on_file else request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


@pytest.fixture
def patient(store: Store) -> UUID:
    made = uuid4()
    create_patient(store, made, recorded_at=NOON)
    return made


@sizes("keys", 40, 300)
def test_the_same_keys_from_eight_threads_are_stored_once(
    store: Store, patient: UUID, keys: int, figures: Callable[..., None]
):
    drafts = [draft() for _ in range(keys)]

    def save(_: int) -> int:
        return sum(store.append(patient, [each])[0].new for each in drafts)

    with Pool(THREADS) as pool:
        new = sum(pool.map(save, range(THREADS)))
    there = store.entries(patient)
    assert [entry.seq for entry in there] == list(range(1, keys + 1))
    assert {entry.id for entry in there} == {each.id for each in drafts}
    assert new == keys
    assert store.verify(patient) == []
    figures(
        f"{THREADS} threads, {keys} same keys", f"{len(there)} rows, {THREADS * keys} acknowledged, doubled 0"
    )


@sizes("claimed", 15, 300)
def test_the_same_keys_with_other_content_are_refused_and_both_stay_apart(
    store: Store, patient: UUID, claimed: int, figures: Callable[..., None]
):
    keys = [uuid4() for _ in range(claimed)]
    refused: list[tuple[UUID, int]] = []

    def save(thread: int) -> None:
        for key in keys:
            batch = [draft(Note(key, f"{thread}"), id=key, at=NOON), draft(Drowsy(yes=False))]
            try:
                store.append(patient, batch)
            except KeyReused:
                refused.append((key, thread))
                store.append(patient, [replace(batch[0], id=uuid4())])  # under a key of its own it is kept

    with Pool(THREADS) as pool:
        list(pool.map(save, range(THREADS)))
    notes = [entry for entry in store.entries(patient) if isinstance(entry.fact, Note)]
    firsts = [entry for entry in notes if entry.id in keys]
    assert len(firsts) == len({entry.id for entry in firsts}) == claimed
    assert len(refused) == (THREADS - 1) * claimed
    told = {(entry.fact.session, int(entry.fact.text)) for entry in notes}  # type: ignore[union-attr]
    assert told == {(key, thread) for key in keys for thread in range(THREADS)}
    drowsy = [entry for entry in store.entries(patient) if isinstance(entry.fact, Drowsy)]
    assert len(drowsy) == claimed  # what came with a refused one is not stored either
    assert store.verify(patient) == []
    figures(
        f"{THREADS} threads, {claimed} keys with other content", f"{len(refused)} refused, all kept apart"
    )


def test_a_clock_that_is_set_back_while_everybody_writes_reorders_nothing(
    tmp_path: Path, figures: Callable[..., None]
):
    hand = Clock()
    desk_clock.use(hand)
    try:
        patient = settled(tmp_path)
        session = begin(patient)
        stop, half, refused, told = hand.now, threading.Barrier(THREADS + 1), [], []

        def write(thread: int) -> None:
            for number in range(20):
                if number == 10:
                    half.wait()  # everybody has written
                    half.wait()  # the clock is set back
                try:
                    told.append(send(patient, item(session, "note", text=f"{thread} {number}")).acknowledged)
                except BadValue as wrong:
                    refused.append(wrong.fault)

        with Pool(THREADS) as pool:
            writing = [pool.submit(write, thread) for thread in range(THREADS)]
            half.wait()
            before = patient.history().entries
            hand.now = stop - timedelta(hours=1)
            half.wait()
            for each in writing:
                each.result()
        assert refused == [Fault.CLOCK_WRONG] * THREADS * 10
        assert len(told) == THREADS * 10
        assert patient.history().entries == before
        patient.red_flags.report_flag(next(iter(patient.protocol.red_flags)), key=new_key())
        last = patient.history().entries[-1]
        assert isinstance(last.fact, RedFlagYes)
        assert patient.history().entries == (*before, last)
        assert [entry.seq for entry in patient.history().entries] == list(range(1, last.seq + 1))
        hand.now = stop
        assert len(send(patient, item(session, "note", text="on again")).acknowledged) == 1
        assert patient.installation.store.verify(patient.patient) == []
        figures(
            "clock set back one hour under 8 writers",
            f"{len(refused)} refused, warning sign stored, {len(before)} entries as they were",
        )
    finally:
        desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one
