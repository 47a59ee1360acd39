"""Authorization: who is acting, and whether the access table allows an action on a patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

from coach.desk.access.permissions import Action, Role, Scope, scope
from coach.records.database import current_actor

P = ParamSpec("P")
R = TypeVar("R")


class NotFound(Exception):
    """The requested thing is missing or forbidden: the two are never distinguished."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, in which role, with which own record and care teams.

    `account` is None for the household and for the command line. `patient` is the own record,
    `teams` are the care teams one works in, and `sign_in` names the server-side session ("" without
    one). `language` is the one that staff chose to read in, "" for the browser's.
    """

    role: Role
    account: UUID | None = None
    name: str = ""
    patient: UUID | None = None
    teams: frozenset[UUID] = field(default_factory=frozenset)
    sign_in: str = ""
    language: str = ""

    def acts(self) -> current_actor.acting_as:
        """Set this principal as the database's actor until the block ends."""
        return current_actor.acting_as(current_actor.Acting(self.role.value, self.account, self.patient))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who has signed in: one person, who may be a patient, staff, or both."""

    account: UUID
    name: str
    staff_role: Role | None
    patient: UUID | None
    teams: frozenset[UUID]
    sign_in: str
    language: str = ""

    def as_patient(self) -> Principal | None:
        """Return this person as a patient, or None."""
        if self.patient is None:
            return None
        return Principal(Role.PATIENT, self.account, self.name, self.patient, frozenset(), self.sign_in)

    def as_staff(self) -> Principal | None:
        """Return this person as staff, or None."""
        if self.staff_role is None:
            return None
        return Principal(
            self.staff_role, self.account, self.name, self.patient, self.teams, self.sign_in, self.language
        )


class Auditor(Protocol):
    """Writes a line of the audit."""

    def __call__(self, principal: Principal, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        """Write a line; `patient` is None if the act concerns no single patient."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """Asks the access table for one principal; a refusal is audited and raises `NotFound`."""

    principal: Principal
    team_of: Callable[[UUID], UUID | None]
    audit: Auditor

    def to_patient(self, action: Action, patient: UUID) -> None:
        """Check that the principal may act on that patient's record, and audit it.

        Raises:
            NotFound: the table does not allow it.
        """
        self._answer(action, patient, allowed=self._may(action, patient))

    def allows(self, action: Action, patient: UUID) -> bool:
        """Tell whether the principal may act on that patient's record, without an audit line."""
        return self._may(action, patient)

    def to_team(self, action: Action, team: UUID | None) -> None:
        """Check that the principal may act for that care team, and audit it.

        Raises:
            NotFound: the table does not allow it.
        """
        grounds = scope(action, self.principal.role)
        mine = grounds is Scope.CARE_TEAM and team is not None and team in self.principal.teams
        self._answer(action, None, allowed=grounds is Scope.ANY or mine)

    def to_clinic(self, action: Action) -> None:
        """Check an action that concerns no single patient, and audit it.

        What is then shown must still be restricted to the principal's patients.

        Raises:
            NotFound: the table does not allow it.
        """
        grounds = scope(action, self.principal.role)
        self._answer(action, None, allowed=grounds in (Scope.CARE_TEAM, Scope.ANY))

    def _may(self, action: Action, patient: UUID) -> bool:
        own = patient == self.principal.patient
        match scope(action, self.principal.role):
            case Scope.ANY:
                return True
            case Scope.SELF:
                return own
            case Scope.CARE_TEAM:  # a physiotherapist never treats their own record
                return not own and self.team_of(patient) in self.principal.teams
            case Scope.NONE:
                return False

    def _answer(self, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        if not allowed or scope(action, self.principal.role) is not Scope.SELF:
            self.audit(self.principal, action, patient, allowed=allowed)
        if not allowed:
            raise NotFound


class Guarded(Protocol):
    """A desk: it checks the permission before it acts."""

    @property
    def principal(self) -> Principal:
        """Who acts."""

    def admit(self, action: Action) -> None:
        """Check that the principal may do that, or raise `NotFound`."""


G = TypeVar("G", bound=Guarded)


def requires(action: Action) -> Callable[[Callable[Concatenate[G, P], R]], Callable[Concatenate[G, P], R]]:
    """Decorate a desk's public method with the action it requires.

    The method checks the permission first, and then acts in the database as its principal.
    """

    def mark(method: Callable[Concatenate[G, P], R]) -> Callable[Concatenate[G, P], R]:
        @wraps(method)
        def guarded(self: G, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self.admit(action)
            with self.principal.acts():
                return method(self, *args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return mark
