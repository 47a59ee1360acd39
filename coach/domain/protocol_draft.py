"""A draft of a protocol: the steps of those who work on it, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

__all__ = [
    "DraftAct",
    "DraftStep",
    "approvals",
    "change_asked",
    "is_approved",
    "is_discarded",
    "last_saved",
    "makers",
    "revision",
]


class DraftAct(StrEnum):
    """What was done to a draft; the values are stored."""

    SAVED = "saved"
    AGREED = "agreed"
    CHANGE_ASKED = "change_asked"
    DISCARDED = "discarded"
    BROUGHT_BACK = "brought_back"


OPINIONS = (DraftAct.AGREED, DraftAct.CHANGE_ASKED)


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One step: who did what to a draft, and when.

    Attributes:
        id: The key of the act.
        draft: The draft.
        seq: 1 for the draft's first step, and so on without a gap.
        at: When.
        account: Who.
        role: In which role.
        act: What was done.
        based_on: The digest of the protocol that the draft is a copy of.
        protocol: The id of the protocol in the content.
        title: Its title.
        version: Its version.
        content_digest: The digest of the content that was saved, or that the step speaks of.
        note: What was said with it, or "".
    """

    id: UUID
    draft: UUID
    seq: int
    at: datetime
    account: UUID
    role: str
    act: DraftAct
    based_on: str
    protocol: str
    title: str
    version: str
    content_digest: str
    note: str = ""


def last_saved(steps: Sequence[DraftStep]) -> DraftStep:
    """Return the step that saved the present content."""
    return next(each for each in reversed(steps) if each.act is DraftAct.SAVED)


def revision(steps: Sequence[DraftStep]) -> int:
    """Return how often something was saved."""
    return sum(each.act is DraftAct.SAVED for each in steps)


def makers(steps: Sequence[DraftStep]) -> tuple[UUID, ...]:
    """Return everybody who saved something, in the order of their first."""
    return tuple(dict.fromkeys(each.account for each in steps if each.act is DraftAct.SAVED))


def approvals(steps: Sequence[DraftStep]) -> tuple[DraftStep, ...]:
    """Return what was said of the draft by those who did not work on it, the oldest first.

    What somebody said who worked on it later does not count.
    """
    own = set(makers(steps))
    return tuple(each for each in steps if each.act in OPINIONS and each.account not in own)


def change_asked(steps: Sequence[DraftStep]) -> DraftStep | None:
    """Return the last word of somebody who asks for a change in exactly the present content."""
    asked = [each for each in _last_words(steps) if each.act is DraftAct.CHANGE_ASKED]
    return asked[-1] if asked else None


def is_approved(steps: Sequence[DraftStep]) -> bool:
    """Tell whether a second person agreed to exactly the present content.

    Not while anybody asks for a change in it.
    """
    said = {each.act for each in _last_words(steps)}
    return said == {DraftAct.AGREED}


def is_discarded(steps: Sequence[DraftStep]) -> bool:
    """Tell whether the draft was discarded, and not brought back since."""
    acts = [each.act for each in steps if each.act in (DraftAct.DISCARDED, DraftAct.BROUGHT_BACK)]
    return bool(acts) and acts[-1] is DraftAct.DISCARDED


def _last_words(steps: Sequence[DraftStep]) -> list[DraftStep]:
    """Return the last word of each on exactly the present content."""
    digest = last_saved(steps).content_digest
    said = {each.account: each for each in approvals(steps) if each.content_digest == digest}
    return sorted(said.values(), key=lambda each: each.seq)
