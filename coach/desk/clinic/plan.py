"""The plan desk: a physiotherapist changes one patient's plan, with a reason, after a preview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, assert_never, cast
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.clinic import plan_commands
from coach.desk.clinic.base import ticket
from coach.desk.clinic.plan_commands import Change
from coach.desk.installation.patient_context import Desk
from coach.desk.installation.recording import NewEntry, new_key
from coach.desk.patient.course_times import past, procedure_time, refuse_before
from coach.domain import facts, plan, preview, red_flags
from coach.domain.course import Course
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT, plain_text
from coach.domain.history import Entry
from coach.domain.protocol import Protocol
from coach.domain.times import from_wall_clock, local_date
from coach.records.entries.store import KeyReused, Overtaken

__all__ = ["PlanDesk"]

# The facts that a change depends on: if another user recorded one since, it must be read first.
BEARS_ON_IT = (
    *facts.PLAN, facts.RedFlagYes, facts.FlagMistake, facts.Pain, facts.Drowsy,
    facts.SessionStarted, facts.SetDone, facts.SessionFinished, facts.Answer, facts.TimeAsked,
    facts.Discharged, facts.Readmitted,
)  # fmt: skip
OTHER_ACTIONS: dict[type, Action] = {
    plan_commands.ClearFlag: Action.FLAG_CLEAR,
    plan_commands.Restart: Action.COURSE_RESTART,
}

F = TypeVar("F")

End = plan_commands.Lift | plan_commands.EndOverride | plan_commands.TakeBack | plan_commands.EndLimit

TRIES = 5  # attempts, as the patient may record entries in between


@dataclass(frozen=True, slots=True)
class _Made:
    """The facts of a change, and the protocol that it assigns to the patient (None: the same)."""

    news: tuple[NewEntry, ...]
    protocol: Protocol | None = None


class PlanDesk(Desk):
    """A physiotherapist's changes of one patient's plan.

    A change is previewed and saved as the same value. A refused one raises `BadValue` and stores
    nothing.
    """

    # looking

    @requires(Action.REVIEW_SEE)
    def ticket(self) -> str:
        """Return a token of this patient for an address, valid for the viewer and a while."""
        return ticket(self._context)

    @requires(Action.REVIEW_SEE)
    def in_force(self) -> plan.InForce:
        """Return the changes in force, and what waits for a physiotherapist."""
        return plan.in_force(self.case, now=self.now())

    @requires(Action.REVIEW_SEE)
    def seen_seq(self) -> int:
        """Return the number of the last entry, as the state that a form was built from."""
        return self.history().last_seq

    @requires(Action.REVIEW_SEE)
    def changed_since(self, seen_seq: int) -> tuple[Entry[object], ...]:
        """Return entries by others after that one that affect the plan, oldest first."""
        return tuple(
            entry
            for entry in self.history().entries
            if entry.seq > seen_seq and entry.author != self._context.author and self._bears(entry)
        )

    def _bears(self, entry: Entry[object]) -> bool:
        fact = entry.fact
        if isinstance(fact, facts.Void):
            target = self.history().by_id.get(fact.entry)
            return target is not None and isinstance(target.fact, BEARS_ON_IT)
        zone = isinstance(fact, facts.Setting) and fact.name == "zone"
        return zone or isinstance(fact, BEARS_ON_IT)

    @requires(Action.REVIEW_SEE)
    def protocols(self) -> tuple[Protocol, ...]:
        """Return the protocols that can be assigned to a patient: the shipped and the clinic's."""
        registry = self.installation.protocol_registry
        found = [registry.shipped, *(registry.by_digest(file.digest) for file in registry.files())]
        return tuple({each.digest: each for each in found if each}.values())

    @requires(Action.REVIEW_SEE)
    def preview(self, change: Change) -> preview.Preview:
        """Return what a change would alter in the next days if nothing else is recorded.

        Raises:
            BadValue: it would be refused.
        """
        now, case = self.now(), self.case
        made = self._made(change, now)
        entries = [self._entry(new, now) for new in made.news]
        return preview.preview(case, entries, now=now, protocol_after=made.protocol)

    @requires(Action.REVIEW_SEE)
    def entries(self, change: Change) -> tuple[Entry[object], ...]:
        """Return the entries that a change would record, for showing how the patient will read it.

        What only follows from the change, such as a corrected time, is left out.

        Raises:
            BadValue: it would be refused.
        """
        now = self.now()
        first, *more = self._made(change, now).news
        alike = [first, *(new for new in more if type(new.fact) is type(first.fact))]
        return tuple(self._entry(new, now) for new in alike)

    def _entry(self, new: NewEntry, now: datetime) -> Entry[object]:
        return self._context.draft(new_key(), new, self.history(), now).entry(self.seen_seq() + 1)

    # changing

    @requires(Action.PLAN_CHANGE)
    def save(self, change: Change, *, key: UUID, seen_seq: int, seen_protocol: str = "") -> None:
        """Record a change; the same key again is the same change.

        Args:
            change: what to change.
            key: created when the form is built.
            seen_seq: `seen_seq()` when the form was built.
            seen_protocol: the digest of the protocol that held then, "" if that does not matter.

        Raises:
            BadValue: another user recorded something since that affects it (`changed_since`), or
                the change is impossible.
        """
        if type(change) in OTHER_ACTIONS:
            self.admit(OTHER_ACTIONS[type(change)])
        # Of two physiotherapists at once the second gets to see the first one's change
        for _try in range(TRIES):
            self._context.look_again()
            # Read first: an entry after it is either found, or makes storing fail with Overtaken
            looked = self.seen_seq()
            if self._is_saved(change, key):
                return
            if self.changed_since(seen_seq):
                break
            if seen_protocol not in ("", self.protocol.digest):
                raise BadValue(Fault.PROTOCOL_CHANGED)
            try:
                self._context.record(*self._made(change, self.now()).news, key=key, after=looked)
            except Overtaken:
                continue
            # The same tap twice at once: "from now" differs by a moment between the two
            except KeyReused:
                if not self._is_saved(change, key):
                    raise
            return
        raise BadValue(Fault.PLAN_CHANGED)

    def _is_saved(self, change: Change, key: UUID) -> bool:
        entry = self.history().by_id.get(key)
        if entry and not isinstance(entry.fact, _FACTS[type(change)]):
            raise KeyReused(key)
        return entry is not None

    def _made(self, change: Change, now: datetime) -> _Made:
        """Return the facts of a change, or refuse it."""
        why = plain_text(change.why, NOTE_LIMIT)
        if not why:
            raise BadValue(Fault.TEXT_MISSING)
        match change:
            case plan_commands.Hold():
                return _made(self._hold(change, why, now))
            case plan_commands.DoseChange():
                return _made(self._dose(change, why, now))
            case plan_commands.ReleaseExercise(routine):
                return _made(self._released(routine, why, now))
            case plan_commands.Limit():
                return _made(self._limit(change, why, now))
            case (
                plan_commands.Lift()
                | plan_commands.EndOverride()
                | plan_commands.TakeBack()
                | plan_commands.EndLimit()
            ):
                return _made(self._ended(change, why, now))
            case plan_commands.Text(topic, text):
                return _made(self._text(facts.PlanText(topic, plain_text(text, NOTE_LIMIT), why)))
            case plan_commands.ClearFlag(flag):
                return _made(self._cleared(flag, why, now))
            case plan_commands.Restart():
                return _Made(self._restart(change, why))
            case plan_commands.Agree(questions):
                return _Made(self._agreed(questions, why, now))
            case plan_commands.Decide():
                return _Made(self._decided(change, why))
            case plan_commands.Choose(digest):
                return self._chosen(digest, why)
            case _:
                assert_never(change)

    def _ended(self, change: End, why: str, now: datetime) -> facts.Fact:
        """Return the fact that ends something in force before its time."""
        there = self.in_force()
        match change:
            case plan_commands.Lift(hold):
                return facts.HoldLifted(self._one(hold, facts.ClinicianHold, there.holds).id, why)
            case plan_commands.EndOverride(override):
                return facts.OverrideEnded(self._one(override, facts.Override, there.overrides).id, why)
            case plan_commands.TakeBack(release):
                return facts.ReleaseEnded(self._one(release, facts.Released, there.releases).id, why)
            case plan_commands.EndLimit(limit):
                own = (there.limit,) if there.limit else ()
                return facts.PainLimit(self._one(limit, facts.PainLimit, own).fact.limit, now, why)
            case _:
                assert_never(change)

    def _hold(self, change: plan_commands.Hold, why: str, now: datetime) -> facts.ClinicianHold:
        if change.routine is not None and change.routine not in {each.id for each in self.case.routines}:
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        until = from_wall_clock(change.until, self.zone) if change.until else None
        if until and until <= now:
            raise BadValue(Fault.END_PASSED)
        return facts.ClinicianHold(change.routine, why, until)

    def _dose(self, change: plan_commands.DoseChange, why: str, now: datetime) -> facts.Override:
        routine = self.protocol.routines.get(change.routine)
        if routine is None:
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        self._known_course()
        if not self.case.is_released(routine, now):
            raise BadValue(Fault.NOT_RELEASED)
        most = routine.maximum.plain
        _within(change.reps, most.reps, Fault.REPS_OUT_OF_RANGE)
        _within(change.per_day, most.per_day, Fault.TIMES_OUT_OF_RANGE)
        _within(change.hold_s, most.hold_s, Fault.HOLD_OUT_OF_RANGE, whole=False)
        _within(change.days_per_week, most.days_per_week, Fault.DAYS_OUT_OF_RANGE)
        begins = max(now, from_wall_clock(change.begins, self.zone)) if change.begins else now
        ends = self._ends(change.ends, begins, now)
        return facts.Override(
            change.routine,
            change.reps,
            float(change.hold_s),
            change.per_day,
            begins,
            ends,
            why,
            change.days_per_week,
        )

    def _released(self, name: str, why: str, now: datetime) -> facts.Released:
        routine = self.protocol.routines.get(name)
        if routine is None:
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        self._known_course()
        if routine.release is None or self.case.release_at(routine, now):
            raise BadValue(Fault.RELEASED_ALREADY)
        return facts.Released(name, why)

    def _limit(self, change: plan_commands.Limit, why: str, now: datetime) -> facts.PainLimit:
        self._known_course()
        most = self.protocol.rules.own_limit_most.whole
        _within(change.limit, most, Fault.LIMIT_OUT_OF_RANGE)
        return facts.PainLimit(change.limit, self._ends(change.ends, now, now), why)

    def _ends(self, wall: datetime, begins: datetime, now: datetime) -> datetime:
        """Return an end that must be given and not too far ahead."""
        ends = from_wall_clock(wall, self.zone)
        if ends <= begins:
            raise BadValue(Fault.END_PASSED)
        days = self.protocol.rules.plan_lasts_most.whole
        if (local_date(ends, self.zone) - local_date(now, self.zone)).days > days:
            raise BadValue(Fault.END_TOO_FAR, days=days)
        return ends

    def _text(self, fact: facts.PlanText) -> facts.PlanText:
        if not fact.text and fact.topic not in self.in_force().texts:
            raise BadValue(Fault.TEXT_MISSING)
        return fact

    def _cleared(self, entry: UUID, why: str, now: datetime) -> facts.FlagCleared:
        flag = self._one(entry, facts.RedFlagYes, self.in_force().flags)
        if not red_flags.may_clear(self.protocol, flag, now, now=now, clinician=True):
            raise BadValue(Fault.ONLY_RESTART)
        return facts.FlagCleared(entry, self._who, now, why)

    def _agreed(self, questions: tuple[str, ...], why: str, now: datetime) -> tuple[NewEntry, ...]:
        waiting = {asked.id for asked, _ in self.in_force().answers}
        if not questions or not waiting.issuperset(questions):
            raise BadValue(Fault.NOTHING_TO_RELEASE)
        return tuple(NewEntry(facts.ClinicAgreed(each, self._who, now, why)) for each in questions)

    def _restart(self, change: plan_commands.Restart, why: str) -> tuple[NewEntry, ...]:
        if (self.course() is None) is not (change.cause is facts.Cause.FIRST):
            raise BadValue(Fault.UNKNOWN_CHOICE, value=change.cause.value)
        at = procedure_time(self._context, change.ended)
        refuse_before(self._context, at, self.seen_seq() + 1)
        home = past(self._context, from_wall_clock(change.home, self.zone)) if change.home else None
        if home and home < at:
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        arrived = NewEntry(facts.HomeArrival(home=home is not None), at=home)
        return NewEntry(facts.Procedure(change.cause, why), at=at), arrived

    def _decided(self, change: plan_commands.Decide, why: str) -> tuple[NewEntry, ...]:
        asked = self._one(change.request, facts.TimeAsked, self.in_force().requests)
        decided = NewEntry(facts.TimeDecided(asked.id, change.accepted, why))
        if not change.accepted:
            return (decided,)
        known, to = self._known_course(), asked.fact.to
        if asked.fact.what is facts.AnchorTime.HOME_ARRIVAL:
            if to < known.procedure_earliest:
                raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
            said = [
                a for a in self.history().of(facts.HomeArrival) if a.seq > known.told_since and a.fact.home
            ]
            old = max(said, key=lambda entry: entry.seq, default=None)
            arrived = facts.HomeArrival(home=True, earliest=asked.fact.earliest)
            return decided, NewEntry(arrived, at=to, supersedes=old.id if old else None)
        if known.home and not known.home_assumed and known.home < (asked.fact.earliest or to):
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        refuse_before(self._context, to, known.first.seq)
        ended = replace(known.procedure.fact, earliest=asked.fact.earliest)
        return decided, NewEntry(ended, at=to, supersedes=known.procedure.id)

    def _chosen(self, digest: str, why: str) -> _Made:
        chosen = self.installation.protocol_registry.by_digest(digest)
        if chosen is None:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=digest[:12])
        for flag in self.in_force().flags:
            here, there = (each.red_flags.get(flag.fact.flag) for each in (self.protocol, chosen))
            if there is None or (here and here.never_cleared and not there.never_cleared):
                raise BadValue(Fault.FLAG_UNKNOWN_THERE)
        return _Made((NewEntry(facts.ProtocolChosen(chosen.id, chosen.version, digest, why)),), chosen)

    def _one(self, entry: UUID, kind: type[F], there: tuple[Entry[F], ...]) -> Entry[F]:
        """Return the item of that id; a missing one, or one no longer in force, is refused."""
        for each in there:
            if each.id == entry:
                return each
        known = self.history().by_id.get(entry)
        raise BadValue(Fault.ENDED_ALREADY if known and isinstance(known.fact, kind) else Fault.UNKNOWN_ENTRY)

    def _known_course(self) -> Course:
        known = self.course()
        if known is None:
            raise BadValue(Fault.NO_PROCEDURE)
        return known

    @property
    def _who(self) -> str:
        return self.principal.name.strip() or facts.CLINICIAN


