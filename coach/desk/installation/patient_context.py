"""One patient's context: what each use case about a patient shares, and where their pages start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Self
from uuid import UUID, uuid5

from coach.desk.access.authorization import Principal, requires
from coach.desk.access.permissions import Action, Role
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.projection import projector
from coach.desk.installation.recording import NewEntry, clinician_names, drafted, name_of, new_key
from coach.domain.case import Case
from coach.domain.course import Course
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, RedFlagYes
from coach.domain.history import History, clinician_author
from coach.domain.payloads import to_payload
from coach.domain.protocol import Protocol
from coach.domain.times import CLOCK_SLACK
from coach.records.entries.store import Draft, KeyReused, Overtaken

TRIES = 5  # others may record something between looking and storing
LAST = 100  # entries that are looked at for a clock that stood later

__all__ = ["Desk", "PatientContext", "UseCases"]


class PatientContext:
    """One patient and whoever acts on them: admits by the access rule, reads the record, and records.

    The desks of one page share one context, so that a run reads the record once and a look is one line of the audit.
    """

    def __init__(self, installation: Installation, patient: UUID, principal: Principal) -> None:
        self.installation = installation
        self.patient = patient
        self.principal = principal
        self._admitted: set[Action] = set()
        self._keeps = False
        self._kept: History | None = None

    def admit(self, action: Action) -> None:
        """Let the principal do that to this patient.

        Raises:
            NotFound: the access rule does not allow it.
        """
        if action in self._admitted:
            return
        asked = self.installation.admission(self.principal)
        # Reading the record is part of a review, of a plan, of messages: one look is one line of the audit.
        part = action is Action.HISTORY_SEE and self._admitted
        if not part or not asked.allows(action, self.patient):
            asked.to_patient(action, self.patient)
        self._admitted.add(action)

    def may(self, action: Action) -> bool:
        """Tell whether the principal might do that to this patient."""
        return self.installation.admission(self.principal).allows(action, self.patient)

    @requires(Action.HISTORY_SEE)
    def is_followed(self) -> bool:
        """Tell whether a physiotherapist follows this patient, who then decides what opens earlier."""
        return not self.may(Action.GATE_OPEN_SELF)

    @requires(Action.HISTORY_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @requires(Action.HISTORY_SEE)
    def history(self) -> History:
        """Return everything recorded of this patient."""
        if self._kept is None or not self._keeps:
            self._kept = self.installation.shelf.history(self.patient)
        return self._kept

    @requires(Action.HISTORY_SEE)
    def clinicians(self) -> Mapping[str, str]:
        """Return the name of each physiotherapist who wrote in this record, by an entry's author."""
        return clinician_names(self.installation, self.history())

    @requires(Action.HISTORY_SEE)
    def patient_name(self) -> str:
        """Return what the patient is called, or "" where nobody said."""
        return name_of(self.installation, self.patient, self.history())

    def keep_for_one_run(self) -> None:
        """Read the record once from now on, and again after each recording: for one run of a page."""
        self._keeps = True

    def look_again(self) -> None:
        """Read the record again at the next question."""
        self._kept = None

    @property
    def protocol(self) -> Protocol:
        """The protocol that holds for this patient now."""
        return self.installation.protocol or self.installation.library.for_history(
            self.history(), clock.now()
        )

    @property
    def case(self) -> Case:
        """The patient's history read with the protocol that holds for them now."""
        return Case.of(self.protocol, self.history())

    @property
    def zone(self) -> str:
        """The patient's zone."""
        return self.history().zone

    @requires(Action.HISTORY_SEE)
    def course(self) -> Course | None:
        """Return the present course, or None before a procedure is recorded."""
        return self.case.course

    @property
    def author(self) -> str:
        """How an entry names whoever acts."""
        if self.principal.role is Role.PHYSIOTHERAPIST:
            return clinician_author(self.principal.account)
        return PATIENT

    def record(self, *news: NewEntry, key: UUID | None = None, after: int | None = None) -> None:
        """Record facts in one transaction; the same `key` again with the same facts is no second entry.

        Several facts under one key get keys derived from it, so that a double click stores once.

        Raises:
            Overtaken: something was recorded after the place `after`.
        """
        now = self.now()
        self.look_again()
        history = self.history()
        latest = max((entry.recorded_at for entry in history.counted[-LAST:]), default=now)
        behind = now < latest - CLOCK_SLACK
        # A warning sign is stored whatever the clock says.
        if behind and not any(isinstance(new.fact, RedFlagYes) for new in news):
            raise BadValue(Fault.CLOCK_WRONG)
        base = key or new_key()
        keys = [new.key or (base if i == 0 else uuid5(base, str(i))) for i, new in enumerate(news)]
        if all(self._is_there(history, k, new) for k, new in zip(keys, news, strict=True)):
            return
        drafts = [self.draft(k, new, history, now) for k, new in zip(keys, news, strict=True)]
        try:
            # Where nobody follows the patient there is no caseload: it is caught up with when somebody does.
            alone = self.principal.role is Role.HOUSEHOLD
            project = None if alone else projector(self.installation, now)
            self.installation.shelf.append(self.patient, drafts, project=project, after=after)
        except KeyReused:
            # A second click may have been recorded between reading and writing.
            self.look_again()
            known = self.history()
            if not all(self._is_there(known, k, new) for k, new in zip(keys, news, strict=True)):
                raise
        finally:
            self.look_again()

    def record_while(self, holds: Callable[[], None], *news: NewEntry, key: UUID) -> None:
        """Record facts while what their form assumed still holds at the moment of storing.

        `holds` looks at `history()` and raises otherwise; whatever is recorded in between is looked at too.
        """
        for _try in range(TRIES):
            self.look_again()
            history = self.history()
            if key in history.by_id:
                self.record(*news, key=key)  # the same act again
                return
            holds()
            try:
                self.record(*news, key=key, after=history.last_seq)
            except Overtaken:
                continue
            return
        raise BadValue(Fault.PLAN_CHANGED)

    @staticmethod
    def _is_there(history: History, key: UUID, new: NewEntry) -> bool:
        entry = history.by_id.get(key)
        if entry is None or type(entry.fact) is not type(new.fact):
            return False
        mine, theirs = to_payload(new.fact), to_payload(entry.fact)
        return mine == theirs and (new.at is None or new.at == entry.at)

    def draft(self, key: UUID, new: NewEntry, history: History, now: datetime) -> Draft:
        """Return what is recorded of a fact by whoever acts."""
        return drafted(new, history, key=key, now=now, author=self.author)


