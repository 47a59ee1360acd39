"""The forms of the plan: each asks for one kind of change and returns it, or what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import streamlit as st

from coach.desk.clinic import plan_commands
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Change
from coach.domain import decisions, dosing
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Cause, PlanTopic
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.history import Entry
from coach.domain.plan import InForce
from coach.domain.protocol import Dose, Routine, RoutineKind
from coach.i18n import N_, _, formats
from coach.text import entries as entries_text
from coach.text import plan as plan_text
from coach.ui.parts import drafts, period

ALL = "all"
TEXT_HEIGHT = 110
# The words for the two numbers of a dose: what is counted, and what lasts seconds; "" is not asked for.
AMOUNTS: Mapping[RoutineKind, tuple[str, str]] = {
    RoutineKind.PUMP: (N_("Reps"), ""),
    RoutineKind.SQUEEZE: (N_("Reps"), N_("Hold in seconds")),
    RoutineKind.MOVE: (N_("Reps"), N_("Seconds each way")),
    RoutineKind.STAND: (N_("Reps"), N_("Hold in seconds")),
    RoutineKind.WALK: (N_("Minutes"), ""),
    RoutineKind.REST: (N_("Minutes"), ""),
    RoutineKind.BREATHE: (N_("Breaths"), N_("Seconds in, and out")),
    RoutineKind.TEST: ("", N_("Longest try in seconds")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The input of a form: the desk, what is in force, the form's name, and its subject or ""."""

    desk: PlanDesk
    now: InForce
    name: str
    about: str

    @property
    def why(self) -> str:
        """The reason typed so far."""
        return str(st.session_state.get(f"{self.name}-why") or "")

    def one(self, label: str, options: Mapping[str, str], *, first: str | None = None) -> str:
        """Ask for one of several; the form's subject is chosen already.

        Raises:
            BadValue: there is nothing to choose from.
        """
        if not options:
            raise BadValue(Fault.ENDED_ALREADY)
        chosen = self.about if self.about in options else first or next(iter(options))
        if len(options) > 1:
            chosen = st.selectbox(
                label,
                list(options),
                index=list(options).index(chosen),
                format_func=options.__getitem__,
                key=f"{self.name}-one",
            )
        st.text(options[chosen])
        return chosen


Form = Callable[[Asked], Change]


# hold and dose


def hold(asked: Asked) -> Change:
    """Ask what is closed and until when."""
    words = {ALL: _("Everything"), **{each.id: _(each.name) for each in asked.desk.case.routines}}
    picked = st.pills(
        _("What is closed?"),
        list(words),
        format_func=words.__getitem__,
        default=asked.about if asked.about in words else ALL,
        required=True,
        key=f"{asked.name}-hold",
    )
    ends = period.ends(f"{asked.name}-hold", asked.desk, open_end=True)
    return plan_commands.Hold(None if picked == ALL else picked, ends, asked.why)


def dose(asked: Asked) -> Change:
    """Ask for the dose of one routine, from when and until when; preset to today's dose."""
    routines = {each.id: each for each in released(asked)}
    picked = st.pills(
        _("Which exercise?"),
        list(routines),
        format_func=lambda each: _(routines[each].name),
        default=_first_routine(asked, list(routines.values())),
        required=True,
        key=f"{asked.name}-routine",
    )
    routine = routines[str(picked)]
    present, most = today_dose(asked.desk, routine), routine.maximum.plain
    counted, held_label = AMOUNTS[routine.kind]
    name = f"{asked.name}-{routine.id}"
    with st.container(key=f"{name}-numbers", horizontal=True):
        reps = _number(_(counted), present.reps, most.reps, f"{name}-reps") if counted else present.reps
        hold_s = _number(_(held_label), present.hold_s, most.hold_s, f"{name}-hold") if held_label else None
        per_day = _number(_("Times a day"), min(present.per_day, most.per_day), most.per_day, f"{name}-day")
        days = (
            _number(_("Days a week"), present.days_per_week, most.days_per_week, f"{name}-days")
            if routine.release
            else present.days_per_week
        )
    begins = period.begins(name, asked.desk)
    ends = period.ends(name, asked.desk, open_end=False)
    if ends is None:
        raise BadValue(Fault.TIME_MISSING)
    held = hold_s if hold_s is not None else present.hold_s
    return plan_commands.DoseChange(
        routine.id, int(reps), held, int(per_day), begins, ends, asked.why, int(days)
    )


