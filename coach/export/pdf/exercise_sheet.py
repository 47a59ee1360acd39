"""The home exercise sheet: the present plan in large print, for patients who do not use a screen.

A sheet of paper cannot ask the gate. So it says until when it holds, repeats the rules that close
an exercise, and prints no dose of a closed exercise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from coach.domain import decisions, dosing, gate, pain, plan, sign_off
from coach.domain.case import Case
from coach.domain.course import PhaseSpan
from coach.domain.patient_record import PatientRecord
from coach.domain.protocol import Dose, FlagLevel, Routine, RoutineKind, Rules
from coach.domain.set_up import said_yes
from coach.export.pdf import charts, diary_form, document
from coach.export.pdf.document import Page
from coach.i18n import _, formats
from coach.i18n.sentences import listed_names
from coach.text import doses as doses_text
from coach.text import plan as plan_text
from coach.text import protocol_texts, short_dates
from coach.text import reasons as reasons_text
from coach.text import sign_off as sign_off_text
from coach.text import times as times_text

LARGE, TITLE, HEAD = 16.0, 24.0, 18.0  # pt
DRAWING_MM = 80.0
RATIO = 150 / 360  # mm, height of the drawings
SIGN_MM = 14  # mm of two lines, which must stay on one page
BLOCK_MM = 88.0  # mm that one exercise takes, about


@dataclass(frozen=True, slots=True)
class Given:
    """What the plan asks for in one routine now."""

    routine: Routine
    dose: Dose
    steps: tuple[decisions.Step, ...]


def pdf(patient_record: PatientRecord, size: str) -> bytes:
    """Return the sheet on "a4" or "letter" paper.

    If everything is closed it says so without a dose.
    """
    paper = Page(patient_record, size, title=_("Exercises at home"), about=document.called(patient_record))
    given, closed = standing(patient_record)
    if given:
        _plan(paper, given, closed)
    else:
        _closed(paper, closed)
    _calls(paper)
    if given:
        _list(paper, _("Before and after"), _cautions(patient_record, given))
        for each in given:
            _exercise(paper, each)
        _list(
            paper, _("Stop at once if"), dict.fromkeys(_(x) for each in given for x in each.routine.stop_when)
        )
        doses = [(each.routine, each.dose) for each in given]
        diary_form.show(paper, doses, ends=holds_until(patient_record, given))
        _do_not(paper)
    _checked(paper, given)
    return paper.finished()


def standing(patient_record: PatientRecord) -> tuple[list[Given], list[decisions.Locked]]:
    """Return what the plan asks for and what is closed.

    A set done just now is ignored: the sheet is for the days to come.
    """
    case = patient_record.case
    given, closed = [], []
    for each in gate.decide(patient_record.case, now=patient_record.now).values():
        match each:
            case decisions.Open(routine, dose, _easier, steps):
                given.append(Given(routine, dose, steps))
            case decisions.Locked(routine, decisions.DoseDone() | decisions.TooSoon()):
                shaped = dosing.dose(case, routine, patient_record.now)
                if shaped:
                    given.append(Given(routine, *shaped))
            case decisions.Locked():
                closed.append(each)
            case _:
                assert_never(each)
    return given, closed


def holds_until(patient_record: PatientRecord, given: list[Given]) -> datetime | None:
    """Return the first instant at which something on the sheet changes, or None if unknown."""
    case, now = patient_record.case, patient_record.now
    turns = {turn for each in case.routines for turn in gate.changes(case, each, now)}
    if any(step == decisions.FirstDose(None) for each in given for step in each.steps):
        # At the earliest: if begun now
        turns.add(now + patient_record.protocol.rules.first_dose_for.span)
    printed = _printed(case, now, now)
    return next((turn for turn in sorted(turns) if turn > now and _printed(case, turn, now) != printed), None)


def valid_until(patient_record: PatientRecord, ends: datetime | None) -> tuple[str, str]:
    """Return until when the sheet holds, as a sentence, and what changes then, or "" if unknown."""
    if ends is None:
        return _("Valid until your plan changes. Then print a new sheet."), ""
    when = short_dates.moment(ends, patient_record.zone)
    return _("Valid until {moment}. Then print a new sheet.").format(moment=when), _changes(
        patient_record, ends
    )


def _changes(patient_record: PatientRecord, at: datetime) -> str:
    """Return what ends the sheet at that instant, in a sentence."""
    case, now = patient_record.case, patient_record.now
    span = case.course.span_at(at) if case.course else None
    if span and span.starts == at:
        return _("Then a new part of your recovery begins: {phase}.").format(phase=_(span.phase.name))
    was, will = _printed(case, now, now), _printed(case, at, now)
    other = [routine for routine in case.routines if was[routine.id] != will[routine.id]]
    opened = [_(each.name) for each in other if not _is_dose(was[each.id]) and _is_dose(will[each.id])]
    if opened:
        return _("What is closed now may open then: {names}.").format(names=listed_names(opened))
    if any(isinstance(step, decisions.Overridden) for step in _steps(case, other, now)):
        return _("Then a dose that your physiotherapist set for you ends.")
    return _("Then doses or rules on it change.")


def _is_dose(told: object) -> bool:
    return isinstance(told, tuple)


def _steps(case: Case, routines: Iterable[Routine], at: datetime) -> Iterator[decisions.Step]:
    for routine in routines:
        shaped = dosing.dose(case, routine, at)
        yield from shaped[1] if shaped else ()


def _printed(case: Case, at: datetime, now: datetime) -> Mapping[str, object]:
    """Return what a sheet would say at an instant if only exercises were recorded since `now`.

    By routine it is a reason, or a dose with its override.
    """
    span = case.course.span_at(at) if case.course else None
    told: dict[str, object] = {
        "phase": span and (span.phase.rest_rule, span.phase.dont),
        "limit": case.pain_limit_at(at),
    }
    for routine in case.routines:
        why = gate.reason(case, routine, at)
        if why is not None and not isinstance(why, decisions.DoseDone | decisions.TooSoon):
            told[routine.id] = why
            continue
        # A patient who follows the sheet makes no pause; one who has not begun may begin now.
        shaped = dosing.dose(case, routine, at, began=dosing.run_of_sets(case, routine, now) or now)
        override = dosing.override_at(case, routine, at)
        told[routine.id] = (shaped and shaped[0], override and override.id)
    return told


def _span(patient_record: PatientRecord) -> PhaseSpan | None:
    known = patient_record.case.course
    return known.span_at(patient_record.now) if known else None


# the first page


def _plan(paper: Page, given: list[Given], closed: list[decisions.Locked]) -> None:
    made = paper.patient_record
    _title(paper, _("Your exercises"))
    span, ends = _span(made), holds_until(made, given)
    _valid(paper, ends)
    if span:
        paper.say(_rest_rule(made, span), size=LARGE)
    for notice in _notices(made):
        paper.say(notice, size=LARGE, bold=True)
    for each in given:
        paper.say(_("{name}: {dose}").format(name=_(each.routine.name), dose=dosed(each)), size=LARGE)
    for locked in closed:
        text = _("{name}: closed. {why}").format(name=_(locked.routine.name), why=_why(made, locked))
        paper.say(text, size=LARGE)


def _checked(paper: Page, given: list[Given]) -> None:
    """Print whether a clinician has checked all that shapes the doses, and the warning signs."""
    made, span = paper.patient_record, _span(paper.patient_record)
    phases, routines = [span.phase.id] if span else [], [each.routine.id for each in given]
    places = sign_off.of_plan(made.protocol, phases=phases, routines=routines)
    found = made.sign_off.of(*places, "red_flags")
    paper.say(sign_off_text.of_protocol(found, made.zone), size=LARGE)


def _valid(paper: Page, ends: datetime | None) -> None:
    until, why = valid_until(paper.patient_record, ends)
    paper.say(until, size=LARGE, bold=True)
    if why:
        paper.say(why, size=LARGE)


def dosed(given: Given) -> str:
    """Return a dose in words: "8 × 5 seconds, each leg, 2 times a day"."""
    return f"{doses_text.dose(given.routine, given.dose)}, {doses_text.often(given.dose)}"


def _title(paper: Page, text: str) -> None:
    paper.say(text, size=TITLE, bold=True, after=1, role="H1")
    if paper.about:
        paper.put(paper.about, paper.epw, size=LARGE)
        paper.ln(8)


def _rest_rule(made: PatientRecord, span: PhaseSpan) -> str:
    until = short_dates.moment(span.ends, made.zone) if span.ends else ""
    return protocol_texts.filled(span.phase.rest_rule, made.case, until=until)


def _notices(made: PatientRecord) -> Iterator[str]:
    case, known = made.case, made.case.course
    if said_yes(case.protocol, case.history, "helper"):
        yield protocol_texts.protocol_text(case, "helper_beside")
    if known and known.home_assumed:
        yield protocol_texts.protocol_text(case, "home_assumed")
    if known and pain.two_high_days(case, since=known.procedure.at, today=made.today):
        yield protocol_texts.protocol_text(case, "two_high_days")


def _why(made: PatientRecord, locked: decisions.Locked) -> str:
    said = [reasons_text.closed_by(locked, made.case)]
    if locked.opens_at:
        early = all(isinstance(why, decisions.TooEarly) for why in locked.told)
        opens = _("Opens {moment}.").format(moment=short_dates.moment(locked.opens_at, made.zone))
        said = [opens] if early else [*said, opens]
    for given in filter(None, map(reasons_text.given_why, locked.told)):
        said.append(_("Why: {why}").format(why=given))
    return " ".join(said)


def _closed(paper: Page, closed: list[decisions.Locked]) -> None:
    """Print that nothing may be done now, why, and what to do instead."""
    made = paper.patient_record
    _title(paper, _("Do not exercise now"))
    flags = plan.in_force(made.case, now=made.now).flags
    for entry in flags:
        known = made.protocol.red_flags.get(entry.fact.flag)
        if known:
            told = protocol_texts.card(known, made.case)
            paper.say(told["said"], size=LARGE)
            for number, line in enumerate(told["lines"]):
                paper.say(line, size=LARGE, bold=number == 0)
    if flags:
        return
    if ends := holds_until(made, []):
        _valid(paper, ends)
    reasons: dict[str, list[str]] = {}
    for locked in closed:
        reasons.setdefault(_why(made, locked), []).append(_(locked.routine.name))
    for why, names in reasons.items():
        one = len(reasons) == 1
        said = why if one else _("{name}: {why}").format(name=listed_names(names), why=why)
        paper.say(said, size=LARGE, bold=one)
    span = _span(made)
    if span and all(isinstance(locked.told[0], decisions.TooEarly) for locked in closed):
        paper.say(_rest_rule(made, span), size=LARGE)
        lines = (*span.phase.do, *span.phase.dont)
        paper.points((protocol_texts.filled(line, made.case) for line in lines), size=LARGE)


def _calls(paper: Page) -> None:
    """Print when to call whom, one warning sign a line."""
    made = paper.patient_record
    known = protocol_texts.numbers(made.case)
    heads = {
        FlagLevel.EMERGENCY: _("Call {number} at once for any of these").format(number=known["emergency"]),
        FlagLevel.URGENT: _("Stop, and call your clinic today for any of these: {number}").format(
            number=known["clinic"].replace(" ", "\u00a0")
        ),
    }
    calls = {FlagLevel.EMERGENCY: known["emergency"], FlagLevel.URGENT: known["clinic"]}
    for level, head in heads.items():
        number = protocol_texts.tel(calls[level])
        paper.heading(head, size=HEAD, room=45, link=f"tel:{number}" if number else "")
        signs = [_(flag.text) for flag in made.protocol.red_flags.values() if flag.level is level]
        paper.points(_whole(paper, signs), size=LARGE, after=0)
    paper.say(protocol_texts.protocol_text(made.case, "nobody_answers"), size=LARGE)


def _whole(paper: Page, signs: Iterable[str]) -> Iterator[str]:
    """Yield each warning sign, on a new page if it does not fit."""
    for sign in signs:
        if paper.room < SIGN_MM:
            paper.add_page()
        yield sign


# the exercises and their rules


def _exercise(paper: Page, given: Given) -> None:
    made, routine, rules = paper.patient_record, given.routine, paper.patient_record.protocol.rules
    paper.heading(_(routine.name), size=HEAD, room=BLOCK_MM)
    top = paper.get_y()
    drawn, alt = (
        charts.drawn(routine),
        _("Drawing: {name}").format(name=_(routine.name)),
    )
    paper.figure(drawn, alt=alt, y=top, w=DRAWING_MM, h=DRAWING_MM * RATIO)
    paper.set_left_margin(document.MARGIN_MM + DRAWING_MM + 5)
    said = [dosed(given)]
    if routine.kind is RoutineKind.SQUEEZE:
        rest = max(given.dose.hold_s, rules.rest_at_least.value)
        said.append(_("Rest {n} seconds after each.").format(n=formats.number(rest)))
    gap = dosing.gap(routine, given.dose)
    said.append(_("{span} or more between sets.").format(span=times_text.span(gap)))
    for number, line in enumerate(said):
        paper.say(line, size=LARGE, bold=number == 0)
    paper.set_left_margin(document.MARGIN_MM)
    paper.set_y(max(paper.get_y(), top + DRAWING_MM * RATIO + 2))
    for step in given.steps:
        paper.say(_step(made, step), size=LARGE)
    paper.say(_(routine.position), size=LARGE)
    paper.say(" ".join(map(_, (routine.instruction, routine.breathing, routine.effort))), size=LARGE)


def _step(made: PatientRecord, step: decisions.Step) -> str:
    match step:
        case decisions.FirstDose():
            return doses_text.step(decisions.FirstDose(None), made.zone, now=made.now)
        case decisions.Halved():
            return doses_text.step(step, made.zone, now=made.now)
        case decisions.Overridden(why, until):
            told = _("Your physiotherapist set this, until {moment}. Why: {why}")
            return told.format(moment=short_dates.moment(until, made.zone), why=why)
        case _:
            assert_never(step)


def _cautions(made: PatientRecord, given: list[Given]) -> Iterator[str]:
    """Yield the rules by which the app would close or reduce an exercise, which paper cannot."""
    rules = made.protocol.rules
    yield _("Sleepy or dizzy? Rest. Do not exercise.")
    if all(each.routine.kind is not RoutineKind.SQUEEZE for each in given):
        return
    own = made.case.pain_limit_at(made.now)
    limit = min(own.fact.limit, rules.own_limit_most.whole) if own else rules.pain_limit.whole
    yield _("Pain now {n} or more? Ankle pumps only. Score it again after {span}.").format(
        n=limit, span=times_text.span(rules.pain_closes_for.span)
    )
    yield _less_after_amber(rules).format(
        n=rules.amber_rise.whole, share=formats.number(100 * rules.amber_reps.value)
    )
    yield _("Pain up {n} or more, or stopped for pain? Ankle pumps only for {span}.").format(
        n=rules.red_rise.whole, span=times_text.span(rules.red_light_closes_for.span)
    )


def _less_after_amber(rules: Rules) -> str:
    half = _("Pain up {n} after exercise? Next time do half as many.")
    return (
        half if rules.amber_reps.is_half else _("Pain up {n} after exercise? Next time do {share} % as many.")
    )


def _do_not(paper: Page) -> None:
    """Print what not to do in this phase, and the physiotherapist's own words."""
    made, span = paper.patient_record, _span(paper.patient_record)
    if span:
        _list(
            paper,
            _("Do not"),
            (protocol_texts.filled(x, made.case) for x in span.phase.dont),
        )
    for topic, entry in plan.texts(made.case).items():
        _list(paper, plan_text.topic(topic), [entry.fact.text])


def _list(paper: Page, title: str, lines: Iterable[str]) -> None:
    paper.heading(title, size=HEAD, room=30)
    paper.points(lines, size=LARGE)
