"""What a clinic's new protocol changes, one sentence for each difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from coach.domain import protocol_changes as d
from coach.domain.protocol import (
    Anchor,
    Closes,
    Curve,
    Dose,
    Emergency,
    FlagLevel,
    Occasion,
    Quantity,
    Question,
)
from coach.i18n import N_, _, ngettext
from coach.text.doses import dose as dose_words
from coach.text.doses import often

UNITS: Mapping[str, str] = {
    "s": N_("{n} s"),
    "min": N_("{n} min"),
    "h": N_("{n} h"),
    "d": N_("{n} days"),
    "weeks": N_("{n} weeks"),
    "reps": N_("{n} times"),
    "sets": N_("{n} sets"),
    "sets/day": N_("{n} sets a day"),
    "NRS": N_("{n} of 10"),
    "NRS points": N_("{n} points"),
    "local time (h)": N_("{n}:00"),
    "kg": N_("{n} kg"),
    "degC": N_("{n} °C"),
    "activities": N_("{n} activities"),
    "PSFS": N_("{n} of 10"),
    "PSFS points": N_("{n} points"),
}

RULES: Mapping[str, str] = {
    "home_fallback": N_("Home, where nobody said when, is assumed after the procedure by"),
    "set_counts_from": N_("A set counts from this share of its times on"),
    "first_dose_for": N_("The first dose holds for"),
    "first_dose_again_after": N_("The first dose comes again after a pause of"),
    "first_dose_after_red_flag": N_("After a cleared warning sign the first dose holds for"),
    "rest_at_least": N_("Rest between two repetitions is at least"),
    "change_legs": N_("Time to change legs"),
    "get_ready": N_("Time to get ready"),
    "between_routines": N_("Pause between two exercises"),
    "day_ends": N_("A day asks for what fits before"),
    "over_doing_above": N_("Over-doing is more than this share of the dose"),
    "on_track_from": N_("On track is from this share of the dose on"),
    "partly_from": N_("Partly done is from this share of the dose on"),
    "check_holds_for": N_("The check before a session holds for"),
    "drowsy_asked_for": N_("Sleepiness is asked about after the procedure for"),
    "drowsy_closes_for": N_("Sleepiness closes the exercises for"),
    "red_light_closes_for": N_("A red light closes the tightening exercises for"),
    "pain_limit": N_("Pain closes the tightening exercises from"),
    "pain_closes_for": N_("High pain closes the tightening exercises for"),
    "amber_rise": N_("Pain up after a session is amber from"),
    "red_rise": N_("Pain up after a session is red from"),
    "amber_reps": N_("After an amber light the next times are this share of the plan’s"),
    "row_within": N_("Two ambers are one red within"),
    "morning_ends": N_("The next morning ends at"),
    "high_pain_days": N_("High pain on so many days in a row needs the clinic"),
    "high_pain_after": N_("Days of high pain count after the procedure from"),
    "easier_reps": N_(
        "The times of “easier today”, where nothing smaller came before, are this share of the plan’s"
    ),
    "easier_hold": N_("The longest hold of “easier today”"),
    "better_points": N_("Clearly better is down by"),
    "better_percent": N_("Clearly better is also down by"),
    "better_window": N_("Better or not is told over"),
    "better_needs": N_("Better or not needs scores on"),
    "mistake_within": N_("A warning sign told by mistake can be taken back within"),
    "emergency_cleared_after": N_("An emergency sign stays closed for at least"),
    "silent_after": N_("Silence is a reason to call after"),
    "session_open_for": N_("A session that was started can be carried on for"),
    "pain_up_by": N_("Pain is up where it is above the own usual by"),
    "pain_up_over": N_("The own usual pain is that of the last"),
    "low_over": N_("Little done is told over the last"),
    "low_needs": N_("Little done needs something due on"),
    "own_limit_most": N_("A personal pain limit is at most"),
    "night_begins": N_("Nothing is proposed from"),
    "night_ends": N_("Exercises are proposed from"),
    "plan_lasts_most": N_("A change of the plan lasts at most"),
    "rising_by": N_("Pain has risen slowly where it is above its lowest usual by"),
    "rising_over": N_("A slow rise is looked for over the last"),
    "rising_needs": N_("The usual pain of a slow rise is that of"),
    "not_begun_after": N_("A set-up that is not finished needs somebody after"),
    "hold_asks_after": N_("A hold on everything is looked at again after"),
    "review_asks_after": N_("A review that is due needs somebody after"),
    "lift_most": N_("Nothing heavier is lifted, until a clinic allows more, than"),
}
NUMBERS: Mapping[str, str] = {
    "gap": N_("{routine}: the least time between two sets is {new} instead of {old}."),
    "hourly_gap": N_(
        "{routine}: while it is hourly, the least time between two sets is {new} instead of {old}."
    ),
    "hourly_cap": N_("{routine}: while it is hourly, a day allows {new} instead of {old}."),
    "hourly_met_at": N_("{routine}: while it is hourly, a day asks for {new} instead of {old}."),
    "tighten": N_("{routine}: the time to tighten is {new} instead of {old}."),
}
PHASE_RULES: Mapping[tuple[str, bool], str] = {
    ("rest_rule_until_next", True): N_("“{phase}”: its rest rule names the time of the next phase now."),
    ("rest_rule_until_next", False): N_(
        "“{phase}”: its rest rule no longer names the time of the next phase."
    ),
    ("done_after_overnight", True): N_("“{phase}” counts as done after a night in hospital now."),
    ("done_after_overnight", False): N_("“{phase}” no longer counts as done after a night in hospital."),
    ("review_due", True): N_("“{phase}” makes a review due now."),
    ("review_due", False): N_("“{phase}” no longer makes a review due."),
}
MEASURES: Mapping[str, str] = {
    "activities_most": N_("Activities that somebody may name"),
    "unable": N_("The lowest score of an activity"),
    "as_before": N_("The highest score of an activity"),
    "detectable_mean": N_("A change of the mean of activities counts from"),
    "detectable_single": N_("A change of one activity counts from"),
}
NAMES: Mapping[str, str] = {
    "id": N_("The protocol's id is {new} instead of {old}."),
    "version": N_("Version {new} instead of {old}."),
    "title": N_("The title is “{new}” instead of “{old}”."),
}
LEVELS: Mapping[FlagLevel, str] = {
    FlagLevel.EMERGENCY: N_("emergency"),
    FlagLevel.URGENT: N_("urgent"),
    FlagLevel.ASK: N_("ask the clinic"),
}
CLOSES: Mapping[Closes, str] = {
    Closes.ALL: N_("A yes closes everything."),
    Closes.SQUEEZES: N_("A yes closes the tightening exercises."),
    Closes.NOTHING: N_("A yes closes nothing."),
}
ORDERS: Mapping[str, str] = {
    "routines": N_("The exercises come in another order."),
    "phases": N_("The phases come in another order."),
    "red_flags": N_("The warning signs come in another order."),
    "questions": N_("The set-up questions come in another order."),
    "measures.occasions": N_("The occasions of the outcome questions come in another order."),
}


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
            when = opening(d.Opening(phase.anchor, phase.opens_after.value))
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
                routine=routine.name, new=plain(new), old=plain(old)
            )
        case d.RoutineNumber(routine, name, old, new):
            return _(NUMBERS[name]).format(routine=routine.name, new=_or_none(new), old=_or_none(old))
        case d.RoutineNature(routine, name, old, new):
            sentence = (
                _("{routine}: the sides that take turns are {new} instead of {old}.")
                if name == "sides"
                else _("{routine}: the kind of exercise is {new} instead of {old}.")
            )
            return sentence.format(routine=routine.name, new=new, old=old)
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
        case d.Renamed(name, old, new):
            return _(NAMES[name]).format(old=old, new=new)
        case d.OrderChanged(what):
            fallback = _("What stands under {place} comes in another order.")
            return _(ORDERS[what]) if what in ORDERS else fallback.format(place=what)
        case d.TextChanged(path, old, new):
            return _text(path, old, new)
        case _:
            assert_never(found)


def opening(when: d.Opening) -> str:
    """Return when something opens: "at 48 h after the procedure"."""
    if when.anchor is Anchor.HOME_ARRIVAL:
        return _("at {n} h after coming home").format(n=f"{when.after_h:g}")
    return _("at {n} h after the procedure").format(n=f"{when.after_h:g}")


def quantity(amount: Quantity) -> str:
    """Return a number with its unit; shares as percent."""
    if amount.unit in ("share", "percent"):
        return _("{n} %").format(n=f"{amount.value * (100 if amount.unit == 'share' else 1):g}")
    return _(UNITS[amount.unit]).format(n=f"{amount.value:g}")


def plain(amount: Dose) -> str:
    """Return a dose's numbers: "8 × 5 s, 3 times a day"."""
    return _("{reps} × {hold} s, {often}").format(
        reps=amount.reps, hold=f"{amount.hold_s:g}", often=often(amount)
    )


def affects(patients: int, *, today: int, at_once: bool = True) -> str:
    """Return how many patients a difference reaches, and how many of them before its first day is over."""
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
    """Return how many active patients it concerns, and for how many the first day is another one."""
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
    """Return the changed words as rows: where in the file, what it said, what it says."""
    return [
        {
            _("Place"): ".".join(text.place),
            _("Before"): "\n".join(text.old),
            _("After"): "\n".join(text.new),
        }
        for text in texts
    ]


def _instead(old: d.Opening, new: d.Opening) -> str:
    if old.anchor is not new.anchor:
        return _("{new} instead of {old}").format(new=opening(new), old=opening(old))
    hours = {"new": f"{new.after_h:g}", "old": f"{old.after_h:g}"}
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
        **words, new=plain(found.new), old=plain(found.old)
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
    """Return when an occasion is offered: "from 2 weeks after the procedure on for 1 weeks, ..."."""
    told = (
        _("from {after} after the procedure on for {lasts}, with the rating of change")
        if occasion.asks_change
        else _("from {after} after the procedure on for {lasts}, without the rating of change")
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
