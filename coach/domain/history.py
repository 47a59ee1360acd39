"""The history: all dated facts of one patient, append-only.

Facts are small frozen values that refuse impossible values; an `Entry` is a fact with
its instant, zone, author and place in the order of recording. `History` answers what holds now:
corrections replace, voids remove, and nothing is forgotten.
"""

from __future__ import annotations

import heapq
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

from coach.domain import facts
from coach.domain.derived import Keeper, News, Sizes, continued, derived_from
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


_PARTS = (facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort, facts.Note)
#: The kinds of fact that a session is gathered from.
SESSION = (facts.SessionStarted, *_PARTS)

_Parts = Mapping[UUID, tuple[Entry[object], ...]]


def set_end(done: Entry[facts.SetDone]) -> datetime:
    """Return the instant a set ended."""
    return done.at + timedelta(seconds=done.fact.took_s)


_AT, _SEQ = attrgetter("at"), attrgetter("seq")


@dataclass(frozen=True, slots=True)
class Index:
    """The entries of a history by id and by kind, and which of them count.

    `told` has all that are not set aside in the order of recording, `current` those that count in
    the order of events, `last_recorded` is when the latest that is not set aside was recorded, and
    `clinicians` are the authors who are physiotherapists. An index is extended by copies, which take
    microseconds: only the new entries are looked at.
    """

    by_id: Mapping[UUID, Entry[object]] = field(default_factory=dict)
    set_aside: Mapping[UUID, Entry[facts.SetAside]] = field(default_factory=dict)
    voided: Mapping[UUID, Entry[facts.Void] | Entry[facts.SetAside]] = field(default_factory=dict)
    replaced: Mapping[UUID, Entry[object]] = field(default_factory=dict)
    told: Mapping[type, tuple[Entry[object], ...]] = field(default_factory=dict)
    current: Mapping[type, tuple[Entry[object], ...]] = field(default_factory=dict)
    last_recorded: datetime | None = None
    clinicians: frozenset[str] = frozenset()

    def can_take(self, entries: Sequence[Entry[object]]) -> bool:
        """Tell whether later entries leave true what was said of those before, or tell what is new of it."""
        voids = typing.cast("tuple[Entry[facts.Void], ...]", self.told.get(facts.Void, ()))
        named = {void.fact.entry for void in voids}  # also what is voided before it is there
        return not any(
            isinstance(entry.fact, facts.SetAside)
            or entry.id in named
            or entry.id in self.set_aside
            or entry.id in self.by_id
            for entry in entries
        )

    def extended(self, entries: Sequence[Entry[object]]) -> tuple[Index, News]:
        """Return the index with later entries (see `can_take`), and what they changed."""
        by_id = {**self.by_id, **{entry.id: entry for entry in entries}}
        asides = (
            typing.cast("Entry[facts.SetAside]", e) for e in entries if isinstance(e.fact, facts.SetAside)
        )
        aside = {**self.set_aside, **{each.fact.entry: each for each in asides}}
        counted = [entry for entry in entries if entry.id not in aside]
        voided, replaced = {**aside, **self.voided}, dict(self.replaced)
        _end_what_is_over(counted, by_id, voided, replaced)
        gone = (voided.keys() - self.voided.keys()) | (replaced.keys() - self.replaced.keys())
        new: dict[type, list[Entry[object]]] = {}
        for entry in entries:
            new.setdefault(type(entry.fact), []).append(entry)
        touched = new.keys() | {type(by_id[each].fact) for each in gone if each in by_id}
        told, current, moved = dict(self.told), dict(self.current), set[type]()
        for kind in touched:
            more = new.get(kind, [])
            told[kind] = (*told.get(kind, ()), *(entry for entry in more if entry.id not in aside))
            known = self.current.get(kind, ())
            left = tuple(entry for entry in known if entry.id not in gone) if gone else known
            added = sorted((e for e in more if e.id not in voided and e.id not in replaced), key=_AT)
            if len(left) < len(known) or (left and added and added[0].at < left[-1].at):
                moved.add(kind)
            # Stable: the same instant stays by seq
            current[kind] = tuple(sorted((*left, *added), key=_AT)) if kind in moved else (*left, *added)
        before = [self.last_recorded] if self.last_recorded else []
        index = Index(
            by_id,
            aside,
            voided,
            replaced,
            told,
            current,
            max((*before, *(entry.recorded_at for entry in counted)), default=None),
            self.clinicians | {entry.author for entry in entries if by_clinician(entry)},
        )
        return index, News(frozenset(touched), frozenset(moved))


def _end_what_is_over(
    counted: Sequence[Entry[object]],
    by_id: Mapping[UUID, Entry[object]],
    voided: dict[UUID, Entry[facts.Void] | Entry[facts.SetAside]],
    replaced: dict[UUID, Entry[object]],
) -> None:
    """Add what these entries void, each with the first one that does so, and what they correct."""
    for entry in counted:
        void = typing.cast("Entry[facts.Void]", entry) if isinstance(entry.fact, facts.Void) else None
        target = by_id.get(void.fact.entry) if void else _corrected(entry, by_id)
        if target is None or isinstance(target.fact, facts.NEVER_VOIDED):
            continue
        if void:
            voided.setdefault(target.id, void)
            continue
        while target.id in replaced:  # of two corrections of one entry the later wins
            target = replaced[target.id]
        replaced[target.id] = entry


def _corrected(entry: Entry[F], by_id: Mapping[UUID, Entry[object]]) -> Entry[F] | None:
    target = by_id.get(entry.supersedes) if entry.supersedes else None
    if target and target.kind == entry.kind and target.seq < entry.seq:
        return typing.cast("Entry[F]", target)
    return None


