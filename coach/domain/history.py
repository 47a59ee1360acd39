"""The history: all dated facts of one patient, append-only.

Facts are small frozen values that refuse impossible values; an `Entry` is a fact with
its instant, zone, author and place in the order of recording. `History` answers what holds now:
corrections replace, voids remove, and nothing is forgotten.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from coach.domain import facts
from coach.domain.derived import Keeper
from coach.domain.payloads import KIND_OF
from coach.domain.times import utc

_BY_CLINICIAN = facts.CLINICIAN + ":"


def clinician_author(account: UUID | None) -> str:
    """Return the author of entries by the physiotherapist with that account."""
    return f"{_BY_CLINICIAN}{account}"


def clinician_account(author: str) -> UUID | None:
    """Return the account of a physiotherapist who is an author; None for other authors."""
    if not author.startswith(_BY_CLINICIAN):
        return None
    try:
        return UUID(author.removeprefix(_BY_CLINICIAN))
    except ValueError:
        return None


def by_clinician(entry: Entry[object]) -> bool:
    """Tell whether a physiotherapist wrote the entry."""
    return entry.author.startswith(_BY_CLINICIAN)


F = TypeVar("F", covariant=True)


@dataclass(frozen=True, slots=True)
class Entry(Generic[F]):
    """One dated fact.

    `at` is the instant it is about and `local_date` the patient's date then, in `zone` as it was;
    `recorded_at` is when it was recorded. `supersedes` is the id of the entry it replaces. `seq` is
    its place in the patient's record, from 1.
    """

    id: UUID
    seq: int
    at: datetime
    zone: str
    local_date: date
    recorded_at: datetime
    author: str
    fact: F
    supersedes: UUID | None = None

    def __post_init__(self) -> None:
        for name in ("at", "recorded_at"):
            object.__setattr__(self, name, utc(getattr(self, name)))

    @property
    def kind(self) -> str:
        """The kind under which the fact is stored."""
        return KIND_OF[type(self.fact)]


@dataclass(frozen=True, slots=True)
class Session:
    """One session, gathered from its entries."""

    started: Entry[facts.SessionStarted]
    sets: tuple[Entry[facts.SetDone], ...]
    finished: Entry[facts.SessionFinished] | None
    before: Entry[facts.Pain] | None
    after: Entry[facts.Pain] | None
    effort: Entry[facts.Effort] | None
    notes: tuple[Entry[facts.Note], ...]

    @property
    def id(self) -> UUID:
        """The session's id, which is the id of the entry that started it."""
        return self.started.id

    @property
    def ended_at(self) -> datetime:
        """The latest known instant of the exercises."""
        if self.finished:
            return self.finished.at
        return max((set_end(done) for done in self.sets), default=self.started.at)

    @property
    def from_memory(self) -> bool:
        """Whether it was entered afterwards: only its start is known then, its end is computed."""
        return self.started.fact.source is facts.Source.DIARY

    @property
    def known_end(self) -> datetime | None:
        """When its end was recorded as it happened; None if it was not, or is computed."""
        return self.finished.at if self.finished and not self.from_memory else None


def set_end(done: Entry[facts.SetDone]) -> datetime:
    """Return the instant a set ended."""
    return done.at + timedelta(seconds=done.fact.took_s)


