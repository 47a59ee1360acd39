"""The one-time codes of a second factor: setting up an authenticator app, and comparing its codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

ISSUER = "Coach"
STEP_S = 30  # time steps of the second factor


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Set-up data of an authenticator app, shown once: the secret, and as a URI for a QR code."""

    secret: str
    address: str


def new_secret() -> str:
    """Return a new secret."""
    return pyotp.random_base32()


def enrolment(secret: str, login: str) -> Enrolment:
    """Return the set-up data of a secret."""
    totp = pyotp.TOTP(secret, interval=STEP_S)
    return Enrolment(secret, totp.provisioning_uri(name=login, issuer_name=ISSUER))


def step_at(instant: datetime) -> int:
    """Return the time step of an instant."""
    return int(instant.timestamp()) // STEP_S


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step of a code, the present one or a neighbour; None if it matches none."""
    if not secret or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_S)
    present = step_at(now)
    steps = (
        step
        for step in (present, present - 1, present + 1)
        if secrets.compare_digest(totp.generate_otp(step), code)
    )
    return next(steps, None)
