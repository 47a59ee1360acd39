"""The differences of a new protocol in words, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from coach.domain import protocol_changes as d
from coach.domain.bone_questions import BoneOccasion
from coach.domain.protocol import (
    Anchor,
    Curve,
    Dose,
    Emergency,
    Occasion,
    Quantity,
    Question,
    Routine,
    RoutineKind,
)
from coach.i18n import _, formats, ngettext
from coach.i18n.sentences import listed
from coach.text.doses import dose as dose_words
from coach.text.doses import in_short, often
from coach.text.protocol_labels import (
    CHOICES,
    CLOSES,
    FIELDS,
    LEVELS,
    MEASURES,
    NAMES,
    NUMBERS,
    ORDERS,
    PHASE_RULES,
    RULES,
    UNITS,
)


def difference(found: d.Difference) -> str:
    """Return one difference as one sentence."""
    match found:
        case d.RoutineOpens():
            return _opens(found)
        case d.RoutineAdded(routine):
            return _("The exercise {routine} is new.").format(routine=routine.name)
        case d.RoutineRemoved(routine):
            return _("The exercise {routine} is not there any more.").format(routine=routine.name)
        case d.PhaseStarts(phase, old, new):
            return _("The phase “{phase}” opens {when}.").format(phase=phase.name, when=_instead(old, new))
        case d.PhaseAdded(phase):
            when = opening(d.HoursAfter(phase.anchor, phase.opens_after.value))
            return _("The phase “{phase}” is new; it opens {when}.").format(phase=phase.name, when=when)
        case d.PhaseRemoved(phase):
            return _("The phase “{phase}” is not there any more.").format(phase=phase.name)
        case d.PhaseRule(phase, name, new):
            return _(PHASE_RULES[name, new]).format(phase=phase.name)
        case d.DoseChanged():
            return _dose(found)
        case d.FirstDoseChanged(old, new):
            return _("The first dose of every tightening exercise is {new} instead of {old}.").format(
                new=plain(new), old=plain(old)
            )
        case d.MaximumChanged(routine, old, new):
            return _("{routine}: no plan passes {new} instead of {old}.").format(
                routine=routine.name, new=plain(new, routine.kind), old=plain(old, routine.kind)
            )
        case d.RoutineNumber(routine, name, old, new):
            return _(NUMBERS[name]).format(routine=routine.name, new=_or_none(new), old=_or_none(old))
        case d.RoutineNature(routine, name, old, new):
            sentence = (
                _("{routine}: the sides that take turns are {new} instead of {old}.")
                if name == "sides"
                else _("{routine}: the kind of exercise is {new} instead of {old}.")
            )
            called = {} if name == "sides" else CHOICES[name]
            return sentence.format(
                routine=routine.name, new=_(called.get(new, new)), old=_(called.get(old, old))
            )
        case d.ReleaseAsked(routine):
            waits = (
                _("{routine} waits for a release now.")
                if routine.release
                else _("{routine} waits for no release any more.")
            )
            return waits.format(routine=routine.name)
        case d.CriterionChanged(routine, name, old, new):
            return _("{routine}: of its release “{what}” is {new} instead of {old}.").format(
                routine=routine.name, what=_(FIELDS[name]), new=_or_none(new), old=_or_none(old)
            )
        case d.CheckpointsChanged(routine):
            return _checkpoints(routine)
        case d.DrawingChanged(routine):
            return _("{routine} has another drawing.").format(routine=routine.name)
        case d.RuleChanged(name, old, new):
            return _("{rule}: {new} instead of {old}.").format(
                rule=_(RULES.get(name, name)), new=quantity(new), old=quantity(old)
            )
        case d.FlagAdded(flag):
            return _("New warning sign ({level}): “{text}”").format(
                level=_(LEVELS[flag.level]), text=flag.text
            )
        case d.FlagRemoved(flag):
            return _("The warning sign “{text}” ({level}) is not asked for any more.").format(
                level=_(LEVELS[flag.level]), text=flag.text
            )
        case d.FlagLevelChanged(flag, old):
            return _("The warning sign “{text}” is {new} instead of {old}.").format(
                text=flag.text, new=_(LEVELS[flag.level]), old=_(LEVELS[old])
            )
        case d.FlagClearing(flag):
            sentence = (
                _("The warning sign “{text}” can never be cleared now; it needs a new start.")
                if flag.never_cleared
                else _("The warning sign “{text}” can be cleared now.")
            )
            return sentence.format(text=flag.text)
        case d.FlagAskedAgain(flag):
            sentence = (
                _(
                    "The warning sign “{text}” is something that happened: nobody is asked if they still have it."
                )
                if flag.event
                else _("Before the warning sign “{text}” is cleared, it is asked for again now.")
            )
            return sentence.format(text=flag.text)
        case d.QuestionAdded(question):
            return _("New set-up question: “{text}” {closes}").format(
                text=question.text, closes=_(CLOSES[question.closes])
            )
        case d.QuestionRemoved(question):
            return _("The set-up question “{text}” is not asked any more.").format(text=question.text)
        case d.QuestionCloses(question, old):
            return _("The set-up question “{text}” works otherwise: {new} Before: {old}").format(
                text=question.text, new=_closes(question), old=_closes(old)
            )
        case d.CurveChanged(old, new):
            return _curve(old, new)
        case d.NumbersChanged(old, new):
            return _numbers(old, new)
        case d.MeasuresAsked(asked):
            return (
                _("Outcome questions are asked now.")
                if asked
                else _("No outcome questions are asked any more.")
            )
        case d.MeasureNumber(name, old, new):
            return _("{rule}: {new} instead of {old}.").format(
                rule=_(MEASURES[name]), new=quantity(new), old=quantity(old)
            )
        case d.OccasionChanged(old, new):
            return _occasion(old, new)
        case d.BoneHealthAsked(asked):
            return (
                _("Questions about bone health are asked now.")
                if asked
                else _("No questions about bone health are asked any more.")
            )
        case d.BoneOccasionChanged(old, new):
            return _bone_occasion(old, new)
        case d.Renamed(name, old, new):
            return _(NAMES[name]).format(old=old, new=new)
        case d.OrderChanged(what):
            fallback = _("What stands under {place} comes in another order.")
            return _(ORDERS[what]) if what in ORDERS else fallback.format(place=what)
        case d.TextChanged(path, old, new):
            return _text(path, old, new)
        case _:
            assert_never(found)


def opening(when: d.HoursAfter) -> str:
    """Return when something opens: "at 48 h after the procedure"."""
    if when.anchor is Anchor.HOME_ARRIVAL:
        return _("at {n} h after coming home").format(n=formats.number(when.after_h))
    return _("at {n} h after the procedure").format(n=formats.number(when.after_h))


def quantity(amount: Quantity) -> str:
    """Return a number with its unit; shares as percent."""
    if amount.unit in ("share", "percent"):
        return _("{n} %").format(n=formats.number(amount.value * (100 if amount.unit == "share" else 1)))
    return _(UNITS[amount.unit]).format(n=formats.number(amount.value))


def plain(amount: Dose, kind: RoutineKind | None = None) -> str:
    """Return a dose's numbers: "8 × 5 s, 3 times a day", "5 minutes, 2 times a day"."""
    return _("{dose}, {often}").format(dose=in_short(kind, amount), often=often(amount))


