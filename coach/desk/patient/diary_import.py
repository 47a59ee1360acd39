"""Importing a paper diary: many past sessions and pain scores, all or none, and each only once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry, drafted
from coach.desk.patient import diary_file, diary_merge
from coach.desk.patient.diary import dose_then
from coach.desk.patient.diary_merge import DiaryMoment, PaperFile, key_of
from coach.desk.patient.sessions import session_started, set_done
from coach.domain.course import as_of
from coach.domain.date_reading import DayOrder
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, Note, Pain, PainWhen, SessionFinished, Source
from coach.domain.history import History, set_end
from coach.domain.session import schedule
from coach.records.entries.store import KeyReused, Overtaken

TRIES = 3


class PaperRefused(Exception):
    """The file has faults; nothing is stored."""

    def __init__(self, paper: PaperFile) -> None:
        super().__init__(f"{len(paper.wrong)} faults")
        self.paper = paper


class DiaryImportDesk(UseCases):
    """Imports a patient's paper diary."""

    @requires(Action.HISTORY_SEE)
    def paper_template(self) -> bytes:
        """Return a template file."""
        return diary_file.template(self._context.case.routines)

    @requires(Action.HISTORY_TELL)
    def read_paper(self, content: bytes, order: DayOrder | None = None, *, many: bool = False) -> PaperFile:
        """Return a file's content and what saving it would add; nothing is stored.

        `order` says whether the day or the month comes first if the dates do not show it, `many`
        that unlikely numbers of reps are right.
        """
        case = self._context.case
        text = diary_file.read(content, case.protocol, order, many=many)
        return diary_merge.laid_out(text, case, patient=self._context.patient, now=self._context.now())

    @requires(Action.HISTORY_TELL)
    def keep_paper(self, content: bytes, order: DayOrder | None = None, *, many: bool = False) -> PaperFile:
        """Record a file's new lines in one transaction; return what was added.

        The same file again adds nothing. The entries equal those of logging each session by hand,
        the earliest first.

        Raises:
            PaperRefused: something is wrong with the file; nothing is stored.
            BadValue: the clock looks wrong, or others keep recording; nothing is stored.
        """
        for _try in range(TRIES):
            paper = self.read_paper(content, order, many=many)
            if paper.wrong:
                raise PaperRefused(paper)
            if not paper.moments:
                return paper
            try:
                self._context.record(*self._news(paper.moments), after=paper.seen)
            # An entry was recorded meanwhile, perhaps from the same file
            except (Overtaken, KeyReused):
                self._context.look_again()
            else:
                return paper
        raise BadValue(Fault.PLAN_CHANGED)

    def _news(self, moments: Iterable[DiaryMoment]) -> list[NewEntry]:
        found: list[NewEntry] = []
        growing = _Growing(self._context.history(), self._context.now())
        for moment in moments:
            news = [replace(new, zone=moment.zone) for new in self._facts(moment, growing)]
            growing.add(news)
            found += news
        return found

    def _facts(self, moment: DiaryMoment, growing: _Growing) -> Iterator[NewEntry]:
        """Yield the facts of the lines of one instant, the session's start before its parts."""
        at, session, owner = moment.at, moment.session, moment.key
        for line in moment.alone:
            yield NewEntry(
                Pain(line.score, PainWhen(line.what)), at=at, key=key_of(self._context.patient, line)
            )
        planned = [
            dose_then(self._context, line.what, at, as_of(growing.history, at)) for line in moment.sets
        ]
        clock = max((set_end(done) for done in session.sets), default=at) if session else at
        if moment.sets and session is None:
            yield NewEntry(session_started(self._context.protocol, planned, Source.DIARY), at=at, key=owner)
        for line, plan in zip(moment.sets, planned, strict=True):
            took_s = schedule(self._context.protocol, [plan]).ends_s
            reps = line.reps * self._context.protocol.routines[line.what].sides
            known, then = growing.at(clock)
            fact = set_done(
                self._context, owner, plan, reps, took_s, clock, Source.DIARY, known=known, then=then
            )
            yield NewEntry(fact, at=clock, key=key_of(self._context.patient, line))
            clock += timedelta(seconds=took_s)
        starts, ends = at, min(clock, self._context.now())
        if session:
            starts, ends = session.started.at, session.ended_at
        elif moment.sets:
            yield NewEntry(SessionFinished(owner), at=ends, key=uuid5(owner, "end"))
        for line in moment.around:
            when = PainWhen(line.what)
            own = moment.told_at.get(line.number)
            instant = own or starts if when is PainWhen.BEFORE else max(own or ends, ends)
            yield NewEntry(Pain(line.score, when, owner), at=instant, key=key_of(self._context.patient, line))
        for key, line in moment.notes.items():
            yield NewEntry(Note(owner, line.note), at=ends, key=key)


class _Growing:
    """The history with the file's lines so far, as if each had been logged before the next."""

    def __init__(self, history: History, now: datetime) -> None:
        self.history = history
        self.now = now
        self._times = sorted(entry.at for entry in history.counted)
        self._then: tuple[int, History] = (-1, history)

    def add(self, news: Iterable[NewEntry]) -> None:
        """Add the facts of one instant."""
        known = self.history
        entries = [
            drafted(new, known, key=new.key, now=self.now, author=PATIENT).entry(known.last_seq + n)
            for n, new in enumerate(news, 1)
            if new.key
        ]
        self.history = self.history.extended(entries)
        self._times = sorted([*self._times, *(entry.at for entry in entries)])
        self._then = (-1, self.history)

    def at(self, at: datetime) -> tuple[History, History]:
        """Return the history of an instant's course, and the part that had happened by then."""
        known = as_of(self.history, at)
        if known is not self.history:
            return known, History(entry for entry in known.entries if entry.at <= at)
        number = bisect_right(self._times, at)
        if number == len(self._times):
            return known, known
        if number != self._then[0]:
            self._then = (number, History(entry for entry in self.history.counted if entry.at <= at))
        return known, self._then[1]
