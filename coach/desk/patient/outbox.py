"""The outbox's other end: small entries that a browser made, perhaps while the server was away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.recording import Desk, NewEntry
from coach.domain import decisions, facts, gate, red_flags
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import plain_text
from coach.domain.history import Entry, History, Session
from coach.domain.session import planned_reps
from coach.records.entries.store import KeyReused, Overtaken

OLDEST = timedelta(days=60)
LONGEST = timedelta(days=1)
JUST_NOW = timedelta(minutes=2)  # what is sent later, a browser had kept
TRIES = 20  # where somebody else records at the same moment
# Devices of one patient take turns, so that none of them is overtaken again and again.
_TURNS = tuple(Lock() for _turn in range(64))


@dataclass(slots=True)
class Receipt:
    """Which items are stored now (the browser may forget them) and which never will be, and why.

    `there` tells that somebody did one of them just now: what a browser sends again by itself is nobody's doing.
    """

    acknowledged: list[str] = field(default_factory=list)
    refused: list[tuple[str, BadValue]] = field(default_factory=list)
    there: bool = False


class NotTheirs(Exception):
    """The items belong to somebody else than this desk serves; the browser keeps them."""


class Outbox(Desk):
    """Takes what the session player recorded."""

    @requires(Action.HISTORY_TELL)
    def receive(self, items: Sequence[Mapping[str, object]], *, owner: str) -> Receipt:
        """Record the items in order, each on its own; sending one again is safe.

        An item has id, kind, session, age_ms (how long ago it happened), estimated and payload.

        Raises:
            NotTheirs: `owner` is not this desk's patient.
            BadValue: nothing could be taken, for the computer's clock is behind the record.
        """
        if owner != str(self.patient):
            raise NotTheirs
        receipt, clock_wrong = Receipt(), None
        received = self.now()
        for item in items:
            try:
                with _TURNS[hash(self.patient) % len(_TURNS)]:
                    receipt.there |= self._take(item, received)
            except BadValue as refused:
                if refused.fault is Fault.CLOCK_WRONG:  # it waits; a warning sign behind it does not
                    clock_wrong = refused
                    continue
                receipt.refused.append((str(item.get("id")), refused))
            else:
                receipt.acknowledged.append(str(item["id"]))
        if clock_wrong and not receipt.acknowledged and not receipt.refused:
            raise clock_wrong
        return receipt

    def _take(self, item: Mapping[str, object], received: datetime) -> bool:
        """Record one item as it is to be told beside everything that is recorded, from other devices too.

        Returns:
            Whether it is new, and was done just now.
        """
        for _try in range(TRIES - 1):
            try:
                return self._record_item(item, received)
            except Overtaken:
                self._look_again()
        return self._record_item(item, received)

    def _record_item(self, item: Mapping[str, object], received: datetime) -> bool:
        key = _uuid(item.get("id"))
        session_id = _uuid(item.get("session"))
        payload = item.get("payload")
        if not isinstance(payload, Mapping):
            raise BadValue(Fault.UNKNOWN_CHOICE, value="item")
        age = _length(item.get("age_ms"), OLDEST)
        history = self.history()
        session = history.session(session_id)
        kind, at = item.get("kind"), received - age
        if kind in ("red_flag", "no_red_flags"):  # they count whatever became of the session
            new = self._read_check(payload, at, yes=kind == "red_flag")
        elif session is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        else:
            new = self._read(kind, payload, session, at, estimated=item.get("estimated") is True)
        known = history.by_id.get(key)
        if known is not None:
            _check_same(known, new.fact)
            return False
        if session and _is_second_end(session, new.fact):
            return False
        try:
            self._record(NewEntry(new.fact, at=new.at, key=key), after=history.last_seq)
        except KeyReused:
            # Sent twice at once, the two ages differ; the first is stored and the second is the same act.
            stored = self.history().by_id.get(key)
            if stored is None:
                raise
            _check_same(stored, new.fact)
            return False
        return age <= JUST_NOW

    def _read(
        self, kind: object, payload: Mapping[str, object], session: Session, at: datetime, *, estimated: bool
    ) -> NewEntry:
        """Return the fact that an item tells, and when it was."""
        at = max(at, session.started.at)
        match kind:
            case "set_done":
                return self._read_set(payload, session, at, estimated=estimated)
            case "session_finished":
                reason = payload.get("stop_reason")
                known = (
                    facts.StopReason(reason)
                    if isinstance(reason, str) and reason in set(facts.StopReason)
                    else None
                )
                if reason is not None and known is None:
                    raise BadValue(Fault.UNKNOWN_CHOICE, value=str(reason)[:40])
                return NewEntry(facts.SessionFinished(session.id, known), at=at)
            case "pain":
                return NewEntry(
                    facts.Pain(_score(payload.get("score")), facts.PainWhen.AFTER, session.id), at=at
                )
            case "effort":
                return NewEntry(
                    facts.Effort(
                        session.id, facts.whole_score(payload.get("effort"), Fault.EFFORT_NOT_A_SCORE)
                    ),
                    at=at,
                )
            case "note":
                return NewEntry(facts.Note(session.id, plain_text(payload.get("text"), 2000)), at=at)
            case _:
                raise BadValue(Fault.UNKNOWN_KIND, value=str(kind)[:40])

    def _read_set(
        self, payload: Mapping[str, object], session: Session, at: datetime, *, estimated: bool
    ) -> NewEntry:
        index, reps, took_ms = (payload.get(name) for name in ("set", "reps_done", "took_ms"))
        sets = session.started.fact.sets
        if type(index) is not int or not 0 <= index < len(sets):
            raise BadValue(Fault.UNKNOWN_ROUTINE, value=str(index)[:20])
        plan = sets[index]
        if type(reps) is not int or not 1 <= reps <= planned_reps(plan):
            raise BadValue(Fault.REPS_OUT_OF_RANGE, low=1, high=planned_reps(plan))
        if payload.get("routine") != plan.routine:
            raise BadValue(Fault.UNKNOWN_ROUTINE, value=str(payload.get("routine"))[:40])
        took_s = round(_length(took_ms, LONGEST) / timedelta(seconds=1), 1)
        starts = max(at - timedelta(seconds=took_s), session.started.at)
        took_s = min(took_s, (at - starts) / timedelta(seconds=1))  # no set ends after it was told
        fact = self.set_done(session.id, plan, reps, took_s, starts, facts.Source.PLAYER, estimated=estimated)
        if any(done.fact.routine == plan.routine for done in session.sets):
            fact = replace(fact, outside_plan=True)  # done over on another device
        return NewEntry(fact, at=starts)

    def _read_check(self, payload: Mapping[str, object], at: datetime, *, yes: bool) -> NewEntry:
        """Return the answer to the check that follows a session stopped for pain or feeling unwell."""
        flag = payload.get("flag")
        if not yes:
            return NewEntry(facts.FlagCheck(whole=True), at=at)
        if not isinstance(flag, str) or flag not in self.protocol.red_flags:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=str(flag)[:40])
        return NewEntry(facts.RedFlagYes(flag), at=at)

    @requires(Action.HISTORY_SEE)
    def set_done(
        self, session: UUID, plan: facts.PlannedSet, reps: int, took_s: float, starts: datetime, source: facts.Source,
        *, estimated: bool = False, known: History | None = None, then: History | None = None,
    ) -> facts.SetDone:  # fmt: skip
        """Return a finished set, marked where it was outside the plan (decision 8).

        `known` is what the record knows, and `then` what of it had happened when the set began; None: as it is now.

        What Start allowed is inside the plan unless something closed everything before the set
        began; a set from memory is inside where the gate was open then.
        """
        history = known or self.history()
        span = None
        case = Case.of(self.protocol, history)
        if case.course:
            span = case.course.span_at(starts)
        if source is facts.Source.PLAYER:
            closed = [flag.at for flag in red_flags.open_flags(Case.of(self.protocol, history))]
            closed += [
                hold.at
                for hold in case.holds
                if hold.fact.routine in (None, plan.routine)
                and (hold.fact.until is None or starts < hold.fact.until)
            ]
            outside = any(since <= starts for since in closed)
        else:
            then = then or History(entry for entry in history.counted if entry.at <= starts)
            decision = gate.decide(Case.of(self.protocol, then), now=starts)[plan.routine]
            outside = not isinstance(decision, decisions.Open)
        return facts.SetDone(
            session=session,
            routine=plan.routine,
            reps_done=reps,
            reps_planned=planned_reps(plan),
            hold_s=plan.hold_s,
            took_s=took_s,
            phase=span.phase.id if span else "",
            source=source,
            outside_plan=outside,
            estimated=estimated or source is facts.Source.DIARY,
        )


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise BadValue(Fault.UNKNOWN_ENTRY, value=str(value)[:40]) from None


def _length(value: object, longest: timedelta) -> timedelta:
    """Return a number of milliseconds as a length between none and the longest; what is no number is refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(Fault.DURATION_OUT_OF_RANGE, value=str(value)[:20])
    if isinstance(value, float) and math.isnan(value):
        raise BadValue(Fault.DURATION_OUT_OF_RANGE, value=str(value)[:20])
    return timedelta(milliseconds=min(max(value, 0), longest / timedelta(milliseconds=1)))


def _score(value: object) -> facts.Score:
    if isinstance(value, str) and value in set(facts.PainWord):
        return facts.PainWord(value)
    return facts.whole_score(value)


def _check_same(known: Entry[object], fact: facts.Fact) -> None:
    """Refuse a key that is used for something else; times may differ between two sendings."""
    if not _alike(known.fact, fact):
        raise BadValue(Fault.KEY_REUSED)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, facts.SetDone) and isinstance(other, facts.SetDone):
        return (one.session, one.routine, one.reps_done) == (other.session, other.routine, other.reps_done)
    return one == other


def _is_second_end(session: Session, fact: facts.Fact) -> bool:
    """Tell whether a second end of the same session came in: it is finished once.

    That it was stopped for pain is kept all the same, whoever ended it first.
    """
    if not isinstance(fact, facts.SessionFinished) or session.finished is None:
        return False
    for_pain = fact.stop_reason is facts.StopReason.PAIN
    return not for_pain or session.finished.fact.stop_reason is facts.StopReason.PAIN
