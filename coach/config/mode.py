"""The two modes, home and clinic, and the conditions for starting a server in one of them."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coach.config import data_folder

SETTINGS = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
SAFE_COOKIE = "__Host-coach"
USUAL_PORT = 8501


class Mode(StrEnum):
    """Whether this server is for one patient at home or for a clinic."""

    HOME = "home"  # one patient, this computer only, no sign-in
    CLINIC = "clinic"  # everybody signs in


class UnsafeReason(StrEnum):
    """Why a server refuses to start; the sentences are in `coach.text.startup`."""

    UNKNOWN_MODE = "unknown_mode"
    HOME_NOT_NEAR = "home_not_near"
    URL_WRONG = "url_wrong"
    URL_NOT_ENCRYPTED = "url_not_encrypted"
    CLINIC_NOT_ENCRYPTED = "clinic_not_encrypted"
    NAME_NOT_ALLOWED = "name_not_allowed"
    RECORD_OF_CLINIC = "record_of_clinic"
    RECORD_OF_HOME = "record_of_home"


class Unsafe(Exception):
    """The server would not be safe with these settings."""

    def __init__(self, why: UnsafeReason, name: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.name = name


def mode() -> Mode:
    """Return the mode in `COACH_MODE`; home if it is not set.

    Raises:
        Unsafe: it has another value.
    """
    named = os.environ.get("COACH_MODE") or Mode.HOME
    try:
        return Mode(named)
    except ValueError:
        raise Unsafe(UnsafeReason.UNKNOWN_MODE) from None


def is_clinic() -> bool:
    """Tell whether everybody signs in.

    Raises:
        Unsafe: `COACH_MODE` is not a mode.
    """
    return mode() is Mode.CLINIC


def public_url() -> str:
    """Return the public URL of this server, from `COACH_PUBLIC_URL`; "" if it is not set."""
    return os.environ.get("COACH_PUBLIC_URL", "").rstrip("/")


def trusted_issuers() -> frozenset[str]:
    """Return the OpenID issuers whose e-mail addresses count as verified unless they say otherwise.

    `COACH_OIDC_TRUSTED_ISSUERS` lists them, separated by blanks: Microsoft Entra, for one, never
    sends `email_verified`.
    """
    named = os.environ.get("COACH_OIDC_TRUSTED_ISSUERS", "").split()
    return frozenset(each.rstrip("/") for each in named)


def is_https() -> bool:
    """Tell whether browsers reach this server over https."""
    return public_url().startswith("https://")


def session_cookie() -> str:
    """Return the name of the cookie that holds a sign-in.

    Over http the name differs between installations on one computer, as cookies ignore ports.

    Raises:
        OSError: the data folder cannot be used.
    """
    if is_https():
        return SAFE_COOKIE
    return f"coach-{hashlib.sha256(data_folder.browser_key().encode()).hexdigest()[:12]}"


def check(address: str, allowed_hosts: Sequence[str]) -> None:
    """Check the address that a server listens on and the host names it answers to.

    Args:
        address: what it listens on, "" for every address.
        allowed_hosts: the names, without ports.

    Raises:
        Unsafe: they do not fit the mode.
    """
    near = _is_this_computer(address)
    if mode() is Mode.HOME:
        if not near:
            raise Unsafe(UnsafeReason.HOME_NOT_NEAR)
        return
    try:
        url = urlsplit(public_url())
    except ValueError:  # a bracket of an IPv6 address that is not closed
        raise Unsafe(UnsafeReason.URL_WRONG) from None
    if public_url() and (url.scheme not in ("http", "https") or not url.hostname or url.path):
        raise Unsafe(UnsafeReason.URL_WRONG)
    if url.scheme == "http" and not _is_this_computer(url.hostname or ""):
        raise Unsafe(UnsafeReason.URL_NOT_ENCRYPTED)
    if not near and url.scheme != "https":
        raise Unsafe(UnsafeReason.CLINIC_NOT_ENCRYPTED)
    if url.hostname and not _names(allowed_hosts, url.hostname):
        raise Unsafe(UnsafeReason.NAME_NOT_ALLOWED, url.hostname)


def fits(marked: str, patients: int) -> None:
    """Check that a record belongs to the mode.

    Args:
        marked: the mode stored in the record, "" for none.
        patients: the number of its patients.

    Raises:
        Unsafe: it belongs to the other mode.
    """
    clinic = is_clinic()
    if clinic and (marked == Mode.HOME or (not marked and patients)):
        raise Unsafe(UnsafeReason.RECORD_OF_HOME)
    if not clinic and (marked == Mode.CLINIC or patients > 1):
        raise Unsafe(UnsafeReason.RECORD_OF_CLINIC)


def server_settings() -> tuple[str, list[str]]:
    """Return address and host names that a server would start with, from files and variables."""
    written = _written()
    hosts = os.environ.get("STREAMLIT_SERVER_ALLOWED_HOSTS")
    return (
        os.environ.get("STREAMLIT_SERVER_ADDRESS", written.get("address", "")),
        hosts.replace(",", " ").split() if hosts else written.get("allowedHosts", []),
    )


def server_port() -> int:
    """Return the port in the settings file, which a variable or an option may replace."""
    return int(_written().get("port", USUAL_PORT))


def _written() -> dict[str, Any]:
    """Return what the settings file says about the server."""
    try:
        server: dict[str, Any] = tomllib.loads(SETTINGS.read_text("utf-8")).get("server", {})
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    return server


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
