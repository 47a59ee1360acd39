"""A patient's desk on a real record, 60 hours after the procedure, and a clock to move."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.desk import PatientDesk
from coach.desk.installation import clock as desk_clock
from tests.support.homes import Clock, settled


@pytest.fixture
def clock() -> Iterator[Clock]:
    hand = Clock()
    desk_clock.use(hand)
    yield hand
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture
def patient(tmp_path: Path, clock: Clock) -> PatientDesk:
    return settled(tmp_path)
