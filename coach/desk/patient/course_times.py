"""Course times: recording and correcting the procedure's end and the arrival home, and restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import PatientContext, UseCases
from coach.desk.installation.recording import NewEntry
from coach.domain import facts, plan
from coach.domain.course import procedures
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry
from coach.domain.times import from_wall_clock, loose_instant, utc

YEARS_BACK = timedelta(days=5 * 366)


class CourseTimesDesk(UseCases):
    """Records the procedure's end and the arrival home, from which hours are counted."""

    @requires(Action.HISTORY_TELL)
    def procedure_ended(
        self,
        wall: datetime,
        *,
        key: UUID,
        earliest: datetime | None = None,
        earlier_is_right: bool = False,
    ) -> bool:
        """Record when the procedure ended, as a local time; a second time corrects the first.

        With `earliest`, a local time too, it was some time from then to `wall`, and `wall` counts.

        Returns False if it is recorded as a request, which the physiotherapist decides.

        Raises:
            BadValue: the time lies ahead or too far back, is after getting home, does not exist,
                or would open something earlier and `earlier_is_right` does not confirm it.
        """
        at = procedure_time(self._context, wall)
        since = start_of(self._context, earliest, at)
        known = self._context.case.course
        if known and known.home and not known.home_assumed and known.home < (since or at):
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        old = known.procedure if known else None
        if old and at == old.at and since == old.fact.earliest:
            return True
        if old and at < old.at and not earlier_is_right:
            raise BadValue(Fault.OPENS_EARLIER)
        if known:
            refuse_before(self._context, at, known.first.seq)
        if old and at < old.at and self._context.is_followed():
            return self._ask(facts.AnchorTime.PROCEDURE_END, at, since, key)
        cause = old.fact.cause if old else facts.Cause.FIRST
        fact = facts.Procedure(cause, earliest=since)
        self._context.record(NewEntry(fact, at=at, supersedes=old.id if old else None), key=key)
        return True

    def _ask(self, what: facts.AnchorTime, at: datetime, since: datetime | None, key: UUID) -> bool:
        """Record a request to the physiotherapist; it replaces an earlier undecided one."""
        self.admit(Action.GATE_ASK)
        waiting = plan.in_force(self._context.case, now=self._context.now()).requests
        old = [request for request in waiting if request.fact.what is what and request.id != key]
        self._context.record(
            NewEntry(facts.TimeAsked(what, at, since), supersedes=old[-1].id if old else None), key=key
        )
        return False

    @requires(Action.HISTORY_TELL)
    def got_home(
        self,
        wall: datetime | None,
        *,
        key: UUID,
        earliest: datetime | None = None,
        earlier_is_right: bool = False,
    ) -> bool:
        """Record when the patient got home, as a local time; None: not home yet.

        `earliest` as for the procedure.

        Returns False if it is recorded as a request, which the physiotherapist decides.

        Raises:
            BadValue: no procedure is known, the time lies ahead or before the procedure's end,
                or would open something earlier and `earlier_is_right` does not confirm it.
        """
        case = self._context.case
        history, known = case.history, case.course
        if known is None:
            raise BadValue(Fault.TIME_MISSING)
        at = past(self._context, from_wall_clock(wall, history.zone)) if wall else None
        if at and at < known.procedure_earliest:
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        since = start_of(self._context, earliest, at) if at else None
        said = sorted((a for a in history.of(facts.HomeArrival) if a.seq > known.first.seq), key=_seq)
        old = said[-1] if said and said[-1].fact.home and at else None
        if old and at == old.at and since == old.fact.earliest:
            return True
        # Compared with the last recorded arrival, even if "not home yet" was recorded in between.
        before = next((a for a in reversed(said) if a.fact.home), None)
        earlier = at is not None and before is not None and at < before.at
        if earlier and not earlier_is_right:
            raise BadValue(Fault.OPENS_EARLIER)
        if earlier and at and self._context.is_followed():
            return self._ask(facts.AnchorTime.HOME_ARRIVAL, at, since, key)
        fact = facts.HomeArrival(home=at is not None, earliest=since)
        self._context.record(NewEntry(fact, at=at, supersedes=old.id if old else None), key=key)
        return True

    @requires(Action.GATE_OPEN_SELF)
    def restart(
        self,
        cause: facts.Cause,
        wall: datetime,
        home: datetime | None,
        *,
        key: UUID,
        earliest: datetime | None = None,
        home_earliest: datetime | None = None,
    ) -> None:
        """Start a new course: after another procedure, or a new fracture if the clinic agrees.

        All are local times; `home` None: not home yet. With `earliest` or `home_earliest` the time is
        not known exactly, and `wall` or `home` is the latest that it can have been.

        Raises:
            BadValue: the times contradict each other, lie ahead, or do not lie after the earlier
                procedure and after the warning sign that only a restart ends.
        """
        if key in self._context.history().by_id:
            return
        at = procedure_time(self._context, wall)
        since = start_of(self._context, earliest, at)
        refuse_before(self._context, since or at, len(self._context.history().entries) + 1)
        arrived = past(self._context, from_wall_clock(home, self._context.history().zone)) if home else None
        if arrived and arrived < (since or at):
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        home_since = start_of(self._context, home_earliest, arrived) if arrived else None
        self._context.record(
            NewEntry(facts.Procedure(cause, earliest=since), at=at),
            NewEntry(facts.HomeArrival(home=arrived is not None, earliest=home_since), at=arrived),
            key=key,
        )


def _seq(entry: Entry[facts.HomeArrival]) -> int:
    return entry.seq


def refuse_before(context: PatientContext, at: datetime, seq: int) -> None:
    """Refuse a new start that is not later than the earlier courses recorded before `seq`."""
    after = context.case.begins_after(seq)
    if after and at <= after:
        raise BadValue(Fault.RESTART_TOO_EARLY)


def refuse_before_procedure(context: PatientContext, at: datetime) -> None:
    """Refuse an instant before the first procedure."""
    known = procedures(context.history())
    if not known or at < known[0].at:
        raise BadValue(Fault.BEFORE_PROCEDURE)


def procedure_time(context: PatientContext, wall: datetime) -> datetime:
    """Return the procedure's end in UTC; a time in the future or too long ago is refused."""
    at = past(context, from_wall_clock(wall, context.history().zone))
    if at is None or context.now() - at > YEARS_BACK:
        raise BadValue(Fault.PROCEDURE_TOO_LONG_AGO, wall=wall)
    return at


def start_of(context: PatientContext, earliest: datetime | None, at: datetime) -> datetime | None:
    """Return from when on something may have been that was at an instant at the latest; None: then.

    `earliest` is a local time.
    """
    if earliest is None:
        return None
    since = loose_instant(earliest, context.history().zone)
    return since if since < at else None


def past(context: PatientContext, at: datetime | None) -> datetime | None:
    """Return the instant in UTC; one in the future is refused. None stays None (now)."""
    if at is None:
        return None
    if utc(at) > context.now():
        raise BadValue(Fault.TIME_IN_FUTURE)
    return utc(at)
