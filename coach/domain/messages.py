"""Messages: what has been read, and which of the patient's wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from coach.domain.derived import derived_from
from coach.domain.facts import Message, MessageRead, NoAnswerNeeded
from coach.domain.history import Entry, History, by_clinician


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patient's message that was neither answered nor marked as needing no answer.

    `read` is the first reading by a physiotherapist, or None.
    """

    message: Entry[Message]
    read: Entry[MessageRead] | None


@derived_from(Message, MessageRead, NoAnswerNeeded)
def waiting(history: History) -> tuple[Waiting, ...]:
    """Return the patient's messages that wait for an answer, oldest first.

    An answer settles only messages that its writer had read: one that the patient sent while it
    was being typed still waits.
    """
    theirs = [each for each in _in_order(history) if not by_clinician(each)]
    reads = [(read, up_to(history, read)) for read in history.of(MessageRead) if by_clinician(read)]
    done = _settled_up_to(history)
    return tuple(Waiting(message, _first(reads, message)) for message in theirs if message.seq > done)


def unread(history: History, reader: str, *, of_clinician: bool) -> tuple[Entry[Message], ...]:
    """Return the messages of the clinic, or of the patient, that a reader has not read, oldest first."""
    last = max((up_to(history, read) for read in history.of(MessageRead) if read.author == reader), default=0)
    found = _in_order(history)
    return tuple(each for each in found if each.seq > last and by_clinician(each) is of_clinician)


def up_to(history: History, word: Entry[MessageRead] | Entry[NoAnswerNeeded]) -> int:
    """Return the number of the message up to which an entry marks messages; 0 for none."""
    target = history.by_id.get(word.fact.entry)
    return target.seq if target and isinstance(target.fact, Message) else 0


def _settled_up_to(history: History) -> int:
    """Return the number up to which the patient's messages are answered or need no answer."""
    words: list[Entry[object]] = [
        entry
        for kind in (MessageRead, NoAnswerNeeded, Message)
        for entry in history.of(kind)
        if by_clinician(entry)
    ]
    read: dict[str, int] = {}
    done = 0
    for word in sorted(words, key=lambda entry: entry.seq):
        match word.fact:
            case MessageRead():
                known = up_to(history, cast("Entry[MessageRead]", word))
                read[word.author] = max(read.get(word.author, 0), known)
            case NoAnswerNeeded():
                done = max(done, up_to(history, cast("Entry[NoAnswerNeeded]", word)))
            case _:
                done = max(done, read.get(word.author, 0))
    return done


def _first(reads: list[tuple[Entry[MessageRead], int]], message: Entry[Message]) -> Entry[MessageRead] | None:
    known = (read for read, last in reads if last >= message.seq)
    return min(known, key=lambda read: read.seq, default=None)


def _in_order(history: History) -> tuple[Entry[Message], ...]:
    return tuple(sorted(history.of(Message), key=lambda entry: entry.seq))
