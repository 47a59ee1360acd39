"""How a session sounds: what a patient may set, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.facts import SettingValue

VIBRATION = "vibration"
VOLUME = "sound_volume"
RATE = "voice_rate"

#: As a share of what the device is set to, the usual one first.
VOLUMES: Mapping[str, float] = {"loud": 1.0, "medium": 0.6, "quiet": 0.3}
#: As a multiple of the usual speed of the voice, the usual one first.
RATES: Mapping[str, float] = {"usual": 1.0, "slower": 0.85, "faster": 1.15}
#: What a setting with several values may be.
CHOICES: Mapping[str, Mapping[str, float]] = {VOLUME: VOLUMES, RATE: RATES}
NAMES = (VIBRATION, VOLUME, RATE)


def chosen(name: str, settings: Mapping[str, SettingValue]) -> str:
    """Return which of a setting's choices holds; the usual one where none is set."""
    value = str(settings.get(name))
    return value if value in CHOICES[name] else next(iter(CHOICES[name]))


def volume(settings: Mapping[str, SettingValue]) -> float:
    """Return the volume that is set, as a share of what the device is set to."""
    return VOLUMES[chosen(VOLUME, settings)]


def rate(settings: Mapping[str, SettingValue]) -> float:
    """Return the speed of the voice that is set, as a multiple of the usual one."""
    return RATES[chosen(RATE, settings)]
