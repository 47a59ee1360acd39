"""Messages between a patient and the physiotherapists of the care team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic.caseload import UNDONE
from coach.desk.installation.patient_context import Desk
from coach.desk.installation.recording import NewEntry
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, Discharged, Message, MessageRead, NoAnswerNeeded, Void
from coach.domain.free_text import MESSAGE_LIMIT, plain_text
from coach.domain.history import Entry, History, by_clinician
from coach.domain.messages import Waiting, unread, up_to, waiting
from coach.domain.standing import is_discharged


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a message by the other side: name ("" if unknown), by the viewer or not, when."""

    who: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message: author's name ("" if unknown), whether the viewer wrote it, and its readings.

    `waits` tells that it is the patient's, and neither answered nor marked as needing no answer;
    `settled` is the entry that marked it, `settled_by` that entry's author.
    """

    entry: Entry[Message]
    who: str
    mine: bool
    by_clinician: bool
    read_by: tuple[Reading, ...]
    waits: bool = False
    settled: Entry[NoAnswerNeeded] | None = None
    settled_by: Reading | None = None


class MessagesDesk(Desk):
    """One patient's messages, for the patient and the physiotherapists of the care team."""

    @requires(Action.MESSAGES_SEE)
    def thread(self) -> tuple[MessageRow, ...]:
        """Return every message, oldest first, with who read it and when."""
        history = self.history()
        known = {**self.clinicians(), PATIENT: self.patient_name()}
        reads = [(read, up_to(history, read)) for read in history.of(MessageRead)]
        waits = {each.message.id for each in waiting(history)}
        words = {word.fact.entry: word for word in history.of(NoAnswerNeeded) if by_clinician(word)}
        rows = []
        for message in self._messages(history):
            firsts: dict[str, Entry[MessageRead]] = {}
            for read, last in reads:
                other = by_clinician(read) != by_clinician(message)
                if other and last >= message.seq:
                    firsts.setdefault(read.author, read)
            word = words.get(message.id)
            rows.append(
                MessageRow(
                    message,
                    known.get(message.author, ""),
                    message.author == self._context.author,
                    by_clinician(message),
                    tuple(
                        Reading(known.get(author, ""), author == self._context.author, read.recorded_at)
                        for author, read in firsts.items()
                    ),
                    message.id in waits,
                    word,
                    Reading(known.get(word.author, ""), word.author == self._context.author, word.recorded_at)
                    if word
                    else None,
                )
            )
        return tuple(rows)

    @requires(Action.MESSAGES_SEE)
    def unread(self) -> tuple[Entry[Message], ...]:
        """Return the other side's messages that this viewer has not read, oldest first."""
        of_clinician = self.principal.role is not Role.PHYSIOTHERAPIST
        return unread(self.history(), self._context.author, of_clinician=of_clinician)

    @requires(Action.MESSAGES_SEE)
    def is_read_by_somebody(self) -> bool:
        """Tell whether the clinic still follows this patient; otherwise nobody reads messages."""
        return not is_discharged(self.history())

    @requires(Action.MESSAGES_SEE)
    def lead(self) -> str:
        """Return the name of the physiotherapist who looks after this patient, "" if the whole team does."""
        people = self.installation.people
        person = people.person(self.patient)
        if person is None or person.lead is None or person.team not in people.teams_of(person.lead):
            return ""
        account = self.installation.accounts.account(person.lead)
        return account.name if account and account.disabled_at is None else ""

    @requires(Action.MESSAGES_SEE)
    def waiting(self) -> tuple[Waiting, ...]:
        """Return the patient's messages that wait for an answer, oldest first."""
        return waiting(self.history())

    @requires(Action.MESSAGES_WRITE)
    def write(self, text: str, *, key: UUID, seen_seq: int | None = None) -> None:
        """Record a message of 1 to 1000 characters.

        `seen_seq` is `seen_seq()` when its form was built.

        Raises:
            BadValue: the text is empty or too long, nobody would read it, or since then a colleague
                wrote or discharged the patient.
        """

        def holds() -> None:
            history = self.history()
            if self.principal.role is Role.PATIENT:
                if is_discharged(history):
                    raise BadValue(Fault.NOBODY_READS)
                return
            since = [each for each in history.entries if seen_seq is not None and each.seq > seen_seq]
            theirs = [each for each in since if by_clinician(each) and each.author != self._context.author]
            if any(isinstance(each.fact, Message) for each in theirs):
                raise BadValue(Fault.WRITTEN_MEANWHILE)
            if is_discharged(history) and any(isinstance(each.fact, Discharged) for each in theirs):
                raise BadValue(Fault.DISCHARGED_MEANWHILE)

        self._context.record_while(holds, NewEntry(Message(plain_text(text, MESSAGE_LIMIT))), key=key)

    @requires(Action.MESSAGES_SEE)
    def seen_seq(self) -> int:
        """Return the number of the last entry, as the state that a form was built from."""
        return self.history().last_seq

    @requires(Action.MESSAGES_WRITE)
    def read(self, last: UUID, *, key: UUID) -> None:
        """Record that the other side's messages up to this one were read, unless that is recorded.

        Raises:
            BadValue: there is no such message of the other side.
        """
        history = self.history()
        message = next((each for each in self._messages(history) if each.id == last), None)
        if message is None or not self._others(message):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if any(each.id == last for each in self.unread()):
            self._context.record(NewEntry(MessageRead(last)), key=key)

    @requires(Action.PATIENT_MARK)
    def needs_no_answer(self, last: UUID, *, key: UUID) -> None:
        """Record that the patient's messages up to this one need no answer.

        Raises:
            BadValue: none of them is waiting.
        """

        def holds() -> None:
            if not any(each.message.id == last for each in waiting(self.history())):
                raise BadValue(Fault.ANSWERED_ALREADY)

        self._context.record_while(holds, NewEntry(NoAnswerNeeded(last)), key=key)

    @requires(Action.PATIENT_MARK)
    def undo_no_answer(self, word: UUID, *, key: UUID) -> None:
        """Void such a mark; it stays in the record.

        Raises:
            BadValue: it does not count.
        """

        def holds() -> None:
            if word not in {each.id for each in self.history().of(NoAnswerNeeded)}:
                raise BadValue(Fault.UNDONE_ALREADY)

        self._context.record_while(holds, NewEntry(Void(word, UNDONE)), key=key)

    def _others(self, message: Entry[Message]) -> bool:
        """Tell whether the other side wrote the message; colleagues are the same side."""
        return by_clinician(message) is not (self.principal.role is Role.PHYSIOTHERAPIST)

    @staticmethod
    def _messages(history: History) -> tuple[Entry[Message], ...]:
        return tuple(sorted(history.of(Message), key=lambda entry: entry.seq))
