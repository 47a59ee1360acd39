"""The language in which a patient reads, as they chose it."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.facts import SettingValue

#: The name of the setting; "" and none at all mean the browser's language.
LANGUAGE = "language"
#: What it may be; the last two are made up, for developers.
CODES = frozenset({"en", "es", "de", "fr", "en-XA", "ar-XB"})


def chosen(settings: Mapping[str, SettingValue]) -> str:
    """Return the language that was chosen, "" if none was."""
    return str(settings.get(LANGUAGE, ""))


def country(settings: Mapping[str, SettingValue]) -> str:
    """Return the country that was chosen, "" if none was."""
    return str(settings.get("country", ""))
