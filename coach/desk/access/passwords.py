"""Passwords: which are accepted, and comparison in equal time with and without an account."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coach.domain.errors import BadValue, Fault

SHORTEST = 8  # characters
LONGEST = 256
PRODUCT = "coach"
TAIL = "0123456789!?.-_ "  # suffixes that people append to a word to make it long enough
# The digest of an unknown password, compared if there is no account.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$KJ/wEtI97i6KdrIV84cDSA$TDPwojaQ3hRwYpvwg+x60YLqavrjW4TzzDt1x81qRe4"

_COMMON = Path(__file__).with_name("common_passwords.txt")
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # KiB
_turns = threading.BoundedSemaphore(2)  # each takes 19 MiB and tens of milliseconds


def digest(password: str) -> str:
    """Return the argon2id digest of a password."""
    with _turns:
        return hasher.hash(_plain(password))


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password has that digest; without a digest the same work is done."""
    known = stored or NOBODYS
    with _turns:
        try:
            hasher.verify(known, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def check(password: str, *, login: str) -> None:
    """Check that a new password is good enough.

    Raises:
        BadValue: it is too short or too long, or among the first that attackers try.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise BadValue(Fault.PASSWORD_TOO_SHORT, least=SHORTEST)
    if len(password) > LONGEST or len(plain) > LONGEST:
        raise BadValue(Fault.PASSWORD_TOO_LONG, most=LONGEST)
    folded = plain.casefold()
    near = any(
        folded.startswith(name) and not folded.removeprefix(name).strip(TAIL)
        for name in (login.casefold(), PRODUCT)
    )
    if near or folded in _common() or len(set(folded)) < 3:
        raise BadValue(Fault.PASSWORD_COMMON)


def _plain(password: str) -> str:
    """Return a password in the same form from every keyboard (NFKC), cut at the maximum length."""
    plain = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    return plain.encode("utf-8", "replace").decode()


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if not line.startswith("#"))
