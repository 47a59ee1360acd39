"""The case: one patient's history with the protocol, and what the rules need of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from coach.domain import facts
from coach.domain.course import Course, course
from coach.domain.derived import Keeper
from coach.domain.history import Entry, F, History, set_end
from coach.domain.protocol import Closes, Protocol, Question
from coach.domain.set_up import needs_word, words_after


class Case(Keeper):
    """One patient's history read under a protocol: the course, and entries by routine and kind.

    Nothing in it depends on "now". Values that other modules derive from it are cached in it
    (`derived`).
    """

    def __init__(self, protocol: Protocol, history: History) -> None:
        super().__init__()
        self.protocol = protocol
        self.rules = protocol.rules
        self.history = history
        self.course: Course | None = course(protocol, history)

    @staticmethod
    def of(protocol: Protocol, history: History) -> Case:
        """Return the case of a history under a protocol; the same object for the same two."""
        return history.keep((Case, protocol.digest), Case, protocol, history)

    @cached_property
    def done(self) -> Mapping[str, tuple[Entry[facts.SetDone], ...]]:
        """The sets of each routine in order of their start."""
        found: dict[str, list[Entry[facts.SetDone]]] = {}
        for entry in self.history.of(facts.SetDone):
            found.setdefault(entry.fact.routine, []).append(entry)
        return {routine: tuple(sets) for routine, sets in found.items()}

    @cached_property
    def counted(self) -> Mapping[str, tuple[Entry[facts.SetDone], ...]]:
        """The sets of each routine that count: with at least the protocol's share of their reps."""
        share = self.rules.set_counts_from.value
        return {
            routine: tuple(s for s in sets if s.fact.reps_done >= share * s.fact.reps_planned)
            for routine, sets in self.done.items()
        }

    @cached_property
    def starts(self) -> Mapping[str, tuple[datetime, ...]]:
        """When each set that counts began, by routine, oldest first."""
        return {routine: tuple(done.at for done in sets) for routine, sets in self.counted.items()}

    @cached_property
    def counted_by_day(self) -> Mapping[tuple[str, date], int]:
        """How many sets of a routine count on a local day."""
        found: dict[tuple[str, date], int] = {}
        for routine, sets in self.counted.items():
            for done in sets:
                found[routine, done.local_date] = found.get((routine, done.local_date), 0) + 1
        return found

    @cached_property
    def last_ends(self) -> Mapping[str, datetime]:
        """When the latest set of each routine that counts ended."""
        return {r: max(map(set_end, sets)) for r, sets in self.counted.items() if sets}

    def _of_this_course(self, kind: type[F]) -> tuple[Entry[F], ...]:
        first = self.course.first.seq if self.course else 0
        return tuple(entry for entry in self.history.of(kind) if entry.seq > first)

    @cached_property
    def overrides(self) -> tuple[Entry[facts.Override], ...]:
        """The overrides of this course; a new procedure ends those before it."""
        return self._of_this_course(facts.Override)

    @cached_property
    def _ended(self) -> Mapping[UUID, datetime]:
        """When each override was ended before its time, by its id."""
        return {e.fact.entry: e.at for e in reversed(self.history.of(facts.OverrideEnded))}

    def override_ends(self, override: Entry[facts.Override]) -> datetime:
        """Return when an override ends: at its own time, or when it was ended earlier."""
        return min(override.fact.ends, self._ended.get(override.id, override.fact.ends))

    @cached_property
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

    @cached_property
    def holds(self) -> tuple[Entry[facts.ClinicianHold], ...]:
        """The holds that are not lifted."""
        lifted = {entry.fact.entry for entry in self.history.of(facts.HoldLifted)}
        return tuple(h for h in self.history.of(facts.ClinicianHold) if h.id not in lifted)

    @cached_property
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
