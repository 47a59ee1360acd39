"""The difference between two protocols, as typed facts; none exactly when both say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TypeGuard, TypeVar

from coach.domain import protocol_changes as changes
from coach.domain.protocol import Measures, Phase, Protocol, Quantity, Routine
from coach.domain.protocol_changes import Difference, HoursAfter, Path

T = TypeVar("T")
ORDER = "(order)"
# Each drawing is compared where a routine has it.
NOT_COMPARED = frozenset({("digest",), ("drawings",)})


def difference(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Return all differences of the new protocol, those of times and doses first.

    The digest is ignored: files that differ in white space alone have no difference.
    """
    return tuple(_Comparison(old, new).found())


def opening(protocol: Protocol, routine: str) -> HoursAfter | None:
    """Return when a routine first opens, or None if no phase opens it."""
    return next((_opening(phase) for phase in protocol.phases if routine in phase.doses), None)


def _opening(phase: Phase) -> HoursAfter:
    return HoursAfter(phase.anchor, phase.opens_after.value)


class _Comparison:
    """The differing leaves of two protocols.

    Those that no other type covers become `TextChanged`.
    """

    def __init__(self, old: Protocol, new: Protocol) -> None:
        self.old = old
        self.new = new
        one, two = dict(_leaves(old, new, ())), dict(_leaves(new, old, ()))
        self.left = {
            path: (one.get(path), two.get(path))
            for path in [*two, *(path for path in one if path not in two)]
            if one.get(path) != two.get(path)
        }

    def found(self) -> Iterator[Difference]:
        yield from self._routines()
        yield from self._phases()
        yield from self._rules()
        yield from self._flags()
        yield from self._questions()
        yield from self._curves_and_numbers()
        yield from self._measures()
        yield from self._bone_health()
        yield from self._names_and_orders()
        for place, (old, new) in self.left.items():
            yield changes.TextChanged(place, _lines(old), _lines(new))

    def _takes(self, *path: str) -> bool:
        """Tell whether anything under a path differs; remove it from the remaining differences."""
        mine = [place for place in self.left if place[: len(path)] == path]
        for place in mine:
            del self.left[place]
        return bool(mine)

    def _dose_differs(self, *path: str) -> bool:
        """Tell whether the numbers of a dose differ; sources and notes are left to the texts."""
        numbers = [(*path, name, "value") for name in ("reps", "hold", "per_day", "days_per_week")]
        taken = [self._takes(*place) for place in (*numbers, (*path, "hourly"))]
        return any(taken)

    def _come_and_gone(
        self,
        place: str,
        old: Mapping[str, T],
        new: Mapping[str, T],
        removed: Callable[[T], Difference],
        added: Callable[[T], Difference],
    ) -> Iterator[Difference]:
        """Yield items that only one of the two has; remove them from the remaining differences."""
        for one, other, kind in ((old, new, removed), (new, old, added)):
            for name in one:
                if name not in other:
                    self._takes(place, name)
                    yield kind(one[name])

    def _routines(self) -> Iterator[Difference]:
        old, new = self.old.routines, self.new.routines
        for routine in (dict(old) | dict(new)).values():
            one, two = opening(self.old, routine.id), opening(self.new, routine.id)
            if one != two:
                yield changes.RoutineOpens(routine, one, two)
        yield from self._come_and_gone("routines", old, new, changes.RoutineRemoved, changes.RoutineAdded)
        for name in _both(old, new):
            yield from self._routine(old[name], new[name])

    def _routine(self, old: Routine, new: Routine) -> Iterator[Difference]:
        at = ("routines", new.id)
        if self._dose_differs(*at, "maximum"):
            yield changes.MaximumChanged(new, old.maximum.plain, new.maximum.plain)
        for name in ("gap", "hourly_gap", "hourly_cap", "hourly_met_at", "tighten"):
            one: Quantity | None = getattr(old, name)
            two: Quantity | None = getattr(new, name)
            if one is None or two is None:
                changed = self._takes(*at, name)
            else:
                changed = self._takes(*at, name, "value")
            if changed:
                yield changes.RoutineNumber(new, name, one, two)
        yield from self._release(old, new)
        drawn = [self._takes(*at, name) for name in ("drawing", "own_drawing")]
        if any(drawn):
            yield changes.DrawingChanged(new)
        for name in ("kind", "sides"):
            if self._takes(*at, name):
                yield changes.RoutineNature(new, name, str(getattr(old, name)), str(getattr(new, name)))

    def _release(self, old: Routine, new: Routine) -> Iterator[Difference]:
        """Yield what a routine waits for otherwise, and when a test is due otherwise."""
        at = ("routines", new.id)
        if old.release is None or new.release is None:
            if self._takes(*at, "release"):
                yield changes.ReleaseAsked(new)
        else:
            for name in (field.name for field in fields(new.release) if field.name != "by"):
                one, two = getattr(old.release, name), getattr(new.release, name)
                each = (*at, "release", name)
                if self._takes(*each) if one is None or two is None else self._takes(*each, "value"):
                    yield changes.CriterionChanged(new, name, one, two)
        times = [(each.opens_after.value, each.offered_for.value) for each in old.checkpoints]
        if times != [(each.opens_after.value, each.offered_for.value) for each in new.checkpoints]:
            self._takes(*at, "checkpoints")
            yield changes.CheckpointsChanged(new)

    def _phases(self) -> Iterator[Difference]:
        old = {phase.id: phase for phase in self.old.phases}
        new = {phase.id: phase for phase in self.new.phases}
        yield from self._come_and_gone("phases", old, new, changes.PhaseRemoved, changes.PhaseAdded)
        for name in _both(old, new):
            yield from self._phase(old[name], new[name])

    def _phase(self, old: Phase, new: Phase) -> Iterator[Difference]:
        at = ("phases", new.id)
        moved = [self._takes(*at, "anchor"), self._takes(*at, "opens_after", "value")]
        if any(moved):
            yield changes.PhaseStarts(new, _opening(old), _opening(new))
        routines = dict(self.old.routines) | dict(self.new.routines)
        for name in dict(old.doses) | dict(new.doses):
            one, two = old.doses.get(name), new.doses.get(name)
            if one is None or two is None:
                changed = self._takes(*at, "doses", name)
            else:
                changed = self._dose_differs(*at, "doses", name)
            if changed:
                yield changes.DoseChanged(
                    new, routines[name], one.plain if one else None, two.plain if two else None
                )
        for name in ("rest_rule_until_next", "done_after_overnight", "review_due"):
            if self._takes(*at, name):
                yield changes.PhaseRule(new, name, getattr(new, name))

    def _rules(self) -> Iterator[Difference]:
        if self._dose_differs("rules", "first_dose"):
            yield changes.FirstDoseChanged(self.old.rules.first_dose.plain, self.new.rules.first_dose.plain)
        for field in fields(self.new.rules):
            if self._takes("rules", field.name, "value"):
                one, two = getattr(self.old.rules, field.name), getattr(self.new.rules, field.name)
                yield changes.RuleChanged(field.name, one, two)

    def _flags(self) -> Iterator[Difference]:
        old, new = self.old.red_flags, self.new.red_flags
        yield from self._come_and_gone("red_flags", old, new, changes.FlagRemoved, changes.FlagAdded)
        for name in _both(old, new):
            if self._takes("red_flags", name, "level"):
                yield changes.FlagLevelChanged(new[name], old[name].level)
            if self._takes("red_flags", name, "never_cleared"):
                yield changes.FlagClearing(new[name])
            if self._takes("red_flags", name, "event"):
                yield changes.FlagAskedAgain(new[name])

    def _questions(self) -> Iterator[Difference]:
        old = {question.id: question for question in self.old.questions}
        new = {question.id: question for question in self.new.questions}
        yield from self._come_and_gone("questions", old, new, changes.QuestionRemoved, changes.QuestionAdded)
        for name in _both(old, new):
            taken = [self._takes("questions", name, key) for key in ("closes", "meaning")]
            if any(taken):
                yield changes.QuestionCloses(new[name], old[name])

    def _curves_and_numbers(self) -> Iterator[Difference]:
        old = {curve.id: curve for curve in self.old.curves}
        new = {curve.id: curve for curve in self.new.curves}
        for name in new | old:
            if self._takes("curves", name):
                yield changes.CurveChanged(old.get(name), new.get(name))
        numbers = dict(self.new.emergency_numbers) | dict(self.old.emergency_numbers)
        for country in numbers:
            if self._takes("emergency_numbers", country):
                one = self.old.emergency_numbers.get(country)
                yield changes.NumbersChanged(one, self.new.emergency_numbers.get(country))

    def _measures(self) -> Iterator[Difference]:
        one, two = self.old.measures, self.new.measures
        if one is None or two is None:
            if self._takes("measures"):
                yield changes.MeasuresAsked(two is not None)
            return
        for field in fields(Measures):
            old, new = getattr(one, field.name), getattr(two, field.name)
            if isinstance(new, Quantity) and self._takes("measures", field.name, "value"):
                yield changes.MeasureNumber(field.name, old, new)
        olds = {each.id: each for each in one.occasions}
        news = {each.id: each for each in two.occasions}
        for name in olds | news:
            at = ("measures", "occasions", name)
            if name not in olds or name not in news:
                changed = [self._takes(*at)]
            else:
                keys = (("opens_after", "value"), ("offered_for", "value"), ("asks_change",))
                changed = [self._takes(*at, *key) for key in keys]
            if any(changed):
                yield changes.OccasionChanged(olds.get(name), news.get(name))

    def _bone_health(self) -> Iterator[Difference]:
        one, two = self.old.bone_health, self.new.bone_health
        if one is None or two is None:
            if self._takes("bone_health"):
                yield changes.BoneHealthAsked(two is not None)
            return
        olds = {each.id: each for each in one.occasions}
        news = {each.id: each for each in two.occasions}
        for name in olds | news:
            at = ("bone_health", "occasions", name)
            keys = (("opens_after", "value"), ("offered_for", "value"), ("tells_clinic",))
            changed = [self._takes(*at, *key) for key in (keys if name in olds and name in news else [()])]
            if any(changed):
                yield changes.BoneOccasionChanged(olds.get(name), news.get(name))

    def _names_and_orders(self) -> Iterator[Difference]:
        for name in ("id", "version", "title"):
            if self._takes(name):
                yield changes.Renamed(name, getattr(self.old, name), getattr(self.new, name))
        for place in [place for place in self.left if place[-1] == ORDER]:
            old, new = self.left.pop(place)
            one, two = _lines(old), _lines(new)
            if [key for key in one if key in two] != [key for key in two if key in one]:
                yield changes.OrderChanged(".".join(place[:-1]))


