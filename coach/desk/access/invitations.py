"""Invitation codes: 80 bits, easy to read aloud and type; only their digest is stored."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.records.clinic.accounts import Account, Accounts, Invitation
from coach.records.clinic.staff import NOTHING, Assumed

# Crockford's base 32: no characters that are confused with each other
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
VALID = timedelta(days=7)

_MEANT = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it is handed over: its code cannot be read again."""

    account: UUID
    login: str
    name: str
    code: str
    ends_at: datetime


def invite(accounts: Accounts, account: Account, *, now: datetime, assumed: Assumed = NOTHING) -> Invited:
    """Create an invitation to an account and revoke earlier ones.

    Raises:
        BadValue: the account was changed meanwhile.
    """
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    code = "-".join(signs[first : first + GROUP] for first in range(0, LENGTH, GROUP))
    made = Invitation(uuid7(), code_digest(code), account.id, now, now + VALID)
    accounts.invite(made, assumed=assumed)
    return Invited(account.id, account.login, account.name, code, made.ends_at)


def code_digest(code: str) -> str:
    """Return the digest of a code, however it was typed."""
    signs = (sign for sign in code[:100].upper() if sign.isalnum())
    return hashlib.sha256("".join(signs).translate(_MEANT).encode("utf-8", "replace")).hexdigest()
