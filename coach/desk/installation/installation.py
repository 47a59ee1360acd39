"""The installation: one open record with the services that all desks share."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from coach.desk.access.authorization import Authorization, Principal
from coach.desk.access.patient_tokens import PatientTokens
from coach.desk.access.permissions import Action
from coach.desk.access.rate_limits import Rates
from coach.desk.access.session_watch import SessionWatch
from coach.desk.installation import clock
from coach.desk.installation.history_cache import HistoryCache
from coach.desk.installation.protocol_registry import ProtocolRegistry
from coach.domain.protocol import Protocol
from coach.records.clinic.accounts import Accounts
from coach.records.clinic.audit import Audit, new_line
from coach.records.clinic.caseload import Caseload
from coach.records.clinic.people import People
from coach.records.clinic.protocol_drafts import ProtocolDrafts
from coach.records.clinic.reminders import Reminders
from coach.records.clinic.signatures import Signatures
from coach.records.entries.store import Store

# Repeated reading of the same record is not audited at each click.
READING = frozenset(
    {
        Action.HISTORY_SEE,
        Action.REVIEW_SEE,
        Action.MESSAGES_SEE,
        Action.CASELOAD_SEE,
        Action.TEAMS_SEE,
        Action.PROTOCOLS_SEE,
        Action.AUDIT_SEE,
    }
)
AUDITED_AGAIN_AFTER = timedelta(minutes=10)
LISTED_AGAIN_AFTER = timedelta(hours=12)  # lists: each patient is audited once a sign-in
MOST_REMEMBERED = 10_000


class Installation:
    """One open record with its services; thread-safe."""

    def __init__(self, store: Store, *, clinic: bool = False, protocol: Protocol | None = None) -> None:
        self.store = store
        self.clinic = clinic
        self.history_cache = HistoryCache(store)
        self.people = People(store)
        self.audit = Audit(store)
        self.accounts = Accounts(store)
        self.protocol_registry = ProtocolRegistry(store)
        self.signatures = Signatures(store)
        self.protocol_drafts = ProtocolDrafts(store)
        self.caseload = Caseload(store)
        self.reminders = Reminders(store)
        self.protocol = protocol  # replaces the registry's protocols, for tests
        self._audited: dict[tuple[object, ...], datetime] = {}
        self._lock = threading.Lock()
        self._only: UUID | None = None
        self.patient_tokens = PatientTokens(store)
        self.rates = Rates(store)
        self.session_watch = SessionWatch()

    def authorization(self, principal: Principal) -> Authorization:
        """Return the permission checks for this principal."""
        return Authorization(principal, self.people.team_of, self.note)

    def note(self, principal: Principal, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        """Write a line of the audit; repeated reading adds none for a while."""
        self.note_each(principal, action, [patient], allowed=allowed)

    def note_each(
        self, principal: Principal, action: Action, patients: Iterable[UUID | None], *, allowed: bool
    ) -> None:
        """Write such a line for each of several patients, in one transaction: all or none."""
        now = clock.now()
        same = principal.account, principal.role, principal.sign_in, action, allowed
        with self._lock:
            new = [each for each in patients if not (allowed and self._is_noted(same, action, each, now))]
        if not new:
            return
        line = partial(
            new_line, action.value, principal.role.value, at=now, allowed=allowed, account=principal.account
        )
        self.audit.write(*(line(patient=each) for each in new))
        with self._lock:  # only now, so that a line that could not be written is tried again
            if len(self._audited) + len(new) > MOST_REMEMBERED:
                self._audited.clear()
            self._audited |= dict.fromkeys(((*same, each) for each in new), now)

    def _is_noted(
        self, same: tuple[object, ...], action: Action, patient: UUID | None, now: datetime
    ) -> bool:
        """Tell whether the same was read so lately that it needs no line of its own."""
        last = self._audited.get((*same, patient))
        listed = action is Action.CASELOAD_SEE and patient is not None
        again = LISTED_AGAIN_AFTER if listed else AUDITED_AGAIN_AFTER
        # After a clock was set back lines must not be suppressed until it has caught up.
        return action in READING and last is not None and abs(now - last) < again

    # home mode

    @property
    def only_patient(self) -> UUID:
        """The one patient of a home; a new one after the last was erased."""
        if self._only is None or not self.store.knows(self._only):
            self._only = self.store.only_patient(uuid4(), recorded_at=clock.now())
        return self._only

    def at_home(self) -> tuple[UUID, bool]:
        """Return the one patient of a home and whether a physiotherapist follows them; each run of a page asks."""
        if self._only is not None:
            known, team = self.people.known_team_of(self._only)
            if known:
                return self._only, self._has_members(team)
        only = self.only_patient
        return only, self.has_physiotherapist(only)

    def is_followed(self) -> bool:
        """Tell whether a physiotherapist is linked to the one patient of a home."""
        return self.at_home()[1]

    def has_physiotherapist(self, patient: UUID) -> bool:
        """Tell whether anybody works in the patient's care team."""
        return self._has_members(self.people.team_of(patient))

    def _has_members(self, team: UUID | None) -> bool:
        return team is not None and bool(self.people.members(team))
