"""The protocol's own texts, with its numbers filled in and the telephone numbers of whom to call."""

from __future__ import annotations

from typing import Any

from coach.domain.history import (
    History,
)
from coach.domain.protocol import FlagLevel, Protocol, RedFlag
from coach.domain.standing import is_discharged
from coach.i18n import _

LB_IN_KG = 2.20462


def numbers(protocol: Protocol, history: History) -> dict[str, str]:
    """Return the phone numbers that the protocol's texts mention, as the patient set them."""
    settings = history.settings
    country = protocol.emergency_numbers.get(str(settings.get("country")))
    emergency = settings.get("emergency_phone") or (country and country.emergency)
    advice_line = country and country.advice
    return {
        "emergency": str(emergency or _("your emergency number")),
        "advice_line": advice_line or _(protocol.notices["no_advice_line"]),
        "clinic": str(settings.get("clinic_phone") or _(protocol.notices["no_clinic_number"])),
    }


def filled(text: str, protocol: Protocol, history: History, **more: str) -> str:
    """Return one of the protocol's texts, translated, with its numbers filled in."""
    lift = weight(protocol.rules.lift_most.value)
    return _(text).format_map(KeepUnknown({**numbers(protocol, history), "lift": lift, **more}))


def weight(kg: float) -> str:
    """Return a weight in both units, the pounds rounded down: a limit must not grow in translation."""
    return _("{kg} kg ({lb} lb)").format(kg=f"{kg:g}", lb=int(kg * LB_IN_KG))


class KeepUnknown(dict[str, str]):
    """Leaves a placeholder that nobody fills as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def protocol_text(protocol: Protocol, history: History, name: str) -> str:
    """Return the protocol's notice of that name."""
    return filled(protocol.notices[name], protocol, history)


def who_reads(protocol: Protocol, history: History, *, followed: bool) -> str:
    """Return who reads what the patient enters: nobody else, or the physiotherapist, on which days."""
    if not followed or is_discharged(history):
        return protocol_text(protocol, history, "reads_home")
    days = _(protocol.notices["reads_days"])
    return filled(protocol.notices["reads_clinic"], protocol, history, days=days)


def tel(number: str) -> str:
    """Return what a tel: link dials, or nothing where the text is no number."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return digits if len(digits) >= 3 else ""


def calls(
    protocol: Protocol, history: History, names: tuple[str, ...] = ("emergency", "clinic")
) -> list[dict[str, str]]:
    """Return the numbers to call of these names, as far as they are known."""
    known = numbers(protocol, history)
    labels = {"emergency": _("Call {number}"), "clinic": _("Call your clinic: {number}")}
    return [
        {"label": labels[name].format(number=known[name]), "tel": tel(known[name])}
        for name in names
        if tel(known[name])
    ]


def card(flag: RedFlag, protocol: Protocol, history: History) -> dict[str, Any]:
    """Return the action card: level, title, lines and the numbers to call, in order."""
    known = numbers(protocol, history)
    titles = {
        FlagLevel.EMERGENCY: ("emergency", _("Call {number} now")),
        FlagLevel.URGENT: ("clinic", _("Call your clinic today")),
        FlagLevel.ASK: ("clinic", _("Call your clinic")),
    }
    first, title = titles[flag.level]
    phones = calls(protocol, history, tuple(dict.fromkeys((first, "clinic"))))
    lines = [filled(line, protocol, history) for line in flag.advice]
    lines.append(protocol_text(protocol, history, "flag_closed"))
    return {
        "level": flag.level.value,
        "title": title.format(number=known[first]),
        "said": _("You said: {text}").format(text=_(flag.text)),
        "lines": list(dict.fromkeys(lines)),
        "phones": phones,
    }
