"""Fonts on paper: the app's typeface, and a wider one for what it has no signs for."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fonts"
FAMILY = "Atkinson Hyperlegible Next"
FACES = {
    "": FOLDER / "atkinson-hyperlegible-next-regular.ttf",
    "B": FOLDER / "atkinson-hyperlegible-next-bold.ttf",
}
WIDER = FOLDER / "dejavu-sans-regular.ttf"
LACKING = "\ufffd"
FROM_RIGHT = ("HEBREW", "ARABIC", "SYRIAC", "THAANA", "NKO")
JOINERS = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@cache
def signs(path: Path) -> frozenset[int]:
    """Return the code points that a font file has a sign for."""
    from fontTools.ttLib import TTFont

    with TTFont(path) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """Return the text as it can be printed: composed, without steering signs, LACKING for what no font has.

    Line ends stay; every other sign that has no shape of its own is a space or nothing. Scripts that run from right to
    left count as lacking: without shaping their letters would stand unjoined and in the wrong order.
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(map(_sign, composed))


def needs_wider(text: str) -> bool:
    """Tell whether a text has signs that the app's typeface lacks."""
    return not text.isascii() and any(ord(sign) not in signs(FACES[""]) for sign in text if sign != "\n")


@cache
def _sign(sign: str) -> str:
    if sign == "\n" or (ord(sign) in signs(FACES[""]) and sign not in JOINERS):
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if kind == "Cf" or 0xFE00 <= ord(sign) <= 0xFE0F:
        return ""
    return sign if ord(sign) in signs(WIDER) and not _from_right(sign) else LACKING


def _from_right(sign: str) -> bool:
    """Tell whether a letter or a mark belongs to a script that runs from right to left."""
    return unicodedata.bidirectional(sign) in ("R", "AL") or unicodedata.name(sign, "").startswith(FROM_RIGHT)
