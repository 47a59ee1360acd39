"""Setting aside entries that were recorded while the clock stood ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from coach import desk
from coach.desk.access.permissions import Role
from coach.desk.installation import clock
from coach.desk.installation.projection import projector
from coach.desk.installation.recording import NewEntry, drafted
from coach.desk.operator.record_access import NoOwner, is_clinics, opened
from coach.domain.facts import OPERATOR, FlagMistake, RedFlagYes, SetAside
from coach.domain.history import Entry
from coach.records.clinic.audit import Audit, new_line
from coach.records.database import current_actor
from coach.records.entries import future_entries
from coach.records.entries.store import Store

__all__ = ["ACTION", "Ahead", "ClockWrong", "Future", "NoOwner", "listed", "opened", "set_aside"]

ACTION = "record.set_aside"


class ClockWrong(Exception):
    """All entries lie in the future: the present clock is wrong."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """One patient's entries in the future: how many, the first and the last."""

    patient: UUID
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Future:
    """The entries and protocols in the future at an instant."""

    now: datetime
    patients: tuple[Ahead, ...]
    protocols: tuple[datetime, ...]


def listed(store: Store) -> Future:
    """Return the entries and protocols in the future."""
    now = clock.now()
    with current_actor.acting_as(current_actor.SYSTEM):
        found = future_entries.ahead(store, now)
        protocols = future_entries.protocols_ahead(store, now)
    patients = tuple(
        Ahead(
            patient,
            len(late),
            min(each.recorded_at for each in late),
            max(each.recorded_at for each in late),
        )
        for patient, late in found.items()
    )
    return Future(now, patients, protocols)


def set_aside(store: Store, why: str) -> int:
    """Set aside every entry in the future, with a line of the audit; return how many.

    The entries stay in the hash chain. A warning sign is recorded again as of
    now, for it must not be lost: exercise stays closed until it is cleared.

    Raises:
        ClockWrong: all entries lie in the future; nothing was set aside.
        RecordUnavailable: the rest can be set aside by another call.
    """
    now, done = clock.now(), 0
    with current_actor.acting_as(current_actor.SYSTEM):
        if future_entries.is_all_ahead(store, now):
            raise ClockWrong
        installation = desk.Installation(store, clinic=is_clinics(store))
        for patient, late in future_entries.ahead(store, now).items():
            history = installation.history_cache.history(patient)
            drafts = [
                drafted(
                    NewEntry(fact, zone=history.zone),
                    history,
                    key=uuid5(each.id, "set aside" if isinstance(fact, SetAside) else "again"),
                    now=now,
                    author=OPERATOR,
                )
                for each in late
                for fact in _facts(each, late, why)
            ]
            installation.history_cache.append(patient, drafts, project=projector(installation, now))
            Audit(store).write(new_line(ACTION, Role.OPERATOR.value, at=now, patient=patient))
            done += len(late)
    return done


def _facts(entry: Entry[object], late: tuple[Entry[object], ...], why: str) -> list[SetAside | RedFlagYes]:
    """Return the facts to record for an entry: set aside, and a warning sign again."""
    facts: list[SetAside | RedFlagYes] = [SetAside(entry.id, why)]
    mistakes = {each.fact.entry for each in late if isinstance(each.fact, FlagMistake)}
    if isinstance(entry.fact, RedFlagYes) and entry.id not in mistakes:
        facts.append(RedFlagYes(entry.fact.flag))
    return facts
