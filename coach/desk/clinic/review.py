"""The review's desk: one patient as their physiotherapist looks back at them, and what the clinic knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.caseload import SeenDesk
from coach.desk.clinic.patients import FollowUpDesk
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.export import Named, Taking
from coach.domain import caseload_card, gate, red_flags, standing, triage
from coach.domain import decisions as gate_decisions
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, Answer, CourseDetail, Detail, RedFlagYes
from coach.domain.free_text import LINE_LIMIT, plain_text
from coach.domain.history import Entry
from coach.domain.need import Need
from coach.domain.protocol import Question

VISIT_LASTS = timedelta(minutes=30)  # between two looks of one visit


@dataclass(frozen=True, slots=True)
class Who:
    """What the clinic calls a patient; each "" where nobody said."""

    name: str
    reference: str


class ReviewDesk(FollowUpDesk, SeenDesk, Named, Taking):
    """Everything a physiotherapist asks about one patient of their teams."""

    @requires(Action.REVIEW_SEE)
    def person(self) -> Who:
        """Return who the patient is."""
        known = self.installation.people.person(self.patient)
        first_name = str(self.history().settings.get("first_name", ""))
        return Who((known.name if known else "") or first_name, known.reference if known else "")

    @requires(Action.REVIEW_SEE)
    def authors(self) -> Mapping[str, str]:
        """Return the name of everybody who wrote in this record, by author; nobody without a name."""
        known = {**self.clinicians(), PATIENT: self.person().name}
        return {author: name for author, name in known.items() if name}

    @requires(Action.REVIEW_SEE)
    def author(self) -> str:
        """Return how an entry names its author where the viewer wrote it."""
        return self._author

    # what was looked at

    @requires(Action.REVIEW_SEE)
    def last_looked(self) -> tuple[int, datetime] | None:
        """Return up to which entry the viewer had looked before this visit, and when; None before the second.

        It stays the same for as long as the visit goes on, also on another device and after a reload.
        """
        account = self.principal.account
        if account is None:
            return None
        return self.installation.people.looked(account, self.patient, at=self.now(), lasts=VISIT_LASTS)

    @requires(Action.REVIEW_SEE)
    def look(self) -> None:
        """Remember that the viewer has looked at everything recorded now."""
        seq, account = self.history().last_seq, self.principal.account
        if account and seq:
            now = self.now()
            self.installation.people.look(account, self.patient, seq=seq, at=now, lasts=VISIT_LASTS)

    # how the patient stands

    @requires(Action.REVIEW_SEE)
    def decisions(self) -> Mapping[str, gate_decisions.Decision]:
        """Return what is open now and what is not, by routine."""
        return gate.decide(self.case, now=self.now())

    @requires(Action.REVIEW_SEE)
    def open_flags(self) -> tuple[Entry[RedFlagYes], ...]:
        """Return the red flags that are open, the most urgent first."""
        return red_flags.open_flags(self.case)

    @requires(Action.REVIEW_SEE)
    def needs(self) -> tuple[Need, ...]:
        """Return why the patient needs a look now, the most urgent first."""
        return standing.current(triage.needs(self.case), self.now())

    @requires(Action.REVIEW_SEE)
    def card(self) -> caseload_card.Card:
        """Return what the caseload shows of the patient."""
        return caseload_card.card(self.case)

    @requires(Action.REVIEW_SEE)
    def answers(self) -> tuple[tuple[Question, Entry[Answer] | None, bool], ...]:
        """Return every set-up question with its answer in this course, and whether it closes something now."""
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
        """Record one thing about the course; empty takes it back, the same again records nothing.

        `instead_of` is what the form showed, None where that does not matter.

        Raises:
            BadValue: the text is too long, or something else stands there by now.
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
            return  # this field was not touched: what somebody wrote meanwhile stays
        if key in self.history().by_id or line != there:
            self._record(NewEntry(CourseDetail(detail, line)), key=key)
