"""A PostgreSQL server that stops at once while eight clients write: nothing lost, nothing twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator

import pytest

from coach.records.database import postgres
from coach.records.entries.store import Store
from tests.support.postgres import PostgresServer, as_owner
from tests.torture.sizes import sizes
from tests.torture.writing import Truth, enrol, together

pytestmark = pytest.mark.postgres


@pytest.fixture
def durable() -> Iterator[PostgresServer]:
    """A server whose commits reach the disk."""
    made = PostgresServer(durable=True)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.mark.slow
@sizes("stops", 2, 12)
def test_a_server_that_stops_at_once_loses_nothing_and_doubles_nothing(
    durable: PostgresServer, stops: int, figures: Callable[..., None]
):
    chance, truth, lock = random.Random(7), Truth(), threading.Lock()
    url = durable.new_database()
    postgres.prepare(as_owner(url), url)
    store = Store.open(url)
    enrol(store)
    for _ in range(stops):
        heard = threading.Semaphore(0)

        def hear(place: int, number: int, heard: threading.Semaphore = heard) -> None:
            with lock:
                truth.heard(place, number)
            heard.release()

        clients = threading.Thread(target=together, args=(store, list(truth.next), hear))
        clients.start()
        for _ in range(chance.randint(8, 200)):
            assert heard.acquire(timeout=60)
        durable.stop("immediate")
        clients.join()
        durable.start()
        truth.look(store)
    store.close()
    figures(f"{stops} immediate stops of PostgreSQL", truth.figures)
    assert truth.figures.are_clean()
