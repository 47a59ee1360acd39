"""Known devices: a sealed cookie for each account that has signed in with a browser.

It signs nobody in. It separates the owner's attempts from those of strangers, whose rate limit
would otherwise block the owner too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coach.config import data_folder
from coach.domain.times import is_ahead

__all__ = ["KEPT", "MOST", "kept", "known"]

KEPT = timedelta(days=400)  # days: the longest that browsers keep a cookie
MOST = 5  # accounts on one device; the one that signed in longest ago is dropped
BETWEEN = "~"
LONGEST = 2_000  # characters of the cookie that are read


def kept(carried: str, account: UUID, *, now: datetime) -> str:
    """Return the cookie of a device after a sign-in to that account."""
    others = [each for each in _parts(carried) if not _name(each, account, now)]
    made = f"{secrets.token_urlsafe(16)}.{int(now.timestamp())}"
    return BETWEEN.join([f"{made}.{_seal(made, account)}", *others][:MOST])


def known(carried: str, account: UUID, *, now: datetime) -> str:
    """Return the device's name for that account in a cookie, or ""."""
    return next((name for each in _parts(carried) if (name := _name(each, account, now))), "")


def _parts(carried: str) -> list[str]:
    return [each for each in carried[:LONGEST].split(BETWEEN) if each.count(".") == 2]


def _name(part: str, account: UUID, now: datetime) -> str:
    made, _dot, seal = part.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(made, account).encode()):
        return ""
    name, _dot, at = made.partition(".")
    begun = datetime.fromtimestamp(int(at), UTC)
    return "" if is_ahead(begun, now) or now - begun > KEPT else name


def _seal(made: str, account: UUID) -> str:
    told = f"device:{account}:{made}".encode("utf-8", "replace")
    return hmac.digest(data_folder.tries_key().encode(), told, hashlib.sha256).hex()
