"""What holds now in each part of Settings, in a few words for the list of the parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coach.desk import PatientDesk
from coach.domain import looks, sounds
from coach.domain.reminders import chosen
from coach.i18n import _, ngettext
from coach.i18n.sentences import in_a_row, in_a_sentence
from coach.text import estimates, look_names, places, protocol_texts, sound_names
from coach.text import times as times_text


def told(part: str, patient: PatientDesk) -> str:
    """Return what holds in a part of Settings; "" where there is nothing to say."""
    say = _PARTS.get(part)
    return say(patient) if say else ""


def _looks(patient: PatientDesk) -> str:
    settings = patient.history().settings
    size = look_names.words(looks.TEXT_SIZE)[looks.chosen(looks.TEXT_SIZE, settings)]
    theme = look_names.words(looks.THEME)[looks.chosen(looks.THEME, settings)]
    return _("Text: {size}. Light or dark: {theme}.").format(
        size=in_a_sentence(size), theme=in_a_sentence(theme)
    )


def _sounds(patient: PatientDesk) -> str:
    settings = patient.history().settings
    usual, *_others = sounds.RATES
    rate = sounds.chosen(sounds.RATE, settings)
    if settings.get("voice", True) is not True:
        voice = _("Voice: off.")
    elif rate == usual:
        voice = _("Voice: on.")
    else:
        voice = _("Voice: on, {speed}.").format(speed=in_a_sentence(sound_names.words(sounds.RATE)[rate]))
    tones = _("Sounds: on.") if settings.get("tones", True) is True else _("Sounds: off.")
    return f"{voice} {tones}"


def _times(patient: PatientDesk) -> str:
    known = patient.course()
    if known is None:
        return ""
    ended = known.procedure
    when = estimates.moment(ended.at, ended.fact.earliest, patient.zone, now=patient.now())
    return _("Procedure: {when}.").format(when=when)


def _answers(patient: PatientDesk) -> str:
    count = len(patient.history().answers)
    return ngettext("{n} answer.", "{n} answers.", count).format(n=count)


def _you(patient: PatientDesk) -> str:
    settings = patient.history().settings
    country = str(settings.get("country") or "")
    name = places.country_of_zone(country, patient.zone, patient.protocol) if country else ""
    number = protocol_texts.numbers(patient.case)["emergency"]
    told = _("Emergency: {number}").format(number=number) if protocol_texts.tel(number) else ""
    return in_a_row(each for each in (str(settings.get("first_name") or ""), name, told) if each)


def _reminders(patient: PatientDesk) -> str:
    times = in_a_row(times_text.clock(each) for each in chosen(patient.history()))
    return _("You exercise at: {times}.").format(times=times) if times else _("No times chosen yet.")


_PARTS: Mapping[str, Callable[[PatientDesk], str]] = {
    "looks": _looks,
    "sounds": _sounds,
    "times": _times,
    "answers": _answers,
    "you": _you,
    "reminders": _reminders,
}
