"""The outcome measures, in text: no code of theirs is confirmed."""

from __future__ import annotations

from coach.exchange.fhir.making import Making


def add(making: Making) -> None:
    """Add what the patient answered about function and change."""
