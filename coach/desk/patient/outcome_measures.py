"""The outcome questions: which are open, and recording the answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.domain import measures
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Activity, Change, ChangeRating, FunctionScore, PutOff, PutOffWhat
from coach.domain.free_text import ACTIVITY_LIMIT, one_line
from coach.domain.history import Entry
from coach.domain.protocol import Occasion


class MeasuresDesk(UseCases):
    """Records activities, their scores, and the rating of change.

    A new answer replaces the earlier one. An answer after the end of its occasion is refused.
    """

    @requires(Action.HISTORY_SEE)
    def questions(self) -> measures.Due | None:
        """Return the open occasion, answered or not, or None."""
        return measures.offered(self._context.case, now=self._context.now())

    @requires(Action.HISTORY_SEE)
    def activities(self) -> tuple[Entry[Activity], ...]:
        """Return the activities that the patient named in the present course."""
        return measures.activities(self._context.case)

    @requires(Action.HISTORY_TELL)
    def name_activities(self, texts: Sequence[str], *, instead_of: Sequence[UUID] = (), key: UUID) -> None:
        """Record activities; `instead_of` are those that the form showed, to be reworded in order.

        Raises:
            BadValue: there are none, duplicates or too many, others were named meanwhile, or
                no occasion is open.
        """
        if self._again(key):
            return
        self._open()
        lines = [one_line(text, ACTIVITY_LIMIT) for text in texts]
        old = self.activities()
        if [each.id for each in old] != list(instead_of):
            raise BadValue(Fault.ACTIVITIES_NAMED)
        if not lines or not all(lines) or len(lines) < len(old):
            raise BadValue(Fault.TEXT_MISSING)
        most = self._context.protocol.measures.activities_most.whole if self._context.protocol.measures else 0
        if len(lines) > most:
            raise BadValue(Fault.TOO_MANY_ACTIVITIES, limit=most)
        folded = [line.casefold() for line in lines]
        twice = next((line for line in lines if folded.count(line.casefold()) > 1), None)
        if twice is not None:
            raise BadValue(Fault.ACTIVITY_TWICE, value=twice)
        reworded = zip(old, lines[: len(old)], strict=True)
        news = [
            NewEntry(Activity(line), at=each.at, supersedes=each.id, zone=each.zone)
            for each, line in reworded
            if each.fact.text != line
        ]
        news += [NewEntry(Activity(line)) for line in lines[len(old) :]]
        if news:
            self._context.record(*news, key=key)

    @requires(Action.HISTORY_TELL)
    def score_activity(self, occasion: str, activity: UUID, able: int | None, *, key: UUID) -> None:
        """Record the score of an activity, 0-10; None means asked but unknown.

        Raises:
            BadValue: the score is invalid, there is no such activity, or the occasion is over.
        """
        if self._again(key):
            return
        self._open(occasion)
        case = self._context.case
        found = measures.activity_of(case, activity)  # it may be reworded meanwhile
        if found is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        old = measures.score_of(case, occasion, found)
        new = NewEntry(FunctionScore(occasion, activity, able), supersedes=old.id if old else None)
        self._context.record(new, key=key)

    @requires(Action.HISTORY_TELL)
    def rate_change(self, occasion: str, rating: Change | None, *, key: UUID) -> None:
        """Record the rated change of the back since the procedure; None means asked but unknown.

        Raises:
            BadValue: this occasion does not ask for it, or it is over.
        """
        if self._again(key):
            return
        if not self._open(occasion).asks_change:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=occasion)
        old = measures.rating_of(self._context.case, occasion)
        self._context.record(
            NewEntry(ChangeRating(occasion, rating), supersedes=old.id if old else None), key=key
        )

    @requires(Action.HISTORY_TELL)
    def put_off(self, occasion: str, what: PutOffWhat, *, key: UUID) -> None:
        """Record that the patient puts the questions off for today, or names no activities.

        Raises:
            BadValue: the occasion is over.
        """
        if self._again(key):
            return
        self._open(occasion)
        self._context.record(NewEntry(PutOff(occasion, what)), key=key)

    def _again(self, key: UUID) -> bool:
        """Tell whether that act was recorded already: a second tap may come after the end."""
        self._context.look_again()
        return key in self._context.history().by_id

    def _open(self, occasion: str | None = None) -> Occasion:
        """Return the open occasion of that id; any other is refused."""
        found = self.questions()
        if found is None or occasion not in (None, found.occasion.id):
            raise BadValue(Fault.OCCASION_CLOSED)
        return found.occasion
