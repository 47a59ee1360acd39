"""The caseload desk: which patients of a physiotherapist need attention now, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import Clinic
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.desk.installation.projection import edition, projector, unreadable
from coach.desk.installation.recording import NewEntry, author_names
from coach.domain.caseload_card import Card
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Seen, Void
from coach.domain.free_text import LINE_LIMIT, plain_text
from coach.domain.history import History
from coach.domain.need import Need
from coach.domain.protocol import Protocol
from coach.domain.standing import State, current
from coach.records.clinic.caseload import Among, Counts, Listed
from coach.records.database import current_actor
from coach.records.database.errors import EntryUnreadable, Reason, RecordUnavailable
from coach.records.entries.caseload_rows import Row

__all__ = ["CaseloadDesk", "Counts", "Line", "SeenDesk", "State"]

MOST = 500  # patients among whom the next one is looked for
UNDONE = "undone"  # the reason stored when a "seen" is undone
EMPTY = Card("UTC", None, (), (), None, (), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One patient of a caseload, with the present needs, the most urgent first.

    `readable` is False if the projection could not be computed: then the card and the needs are
    empty, and a person must look. `seq` is the number of the last entry of the projection,
    `odd_entry` that of an unreadable one, 0 if unknown.
    """

    patient: UUID
    name: str
    reference: str
    lead: UUID | None
    state: State
    card: Card
    needs: tuple[Need, ...]
    readable: bool = True
    seq: int = 0
    odd_entry: int = 0


class SeenDesk(UseCases):
    """Marks one patient's needs as seen today, and undoes that."""

    @requires(Action.PATIENT_MARK)
    def mark_seen(self, needs: Iterable[str], *, note: str = "", key: UUID) -> None:
        """Record that needs are seen today, by their keys; needs that no longer exist are skipped.

        Messages cannot be marked: they stay until they are answered or marked as needing no answer.

        Raises:
            BadValue: none of the needs can be marked, or the note is too long.
        """
        note = plain_text(" ".join(note.split()), LINE_LIMIT)
        row, zone = self._context.installation.caseload.read(self._context.patient), self._context.zone
        there = current(row.needs, self._context.now()) if row else ()
        known = {need.key for need in there if need.may_be_marked(self._context.now(), zone)} & set(needs)
        seen = Seen(tuple(sorted(known)), note)
        if key in self._context.history().by_id:  # the same tap again
            return
        if not known:
            raise BadValue(Fault.NEEDS_GONE)
        self._context.record(NewEntry(seen), key=key)

    @requires(Action.PATIENT_MARK)
    def undo_seen(self, entries: Iterable[UUID], *, key: UUID) -> None:
        """Void these marks (`Seen`); they stay in the record.

        Raises:
            BadValue: none of them counts.
        """
        if key in self._context.history().by_id:
            return
        there = {seen.id for seen in self._context.history().of(Seen)}
        known = sorted(there & set(entries))
        if not known:
            raise BadValue(Fault.UNDONE_ALREADY)
        self._context.record(*(NewEntry(Void(entry, UNDONE)) for entry in known), key=key)