class UseCases:
    """Use cases about one patient that belong together; each method asks the access rule through the context."""

    def __init__(self, context: PatientContext) -> None:
        self._context = context

    @property
    def principal(self) -> Principal:
        """Who acts."""
        return self._context.principal

    @property
    def patient(self) -> UUID:
        """Whose record it is."""
        return self._context.patient

    def admit(self, action: Action) -> None:
        """Let the principal do that to this patient.

        Raises:
            NotFound: the access rule does not allow it.
        """
        self._context.admit(action)


class Desk(UseCases):
    """Where a page about one patient starts: whose record it is, what is recorded, the time there."""

    def __init__(self, installation: Installation, patient: UUID, principal: Principal) -> None:
        super().__init__(PatientContext(installation, patient, principal))

    @property
    def installation(self) -> Installation:
        """The open record."""
        return self._context.installation

    @property
    def protocol(self) -> Protocol:
        """The protocol that holds for this patient now."""
        return self._context.protocol

    @property
    def case(self) -> Case:
        """The patient's history read with the protocol that holds for them now."""
        return self._context.case

    @property
    def zone(self) -> str:
        """The patient's zone."""
        return self._context.zone

    @requires(Action.HISTORY_SEE)
    def is_followed(self) -> bool:
        """Tell whether a physiotherapist follows this patient, who then decides what opens earlier."""
        return self._context.is_followed()

    @requires(Action.HISTORY_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return self._context.now()

    @requires(Action.HISTORY_SEE)
    def history(self) -> History:
        """Return everything recorded of this patient."""
        return self._context.history()

    @requires(Action.HISTORY_SEE)
    def clinicians(self) -> Mapping[str, str]:
        """Return the name of each physiotherapist who wrote in this record, by an entry's author."""
        return self._context.clinicians()

    @requires(Action.HISTORY_SEE)
    def patient_name(self) -> str:
        """Return what the patient is called, or "" where nobody said."""
        return self._context.patient_name()

    @requires(Action.HISTORY_SEE)
    def course(self) -> Course | None:
        """Return the present course, or None before a procedure is recorded."""
        return self._context.course()

    @requires(Action.HISTORY_SEE)
    def for_one_run(self) -> Self:
        """Return this desk for one run of a page: it reads the record once, and anew after it records."""
        self._context.keep_for_one_run()
        return self
