"""Why a server refuses to start, in words."""

from __future__ import annotations

from collections.abc import Mapping

from coach.i18n import N_, _

UNSAFE: Mapping[str, str] = {
    "unknown_mode": N_("COACH_MODE must be home or clinic."),
    "home_not_near": N_("At home Coach is for this computer only: set server.address to 127.0.0.1, or use COACH_MODE=clinic, where everybody signs in."),
    "url_wrong": N_("COACH_PUBLIC_URL must be an address such as https://coach.example.org."),
    "url_not_encrypted": N_("COACH_PUBLIC_URL must begin with https://, as passwords travel to it."),
    "clinic_not_encrypted": N_("A clinic's server that others can reach needs encryption in front of it: set COACH_PUBLIC_URL to its https:// address."),
    "name_not_allowed": N_("server.allowedHosts must contain {name}, the name in COACH_PUBLIC_URL."),
    "record_of_clinic": N_("This record belongs to a clinic, where everybody signs in: start with COACH_MODE=clinic, or name another record with COACH_HOME."),
    "record_of_home": N_("This record belongs to one patient at home: start without COACH_MODE=clinic, or name a new record for the clinic with COACH_HOME or COACH_DATABASE_URL."),
}  # fmt: skip


def unsafe(why: str, name: str = "") -> str:
    """Return why the server refuses to start, and what to do."""
    return _(UNSAFE[why]).format(name=name)
