"""The parts of the Guide: a list of contents, then one part a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.course import PhaseSpan
from coach.domain.protocol import FlagLevel, Phase, RedFlag, Routine, RoutineKind
from coach.i18n import N_, _
from coach.i18n.sentences import at_the_start, in_a_row
from coach.text import doses as doses_text
from coach.text import protocol_texts, translation
from coach.text import sign_off as sign_off_text
from coach.text import times as times_text
from coach.ui.parts import assets, components, drawings, folding, icons, navigation
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import sources

GETTING_UP_SIZE = (268, 178)  # of every drawing of getting up, in its own units
#: Of the words that the drawings of getting up show; with other words, look at the drawings first.
GETTING_UP_WORDS = "6618c846408fa388"
HIP_HINGE_WORDS = "3d8b9adf376a9f53"  # the same for the drawing of the hip hinge
#: The sources of those words.
SOURCES: Mapping[str, Sequence[str]] = {
    GETTING_UP_WORDS: ("S1", "S5", "GPK"),
    HIP_HINGE_WORDS: ("S89", "S98", "PD"),
}

#: The parts that are no exercises, by their names in the address.
PARTS = frozenset(
    {
        "warning-signs", "procedure", "timeline", "getting-up", "daily-moves", "next-fracture", "words",
        "numbers", "about",
    }
)  # fmt: skip

Part = tuple[str, Callable[[PatientDesk, TextBlock], None]]


def show(patient: PatientDesk) -> None:
    """Show the table of contents, or the part in the address."""
    known = parts(patient)
    chosen = st.query_params.get(navigation.PART, "")
    components.top(f"guide-{chosen}")
    if chosen not in known:
        _contents(patient, known)
        return
    _link("", _("Back to the list"), "back-above")
    title, part = known[chosen]
    block = TextBlock().title(title)
    block.button(_("Listen"), "coach-listen", icons.icon("listen"))
    part(patient, block)
    block.show()
    names = list(known)
    place = names.index(chosen) + 1
    with st.container(key="answers-guide-on"):
        if place < len(names):
            _link(names[place], _("Next: {title}").format(title=known[names[place]][0]), "next")
        _link("", _("Back to the list"), "back-below")


def address(routine: str) -> str:
    """Return the address of the part that tells how a routine is done."""
    return f"/guide?{navigation.PART}={_named(routine)}"


def _named(routine: str) -> str:
    """Return a routine's name in the address; a clinic's own may be called like a part of the Guide."""
    name = routine.replace("_", "-")
    return f"exercise-{name}" if name in PARTS else name


def parts(patient: PatientDesk) -> Mapping[str, Part]:
    """Return every part of the Guide by its name in the address: title and function."""
    routines: dict[str, Part] = {
        _named(routine.id): (_(routine.name), partial(_routine, routine=routine))
        for routine in patient.case.routines
    }
    moves: dict[str, Part] = {"daily-moves": (_("Bending, turning and reaching"), _daily_moves)}
    return {
        "warning-signs": (_("Warning signs and what to do"), _warning_signs),
        "procedure": (_("What a balloon kyphoplasty is"), _procedure),
        "timeline": (_timeline_title(patient), _timeline),
        "getting-up": (_("Getting up and lying down"), _getting_up),
        **(moves if patient.protocol.guide["hip_hinge"] else {}),
        **routines,
        "next-fracture": (_("Who is at risk of another fracture"), _next_fracture),
        "words": (_("Words explained"), _words),
        "numbers": (_("Where each number comes from"), sources.show),
        "about": (_("What Coach is, and who reads this"), _about),
    }


def _contents(patient: PatientDesk, known: Mapping[str, Part]) -> None:
    TextBlock().title(_("Guide")).show()
    routines = [_named(routine.id) for routine in patient.case.routines]
    first = list(known)[: list(known).index(routines[0])]
    last = list(known)[len(first) + len(routines) :]
    with st.container(key="answers-guide-first"):
        for name in first:
            _link(name, known[name][0], f"to-{name}")
    TextBlock().header(_("Your exercises")).show()
    with st.container(key="answers-guide-routines"):
        for routine, name in zip(patient.case.routines, routines, strict=True):
            _link(name, _both_names(routine), f"to-{name}")
    TextBlock().header(_("More")).show()
    with st.container(key="answers-guide-more"):
        for name in last:
            _link(name, known[name][0], f"to-{name}")
    block = TextBlock()
    _call(patient, block)
    if translation.draft():
        block.caption(translation.draft())
    block.show()


def _both_names(routine: Routine) -> str:
    """Return the everyday name, followed by the clinical one if it differs."""
    name, clinical = _(routine.name), _(routine.clinical_name)
    if name.casefold() == clinical.casefold():
        return name
    return _("{name} ({clinical})").format(name=name, clinical=clinical)


def _link(part: str, label: str, key: str) -> None:
    """Show a large button to a part, or without a name to the contents."""
    if st.button(label, key=f"guide-{key}", width="stretch"):
        if part:
            st.query_params[navigation.PART] = part
        else:
            st.query_params.pop(navigation.PART, None)
        st.rerun()


def _own(patient: PatientDesk, name: str) -> list[str]:
    """Return the lines of one of the protocol's guide texts."""
    return [protocol_texts.filled(line, patient.case) for line in patient.protocol.guide[name]]


