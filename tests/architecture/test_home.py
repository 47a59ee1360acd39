import os
from pathlib import Path

import pytest

from coach import home


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "deep" / "home"))
    return tmp_path / "deep" / "home"


def test_the_folder_and_the_key_are_for_their_owner_alone(folder: Path):
    before = os.umask(0)
    try:
        home.browser_key()
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["browser-key"]
    assert (folder / "browser-key").stat().st_mode & 0o777 == 0o600


def test_the_key_outlives_a_restart_and_is_long(folder: Path):
    key = home.browser_key()
    assert home.browser_key() == key
    assert len(key) == 43


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 43])
def test_a_damaged_key_is_made_anew(folder: Path, damage: bytes):
    folder.mkdir(parents=True)
    (folder / "browser-key").write_bytes(damage)
    assert len(home.browser_key()) == 43


def test_two_homes_have_two_keys(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one = home.browser_key()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "other"))
    assert home.browser_key() != one
