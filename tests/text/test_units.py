"""Every number of a protocol has words for its unit."""

from __future__ import annotations

import pytest

from coach.domain.protocol import UNITS, Quantity
from coach.domain.sign_off import values
from coach.protocols.loader import default
from coach.text import protocols, sign_off


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_number_of_each_unit_can_be_said(unit: str):
    assert "3" in protocols.quantity(Quantity(3, unit, "PD"))


def test_each_value_of_the_shipped_file_can_be_said():
    assert all(sign_off.said(each) and sign_off.label(each, default()) for each in values(default()))
