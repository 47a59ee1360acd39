"""Messages: what a reader has read, and which of the patient's still wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from coach.domain.facts import Message, MessageRead, NoAnswerNeeded
from coach.domain.history import Entry, History, by_clinician


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patient's message that was neither answered nor marked as needing no answer.

    `read` is the first reading of it by a physiotherapist, None where none has read it.
    """

    message: Entry[Message]
    read: Entry[MessageRead] | None


def waiting(history: History) -> tuple[Waiting, ...]:
    """Return the patient's messages that wait for an answer, oldest first.

    Only a message that its writer had read is answered by them: what the patient sent while the answer
    was being typed still waits.
    """
    theirs = [each for each in _in_order(history) if not by_clinician(each)]
    reads = [(read, up_to(history, read)) for read in history.of(MessageRead) if by_clinician(read)]
    done = _settled_up_to(history)
    return tuple(Waiting(message, _first(reads, message)) for message in theirs if message.seq > done)


def up_to(history: History, word: Entry[MessageRead] | Entry[NoAnswerNeeded]) -> int:
    """Return the place of the message that was read or needs no answer, and with it those before; 0 for none."""
    target = history.by_id.get(word.fact.entry)
    return target.seq if target and isinstance(target.fact, Message) else 0


def _settled_up_to(history: History) -> int:
    """Return up to which place the patient's messages are answered or need no answer."""
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
