"""The language in which a patient reads, as they chose it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coach.domain.facts import SettingValue

#: The name of the setting; "" and none at all mean the browser's language.
LANGUAGE = "language"
#: The name of the setting that keeps what the browser asked for when reminders were agreed: a calendar
#: program and an e-mail ask for none.
ASKED = "language_asked"
#: What it may be; the last two are made up, for developers.
CODES = frozenset({"en", "es", "de", "fr", "en-XA", "ar-XB"})


#: A language as browsers call it, with or without a region.
TAG = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")


def chosen(settings: Mapping[str, SettingValue]) -> str:
    """Return the language that was chosen, "" if none was."""
    return str(settings.get(LANGUAGE, ""))


def asked(settings: Mapping[str, SettingValue]) -> str:
    """Return the tag in which the patient read when they agreed to reminders, "" if they did not."""
    return str(settings.get(ASKED, ""))


def country(settings: Mapping[str, SettingValue]) -> str:
    """Return the country that was chosen, "" if none was."""
    return str(settings.get("country", ""))