def affects(patients: int, *, today: int, at_once: bool = True) -> str:
    """Return how many patients a difference affects, and how many before its first day is over."""
    if not patients:
        return _("Affects nobody now.") if at_once else _("Affects nobody then.")
    numbers = {"n": patients, "today": today or _("none")}
    if at_once:
        many = ngettext(
            "Affects {n} patient, {today} today.", "Affects {n} patients, {today} of them today.", patients
        )
    else:
        many = ngettext(
            "Affects {n} patient, {today} on that day.",
            "Affects {n} patients, {today} of them on that day.",
            patients,
        )
    return many.format(**numbers)


def reaches(affected: int, *, of: int, today: int, at_once: bool = True) -> str:
    """Return how many active patients a protocol affects, and how many on the first day."""
    if not affected:
        return _("It changes nothing that a patient may do.")
    concerns = ngettext("It concerns {n} of {of} patients.", "It concerns {n} of {of} patients.", affected)
    if today:
        soon = (
            ngettext(
                "Today it changes what {n} of them may do.",
                "Today it changes what {n} of them may do.",
                today,
            )
            if at_once
            else ngettext(
                "On that day it changes what {n} of them may do.",
                "On that day it changes what {n} of them may do.",
                today,
            )
        )
    else:
        soon = (
            _("Today it changes nothing that they may do.")
            if at_once
            else _("On that day it changes nothing that they may do.")
        )
    return _("{concerns} {soon}").format(
        concerns=concerns.format(n=affected, of=of), soon=soon.format(n=today)
    )


def before_and_after(texts: Iterable[d.TextChanged]) -> list[dict[str, str]]:
    """Return the changed texts as rows: place in the file, before, after."""
    return [
        {
            _("Place"): ".".join(text.place),
            _("Before"): "\n".join(text.old),
            _("After"): "\n".join(text.new),
        }
        for text in texts
    ]


def _instead(old: d.HoursAfter, new: d.HoursAfter) -> str:
    if old.anchor is not new.anchor:
        return _("{new} instead of {old}").format(new=opening(new), old=opening(old))
    hours = {"new": formats.number(new.after_h), "old": formats.number(old.after_h)}
    if new.anchor is Anchor.HOME_ARRIVAL:
        return _("at {new} h instead of {old} h after coming home").format(**hours)
    return _("at {new} h instead of {old} h").format(**hours)


