"""The protocols desk: which is in force when, the effect of a new one, and putting it in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import NotFound, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import Clinic
from coach.desk.clinic.protocol_in_force import SIZE_LIMIT, Checked, checked, in_force_rows, put_in_force
from coach.desk.installation import clock
from coach.domain.case import Case
from coach.domain.history import History
from coach.domain.protocol import Protocol
from coach.domain.protocol_changes import Difference
from coach.domain.protocol_diff import difference
from coach.domain.protocol_impact import reached
from coach.domain.standing import is_discharged
from coach.records.database import current_actor
from coach.records.database.errors import EntryUnreadable

__all__ = ["SIZE_LIMIT", "Checked", "Known", "Period", "ProtocolsDesk", "Reach"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Period:
    """A protocol in force over [starts_at, ends_at); None means from the beginning, or without end.

    `protocol` is None if the stored file cannot be used: the previous one stays in force.
    `who` is "" if no user did it. `made_at` is None for the protocol that comes with Coach.
    """

    protocol: Protocol | None
    starts_at: datetime | None
    ends_at: datetime | None
    made_at: datetime | None
    who: str
    why: str
    now: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A protocol that can be put in force: id, title, version, and whether it comes with Coach."""

    digest: str
    name: str
    title: str
    version: str
    shipped: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the clinic's active patients a new protocol affects.

    `by_difference` holds, in the order of the differences, how many each affects and how many of
    them before the day is over; patients with a protocol of their own are left out and counted as
    `own`.
    """

    patients: int
    own: int
    affected: int
    today: int
    by_difference: tuple[tuple[int, int], ...]


class ProtocolsDesk(Clinic):
    """Shows the clinic's protocols to staff, and lets an administrator put one in force."""

    @requires(Action.PROTOCOLS_SEE)
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return clock.now()

    @requires(Action.PROTOCOLS_SEE)
    def periods(self) -> tuple[Period, ...]:
        """Return the periods of all protocols in order, except those that never came into force."""
        registry, now = self.installation.protocol_registry, clock.now()
        effective = in_force_rows(registry)
        who = self.installation.people.names({row.made_by for row in effective if row.made_by})
        starts = [None, *(row.starts_at for row in effective)]
        ends = [*starts[1:], None]
        periods = [Period(registry.shipped, None, ends[0], None, "", "", now=_holds(None, ends[0], now))]
        for row, end in zip(effective, ends[1:], strict=True):
            periods.append(
                Period(
                    protocol=registry.by_digest(row.digest),
                    starts_at=row.starts_at,
                    ends_at=end,
                    made_at=row.made_at,
                    who=who.get(row.made_by, "") if row.made_by else "",
                    why=row.why,
                    now=_holds(row.starts_at, end, now),
                )
            )
        return tuple(periods)

    @requires(Action.PROTOCOLS_SEE)
    def unusable(self) -> int:
        """Return how many stored files this version of Coach cannot use."""
        registry = self.installation.protocol_registry
        return sum(registry.by_digest(file.digest) is None for file in registry.files())

    @requires(Action.PROTOCOLS_SEE)
    def in_force(self, at: datetime | None = None) -> Protocol:
        """Return the clinic's protocol at an instant, or now."""
        return self.installation.protocol_registry.in_force(at or clock.now())

    @requires(Action.PROTOCOLS_SEE)
    def known(self) -> tuple[Known, ...]:
        """Return every stored protocol that can be put in force, the shipped one first."""
        registry = self.installation.protocol_registry
        shipped = registry.shipped
        return (
            Known(shipped.digest, shipped.id, shipped.title, shipped.version, shipped=True),
            *(
                Known(file.digest, file.name, found.title, file.version, shipped=False)
                for file in registry.files()
                if file.digest != shipped.digest and (found := registry.by_digest(file.digest))
            ),
        )

    @requires(Action.PROTOCOLS_SEE)
    def content(self, digest: str) -> bytes:
        """Return the bytes of a known file.

        Raises:
            NotFound: there is no such file.
        """
        found = self.installation.protocol_registry.content(digest)
        if found is None:
            raise NotFound
        return found

    @requires(Action.PROTOCOLS_SEE)
    def check(self, content: bytes, name: str) -> Checked:
        """Check a file and return all its problems; nothing is stored."""
        return checked(content, name)

    @requires(Action.PROTOCOLS_SEE)
    def differences(self, new: Protocol, starts_at: datetime | None) -> tuple[Difference, ...]:
        """Return how a new protocol differs from the one in force at an instant (None: now)."""
        return difference(self.installation.protocol_registry.in_force(starts_at or clock.now()), new)

    @requires(Action.PROTOCOLS_SEE)
    def patients(self) -> int:
        """Return the number of patients."""
        with current_actor.acting_as(current_actor.SYSTEM):  # all are counted, none is shown
            return len(self.installation.store.patients())

    @requires(Action.PROTOCOLS_SEE)
    def reach(self, new: Protocol, starts_at: datetime | None, *, progress: Progress | None = None) -> Reach:
        """Compute how many active patients a new protocol affects from an instant (None: now) on.

        Takes a few milliseconds a patient; `progress` is called with how many of how many are done.
        """
        with current_actor.acting_as(current_actor.SYSTEM):  # all are counted, none is shown
            return self._reach(new, starts_at, progress)

    def _reach(self, new: Protocol, starts_at: datetime | None, progress: Progress | None) -> Reach:
        registry, store = self.installation.protocol_registry, self.installation.store
        at = starts_at or clock.now()
        old = registry.in_force(at)
        found = difference(old, new)
        affected, today, own, active = 0, 0, 0, 0
        hits = [[0, 0] for _each in found]
        patients = store.patients()
        for n, patient in enumerate(patients, start=1):
            if progress:
                progress(n, len(patients))
            try:
                history = History(store.entries(patient))
            except EntryUnreadable:  # everything is closed for them under any protocol
                continue
            if is_discharged(history):
                continue
            active += 1
            if registry.chosen_for(history):
                own += 1
                continue
            one = reached(found, Case.of(old, history), Case.of(new, history), at=at)
            affected += one.at_all
            today += one.today
            for count, hit, soon in zip(hits, one.affected, one.on_the_day, strict=True):
                count[0] += hit
                count[1] += soon
        return Reach(active, own, affected, today, tuple((all_, soon) for all_, soon in hits))

    @requires(Action.PROTOCOLS_CHANGE)
    def put_in_force(
        self, content: bytes, name: str, *, starts_at: datetime | None, instead_of: str, why: str, key: UUID
    ) -> None:
        """Store a file and put it in force for the clinic from an instant on (None: now).

        All pages use it from then on, without a restart; a session that
        was started keeps its protocol. The same key again is the same act.

        Args:
            content: the file.
            name: the file's name.
            starts_at: not in the past, and within a year.
            instead_of: the digest of the protocol it was compared with.
            why: the reason, which the staff read.
            key: the key of this act.

        Raises:
            BadValue: the file is refused, the reason is missing, the time is past or too far ahead,
                it is in force then already, or another came into force meanwhile.
        """
        put_in_force(
            self.installation,
            self.principal.account,
            content,
            name,
            starts_at=starts_at,
            instead_of=instead_of,
            why=why,
            key=key,
        )


def _holds(starts: datetime | None, ends: datetime | None, now: datetime) -> bool:
    return (starts is None or starts <= now) and (ends is None or now < ends)
