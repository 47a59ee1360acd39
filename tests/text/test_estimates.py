"""A time that nobody said exactly is never shown as one, on no screen and in no file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coach.text import estimates

NOW = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
ZONE = "Europe/Berlin"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the clock in Berlin, in winter."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("earliest", "latest", "said"),
    [
        (None, at(4, 14, 30), "yesterday at 14:30"),
        (at(4, 12), at(4, 18), "yesterday, between 12:00 and 18:00"),
        (at(5, 9), at(5, 10), "today, between 09:00 and 10:00"),
        (at(4, 0), at(4, 5), "yesterday, between 00:00 and 05:00"),
        (at(4, 0), at(4, 23, 59), "yesterday, time not known"),
        (at(1, 0), at(5, 10), "day not known, at the latest today at 10:00"),
    ],
)
def test_the_patient_reads_as_much_as_was_said(earliest: datetime | None, latest: datetime, said: str):
    assert estimates.moment(latest, earliest, ZONE, now=NOW) == said


@pytest.mark.parametrize(
    ("earliest", "latest", "said"),
    [
        (None, at(4, 14, 30), "Wed 4\u00a0Mar, 14:30"),
        (at(4, 12), at(4, 18), "Wed 4\u00a0Mar, between 12:00 and 18:00"),
        (at(4, 0), at(4, 23, 59), "Wed 4\u00a0Mar, time not known"),
        (at(1, 0), at(5, 10), "day not known, at the latest Thu 5\u00a0Mar, 10:00"),
    ],
)
def test_the_physiotherapist_reads_as_much_as_was_said(
    earliest: datetime | None, latest: datetime, said: str
):
    assert estimates.short(latest, earliest, ZONE) == said
