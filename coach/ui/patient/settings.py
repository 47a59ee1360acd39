"""The page Settings: a list of its parts, then one part a screen, changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from coach import desk, i18n
from coach.desk import PatientDesk
from coach.domain import facts, looks, sounds
from coach.domain.languages import LANGUAGE
from coach.domain.nights import BEGINS, ENDS
from coach.domain.protocol import Protocol
from coach.domain.reminders import BEFORE, TIMES
from coach.domain.reminders import NAMES as EXERCISES_NAMED
from coach.i18n import N_, _
from coach.text import look_names, protocol_texts, sound_names
from coach.ui.parts import action_keys, assets, components, markdown, navigation, time_zone
from coach.ui.parts.choices import choice
from coach.ui.parts.setting_rows import close, row, switch
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import (
    language_choice,
    physiotherapist,
    player_voice,
    reminders,
    restart,
    second_factor,
    set_up_answers,
    settings_now,
    where_you_are,
)

_sound_test = st.components.v2.component(
    "coach_sound_test", html="<div></div>", js=assets.stub("ui/soundtest.js")
)


def show(patient: PatientDesk) -> None:
    """Show the list of parts, the part in the address, or the restart of the course."""
    st.session_state.pop(navigation.BACK_TO, None)
    if restart.show(patient):
        return
    chosen = st.query_params.get(navigation.PART, "")
    if chosen not in PARTS or not _is_there(chosen, patient):
        chosen = ""
    components.top(f"settings-{chosen}")
    if not chosen:
        _contents(patient)
        return
    if st.button(_("Back to Settings"), key="settings-back", width="stretch"):
        st.query_params.pop(navigation.PART, None)
        st.rerun()
    title, part = PARTS[chosen]
    st.title(_called(chosen, title))
    part(patient)


def _contents(patient: PatientDesk) -> None:
    """Show a large button to each part."""
    st.title(_("Settings"))
    with st.container(key="answers-settings"):
        for name, (title, _part) in PARTS.items():
            if not _is_there(name, patient):
                continue
            now = settings_now.told(name, patient)
            label = "  \n".join(filter(None, [f"**{_called(name, title)}**", markdown.escaped(now)]))
            if st.button(label, key=f"settings-to-{name}", width="stretch"):
                st.query_params[navigation.PART] = name
                st.rerun()


def _called(part: str, title: str) -> str:
    """Return the title of a part; who cannot read it finds that of the language by the language's own name."""
    return f"{_(title)}: {language_choice.own_name()}" if part == LANGUAGE else _(title)


def _is_there(part: str, patient: PatientDesk) -> bool:
    """Tell whether this patient has that part."""
    if part == SIGNING_IN:
        return second_factor.is_offered()
    return part != PHYSIOTHERAPIST or not patient.installation.clinic


def part_of(fact: facts.Fact, protocol: Protocol) -> str:
    """Return the part in which a fact is changed, "" if in none."""
    match fact:
        case facts.Procedure() | facts.HomeArrival():
            return TIMES_PART
        case facts.Answer(question=name):
            times = {each.id for each in protocol.questions if each.meaning == set_up_answers.OVERNIGHT}
            return TIMES_PART if name in times else ANSWERS
        case facts.Setting(name=name):
            return next((part for part, names in SETTINGS.items() if name in names), "")
        case _:
            return ""


# looks and sounds


def _looks(patient: PatientDesk) -> None:
    """Show what is seen; the page itself is the example, which changes with the tap."""
    TextBlock().text(_("Tap one. This page shows you at once how it looks.")).show()
    for name, label in ((looks.TEXT_SIZE, _("Text size")), (looks.THEME, _("Light or dark"))):
        TextBlock().header(label).show()
        now = looks.chosen(name, patient.history().settings)
        options = [
            (each, f"✓ {told}" if each == now else told) for each, told in look_names.words(name).items()
        ]
        picked = choice(f"set-{name}", options)
        if picked and picked != now:
            with time_zone.refusals():
                patient.settings.set(name, picked, key=action_keys.act(f"set-{name}"))
                action_keys.done(f"set-{name}")
                st.rerun()
    curve = protocol_texts.protocol_text(patient.case, "curve_label")
    switch(patient, "plain_words", _("Plain words instead of numbers"), default=False)
    switch(patient, "curve", _("A study’s pain curve on Progress"), default=False, more=curve)