def _notice(patient: PatientDesk, name: str) -> str:
    return protocol_texts.protocol_text(patient.case, name)


# what happened, and what to do with whom


def _procedure(patient: PatientDesk, block: TextBlock) -> None:
    for line in _own(patient, "what_it_is"):
        block.text(line)
    block.text(_notice(patient, "no_promise"))


def _next_fracture(patient: PatientDesk, block: TextBlock) -> None:
    block.text(_notice(patient, "risk_intro"))
    block.items(_own(patient, "risk_factors"))
    block.text(_("Talk to your doctor about your own risk and what lowers it."))
    block.text(_notice(patient, "weeks_bone"))
    block.text(_notice(patient, "no_promise"))
    block.citation(_("From: {source}"), patient.protocol.sources["SEED"], name="coach-caption")


def _getting_up(patient: PatientDesk, block: TextBlock) -> None:
    block.text(_("This way your back stays in one line."))
    lines, written = _own(patient, "getting_up"), patient.protocol.guide["getting_up"]
    # A clinic may have written its own steps, which these pictures do not show
    pictures = getting_up() if steps_are_drawn(written) else [()] * len(lines)
    block.steps(zip(lines, pictures, strict=True), size=GETTING_UP_SIZE)
    block.header(_("In the first days"))
    block.items(_notice(patient, name) for name in ("toilet_first", "pillows", "adult_24h", "brace"))
    _from(patient, block, written, "getting_up")


def _daily_moves(patient: PatientDesk, block: TextBlock) -> None:
    """Show how to bend, turn and reach: a habit for everybody, which no release opens."""
    written = patient.protocol.guide["hip_hinge"]
    for line in _own(patient, "daily_moves"):
        block.text(line)
    block.header(_("Bend at your hips"))
    if _hash(written) == HIP_HINGE_WORDS:
        alternative = _("Somebody bends at the hips: the hips go back, and back and head stay in one line.")
        block.picture(assets.address("drawings/daily_moves/hip_hinge.svg"), alternative, size=GETTING_UP_SIZE)
    block.items(_own(patient, "hip_hinge"), numbered=True)
    if lines := _own(patient, "turn_and_reach"):
        block.header(_("Turn and reach")).items(lines)
    block.text(_notice(patient, "bend_and_lift")).text(_notice(patient, "sharp_pain"))
    _from(patient, block, written, "daily_moves", "hip_hinge", "turn_and_reach")


def steps_are_drawn(steps: Sequence[str]) -> bool:
    """Tell whether these are the very words for which getting up was drawn."""
    return _hash(steps) == GETTING_UP_WORDS


