"""A paper diary taken in: many past sessions and pain scores at once, all of them or none, and each only once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.recording import NewEntry, drafted
from coach.desk.patient import diary_file, diary_merge
from coach.desk.patient.diary import Diary
from coach.desk.patient.diary_merge import DiaryMoment, PaperFile, key_of
from coach.domain.course import as_of
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, Note, Pain, PainWhen, SessionFinished, Source
from coach.domain.history import History, set_end
from coach.domain.session import schedule
from coach.domain.written_day import DayOrder
from coach.records.entries.store import KeyReused, Overtaken

TRIES = 3


class PaperRefused(Exception):
    """Something is wrong with the file; nothing is stored."""

    def __init__(self, paper: PaperFile) -> None:
        super().__init__(f"{len(paper.wrong)} faults")
        self.paper = paper


class PaperDiary(Diary):
    """Takes in what a patient wrote on paper."""

    @requires(Action.HISTORY_SEE)
    def paper_template(self) -> bytes:
        """Return a file to fill in."""
        return diary_file.template(self.protocol)

    @requires(Action.HISTORY_TELL)
    def read_paper(self, content: bytes, order: DayOrder | None = None, *, many: bool = False) -> PaperFile:
        """Return what a file holds and what saving it would add; nothing is stored.

        `order` says whether the day or the month comes first, where the file's dates do not show it, `many` that unlikely
        numbers of reps are right.
        """
        case = self.case
        text = diary_file.read(content, case.protocol, order, many=many)
        return diary_merge.laid_out(text, case, patient=self.patient, now=self.now())

    @requires(Action.HISTORY_TELL)
    def keep_paper(self, content: bytes, order: DayOrder | None = None, *, many: bool = False) -> PaperFile:
        """Record what a file holds and the record does not, in one go; return what was added.

        The same file again adds nothing. What is recorded is what logging each session by hand would record, the
        earliest first.

        Raises:
            PaperRefused: something is wrong with the file; nothing is stored.
            BadValue: the clock looks wrong, or others record all the while; nothing is stored.
        """
        for _try in range(TRIES):
            paper = self.read_paper(content, order, many=many)
            if paper.wrong:
                raise PaperRefused(paper)
            if not paper.moments:
                return paper
            try:
                self._record(*self._news(paper.moments), after=paper.seen)
            except (Overtaken, KeyReused):  # something came meanwhile, perhaps this very file
                self._look_again()
            else:
                return paper
        raise BadValue(Fault.PLAN_CHANGED)

    def _news(self, moments: Iterable[DiaryMoment]) -> list[NewEntry]:
        found: list[NewEntry] = []
        growing = _Growing(self.history(), self.now())
        for moment in moments:
            news = [replace(new, zone=moment.zone) for new in self._facts(moment, growing)]
            growing.add(news)
            found += news
        return found

    def _facts(self, moment: DiaryMoment, growing: _Growing) -> Iterator[NewEntry]:
        """Yield what the lines of one instant tell, the session's start before its parts."""
        at, session, owner = moment.at, moment.session, moment.key
        for line in moment.alone:
            yield NewEntry(Pain(line.score, PainWhen(line.what)), at=at, key=key_of(self.patient, line))
        planned = [self._dose_then(line.what, at, as_of(growing.history, at)) for line in moment.sets]
        clock = max((set_end(done) for done in session.sets), default=at) if session else at
        if moment.sets and session is None:
            yield NewEntry(self.started(planned, Source.DIARY), at=at, key=owner)
        for line, plan in zip(moment.sets, planned, strict=True):
            took_s = schedule(self.protocol, [plan]).ends_s
            reps = line.reps * self.protocol.routines[line.what].sides
            known, then = growing.at(clock)
            fact = self.set_done(owner, plan, reps, took_s, clock, Source.DIARY, known=known, then=then)
            yield NewEntry(fact, at=clock, key=key_of(self.patient, line))
            clock += timedelta(seconds=took_s)
        starts, ends = at, min(clock, self.now())
        if session:
            starts, ends = session.started.at, session.ended_at
        elif moment.sets:
            yield NewEntry(SessionFinished(owner), at=ends, key=uuid5(owner, "end"))
        for line in moment.around:
            when = PainWhen(line.what)
            own = moment.told_at.get(line.number)
            instant = own or starts if when is PainWhen.BEFORE else max(own or ends, ends)
            yield NewEntry(Pain(line.score, when, owner), at=instant, key=key_of(self.patient, line))
        for key, line in moment.notes.items():
            yield NewEntry(Note(owner, line.note), at=ends, key=key)


class _Growing:
    """The history with what the file has told so far, as if each had been logged before the next."""

    def __init__(self, history: History, now: datetime) -> None:
        self.history = history
        self.now = now
        self._times = sorted(entry.at for entry in history.counted)
        self._then: tuple[int, History] = (-1, history)

    def add(self, news: Iterable[NewEntry]) -> None:
        """Add what was told of one instant."""
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
        """Return what is known of the course of an instant, and what of it had happened by then."""
        known = as_of(self.history, at)
        if known is not self.history:
            return known, History(entry for entry in known.entries if entry.at <= at)
        number = bisect_right(self._times, at)
        if number == len(self._times):
            return known, known
        if number != self._then[0]:
            self._then = (number, History(entry for entry in self.history.counted if entry.at <= at))
        return known, self._then[1]
