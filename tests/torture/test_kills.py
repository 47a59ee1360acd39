"""A program that is killed while eight clients write: nothing it acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from coach.records.entries.store import Store
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.writing import PER_RECORD, Figures, Truth, acknowledged, enrol, is_sound


@sizes("kills", 10, 200)
def test_a_killed_program_loses_nothing_and_doubles_nothing(
    nursery: Nursery, place: Path, kills: int, figures: Callable[..., None]
):
    chance, found = random.Random(1), Figures()
    for kill in range(kills):
        url = f"sqlite:///{place / f'{kill // PER_RECORD}.db'}"
        if kill % PER_RECORD == 0:
            truth = Truth(found)
            store = Store.open(url)
            enrol(store)
            store.close()
        child = nursery.child("writing:write", url=url, begin=truth.next)
        said = child.says()
        acknowledged(said, truth, until=chance.randint(1, 60))
        child.kill()
        acknowledged(said, truth)
        assert child.status == -9
        store = Store.open(url)
        truth.look(store)
        assert is_sound(store)
        store.close()
    figures(f"{kills} kills of a program", found)
    assert found.are_clean()
