"""A whole record taken out and into an empty one gives an equal history, entry by entry, with equal chain heads."""

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from coach.domain.history import Entry
from coach.records.database import current_actor
from coach.records.entries.rows import Draft
from coach.records.entries.store import Store
from coach.records.upkeep import archive, archive_import
from tests.support.histories import recent_stories, stories
from tests.support.record_making import NOON
from tests.support.records import create_patient
from tests.support.review_samples import plausible


def drafts(entries: list[Entry[object]], patient: UUID) -> list[Draft]:
    """Return the entries as they are written, with keys of that patient's own."""
    own = {entry.id: uuid4() for entry in entries}
    return [
        Draft(
            own[entry.id],
            entry.at,
            entry.zone,
            entry.local_date,
            entry.recorded_at,
            entry.author,
            entry.fact,  # type: ignore[arg-type]
            own.get(entry.supersedes) if entry.supersedes else None,
        )
        for entry in entries
    ]


def filled(store: Store, *histories: list[Entry[object]]) -> list[UUID]:
    patients = []
    for entries in histories:
        patients.append(patient := uuid4())
        create_patient(store, patient, recorded_at=NOON)
        store.append(patient, drafts(entries, patient))
    return patients


def assert_equal(one: Store, other: Store, patients: list[UUID]) -> None:
    assert other.patients() == one.patients() == sorted(patients)
    for patient in patients:
        mine, theirs = one.entries(patient), other.entries(patient)
        assert len(mine) == len(theirs)
        for entry, copy in zip(mine, theirs, strict=True):
            assert copy == entry
        assert other.head(patient) == one.head(patient)
        assert other.verify(patient) == []


told = st.one_of(stories(), recent_stories()).map(attrgetter("entries"))


@pytest.mark.slow
@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(told, max_size=2))
@example([plausible(84, seed=3).entries])
def test_any_history_is_equal_after_the_round(
    tmp_path_factory: pytest.TempPathFactory, histories: list[list[Entry[object]]]
):
    folder = tmp_path_factory.mktemp("round")
    one, other = (Store.open(f"sqlite:///{folder / name}.db") for name in ("one", "other"))
    try:
        with current_actor.acting_as(current_actor.SYSTEM):
            patients = filled(one, *histories)
            archive.export(one, folder / "all.zip", at=NOON, coach="0.0.0")
            archive_import.take_in(other, folder / "all.zip")
            assert_equal(one, other, patients)
    finally:
        one.close()
        other.close()


@pytest.fixture
def store(bare_url: str) -> Iterator[Store]:
    """A record opened by who owns its tables."""
    opened = Store.open(bare_url, owner=True)
    yield opened
    opened.close()


def test_twelve_weeks_are_equal_on_either_database_and_back(store: Store, tmp_path: Path):
    file = Store.open(f"sqlite:///{tmp_path / 'file.db'}")
    patients = filled(file, plausible(84).entries)
    archive.export(file, tmp_path / "out.zip", at=NOON, coach="0.0.0")
    archive_import.take_in(store, tmp_path / "out.zip")
    assert_equal(file, store, patients)
    back = Store.open(f"sqlite:///{tmp_path / 'back.db'}")
    archive.export(store, tmp_path / "back.zip", at=NOON, coach="0.0.0")
    archive_import.take_in(back, tmp_path / "back.zip")
    assert_equal(file, back, patients)
    file.close()
    back.close()
