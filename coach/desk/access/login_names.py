"""Login names, as they are stored."""

from __future__ import annotations

import unicodedata

from coach.domain.errors import BadValue, Fault

LOGIN_AT_MOST = 100  # characters


def login_of(text: str) -> str:
    """Return a login as it is stored: lower case, trimmed.

    Raises:
        BadValue: it is empty, too long, or has invisible characters.
    """
    login = unicodedata.normalize("NFKC", text).strip().casefold()
    if not login:
        raise BadValue(Fault.TEXT_MISSING)
    if len(login) > LOGIN_AT_MOST:
        raise BadValue(Fault.TEXT_TOO_LONG, length=len(login), limit=LOGIN_AT_MOST)
    if not login.isprintable():
        raise BadValue(Fault.UNKNOWN_CHOICE, value=ascii(login))
    return login
