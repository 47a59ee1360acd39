"""Fonts for PDFs: the app's typeface, and others for scripts that it lacks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "fonts"
FAMILY = "Atkinson Hyperlegible Next"
FACES = {
    "": FOLDER / "atkinson-hyperlegible-next-regular.ttf",
    "B": FOLDER / "atkinson-hyperlegible-next-bold.ttf",
}
# : Tried in this order for characters that the app's typeface lacks. Those of SHAPED need text
# shaping.
FALLBACKS = {
    "wider": FOLDER / "dejavu-sans-regular.ttf",
    "hebrew": FOLDER / "scripts" / "dejavu-sans-hebrew-regular.ttf",
    "arabic": FOLDER / "scripts" / "noto-sans-arabic-regular.ttf",
    "devanagari": FOLDER / "scripts" / "noto-sans-devanagari-regular.ttf",
    "thai": FOLDER / "scripts" / "noto-sans-thai-regular.ttf",
    "hangul": FOLDER / "scripts" / "coach-hangul-regular.ttf",
    "han": FOLDER / "scripts" / "droid-sans-fallback-han-regular.ttf",
}
SHAPED = frozenset({"hebrew", "arabic", "devanagari", "thai"})
LACKING = "\ufffd"
JOINERS = "\u200c\u200d"  # joiners control shaping; otherwise they are invisible
UNSEEN = "\u200b\u2060\ufeff\u00ad" + JOINERS


@cache
def signs(path: Path) -> frozenset[int]:
    """Return the code points that a font file has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(path) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """Return the printable form of a text: composed, without control characters.

    LACKING stands for characters that no font has.

    Line breaks stay; any other invisible character becomes a space or nothing.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() and composed.isprintable():
        return composed
    shown: list[str] = []
    for sign in composed:
        joins = sign in JOINERS and shown and _fallback(shown[-1]) in SHAPED
        shown.append(sign if joins else _sign(sign))
    return "".join(shown)


def fallbacks(text: str) -> Iterator[str]:
    """Yield the fonts that a printable text needs besides the app's typeface, each once."""
    if not text.isascii():
        yield from dict.fromkeys(filter(None, map(_fallback, text)))


def needs_shaping(text: str) -> bool:
    """Tell whether a text needs shaping: joined or stacked letters, or right-to-left."""
    return any(name in SHAPED for name in fallbacks(text))


@cache
def _sign(sign: str) -> str:
    if sign == "\n" or (ord(sign) in signs(FACES[""]) and sign not in UNSEEN):
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if kind == "Cf" or 0xFE00 <= ord(sign) <= 0xFE0F:
        return ""
    return sign if _fallback(sign) else LACKING


@cache
def _fallback(sign: str) -> str:
    """Return the fallback font for a character, "" if none is needed or none has it."""
    if not sign or sign in "\n" + UNSEEN or ord(sign[-1]) in signs(FACES[""]):
        return ""
    return next((name for name, path in FALLBACKS.items() if ord(sign[-1]) in signs(path)), "")
