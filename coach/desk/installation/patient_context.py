"""The patient context: what all use cases of one patient share, and the base of their desks."""

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
from coach.desk.installation.signed_values import signatures
from coach.domain.case import Case
from coach.domain.course import Course
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT, RedFlagYes
from coach.domain.history import History, clinician_author
from coach.domain.payloads import to_payload
from coach.domain.protocol import Protocol
from coach.domain.sign_off import SignOff, sign_off
from coach.domain.times import CLOCK_SLACK
from coach.records.entries.store import Draft, KeyReused, Overtaken

TRIES = 5  # attempts, as others may record entries between reading and storing
LAST = 100  # entries that are checked for a clock that stood ahead

__all__ = ["Desk", "PatientContext", "UseCases"]


class PatientContext:
    """One patient and the acting principal: checks permissions, reads the record, and records.

    The desks of one page share a context, so that a run reads the record once and causes one line
    of the audit.
    """

    def __init__(self, installation: Installation, patient: UUID, principal: Principal) -> None:
        self.installation = installation
        self.patient = patient
        self.principal = principal
        self._admitted: set[Action] = set()
        self._keeps = False
        self._kept: History | None = None
        self._holding: Protocol | None = None

    def admit(self, action: Action) -> None:
        """Let the principal do that to this patient.

        Raises:
            NotFound: the access rule does not allow it.
        """
        if action in self._admitted:
            return
        asked = self.installation.authorization(self.principal)
        # Reading the record is part of a review, plan or messages: together they are one line of
        # the audit.
        part = action is Action.HISTORY_SEE and self._admitted
        if not part or not asked.allows(action, self.patient):
            asked.to_patient(action, self.patient)
        self._admitted.add(action)

    def may(self, action: Action) -> bool:
        """Tell whether the principal may do that to this patient, without an audit line."""
        return self.installation.authorization(self.principal).allows(action, self.patient)

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
        """Return the patient's history."""
        if self._kept is None or not self._keeps:
            self._kept = self.installation.history_cache.history(self.patient)
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
        """Keep the history and its protocol for one run of a page; both are read again after each recording."""
        self._keeps = True

    def look_again(self) -> None:
        """Read the record again at the next access."""
        self._kept = self._holding = None

    @property
    def protocol(self) -> Protocol:
        """The protocol that holds for this patient now."""
        history = self.history()
        if self._holding is None or not self._keeps:
            chosen = self.installation.protocol
            registry = self.installation.protocol_registry
            self._holding = chosen or registry.for_history(history, clock.now())
        return self._holding

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
        """The author of entries by the principal."""
        if self.principal.role is Role.PHYSIOTHERAPIST:
            return clinician_author(self.principal.account)
        return PATIENT

    def record(self, *news: NewEntry, key: UUID | None = None, after: int | None = None) -> None:
        """Record facts in one transaction.

        The same `key` again with the same facts records nothing.

        Several facts under one key get keys derived from it, so that a double tap is stored once.

        Raises:
            Overtaken: an entry was recorded after number `after`.
        """
        now = self.now()
        self.look_again()
        history = self.history()
        latest = max((entry.recorded_at for entry in history.counted[-LAST:]), default=now)
        behind = now < latest - CLOCK_SLACK
        # A warning sign is stored even if the clock looks wrong.
        if behind and not any(isinstance(new.fact, RedFlagYes) for new in news):
            raise BadValue(Fault.CLOCK_WRONG)
        base = key or new_key()
        keys = [new.key or (base if i == 0 else uuid5(base, str(i))) for i, new in enumerate(news)]
        if all(self._is_there(history, k, new) for k, new in zip(keys, news, strict=True)):
            return
        drafts = [self.draft(k, new, history, now) for k, new in zip(keys, news, strict=True)]
        try:
            # Without a physiotherapist there is no caseload: the projection is computed once there
            # is one.
            alone = self.principal.role is Role.HOUSEHOLD
            project = None if alone else projector(self.installation, now)
            self.installation.history_cache.append(self.patient, drafts, project=project, after=after)
        except KeyReused:
            # A second tap may have been recorded between reading and writing.
            self.look_again()
            known = self.history()
            if not all(self._is_there(known, k, new) for k, new in zip(keys, news, strict=True)):
                raise
        finally:
            self.look_again()

    def record_while(self, holds: Callable[[], None], *news: NewEntry, key: UUID) -> None:
        """Record facts if the assumptions of their form still hold at the moment of storing.

        `holds` checks `history()` and raises otherwise; it is called again if entries are recorded
        in between.
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
        """Return the draft of a fact by the principal."""
        return drafted(new, history, key=key, now=now, author=self.author)


class UseCases:
    """A group of use cases of one patient.

    Each method checks the permission through the context.
    """

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
    """The desk that a page about one patient begins with: history, protocol, zone, present time."""

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
        """Return the patient's history."""
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
    def sign_off(self) -> SignOff:
        """Return which values of the patient's protocol a clinician has checked; a few milliseconds."""
        return sign_off(self.protocol, signatures(self.installation, self.protocol))

    @requires(Action.HISTORY_SEE)
    def for_one_run(self) -> Self:
        """Return this desk for one run of a page: it reads once, and again after recording."""
        self._context.keep_for_one_run()
        return self