class History(Keeper):
    """All entries of one patient, in the order of recording; immutable."""

    def __init__(self, entries: Iterable[Entry[object]] = ()) -> None:
        super().__init__()
        self.entries = tuple(sorted(entries, key=attrgetter("seq")))

    def extended(self, more: Iterable[Entry[object]]) -> History:
        """Return a history with these entries after the others."""
        return History((*self.entries, *more))

    @property
    def last_seq(self) -> int:
        """The number of the last entry; 0 without entries."""
        return self.entries[-1].seq if self.entries else 0

    @cached_property
    def by_id(self) -> Mapping[UUID, Entry[object]]:
        """Every entry by id, also those that no longer count."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def set_aside(self) -> Mapping[UUID, Entry[facts.SetAside]]:
        """The entries that the operator set aside, each with the entry that does so."""
        return {
            entry.fact.entry: typing.cast("Entry[facts.SetAside]", entry)
            for entry in self.entries
            if isinstance(entry.fact, facts.SetAside)
        }

    @cached_property
    def counted(self) -> tuple[Entry[object], ...]:
        """The entries without those set aside, whose times are wrong."""
        return tuple(entry for entry in self.entries if entry.id not in self.set_aside)

    @cached_property
    def voided(self) -> Mapping[UUID, Entry[facts.Void] | Entry[facts.SetAside]]:
        """The entries that a later one voids or sets aside, with that later one."""
        found: dict[UUID, Entry[facts.Void] | Entry[facts.SetAside]] = dict(self.set_aside)
        for entry in self.counted:
            if isinstance(entry.fact, facts.Void):
                target = self.by_id.get(entry.fact.entry)
                if target and not isinstance(target.fact, facts.NEVER_VOIDED):
                    found.setdefault(target.id, typing.cast("Entry[facts.Void]", entry))
        return found

    @cached_property
    def replaced(self) -> Mapping[UUID, Entry[object]]:
        """The entries that a later one of their kind replaces, with that later one."""
        found: dict[UUID, Entry[object]] = {}
        for entry in self.counted:
            target = self.corrected_by(entry)
            if target and not isinstance(target.fact, facts.NEVER_VOIDED):
                while target.id in found:  # of two corrections of one entry the later wins
                    target = found[target.id]
                found[target.id] = entry
        return found

    def corrected_by(self, entry: Entry[F]) -> Entry[F] | None:
        """Return the earlier entry of the same kind that this one corrects, or None."""
        target = self.by_id.get(entry.supersedes) if entry.supersedes else None
        if target and target.kind == entry.kind and target.seq < entry.seq:
            return typing.cast("Entry[F]", target)
        return None

    @cached_property
    def _current(self) -> Mapping[type, tuple[Entry[object], ...]]:
        """The entries that count, by kind of fact, in the order of events."""
        gone = self.voided.keys() | self.replaced.keys()
        kinds: dict[type, list[Entry[object]]] = {}
        for entry in self.entries:
            if entry.id not in gone:
                kinds.setdefault(type(entry.fact), []).append(entry)
        return {
            # Stable: the same instant stays by seq
            kind: tuple(sorted(entries, key=attrgetter("at")))
            for kind, entries in kinds.items()
        }

    def of(self, kind: type[F]) -> tuple[Entry[F], ...]:
        """Return the entries of that kind that count, ordered by `at`."""
        return typing.cast("tuple[Entry[F], ...]", self._current.get(kind, ()))

    def latest(self, kind: type[F]) -> Entry[F] | None:
        """Return the last recorded entry of that kind that counts, or None."""
        return max(self.of(kind), key=lambda entry: entry.seq, default=None)

    @cached_property
    def settings(self) -> Mapping[str, str | bool]:
        """The latest value of each setting."""
        latest = sorted(self.of(facts.Setting), key=lambda entry: entry.seq)
        return {entry.fact.name: entry.fact.value for entry in latest}

    @cached_property
    def answers(self) -> Mapping[str, Entry[facts.Answer]]:
        """The latest reply to each set-up question."""
        latest = sorted(self.of(facts.Answer), key=lambda entry: entry.seq)
        return {entry.fact.question: entry for entry in latest}

    @property
    def zone(self) -> str:
        """The patient's present zone; UTC before it is known."""
        return str(self.settings.get("zone", "UTC"))

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """Every session that counts, in order of its start."""
        parts: dict[UUID, list[Entry[object]]] = {}
        for kind in (facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort, facts.Note):
            for entry in self._current.get(kind, ()):
                session = getattr(entry.fact, "session", None)
                if session:
                    parts.setdefault(session, []).append(entry)
        return tuple(_session(start, parts.get(start.id, [])) for start in self.of(facts.SessionStarted))

    def session(self, session_id: UUID) -> Session | None:
        """Return the session of that id, or None."""
        return next((each for each in reversed(self.sessions) if each.id == session_id), None)


def _end(ends: list[Entry[facts.SessionFinished]]) -> Entry[facts.SessionFinished] | None:
    """Return how a session ended; a stop for pain counts even if another end was recorded first."""
    for_pain = (end for end in ends if end.fact.stop_reason is facts.StopReason.PAIN)
    return next(for_pain, None) or next(iter(ends), None)


def _session(started: Entry[facts.SessionStarted], parts: list[Entry[object]]) -> Session:
    kinds: dict[type, list[Entry[object]]] = {}
    for part in parts:
        kinds.setdefault(type(part.fact), []).append(part)

    def every(kind: type[F]) -> list[Entry[F]]:
        return typing.cast("list[Entry[F]]", kinds.get(kind, []))

    pains = every(facts.Pain)

    def scored(when: facts.PainWhen) -> Entry[facts.Pain] | None:
        return next((pain for pain in reversed(pains) if pain.fact.when is when), None)

    return Session(
        started=started,
        sets=tuple(every(facts.SetDone)),
        finished=_end(every(facts.SessionFinished)),
        before=scored(facts.PainWhen.BEFORE),
        after=scored(facts.PainWhen.AFTER),
        effort=next(reversed(every(facts.Effort)), None),
        notes=tuple(every(facts.Note)),
    )


def last_by_patient(history: History) -> Entry[object] | None:
    """Return the last entry that the patient recorded, or None."""
    return next((entry for entry in reversed(history.counted) if entry.author == facts.PATIENT), None)