def released(asked: Asked) -> tuple[Routine, ...]:
    """Return the exercises that wait for no release: those of every patient, and those released."""
    case, now = asked.desk.case, asked.desk.now()
    return tuple(each for each in case.routines if case.is_released(each, now))


def _first_routine(asked: Asked, routines: Sequence[Routine]) -> str:
    """Return the form's routine: the named one, else the first that is not open yet."""
    if any(each.id == asked.about for each in routines):
        return asked.about
    case = asked.desk.case
    closed = (each.id for each in routines if dosing.dose(case, each, asked.desk.now()) is None)
    return next(closed, routines[0].id)


def today_dose(desk: PlanDesk, routine: Routine) -> Dose:
    """Return a routine's present dose, or the first dose if it is not open yet."""
    shaped = dosing.dose(desk.case, routine, desk.now())
    first = desk.protocol.rules.first_dose.plain
    return shaped[0] if shaped else decisions.lower(first, routine.maximum.plain)


def _number(label: str, value: float, most: float, key: str) -> float:
    """Ask for a whole number from 1 to the most that is allowed.

    Raises:
        BadValue: the field is empty.
    """
    text = _("{what} (1 to {most})").format(what=label, most=formats.number(most))
    given = st.number_input(text, min_value=1, max_value=int(most), value=max(1, int(value)), step=1, key=key)
    if given is None:
        raise BadValue(Fault.REPS_OUT_OF_RANGE, low=1, high=formats.number(most))
    return given


# pain, texts


def limit(asked: Asked) -> Change:
    """Ask for a personal pain limit."""
    rules = asked.desk.protocol.rules
    usual, most = rules.pain_limit.whole, rules.own_limit_most.whole
    st.text(
        _("Usually the tightening exercises wait from {n} on. Choose the patient’s own limit.").format(
            n=usual
        )
    )
    picked = st.pills(_("From which pain on?"), list(range(1, most + 1)), key=f"{asked.name}-limit")
    ends = period.ends(f"{asked.name}-limit", asked.desk, open_end=False)
    if picked is None:
        raise BadValue(Fault.LIMIT_OUT_OF_RANGE, low=1, high=most)
    if ends is None:
        raise BadValue(Fault.TIME_MISSING)
    return plan_commands.Limit(picked, ends, asked.why)


def text(asked: Asked) -> Change:
    """Ask for the physiotherapist's own words on one topic."""
    topics = {topic.value: plan_text.topic(topic) for topic in PlanTopic}
    picked = st.pills(
        _("About what?"),
        list(topics),
        format_func=topics.__getitem__,
        default=asked.about if asked.about in topics else PlanTopic.BRACE.value,
        required=True,
        key=f"{asked.name}-topic",
    )
    topic = PlanTopic(str(picked))
    known = asked.now.texts.get(topic)
    words = st.text_area(
        _("What the patient is to do. Empty takes back what was said."),
        value=known.fact.text if known else "",
        height=TEXT_HEIGHT,
        placeholder=_("At most {n} characters").format(n=NOTE_LIMIT),
        key=drafts.keep(
            f"{asked.name}-{topic.value}-text",
            f"plan-words-{topic.value}",
            asked.desk.patient,
            base=known.fact.text if known else "",
        ),
    )
    if known is None and not (words or "").strip():
        raise BadValue(Fault.TEXT_MISSING)
    return plan_commands.Text(topic, words or "", asked.why)


# what waits for a physiotherapist


def clear(asked: Asked) -> Change:
    """Ask which red flag is cleared."""
    zone, now = asked.desk.zone, asked.desk.now()
    options = {
        str(flag.id): plan_text.open_flag(flag, asked.desk.protocol, zone, now=now)
        for flag in asked.now.flags
    }
    picked = asked.one(_("Which red flag?"), options)
    return plan_commands.ClearFlag(UUID(picked), asked.why)


