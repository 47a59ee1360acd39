"""Admission: who is acting, and what the one access rule lets them do to whom."""

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
    """What was asked for is missing, or is not theirs: the two are never told apart."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, in which role, on which grounds.

    `account` is None for the household and for the command line. `patient` is the own record, `teams`
    are the care teams one works in, and `sign_in` names the server-side session ("" without one).
    """

    role: Role
    account: UUID | None = None
    name: str = ""
    patient: UUID | None = None
    teams: frozenset[UUID] = field(default_factory=frozenset)
    sign_in: str = ""

    def acts(self) -> current_actor.acting_as:
        """Let the database know, until the block ends, that this is who acts."""
        return current_actor.acting_as(current_actor.Acting(self.role.value, self.account, self.patient))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who has signed in: one person, who may be a patient, of the staff, or both."""

    account: UUID
    name: str
    staff_role: Role | None
    patient: UUID | None
    teams: frozenset[UUID]
    sign_in: str

    def as_patient(self) -> Principal | None:
        """Return this person as the patient they are, or None."""
        if self.patient is None:
            return None
        return Principal(Role.PATIENT, self.account, self.name, self.patient, frozenset(), self.sign_in)

    def as_staff(self) -> Principal | None:
        """Return this person as one of the staff, or None."""
        if self.staff_role is None:
            return None
        return Principal(self.staff_role, self.account, self.name, self.patient, self.teams, self.sign_in)


class Auditor(Protocol):
    """Writes down who did what to whom."""

    def __call__(self, principal: Principal, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        """Write it down; `patient` is None where it concerns no single one."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Asks the table for one principal; what is refused is audited and looks like nothing."""

    principal: Principal
    team_of: Callable[[UUID], UUID | None]
    audit: Auditor

    def to_patient(self, action: Action, patient: UUID) -> None:
        """Let the principal act on that patient's record.

        Raises:
            NotFound: the table does not allow it.
        """
        self._answer(action, patient, allowed=self._may(action, patient))

    def allows(self, action: Action, patient: UUID) -> bool:
        """Tell whether the principal might act on that patient's record; nothing is tried, nothing audited."""
        return self._may(action, patient)

    def to_team(self, action: Action, team: UUID | None) -> None:
        """Let the principal act for that care team.

        Raises:
            NotFound: the table does not allow it.
        """
        grounds = scope(action, self.principal.role)
        mine = grounds is Scope.CARE_TEAM and team is not None and team in self.principal.teams
        self._answer(action, None, allowed=grounds is Scope.ANY or mine)

    def to_clinic(self, action: Action) -> None:
        """Let the principal do something that concerns no single patient; what is shown is still theirs alone.

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
            case Scope.CARE_TEAM:  # nobody treats themselves
                return not own and self.team_of(patient) in self.principal.teams
            case Scope.NONE:
                return False

    def _answer(self, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        if not allowed or scope(action, self.principal.role) is not Scope.SELF:
            self.audit(self.principal, action, patient, allowed=allowed)
        if not allowed:
            raise NotFound


class Guarded(Protocol):
    """A desk: it admits before it acts."""

    @property
    def principal(self) -> Principal:
        """Who acts."""

    def admit(self, action: Action) -> None:
        """Let the principal do that, or raise `NotFound`."""


G = TypeVar("G", bound=Guarded)


def requires(action: Action) -> Callable[[Callable[Concatenate[G, P], R]], Callable[Concatenate[G, P], R]]:
    """Name the action of a desk's public method; the method admits before it does anything, and acts as its principal."""

    def mark(method: Callable[Concatenate[G, P], R]) -> Callable[Concatenate[G, P], R]:
        @wraps(method)
        def guarded(self: G, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self.admit(action)
            with self.principal.acts():
                return method(self, *args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return mark
