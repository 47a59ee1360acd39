"""The review desk: one patient's record for the physiotherapist, and the course data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from coach.desk.access.authorization import Principal, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import ticket
from coach.desk.clinic.caseload import SeenDesk
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import Desk
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.export import ExportDesk
from coach.domain import caseload_card, gate, messages, red_flags, standing, triage
from coach.domain import decisions as gate_decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, Answer, CourseDetail, Detail, RedFlagYes
from coach.domain.free_text import LINE_LIMIT, plain_text
from coach.domain.history import Entry
from coach.domain.need import Need
from coach.domain.protocol import Question
from coach.domain.times import local_date

VISIT_LASTS = timedelta(minutes=30)  # between two views of one visit


@dataclass(frozen=True, slots=True)
class Who:
    """A patient's name and reference, or ""."""

    name: str
    reference: str


class ReviewDesk(Desk):
    """The review of one patient of a physiotherapist's teams."""

    def __init__(self, installation: Installation, patient: UUID, principal: Principal) -> None:
        super().__init__(installation, patient, principal)
        self.seen = SeenDesk(self._context)
        self.export = ExportDesk(self._context)

    @requires(Action.REVIEW_SEE)
    def ticket(self) -> str:
        """Return a token of this patient for an address, valid for the viewer and a while."""
        return ticket(self._context)

    @requires(Action.REVIEW_SEE)
    def person(self) -> Who:
        """Return the patient's name and reference."""
        known = self.installation.people.person(self.patient)
        first_name = str(self.history().settings.get("first_name", ""))
        return Who((known.name if known else "") or first_name, known.reference if known else "")

    @requires(Action.REVIEW_SEE)
    def authors(self) -> Mapping[str, str]:
        """Return the names of authors in this record, by author; unknown ones are left out."""
        known = {**self.clinicians(), PATIENT: self.person().name}
        return {author: name for author, name in known.items() if name}

    @requires(Action.REVIEW_SEE)
    def author(self) -> str:
        """Return the author of entries by the viewer."""
        return self._context.author

    # what was looked at

    @requires(Action.REVIEW_SEE)
    def last_looked(self) -> tuple[int, datetime] | None:
        """Return the last entry seen before this visit, and when; None in the first visit.

        It stays the same during a visit, also on another device and after a reload.
        """
        account = self.principal.account
        if account is None:
            return None
        return self.installation.people.looked(account, self.patient, at=self.now(), lasts=VISIT_LASTS)

    @requires(Action.REVIEW_SEE)
    def look(self) -> None:
        """Store that the viewer has seen everything recorded until now."""
        seq, account = self.history().last_seq, self.principal.account
        if account and seq:
            now = self.now()
            self.installation.people.look(account, self.patient, seq=seq, at=now, lasts=VISIT_LASTS)

    # how the patient stands

    @requires(Action.REVIEW_SEE)
    def today(self) -> date:
        """Return today's date where the patient lives."""
        return local_date(self.now(), self.zone)

    @requires(Action.REVIEW_SEE)
    def is_discharged(self) -> bool:
        """Tell whether the clinic no longer follows this patient."""
        return standing.is_discharged(self.history())

    @requires(Action.REVIEW_SEE)
    def decisions(self) -> Mapping[str, gate_decisions.Decision]:
        """Return what is open now and what is not, by routine."""
        return gate.decide(self.case, now=self.now())

    @requires(Action.REVIEW_SEE)
    def open_flags(self) -> tuple[Entry[RedFlagYes], ...]:
        """Return the open red flags, the most urgent first."""
        return red_flags.open_flags(self.case)

    @requires(Action.REVIEW_SEE)
    def needs(self) -> tuple[Need, ...]:
        """Return the patient's present needs, the most urgent first."""
        return standing.current(triage.needs(self.case), self.now())

    @requires(Action.REVIEW_SEE)
    def waiting(self) -> tuple[messages.Waiting, ...]:
        """Return the patient's messages that wait for an answer, oldest first."""
        return messages.waiting(self.history())

    @requires(Action.REVIEW_SEE)
    def card(self) -> caseload_card.Card:
        """Return the patient's card in the caseload."""
        return caseload_card.card(self.case)

    @requires(Action.REVIEW_SEE)
    def answers(self) -> tuple[tuple[Question, Entry[Answer] | None, bool], ...]:
        """Return each set-up question with its answer in this course, and whether that closes."""
        known = self.course()
        since = known.told_since if known else 0
        asked = {question.id for question, _reply in self.case.asked}
        given = self.history().answers
        return tuple(
            (question, reply if reply and reply.seq > since else None, question.id in asked)
            for question in self.protocol.questions
            for reply in (given.get(question.id),)
        )

    # what the clinic knows

    @requires(Action.PATIENT_MARK)
    def set_detail(self, detail: Detail, text: str, *, key: UUID, instead_of: str | None = None) -> None:
        """Record a detail of the course; "" removes it, the same value again records nothing.

        `instead_of` is the value that the form showed, None if that does not matter.

        Raises:
            BadValue: the text is too long, or the detail was changed meanwhile.
        """
        line = plain_text(" ".join(text.split()), LINE_LIMIT)
        known = [entry for entry in self.history().of(CourseDetail) if entry.fact.detail is detail]
        latest = max(known, key=lambda entry: entry.seq, default=None)
        there = latest.fact.text if latest else ""
        if (
            key not in self.history().by_id
            and instead_of not in (None, there)
            and line not in (there, instead_of)
        ):
            raise BadValue(Fault.DETAIL_CHANGED, value=there)
        if key not in self.history().by_id and line == instead_of and line != there:
            return  # the user did not change this field: another user's change stays
        if key in self.history().by_id or line != there:
            self._context.record(NewEntry(CourseDetail(detail, line)), key=key)