class CaseloadDesk(Clinic):
    """The patients of one physiotherapist's teams, never the physiotherapist's own record."""

    @requires(Action.CASELOAD_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @property
    def protocol(self) -> Protocol:
        """The clinic's protocol now."""
        return self.installation.protocol or self.installation.protocol_registry.in_force(clock.now())

    @requires(Action.CASELOAD_SEE)
    def page(
        self,
        state: State,
        *,
        mine: bool = False,
        reasons: Iterable[str] = (),
        search: str = "",
        limit: int = 20,
        offset: int = 0,
    ) -> list[Line]:
        """Return patients in a state, the most urgent first.

        Args:
            state: Their state.
            mine: Only patients of which the physiotherapist is the lead.
            reasons: Only patients with one of these needs; none for all.
            search: Part of a name or a reference.
            limit: How many at most.
            offset: How many to skip.
        """
        among = self._among(mine=mine, search=search)
        listed = self.installation.caseload.page(state, among, reasons=reasons, limit=limit, offset=offset)
        # Each patient of a list is audited too, once a sign-in
        shown = [each.patient for each in listed]
        self.installation.note_each(self.principal, Action.CASELOAD_SEE, shown, allowed=True)
        return [_line(each) for each in listed]

    @requires(Action.CASELOAD_SEE)
    def after(self, patient: UUID) -> UUID | None:
        """Return who comes after a patient among those who need somebody today, or None.

        After the last one comes the first; so does it where the patient needs nobody any more.
        """
        listed = self.installation.caseload.page(State.NEEDED, self._among(mine=False, search=""), limit=MOST)
        needed = [each.patient for each in listed]
        others = needed[needed.index(patient) + 1 :] if patient in needed else needed
        return next((each for each in [*others, *needed] if each != patient), None)

    @requires(Action.CASELOAD_SEE)
    def counts(self, *, mine: bool = False, search: str = "") -> Counts:
        """Return the number of patients by state, and by reason among those with needs."""
        return self.installation.caseload.counts(self._among(mine=mine, search=search))

    @requires(Action.CASELOAD_SEE)
    def mark_seen(self, patient: UUID, needs: Iterable[str], *, note: str = "", key: UUID) -> None:
        """Mark a patient's needs as seen today.

        Raises:
            NotFound: the patient is not one of theirs.
            BadValue: none of them is there to be marked, or the note is too long.
        """
        self._seen(patient).mark_seen(needs, note=note, key=key)

    @requires(Action.CASELOAD_SEE)
    def undo_seen(self, patient: UUID, entries: Iterable[UUID], *, key: UUID) -> None:
        """Undo that a patient's needs were marked as seen.

        Raises:
            NotFound: the patient is not one of theirs.
            BadValue: nothing of it counts any more.
        """
        self._seen(patient).undo_seen(entries, key=key)

    @requires(Action.CASELOAD_SEE)
    def names_of(self, lines: Iterable[Line]) -> Mapping[str, str]:
        """Return the names of authors that the needs of these lines mention."""
        return author_names(
            self.installation, {author for line in lines for need in line.needs if (author := need.seen_by)}
        )

    @requires(Action.CASELOAD_SEE)
    def catch_up(self, most: int) -> int:
        """Work out at most so many projections that are missing or of another edition.

        Return how many are left.
        """
        return catch_up(self.installation, most)

    def _seen(self, patient: UUID) -> SeenDesk:
        return SeenDesk(PatientContext(self.installation, patient, self.principal))

    def _among(self, *, mine: bool, search: str) -> Among:
        own = self.principal
        return Among(own.teams, clock.now(), own.account if mine else None, search, own.patient)


def catch_up(installation: Installation, most: int) -> int:
    """Work out at most so many projections that are missing or of another edition.

    Return how many are left.

    It covers all patients, whoever asks, and shows nothing. Histories bypass the cache,
    which is for patients that are being viewed.
    """
    now = clock.now()
    wanted, project = edition(installation, now), projector(installation, now)

    def row(patient: UUID) -> Row:
        try:
            return project(History(installation.store.entries(patient)))
        # One damaged record must not keep others out of the list
        except RecordUnavailable as trouble:
            if trouble.reason not in (Reason.DAMAGED, Reason.NEWER_VERSION):
                raise
            seq, _hash = installation.store.head(patient)
            return unreadable(seq, wanted, entry=trouble.seq if isinstance(trouble, EntryUnreadable) else 0)

    with current_actor.acting_as(current_actor.SYSTEM):
        stale = installation.caseload.stale(wanted, most=most)
        for patient in stale:
            installation.caseload.write(patient, row(patient))
        return installation.caseload.how_many_stale(wanted) if stale else 0


def _line(listed: Listed) -> Line:
    return Line(
        patient=listed.patient,
        name=listed.name,
        reference=listed.reference,
        lead=listed.lead,
        state=listed.state,
        card=listed.card or EMPTY,
        needs=listed.needs,
        readable=listed.card is not None,
        seq=listed.seq,
        odd_entry=listed.odd_entry,
    )
