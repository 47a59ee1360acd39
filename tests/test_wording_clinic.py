"""The words of the caseload say the figures of the review."""

from __future__ import annotations

import pytest

from coach import wording_clinic
from coach.protocols.loader import default
from coach.review import clinic_frames


@pytest.mark.parametrize("share", [None, 0.0, 0.29, 0.4951, 0.4999, 0.5, 0.7999, 2 / 3, 0.996, 1.0, 1.21])
def test_a_share_reads_the_same_in_the_caseload_and_in_the_review(share: float | None):
    assert wording_clinic.percent(share) == clinic_frames.percent(share)


def test_what_is_too_little_never_reads_as_enough():
    enough = default().rules.partly_from.value
    assert wording_clinic.percent(enough) == "50 %"
    assert wording_clinic.percent(enough - 0.001) == "49 %"
