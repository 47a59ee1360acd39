"""Stories of any kind, as a search for counterexamples draws them."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.domain.story import Story
from tests.support import histories

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def some(examples: int) -> settings:
    """Look at so many histories, and at 20 times as many when asked to be thorough."""
    return settings(
        max_examples=examples * (20 if THOROUGH else 1),
        deadline=None,
        database=None,
        derandomize=not THOROUGH,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def later(story: Story, minutes: int, seconds: int = 0) -> datetime:
    return histories.last_told(story) + timedelta(minutes=minutes, seconds=seconds)


#: Minutes from the last entry to the moment somebody looks.
WAITS = st.integers(0, 300) | st.integers(0, 100 * histories.DAY)
