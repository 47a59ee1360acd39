"""The set-up desk: the first questions, each answer recorded at once and correctable later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.domain import facts, set_up
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry
from coach.domain.protocol import Question


class SetUpDesk(UseCases):
    """Records the answers of set-up and their corrections."""

    @requires(Action.HISTORY_SEE)
    def steps(self) -> tuple[str, ...]:
        """Return the steps of set-up in order; a question's step is its id."""
        asked = tuple(q.id for q in self._context.protocol.questions)
        overnight = tuple(q.id for q in self._context.protocol.questions if q.meaning == "overnight")
        others = tuple(each for each in asked if each not in overnight)
        return ("understood", "procedure", *overnight, "home", "baseline", *others, "country")

    @requires(Action.HISTORY_SEE)
    def missing(self) -> tuple[str, ...]:
        """Return the unanswered steps, in order.

        The night in hospital is not asked before the patient is home.
        """
        case = self._context.case
        history, known = case.history, case.course
        since = known.told_since if known else 0
        answered = {name for name in history.settings if name in self.steps()}
        for reply in history.answers.values():
            question = case.protocol.question(reply.fact.question)
            if question and reply.seq > since:  # a new course asks everything again
                answered.add(question.id)
        if known:
            answered.add("procedure")
            arrivals = [a for a in history.of(facts.HomeArrival) if a.seq > since]
            answered |= {"home"} if arrivals else set()
            if arrivals and not max(arrivals, key=lambda entry: entry.seq).fact.home:
                answered |= {q.id for q in case.protocol.questions if q.meaning == "overnight"}
        if any(p.fact.when is facts.PainWhen.BASELINE and p.seq > since for p in history.of(facts.Pain)):
            answered.add("baseline")
        return tuple(step for step in self.steps() if step not in answered)

    @requires(Action.SETTINGS_CHANGE)
    def understand(self, *, key: UUID) -> None:
        """Record that the first screen (what Coach is and is not) was read."""
        self._context.record(NewEntry(facts.Setting("understood", self._context.protocol.version)), key=key)

    @requires(Action.HISTORY_TELL)
    def reply(self, question: str, reply: facts.Reply, *, key: UUID) -> None:
        """Record the answer to a set-up question; the latest answer counts."""
        known = self._context.protocol.question(question)
        if known is None:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=question)
        told = self._context.history().answers.get(question)
        counts = told if told and told.id != key and self._still_counts(told) else None
        if counts and set_up.opens_earlier(known, counts.fact.reply, reply) and self._context.is_followed():
            raise BadValue(Fault.PHYSIOTHERAPIST_DECIDES)
        self._context.record(NewEntry(facts.Answer(question, reply)), key=key)

    @requires(Action.HISTORY_TELL)
    def none_of(self, questions: Sequence[str], *, key: UUID) -> None:
        """Record "no" for those of the questions that have no answer yet, all at once."""
        missing = self.missing()
        for name in questions:
            if self._context.protocol.question(name) is None:
                raise BadValue(Fault.UNKNOWN_CHOICE, value=name)
        news = [NewEntry(facts.Answer(name, facts.Reply.NO)) for name in questions if name in missing]
        if news:
            self._context.record(*news, key=key)

    @requires(Action.HISTORY_TELL)
    def reply_all(
        self, replies: Mapping[str, facts.Reply], *, key: UUID, earlier_is_right: bool = False
    ) -> None:
        """Record new answers to several questions at once, or none of them.

        Raises:
            BadValue: an answer opens something earlier and `earlier_is_right` does not confirm it,
                or the physiotherapist decides that.
        """
        history = self._context.history()
        news = []
        for name, reply in replies.items():
            known = self._context.protocol.question(name)
            if known is None:
                raise BadValue(Fault.UNKNOWN_CHOICE, value=name)
            told = history.answers.get(name)
            counts = told.fact.reply if told and self._still_counts(told) else None
            if reply is counts:
                continue
            if counts and set_up.opens_earlier(known, counts, reply):
                if self._context.is_followed():
                    raise BadValue(Fault.PHYSIOTHERAPIST_DECIDES)
                if not earlier_is_right:
                    raise BadValue(Fault.OPENS_EARLIER)
            news.append(NewEntry(facts.Answer(name, reply)))
        if news:
            self._context.record(*news, key=key)

    @requires(Action.HISTORY_SEE)
    def unsure(self) -> tuple[Question, ...]:
        """Return the questions to which the patient answered that they are not sure."""
        case, answers = self._context.case, self._context.history().answers
        given = [(question, answers.get(question.id)) for question in case.protocol.questions]
        return tuple(
            question
            for question, reply in given
            if reply and reply.fact.reply is facts.Reply.UNSURE and self._still_counts(reply)
        )

    def _still_counts(self, answer: Entry[facts.Answer]) -> bool:
        """Tell whether an answer was given in the present course."""
        known = self._context.case.course
        return known is None or answer.seq > known.told_since

    @requires(Action.HISTORY_TELL)
    def baseline(self, score: facts.Score | None, *, key: UUID) -> None:
        """Record the pain in the week before the procedure; None: not remembered."""
        self._context.record(NewEntry(facts.Pain(score, facts.PainWhen.BASELINE)), key=key)
