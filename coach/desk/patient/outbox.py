"""The outbox desk: records items that a browser stored, perhaps while the server did not answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.sessions import set_done
from coach.domain import facts
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import plain_text
from coach.domain.history import Entry, Session
from coach.domain.protocol import RoutineKind
from coach.domain.session import planned_reps
from coach.records.entries.store import KeyReused, Overtaken

OLDEST = timedelta(days=60)
LONGEST = timedelta(days=1)
JUST_NOW = timedelta(minutes=2)  # an item sent later had been kept by the browser
TRIES = 20  # attempts if others record at the same moment
# Devices of one patient take turns, so that none is overtaken again and again.
_TURNS = tuple(Lock() for _turn in range(64))


@dataclass(slots=True)
class Receipt:
    """Which items are stored (the browser may forget them), and which are refused and why.

    `there` tells that one of them is a new act, not one that the browser sends again by itself.
    """

    acknowledged: list[str] = field(default_factory=list)
    refused: list[tuple[str, BadValue]] = field(default_factory=list)
    there: bool = False


class NotTheirs(Exception):
    """The items belong to another patient; the browser keeps them."""


class OutboxDesk(UseCases):
    """Records the items of the session player."""

    @requires(Action.HISTORY_TELL)
    def receive(self, items: Sequence[Mapping[str, object]], *, owner: str) -> Receipt:
        """Record the items in order, each in its own transaction; sending one again is safe.

        An item has id, kind, session, age_ms (how long ago it happened), estimated and payload.

        Raises:
            NotTheirs: `owner` is not this desk's patient.
            BadValue: nothing could be recorded, as the computer's clock is behind the record.
        """
        if owner != str(self._context.patient):
            raise NotTheirs
        receipt, clock_wrong = Receipt(), None
        received = self._context.now()
        for item in items:
            try:
                with _TURNS[hash(self._context.patient) % len(_TURNS)]:
                    receipt.there |= self._take(item, received)
            except BadValue as refused:
                # It waits for the clock; a later warning sign does not
                if refused.fault is Fault.CLOCK_WRONG:
                    clock_wrong = refused
                    continue
                receipt.refused.append((str(item.get("id")), refused))
            else:
                receipt.acknowledged.append(str(item["id"]))
        if clock_wrong and not receipt.acknowledged and not receipt.refused:
            raise clock_wrong
        return receipt

    def _take(self, item: Mapping[str, object], received: datetime) -> bool:
        """Record one item, considering all entries, those of other devices too.

        Returns:
            Whether it is new, and an act of the last minutes.
        """
        for _try in range(TRIES - 1):
            try:
                return self._record_item(item, received)
            except Overtaken:
                self._context.look_again()
        return self._record_item(item, received)

    def _record_item(self, item: Mapping[str, object], received: datetime) -> bool:
        key = _uuid(item.get("id"))
        session_id = _uuid(item.get("session"))
        payload = item.get("payload")
        if not isinstance(payload, Mapping):
            raise BadValue(Fault.UNKNOWN_CHOICE, value="item")
        age = _length(item.get("age_ms"), OLDEST)
        history = self._context.history()
        session = history.session(session_id)
        kind, at = item.get("kind"), received - age
        if kind in ("red_flag", "no_red_flags"):  # these count however the session ended
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
            self._context.record(NewEntry(new.fact, at=new.at, key=key), after=history.last_seq)
        except KeyReused:
            # Sent twice at once, the two ages differ; the first is stored, the second is the same
            # act.
            stored = self._context.history().by_id.get(key)
            if stored is None:
                raise
            _check_same(stored, new.fact)
            return False
        return age <= JUST_NOW

    def _read(
        self, kind: object, payload: Mapping[str, object], session: Session, at: datetime, *, estimated: bool
    ) -> NewEntry:
        """Return the fact of an item and its instant."""
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
        known = self._context.protocol.routines.get(plan.routine)
        # A test that was tried and not finished is kept too
        low = 0 if known and known.kind is RoutineKind.TEST else 1
        if type(reps) is not int or not low <= reps <= planned_reps(plan):
            raise BadValue(Fault.REPS_OUT_OF_RANGE, low=low, high=planned_reps(plan))
        if payload.get("routine") != plan.routine:
            raise BadValue(Fault.UNKNOWN_ROUTINE, value=str(payload.get("routine"))[:40])
        took_s = round(_length(took_ms, LONGEST) / timedelta(seconds=1), 1)
        starts = max(at - timedelta(seconds=took_s), session.started.at)
        # No set ends after it was received
        took_s = min(took_s, (at - starts) / timedelta(seconds=1))
        fact = set_done(
            self._context, session.id, plan, reps, took_s, starts, facts.Source.PLAYER, estimated=estimated
        )
        if any(done.fact.routine == plan.routine and done.fact.reps_done for done in session.sets):
            fact = replace(fact, outside_plan=True)  # done again on another device
        return NewEntry(fact, at=starts)

    def _read_check(self, payload: Mapping[str, object], at: datetime, *, yes: bool) -> NewEntry:
        """Return the answer to the check after a session stopped for pain or feeling unwell."""
        flag = payload.get("flag")
        if not yes:
            return NewEntry(facts.FlagCheck(whole=True), at=at)
        if not isinstance(flag, str) or flag not in self._context.protocol.red_flags:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=str(flag)[:40])
        return NewEntry(facts.RedFlagYes(flag), at=at)


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise BadValue(Fault.UNKNOWN_ENTRY, value=str(value)[:40]) from None


def _length(value: object, longest: timedelta) -> timedelta:
    """Return a number of milliseconds as a length, limited to the longest.

    Other values are refused.
    """
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
    """Refuse a key that is used for other content; times may differ between two sendings."""
    if not _alike(known.fact, fact):
        raise BadValue(Fault.KEY_REUSED)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, facts.SetDone) and isinstance(other, facts.SetDone):
        return (one.session, one.routine, one.reps_done) == (other.session, other.routine, other.reps_done)
    return one == other


def _is_second_end(session: Session, fact: facts.Fact) -> bool:
    """Tell whether an item is a second end of the same session, which is not stored.

    A stop for pain is stored all the same.
    """
    if not isinstance(fact, facts.SessionFinished) or session.finished is None:
        return False
    for_pain = fact.stop_reason is facts.StopReason.PAIN
    return not for_pain or session.finished.fact.stop_reason is facts.StopReason.PAIN
