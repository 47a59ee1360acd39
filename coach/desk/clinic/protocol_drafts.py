"""The desk of protocol drafts: made, changed, approved by a second person, put in force, gone back from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from coach.desk.access.authorization import NotFound, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.protocol_draft_content import copied, headed, storable
from coach.desk.clinic.protocol_draft_reading import DraftReading
from coach.desk.clinic.protocol_draft_views import Approval, DraftLine, DraftRevision, ProtocolDraft
from coach.desk.clinic.protocol_in_force import checked, in_force_rows, put_in_force
from coach.desk.installation import clock
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import LINE_LIMIT, NOTE_LIMIT, one_line, plain_text
from coach.domain.protocol_draft import (
    DraftAct,
    DraftStep,
    change_asked,
    is_approved,
    is_discarded,
    last_saved,
    makers,
)
from coach.domain.protocol_draft import revision as revision_of
from coach.protocols.reading import KEY
from coach.records.clinic.audit import new_line
from coach.records.clinic.protocol_drafts import text_digest
from coach.records.entries.store import Overtaken

__all__ = ["Approval", "DraftLine", "DraftRevision", "ProtocolDraft", "ProtocolDraftsDesk"]

TRIES = 5  # attempts, as others may add a step in between
FILE = "protocol.toml"  # the name of a draft's file in messages
Check = Callable[[Sequence[DraftStep]], None]


class ProtocolDraftsDesk(DraftReading):
    """Lets the staff of a clinic make a protocol, which a second person approves.

    Drafts are only ever added to. The same key again is the same act.
    """

    @requires(Action.PROTOCOLS_EDIT)
    def start(self, copy_of: str, *, id: str, title: str, key: UUID) -> UUID:  # noqa: A002  its name in the file
        """Start a draft as a copy of a known protocol, and return its id.

        It is version 1.0.0, or the next one that no known protocol with that id has.

        Args:
            copy_of: the digest of the protocol.
            id: the id of the new protocol; that of the copied one for its next version.
            title: its title.
            key: the key of this act.

        Raises:
            NotFound: there is no such protocol.
            BadValue: the id cannot be one, or the title is missing or too long.
        """
        if self._drafts.steps(key):
            return key
        registry = self.installation.protocol_registry
        content = registry.content(copy_of) if registry.by_digest(copy_of) else None
        if content is None:
            raise NotFound
        if not KEY.fullmatch(id) or len(id) > LINE_LIMIT:
            raise BadValue(Fault.NOT_A_PROTOCOL_ID, value=id[:LINE_LIMIT])
        name = one_line(title, LINE_LIMIT)
        if not name:
            raise BadValue(Fault.TEXT_MISSING)
        text = storable(copied(content, id, name, self._is_taken))
        first = DraftStep(
            id=key,
            draft=key,
            seq=1,
            at=clock.now(),
            account=self._account,
            role=self.principal.role.value,
            act=DraftAct.SAVED,
            based_on=copy_of,
            protocol=id,
            title=name,
            version="",
            content_digest="",
        )
        self._drafts.add(headed(first, text), text)
        return key

    @requires(Action.PROTOCOLS_EDIT)
    def save(self, draft_id: UUID, content: bytes, *, revision: int, key: UUID) -> None:
        """Save a draft, also one with faults. Saving what stands there already adds nothing.

        Args:
            draft_id: the draft.
            content: the whole file, in UTF-8, at most `SIZE_LIMIT` bytes.
            revision: the revision that was changed, as `ProtocolDraft.revision` gave it.
            key: the key of this act.

        Raises:
            NotFound: there is no such draft.
            BadValue: somebody saved meanwhile, the draft was discarded, or the content is too large
                or cannot be stored. Nothing is stored then.
        """
        text = storable(content)
        steps = self._steps(draft_id)
        if last_saved(steps).content_digest == text_digest(text) and not is_discarded(steps):
            return

        def check(steps: Sequence[DraftStep]) -> None:
            self._refuse_discarded(steps)
            if revision_of(steps) != revision:
                raise BadValue(Fault.DRAFT_SAVED_MEANWHILE, who=self._name(last_saved(steps).account))

        self._add(draft_id, DraftAct.SAVED, key, check, digest=text_digest(text), text=text)

    @requires(Action.PROTOCOLS_APPROVE)
    def approve(self, draft_id: UUID, *, digest: str, agrees: bool, note: str, key: UUID) -> None:
        """Say of exactly that content whether it is right; the last word of each person counts.

        A later change makes it void by itself, for it names the digest. While somebody asks for a
        change, the draft is not approved, whoever else agrees.

        Args:
            draft_id: the draft.
            digest: the content that was read, as `ProtocolDraft.digest` gave it.
            agrees: False to ask for a change.
            note: a remark; what to change where it is not right.
            key: the key of this act.

        Raises:
            NotFound: there is no such draft.
            BadValue: the draft was changed since, was discarded or is the viewer's own work; it has
                faults, or its version is taken; a change is asked for without a word.
        """
        said = plain_text(note, NOTE_LIMIT)

        def check(steps: Sequence[DraftStep]) -> None:
            self._refuse_discarded(steps)
            self._refuse_other(steps, digest)
            if self._account in makers(steps):
                raise BadValue(Fault.DRAFT_IS_OWN_WORK)
            if agrees:
                self._refuse_faults(steps)
            elif not said:
                raise BadValue(Fault.TEXT_MISSING)

        act = DraftAct.AGREED if agrees else DraftAct.CHANGE_ASKED
        self._add(draft_id, act, key, check, digest=digest, note=said)

    @requires(Action.PROTOCOLS_EDIT)
    def put_in_force(
        self, draft_id: UUID, *, digest: str, starts_at: datetime | None, instead_of: str, why: str, key: UUID
    ) -> None:
        """Put exactly the content that was approved in force from an instant on (None: now).

        Args:
            draft_id: the draft.
            digest: the content, as `ProtocolDraft.digest` gave it.
            starts_at: not in the past, and within a year.
            instead_of: the digest of the protocol it was compared with.
            why: the reason, which the staff read.
            key: the key of this act.

        Raises:
            NotFound: there is no such draft.
            BadValue: it is another content now, not approved or discarded; it has faults, or its
                version is taken; and what `ProtocolsDesk.put_in_force` refuses.
        """
        if self._is_put(key):
            return self._note_put(key)
        steps = self._steps(draft_id)
        self._refuse_discarded(steps)
        self._refuse_other(steps, digest)
        if asked := change_asked(steps):
            raise BadValue(Fault.DRAFT_CHANGE_ASKED, who=self._name(asked.account))
        if not is_approved(steps):
            raise BadValue(Fault.DRAFT_NOT_APPROVED)
        self._refuse_faults(steps)
        return self._put(self._content(steps), starts_at, instead_of, why, key)

    @requires(Action.PROTOCOLS_EDIT)
    def go_back(self, to_digest: str, *, instead_of: str, why: str, key: UUID) -> None:
        """Put a protocol in force again that was before, or the one that comes with Coach, from now on.

        It is a new decision in the list of those in force; nothing is taken back.

        Args:
            to_digest: the protocol.
            instead_of: the digest of the protocol it was compared with.
            why: the reason, which the staff read.
            key: the key of this act.

        Raises:
            BadValue: it was never in force, is in force now, or another came into force meanwhile;
                the reason is missing.
        """
        if self._is_put(key):
            return self._note_put(key)
        registry, now = self.installation.protocol_registry, clock.now()
        before = {row.digest for row in in_force_rows(registry) if row.starts_at <= now}
        content = registry.content(to_digest)
        if content is None or to_digest not in {registry.shipped.digest, *before}:
            raise BadValue(Fault.NEVER_IN_FORCE)
        return self._put(content, None, instead_of, why, key)

    @requires(Action.PROTOCOLS_EDIT)
    def discard(self, draft_id: UUID, key: UUID) -> None:
        """Discard a draft: it leaves the list, and can be brought back.

        Raises:
            NotFound: there is no such draft.
            BadValue: it is discarded already.
        """
        self._add(draft_id, DraftAct.DISCARDED, key, self._refuse_discarded)

    @requires(Action.PROTOCOLS_EDIT)
    def bring_back(self, draft_id: UUID, key: UUID) -> None:
        """Bring a discarded draft back as it was.

        Raises:
            NotFound: there is no such draft.
            BadValue: it is not discarded.
        """

        def check(steps: Sequence[DraftStep]) -> None:
            if not is_discarded(steps):
                raise BadValue(Fault.DRAFT_NOT_DISCARDED)

        self._add(draft_id, DraftAct.BROUGHT_BACK, key, check)

    # what is refused

    def _refuse_discarded(self, steps: Sequence[DraftStep]) -> None:
        if is_discarded(steps):
            raise BadValue(Fault.DRAFT_DISCARDED)

    def _refuse_other(self, steps: Sequence[DraftStep], digest: str) -> None:
        if last_saved(steps).content_digest != digest:
            raise BadValue(Fault.DRAFT_CHANGED)

    def _refuse_faults(self, steps: Sequence[DraftStep]) -> None:
        protocol = checked(self._content(steps), FILE).protocol
        if protocol is None:
            raise BadValue(Fault.DRAFT_HAS_FAULTS)
        if self._is_taken(protocol.id, protocol.version, protocol.digest):
            raise BadValue(Fault.VERSION_TAKEN, id=protocol.id, version=protocol.version)

    # what is recorded

    def _add(
        self,
        draft_id: UUID,
        act: DraftAct,
        key: UUID,
        check: Check,
        *,
        digest: str = "",
        text: str | None = None,
        note: str = "",
    ) -> None:
        """Add a step after those that `check` has seen; `digest` is the content that it speaks of.

        The same key with the same act is not checked again, and adds nothing.
        """
        for _try in range(TRIES):
            steps = self._steps(draft_id)
            known = next((each for each in steps if each.id == key), None)
            if known:
                same = (known.act, known.account, known.note) == (act, self._account, note)
                if not same or digest not in ("", known.content_digest):
                    raise BadValue(Fault.KEY_REUSED, entry=str(key))
                return None
            check(steps)
            step = replace(
                last_saved(steps),
                id=key,
                seq=len(steps) + 1,
                at=clock.now(),
                account=self._account,
                role=self.principal.role.value,
                act=act,
                note=note,
            )
            try:
                return self._drafts.add(step if text is None else headed(step, text), text)
            # By another user, on this or another server: what they did is checked now
            except Overtaken:
                continue
        raise BadValue(Fault.DRAFT_CHANGED)

    def _is_put(self, key: UUID) -> bool:
        registry = self.installation.protocol_registry
        registry.look_again()
        return any(row.id == key for row in registry.rows())

    def _put(self, content: bytes, starts_at: datetime | None, instead_of: str, why: str, key: UUID) -> None:
        put_in_force(
            self.installation,
            self._account,
            content,
            FILE,
            starts_at=starts_at,
            instead_of=instead_of,
            why=why,
            key=key,
        )
        self._note_put(key)

    def _note_put(self, key: UUID) -> None:
        """Write the line of the audit, once; also at another try, where the first could not write it."""
        self.installation.audit.write(
            new_line(
                Action.PROTOCOLS_CHANGE.value,
                self.principal.role.value,
                at=clock.now(),
                account=self._account,
                id=uuid5(key, Action.PROTOCOLS_CHANGE.value),
            )
        )