class History(Keeper):
    """All entries of one patient, in the order of recording; immutable."""

    def __init__(self, entries: Iterable[Entry[object]] = ()) -> None:
        super().__init__()
        self.entries = tuple(sorted(entries, key=_SEQ))

    def extended(self, more: Iterable[Entry[object]]) -> History:
        """Return a history with these entries after the others, which takes over what was derived.

        Without any it is this one.
        """
        added = tuple(sorted(more, key=_SEQ))
        if not added:
            return self
        if not self.entries or added[0].seq <= self.last_seq or not self.index.can_take(added):
            return History((*self.entries, *added))
        grown = History()
        grown.entries = (*self.entries, *added)
        grown.index, news = self.index.extended(added)
        grown.take_over(self, news)
        return grown

    def size(self, kind: type) -> int:
        """Return how many entries of a kind count."""
        return len(self.of(kind))

    @property
    def last_seq(self) -> int:
        """The number of the last entry; 0 without entries."""
        return self.entries[-1].seq if self.entries else 0

    @cached_property
    def index(self) -> Index:
        """The entries by id and by kind."""
        return Index().extended(self.entries)[0]

    @property
    def by_id(self) -> Mapping[UUID, Entry[object]]:
        """Every entry by id, also those that no longer count."""
        return self.index.by_id

    @property
    def set_aside(self) -> Mapping[UUID, Entry[facts.SetAside]]:
        """The entries that the operator set aside, each with the entry that does so."""
        return self.index.set_aside

    @cached_property
    def counted(self) -> tuple[Entry[object], ...]:
        """The entries without those set aside, whose times are wrong."""
        aside = self.set_aside
        return tuple(entry for entry in self.entries if entry.id not in aside) if aside else self.entries

    @property
    def voided(self) -> Mapping[UUID, Entry[facts.Void] | Entry[facts.SetAside]]:
        """The entries that a later one voids or sets aside, with that later one."""
        return self.index.voided

    @property
    def replaced(self) -> Mapping[UUID, Entry[object]]:
        """The entries that a later one of their kind replaces, with that later one."""
        return self.index.replaced

    def corrected_by(self, entry: Entry[F]) -> Entry[F] | None:
        """Return the earlier entry of the same kind that this one corrects, or None."""
        return _corrected(entry, self.index.by_id)

    def of(self, kind: type[F]) -> tuple[Entry[F], ...]:
        """Return the entries of that kind that count, ordered by `at`."""
        return typing.cast("tuple[Entry[F], ...]", self.index.current.get(kind, ()))

    def new_of(self, kind: type[F], sizes: Sizes) -> tuple[Entry[F], ...]:
        """Return the entries of that kind after so many, for what is continued (`derived_from`)."""
        return self.of(kind)[sizes[kind] :]

    def told(self, *kinds: type) -> tuple[Entry[object], ...]:
        """Return the counted entries of these kinds by `seq`, also corrected and voided ones."""
        found = (self.index.told.get(kind, ()) for kind in kinds)
        return tuple(heapq.merge(*found, key=_SEQ))

    def latest(self, kind: type[F]) -> Entry[F] | None:
        """Return the last recorded entry of that kind that counts, or None."""
        return max(self.of(kind), key=lambda entry: entry.seq, default=None)

    @property
    @derived_from(facts.Setting)
    def settings(self) -> Mapping[str, str | bool]:
        """The latest value of each setting."""
        latest = sorted(self.of(facts.Setting), key=lambda entry: entry.seq)
        return {entry.fact.name: entry.fact.value for entry in latest}

    @property
    @derived_from(facts.Answer)
    def answers(self) -> Mapping[str, Entry[facts.Answer]]:
        """The latest reply to each set-up question."""
        latest = sorted(self.of(facts.Answer), key=lambda entry: entry.seq)
        return {entry.fact.question: entry for entry in latest}

    @property
    def zone(self) -> str:
        """The patient's present zone; UTC before it is known."""
        return str(self.settings.get("zone", "UTC"))

    def _new_parts(self, sizes: Sizes) -> Iterator[tuple[UUID, Entry[object]]]:
        for kind in _PARTS:
            for entry in self.new_of(kind, sizes):
                session: UUID | None = getattr(entry.fact, "session", None)
                if session:
                    yield session, entry

    @continued(by=_PARTS, start={})
    def _parts(self, known: _Parts, sizes: Sizes) -> _Parts:
        """The entries that belong to each session, by its id; those of a kind in the order of events."""
        found = dict(known)
        for session, entry in self._new_parts(sizes):
            found[session] = (*found.get(session, ()), entry)
        return found

    @property
    @continued(by=SESSION, start=())
    def sessions(self, known: tuple[Session, ...], sizes: Sizes) -> tuple[Session, ...]:
        """Every session that counts, in order of its start."""
        parts, found = self._parts(), list(known)
        changed = {session for session, _entry in self._new_parts(sizes)}
        for place, session in enumerate(known):
            if session.id in changed:
                found[place] = _session(session.started, parts[session.id])
        new = self.new_of(facts.SessionStarted, sizes)
        return (*found, *(_session(start, parts.get(start.id, ())) for start in new))

    def session(self, session_id: UUID) -> Session | None:
        """Return the session of that id, or None."""
        return next((each for each in reversed(self.sessions) if each.id == session_id), None)


def _end(ends: list[Entry[facts.SessionFinished]]) -> Entry[facts.SessionFinished] | None:
    """Return how a session ended; a stop for pain counts even if another end was recorded first."""
    for_pain = (end for end in ends if end.fact.stop_reason is facts.StopReason.PAIN)
    return next(for_pain, None) or next(iter(ends), None)


def _session(started: Entry[facts.SessionStarted], parts: Iterable[Entry[object]]) -> Session:
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