def _sounds(patient: PatientDesk) -> None:
    switch(patient, "voice", _("A voice tells you what to do"), default=True)
    switch(patient, "tones", _("Sounds"), default=True)
    switch(patient, sounds.VIBRATION, _("The device shakes at each step, if it can"), default=True)
    settings = patient.history().settings
    for name, label in ((sounds.VOLUME, _("How loud")), (sounds.RATE, _("How fast the voice speaks"))):
        now = sound_names.words(name)[sounds.chosen(name, settings)]
        row(name, label, now, partial(_choose, patient, name))
    _sound(patient)


def _choose(patient: PatientDesk, name: str) -> None:
    picked = choice(f"set-{name}", sound_names.words(name).items())
    if picked:
        with time_zone.refusals():
            patient.settings.set(name, picked, key=action_keys.act(f"set-{name}"))
            close(name, saved=True)


def _sound(patient: PatientDesk) -> None:
    settings = patient.history().settings
    sentences = player_voice.Sentences(i18n.current().language)
    sentences.places([(_("Breathe out and squeeze."),)])
    _sound_test(
        key="sound-test",
        data={
            "module": assets.address("player/sound.js"),
            "lang": i18n.current().tag,
            "sound": player_voice.sound(settings, sentences),
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
    TextBlock().text(
        _(
            "One file with all that you entered, also what was corrected or taken back. It holds your name,"
            " your phone numbers and your health. Nobody else gets it: keep it safe, or hand it to your clinic."
        )
    ).show()
    st.link_button(_("Download everything as one file"), "/api/export", width="stretch")
    said = TextBlock().text(_("Your record lies in {where}").format(where=desk.where()))
    for name in ("what_this_is", "what_this_is_not"):
        said.text(protocol_texts.protocol_text(patient.case, name))
    said.show()


# the parts by their names in the address, in their order: title and function

TIMES_PART, ANSWERS, YOU, REMINDERS = "times", "answers", "you", "reminders"
LOOKS, SOUNDS = "looks", "sounds"
SIGNING_IN, NEW_COURSE, DATA, PHYSIOTHERAPIST = "signing-in", "new-course", "data", "physiotherapist"
PARTS: Mapping[str, tuple[str, Callable[[PatientDesk], None]]] = {
    LOOKS: (N_("How it looks"), _looks),
    SOUNDS: (N_("How it sounds"), _sounds),
    TIMES_PART: (N_("Times"), set_up_answers.times),
    ANSWERS: (N_("Set-up answers"), set_up_answers.answers),
    YOU: (N_("You and where you are"), where_you_are.show),
    REMINDERS: (N_("Reminders"), reminders.show),
    LANGUAGE: (N_("Language"), language_choice.show),
    SIGNING_IN: (N_("Signing in"), second_factor.show),
    NEW_COURSE: (N_("A new fracture, or a new procedure"), restart.offer),
    DATA: (N_("Your data"), _data),
    PHYSIOTHERAPIST: (N_("Your physiotherapist"), physiotherapist.show),
}
#: The settings that are changed in each part.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    YOU: where_you_are.NAMES,
    REMINDERS: (TIMES, BEGINS, ENDS, BEFORE, EXERCISES_NAMED),
    LOOKS: (*looks.NAMES, "plain_words", "curve"),
    SOUNDS: ("voice", "tones", *sounds.NAMES),
    LANGUAGE: (LANGUAGE,),
}
