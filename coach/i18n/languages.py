"""The languages that Coach speaks, and which of them a reader gets.

A language's tag is what browsers call it: `de`, or `en-US` where dates and times are written in
another way. Only the tags below exist, so that what is kept by tag stays small.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "locale"
ENGLISH = "en"
#: In each catalogue's head until a clinician has read it, and until enough is translated to offer it.
DRAFT = "draft, not yet reviewed by a clinician"
NOT_OFFERED = "not offered yet"
#: Each in its own name, in the order in which they are offered.
NAMES: Mapping[str, str] = {"en": "English", "es": "Español", "de": "Deutsch", "fr": "Français"}
#: Made of the English texts, to find what is in no catalogue, what is cut, and what does not mirror.
LONGER, MIRRORED = "en-XA", "ar-XB"
PSEUDO: Mapping[str, str] = {LONGER: "[Ŀőñğéř]", MIRRORED: "[Mirrored]"}
#: Regions that write dates and times in a way of their own; the first one is meant where none is named.
REGIONS: Mapping[str, tuple[str, ...]] = {
    "en": ("GB", "US", "AU", "CA", "IE", "IN", "NZ", "ZA"),
    "es": ("ES", "AR", "CL", "CO", "MX", "PE", "US"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CA", "CH"),
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def for_developers() -> bool:
    """Tell whether the pseudo-languages are offered: COACH_PSEUDO_LANGUAGES=1, for developers."""
    return os.environ.get("COACH_PSEUDO_LANGUAGES") == "1"


def offered() -> Mapping[str, str]:
    """Return the languages that can be chosen, each in its own name."""
    if for_developers():
        return {**NAMES, **PSEUDO}
    return {language: name for language, name in NAMES.items() if is_ready(language)}


def path(language: str) -> Path:
    """Return where the catalogue of a language is."""
    return FOLDER / language / "LC_MESSAGES" / "coach.po"


@cache
def is_ready(language: str) -> bool:
    """Tell whether there is a catalogue of a language that is offered to readers."""
    if language == ENGLISH:
        return True
    if not path(language).exists():
        return False
    head, _rest = path(language).read_text("utf-8").split("msgid", maxsplit=1)
    return NOT_OFFERED not in head


def usual() -> str:
    """Return the language of who asks for none that is offered, from COACH_LANGUAGE; "" where it is not set."""
    return os.environ.get("COACH_LANGUAGE", "").strip()


def tag(asked: str, *, choice: str = "", country: str = "") -> str:
    """Return the tag in which somebody reads.

    Args:
        asked: what the browser asks for, such as `de-CH` or `de-CH,de;q=0.9,en;q=0.8`.
        choice: the language that the reader has chosen, "" for none.
        country: the reader's country, for the way in which dates and times are written.
    """
    return _tag(asked[:200], choice, country, usual(), developer=for_developers())


@lru_cache(maxsize=1024)
def _tag(asked: str, choice: str, country: str, otherwise: str, *, developer: bool) -> str:
    wanted = _wanted(asked)
    if developer:
        for each in (choice, *wanted):
            if each in PSEUDO:
                return each
    languages = [each.partition("-")[0] for each in (choice, *wanted, otherwise)]
    known = NAMES if developer else [each for each in NAMES if is_ready(each)]
    language = next((each for each in languages if each in known), ENGLISH)
    regions = [each.partition("-")[2] for each in wanted]
    default, *others = REGIONS[language]
    for region in filter(None, (*regions, country.upper())):
        if region == default:
            break
        if region in others:
            return f"{language}-{region}"
    return language


def _wanted(asked: str) -> list[str]:
    """Return the tags of an Accept-Language header as language and region, the best first."""
    found: list[tuple[float, str]] = []
    for part in asked.replace("_", "-").split(","):
        name, _semicolon, quality = part.strip().partition(";")
        language, *more = name.strip().split("-")
        region = next((each.upper() for each in more if len(each) == 2), "")
        try:
            weight = float(quality.partition("=")[2]) if quality.strip() else 1.0
        except ValueError:
            weight = 0.0
        if language and weight > 0:
            found.append((weight, f"{language.lower()}-{region}" if region else language.lower()))
    return [name for _weight, name in sorted(found, key=lambda each: -each[0])]
