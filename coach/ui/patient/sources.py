"""The sources of all numbers of the plan, in the Guide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coach.desk import PatientDesk
from coach.domain.protocol import Phase, PrescribedDose, Protocol, Quantity, Routine
from coach.domain.sign_off import SignOff
from coach.i18n import N_, _, formats, ngettext
from coach.i18n.sentences import at_the_start, in_a_row
from coach.text import doses as doses_text
from coach.text import protocol_texts
from coach.text import sign_off as sign_off_text
from coach.text import times as times_text
from coach.ui.parts import folding
from coach.ui.parts.text_block import TextBlock

SOURCES = re.compile(r"\bS\d{1,3}[a-d]?\b")
#: Explained in our own words, which are translated; every other code stands for the title of a publication.
OWN_CODES = frozenset({"PD", "GPK", "CLINIC"})
CODES = re.compile(rf"\b(?:SEED|PD|GPK|CLINIC)\b|{SOURCES.pattern}")
LIMITS: Mapping[str, str] = {
    "pain_limit": N_("The tightening exercises stay closed from this pain on"),
    "pain_closes_for": N_("Closed after that for, or until a new score"),
    "amber_rise": N_("Fewer next time after a rise of"),
    "amber_reps": N_("Then this share of the usual number, rounded up"),
    "red_rise": N_("Rest after a rise of"),
    "red_light_closes_for": N_("That rest lasts"),
    "first_dose_for": N_("The first, small dose lasts"),
    "first_dose_again_after": N_("It comes again after a pause of"),
    "rest_at_least": N_("Shortest rest between two repeats"),
    "change_legs": N_("Time to change legs"),
    "between_routines": N_("Rest between two exercises"),
    "night_begins": N_("Nothing is proposed from"),
    "night_ends": N_("Exercises are proposed from"),
    "set_counts_from": N_("A set counts from this share of it"),
    "drowsy_closes_for": N_("Closed while sleepy or dizzy for"),
    "emergency_cleared_after": N_("Least time that all is closed after an emergency"),
    "mistake_within": N_("A wrong tap can be taken back for"),
    "better_points": N_("“Clearly better” is a fall of at least"),
    "better_percent": N_("and at least this part of it"),
}


Told = Callable[[str], str]  # how a source is told: in words, or by its code
Fill = Callable[["Shown", TextBlock, Told], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose numbers are shown, and which values of their protocol a clinician has checked."""

    patient: PatientDesk
    sign_off: SignOff

    @property
    def protocol(self) -> Protocol:
        """The patient's protocol."""
        return self.patient.protocol

    def checked(self, *places: str) -> str:
        """Return whether the values at or below these paths are checked, as a sentence."""
        return sign_off_text.sentence(self.sign_off.of(*places), self.patient.zone)


def show(patient: PatientDesk, block: TextBlock) -> None:
    """Show every number of the plan with where it comes from, in words; and for professionals by its code."""
    case, shown = patient.case, Shown(patient, patient.sign_off())
    for line in case.protocol.guide["numbers"]:
        block.text(protocol_texts.filled(line, case))
    block.header(_("Where each part begins"))
    _beginnings(shown, block, in_words)
    block.header(_("More numbers")).show()
    parts: Mapping[str, tuple[str, Fill]] = {
        "doses": (_("The exercises, part by part"), _doses),
        "limits": (_("Limits"), _all_limits),
        "signs": (_("Warning signs"), _signs),
    }
    for name, (label, fill) in parts.items():
        part = folding.line(label, f"guide-numbers-{name}")
        if part.open:
            with part:
                fill(shown, block, in_words)
                block.show()
    part = folding.line(_("For professionals: each number with its source"), "guide-numbers-sources")
    if part.open:
        with part:
            _for_professionals(shown, block)
            block.show()


def _for_professionals(shown: Shown, block: TextBlock) -> None:
    block.header(_("Where each part begins"))
    _beginnings(shown, block, _by_code)
    for title, fill in (
        (_("The exercises, part by part"), _doses),
        (_("Limits"), _all_limits),
        (_("Warning signs"), _signs),
    ):
        block.header(title)
        fill(shown, block, _by_code)
    block.header(_("All sources"))
    for code, text in shown.protocol.sources.items():
        if code in OWN_CODES:
            block.text(f"{code}: {_(text)}")
        else:
            block.citation(f"{code}: {{source}}", text)


def _by_code(source: str) -> str:
    return source


def in_words(source: str) -> str:
    """Return what stands behind the codes of a source, for somebody who does not know them."""
    kinds = {
        "CLINIC": _("the clinic’s own choice"),
        "SEED": _("the clinic’s page"),
        "S": _("published leaflets and studies"),
        "GPK": _("general medical knowledge"),
        "PD": _("chosen by Coach, on the careful side"),
    }
    codes = {"S" if SOURCES.fullmatch(code) else code for code in CODES.findall(source)}
    return at_the_start(in_a_row(words for code, words in kinds.items() if code in codes))


