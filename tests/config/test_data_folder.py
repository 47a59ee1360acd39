import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coach.config import data_folder
from tests.support.server import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "deep" / "home"))
    return tmp_path / "deep" / "home"


def test_the_folder_and_the_key_are_for_their_owner_alone(folder: Path):
    before = os.umask(0)
    try:
        data_folder.browser_key()
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["browser-key"]
    assert (folder / "browser-key").stat().st_mode & 0o777 == 0o600


def test_the_key_outlives_a_restart_and_is_long(folder: Path):
    key = data_folder.browser_key()
    assert data_folder.browser_key() == key
    assert len(key) == 43


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 43])
def test_a_damaged_key_is_made_anew(folder: Path, damage: bytes):
    folder.mkdir(parents=True)
    (folder / "browser-key").write_bytes(damage)
    assert len(data_folder.browser_key()) == 43


@pytest.mark.parametrize("damage", [None, b"short"])
def test_servers_that_start_together_have_one_key(
    folder: Path, damage: bytes | None, monkeypatch: pytest.MonkeyPatch
):
    """Each server goes on with the key that it read at its start: with another it would not know its browsers."""
    folder.mkdir(parents=True)
    if damage:
        (folder / "browser-key").write_bytes(damage)
    apart, unlink, late_s = multiprocessing.get_context("fork"), Path.unlink, 0.0
    start, keys = apart.Barrier(3), apart.SimpleQueue()

    def unlink_later(path: Path, missing_ok: bool = False) -> None:
        time.sleep(late_s)  # one has made its key before the next takes away what it found
        unlink(path, missing_ok)

    def ask(number: int) -> None:
        nonlocal late_s
        late_s = number * 0.05
        start.wait()
        keys.put(data_folder.browser_key())

    monkeypatch.setattr(Path, "unlink", unlink_later)
    servers = [apart.Process(target=ask, args=(number,)) for number in range(3)]
    for each in servers:
        each.start()
    assert {keys.get() for _server in servers} == {data_folder.browser_key()}
    for each in servers:
        each.join()
    assert [path.name for path in folder.iterdir()] == ["browser-key"]


def test_two_homes_have_two_keys(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one = data_folder.browser_key()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "other"))
    assert data_folder.browser_key() != one


def test_a_key_that_was_put_back_from_elsewhere_is_read_again(folder: Path, tmp_path: Path):
    key = data_folder.browser_key()
    assert data_folder.browser_key() == key
    other = tmp_path / "other-key"
    other.write_text(key[::-1])
    other.replace(folder / "browser-key")
    assert data_folder.browser_key() == key[::-1]
    (folder / "browser-key").unlink()
    assert data_folder.browser_key() not in (key, key[::-1])


def test_a_key_that_others_may_read_is_closed_to_them_again(folder: Path):
    data_folder.browser_key()
    (folder / "browser-key").chmod(0o644)
    data_folder.browser_key()
    assert (folder / "browser-key").stat().st_mode & 0o777 == 0o600


def test_a_server_that_reads_a_key_leaves_it_as_it_was_to_the_others(folder: Path):
    data_folder.browser_key()
    before = (folder / "browser-key").stat()
    command = "from coach.config import data_folder; data_folder.browser_key()"
    subprocess.run([sys.executable, "-c", command], cwd=ROOT, check=True)
    assert (folder / "browser-key").stat().st_ctime_ns == before.st_ctime_ns
