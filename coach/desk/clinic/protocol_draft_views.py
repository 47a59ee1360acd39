"""Drafts of protocols as the staff see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.domain.protocol_draft import (
    DraftAct,
    DraftStep,
    approvals,
    change_asked,
    is_approved,
    is_discarded,
    last_saved,
    makers,
    revision,
)
from coach.records.entries.protocol_files import PutInForce

__all__ = [
    "Approval",
    "DraftLine",
    "DraftRevision",
    "ProtocolDraft",
    "approvals_of",
    "line_of",
    "revisions_of",
]


@dataclass(frozen=True, slots=True)
class Approval:
    """What a second person said of a draft, about the content with that digest."""

    account: UUID
    who: str
    at: datetime
    agrees: bool
    note: str
    digest: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list.

    Attributes:
        id: The draft.
        protocol: The id of its protocol, as it stands in the content.
        title: Its title.
        version: Its version.
        digest: The digest of the present content.
        revision: How often something was saved.
        based_on: The digest of the protocol that it began as a copy of.
        made_by: The names of all who saved something, in the order of their first.
        changed_at: When it was saved last.
        changed_by: Who did that.
        own_work: Whether the viewer saved something, and so cannot approve it.
        approved: Whether a second person agreed to exactly this digest, and nobody else asks for a
            change in it.
        change_asked: Whether a second person asks for a change in exactly this digest.
        discarded: Whether it was discarded.
        in_force_from: From when exactly this content is, was or will be in force; None for never.
    """

    id: UUID
    protocol: str
    title: str
    version: str
    digest: str
    revision: int
    based_on: str
    made_by: tuple[str, ...]
    changed_at: datetime
    changed_by: str
    own_work: bool
    approved: bool
    change_asked: bool
    discarded: bool
    in_force_from: datetime | None


@dataclass(frozen=True, slots=True)
class ProtocolDraft(DraftLine):
    """A draft with its content, and with all that was said of it, the oldest first.

    `version_taken` tells that another protocol has the same id and version: such a draft is neither
    approved nor put in force before it has another version.
    """

    content: bytes
    approvals: tuple[Approval, ...]
    version_taken: bool


@dataclass(frozen=True, slots=True)
class DraftRevision:
    """One content that a draft has had: its number from 1 on, who saved it, and when."""

    number: int
    who: str
    at: datetime
    digest: str


def line_of(
    steps: Sequence[DraftStep],
    names: Mapping[UUID, str],
    viewer: UUID,
    in_force: Iterable[PutInForce],
) -> DraftLine:
    """Return a draft as the list shows it; `in_force` are the clinic's decisions, sorted by start."""
    now = last_saved(steps)
    starts = [row.starts_at for row in in_force if row.digest == now.content_digest]
    return DraftLine(
        id=now.draft,
        protocol=now.protocol,
        title=now.title,
        version=now.version,
        digest=now.content_digest,
        revision=revision(steps),
        based_on=now.based_on,
        made_by=tuple(names.get(each, "") for each in makers(steps)),
        changed_at=now.at,
        changed_by=names.get(now.account, ""),
        own_work=viewer in makers(steps),
        approved=is_approved(steps),
        change_asked=change_asked(steps) is not None,
        discarded=is_discarded(steps),
        in_force_from=starts[-1] if starts else None,
    )


def revisions_of(steps: Sequence[DraftStep], names: Mapping[UUID, str]) -> tuple[DraftRevision, ...]:
    """Return each content that a draft has had, the newest first."""
    saved = [each for each in steps if each.act is DraftAct.SAVED]
    found = (
        DraftRevision(n, names.get(each.account, ""), each.at, each.content_digest)
        for n, each in enumerate(saved, start=1)
    )
    return tuple(reversed(tuple(found)))


def approvals_of(steps: Sequence[DraftStep], names: Mapping[UUID, str]) -> tuple[Approval, ...]:
    """Return all that was said of a draft by those who did not work on it, the oldest first."""
    return tuple(
        Approval(
            account=each.account,
            who=names.get(each.account, ""),
            at=each.at,
            agrees=each.act is DraftAct.AGREED,
            note=each.note,
            digest=each.content_digest,
        )
        for each in approvals(steps)
    )
