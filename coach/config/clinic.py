"""What the clinic is called and its phone number, from the environment: for what is printed."""

from __future__ import annotations

import os


def name() -> str:
    """Return the clinic's name, COACH_CLINIC_NAME; "" if it is not set."""
    return os.environ.get("COACH_CLINIC_NAME", "").strip()


def phone() -> str:
    """Return the clinic's phone number, COACH_CLINIC_PHONE; "" if it is not set."""
    return os.environ.get("COACH_CLINIC_PHONE", "").strip()
