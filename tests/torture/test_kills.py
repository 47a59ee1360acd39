"""A program that is killed while eight clients write: nothing it acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from coach.records.store import Store
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.writing import Truth, acknowledged, enrol, is_sound


@sizes("kills", 10, 200)
def test_a_killed_program_loses_nothing_and_doubles_nothing(
    nursery: Nursery, place: Path, kills: int, figures: Callable[..., None]
):
    url, chance, truth = f"sqlite:///{place / 'coach.db'}", random.Random(1), Truth()
    store = Store.open(url)
    enrol(store)
    store.close()
    for _ in range(kills):
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
    figures(f"{kills} kills of a program", truth.figures)
    assert truth.figures.are_clean()
