"""A disk that takes nothing, and files that belong to somebody else: named, nothing damaged, reads go on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.records.entries.store import Reason
from tests.support.disks import again
from tests.support.postgres import unprivileged
from tests.torture.nursery import Nursery


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder of an account without rights, which that account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="coach-nobody-"))
    if os.geteuid() == 0:
        os.chown(folder, unprivileged().pw_uid, unprivileged().pw_gid)
    yield folder
    shutil.rmtree(folder)


def test_a_disk_that_takes_nothing_is_named_and_can_be_read(
    on_shim: Nursery, place: Path, figures: Callable[..., None]
):
    child = on_shim.child("steps:freeze", folder=str(place))
    said = list(child.says())
    assert child.status == 0
    acts = ["append", "append", "migrate", "first start", "back up", "start"]
    assert said == [[act, Reason.READ_ONLY] for act in acts]
    figures("disk that takes nothing", f"{len(acts)} refusals named, nothing damaged")


def test_files_that_may_not_be_written_or_read_are_named(
    nursery: Nursery, open_folder: Path, figures: Callable[..., None]
):
    who = unprivileged()
    child = nursery.child("steps:be_nobody", folder=str(open_folder), uid=who.pw_uid, gid=who.pw_gid)
    said = list(child.says())
    assert child.status == 0
    assert said == [
        ["home 500 start", Reason.READ_ONLY],
        ["home 500 first start", Reason.NO_PERMISSION],
        ["coach.db 400 append", Reason.READ_ONLY],
        ["backups 500 back up", Reason.NO_PERMISSION],
        ["coach.db 0 start", Reason.NO_PERMISSION],
        ["home 0 start", Reason.NO_PERMISSION],
    ]
    figures("files of somebody else", f"{len(said)} refusals named, nothing damaged")


def test_the_tests_on_a_small_disk_also_pass_where_nothing_may_be_mounted(compiler: None):
    again("tests/records/test_media.py", "-k", "disk")
