"""Putting a protocol in force: the one way of checking a file and deciding from when it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.protocol_registry import ProtocolRegistry
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT, plain_text
from coach.domain.protocol import Protocol
from coach.domain.times import utc
from coach.protocols import loader
from coach.protocols.reading import Problem, ProtocolError
from coach.records.entries.protocol_files import PutInForce
from coach.records.entries.store import Overtaken

__all__ = ["SIZE_LIMIT", "Checked", "checked", "in_force_rows", "put_in_force"]

# Bytes: the shipped file has 88 000, and each of some fifteen exercises may have a drawing of its own
SIZE_LIMIT = 400_000
NAME_LIMIT = 100
AHEAD_AT_MOST = timedelta(days=366)
SLACK = timedelta(minutes=2)  # allowed time between choosing a start and pressing the button
TRIES = 5  # attempts, as others may put a protocol in force in between


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked file: the protocol, or one line for each problem."""

    protocol: Protocol | None
    problems: tuple[str, ...]


def checked(content: bytes, name: str) -> Checked:
    """Check a file and return all its problems; nothing is stored."""
    if len(content) > SIZE_LIMIT:
        what, allowed = f"it has {len(content) // 1000} kB", f"at most {SIZE_LIMIT // 1000} kB"
        return Checked(None, (str(Problem(plain_name(name), "", what, allowed)),))
    try:
        return Checked(loader.read(content, plain_name(name)), ())
    except ProtocolError as refused:
        return Checked(None, tuple(str(problem) for problem in refused.problems))


def in_force_rows(registry: ProtocolRegistry) -> list[PutInForce]:
    """Return the decisions that came or will come into force, sorted by start.

    Without those that another one replaced at the same instant, and without files that this version
    of Coach cannot use.
    """
    rows = [row for row in registry.rows() if registry.by_digest(row.digest)]
    pairs = pairwise([*rows, None])
    return [one for one, two in pairs if one and (two is None or two.starts_at > one.starts_at)]


def put_in_force(
    installation: Installation,
    account: UUID | None,
    content: bytes,
    name: str,
    *,
    starts_at: datetime | None,
    instead_of: str,
    why: str,
    key: UUID,
) -> None:
    """Store a file and put it in force for the clinic from an instant on (None: now).

    Whoever calls has asked whether it may be done. The same key again is the same act.

    Args:
        installation: the clinic.
        account: who decides.
        content: the file.
        name: the file's name.
        starts_at: not in the past, and within a year.
        instead_of: the digest of the protocol it was compared with.
        why: the reason, which the staff read.
        key: the key of this act.

    Raises:
        BadValue: the file is refused, the reason is missing, the time is past or too far ahead,
            it is in force then already, or another came into force meanwhile.
    """
    for _try in range(TRIES):
        try:
            return _put_in_force(installation, account, content, name, starts_at, instead_of, why, key)
        # By another user, on this or another server: their act is checked now
        except Overtaken:
            continue
    raise BadValue(Fault.PROTOCOL_CHANGED)


def _put_in_force(
    installation: Installation,
    account: UUID | None,
    content: bytes,
    name: str,
    starts_at: datetime | None,
    instead_of: str,
    why: str,
    key: UUID,
) -> None:
    now, registry = clock.now(), installation.protocol_registry
    registry.look_again()
    rows = registry.rows()
    if any(row.id == key for row in rows):
        return
    reason = plain_text(why, NOTE_LIMIT)
    if not reason:
        raise BadValue(Fault.TEXT_MISSING)
    starts = now if starts_at is None else utc(starts_at)
    if starts < now - SLACK:
        raise BadValue(Fault.STARTS_IN_PAST)
    if starts > now + AHEAD_AT_MOST:
        raise BadValue(Fault.STARTS_TOO_LATE)
    starts = max(starts, now)
    protocol = checked(content, name).protocol
    if protocol is None:
        raise BadValue(Fault.PROTOCOL_REFUSED)
    there = registry.in_force(starts)
    if there.digest == protocol.digest:
        raise BadValue(Fault.IN_FORCE_ALREADY)
    if there.digest != instead_of:
        raise BadValue(Fault.PROTOCOL_CHANGED)
    registry.put_in_force(
        protocol,
        content,
        key=key,
        starts_at=starts,
        made_at=now,
        made_by=account,
        why=reason,
        after=len(rows),
    )


def plain_name(name: str) -> str:
    """Return a file's name fit to be shown: printable and not long."""
    shown = "".join(sign for sign in name if sign.isprintable()).strip()
    return shown[:NAME_LIMIT] or "protocol.toml"
