"""Checks of protocol values against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import pairwise

from coach.domain.protocol import (
    OTHER,
    Anchor,
    Closes,
    Curve,
    Emergency,
    Measures,
    Phase,
    Posture,
    PrescribedDose,
    Protocol,
    Quantity,
    Question,
    RedFlag,
    Routine,
    RoutineKind,
    Rules,
)
from coach.protocols import occasions, own_drawings, releases
from coach.protocols.reading import Report, known

HALF = re.compile(r"\bhal(?:f|ves?|ved)\b", re.IGNORECASE)

# Hard limits: no file may exceed them, whatever its own maximum says.
HARD_MAXIMA = {
    RoutineKind.SQUEEZE: {
        "reps": Quantity(12, "reps", "PD"),
        "hold": Quantity(10, "s", "PD"),
        "per_day": Quantity(4, "sets/day", "PD"),
    },
    RoutineKind.PUMP: {"reps": Quantity(30, "reps", "PD"), "per_day": Quantity(12, "sets/day", "PD")},
    RoutineKind.MOVE: {
        "reps": Quantity(15, "reps", "PD"),
        "hold": Quantity(10, "s", "PD"),
        "per_day": Quantity(4, "sets/day", "PD"),
    },
    RoutineKind.STAND: {
        "reps": Quantity(10, "reps", "PD"),
        "hold": Quantity(30, "s", "PD"),
        "per_day": Quantity(4, "sets/day", "PD"),
    },
    RoutineKind.WALK: {"reps": Quantity(60, "min", "PD"), "per_day": Quantity(6, "sets/day", "PD")},
    RoutineKind.REST: {"reps": Quantity(20, "min", "PD"), "per_day": Quantity(4, "sets/day", "PD")},
    RoutineKind.BREATHE: {
        "reps": Quantity(10, "reps", "PD"),
        "hold": Quantity(6, "s", "PD"),
        "per_day": Quantity(6, "sets/day", "PD"),
    },
    RoutineKind.TEST: {
        "reps": Quantity(1, "reps", "PD"),
        "hold": Quantity(60, "s", "PD"),
        "per_day": Quantity(1, "sets/day", "PD"),
    },
}

# Kinds that are done in one posture only; None is what the kind says.
POSTURES = dict.fromkeys((RoutineKind.STAND, RoutineKind.WALK), (None, Posture.STANDING))
# The words of a rep that an exercise of a kind has no moment for.
NO_SUCH_CUE = {
    RoutineKind.PUMP: ("work", "hold", "let_go"),
    RoutineKind.SQUEEZE: ("point", "pull"),
    RoutineKind.MOVE: ("point", "pull", "hold"),
    RoutineKind.STAND: ("point", "pull"),
    RoutineKind.WALK: ("point", "pull", "hold", "let_go"),
    RoutineKind.REST: ("point", "pull", "hold", "let_go"),
    RoutineKind.BREATHE: ("point", "pull", "hold"),
    RoutineKind.TEST: ("point", "pull", "hold", "let_go"),
}


def check(
    protocol: Protocol,
    routines: tuple[Routine, ...],
    red_flags: tuple[RedFlag, ...],
    numbers: tuple[Emergency, ...],
    report: Report,
) -> None:
    """Note every relation that does not hold; unreadable values are left out.

    Tuples are used where the protocol has mappings: a mapping cannot hold two items with one id.
    """
    _no_twins("routine", "id", [routine.id for routine in routines], report)
    _no_twins("phase", "id", [phase.id for phase in protocol.phases], report)
    _no_twins("red_flag", "id", [flag.id for flag in red_flags], report)
    _no_twins("question", "id", [question.id for question in protocol.questions], report)
    _no_twins("question", "meaning", [question.meaning for question in protocol.questions], report)
    _no_twins("curve", "id", [curve.id for curve in protocol.curves], report)
    _no_twins("emergency", "country", [number.country for number in numbers], report)
    if numbers and OTHER not in protocol.emergency_numbers:
        report.add("emergency", "no number for other countries", 'an [[emergency]] with country = "other"')
    if red_flags and not any(flag.never_cleared for flag in red_flags):
        report.add("red_flag", "none is never_cleared", "one with never_cleared = true: a new fracture")
    for n, routine in enumerate(routines):
        _check_routine(routine, f"routine[{n}]", report)
    own_drawings.check(protocol, routines, report)
    releases.check(protocol, routines, report)
    for n, question in enumerate(protocol.questions):
        _check_question(question, f"question[{n}]", report)
    for n, curve in enumerate(protocol.curves):
        _check_curve(curve, f"curve[{n}]", report)
    _check_order(protocol.phases, report)
    for n, phase in enumerate(protocol.phases):
        _check_rest_rule(phase, f"phase[{n}]", report, last=n == len(protocol.phases) - 1)
        _check_doses(phase, f"phase[{n}].dose", protocol.routines, report)
    _check_rules(protocol.rules, routines, report)
    _check_words(protocol, report)
    if protocol.measures:
        _check_measures(protocol.measures, report)
    if protocol.bone_health:
        occasions.check("bone_health", protocol.bone_health.occasions, report)


def _check_measures(measures: Measures, report: Report) -> None:
    occasions.check("measures", measures.occasions, report)
    for name, end in (("unable", 0), ("as_before", 10)):
        quantity: Quantity = getattr(measures, name)
        if known(quantity) and quantity.value != end:
            report.add(f"measures.{name}.value", "the record keeps scores from 0 to 10", str(end))
    for name in ("detectable_mean", "detectable_single"):
        limit: Quantity = getattr(measures, name)
        if known(limit) and limit.value == 0:
            report.add(f"measures.{name}.value", "0 would call every score a change", "more than 0")
    if measures.occasions and measures.occasions[0].asks_change:
        what = "the first occasion is the baseline, with which the later ones are compared"
        report.add("measures.occasion[0].asks_change", what, "false")


def _no_twins(kind: str, key: str, values: Iterable[str], report: Report) -> None:
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value and value in seen:
            report.add(f"{kind}[{n}].{key}", f"'{value}' is there twice", f"each {key} once")
        seen.add(value)


def _check_routine(routine: Routine, where: str, report: Report) -> None:
    hourly = {
        "hourly_gap": routine.hourly_gap,
        "hourly_cap": routine.hourly_cap,
        "hourly_met_at": routine.hourly_met_at,
    }
    given = [name for name, quantity in hourly.items() if quantity is not None]
    for name in hourly:
        if given and name not in given:
            report.add(f"{where}.{name}", f"missing beside {given[0]}", "all three hourly numbers, or none")
    if routine.kind is RoutineKind.SQUEEZE and known(routine.gap) and routine.gap.value == 0:
        report.add(f"{where}.gap.value", "a squeeze needs time between its sets", "more than 0 h")
    for each in fields(routine.cues):
        if getattr(routine.cues, each.name) and each.name.startswith(NO_SUCH_CUE[routine.kind]):
            what = f"a {routine.kind} has no such cue"
            report.add(f"{where}.cues.{each.name}", what, "leave it out")
    if routine.cues.change_said and routine.sides == 1 and not report.noted(f"{where}.sides"):
        report.add(f"{where}.cues.change_said", "no legs change in this exercise", "leave it out")
    if routine.posture not in POSTURES.get(routine.kind, (routine.posture,)):
        what = f"a {routine.kind} is not done {routine.posture}"
        report.add(f"{where}.posture", what, "standing, or leave it out")
    if routine.maximum.hourly:
        report.add(f"{where}.maximum.hourly", "a maximum is a number, not a rhythm", "leave it out")
    for name, limit in HARD_MAXIMA[routine.kind].items():
        quantity: Quantity = getattr(routine.maximum, name)
        _at_most(
            quantity,
            limit,
            f"{where}.maximum.{_key(routine, name)}",
            f"what a {routine.kind} may ever be",
            report,
        )
    most = f"the maximum of '{routine.id}'"
    _at_most(routine.hourly_cap, routine.maximum.per_day, f"{where}.hourly_cap", most, report)
    _at_most(routine.hourly_met_at, routine.hourly_cap, f"{where}.hourly_met_at", "hourly_cap", report)


def _check_question(question: Question, where: str, report: Report) -> None:
    if report.noted(f"{where}.closes") or report.noted(f"{where}.meaning"):
        return
    if question.closes is Closes.NOTHING and not question.meaning:
        report.add(f"{where}.meaning", "missing: the question closes nothing and tells nothing", "a meaning")
    if question.closes is not Closes.NOTHING and question.meaning:
        report.add(f"{where}.meaning", "a question that closes something has none", "leave it out")


def _check_curve(curve: Curve, where: str, report: Report) -> None:
    for n, (one, two) in enumerate(pairwise(curve.points), start=1):
        if known(one.after, two.after) and two.after.value <= one.after.value:
            report.add(
                f"{where}.point[{n}].after.value",
                f"{two.after.value:g} d does not come after {one.after.value:g} d",
                "points in the order of their days",
            )


def _check_order(phases: tuple[Phase, ...], report: Report) -> None:
    for n, (one, two) in enumerate(pairwise(phases), start=1):
        if report.noted(f"phase[{n - 1}].anchor") or report.noted(f"phase[{n}].anchor"):
            continue
        if one.anchor is Anchor.PROCEDURE_END and two.anchor is Anchor.HOME_ARRIVAL:
            report.add(
                f"phase[{n}].anchor",
                f"'{two.id}' counts from home after '{one.id}' counted from the procedure",
                "phases from home first, then those from the procedure",
            )
        elif (
            one.anchor is two.anchor
            and known(one.opens_after, two.opens_after)
            and two.opens_after.value <= one.opens_after.value
        ):
            report.add(
                f"phase[{n}].opens_after.value",
                f"'{two.id}' opens at {two.opens_after.value:g} h, which is not after '{one.id}'",
                f"more than {one.opens_after.value:g} h",
            )


def _check_rest_rule(phase: Phase, where: str, report: Report, *, last: bool) -> None:
    if phase.rest_rule and ("{until}" in phase.rest_rule) != phase.rest_rule_until_next:
        allowed = "{until} exactly where rest_rule_until_next is true"
        report.add(f"{where}.rest_rule", "the text and rest_rule_until_next disagree", allowed)
    if last and phase.rest_rule_until_next:
        report.add(f"{where}.rest_rule_until_next", "no phase comes after the last", "false")


def _check_doses(phase: Phase, where: str, routines: Mapping[str, Routine], report: Report) -> None:
    for name, dose in phase.doses.items():
        routine = routines[name]
        _within_maximum(dose, routine, f"{where}.{name}", report)
        if dose.hourly and dose.days_per_week is not None:
            what = "an hourly dose is one of every day"
            report.add(f"{where}.{name}.days_per_week", what, "leave it out")
        if dose.hourly and routine.hourly_gap is None and routine.hourly_cap is None:
            report.add(f"{where}.{name}.hourly", f"'{name}' has no hourly numbers", "false")
        elif dose.hourly and known(dose.per_day, routine.hourly_cap) and routine.hourly_cap is not None:
            cap = routine.hourly_cap.value
            if dose.per_day.value != cap:
                what = f"an hourly dose's times a day are its cap, not {dose.per_day.value:g}"
                report.add(f"{where}.{name}.per_day.value", what, f"{cap:g}")


def _within_maximum(dose: PrescribedDose, routine: Routine, where: str, report: Report) -> None:
    most = f"the maximum of '{routine.id}'"
    _at_most(dose.reps, routine.maximum.reps, f"{where}.{_key(routine, 'reps')}", most, report)
    _at_most(dose.hold, routine.maximum.hold, f"{where}.hold", most, report)
    _at_most(dose.per_day, routine.maximum.per_day, f"{where}.per_day", most, report)
    if known(dose.hold) and dose.hold.value == 0:
        report.add(f"{where}.hold.value", "a hold of 0 s is none", "more than 0 s")


def _key(routine: Routine, name: str) -> str:
    """Return the file's key of a number of a dose."""
    return "minutes" if name == "reps" and routine.kind.in_minutes else name


