"""Rate limits of sign-in attempts: by login and address together, and for strangers by login alone.

A stranger is a client whose address and device have never signed in to that login.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.config import data_folder
from coach.records.clinic import shared_by_servers
from coach.records.clinic.accounts import Accounts
from coach.records.clinic.attempts import FAILED, REFUSED, RIGHT, Past, Try
from coach.records.entries.store import Store

FREE = 5  # failures of one login from one address without a wait
FIRST_WAIT = timedelta(minutes=1)  # the first wait; doubled by each further failure
LONGEST_WAIT = timedelta(hours=1)
STREAK = timedelta(hours=24)  # older failures are ignored
PER_ADDRESS = 20
MINUTE = timedelta(minutes=1)
# If many addresses guess at one login, all strangers share one attempt in a while; the owner has
# their own.
MANY = 100
MANY_WITHIN = timedelta(hours=24)
STRANGERS_EVERY = timedelta(minutes=5)


class Wait(Exception):
    """Too many attempts: this one was not checked, and none will be for so many minutes.

    `noted` tells that another refusal within the last minute is in the audit already.
    """

    def __init__(self, minutes: int, *, noted: bool) -> None:
        super().__init__("too many tries")
        self.minutes = minutes
        self.noted = noted


class Limits:
    """Counts attempts by keyed digests, so that the record reveals neither logins nor addresses."""

    def __init__(self, accounts: Accounts) -> None:
        self._attempts = accounts.attempts

    @cached_property
    def _key(self) -> bytes:
        return data_folder.tries_key().encode()

    def _digest(self, text: str) -> str:
        return _keyed(text, self._key)

    def admit(self, kind: str, login: str, address: str, *, now: datetime, device: str = "") -> UUID:
        """Admit an attempt, stored as failed until `passed` is called.

        Args:
            kind: what is attempted: a password, a code.
            login: the login or account; "" if the secret cannot be guessed.
            address: the network address.
            now: the present instant.
            device: the known device of the account, "" for none. It has
                attempts of its own, separate from those of strangers.

        Returns:
            The attempt's key, for `passed`.

        Raises:
            Wait: there were too many attempts before.
        """
        what, place = f"{kind}:{login}", f"address:{_network(address)}"
        if device:
            what, place = f"device {what}", f"device:{device}"
        new = Try(uuid7(), now, self._digest(what), self._digest(place))
        with_strangers = bool(login) and not device
        wait = timedelta(0)

        def judge(past: Past) -> str:
            nonlocal wait
            wait = _wait(past, now, with_strangers=with_strangers)
            if not wait:
                return FAILED
            told = any(outcome == REFUSED and now - at < MINUTE for at, outcome in past.pair)
            return "" if told else REFUSED

        said = self._attempts.attempt(new, judge, address_since=now - MINUTE, login_since=now - MANY_WITHIN)
        if wait:
            raise Wait(ceil(wait / MINUTE), noted=said != REFUSED)
        return new.id

    def passed(self, tried: UUID) -> None:
        """Store that an attempt succeeded."""
        self._attempts.settle(tried, RIGHT)


class Rates:
    """Limits requests of a sender in a minute, over all servers of one record."""

    def __init__(self, store: Store) -> None:
        self._rates = shared_by_servers.RequestCounts(store)

    @cached_property
    def _key(self) -> bytes:
        return data_folder.tries_key().encode()

    def admits(self, what: str, who: object, *, most: int, now: datetime) -> bool:
        """Count a request; False if there are too many."""
        whose = _keyed(f"{what}:{who}", self._key)
        return self._rates.admits(whose, at=now, within=MINUTE, most=most)


def _wait(past: Past, now: datetime, *, with_strangers: bool) -> timedelta:
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
        return timedelta(0) if known or not with_strangers else _for_strangers(past, now)
    doubled = min(len(failures) - free, 10)
    wait = min(FIRST_WAIT * int(2**doubled), LONGEST_WAIT)
    # No longer than the wait itself, where another server's clock is a little ahead.
    return min(max(failures[0] + wait - now, timedelta(0)), wait)


def _for_strangers(past: Past, now: datetime) -> timedelta:
    """Return how long strangers must wait for their shared attempt after many failures."""
    if past.failures < MANY or past.last_failure is None:
        return timedelta(0)
    # No longer than the wait itself, where another server's clock is a little ahead.
    return min(max(past.last_failure + STRANGERS_EVERY - now, timedelta(0)), STRANGERS_EVERY)


def _keyed(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha256).hex()


def _network(address: str) -> str:
    """Return the network of one subscriber: an IPv4 address, or an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