def _hash(steps: Sequence[str]) -> str:
    return sha256("\n".join(steps).encode()).hexdigest()[:16]


def _from(patient: PatientDesk, block: TextBlock, steps: Sequence[str], *names: str) -> None:
    """Add where these texts come from, and whether a clinician has checked them.

    Sources are named for the words that Coach came with alone: a clinic's own words have others.
    """
    block.header(_("Where this comes from"))
    for code in SOURCES.get(_hash(steps), ()):
        title = patient.protocol.sources.get(code, "")
        if title and code in sources.OWN_CODES:
            block.caption(_(title))
        elif title:
            block.citation("{source}", title, name="coach-caption")
    checked = patient.sign_off().of(*(f"guide.{name}" for name in names))
    block.caption(sign_off_text.sentence(checked, patient.zone))


def getting_up() -> Sequence[Sequence[str]]:
    """Return the addresses of the pictures for each step of getting up; the last step has none."""
    pictures = [assets.address(f"drawings/getting_up/{n}.svg") for n in ("1", "2", "3", "4", "5")]
    return [pictures[:1], pictures[1:2], pictures[2:3], pictures[3:], ()]


def _words(patient: PatientDesk, block: TextBlock) -> None:
    for line in _own(patient, "words"):
        word, colon, meaning = line.partition(":")
        if colon:
            block.bold(word)
        meaning = meaning.strip() if colon else line
        block.text(at_the_start(meaning))


def _about(patient: PatientDesk, block: TextBlock) -> None:
    for name in ("what_this_is", "what_this_is_not", "no_promise", "default_plan"):
        block.text(_notice(patient, name))
    block.header(_("Who reads what you enter"))
    block.text(protocol_texts.who_reads(patient.case, followed=patient.is_followed()))
    _call(patient, block)


def _call(patient: PatientDesk, block: TextBlock) -> None:
    """Add the patient's phone numbers as links, as far as they are known."""
    known = protocol_texts.numbers(patient.case)
    labels = {
        "clinic": _("Call my clinic: {number}"),
        "emergency": _("In an emergency: {number}"),
    }
    for name, label in labels.items():
        if protocol_texts.tel(known[name]):
            block.call(label.format(number=known[name]), protocol_texts.tel(known[name]))


# warning signs


def _warning_signs(patient: PatientDesk, block: TextBlock) -> None:
    block.show()
    if st.button(_("I have one of these now"), key="guide-now", type="primary", width="stretch"):
        navigation.go("warning")
    protocol = patient.protocol
    for level in FlagLevel:
        of_level = [flag for flag in protocol.red_flags.values() if flag.level is level]
        if of_level:
            _level(patient, level, of_level, block)
    block.text(_notice(patient, "nobody_answers"))
    block.text(_notice(patient, "flag_closed"))


def _level(patient: PatientDesk, level: FlagLevel, of_level: list[RedFlag], block: TextBlock) -> None:
    """Add one level's card: whom to call, its signs with what holds for some alone, and what holds for all.

    What all signs of a level have in common is said once.
    """
    told = protocol_texts.card(of_level[0], patient.case)
    card = TextBlock().header(told["title"])
    for phone in told["phones"]:
        card.call(phone["label"], phone["tel"])
    said, common = {told["title"].rstrip(".")}, _common([flag.advice for flag in of_level])
    for line in (protocol_texts.filled(line, patient.case) for line in common):
        if line.rstrip(".") not in said:
            card.text(line)
    block.add(card, f"card coach-card-{level.value}")
    groups: dict[tuple[str, ...], list[RedFlag]] = {}
    for flag in of_level:
        groups.setdefault(tuple(line for line in flag.advice if line not in common), []).append(flag)
    for own, flags in sorted(groups.items(), key=lambda group: bool(group[0])):
        signs = TextBlock()
        for flag in flags:
            signs.bold(_(flag.text))
        if own:
            signs.items(protocol_texts.filled(line, patient.case) for line in own)
        block.add(signs, "panel")


