"""The case: one patient's history with the protocol, and what the rules need of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from coach.domain import facts
from coach.domain.course import COURSE, Course, course, first_of_chain
from coach.domain.derived import Keeper, News, Sizes, continued, derived_from
from coach.domain.history import Entry, F, History, by_clinician, set_end
from coach.domain.protocol import Closes, Protocol, Question, Routine
from coach.domain.set_up import needs_word, words_after

_SETS = (facts.SetDone,)


class Case(Keeper):
    """One patient's history read under a protocol: the course, and entries by routine and kind.

    Nothing in it depends on "now". Values that other modules derive from it are cached in it
    (`derived`); the case of an extended history takes them over where they still hold.
    """

    def __init__(self, protocol: Protocol, history: History) -> None:
        super().__init__()
        self.protocol = protocol
        self.rules = protocol.rules
        self.history = history

    @staticmethod
    def of(protocol: Protocol, history: History) -> Case:
        """Return the case of a history under a protocol; the same object for the same two."""
        return history.keep((Case, protocol.digest), Case, protocol, history)

    def begins_after(self, seq: int) -> datetime | None:
        """Return the instant after which a course must lie that entry number `seq` begins; None: any.

        It lies after each earlier procedure and each warning sign that only a restart ends.
        """
        history, flags = self.history, self.protocol.red_flags
        found = [each.at for each in history.of(facts.Procedure) if first_of_chain(history, each).seq < seq]
        for flag in history.of(facts.RedFlagYes):
            known = flags.get(flag.fact.flag)
            if known and known.never_cleared and flag.seq < seq:
                found.append(flag.at)
        return max(found, default=None)

    def follows(self, other: History, news: News) -> Case:
        """Return the case of an extended history under the same protocol."""
        case = Case(self.protocol, other)
        case.take_over(self, news)
        return case

    def size(self, kind: type) -> int:
        """Return how many entries of a kind count."""
        return self.history.size(kind)

    @property
    @derived_from(*COURSE)
    def course(self) -> Course | None:
        """The present course, or None while no procedure is recorded."""
        return course(self.protocol, self.history)

    def _new_sets(self, sizes: Sizes) -> dict[str, list[Entry[facts.SetDone]]]:
        """Return the new sets of each routine that count: with the protocol's share of their reps."""
        share = self.rules.set_counts_from.value
        found: dict[str, list[Entry[facts.SetDone]]] = {}
        for done in self.history.new_of(facts.SetDone, sizes):
            if done.fact.reps_done >= share * done.fact.reps_planned:
                found.setdefault(done.fact.routine, []).append(done)
        return found

    @property
    @continued(by=_SETS, start={})
    def counted(
        self, known: Mapping[str, tuple[Entry[facts.SetDone], ...]], sizes: Sizes
    ) -> Mapping[str, tuple[Entry[facts.SetDone], ...]]:
        """The sets of each routine that count, in order of their start."""
        new = self._new_sets(sizes)
        return {**known, **{routine: (*known.get(routine, ()), *sets) for routine, sets in new.items()}}

    @property
    @continued(by=_SETS, start={})
    def counted_by_day(
        self, known: Mapping[tuple[str, date], int], sizes: Sizes
    ) -> Mapping[tuple[str, date], int]:
        """How many sets of a routine count on a local day."""
        found = dict(known)
        for routine, sets in self._new_sets(sizes).items():
            for done in sets:
                found[routine, done.local_date] = found.get((routine, done.local_date), 0) + 1
        return found

    @property
    @continued(by=_SETS, start={})
    def last_ends(self, known: Mapping[str, datetime], sizes: Sizes) -> Mapping[str, datetime]:
        """When the latest set of each routine that counts ended."""
        found = dict(known)
        for routine, sets in self._new_sets(sizes).items():
            latest = max(map(set_end, sets))
            found[routine] = max(latest, found.get(routine, latest))
        return found

    def _of_this_course(self, kind: type[F]) -> tuple[Entry[F], ...]:
        first = self.course.first.seq if self.course else 0
        return tuple(entry for entry in self.history.of(kind) if entry.seq > first)

    @property
    @derived_from(facts.Override, *COURSE)
    def overrides(self) -> tuple[Entry[facts.Override], ...]:
        """The overrides of this course; a new procedure ends those before it."""
        return self._of_this_course(facts.Override)

    @property
    @derived_from(facts.OverrideEnded)
    def _ended(self) -> Mapping[UUID, datetime]:
        """When each override was ended before its time, by its id."""
        return {e.fact.entry: e.at for e in reversed(self.history.of(facts.OverrideEnded))}

    def override_ends(self, override: Entry[facts.Override]) -> datetime:
        """Return when an override ends: at its own time, or when it was ended earlier."""
        return min(override.fact.ends, self._ended.get(override.id, override.fact.ends))

    @property
    @derived_from(facts.Released, *COURSE)
    def releases(self) -> tuple[Entry[facts.Released], ...]:
        """The releases of this course by a clinician; a new procedure ends those before it."""
        return tuple(each for each in self._of_this_course(facts.Released) if by_clinician(each))

    @property
    @derived_from(facts.ReleaseEnded)
    def _taken_back(self) -> Mapping[UUID, datetime]:
        """When each release was taken back, by its id."""
        return {e.fact.entry: e.at for e in reversed(self.history.of(facts.ReleaseEnded))}

    def release_ends(self, release: Entry[facts.Released]) -> datetime | None:
        """Return when a release was taken back; None: it holds."""
        return self._taken_back.get(release.id)

    def release_at(self, routine: Routine, at: datetime) -> Entry[facts.Released] | None:
        """Return the release that opens a routine at an instant; None: there is none."""
        for release in reversed(self.releases):
            ends = self.release_ends(release)
            if release.fact.routine == routine.id and release.at <= at and (ends is None or at < ends):
                return release
        return None

    def is_released(self, routine: Routine, at: datetime) -> bool:
        """Tell whether a routine waits for no release at an instant."""
        return routine.release is None or self.release_at(routine, at) is not None

    @property
    @derived_from(facts.Released, facts.SetDone, *COURSE)
    def routines(self) -> tuple[Routine, ...]:
        """The patient's routines: those open to all, and those released in this course or done ever."""
        own = {each.fact.routine for each in self.releases} | set(self.counted)
        known = self.protocol.routines.values()
        return tuple(each for each in known if each.release is None or each.id in own)

    @property
    @derived_from(facts.PainLimit, *COURSE)
    def pain_limits(self) -> tuple[Entry[facts.PainLimit], ...]:
        """The personal pain limits of this course, oldest first.

        A new procedure ends those before it.
        """
        return self._of_this_course(facts.PainLimit)

    def pain_limit_at(self, at: datetime) -> Entry[facts.PainLimit] | None:
        """Return the personal pain limit in force at an instant.

        A later one replaces an earlier one.
        """
        given = [limit for limit in self.pain_limits if limit.at <= at]
        latest = max(given, key=lambda entry: entry.seq, default=None)
        return latest if latest and at < latest.fact.ends else None

    @property
    @derived_from(facts.ClinicianHold, facts.HoldLifted)
    def holds(self) -> tuple[Entry[facts.ClinicianHold], ...]:
        """The holds that are not lifted."""
        lifted = {entry.fact.entry for entry in self.history.of(facts.HoldLifted)}
        return tuple(h for h in self.history.of(facts.ClinicianHold) if h.id not in lifted)

    @property
    @derived_from(facts.ClinicAgreed, *COURSE)
    def asked(self) -> tuple[tuple[Question, Entry[facts.Answer] | None], ...]:
        """The set-up questions that close something: unanswered, or waiting for the clinic."""
        since = self.course.told_since if self.course else 0
        waiting: list[tuple[Question, Entry[facts.Answer] | None]] = []
        for question in self.protocol.questions:
            if question.closes is Closes.NOTHING:
                continue
            reply = self.history.answers.get(question.id)
            if reply is None or reply.seq <= since:
                waiting.append((question, None))
            elif needs_word(question, reply.fact.reply) and not words_after(self.history, reply):
                waiting.append((question, reply))
        return tuple(waiting)
