"""How a text that stands alone, such as a name or an answer, is put into a sentence or a list.

Capitals follow the reader's language: German nouns keep theirs, and so do acronyms everywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from coach.i18n import current
from coach.i18n.formats import locale_of

#: German words that may begin a text and are no nouns: these alone are written small in a sentence.
SMALL_IN_GERMAN = frozenset({
    "alles", "auf", "aus", "bei", "das", "dem", "den", "der", "die", "ein", "eine", "einem", "einen",
    "einer", "eines", "etwa", "etwas", "fünfmal", "für", "gar", "geht", "gerade", "gut", "im", "in",
    "kein", "keine", "keiner", "kleine", "leicht", "leichte", "leichter", "mit", "mittel", "mittlere",
    "mittlerer", "nach", "nicht",
    "nichts", "noch", "nur", "ohne", "schwer", "sehr", "seit", "so", "stark", "starke", "starker",
    "stärkste", "stärkster", "ungefähr", "unverändert", "viel", "vom", "von", "vor", "wenig", "zu",
    "zum", "zur",
})  # fmt: skip


def in_a_sentence(text: str) -> str:
    """Return a text as it stands inside a sentence: small at its beginning where its language wants that."""
    first = text.partition(" ")[0]
    if first[1:2].isupper() or first == "I":
        return text
    if current().language == "de" and first.lower().rstrip(",.;:") not in SMALL_IN_GERMAN:
        return text
    return text[:1].lower() + text[1:]


def at_the_start(text: str) -> str:
    """Return a text as a sentence, or a heading, begins with it: its first letter large, and no other changed."""
    before = len(text) - len(text.lstrip("¿¡«»“„\"'( \u00a0\u202f"))
    return text[:before] + text[before : before + 1].upper() + text[before + 1 :]


def in_order(text: str) -> str:
    """Return the key by which a list is sorted: letters with accents stand with those without."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list in a sentence: "a, b and c"."""
    return _listed(current().tag, tuple(parts))


def listed_names(names: Iterable[str]) -> str:
    """Return names as a list in a sentence that the first of them begins: "Ankle pumps and bottom squeeze"."""
    return listed(in_a_sentence(name) if n else name for n, name in enumerate(names))


def in_a_row(parts: Iterable[str]) -> str:
    """Return parts one after the other, where there is no sentence: "a, b, c"."""
    return _comma(current().tag).join(parts)


def _listed(tag: str, parts: tuple[str, ...]) -> str:
    from babel.lists import format_list

    said = format_list(parts, "standard", locale_of(tag))
    if tag.startswith("es") and len(parts) > 1 and _sounds_like_and(parts[-1]):
        return said.removesuffix(f" y {parts[-1]}") + f" e {parts[-1]}"
    return said


def _sounds_like_and(word: str) -> bool:
    """Tell whether a Spanish word begins as "y" sounds, before which "e" stands: "e isquiotibiales"."""
    start = word.lower()
    return start.startswith(("i", "í", "hi", "hí")) and not start.startswith(
        ("ia", "ie", "io", "hia", "hie", "hio")
    )


@cache
def _comma(tag: str) -> str:
    """Return what stands between two parts of many, by Babel's pattern `{0}, {1}`."""
    return str(locale_of(tag).list_patterns["standard"]["middle"]).replace("{0}", "").replace("{1}", "")
