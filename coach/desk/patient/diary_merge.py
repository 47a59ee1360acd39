"""Compares a paper diary's lines with the record: new ones, known ones, impossible ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from coach.desk.patient.diary_file import PaperText
from coach.domain import zones
from coach.domain.case import Case
from coach.domain.course import procedures
from coach.domain.diary_import import OF_A_SESSION, Amiss, PaperLine, ReadAs, Wrong
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import OVER_A_DAY, Pain, PainWhen, Score, Source
from coach.domain.history import Entry, Session
from coach.domain.pain import is_above
from coach.domain.times import local
from coach.domain.zones import There

#: How far in time a score before or after may be from its exercises.
NEAR = timedelta(hours=1)
_REFUSED = {Fault.TIME_SKIPPED: Amiss.TIME_SKIPPED, Fault.YEAR_OUT_OF_RANGE: Amiss.YEAR_OUT_OF_RANGE}


@dataclass(slots=True)
class DiaryMoment:
    """The new lines of one instant.

    `zone` is the one that held then. `key` is their session's, or that of `session` if it is
    recorded already; `sets` are its new exercises, `around` the scores right before and after it,
    `notes` its new notes by the key of each. `alone` are scores without a session. `told_at` is the
    time of scores that have one of their own, by the number of their line.
    """

    at: datetime
    zone: str
    key: UUID
    session: Session | None = None
    sets: list[PaperLine] = field(default_factory=list)
    around: list[PaperLine] = field(default_factory=list)
    notes: dict[UUID, PaperLine] = field(default_factory=dict)
    alone: list[PaperLine] = field(default_factory=list)
    told_at: dict[int, datetime] = field(default_factory=dict)

    @property
    def lines(self) -> list[PaperLine]:
        """Every new line."""
        return [*self.sets, *self.around, *self.alone, *self.notes.values()]


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file compared with the record: its faults, or what saving it would add.

    `seen` is the number of the last entry compared with, `read_as` how the file was read.
    """

    read_as: ReadAs
    seen: int
    lines: tuple[PaperLine, ...]
    wrong: tuple[Wrong, ...]
    moments: tuple[DiaryMoment, ...]

    @property
    def added(self) -> tuple[PaperLine, ...]:
        """The new lines in order of time."""
        every = {line.number: line for moment in self.moments for line in moment.lines}
        return tuple(sorted(every.values(), key=lambda line: (line.wall, line.number)))

    def elsewhere(self, line: PaperLine, zone: str) -> str:
        """Return the zone of a new line, or "" if it is the given one."""
        found = next((moment.zone for moment in self.moments if line in moment.lines), zone)
        return "" if found == zone else found

    @property
    def there(self) -> int:
        """How many lines are recorded already."""
        return len(self.lines) - len(self.added)

    @property
    def sessions(self) -> int:
        """How many sessions would be added."""
        return sum(bool(moment.sets) and moment.session is None for moment in self.moments)

    @property
    def sets(self) -> int:
        """How many sets of exercises would be added."""
        return sum(len(moment.sets) for moment in self.moments)

    @property
    def scores(self) -> int:
        """How many pain scores would be added."""
        return sum(len(moment.around) + len(moment.alone) for moment in self.moments)

    @property
    def notes(self) -> int:
        """How many notes would be added."""
        return sum(len(moment.notes) for moment in self.moments)

    @property
    def days(self) -> tuple[date, ...]:
        """The days with additions, in order."""
        return tuple(sorted({line.wall.date() for line in self.added}))


def key(patient: UUID, line: PaperLine, what: str) -> UUID:
    """Return the key of an entry, derived from its line: the same line gives the same entry."""
    return uuid5(patient, f"paper {line.wall.isoformat()} {what}")


def key_of(patient: UUID, line: PaperLine) -> UUID:
    """Return the key of a line's set or score."""
    return key(patient, line, f"{line.what} {line.score if line.is_pain else line.reps}")


def laid_out(text: PaperText, case: Case, *, patient: UUID, now: datetime) -> PaperFile:
    """Return a file's lines compared with the record; with any fault nothing would be added."""
    sheet = _Sheet(case, patient, list(text.wrong))
    moments = [sheet.take(there, some) for there, some in sheet.by_instant(text.lines, now)]
    sheet.compare([line for moment in moments for line in moment.alone])
    sheet.wrong.sort(key=lambda each: each.line or 0)
    new = tuple(moment for moment in moments if moment.lines and not sheet.wrong)
    read_as = replace(text.read_as, joined=len(sheet.joined))
    return PaperFile(read_as, case.history.last_seq, text.lines, tuple(sheet.wrong), new)


def shown(entry: Entry[object]) -> datetime:
    """Return the local time of an entry where it was made, to the minute, as on paper."""
    return local(entry.at, entry.zone).replace(second=0, microsecond=0, tzinfo=None)


