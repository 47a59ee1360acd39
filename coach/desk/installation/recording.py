"""Recording: turns facts into dated drafts, with keys and authors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from coach.desk.installation.installation import Installation
from coach.domain import zones
from coach.domain.facts import Fact
from coach.domain.history import History, clinician_account
from coach.domain.times import local_date
from coach.records.entries.store import Draft

__all__ = ["NewEntry", "author_names", "clinician_names", "drafted", "name_of", "new_key"]


def new_key() -> UUID:
    """Return a new key for an entry: a UUIDv7, which sorts by its creation time."""
    return uuid7()


def clinician_names(installation: Installation, history: History) -> Mapping[str, str]:
    """Return the names of physiotherapists who wrote in a history, by author; "" if unknown."""
    return author_names(installation, history.index.clinicians)


def author_names(installation: Installation, authors: Collection[str]) -> Mapping[str, str]:
    """Return the names of these physiotherapists, by author; "" if unknown."""
    accounts = {author: account for author in authors if (account := clinician_account(author))}
    found = installation.people.names(accounts.values()) if accounts else {}
    return dict.fromkeys(authors, "") | {author: found.get(who, "") for author, who in accounts.items()}


def name_of(installation: Installation, patient: UUID, history: History) -> str:
    """Return a patient's name by the clinic, else by the patient, else ""."""
    person = installation.people.person(patient)
    return (person.name if person else "") or str(history.settings.get("first_name", ""))


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A fact to record.

    `at` None means now, `zone` None the one that held then; `supersedes` is the entry it corrects.
    """

    fact: Fact
    at: datetime | None = None
    key: UUID | None = None
    supersedes: UUID | None = None
    zone: str | None = None


def drafted(new: NewEntry, history: History, *, key: UUID, now: datetime, author: str) -> Draft:
    """Return the draft of a fact, dated in the zone where the patient lived then."""
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
