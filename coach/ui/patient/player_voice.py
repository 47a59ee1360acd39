"""What the player's voice says, with the length and the recording of each sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from coach.config import recordings
from coach.domain import sounds
from coach.domain.facts import PlannedSet, SettingValue
from coach.domain.protocol import Protocol, Routine
from coach.domain.session import Cue, Schedule
from coach.text import sound_names, spoken

PAUSE_S = 0.15  # between two sentences, as in assets/player/sound.js
SPARE_S = 0.5  # before the first set begins

Settings = Mapping[str, SettingValue]


class Sentences:
    """The sentences of a session, each sent once; a cue names them by their places."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._places: dict[str, int] = {}

    def places(self, sayings: Iterable[spoken.Saying]) -> list[list[int]]:
        """Return each saying as the places of its sentences, which are taken in."""
        return [[self._places.setdefault(text, len(self._places)) for text in one] for one in sayings]

    def sent(self) -> list[dict[str, Any]]:
        """Return each sentence with its seconds at the usual speed and the address of its recording."""
        told = ((text, *recordings.told(self._lang, text)) for text in self._places)
        return [{"text": text, "s": round(s, 2), "at": at} for text, s, at in told]


def sound(own: Settings, sentences: Sentences) -> dict[str, Any]:
    """Return how a session sounds to a patient, and the sentences that may be said in it."""
    return {
        "voice": own.get("voice", True),
        "tones": own.get("tones", True),
        "vibration": own.get(sounds.VIBRATION, True),
        "volume": sounds.volume(own),
        "rate": sounds.rate(own),
        "choices": {"volume": _choices(sounds.VOLUME), "rate": _choices(sounds.RATE)},
        "sentences": sentences.sent(),
    }


def _choices(name: str) -> list[tuple[float, str]]:
    words = sound_names.words(name)
    return [(value, words[each]) for each, value in sounds.CHOICES[name].items()]


def at_controls(sentences: Sentences) -> dict[str, int]:
    """Return what is said when a session is paused, goes on or is stopped."""
    return {name: sentences.places([(text,)])[0][0] for name, text in spoken.at_controls().items()}


def said_at(cue: Cue, plan: Schedule, protocol: Protocol, sentences: Sentences) -> dict[str, Any]:
    """Return what is said at a cue, the longest first, and whether half a set is done with it."""
    return {
        "say": sentences.places(spoken.sayings(cue, plan, protocol)),
        "half": spoken.is_half(cue, plan),
    }


def results(planned: PlannedSet, routine: Routine, sentences: Sentences) -> dict[int, int]:
    """Return the place of what is said of a test, by the whole seconds that it took."""
    said = spoken.results(planned, routine)
    return {seconds: sentences.places([(text,)])[0][0] for seconds, text in said.items()}


def told_s(own: Settings, plan: Schedule, protocol: Protocol, lang: str) -> float:
    """Return how many seconds the voice needs before the first set; 0 where it is switched off."""
    if own.get("voice", True) is not True:
        return 0.0
    most = protocol.rules.get_ready_most.value
    lengths = (
        _lasts(saying, lang) / sounds.rate(own) + SPARE_S
        for saying in spoken.sayings(plan.cues[0], plan, protocol)
    )
    return next((length for length in lengths if length <= most), 0.0)


def _lasts(saying: spoken.Saying, lang: str) -> float:
    return sum(recordings.told(lang, text)[0] for text in saying) + PAUSE_S * (len(saying) - 1)
