"""How often somebody may try to sign in: by login and address together, never by the login alone."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil
from uuid import UUID

from uuid_utils.compat import uuid7

from coach import home
from coach.records.accounts import FAILED, REFUSED, RIGHT, Accounts, Past, Try

FREE = 5  # failures of one login from one address before it must wait
FIRST_WAIT = timedelta(minutes=1)  # doubled by each failure after that
LONGEST_WAIT = timedelta(hours=1)
STREAK = timedelta(hours=24)  # failures longer ago are forgotten
PER_ADDRESS = 20
MINUTE = timedelta(minutes=1)
# Many addresses guess at one login: addresses it never signed in from must wait after their first failure.
MANY = 100
MANY_WITHIN = timedelta(hours=1)


class Wait(Exception):
    """Too many tries: this one was not looked at, and neither is any other before so many minutes are over.

    `noted` tells that another refusal within the last minute is written down already.
    """

    def __init__(self, minutes: int, *, noted: bool) -> None:
        super().__init__("too many tries")
        self.minutes = minutes
        self.noted = noted


class Limits:
    """Counts tries by keyed digests, so that the record tells neither who nor from where."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    @cached_property
    def _key(self) -> bytes:
        return home.tries_key().encode()

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hex()

    def admit(self, kind: str, login: str, address: str, *, now: datetime) -> UUID:
        """Admit a try, written down as failed until `passed` says otherwise.

        Args:
            kind: what is tried: a password, a code.
            login: for which login or account.
            address: from which network address.
            now: the present instant.

        Returns:
            The try's key, for `passed`.

        Raises:
            Wait: there were too many before.
        """
        new = Try(uuid7(), now, self._digest(f"{kind}:{login}"), self._digest(f"address:{_network(address)}"))
        wait = timedelta(0)

        def judge(past: Past) -> str:
            nonlocal wait
            wait = _wait(past, now)
            if not wait:
                return FAILED
            told = any(outcome == REFUSED and now - at < MINUTE for at, outcome in past.pair)
            return "" if told else REFUSED

        said = self._accounts.attempt(new, judge, address_since=now - MINUTE, login_since=now - MANY_WITHIN)
        if wait:
            raise Wait(ceil(wait / MINUTE), noted=said != REFUSED)
        return new.id

    def passed(self, tried: UUID) -> None:
        """Write down that a try was right."""
        self._accounts.settle(tried, RIGHT)


def _wait(past: Past, now: datetime) -> timedelta:
    if past.tries >= PER_ADDRESS:
        return MINUTE
    failures: list[datetime] = []
    known = False
    for at, outcome in past.pair:
        known = known or outcome == RIGHT
        if not known and outcome == FAILED and now - at < STREAK:
            failures.append(at)
    free = FREE if known or past.failures < MANY else 1
    if len(failures) < free:
        return timedelta(0)
    doubled = min(len(failures) - free, 10)
    wait = min(FIRST_WAIT * int(2**doubled), LONGEST_WAIT)
    # No longer than the wait itself, where another server's clock is a little ahead.
    return min(max(failures[0] + wait - now, timedelta(0)), wait)


def _network(address: str) -> str:
    """Return what one subscriber has: an address, or with IPv6 a network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