def _both(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return [name for name in new if name in old]


def _lines(leaf: object) -> tuple[str, ...]:
    if leaf is None or leaf == "":
        return ()
    return tuple(map(str, leaf)) if isinstance(leaf, tuple) else (str(leaf),)


def _leaves(value: object, other: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Yield every value of a protocol with its path; ordered lists also yield their order.

    Parts that are the very same object in the other protocol are left out: they cannot differ.
    """
    if value is other:
        return
    if is_dataclass(value):
        for field in fields(value):
            if (*path, field.name) not in NOT_COMPARED:
                inside = getattr(other, field.name, None)
                yield from _leaves(getattr(value, field.name), inside, (*path, field.name))
    elif _is_list(value):
        known, others = _items(value), dict(_items(other) if _is_list(other) else ())
        yield (*path, ORDER), tuple(name for name, _ in known)
        for name, item in known:
            yield from _leaves(item, others.get(name), (*path, name))
    else:
        yield path, value


def _is_list(value: object) -> TypeGuard[Mapping[str, object] | tuple[object, ...]]:
    """Tell whether a value has items of their own; a tuple of sentences is one text."""
    return isinstance(value, Mapping) or (
        isinstance(value, tuple) and bool(value) and not isinstance(value[0], str)
    )


def _items(value: Mapping[str, object] | tuple[object, ...]) -> list[tuple[str, object]]:
    """Return the items of a mapping or a list with their keys."""
    if isinstance(value, Mapping):
        return [*value.items()]
    return [_named(n, item) for n, item in enumerate(value)]


def _named(n: int, item: object) -> tuple[str, object]:
    """Return the key of a list item: its id, its score, or else its index."""
    if isinstance(item, tuple):
        score, word = item
        return str(score), word
    return getattr(item, "id", str(n)), item
