"""The pen: turns facts into dated drafts and records them, refusing when the clock looks wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.desk.installation.installation import Installation
from coach.domain import zones
from coach.domain.facts import Fact
from coach.domain.history import History, by_clinician, clinician_account
from coach.domain.times import local_date
from coach.records.entries.store import Draft

__all__ = ["NewEntry", "author_names", "clinician_names", "drafted", "name_of", "new_key"]


def new_key() -> UUID:
    """Return a fresh key for an entry; it tells its creation time and sorts by it."""
    return uuid7()


def clinician_names(installation: Installation, history: History) -> Mapping[str, str]:
    """Return the name of each physiotherapist who wrote in a history, by an entry's author; "" where none is known."""
    return author_names(installation, {entry.author for entry in history.entries if by_clinician(entry)})


def author_names(installation: Installation, authors: Collection[str]) -> Mapping[str, str]:
    """Return the name of each of these physiotherapists, by an entry's author; "" where none is known."""
    accounts = {author: account for author in authors if (account := clinician_account(author))}
    found = installation.people.names(accounts.values()) if accounts else {}
    return dict.fromkeys(authors, "") | {author: found.get(who, "") for author, who in accounts.items()}


def name_of(installation: Installation, patient: UUID, history: History) -> str:
    """Return what a patient is called by the clinic, or by themselves, or "" where nobody said."""
    person = installation.people.person(patient)
    return (person.name if person else "") or str(history.settings.get("first_name", ""))


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A fact to record: when it was (None: now), its key, what it replaces, its zone (None: the one that held then)."""

    fact: Fact
    at: datetime | None = None
    key: UUID | None = None
    supersedes: UUID | None = None
    zone: str | None = None


def drafted(new: NewEntry, history: History, *, key: UUID, now: datetime, author: str) -> Draft:
    """Return what is recorded of a fact: it is dated by the clock that the patient lived by then."""
    at = new.at or now
    place = new.zone or zones.held(history, at)
    return Draft(
        id=key,
        at=at,
        zone=place,
        local_date=local_date(at, place),
        recorded_at=now,
        author=author,
        fact=new.fact,
        supersedes=new.supersedes,
    )
