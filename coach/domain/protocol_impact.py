"""Which patients a new protocol affects: what each difference changes for one patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.domain import dosing, gate
from coach.domain import protocol_changes as d
from coach.domain.case import Case
from coach.domain.course import PhaseSpan
from coach.domain.protocol import Dose, Phase
from coach.domain.times import midnight_after, utc

# Differences that affect every patient, in any phase.
General = (
    d.RoutineAdded | d.RoutineRemoved | d.FirstDoseChanged | d.MaximumChanged | d.RoutineNumber | d.RoutineNature
    | d.ReleaseAsked | d.CriterionChanged | d.CheckpointsChanged
    | d.RuleChanged | d.FlagAdded | d.FlagRemoved | d.FlagLevelChanged | d.FlagClearing | d.FlagAskedAgain
    | d.QuestionAdded | d.QuestionRemoved | d.QuestionCloses
)  # fmt: skip
# Differences that affect a patient depending on the phase.
Timed = d.RoutineOpens | d.PhaseStarts | d.PhaseAdded | d.PhaseRemoved | d.PhaseRule | d.DoseChanged
# Differences of one exercise.
OfRoutine = (
    d.RoutineAdded | d.RoutineRemoved | d.RoutineOpens | d.DoseChanged | d.MaximumChanged | d.RoutineNumber
    | d.RoutineNature
)  # fmt: skip

Offer = tuple[Dose, int, timedelta] | None


@dataclass(frozen=True, slots=True)
class Reached:
    """For each difference, by index: whether it affects the patient, and whether before midnight.

    `today` tells whether the routines that may be done before midnight change.
    """

    affected: tuple[bool, ...]
    on_the_day: tuple[bool, ...]
    today: bool

    @property
    def at_all(self) -> bool:
        """Tell whether any difference affects this patient."""
        return self.today or any(self.affected)


def reached(found: Sequence[d.Difference], old: Case, new: Case, *, at: datetime) -> Reached:
    """Return how the new protocol affects a patient from `at` on, if nothing more is recorded.

    `old` and `new` are the patient's history under the old and under the new protocol.

    Texts, curves and phone numbers affect nobody in this sense, nor does an exercise that waits for
    a release affect somebody for whom nobody has released it.
    """
    at = utc(at)
    midnight = midnight_after(at, old.history.zone)
    before, after = _Ahead(old, at), _Ahead(new, at)
    other = _other_today(old, new, at, midnight)
    affected = tuple(_is_theirs(each, old, new, at) and _affects(each, before, after) for each in found)
    on_the_day = tuple(
        hit and bool(other & _concerned(each, other)) and _begins(each, before, after, midnight)
        for each, hit in zip(found, affected, strict=True)
    )
    return Reached(affected, on_the_day, today=bool(other))


class _Ahead:
    """The future of a course; all of it, if no course is known or the patient is not home."""

    def __init__(self, case: Case, at: datetime) -> None:
        known = case.course
        self.unknown = known is None or not known.spans
        self.at = at
        spans = known.spans if known else ()
        self.spans: Mapping[str, PhaseSpan] = {
            span.phase.id: span for span in spans if span.ends is None or span.ends > at
        }

    def phase(self, phase: Phase) -> datetime | None:
        """Return the future start of a phase, now at the earliest.

        None if it is over or never comes.
        """
        span = self.spans.get(phase.id)
        return max(span.starts, self.at) if span else None

    def opens(self, routine: str) -> datetime | None:
        """Return when a routine is next open, now at the earliest; None if never."""
        starts = [span.starts for span in self.spans.values() if routine in span.phase.doses]
        return max(min(starts), self.at) if starts else None


def _starts(found: d.Difference, before: _Ahead, after: _Ahead) -> tuple[datetime | None, datetime | None]:
    """Return from when a difference has effect, under the old and the new protocol."""
    match found:
        case d.RoutineOpens(routine):
            return before.opens(routine.id), after.opens(routine.id)
        case d.PhaseStarts(phase) | d.PhaseAdded(phase) | d.PhaseRemoved(phase) | d.PhaseRule(phase):
            return before.phase(phase), after.phase(phase)
        case d.DoseChanged(phase):
            return before.phase(phase), after.phase(phase)
        case _:
            return None, None


def _is_theirs(found: d.Difference, old: Case, new: Case, at: datetime) -> bool:
    """Tell whether the exercise that a difference is about is open to this patient at all."""
    if not isinstance(found, OfRoutine):
        return True
    routines = ((case, case.protocol.routines.get(found.routine.id)) for case in (old, new))
    return any(routine is not None and case.is_released(routine, at) for case, routine in routines)


def _affects(found: d.Difference, before: _Ahead, after: _Ahead) -> bool:
    if isinstance(found, General):
        return True
    if not isinstance(found, Timed):
        return False
    if before.unknown or after.unknown:
        return True
    old, new = _starts(found, before, after)
    if isinstance(found, d.RoutineOpens | d.PhaseStarts):
        return old != new
    return old is not None or new is not None


def _begins(found: d.Difference, before: _Ahead, after: _Ahead, midnight: datetime) -> bool:
    """Tell whether a difference has effect before midnight; those for all patients do at once."""
    if isinstance(found, General):
        return True
    return any(start is not None and start < midnight for start in _starts(found, before, after))


def _concerned(found: d.Difference, all_routines: frozenset[str]) -> frozenset[str]:
    match found:
        case d.RoutineOpens(routine) | d.MaximumChanged(routine) | d.RoutineNumber(routine):
            return frozenset({routine.id})
        case d.RoutineNature(routine) | d.DoseChanged(_, routine):
            return frozenset({routine.id})
        case _:
            return all_routines


def _other_today(old: Case, new: Case, at: datetime, midnight: datetime) -> frozenset[str]:
    """Return the routines whose times or dose on that day change."""
    routines = dict(old.protocol.routines) | dict(new.protocol.routines)
    found = set()
    for name in routines:
        moments = {at}
        for case in (old, new):
            routine = case.protocol.routines.get(name)
            if routine:
                moments |= {turn for turn in gate.changes(case, routine, at) if at < turn < midnight}
        if any(_offer(old, name, moment) != _offer(new, name, moment) for moment in moments):
            found.add(name)
    return frozenset(found)


def _offer(case: Case, name: str, at: datetime) -> Offer:
    """Return dose, sets a day and least gap of an open routine; None if closed."""
    routine = case.protocol.routines.get(name)
    if routine is None or gate.reason(case, routine, at) is not None:
        return None
    shaped = dosing.dose(case, routine, at)
    return (shaped[0], dosing.cap(routine, shaped[0]), dosing.gap(routine, shaped[0])) if shaped else None
