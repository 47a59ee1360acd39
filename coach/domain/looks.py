"""How the pages look: what a patient may set."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.facts import SettingValue

TEXT_SIZE = "text_size"
THEME = "theme"
#: What a setting may be, the usual one first. The theme "device" is that of the device.
CHOICES: Mapping[str, tuple[str, ...]] = {
    TEXT_SIZE: ("usual", "large", "largest"),
    THEME: ("device", "light", "dark"),
}
NAMES = tuple(CHOICES)


def chosen(name: str, settings: Mapping[str, SettingValue]) -> str:
    """Return which of a setting's choices holds; the usual one where none is set."""
    value = str(settings.get(name))
    return value if value in CHOICES[name] else CHOICES[name][0]
