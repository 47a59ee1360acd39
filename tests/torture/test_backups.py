"""A backup that runs out of room or is killed: no half of one ever looks like a whole one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.records.entries.store import Store
from coach.records.upkeep import backup, restore
from tests.support.record_making import NOON
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.steps import ADA
from tests.torture.writing import session


@pytest.mark.parametrize("once", [False, True], ids=["stays full", "room again"])
@sizes("every_write", 0, 1)
def test_a_backup_to_a_full_disk_is_named_and_leaves_nothing(
    on_shim: Nursery, place: Path, once: bool, every_write: int, figures: Callable[..., None]
):
    child = on_shim.child("steps:fill_at_backup", folder=str(place), once=once, every=every_write or 30)
    said = list(child.says())
    assert child.status == 0
    [(_, writes, refused)] = said
    assert refused > 0
    how = "full once" if once else "full from then on"
    figures(f"disk {how}, backup", f"refused at {refused} places among {writes} writes, half made 0")


@sizes("every_step", 0, 1)
def test_a_backup_that_is_killed_is_no_backup(
    on_shim: Nursery, place: Path, every_step: int, figures: Callable[..., None]
):
    step = kills = 0
    while True:
        child = on_shim.child("steps:back_up_until_killed", folder=str(place), step=step)
        assert list(child.says()) == []
        if child.status == 0:
            break
        assert child.status == -9
        kills += 1
        finished = backup.newest(place)
        assert finished is None or backup.known(finished).entries == 4, step
        step += every_step or 30
    whole = [each for each in place.iterdir() if (each / "manifest.json").exists()]
    for number, each in enumerate(whole):
        url = f"sqlite:///{place.with_name(f'restored-{number}')}/coach.db"
        restore.restore(each, url)
        store = Store.open(url)
        assert [entry.id for entry in store.entries(ADA)] == [entry.id for entry in session(ADA, 0)]
        store.close()
    assert len(whole) >= 1
    made = backup.make(f"sqlite:///{place.with_name('home')}/coach.db", place, at=NOON, coach="torture")
    figures(
        "backup killed at each step",
        f"{kills} kills, {len(made.unfinished)} named as unfinished, half restored 0",
    )
