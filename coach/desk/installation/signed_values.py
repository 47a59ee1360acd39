"""Signed values: what clinicians said about a protocol, with their names; nothing at home."""

from __future__ import annotations

from dataclasses import replace

from coach.desk.installation.installation import Installation
from coach.domain.protocol import Protocol
from coach.domain.sign_off import Signature

__all__ = ["signatures"]


def signatures(installation: Installation, protocol: Protocol) -> tuple[Signature, ...]:
    """Return all signatures of a protocol's values, with the names that the clinic knows.

    At home nobody signs, so there are none, whatever a file holds.
    """
    if not installation.clinic:
        return ()
    found = installation.signatures.of(protocol.id)
    names = installation.people.names({each.account for each in found}) if found else {}
    return tuple(replace(each, name=names.get(each.account, "")) for each in found)
