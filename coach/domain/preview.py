"""Preview: how a change of the plan would alter the gate's answers, before it is saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from coach.domain import gate
from coach.domain.case import Case
from coach.domain.decisions import Decision, Held, Locked, NeedsClinic, Open, OpenRedFlag, Unanswered
from coach.domain.history import Entry
from coach.domain.protocol import Protocol
from coach.domain.times import utc

DAYS = 7

# Reasons that no change of dose or time overrides
Standing = OpenRedFlag | Held | NeedsClinic | Unanswered


@dataclass(frozen=True, slots=True)
class PreviewStretch:
    """A stretch [begins, ends) in which the gate's answer for a routine would differ.

    Both decisions are those at its begin; None if a protocol does not have the routine.
    """

    begins: datetime
    ends: datetime
    before: Decision | None
    after: Decision | None


@dataclass(frozen=True, slots=True)
class RoutinePreview:
    """The changes for one routine, and the reason that keeps it closed until a person acts."""

    stretches: tuple[PreviewStretch, ...]
    stays_closed: Standing | None


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a change over [begins, ends), by routine, if nothing else is recorded.

    A stretch that reaches `ends` continues after it.
    """

    begins: datetime
    ends: datetime
    routines: Mapping[str, RoutinePreview]

    @property
    def changes_nothing(self) -> bool:
        """Tell whether every routine's answers stay the same over the whole time."""
        return not any(each.stretches for each in self.routines.values())

    @property
    def stays_closed(self) -> Standing | None:
        """The reason that keeps every routine closed regardless until a person acts, or None."""
        reasons = [each.stays_closed for each in self.routines.values()]
        return reasons[0] if reasons and all(reasons) else None


def preview(
    case: Case,
    changes: Sequence[Entry[object]],
    *,
    now: datetime,
    days: int = DAYS,
    protocol_after: Protocol | None = None,
) -> Preview:
    """Return how these entries would change the gate's answers from `now` on over so many days.

    The entries count as recorded after all others, in the given order, whatever their numbers.
    `protocol_after` is the protocol that the change assigns to the patient; None: the same.
    """
    now = utc(now)
    ends = now + timedelta(days=days)
    added = [
        dataclasses.replace(entry, seq=case.history.last_seq + n) for n, entry in enumerate(changes, start=1)
    ]
    new = Case.of(protocol_after or case.protocol, case.history.extended(added))
    names = dict.fromkeys(each.id for each in (*case.routines, *new.routines))
    return Preview(now, ends, {name: _routine(case, new, name, now, ends) for name in names})


def same(one: Decision | None, other: Decision | None) -> bool:
    """Tell whether two answers are the same for the patient: equal dose, or same kind of reason."""
    if isinstance(one, Open) and isinstance(other, Open):
        return (one.dose, one.easier) == (other.dose, other.easier)
    if isinstance(one, Locked) and isinstance(other, Locked):
        return type(one.told[0]) is type(other.told[0])
    return one is None and other is None


def _routine(old: Case, new: Case, name: str, now: datetime, ends: datetime) -> RoutinePreview:
    turns = {now, ends, *_turns(old, name, now), *_turns(new, name, now)}
    found: list[PreviewStretch] = []
    for begins, until in pairwise(sorted(turn for turn in turns if now <= turn <= ends)):
        piece = PreviewStretch(begins, until, _answer(old, name, begins), _answer(new, name, begins))
        if same(piece.before, piece.after):
            continue
        if found and _goes_on(found[-1], piece):
            found[-1] = dataclasses.replace(found[-1], ends=until)
        else:
            found.append(piece)
    return RoutinePreview(tuple(found), _stays_closed(_answer(old, name, now), _answer(new, name, now)))


def _goes_on(earlier: PreviewStretch, piece: PreviewStretch) -> bool:
    joins = earlier.ends == piece.begins
    return joins and same(earlier.before, piece.before) and same(earlier.after, piece.after)


def _turns(case: Case, name: str, now: datetime) -> Iterator[datetime]:
    routine = case.protocol.routines.get(name)
    if routine:
        yield from gate.changes(case, routine, now)


def _answer(case: Case, name: str, at: datetime) -> Decision | None:
    routine = case.protocol.routines.get(name)
    return gate.decide_routine(case, routine, at) if routine else None


def _stays_closed(before: Decision | None, after: Decision | None) -> Standing | None:
    """Return the reason that closes a routine before and after the change alike, or None."""
    if not isinstance(before, Locked) or not isinstance(after, Locked):
        return None
    was, is_now = before.reason, after.reason
    if isinstance(was, Standing) and isinstance(is_now, Standing):
        return is_now
    return None
