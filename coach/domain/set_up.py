"""Set-up answers: which answers open something earlier, and which wait for the clinic's word."""

from __future__ import annotations

from coach.domain.facts import Answer, ClinicAgreed, Reply
from coach.domain.history import Entry, History
from coach.domain.protocol import Closes, Protocol, Question


def opens_earlier(question: Question, old: Reply | None, new: Reply) -> bool:
    """Tell whether a new answer may open something earlier than the old one (None: unanswered).

    "No" reverses an answer that closes something; a night in hospital shortens the rest at home.
    """
    if question.meaning == "overnight":
        return new is Reply.YES and old is not Reply.YES
    return question.closes is not Closes.NOTHING and new is Reply.NO and old is not Reply.NO


def needs_word(question: Question, reply: Reply) -> bool:
    """Tell whether an answer keeps something closed until the clinic agrees."""
    return question.closes is not Closes.NOTHING and reply is not Reply.NO


def words_after(history: History, answer: Entry[Answer]) -> tuple[Entry[ClinicAgreed], ...]:
    """Return the clinic's agreements to an answer: to its question, recorded after it."""
    return tuple(
        word
        for word in history.of(ClinicAgreed)
        if word.fact.question == answer.fact.question and word.seq > answer.seq
    )


def said_yes(protocol: Protocol, history: History, meaning: str, *, since: int = 0) -> bool:
    """Tell whether the question with that meaning has a yes after the entry number `since`."""
    for question in protocol.questions:
        reply = history.answers.get(question.id)
        if question.meaning == meaning and reply and reply.seq > since:
            return reply.fact.reply is Reply.YES
    return False
