"""The sources of all numbers of the plan, in the Guide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from coach.desk import PatientDesk
from coach.domain.protocol import Phase, PrescribedDose, Quantity, Routine
from coach.i18n import N_, _, formats, ngettext
from coach.i18n.sentences import at_the_start, in_a_row
from coach.text import doses as doses_text
from coach.text import protocol_texts
from coach.text import times as times_text
from coach.ui.parts import folding
from coach.ui.parts.text_block import TextBlock

SOURCES = re.compile(r"\bS\d{1,3}[a-d]?\b")
#: Explained in our own words, which are translated; every other code stands for the title of a publication.
OWN_CODES = frozenset({"PD", "GPK"})
CODES = re.compile(rf"\b(?:SEED|PD|GPK)\b|{SOURCES.pattern}")
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
Fill = Callable[[PatientDesk, TextBlock, Told], None]


def show(patient: PatientDesk, block: TextBlock) -> None:
    """Show every number of the plan with where it comes from, in words; and for professionals by its code."""
    case = patient.case
    for line in case.protocol.guide["numbers"]:
        block.text(protocol_texts.filled(line, case))
    block.header(_("Where each part begins"))
    block.items(_beginning(phase, in_words) for phase in case.protocol.phases)
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
                fill(patient, block, in_words)
                block.show()
    part = folding.line(_("For professionals: each number with its source"), "guide-numbers-sources")
    if part.open:
        with part:
            _for_professionals(patient, block)
            block.show()


def _for_professionals(patient: PatientDesk, block: TextBlock) -> None:
    block.header(_("Where each part begins"))
    block.items(_beginning(phase, _by_code) for phase in patient.protocol.phases)
    for title, fill in (
        (_("The exercises, part by part"), _doses),
        (_("Limits"), _all_limits),
        (_("Warning signs"), _signs),
    ):
        block.header(title)
        fill(patient, block, _by_code)
    block.header(_("All sources"))
    for code, text in patient.protocol.sources.items():
        if code in OWN_CODES:
            block.text(f"{code}: {_(text)}")
        else:
            block.citation(f"{code}: {{source}}", text)


def _by_code(source: str) -> str:
    return source


def in_words(source: str) -> str:
    """Return what stands behind the codes of a source, for somebody who does not know them."""
    kinds = {
        "SEED": _("the clinic’s page"),
        "S": _("published leaflets and studies"),
        "GPK": _("general medical knowledge"),
        "PD": _("chosen by Coach, on the careful side"),
    }
    codes = {"S" if SOURCES.fullmatch(code) else code for code in CODES.findall(source)}
    return at_the_start(in_a_row(words for code, words in kinds.items() if code in codes))


def _doses(patient: PatientDesk, block: TextBlock, told: Told) -> None:
    protocol = patient.protocol
    for phase in protocol.phases:
        block.subheader(_(phase.name))
        if not phase.doses:
            block.text(_("Rest. No exercises yet."))
            continue
        rows = [_dose_row(protocol.routines[name], dose, told) for name, dose in phase.doses.items()]
        block.table((_("Exercise"), _("How much"), _("From")), rows)


def _all_limits(patient: PatientDesk, block: TextBlock, told: Told) -> None:
    rows = [(what, much, told(source)) for what, much, source in _limits(patient)]
    block.table((_("What"), _("How much"), _("From")), rows)


def _signs(patient: PatientDesk, block: TextBlock, told: Told) -> None:
    signs = [(_(flag.text), told(flag.source)) for flag in patient.protocol.red_flags.values()]
    block.table((_("Sign"), _("From")), signs)


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


def _limits(patient: PatientDesk) -> list[tuple[str, str, str]]:
    protocol = patient.protocol
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
