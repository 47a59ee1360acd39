"""The protocol's texts, with numbers and phone numbers filled in."""

from __future__ import annotations

import re
from typing import Any

from coach.domain.case import Case
from coach.domain.protocol import OTHER, FlagLevel, Protocol, RedFlag
from coach.domain.standing import is_discharged
from coach.i18n import _, formats
from coach.i18n.sentences import in_order

LB_IN_KG = 2.20462
WEIGHTS = re.compile(r"(\d+(?:[.,]\d+)?\s*kg) \((\d+(?:[.,]\d+)?\s*lb)\)")  # a text that says both


def numbers(case: Case) -> dict[str, str]:
    """Return the phone numbers for the protocol's texts, by the patient's settings."""
    settings = case.history.settings
    country = case.protocol.emergency_numbers.get(str(settings.get("country")))
    emergency = settings.get("emergency_phone") or (country and country.emergency)
    advice_line = country and country.advice
    return {
        "emergency": str(emergency or _("your emergency number")),
        "advice_line": advice_line or notice(case.protocol, "no_advice_line"),
        "clinic": str(settings.get("clinic_phone") or notice(case.protocol, "no_clinic_number")),
    }


def countries(protocol: Protocol) -> dict[str, str]:
    """Return the countries with an emergency number by their codes, as the reader finds them in a list.

    What stands for all that are not in the list is the last.
    """
    named = [(code, _(each.name)) for code, each in protocol.emergency_numbers.items()]
    return dict(sorted(named, key=lambda country: (country[0] == OTHER, in_order(country[1]))))


def filled(text: str, case: Case, **more: str) -> str:
    """Return one of the protocol's texts, translated, with its numbers filled in."""
    pounds = in_pounds(case)
    lift = weight(case.protocol.rules.lift_most.value, pounds=pounds)
    said = _(text).format_map(KeepUnknown({**numbers(case), "lift": lift, **more}))
    return said if pounds is None else WEIGHTS.sub(r"\2" if pounds else r"\1", said)


def in_pounds(case: Case) -> bool | None:
    """Tell whether the patient weighs in pounds; None where that is not known, and both are said.

    By the country where they are and by how their language is written there: where the two differ, or the
    country is one that Coach does not know, nobody can tell.
    """
    country = str(case.history.settings.get("country") or "")
    reads = formats.counts_in_pounds()
    if not country:
        return reads
    if country == OTHER or country not in case.protocol.emergency_numbers:
        return None
    lives = country == "US"
    return lives if reads is None or reads == lives else None


def weight(kg: float, *, pounds: bool | None) -> str:
    """Return a weight as the reader weighs, pounds rounded down: a limit must not grow by conversion."""
    said = formats.number(kg)
    if pounds is None:
        return _("{kg} kg ({lb} lb)").format(kg=said, lb=int(kg * LB_IN_KG))
    return _("{lb} lb").format(lb=int(kg * LB_IN_KG)) if pounds else _("{kg} kg").format(kg=said)


class KeepUnknown(dict[str, str]):
    """A mapping that leaves unknown placeholders unchanged."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def notice(protocol: Protocol, name: str) -> str:
    """Return the protocol's notice of that name as it is, for one in which no number stands.

    The name is no text: inside of `_()` the catalogues would take it for one.
    """
    return _(protocol.notices[name])


def protocol_text(case: Case, name: str) -> str:
    """Return the protocol's notice of that name."""
    return filled(case.protocol.notices[name], case)


def who_reads(case: Case, *, followed: bool) -> str:
    """Return who reads the patient's entries: nobody, or the physiotherapist on named days."""
    if not followed or is_discharged(case.history):
        return protocol_text(case, "reads_home")
    days = notice(case.protocol, "reads_days")
    return filled(case.protocol.notices["reads_clinic"], case, days=days)


def tel(number: str) -> str:
    """Return the number for a tel: link, or "" if the text is not a number."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return digits if len(digits) >= 3 else ""


def calls(case: Case, names: tuple[str, ...] = ("emergency", "clinic")) -> list[dict[str, str]]:
    """Return the known phone numbers of these names."""
    known = numbers(case)
    labels = {"emergency": _("Call {number}"), "clinic": _("Call your clinic: {number}")}
    return [
        {"label": labels[name].format(number=known[name]), "tel": tel(known[name])}
        for name in names
        if tel(known[name])
    ]


def signs(case: Case) -> list[tuple[FlagLevel, str, list[RedFlag]]]:
    """Return all red flags, the most urgent first: level, what to do about these, and the flags."""
    titles = {
        FlagLevel.EMERGENCY: _("For these, call {number} now"),
        FlagLevel.URGENT: _("For these, call your clinic today"),
        FlagLevel.ASK: _("For these, call your clinic"),
    }
    number = numbers(case)["emergency"]
    flags = case.protocol.red_flags.values()
    found = [(level, [flag for flag in flags if flag.level is level]) for level in FlagLevel]
    return [(level, titles[level].format(number=number), those) for level, those in found if those]


def card(flag: RedFlag, case: Case) -> dict[str, Any]:
    """Return the action card: level, title, lines and phone numbers, in order."""
    known = numbers(case)
    titles = {
        FlagLevel.EMERGENCY: ("emergency", _("Call {number} now")),
        FlagLevel.URGENT: ("clinic", _("Call your clinic today")),
        FlagLevel.ASK: ("clinic", _("Call your clinic")),
    }
    first, title = titles[flag.level]
    phones = calls(case, tuple(dict.fromkeys((first, "clinic"))))
    lines = [filled(line, case) for line in flag.advice]
    lines.append(protocol_text(case, "flag_closed"))
    return {
        "level": flag.level.value,
        "title": title.format(number=known[first]),
        "said": _("You said: {text}").format(text=_(flag.text)),
        "lines": list(dict.fromkeys(lines)),
        "phones": phones,
    }


def routine_name(protocol: Protocol, routine: str | None) -> str:
    """Return a routine's name; None is all of them."""
    if routine is None:
        return _("all exercises")
    known = protocol.routines.get(routine)
    return _(known.name) if known else routine