def _common(advice: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the lines that each advice has."""
    return [line for line in advice[0] if all(line in each for each in advice)]


# one exercise


def _routine(patient: PatientDesk, block: TextBlock, *, routine: Routine) -> None:
    drawings.moving(routine, block)
    block.text(_(routine.why))
    block.header(_("How to lie")).text(_(routine.position))
    block.header(_("Step by step")).items(map(_, routine.steps), numbered=True)
    if routine.kind is RoutineKind.PUMP:
        block.text(_notice(patient, "pump_awake"))
    block.header(_("Breathing")).text(_(routine.breathing))
    if routine.kind is RoutineKind.SQUEEZE:
        block.text(_notice(patient, "breathing"))
    block.header(_("How hard")).text(_(routine.effort))
    block.header(_("What it feels like")).text(_(routine.feels_like))
    if routine.kind is RoutineKind.SQUEEZE:
        block.text(_notice(patient, "settles"))
    block.header(_("What often goes wrong")).items(map(_, routine.faults))
    block.header(_("When to stop")).items(map(_, routine.stop_when))
    block.text(_notice(patient, "sharp_pain"))
    clinical, aliases = _(routine.clinical_name), in_a_row(map(_, routine.aliases))
    block.header(_("What others call it"))
    if clinical.casefold() != _(routine.name).casefold():
        block.text(_("The clinical name is {name}.").format(name=clinical))
    block.text(_("On a clinic’s sheet: {names}").format(names=aliases)).show()
    with st.container(key="answers-guide-stop"):
        _link("warning-signs", _("Warning signs and what to do"), "stop")


# the weeks


def _timeline_title(patient: PatientDesk) -> str:
    """Return the title of the course, up to the start of its last phase."""
    length = times_text.length(patient.protocol.phases[-1].opens_after.span)
    return _("The first {length}").format(length=length)


def _timeline(patient: PatientDesk, block: TextBlock) -> None:
    course = patient.course()
    present = course.span_at(patient.now()) if course else None
    spans = {span.phase.id: span for span in course.spans} if course else {}
    block.items(_own(patient, "timeline")).header(_("Part by part")).show()
    for phase, following in _with_next(patient.protocol.phases):
        here = present is not None and present.phase.id == phase.id
        name = _("{name} (you are here)").format(name=_(phase.name)) if here else _(phase.name)
        part = folding.line(name, f"guide-phase-{phase.id}", unfolded=here)
        if part.open:
            with part:
                _phase(patient, phase, following, spans.get(phase.id))
    block.caption(_notice(patient, "default_plan"))


def _phase(patient: PatientDesk, phase: Phase, following: Phase | None, span: PhaseSpan | None) -> None:
    block = TextBlock().text(_("Begins {when}.").format(when=times_text.phase_begins(phase)))
    block.text(_rest(patient, phase, following))
    for title, told in ((N_("Do"), phase.do), (N_("Do not"), phase.dont)):
        block.bold(_(title)).items(protocol_texts.filled(line, patient.case) for line in told)
    block.bold(_("Your exercises"))
    block.items(_doses(patient, phase, span) or [_("Rest. No exercises yet.")]).show()


def _with_next(phases: tuple[Phase, ...]) -> Iterable[tuple[Phase, Phase | None]]:
    return zip(phases, [*phases[1:], None], strict=True)


def _rest(patient: PatientDesk, phase: Phase, following: Phase | None) -> str:
    until = times_text.phase_begins(following) if following else ""
    return protocol_texts.filled(phase.rest_rule, patient.case, until=until)


def _doses(patient: PatientDesk, phase: Phase, span: PhaseSpan | None) -> list[str]:
    closed = {name for name, found in patient.openings(span).items() if found.why} if span else set()
    return list(doses_text.phase_doses(patient.case.routines, phase, closed=closed))
