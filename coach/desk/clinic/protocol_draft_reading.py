"""The drafts of a clinic's protocol as they can be read: the list, one of them, and its revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from uuid import UUID

from coach.desk.access.authorization import NotFound, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import Clinic
from coach.desk.clinic.protocol_draft_views import (
    DraftLine,
    DraftRevision,
    ProtocolDraft,
    approvals_of,
    line_of,
    revisions_of,
)
from coach.desk.clinic.protocol_in_force import in_force_rows
from coach.domain.protocol_draft import DraftAct, DraftStep, is_discarded, last_saved
from coach.records.clinic.protocol_drafts import ProtocolDrafts

__all__ = ["DraftReading"]


class DraftReading(Clinic):
    """Reads the drafts: what `ProtocolDraftsDesk` shows, and what it builds on."""

    def admit(self, action: Action) -> None:
        """Check that the principal may do that; each act is audited, also a second one of this desk.

        Raises:
            NotFound: the access rule does not allow it, or this is no clinic.
        """
        if action is not Action.PROTOCOLS_SEE:
            self._admitted.discard(action)
        super().admit(action)
        if not self.installation.clinic or self.principal.account is None:
            raise NotFound

    @requires(Action.PROTOCOLS_SEE)
    def drafts(self, *, discarded: bool = False) -> tuple[DraftLine, ...]:
        """Return the drafts, the one that was changed last first; with the discarded ones if asked."""
        found = [steps for steps in self._drafts.steps().values() if discarded or not is_discarded(steps)]
        names = self.installation.people.names(each.account for steps in found for each in steps)
        lines = (self._line(steps, names) for steps in found)
        return tuple(sorted(lines, key=lambda each: (each.changed_at, each.id), reverse=True))

    @requires(Action.PROTOCOLS_SEE)
    def draft(self, draft_id: UUID) -> ProtocolDraft:
        """Return a draft, also a discarded one.

        Raises:
            NotFound: there is no such draft.
        """
        steps = self._steps(draft_id)
        names = self.installation.people.names(each.account for each in steps)
        line = self._line(steps, names)
        known = {each.name: getattr(line, each.name) for each in fields(DraftLine)}
        return ProtocolDraft(
            **known,
            content=self._content(steps),
            approvals=approvals_of(steps, names),
            version_taken=self._is_taken(line.protocol, line.version, line.digest),
        )

    @requires(Action.PROTOCOLS_SEE)
    def revisions(self, draft_id: UUID) -> tuple[DraftRevision, ...]:
        """Return each content that a draft has had, the newest first.

        Raises:
            NotFound: there is no such draft.
        """
        steps = self._steps(draft_id)
        return revisions_of(steps, self.installation.people.names(each.account for each in steps))

    @requires(Action.PROTOCOLS_SEE)
    def revision_content(self, draft_id: UUID, number: int) -> bytes:
        """Return the content that a draft had at a revision; 1 is the first.

        Raises:
            NotFound: there is no such draft, or no such revision of it.
        """
        saved = [each for each in self._steps(draft_id) if each.act is DraftAct.SAVED]
        if not 1 <= number <= len(saved):
            raise NotFound
        return (self._drafts.content(saved[number - 1].id) or "").encode()

    # what is there

    @property
    def _drafts(self) -> ProtocolDrafts:
        return self.installation.protocol_drafts

    @property
    def _account(self) -> UUID:
        account = self.principal.account
        if account is None:
            raise NotFound
        return account

    def _steps(self, draft_id: UUID) -> list[DraftStep]:
        steps = self._drafts.steps(draft_id).get(draft_id)
        if not steps:
            raise NotFound
        return steps

    def _content(self, steps: Sequence[DraftStep]) -> bytes:
        return (self._drafts.content(last_saved(steps).id) or "").encode()

    def _name(self, account: UUID) -> str:
        return self.installation.people.names([account]).get(account, "")

    def _line(self, steps: Sequence[DraftStep], names: Mapping[UUID, str]) -> DraftLine:
        return line_of(steps, names, self._account, in_force_rows(self.installation.protocol_registry))

    def _is_taken(self, protocol: str, version: str, digest: str = "") -> bool:
        """Tell whether another known protocol has that id and version."""
        registry = self.installation.protocol_registry
        shipped = registry.shipped
        known = [(shipped.id, shipped.version, shipped.digest)]
        known += [(each.name, each.version, each.digest) for each in registry.files()]
        return any((protocol, version) == (name, number) and digest != own for name, number, own in known)
