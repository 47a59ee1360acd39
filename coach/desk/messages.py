"""Messages between a patient and the physiotherapists who follow them: short, plain, never watched live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.desk.admission import names
from coach.desk.policy import Action, Role
from coach.desk.writer import Desk, New
from coach.domain.faults import BadValue, Fault
from coach.domain.history import (
    MESSAGE_LIMIT,
    PATIENT,
    Entry,
    History,
    Message,
    MessageRead,
    by_clinician,
    plain_text,
)
from coach.domain.triage import is_discharged


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody of the other side has read a message: who ("" where no name is known), whether oneself, when."""

    who: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One message: who wrote it ("" where no name is known), whether oneself, and who read it, in that order."""

    entry: Entry[Message]
    who: str
    mine: bool
    by_clinician: bool
    read_by: tuple[Reading, ...]


class MessagesDesk(Desk):
    """One patient's thread, for that patient and for the physiotherapists of their care team."""

    @names(Action.MESSAGES_SEE)
    def thread(self) -> tuple[Row, ...]:
        """Return every message, oldest first, with who read it and when."""
        history = self.history()
        known = {**self.clinicians(), PATIENT: self.patient_name()}
        reads = [(read, self._up_to(history, read)) for read in history.of(MessageRead)]
        rows = []
        for message in self._messages(history):
            firsts: dict[str, Entry[MessageRead]] = {}
            for read, up_to in reads:
                other = by_clinician(read) != by_clinician(message)
                if other and up_to >= message.seq:
                    firsts.setdefault(read.author, read)
            rows.append(
                Row(
                    message,
                    known.get(message.author, ""),
                    message.author == self._author,
                    by_clinician(message),
                    tuple(
                        Reading(known.get(author, ""), author == self._author, read.recorded_at)
                        for author, read in firsts.items()
                    ),
                )
            )
        return tuple(rows)

    @names(Action.MESSAGES_SEE)
    def unread(self) -> tuple[Entry[Message], ...]:
        """Return the other side's messages that this viewer has not read, oldest first."""
        history = self.history()
        mine = (read for read in history.of(MessageRead) if read.author == self._author)
        last = max((self._up_to(history, read) for read in mine), default=0)
        return tuple(each for each in self._messages(history) if each.seq > last and self._others(each))

    @names(Action.MESSAGES_SEE)
    def is_read_by_somebody(self) -> bool:
        """Tell whether the clinic still follows this patient: after a discharge nobody reads."""
        return not is_discharged(self.history())

    @names(Action.MESSAGES_WRITE)
    def write(self, text: str, *, key: UUID) -> None:
        """Record a message of 1 to 1000 characters.

        Raises:
            BadValue: there is no text or too much of it, or nobody would read it.
        """
        if self.principal.role is Role.PATIENT and not self.is_read_by_somebody():
            raise BadValue(Fault.NOBODY_READS)
        self._record(New(Message(plain_text(text, MESSAGE_LIMIT))), key=key)

    @names(Action.MESSAGES_WRITE)
    def read(self, up_to: UUID, *, key: UUID) -> None:
        """Record that the other side's messages up to this one were read; read before, nothing is recorded.

        Raises:
            BadValue: there is no such message of the other side.
        """
        history = self.history()
        message = next((each for each in self._messages(history) if each.id == up_to), None)
        if message is None or not self._others(message):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if any(each.id == up_to for each in self.unread()):
            self._record(New(MessageRead(up_to)), key=key)

    def _others(self, message: Entry[Message]) -> bool:
        """Tell whether the other side wrote the message; colleagues are one side."""
        return by_clinician(message) is not (self.principal.role is Role.PHYSIOTHERAPIST)

    @staticmethod
    def _messages(history: History) -> tuple[Entry[Message], ...]:
        return tuple(sorted(history.of(Message), key=lambda entry: entry.seq))

    @staticmethod
    def _up_to(history: History, read: Entry[MessageRead]) -> int:
        message = history.by_id.get(read.fact.entry)
        return message.seq if message and isinstance(message.fact, Message) else 0
