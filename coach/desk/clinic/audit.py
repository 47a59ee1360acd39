"""Reading the audit: who saw or changed what, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import Principal, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import Clinic
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.records.clinic.audit import REFUSED, AuditLine
from coach.records.clinic.patient_directory import PatientDirectory
from coach.records.clinic.people import folded

__all__ = ["AuditDesk", "AuditPage", "AuditRow", "StaffChoice", "Wanted"]

MOST_FOUND = 200  # people that one search may match
AT_ONCE = 50  # rows a page
BATCH = 1_000  # rows read at once during an export


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of lines: over [since, until), actor, patient, action; None means any.

    `reference` is part of a name or a reference, or a login; "" for all.
    """

    since: datetime | None = None
    until: datetime | None = None
    account: UUID | None = None
    reference: str = ""
    action: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act, without anything clinical.

    `account` is None for the household and the command line. `who` is "" if the name is unknown,
    and so are `reference` and `name` if no patient is concerned or the clinic has no name. `times`
    is how many refused attempts of its hour the row stands for.
    """

    id: UUID
    at: datetime
    account: UUID | None
    who: str
    role: str
    action: str
    patient: UUID | None
    reference: str
    name: str
    refused: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Rows, the newest first, and whether older ones follow."""

    rows: tuple[AuditRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """A staff member to filter by; `disabled` if they can no longer sign in."""

    account: UUID
    name: str
    disabled: bool


class AuditDesk(Clinic):
    """Where the audit is read."""

    def __init__(self, installation: Installation, principal: Principal) -> None:
        super().__init__(installation, principal)
        self._roll = PatientDirectory(installation.store)

    @requires(Action.AUDIT_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @requires(Action.AUDIT_SEE)
    def staff(self) -> tuple[StaffChoice, ...]:
        """Return the staff by name, disabled ones too."""
        return tuple(
            StaffChoice(account.id, account.name, account.disabled_at is not None)
            for account in self.installation.accounts.everybody()
            if account.staff_role is not None
        )

    @requires(Action.AUDIT_SEE)
    def page(self, wanted: Wanted, *, before: UUID | None = None) -> AuditPage:
        """Return the newest matching lines, or those older than the line `before`."""
        lines = self._lines(wanted, before=before, limit=AT_ONCE + 1)
        return AuditPage(self._rows(lines[:AT_ONCE]), len(lines) > AT_ONCE)

    @requires(Action.AUDIT_SEE)
    def export(self, wanted: Wanted) -> Iterator[AuditRow]:
        """Return every matching line, the newest first, read in chunks."""
        return self._all(wanted)

    def _all(self, wanted: Wanted) -> Iterator[AuditRow]:
        before: UUID | None = None
        while True:
            with self.principal.acts():
                lines = self._lines(wanted, before=before, limit=BATCH)
                rows = self._rows(lines)
            yield from rows
            if len(lines) < BATCH:
                return
            before = lines[-1].id

    def _lines(self, wanted: Wanted, *, before: UUID | None, limit: int) -> list[AuditLine]:
        patients: Sequence[UUID | None] = [None]
        if wanted.reference:
            patients = self._whom(wanted.reference)
        found = [
            line
            for patient in patients
            for line in self.installation.audit.read(
                since=wanted.since,
                until=wanted.until,
                account=wanted.account,
                patient=patient,
                action=wanted.action,
                outcome=REFUSED if wanted.refused else None,
                limit=limit,
                before=before,
            )
        ]
        if len(patients) > 1:
            found.sort(key=lambda line: (line.at, line.id), reverse=True)
        return found[:limit]

    def _whom(self, search: str) -> list[UUID]:
        """Return the patients and accounts that match part of a name or reference, or a login."""
        wanted = folded(search)
        found = {each.patient for each in self._roll.find(teams=None, search=search, limit=MOST_FOUND)}
        found |= set(self.installation.people.by_reference(search))
        for account in self.installation.accounts.everybody() if wanted else ():
            if wanted == folded(account.login) or wanted in folded(account.name):
                found |= {account.id} | ({account.patient} if account.patient else set())
        return sorted(found)

    def _rows(self, lines: Sequence[AuditLine]) -> tuple[AuditRow, ...]:
        people = self.installation.people
        whom = {line.patient for line in lines if line.patient}
        who = people.names({line.account for line in lines if line.account} | whom)
        persons = people.persons(whom)
        rows = []
        for line in lines:
            person = persons.get(line.patient) if line.patient else None
            rows.append(
                AuditRow(
                    id=line.id,
                    at=line.at,
                    account=line.account,
                    who=who.get(line.account, "") if line.account else "",
                    role=line.role,
                    action=line.action,
                    patient=line.patient,
                    reference=person.reference if person else "",
                    name=person.name if person else who.get(line.patient, "") if line.patient else "",
                    refused=line.outcome == REFUSED,
                    times=line.times,
                )
            )
        return tuple(rows)
