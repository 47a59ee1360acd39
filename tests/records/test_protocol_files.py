"""The clinic's protocol files are only ever added to, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from coach.records.entries.protocol_files import ProtocolFiles
from coach.records.entries.store import Store
from tests.support.record_making import NOON

DIGEST = "a" * 64
OTHER = "b" * 64


def added(files: ProtocolFiles, digest: str = DIGEST, content: str = "schema = 1\r\n") -> None:
    files.add(digest, "a-protocol", "1.2.3", content, at=NOON, by=None)


def test_a_file_comes_back_to_the_letter(store: Store) -> None:
    files = ProtocolFiles(store)
    content = '﻿# größer ≥ 5\r\ntitle = "x"\n'
    added(files, content=content)
    assert files.get(DIGEST) == content
    assert files.get(OTHER) is None


def test_a_file_added_again_stays_as_it_was(store: Store) -> None:
    files = ProtocolFiles(store)
    added(files)
    files.add(DIGEST, "other", "9.9.9", "other", at=NOON + timedelta(hours=1), by=uuid4())
    (only,) = files.all()
    assert (only.name, only.version, only.added_at, only.added_by) == ("a-protocol", "1.2.3", NOON, None)
    assert files.get(DIGEST) == "schema = 1\r\n"


def test_what_is_in_force_is_ordered_by_its_start_then_by_when_it_was_said(store: Store) -> None:
    files, who = ProtocolFiles(store), uuid4()
    added(files)
    added(files, OTHER)
    said = [(2, 0, OTHER), (1, 2, DIGEST), (1, 1, OTHER)]
    for start, made, digest in said:
        files.put_in_force(
            uuid4(),
            digest,
            starts_at=NOON + timedelta(days=start),
            made_at=NOON + timedelta(minutes=made),
            made_by=who,
            why="Why.",
        )
    rows = files.in_force_rows()
    assert [(row.digest, row.made_at - NOON) for row in rows] == [
        (OTHER, timedelta(minutes=1)),
        (DIGEST, timedelta(minutes=2)),
        (OTHER, timedelta(0)),
    ]
    assert {(row.made_by, row.why) for row in rows} == {(who, "Why.")}
    assert files.version() == 3


def test_the_same_key_again_changes_nothing(store: Store) -> None:
    files, key = ProtocolFiles(store), uuid4()
    added(files)
    for why in ("First.", "Second."):
        files.put_in_force(key, DIGEST, starts_at=NOON, made_at=NOON, made_by=None, why=why)
    assert [row.why for row in files.in_force_rows()] == ["First."]


def test_an_unknown_file_is_not_put_in_force(store: Store) -> None:
    files = ProtocolFiles(store)
    with pytest.raises(LookupError):
        files.put_in_force(uuid4(), DIGEST, starts_at=NOON, made_at=NOON, made_by=None, why="Why.")
    assert files.in_force_rows() == []
    assert files.version() == 0
