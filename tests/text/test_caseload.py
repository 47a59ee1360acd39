"""The words of the caseload say the figures of the review."""

from __future__ import annotations

import pytest

from coach.protocols.loader import default
from coach.review.clinic import frames
from coach.text import caseload as caseload_text


@pytest.mark.parametrize("share", [None, 0.0, 0.29, 0.4951, 0.4999, 0.5, 0.7999, 2 / 3, 0.996, 1.0, 1.21])
def test_a_share_reads_the_same_in_the_caseload_and_in_the_review(share: float | None):
    assert caseload_text.percent(share) == frames.percent(share)


def test_what_is_too_little_never_reads_as_enough():
    enough = default().rules.partly_from.value
    assert caseload_text.percent(enough) == "50 %"
    assert caseload_text.percent(enough - 0.001) == "49 %"