def _doses(shown: Shown, block: TextBlock, told: Told) -> None:
    protocol = shown.protocol
    for phase in protocol.phases:
        block.subheader(_(phase.name))
        if not phase.doses:
            block.text(_("Rest. No exercises yet."))
            continue
        rows = [_dose_row(protocol.routines[name], dose, told) for name, dose in phase.doses.items()]
        block.table((_("Exercise"), _("How much"), _("From")), rows)
        block.caption(shown.checked(f"phases.{phase.id}.doses"))


def _all_limits(shown: Shown, block: TextBlock, told: Told) -> None:
    rows = [(what, much, told(source)) for what, much, source in _limits(shown.protocol)]
    block.table((_("What"), _("How much"), _("From")), rows)
    rules = [f"rules.{name}" for name in ("first_dose", *LIMITS)]
    limits = ("maximum", "gap", "hourly_gap")
    routines = [f"routines.{routine}.{name}" for routine in shown.protocol.routines for name in limits]
    block.caption(shown.checked(*rules, *routines))


def _signs(shown: Shown, block: TextBlock, told: Told) -> None:
    signs = [(_(flag.text), told(flag.source)) for flag in shown.protocol.red_flags.values()]
    block.table((_("Sign"), _("From")), signs)
    block.caption(shown.checked(*(f"red_flags.{flag}.text" for flag in shown.protocol.red_flags)))


def _beginnings(shown: Shown, block: TextBlock, told: Told) -> None:
    phases = shown.protocol.phases
    block.items(_beginning(phase, told) for phase in phases)
    numbers = ("anchor", "opens_after")
    block.caption(shown.checked(*(f"phases.{phase.id}.{name}" for phase in phases for name in numbers)))


def _beginning(phase: Phase, told: Told) -> tuple[str, str]:
    """Return a part, and when it begins with its source; for professionals with its note."""
    number = phase.opens_after
    text = _(": {when} ({source}).").format(when=times_text.phase_begins(phase), source=told(number.source))
    noted = number.note and told is _by_code
    return _(phase.name), f"{text} {_(number.note)}" if noted else text


def _dose_row(routine: Routine, written: PrescribedDose, told: Told) -> tuple[str, str, str]:
    dose = written.plain
    much = f"{doses_text.dose(routine, dose)}, {doses_text.often(dose)}"
    return _named(routine), much, told(_sources(written))


def _named(routine: Routine) -> str:
    """Return an exercise's name, and that a physiotherapist opens it where it waits for one."""
    name = _(routine.name)
    return _("{name} (opened by your physiotherapist)").format(name=name) if routine.release else name


def _sources(written: PrescribedDose) -> str:
    """Return the sources of a dose's three numbers, each once.

    One that extends another replaces it.
    """
    found = {_source(number) for number in (written.reps, written.hold, written.per_day)}
    return in_a_row(sorted(s for s in found if not any(o != s and o.startswith(s) for o in found)))


def _limits(protocol: Protocol) -> list[tuple[str, str, str]]:
    first = protocol.rules.first_dose
    rows = [
        (
            _("The first, small dose"),
            _("{n} × {s} seconds, {often}").format(
                n=first.reps.whole, s=formats.number(first.hold.value), often=doses_text.often(first.plain)
            ),
            _source(first.reps),
        )
    ]
    rows += [
        (_(what), _amount(number := getattr(protocol.rules, name)), _source(number))
        for name, what in LIMITS.items()
    ]
    for routine in protocol.routines.values():
        rows += _routine_limits(routine)
    return rows


def _routine_limits(routine: Routine) -> list[tuple[str, str, str]]:
    name, most = _named(routine), routine.maximum
    held = () if routine.kind.in_minutes else (most.hold,)
    numbers = (most.reps, *held, most.per_day)
    three = in_a_row(_amount(number) for number in numbers)
    rows = [(_("{name}: never more than").format(name=name), three, _sources(most))]
    gaps = (
        (_("{name}: rest between two sets"), routine.gap),
        (_("{name}, while hourly"), routine.hourly_gap),
    )
    for text, number in gaps:
        if number:
            rows.append((text.format(name=name), _amount(number), _source(number)))
    return rows


def _amount(number: Quantity) -> str:
    """Return a number with its unit in words."""
    n = formats.number(number.value)
    match number.unit:
        case "s":
            return times_text.seconds(number.value)
        case "min":
            return times_text.minutes(number.value)
        case "h":
            return times_text.hours(number.value)
        case "d":
            return times_text.days(number.value)
        case "reps":
            return ngettext("{n} time", "{n} times", number.whole).format(n=n)
        case "sets/day":
            return _("{n} a day").format(n=n)
        case "NRS":
            return _("{n} of 10").format(n=n)
        case "NRS points":
            return ngettext("{n} point", "{n} points", number.whole).format(n=n)
        case "local time (h)":
            return _("{n}:00").format(n=n)
        case "share":
            return _("{n} %").format(n=formats.number(number.value * 100))
        case _:
            return _("{n} %").format(n=n) if number.unit == "percent" else f"{n} {number.unit}"


def _source(number: Quantity) -> str:
    """Return the source of a number and those in its note."""
    others = [name for name in SOURCES.findall(number.note) if name not in number.source.split(", ")]
    return f"{number.source} ({in_a_row(others)})" if others else number.source
