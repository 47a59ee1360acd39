"""The settings desk: the patient's preferences, each checked before it is stored."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.patient_context import UseCases
from coach.desk.installation.recording import NewEntry
from coach.domain import facts, languages, looks, nights, reminders, sounds
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import one_line, plain_text
from coach.domain.protocol import Protocol
from coach.domain.times import zone

PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})\+?[0-9(][0-9 ()./-]{1,24}")
NAME_LIMIT = 60
SWITCHES = frozenset({"plain_words", "voice", "tones", sounds.VIBRATION, "curve", reminders.NAMES})
#: What a setting with several values may be.
CHOICES: Mapping[str, Collection[str]] = {**sounds.CHOICES, **looks.CHOICES}


class SettingsDesk(UseCases):
    """Records the patient's settings."""

    @requires(Action.SETTINGS_CHANGE)
    def set(self, name: str, value: facts.SettingValue, *, key: UUID | None = None) -> None:
        """Record a setting; the same value again records nothing."""
        value = checked_setting(self._context.protocol, name, value)
        if self._context.history().settings.get(name) != value:
            self._context.record(NewEntry(facts.Setting(name, value)), key=key)

    @requires(Action.SETTINGS_CHANGE)
    def set_night(self, begins: time, ends: time, *, key: UUID) -> None:
        """Record the night, in which nothing is proposed, as local times.

        The same again records nothing.
        """
        wanted = {nights.BEGINS: begins, nights.ENDS: ends}
        news = []
        for name, clock in wanted.items():
            value = nights.checked(f"{clock:%H:%M}")
            if self._context.history().settings.get(name) != value:
                news.append(NewEntry(facts.Setting(name, value)))
        if news:
            self._context.record(*news, key=key)


def checked_setting(protocol: Protocol, name: str, value: facts.SettingValue) -> facts.SettingValue:
    """Return the value as it is stored; an invalid one is refused."""
    if name in SWITCHES and isinstance(value, bool):
        return value
    if name == reminders.TIMES:
        return reminders.as_setting(reminders.clock_times(value))
    if name in CHOICES and value in CHOICES[name]:
        return value
    if name == reminders.BEFORE and value in reminders.MINUTES_BEFORE:
        return value
    if name in (nights.BEGINS, nights.ENDS):
        return nights.checked(value)
    if name == languages.LANGUAGE and value in languages.CODES:
        return value
    if name == languages.ASKED and languages.TAG.fullmatch(str(value)):
        return value
    if name == "zone":
        return str(zone(str(value)).key)
    if name == "country":
        if value not in protocol.emergency_numbers:
            raise BadValue(Fault.UNKNOWN_COUNTRY, value=str(value)[:20])
        return value
    if name in {"clinic_phone", "emergency_phone"}:
        number = plain_text(value, 40)
        if number and not PHONE.fullmatch(number):
            raise BadValue(Fault.NOT_A_PHONE_NUMBER, value=number)
        return number
    if name == "first_name":
        return one_line(value, NAME_LIMIT)
    raise BadValue(Fault.UNKNOWN_CHOICE, value=name[:40])