def restart(asked: Asked) -> Change:
    """Ask for the times of a new course."""
    began = asked.desk.course() is not None
    causes = {Cause.NEW_PROCEDURE: _("Another procedure"), Cause.NEW_FRACTURE: _("New fracture")}
    if not began:
        causes = {Cause.FIRST: _("The procedure")}
    cause = st.pills(
        _("Why does the course begin again?") if began else _("What does the course begin with?"),
        list(causes),
        format_func=causes.__getitem__,
        default=next(iter(causes)),
        required=True,
        key=f"{asked.name}-cause",
    )
    fracture = cause is Cause.NEW_FRACTURE
    st.subheader(
        _("From when may the patient start again?") if fracture else _("When did the procedure end?")
    )
    ended = _passed(f"{asked.name}-ended", asked.desk)
    st.subheader(_("When did the patient get home?"))
    places = {"home": _("At a day and time"), "not": _("Not home yet")}
    place = st.pills(
        _("Home"),
        list(places),
        format_func=places.__getitem__,
        default="home",
        required=True,
        key=f"{asked.name}-place",
        label_visibility="collapsed",
    )
    home = _passed(f"{asked.name}-home", asked.desk) if place == "home" else None
    if ended is None or (place == "home" and home is None):
        raise BadValue(Fault.TIME_MISSING)
    return plan_commands.Restart(Cause(cause), ended, home, asked.why)


def _passed(name: str, desk: PlanDesk) -> datetime | None:
    """Ask for a time; None while it is incomplete, so that the next questions are shown too."""
    try:
        return period.passed(name, _("Day"), desk)
    except BadValue:
        return None


def release(asked: Asked) -> Change:
    """Ask which set-up answers the clinic agrees to: several with one reason.

    Raises:
        BadValue: there is none, or none is chosen.
    """
    options = {
        question.id: _("{reply}: {question}").format(
            reply=entries_text.reply(reply.fact.reply), question=_(question.text)
        )
        for question, reply in asked.now.answers
    }
    if len(options) < 2:
        return plan_commands.Agree((asked.one(_("Which answer?"), options),), asked.why)
    st.text(_("Which answers? One reason is recorded for all that you choose."))
    chosen = [
        name
        for name, words in options.items()
        if st.checkbox(words, value=name == asked.about, key=f"{asked.name}-release-{name}")
    ]
    if not chosen:
        raise BadValue(Fault.TEXT_MISSING)
    return plan_commands.Agree(tuple(chosen), asked.why)


def decide(asked: Asked) -> Change:
    """Ask whether the patient's request for an earlier time is accepted."""
    zone, now = asked.desk.zone, asked.desk.now()
    options = {str(each.id): plan_text.request(each, zone, now=now) for each in asked.now.requests}
    picked = asked.one(_("Which request?"), options)
    words = {True: _("Accept"), False: _("Leave the time as it was")}
    accepted = st.pills(
        _("Your answer"), list(words), format_func=words.__getitem__, key=f"{asked.name}-accept"
    )
    if accepted is None:
        raise BadValue(Fault.UNKNOWN_CHOICE, value="")
    return plan_commands.Decide(UUID(picked), accepted, asked.why)


def choose(asked: Asked) -> Change:
    """Ask for the protocol that is to hold for the patient."""
    present = asked.desk.protocol.digest
    found = {each.digest: each for each in asked.desk.protocols()}

    def said(digest: str) -> str:
        name = _("{title}, version {version}").format(
            title=_(found[digest].title), version=found[digest].version
        )
        return _("{name} (the present one)").format(name=name) if digest == present else name

    others = [digest for digest in found if digest != present]
    picked = st.selectbox(
        _("Which protocol?"),
        [*others, *(each for each in found if each == present)],
        index=None,
        format_func=said,
        placeholder=_("Choose a protocol"),
        key=f"{asked.name}-protocol",
    )
    if picked is None:
        raise BadValue(Fault.UNKNOWN_CHOICE, value="")
    return plan_commands.Choose(picked, asked.why)


# ends


def lift(asked: Asked) -> Change:
    """Ask which hold is lifted."""
    return plan_commands.Lift(UUID(asked.one(_("Which hold?"), said(asked, asked.now.holds))), asked.why)


def end(asked: Asked) -> Change:
    """Ask which dose ends before its time."""
    picked = asked.one(_("Which dose?"), said(asked, asked.now.overrides))
    return plan_commands.EndOverride(UUID(picked), asked.why)


def end_limit(asked: Asked) -> Change:
    """End the personal pain limit."""
    own = asked.now.limit
    picked = asked.one(_("Which limit?"), said(asked, (own,) if own else ()))
    return plan_commands.EndLimit(UUID(picked), asked.why)


def said(asked: Asked, entries: tuple[Entry[object], ...]) -> dict[str, str]:
    """Return entries in force by id, in the words that the patient reads."""
    desk, names = asked.desk, asked.desk.clinicians()
    return {
        str(each.id): plan_text.told(
            each,
            desk.case,
            who=names.get(each.author, ""),
            zone=desk.zone,
            now=desk.now(),
        ).did
        for each in entries
    }
