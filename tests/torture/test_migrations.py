"""A program that is killed at each step of each migration: the tables are wholly old or wholly new."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.records.entries.store import Reason, Store
from tests.support.postgres import as_owner, as_superuser
from tests.torture.nursery import Nursery
from tests.torture.sizes import sizes
from tests.torture.steps import ADA
from tests.torture.versions import OLD, entries_of, record_of, state, whole
from tests.torture.writing import is_sound, session


@pytest.mark.parametrize("begin", [None, *OLD[:-1]])
@pytest.mark.parametrize(("kind", "few"), [("statement", 8), ("step", 30)])
@sizes("every_step", 0, 1)
def test_a_killed_migration_of_a_file_changes_nothing(
    on_shim: Nursery,
    place: Path,
    begin: str | None,
    kind: str,
    few: int,
    every_step: int,
    figures: Callable[..., None],
):
    file, at, ways = place / "coach.db", 0, {"old": 0, "new": 0}
    pattern = place.with_name("pattern")
    url = f"sqlite:///{file}"
    if begin:
        record_of(f"sqlite:///{pattern / file.name}", begin, ADA, session(ADA, 0))
    while True:
        shutil.rmtree(place)
        shutil.copytree(pattern, place) if begin else place.mkdir()
        child = on_shim.child("steps:migrate", url=url, **{kind: at})
        assert list(child.says()) == []
        if child.status == 0:
            break
        assert child.status == -9
        if begin or file.exists():
            found = state(url)
            assert found in (whole(begin), whole(OLD[-1])), at
            ways["new" if found == whole(OLD[-1]) else "old"] += 1
        else:
            ways["old"] += 1
        store = Store.open(url)
        if begin:
            assert [each.fact for each in store.entries(ADA)] == [each.fact for each in session(ADA, 0)]
            assert store.verify(ADA) == []
        assert is_sound(store)
        store.close()
        assert state(url) == whole(OLD[-1])
        at += every_step or few
    figures(
        f"killed at each {kind} from {begin or 'nothing'}",
        f"wholly old {ways['old']}, wholly new {ways['new']}, torn 0",
    )
    assert ways["old"] > 0


@pytest.mark.parametrize("begin", [None, *OLD[:-1]])
@pytest.mark.parametrize("killed", [True, False], ids=["client killed", "connection cut"])
@sizes("every_statement", 0, 1)
def test_a_migration_of_a_server_that_is_cut_changes_nothing(
    nursery: Nursery,
    bare_postgres_url: str,
    begin: str | None,
    killed: bool,
    every_statement: int,
    figures: Callable[..., None],
):
    url, superuser = as_owner(bare_postgres_url), as_superuser(bare_postgres_url)
    if begin:
        record_of(url, begin, ADA, session(ADA, 0))
    before = entries_of(superuser) if begin else []
    at = cut = 0
    while True:
        if killed:
            child = nursery.child("steps:migrate", url=url, statement=at)
            said = list(child.says())
            passed = child.status == 0
            assert passed or child.status == -9
        else:
            child = nursery.child("steps:migrate_until_cut", url=url, superuser=superuser, statement=at)
            said = list(child.says())
            assert child.status == 0
            passed = said == [["tried", None]]
            assert passed or said == [["tried", Reason.UNREACHABLE]]
        if passed:
            break
        assert state(superuser) == whole(begin), at
        assert not begin or entries_of(superuser) == before, at
        cut += 1
        at += every_statement or 20
    assert state(superuser) == whole(OLD[-1])
    store = Store.open(url, owner=True)
    if begin:
        assert entries_of(superuser) == before
        assert [each.fact for each in store.entries(ADA)] == [each.fact for each in session(ADA, 0)]
        assert store.verify(ADA) == []
    store.close()
    how = "client killed" if killed else "connection cut"
    figures(
        f"PostgreSQL from {begin or 'nothing'}, {how} at each statement",
        f"wholly old {cut}, torn 0, then it went on",
    )
    assert cut > 0
