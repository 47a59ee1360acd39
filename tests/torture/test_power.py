"""The power is cut while eight clients write: what was acknowledged is there when it comes back.

A killed program leaves its writes with the operating system; a power cut does not. The disk of
`shim.c` keeps a copy of each file as it was last synced, and that is all that is left.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.records.entries.store import Store
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.writing import PER_RECORD, Figures, Truth, acknowledged, enrol, is_sound

SECTOR = 512


def only_synced(disk: Path, shadow: Path, chance: random.Random) -> None:
    """Leave on the disk what was synced, and nothing else."""
    shutil.rmtree(disk)
    shutil.copytree(shadow, disk, ignore=shutil.ignore_patterns(".part*"))


def half_of_the_rest(disk: Path, shadow: Path, chance: random.Random) -> None:
    """Leave on the disk what was synced, and of everything else each sector or not, by chance."""
    for live in list(disk.iterdir()):
        kept = shadow / live.name
        new, old = live.read_bytes(), kept.read_bytes() if kept.exists() else b""
        left = bytearray()
        for at in range(0, max(len(new), len(old)), SECTOR):
            one, other = new[at : at + SECTOR], old[at : at + SECTOR]
            left += one if one == other or chance.random() < 0.5 else other.ljust(len(one), b"\0")
        live.write_bytes(left)


def cut(
    nursery: Nursery, disk: Path, cuts: int, lose: Callable[[Path, Path, random.Random], None], how: str
) -> Figures:
    """Cut the power so often, going on each time with what is left; return what it came to."""
    chance, found = random.Random(2), Figures()
    url, shadow = f"sqlite:///{disk / 'coach.db'}", disk.parent / "shadow"
    for number in range(cuts):
        if number % PER_RECORD == 0:
            truth = Truth(found)
            shutil.rmtree(disk)
            store = Store.open(url)
            enrol(store)
            store.close()
        shutil.rmtree(shadow, ignore_errors=True)
        shutil.copytree(disk, shadow)  # what lies there since the last cut has settled
        where = {"disk": str(disk), "shadow": str(shadow)}
        child = nursery.child("writing:write", url=url, begin=truth.next, synchronous=how, **where)
        said = child.says()
        acknowledged(said, truth, until=chance.randint(1, 60))
        child.kill()
        acknowledged(said, truth)
        assert child.status == -9
        lose(disk, shadow, chance)
        store = Store.open(url)
        truth.look(store)
        assert is_sound(store)
        store.close()
    return found


@pytest.mark.parametrize("lose", [only_synced, half_of_the_rest])
@sizes("cuts", 5, 100)
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    on_shim: Nursery,
    place: Path,
    cuts: int,
    lose: Callable[[Path, Path, random.Random], None],
    figures: Callable[..., None],
):
    found = cut(on_shim, place, cuts, lose, "FULL")
    figures(f"{cuts} power cuts, {lose.__name__.replace('_', ' ')}", found)
    assert found.are_clean()


def test_a_record_that_syncs_less_would_lose_and_be_seen_to(
    on_shim: Nursery, place: Path, figures: Callable[..., None]
):
    found = cut(on_shim, place, 5, only_synced, "NORMAL")
    figures("5 power cuts of a record that syncs less, which must lose", found)
    assert found.lost > 0
    assert (found.doubled, found.torn) == (0, 0)