def _within(value: object, high: float, fault: Fault, *, whole: bool = True) -> None:
    """Refuse a value that is not a number from 1 to `high`, also NaN."""
    number = type(value) is int or (type(value) is float and not whole)
    if not number or not 1 <= cast("float", value) <= high:
        raise BadValue(fault, low=1, high=f"{high:g}")


def _made(fact: facts.Fact) -> _Made:
    return _Made((NewEntry(fact),))


# The name from which the key of a change's first entry is derived.
_FACTS: dict[type, type] = {
    plan_commands.Hold: facts.ClinicianHold,
    plan_commands.Lift: facts.HoldLifted,
    plan_commands.DoseChange: facts.Override,
    plan_commands.EndOverride: facts.OverrideEnded,
    plan_commands.ReleaseExercise: facts.Released,
    plan_commands.TakeBack: facts.ReleaseEnded,
    plan_commands.Limit: facts.PainLimit,
    plan_commands.EndLimit: facts.PainLimit,
    plan_commands.Text: facts.PlanText,
    plan_commands.ClearFlag: facts.FlagCleared,
    plan_commands.Restart: facts.Procedure,
    plan_commands.Agree: facts.ClinicAgreed,
    plan_commands.Decide: facts.TimeDecided,
    plan_commands.Choose: facts.ProtocolChosen,
}
