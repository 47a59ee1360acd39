"""Which protocol holds for whom, and when; a new one needs no restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from coach.desk.installation.protocol_registry import ProtocolRegistry
from coach.domain.facts import ProtocolChosen
from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.protocols import loader
from coach.records.entries.protocol_files import ProtocolFiles
from coach.records.entries.store import Store
from tests.support.protocols import default_text
from tests.support.record_making import NOON, draft, tamper
from tests.support.records import create_patient

DAY = timedelta(days=1)


def version(number: str) -> bytes:
    return default_text().replace('version = "1.1.0"', f'version = "{number}"').encode()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'coach.sqlite3'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def library(store: Store) -> ProtocolRegistry:
    return ProtocolRegistry(store, looks_again_after_s=0)


def put(library: ProtocolRegistry, number: str, *, days: float = 0, minutes: float = 0) -> Protocol:
    content = version(number)
    protocol = loader.read(content, "p.toml")
    library.put_in_force(
        protocol,
        content,
        key=uuid4(),
        starts_at=NOON + days * DAY,
        made_at=NOON + timedelta(minutes=minutes),
        made_by=None,
        why="Why.",
    )
    return protocol


def test_without_any_other_the_shipped_protocol_is_in_force(library: ProtocolRegistry) -> None:
    assert library.in_force(NOON) is loader.default()
    assert library.for_history(History(), NOON) is loader.default()
    assert library.by_digest(loader.default().digest) is loader.default()
    assert library.by_digest("0" * 64) is None


def test_a_protocol_holds_from_its_instant_on(library: ProtocolRegistry) -> None:
    new = put(library, "2.0.0", days=1)
    assert library.in_force(NOON + DAY - timedelta(microseconds=1)) is loader.default()
    assert library.in_force(NOON + DAY).digest == new.digest


def test_of_two_for_one_instant_the_one_said_later_holds(library: ProtocolRegistry) -> None:
    put(library, "2.0.0", minutes=1)
    later = put(library, "3.0.0", minutes=2)
    put(library, "1.5.0", minutes=0)
    assert library.in_force(NOON) == later


def test_it_is_read_anew_in_this_process_and_parsed_once(store: Store) -> None:
    slow = ProtocolRegistry(store, looks_again_after_s=3600)
    assert slow.in_force(NOON) is loader.default()
    new = put(slow, "2.0.0")
    assert slow.in_force(NOON).digest == new.digest
    assert slow.in_force(NOON) is slow.in_force(NOON)


def test_another_process_sees_it_without_a_restart(store: Store) -> None:
    here, there = (
        ProtocolRegistry(store, looks_again_after_s=0),
        ProtocolRegistry(store, looks_again_after_s=0),
    )
    assert there.in_force(NOON) is loader.default()
    new = put(here, "2.0.0")
    assert there.in_force(NOON).digest == new.digest


def test_a_patients_own_protocol_goes_before_the_clinics(library: ProtocolRegistry, store: Store) -> None:
    own, clinic = put(library, "2.0.0"), put(library, "3.0.0", minutes=1)
    chosen = ProtocolChosen(own.id, own.version, own.digest, "A study.")
    create_patient(store, patient := uuid4(), recorded_at=NOON)
    store.append(patient, [draft(chosen)])
    history = History(store.entries(patient))
    assert library.for_history(history, NOON).digest == own.digest
    assert library.for_history(History(), NOON).digest == clinic.digest
    store.append(patient, [draft(ProtocolChosen("x", "1.1.0", "0" * 64, "Unknown here."))])
    history = History(store.entries(patient))
    assert library.for_history(history, NOON).digest == clinic.digest


@pytest.mark.parametrize("spoiled", ["schema = 99", "nonsense", version("7.7.7").decode()])
def test_a_stored_file_that_cannot_be_used_leaves_the_last_good_one(
    library: ProtocolRegistry, store: Store, url: str, spoiled: str
) -> None:
    good = put(library, "2.0.0")
    bad = put(library, "3.0.0", days=1)
    store.close()
    text = spoiled.replace("'", "''")
    tamper(
        url,
        "DROP TRIGGER IF EXISTS protocol_file_unchanged",
        f"UPDATE protocol_file SET content = '{text}' WHERE digest = '{bad.digest}'",
    )
    again = ProtocolRegistry(Store.open(url))
    assert again.in_force(NOON + 2 * DAY).digest == good.digest
    assert again.by_digest(bad.digest) is None
    assert ProtocolFiles(Store.open(url)).get(bad.digest) is not None
