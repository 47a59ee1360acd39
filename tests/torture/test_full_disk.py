"""The disk is full at the first write, the second, the third, until what was to be done passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes

# How far apart the tries are in `make test`, and in `make torture`.
STARTS = {"first start": (50, 1), "next start": (6, 1), "migration": (70, 1)}
APPENDS = {"session": (3, 1), "much": (1_500, 40)}


@pytest.mark.parametrize(("task", "act"), [("start", a) for a in STARTS] + [("append", a) for a in APPENDS])
@pytest.mark.parametrize("once", [False, True], ids=["stays full", "room again"])
@sizes("every_write", 0, 1)
def test_a_full_disk_is_named_and_leaves_nothing_half_done(
    on_shim: Nursery,
    place: Path,
    task: str,
    act: str,
    once: bool,
    every_write: int,
    figures: Callable[..., None],
):
    few, many = (STARTS | APPENDS)[act]
    every = many * every_write or few
    child = on_shim.child(f"steps:fill_at_{task}", folder=str(place), act=act, once=once, every=every)
    said = list(child.says())
    assert child.status == 0
    [(_, writes, refused)] = said
    assert refused > 0
    how = "full once" if once else "full from then on"
    figures(f"disk {how}, {act}", f"refused at {refused} places among {writes} writes, half stored 0")
