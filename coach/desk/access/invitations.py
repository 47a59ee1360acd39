"""The codes of invitations: 80 bits that can be read aloud, typed in any way, and kept by their digest alone."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.records.clinic.accounts import Account, Accounts, Invitation
from coach.records.clinic.staff import NOTHING, Assumed

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: none is taken for another
LENGTH = 16
GROUP = 4
VALID = timedelta(days=7)

_MEANT = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it is handed over, once: nobody can read the code again."""

    account: UUID
    login: str
    name: str
    code: str
    ends_at: datetime


def invite(accounts: Accounts, account: Account, *, now: datetime, assumed: Assumed = NOTHING) -> Invited:
    """Make an invitation to an account; those before it are revoked.

    Raises:
        BadValue: the account is no longer as it is assumed to be.
    """
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    code = "-".join(signs[first : first + GROUP] for first in range(0, LENGTH, GROUP))
    made = Invitation(uuid7(), code_digest(code), account.id, now, now + VALID)
    accounts.invite(made, assumed=assumed)
    return Invited(account.id, account.login, account.name, code, made.ends_at)


def code_digest(code: str) -> str:
    """Return the digest under which a code is known, however it was typed."""
    signs = (sign for sign in code[:100].upper() if sign.isalnum())
    return hashlib.sha256("".join(signs).translate(_MEANT).encode("utf-8", "replace")).hexdigest()
