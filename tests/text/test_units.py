"""Every number of a protocol has words for its unit."""

from __future__ import annotations

import pytest

from coach.domain.protocol import UNITS, Quantity
from coach.text import protocols


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_number_of_each_unit_can_be_said(unit: str):
    assert "3" in protocols.quantity(Quantity(3, unit, "PD"))