class _Sheet:
    """An index of the record for looking up lines."""

    def __init__(self, case: Case, patient: UUID, wrong: list[Wrong]) -> None:
        history = case.history
        self.history, self.patient, self.protocol, self.wrong = history, patient, case.protocol, wrong
        self.sessions = {session.id: session for session in history.sessions}
        by_hand = (each for each in history.sessions if each.started.fact.source is Source.DIARY)
        # By local time where it was entered: that is on the paper, wherever the patient lives now.
        self.by_hand = {shown(session.started): session for session in by_hand}
        alone = (pain for pain in history.of(Pain) if not pain.fact.session)
        self.pains = {(pain.fact.when, shown(pain)): pain for pain in alone}
        self.incomplete = False
        self.joined: dict[int, datetime] = {}

    def by_instant(self, lines: Sequence[PaperLine], now: datetime) -> list[tuple[There, list[PaperLine]]]:
        """Return the lines by instant, the earliest first; impossible times are faults."""
        known = procedures(self.history)
        if not known:
            self.wrong.append(Wrong(None, Amiss.NO_PROCEDURE))
            return []
        found: dict[There, list[PaperLine]] = {}
        for line in lines:
            try:
                there = zones.meant(self.history, line.wall, now=now)
            except BadValue as refused:
                self._amiss(line, _REFUSED[refused.fault])
                continue
            if there.at > now:
                self._amiss(line, Amiss.IN_FUTURE)
            elif there.at < known[0].at:
                self._amiss(line, Amiss.BEFORE_PROCEDURE)
            else:
                found.setdefault(there, []).append(line)
        self.incomplete = bool(self.wrong)
        self._join(found)
        return sorted(found.items(), key=lambda each: each[0])

    def _join(self, found: dict[There, list[PaperLine]]) -> None:
        """Assign scores before and after with a time of their own to the nearest exercises."""
        exercises = sorted(there for there, lines in found.items() if not all(line.is_pain for line in lines))
        for there in sorted(found.keys() - set(exercises)):
            for line in [each for each in found[there] if each.what in OF_A_SESSION]:
                if line.what is PainWhen.BEFORE:
                    near = next((e for e in exercises if there.at <= e.at <= there.at + NEAR), None)
                else:
                    near = next((e for e in reversed(exercises) if there.at - NEAR <= e.at <= there.at), None)
                own = self.by_hand.get(line.wall) or self.sessions.get(key(self.patient, line, "session"))
                if near and not own and all(other.what is not line.what for other in found[near]):
                    found[there].remove(line)
                    found[near].append(line)
                    self.joined[line.number] = there.at
            if not found[there]:
                del found[there]

    def _amiss(self, line: PaperLine, why: Amiss) -> None:
        self.wrong.append(Wrong(line.number, why, {"value": line.wall.isoformat(" ", "minutes")}))

    def take(self, there: There, lines: list[PaperLine]) -> DiaryMoment:
        """Return what is new of one instant."""
        own = key(self.patient, lines[0], "session")
        session = self.sessions.get(own) or self.by_hand.get(lines[0].wall)
        exercises = [line for line in lines if not line.is_pain]
        around = [line for line in lines if line.what in OF_A_SESSION]
        gone = session is None and own in self.history.by_id
        moment = DiaryMoment(there.at, there.zone, session.id if session else own, session)
        moment.alone = [
            line for line in lines if line.is_pain and line.what not in OF_A_SESSION and self._alone(line)
        ]
        if not exercises and session is None and not gone:
            # The exercises of this score may be on a faulty line.
            for line in () if self.incomplete else around:
                self._amiss(line, Amiss.PAIN_WITHOUT_EXERCISE)
            return moment
        moment.sets = [line for line in exercises if self._set(line, session)]
        moment.around = [line for line in around if self._score(line, session)]
        moment.told_at = self.joined
        moment.notes = self._notes([*exercises, *around], session)
        if gone:
            for line in {line.number: line for line in moment.lines}.values():
                self._amiss(line, Amiss.TAKEN_BACK)
        return moment

    def compare(self, lines: Sequence[PaperLine]) -> None:
        """Refuse a worst pain of 24 hours below the day's average, in the file or the record."""
        told: dict[tuple[date, str], Score] = {}
        for pain in self.history.of(Pain):
            if pain.fact.when in OVER_A_DAY and pain.fact.score is not None:
                told[pain.local_date, pain.fact.when] = pain.fact.score
        # Averages first, so that of two contradicting lines the one with the worst pain is named.
        for line in sorted(lines, key=lambda each: each.what == PainWhen.WORST_24H):
            day = line.wall.date()
            told[day, line.what] = line.score
            average, worst = (told.get((day, when)) for when in OVER_A_DAY)
            if (
                line.what in OVER_A_DAY
                and average is not None
                and worst is not None
                and is_above(average, worst)
            ):
                scores = {"average": str(average), "worst": str(worst)}
                self.wrong.append(Wrong(line.number, Amiss.WORST_BELOW_AVERAGE, scores))

    def _is_new(self, line: PaperLine, old: Entry[object] | None, *, same: bool) -> bool:
        """Tell whether a line is new; another value in its place is a fault."""
        if same or key_of(self.patient, line) in self.history.by_id:
            return False
        if old is not None:
            self._amiss(line, Amiss.RECORDED_OTHERWISE)
        return old is None

    def _alone(self, line: PaperLine) -> bool:
        old = self.pains.get((PainWhen(line.what), line.wall))
        return self._is_new(line, old, same=old is not None and old.fact.score == line.score)

    def _set(self, line: PaperLine, session: Session | None) -> bool:
        reps = line.reps * self.protocol.routines[line.what].sides
        old = (
            next((done for done in session.sets if done.fact.routine == line.what), None) if session else None
        )
        return self._is_new(line, old, same=old is not None and old.fact.reps_done == reps)

    def _score(self, line: PaperLine, session: Session | None) -> bool:
        old = None
        if session:
            old = session.before if line.what is PainWhen.BEFORE else session.after
        return self._is_new(line, old, same=old is not None and old.fact.score == line.score)

    def _notes(self, lines: Iterable[PaperLine], session: Session | None) -> dict[UUID, PaperLine]:
        """Return the lines with a new note, one for each note, by the note's key."""
        known = {note.fact.text for note in session.notes} if session else set()
        found = {key(self.patient, each, f"note {each.note}"): each for each in lines if each.note}
        return {
            own: line
            for own, line in found.items()
            if own not in self.history.by_id and line.note not in known
        }