def _at_most(
    quantity: Quantity | None, limit: Quantity | None, where: str, limit_name: str, report: Report
) -> None:
    if quantity is None or limit is None or not known(quantity, limit):
        return
    if quantity.value > limit.value:
        what = f"{quantity.value:g} {quantity.unit} is over {limit_name}"
        report.add(f"{where}.value", what, f"at most {limit.value:g} {limit.unit}")


def _check_words(protocol: Protocol, report: Report) -> None:
    """Note texts of the file that say another number than its rules: patients read the texts."""
    share = protocol.rules.amber_reps
    if report.noted("rules.amber_reps.value"):
        return
    if known(share) and not share.is_half and HALF.search(protocol.notices.get("light_amber", "")):
        what = f"the text says half, and rules.amber_reps is {share.value:g}"
        report.add("notices.light_amber", what, "other words, or a share of 0.5")


def _check_rules(rules: Rules, routines: tuple[Routine, ...], report: Report) -> None:
    for low, high in (
        ("amber_rise", "red_rise"),
        ("partly_from", "on_track_from"),
        ("on_track_from", "over_doing_above"),
        ("night_ends", "day_ends"),
    ):
        below: Quantity = getattr(rules, low)
        above: Quantity = getattr(rules, high)
        if known(below, above) and below.value >= above.value:
            what = f"{low} ({below.value:g}) is not below {high} ({above.value:g})"
            report.add(f"rules.{low}.value", what, f"less than {above.value:g}")
    for name in (
        "amber_rise",
        "set_counts_from",
        "high_pain_days",
        "better_points",
        "better_window",
        "better_needs",
        "emergency_cleared_after",
        "silent_after",
        "pain_up_by",
        "pain_up_over",
        "low_over",
        "low_needs",
        "own_limit_most",
        "plan_lasts_most",
        "rising_by",
        "rising_over",
        "rising_needs",
        "not_begun_after",
        "hold_asks_after",
        "review_asks_after",
        "lift_most",
    ):
        quantity: Quantity = getattr(rules, name)
        if known(quantity) and quantity.value == 0:
            report.add(f"rules.{name}.value", "0 would make the rule hold always", "more than 0")
    for few, all_ in (
        ("better_needs", "better_window"),
        ("low_needs", "low_over"),
        ("rising_needs", "rising_over"),
    ):
        needed, days = getattr(rules, few), getattr(rules, all_)
        _at_most(needed, days, f"rules.{few}", f"{all_}, so that the rule would never hold", report)
    if known(rules.set_counts_from) and rules.set_counts_from.value > 1:
        report.add("rules.set_counts_from.value", "no set has more than all its reps", "at most 1")
    for name in ("amber_reps", "easier_reps"):
        share: Quantity = getattr(rules, name)
        if known(share) and not 0 < share.value < 1:
            what = f"{share.value:g} of a dose is no smaller dose"
            report.add(f"rules.{name}.value", what, "more than 0 and less than 1")
    for name in ("pain_limit", "own_limit_most"):
        limit: Quantity = getattr(rules, name)
        if known(limit) and limit.value % 1:
            report.add(f"rules.{name}.value", "pain is scored in whole numbers", "a whole number")
    if rules.first_dose.hourly:
        report.add("rules.first_dose.hourly", "a squeeze is never hourly", "leave it out")
    for routine in routines:
        if routine.kind is RoutineKind.SQUEEZE:
            _within_maximum(rules.first_dose, routine, "rules.first_dose", report)
            most = f"the maximum of '{routine.id}'"
            _at_most(rules.easier_hold, routine.maximum.hold, "rules.easier_hold", most, report)
