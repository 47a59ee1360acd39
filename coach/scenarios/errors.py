"""Errors of a scenario file: one sentence with the place, the fault and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from coach.domain.errors import BadValue
from coach.protocols.reading import ProtocolError


class ScenarioError(ValueError):
    """A scenario file that cannot be followed.

    `where` is a place such as "[[happens]] 3, at"; "" is the file as a whole. `refused` is the
    domain's refusal of a value, if there is one; its sentence is then the usual one.
    """

    def __init__(
        self, what: str, allowed: str = "", where: str = "", *, refused: BadValue | None = None
    ) -> None:
        self.what = what
        self.allowed = allowed
        self.where = where
        self.refused = refused
        super().__init__(what)

    def __str__(self) -> str:
        """Return the sentence."""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f"{self.where or 'the file'}: {self.what}.{allowed}"

    def at(self, where: str) -> ScenarioError:
        """Return the same error with a place, unless it has one already."""
        return ScenarioError(self.what, self.allowed, self.where or where, refused=self.refused)


class ProtocolRefused(ScenarioError):
    """The protocol of a scenario is refused, with all its problems."""

    def __init__(self, refused: ProtocolError) -> None:
        self.problems = refused.problems
        super().__init__("the protocol is refused", where="protocol")


def of_domain(refused: BadValue, where: str = "") -> ScenarioError:
    """Return a refusal of the domain as an error of the file."""
    return ScenarioError(str(refused.fault), where=where, refused=refused)


def listed(names: Iterable[str]) -> str:
    """Return what is allowed at a place, or "nothing here"."""
    return ", ".join(names) or "nothing here"
