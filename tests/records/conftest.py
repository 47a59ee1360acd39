"""One record on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.records.database import current_actor
from coach.records.entries.store import Store
from tests.support.postgres import as_owner
from tests.support.record_making import NOON
from tests.support.records import create_patient


@pytest.fixture(autouse=True)
def system() -> Iterator[None]:
    """Let Coach itself act, who sees everybody."""
    with current_actor.acting_as(current_actor.SYSTEM):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a SQLite record may be made, in a folder that is not there yet."""
    return tmp_path / "home" / "coach.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, path: Path) -> str:
    """The address of a record that is not made yet, or of one that is prepared and empty."""
    if request.param == "sqlite":
        return f"sqlite:///{path}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, path: Path) -> str:
    """The address of a record that is not made yet, for who owns its tables; open it as the owner."""
    if request.param == "sqlite":
        return f"sqlite:///{path}"
    return as_owner(request.getfixturevalue("bare_postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def patient(store: Store) -> UUID:
    made = uuid4()
    create_patient(store, made, recorded_at=NOON)
    return made