def _opens(found: d.RoutineOpens) -> str:
    name = found.routine.name
    if found.old is None and found.new is not None:
        return _("{routine} opens {when}; it did not open before.").format(
            routine=name, when=opening(found.new)
        )
    if found.new is None or found.old is None:
        return _("{routine} does not open any more.").format(routine=name)
    return _("{routine} opens {when}.").format(routine=name, when=_instead(found.old, found.new))


def _dose(found: d.DoseChanged) -> str:
    words = {"routine": found.routine.name, "phase": found.phase.name}
    if found.new is None:
        return _("{routine} is closed in “{phase}”.").format(**words)
    if found.old is None:
        return _("{routine} is open in “{phase}”: {new}.").format(
            **words,
            new=_("{dose}, {often}").format(
                dose=dose_words(found.routine, found.new), often=often(found.new)
            ),
        )
    return _("{routine} in “{phase}”: {new} instead of {old}.").format(
        **words, new=plain(found.new, found.routine.kind), old=plain(found.old, found.routine.kind)
    )


def _checkpoints(routine: Routine) -> str:
    """Return when a test is due now."""
    stretch = _("from {after} after the procedure on for {lasts}")
    times = [
        stretch.format(after=quantity(each.opens_after), lasts=quantity(each.offered_for))
        for each in routine.checkpoints
    ]
    return _("{routine} is due otherwise: {times}.").format(
        routine=routine.name, times=listed(times) if times else _("never")
    )


def _or_none(amount: Quantity | None) -> str:
    return quantity(amount) if amount else _("no such number")


def _closes(question: Question) -> str:
    text, meaning = _(CLOSES[question.closes]), question.meaning
    return _("{text} It tells “{meaning}”.").format(text=text, meaning=meaning) if meaning else text


def _curve(old: Curve | None, new: Curve | None) -> str:
    if new is None and old is not None:
        return _("The study curve “{title}” is not there any more.").format(title=old.title)
    title = new.title if new else ""
    if old is None:
        return _("The study curve “{title}” is new.").format(title=title)
    return _("The study curve “{title}” is changed.").format(title=title)


def _numbers(old: Emergency | None, new: Emergency | None) -> str:
    if new is None and old is not None:
        return _("{country} has no numbers of its own any more.").format(country=old.name)
    if new is None:
        return ""
    both = _both_numbers(new)
    if old is None:
        return _("{country} is new, with {numbers}.").format(country=new.name, numbers=both)
    if both == _both_numbers(old):
        return _("{country}: the name or the source of the numbers is changed.").format(country=new.name)
    return _("{country}: the numbers to call are {new} instead of {old}.").format(
        country=new.name, new=both, old=_both_numbers(old)
    )


def _occasion(old: Occasion | None, new: Occasion | None) -> str:
    if new is None:
        gone = _("The outcome questions “{name}” are not asked any more.")
        return gone.format(name=old.name if old else "")
    if old is None:
        return _("The outcome questions “{name}” are new, {when}.").format(name=new.name, when=_offered(new))
    changed = _("The outcome questions “{name}” are asked {new} instead of {old}.")
    return changed.format(name=new.name, new=_offered(new), old=_offered(old))


def _offered(occasion: Occasion) -> str:
    """Return when an occasion is offered: "from 2 weeks after the procedure on for 1 weeks ..."."""
    told = (
        _("from {after} after the procedure on for {lasts}, with the rating of change")
        if occasion.asks_change
        else _("from {after} after the procedure on for {lasts}, without the rating of change")
    )
    return told.format(after=quantity(occasion.opens_after), lasts=quantity(occasion.offered_for))


def _bone_occasion(old: BoneOccasion | None, new: BoneOccasion | None) -> str:
    if new is None:
        gone = _("The questions about bone health “{name}” are not asked any more.")
        return gone.format(name=old.name if old else "")
    if old is None:
        added = _("The questions about bone health “{name}” are new, {when}.")
        return added.format(name=new.name, when=_bones_offered(new))
    changed = _("The questions about bone health “{name}” are asked {new} instead of {old}.")
    return changed.format(name=new.name, new=_bones_offered(new), old=_bones_offered(old))


def _bones_offered(occasion: BoneOccasion) -> str:
    """Return when they are offered: "from 6 weeks after the procedure on for 4 weeks ..."."""
    told = (
        _("from {after} after the procedure on for {lasts}, and no treatment is a reason in the caseload")
        if occasion.tells_clinic
        else _("from {after} after the procedure on for {lasts}, without a reason in the caseload")
    )
    return told.format(after=quantity(occasion.opens_after), lasts=quantity(occasion.offered_for))


def _both_numbers(numbers: Emergency) -> str:
    return _("{emergency} and {advice}").format(
        emergency=numbers.emergency or _("no emergency number"),
        advice=numbers.advice or _("no advice line"),
    )


def _text(path: d.Path, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    place = ".".join(path)
    if not old:
        return _("New words at {place}.").format(place=place)
    if not new:
        return _("No words any more at {place}.").format(place=place)
    return _("Other words at {place}.").format(place=place)
