"""The two modes, and what must hold before a server starts in one of them."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from coach import home
from coach.i18n import _
from coach.records.about import About
from coach.records.store import Store

SETTINGS = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"
SAFE_COOKIE = "__Host-coach"


class Mode(StrEnum):
    """For whom this server is."""

    HOME = "home"  # one patient, this computer only, no sign-in
    CLINIC = "clinic"  # everybody signs in


class Unsafe(Exception):
    """The server must not start like this; the one sentence says why and what to do."""


def mode() -> Mode:
    """Return the mode that `COACH_MODE` names, home when it names none.

    Raises:
        Unsafe: it names another one.
    """
    named = os.environ.get("COACH_MODE") or Mode.HOME
    try:
        return Mode(named)
    except ValueError:
        raise Unsafe(_("COACH_MODE must be home or clinic.")) from None


def is_clinic() -> bool:
    """Tell whether everybody signs in.

    Raises:
        Unsafe: `COACH_MODE` names no mode.
    """
    return mode() is Mode.CLINIC


def public_url() -> str:
    """Return the address by which people reach this server, from `COACH_PUBLIC_URL`; "" when none is named."""
    return os.environ.get("COACH_PUBLIC_URL", "").rstrip("/")


def is_https() -> bool:
    """Tell whether browsers reach this server by https."""
    return public_url().startswith("https://")


def session_cookie() -> str:
    """Return the name of the cookie that holds a sign-in.

    Over http it tells this installation from others on one computer, as cookies ignore ports.

    Raises:
        OSError: the data folder cannot be used.
    """
    if is_https():
        return SAFE_COOKIE
    return f"coach-{hashlib.sha256(home.browser_key().encode()).hexdigest()[:12]}"


def check(address: str, allowed_hosts: Sequence[str]) -> None:
    """Check where a server listens and which names it answers to.

    Args:
        address: what it listens on, "" for every address.
        allowed_hosts: the names, without ports.

    Raises:
        Unsafe: that does not fit the mode.
    """
    near = _is_this_computer(address)
    if mode() is Mode.HOME:
        if not near:
            raise Unsafe(
                _(
                    "At home Coach is for this computer only: set server.address to 127.0.0.1, "
                    "or use COACH_MODE=clinic, where everybody signs in."
                )
            )
        return
    url = urlsplit(public_url())
    if public_url() and (url.scheme not in ("http", "https") or not url.hostname or url.path):
        raise Unsafe(_("COACH_PUBLIC_URL must be an address such as https://coach.example.org."))
    if url.scheme == "http" and not _is_this_computer(url.hostname or ""):
        raise Unsafe(_("COACH_PUBLIC_URL must begin with https://, as passwords travel to it."))
    if not near and url.scheme != "https":
        raise Unsafe(
            _(
                "A clinic's server that others can reach needs encryption in front of it: "
                "set COACH_PUBLIC_URL to its https:// address."
            )
        )
    if url.hostname and not _names(allowed_hosts, url.hostname):
        raise Unsafe(
            _("server.allowedHosts must contain {name}, the name in COACH_PUBLIC_URL.").format(
                name=url.hostname
            )
        )


def settle(store: Store) -> None:
    """Mark a new record with the mode; check that an old one belongs to it.

    Raises:
        Unsafe: the record belongs to the other mode.
    """
    present, about = mode(), About(store)
    marked = about.value("mode")
    if not marked:
        patients = len(store.patients())
        if present is Mode.HOME and patients > 1:
            raise Unsafe(_several())
        if present is Mode.CLINIC and patients:
            raise Unsafe(_is_home())
        marked = about.say("mode", present.value)
    if marked != present.value:
        raise Unsafe(_is_home() if present is Mode.CLINIC else _several())


def server_settings() -> tuple[str, list[str]]:
    """Return the address and the names that a server would start with, as far as files and variables tell."""
    try:
        written = tomllib.loads(SETTINGS.read_text("utf-8")).get("server", {})
    except (OSError, tomllib.TOMLDecodeError):
        written = {}
    hosts = os.environ.get("STREAMLIT_SERVER_ALLOWED_HOSTS")
    return (
        os.environ.get("STREAMLIT_SERVER_ADDRESS", written.get("address", "")),
        hosts.split(",") if hosts else written.get("allowedHosts", []),
    )


def _several() -> str:
    return _(
        "This record belongs to a clinic, so everybody must sign in: start with COACH_MODE=clinic, "
        "or name another record with COACH_HOME."
    )


def _is_home() -> str:
    return _(
        "This record belongs to one patient at home, who has no sign-in: start without COACH_MODE=clinic, "
        "or name a new record for the clinic with COACH_HOME or COACH_DATABASE_URL."
    )


def _is_this_computer(address: str) -> bool:
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _names(allowed: Sequence[str], host: str) -> bool:
    names = (name.strip().lower() for name in allowed)
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in names)
