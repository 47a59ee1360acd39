"""The page Settings: every answer and preference, changed in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from coach import desk
from coach.desk import PatientDesk
from coach.domain import plan, set_up
from coach.domain.course import Course
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import AnchorTime, Pain, PainWhen, Reply
from coach.domain.protocol import Question
from coach.domain.times import zone_names
from coach.i18n import _
from coach.text import entries as entries_text
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.ui.parts import (
    action_keys,
    assets,
    choices,
    components,
    date_time,
    drafts,
    time_zone,
)
from coach.ui.parts.setting_rows import SURE, open_row
from coach.ui.parts.setting_rows import close as _close
from coach.ui.parts.setting_rows import row as _row
from coach.ui.parts.setting_rows import save as _save
from coach.ui.parts.setting_rows import switch as _switch
from coach.ui.patient import reminders, restart, second_factor

SAVE_TIME = _("Yes, that is right. Save")

_sound_test = st.components.v2.component(
    "coach_sound_test", html="<div></div>", js=assets.stub("ui/soundtest.js")
)


def show(patient: PatientDesk) -> None:
    """Show the whole page, or the restart of the course."""
    if restart.show(patient):
        return
    components.top("settings")
    st.title(_("Settings"))
    _times(patient)
    _answers(patient)
    _place(patient)
    reminders.show(patient)
    _looks(patient)
    second_factor.show()
    st.header(_("A new fracture or another procedure"))
    restart.offer(patient)
    _data(patient)


# what may open something earlier


def _save_if_sure(name: str, what: object, save: Callable[..., bool]) -> None:
    """Save; ask for confirmation first if something opens earlier."""
    with time_zone.refusals():
        try:
            saved = save(earlier_is_right=False)
        except BadValue as refused:
            if refused.fault is not Fault.OPENS_EARLIER:
                raise
            st.session_state[SURE] = (name, what)
            return
        _close(name, saved=True, asked=not saved)


def _ask_sure(name: str, what: object, save: Callable[..., bool]) -> None:
    """Ask to confirm an input that opens something earlier.

    A changed one needs a new confirmation.
    """
    if st.session_state.get(SURE) != (name, what):
        return
    st.warning(_("With this, something may open earlier than before. Is it right?"))
    if st.button(_("Yes, this is right"), key=f"sure-{name}", type="primary", width="stretch"):
        with time_zone.refusals():
            saved = save(earlier_is_right=True)
            _close(name, saved=True, asked=not saved)


# times


def _times(patient: PatientDesk) -> None:
    known = patient.course()
    st.header(_("Times"))
    ended = time_zone.said(known.procedure.at, patient) if known else _("not said yet")
    _row("procedure", _("Your procedure ended"), _first_up(ended), lambda: _procedure(patient, known))
    _waits(patient, AnchorTime.PROCEDURE_END)
    _row("home", _("You got home"), _first_up(_home(patient, known)), lambda: _got_home(patient, known))
    _waits(patient, AnchorTime.HOME_ARRIVAL)
    for question in patient.protocol.questions:
        if question.meaning == "overnight":
            _question(patient, question)


def _waits(patient: PatientDesk, what: AnchorTime) -> None:
    """Show that a request for an earlier time waits for the physiotherapist."""
    requests = plan.waiting_requests(patient.case)
    waiting = [asked for asked in requests if asked.fact.what is what]
    if waiting:
        when = time_zone.said(waiting[-1].fact.to, patient)
        st.text(_("You asked to change this: {when}. Your physiotherapist decides.").format(when=when))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _home(patient: PatientDesk, known: Course | None) -> str:
    if known is None or known.home is None:
        return _("not home yet")
    when = time_zone.said(known.home, patient)
    return _("{when} (assumed)").format(when=when) if known.home_assumed else when


def _procedure(patient: PatientDesk, known: Course | None) -> None:
    when = date_time.ask("set-procedure", patient, known.procedure.at if known else None, go_on=SAVE_TIME)
    _time_form("procedure", when, patient.course_times.procedure_ended)


def _got_home(patient: PatientDesk, known: Course | None) -> None:
    value = known.home if known and not known.home_assumed else None
    when = date_time.ask("set-home", patient, value, go_on=SAVE_TIME)
    _time_form("home", when, patient.course_times.got_home)
    if st.button(_("I am not home yet"), key="set-not-home", width="stretch"):
        with time_zone.refusals():
            patient.course_times.got_home(None, key=action_keys.act("set-home"))
            _close("home", saved=True)


def _time_form(name: str, when: date_time.Entered, act: Callable[..., bool]) -> None:
    """Save the confirmed time; the button is hidden while a time waits for its own confirmation."""
    key = action_keys.act(f"set-{name}")

    def save(*, earlier_is_right: bool) -> bool:
        return act(when.needed(), key=key, earlier_is_right=earlier_is_right)

    offered = not when.waits and not when.tapped
    if when.tapped or (offered and st.button(_("Save"), key=f"save-{name}", type="primary", width="stretch")):
        _save_if_sure(name, when.wall, save)
    _ask_sure(name, when.wall, save)


# set-up answers


def _answers(patient: PatientDesk) -> None:
    st.header(_("Set-up answers"))
    for question in patient.protocol.questions:
        if question.meaning != "overnight":
            _question(patient, question)
    _baseline(patient)


def _question(patient: PatientDesk, question: Question) -> None:
    given = patient.history().answers.get(question.id)
    value = entries_text.reply(given.fact.reply) if given else _("not answered")
    _row(question.id, _(question.text), value, lambda: _reply(patient, question))
    if given and set_up.needs_word(question, given.fact.reply):
        if words := set_up.words_after(patient.history(), given):
            agreed = words[-1]
            when = time_zone.said(agreed.fact.spoke_at, patient)
            st.text(_("Your clinic agreed: {who}, {when}").format(who=agreed.fact.who, when=when))
        elif patient.is_followed():
            st.text(_("Closed until your physiotherapist releases it. Send a message or call your clinic."))
        else:
            _row(
                f"agreed-{question.id}",
                _("Closed until your clinic agrees"),
                protocol_texts.protocol_text(patient.case, "set_up_closed"),
                lambda: _agreed(patient, question),
                change=_("My clinic said I may exercise"),
            )


def _reply(patient: PatientDesk, question: Question) -> None:
    """Ask again; an answer that may open something earlier is asked twice."""
    name = question.id
    given = patient.history().answers.get(name)
    old = given.fact.reply if given else None

    def save(reply: Reply, **_sure: bool) -> bool:
        if reply is not old:
            patient.set_up.reply(name, reply, key=action_keys.act(f"set-{name}"))
        return True

    picked = choices.reply(f"set-{name}")
    if picked:
        earlier = set_up.opens_earlier(question, old, picked)
        refused = (
            earlier and old is not None and patient.is_followed()
        )  # the answer closes the same as before: no second question
        if earlier and not refused:
            st.session_state[SURE] = (name, picked)
        else:
            with time_zone.refusals():
                save(picked)
                _close(name, saved=True)
    for reply in Reply:
        if st.session_state.get(SURE) == (name, reply):
            st.text(_("Your new answer: {reply}").format(reply=entries_text.reply(reply)))
            _ask_sure(name, reply, partial(save, reply))


def _agreed(patient: PatientDesk, question: Question) -> None:
    name = f"agreed-{question.id}"
    st.text(_("Who did you speak to, and when? If they did not say so, it stays closed."))
    who = st.text_input(_("Who did you speak to?"), key=drafts.keep(f"{name}-who", name, patient.patient))
    when = date_time.ask(name, patient)
    if st.button(_("They said I may exercise"), key=f"save-{name}", type="primary", width="stretch"):
        with time_zone.refusals():
            spoke = when.needed()
            patient.red_flags.clinic_agreed(
                question.id, who=who, spoke=spoke, key=action_keys.act(f"set-{name}")
            )
            drafts.sent(name, patient.patient)
            _close(name, saved=True)


def _baseline(patient: PatientDesk) -> None:
    found = [entry for entry in patient.history().of(Pain) if entry.fact.when is PainWhen.BASELINE]
    if not found:
        return
    old = found[-1]

    def form() -> None:
        score = choices.pain("set-baseline", patient)
        unknown = st.button(_("I do not remember"), key="set-baseline-unknown", width="stretch")
        if score is not None or unknown:
            with time_zone.refusals():
                patient.diary.correct(
                    old.id, Pain(score, PainWhen.BASELINE), key=action_keys.act("set-baseline")
                )
                _close("baseline", saved=True)

    label = _("Back pain in the week before the procedure")
    _row("baseline", label, _first_up(pain_text.score(old.fact.score, patient.protocol)), form)


# where the patient is


def _place(patient: PatientDesk) -> None:
    case = patient.case
    settings = case.history.settings
    numbers = protocol_texts.numbers(case)
    country = case.protocol.emergency_numbers.get(str(settings.get("country")))
    st.header(_("You and where you are"))
    _row("first_name", _("First name"), _said(settings.get("first_name")), lambda: _name(patient))
    _row("zone", _("Time zone"), patient.zone.replace("_", " "), lambda: _zone(patient))
    _row(
        "country",
        _("Country"),
        _(country.name) if country else _("not said yet"),
        lambda: _country(patient),
    )
    emergency = numbers["emergency"] if protocol_texts.tel(numbers["emergency"]) else _("not said yet")
    _row("emergency_phone", _("Emergency number"), emergency, lambda: _emergency(patient))
    clinic = _said(settings.get("clinic_phone"))
    _row("clinic_phone", _("Your clinic’s number"), clinic, lambda: _clinic(patient))


def _said(value: object) -> str:
    return str(value) if value else _("not said yet")


def _name(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get("first_name", ""))
    text = st.text_input(_("First name"), value=old, autocomplete="given-name", key="set-first_name")
    _save(patient, "first_name", text)


def _zone(patient: PatientDesk) -> None:
    names = sorted(zone_names())
    picked = st.selectbox(
        _("Time zone"), names, index=names.index(patient.zone), key="set-zone", format_func=_zone_name
    )
    st.text(_("What you entered so far keeps its times. New days are counted in this zone."))
    _save(patient, "zone", picked)


def _zone_name(name: str) -> str:
    return name.replace("_", " ")


def _country(patient: PatientDesk) -> None:
    countries = {code: _(each.name) for code, each in patient.protocol.emergency_numbers.items()}
    known = patient.history().settings.get("country")
    picked = st.selectbox(
        _("Country"),
        list(countries),
        index=list(countries).index(known) if known in countries else None,
        key="set-country",
        format_func=countries.__getitem__,
        placeholder=_("Choose your country"),
    )
    if picked and st.button(_("Save"), key="save-country", type="primary", width="stretch"):
        with time_zone.refusals():
            patient.settings.set("country", picked, key=action_keys.act("set-country"))
            own = patient.history().settings.get("emergency_phone")
            if patient.protocol.emergency_numbers[picked].emergency or own:
                _close("country", saved=True)
            action_keys.done("set-country")
            open_row("emergency_phone")


def _emergency(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get("emergency_phone", ""))
    number = st.text_input(_("Phone number"), value=old, type="phone", key="set-emergency_phone")
    country = patient.protocol.emergency_numbers.get(str(patient.history().settings.get("country")))
    if country and not country.emergency:
        st.text(_("Coach does not know your country’s number. Write down the one for an ambulance."))
    else:
        st.text(_("Leave it empty to use your country’s number."))
    _save(patient, "emergency_phone", number)


def _clinic(patient: PatientDesk) -> None:
    old = str(patient.history().settings.get("clinic_phone", ""))
    number = st.text_input(_("Phone number"), value=old, type="phone", key="set-clinic_phone")
    _save(patient, "clinic_phone", number)


# looks and sounds


def _looks(patient: PatientDesk) -> None:
    curve = protocol_texts.protocol_text(patient.case, "curve_label")
    st.header(_("How it looks and sounds"))
    _switch(patient, "plain_words", _("Plain words instead of numbers"), default=False)
    _switch(patient, "voice", _("A voice tells you what to do"), default=True)
    _switch(patient, "tones", _("Sounds"), default=True)
    _sound(patient)
    _switch(patient, "curve", _("A study’s pain curve on Progress"), default=False, more=curve)


def _sound(patient: PatientDesk) -> None:
    settings = patient.history().settings
    _sound_test(
        key="sound-test",
        data={
            "module": assets.address("player/sound.js"),
            "lang": "en",
            "voice": settings.get("voice", True) is True,
            "tones": settings.get("tones", True) is True,
            "say": _("Breathe out and tighten."),
            "words": {
                "test": _("Test the sound"),
                "both": _("You should hear two notes and a voice. Nothing? Turn the volume up."),
                "voice": _("You should hear a voice. Nothing? Turn the volume up."),
                "tones": _("You should hear two notes. Nothing? Turn the volume up."),
                "no_voice": _("This device has no voice. The words are on the screen all the same."),
                "both_off": _("Voice and sounds are both off. Switch one on first."),
            },
        },
    )


# the patient's data


def _data(patient: PatientDesk) -> None:
    case = patient.case
    st.header(_("Your data"))
    st.text(
        _(
            "One file with all that you entered, also what was corrected or taken back. It holds your name,"
            " your phone numbers and your health. Nobody else gets it: keep it safe, or hand it to your clinic."
        )
    )
    st.link_button(_("Download everything as one file"), "/api/export", width="stretch")
    st.text(_("Your record lies in {where}").format(where=desk.where()))
    for name in ("what_this_is", "what_this_is_not"):
        st.text(protocol_texts.protocol_text(case, name))
