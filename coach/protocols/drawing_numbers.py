"""Reads the numbers of an SVG drawing, and writes them in one form: lengths, points, paths, transforms.

Every function raises `ValueError` at what it cannot read. What it returns holds digits, letters of
commands, points, minus signs, brackets and single spaces, and reads the same again.
"""

from __future__ import annotations

import math
import re

LARGEST = 1_000_000  # of any number: more is no drawing
DIGITS = 6  # significant ones: a thousandth of a pixel on any screen

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"({_NUMBER})\s*(px|mm|cm|in|pt|pc|%)?")
_NEXT = re.compile(rf"[\s,]*({_NUMBER})")
_FLAG = re.compile(r"[\s,]*([01])")
_GAP = re.compile(r"[\s,]*")
_CALL = re.compile(r"[\s,]*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
# Pixels of 96 to the inch, as CSS has them
_PIXELS = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0}
# How many numbers a command of a path takes, and a transform may take
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_MAY_TAKE = {
    "matrix": (6,),
    "translate": (1, 2),
    "scale": (1, 2),
    "rotate": (1, 3),
    "skewX": (1,),
    "skewY": (1,),
}
_MOST_TRANSFORMS = 10
_MOST_DASHES = 20


def number(text: str) -> str:
    """Return a number in decimal, with six significant digits and no exponent."""
    return _written(_read(text))


def length(text: str, *, whole: float | None = None, least: float = -LARGEST) -> str:
    """Return a length in pixels; a percentage is one of `whole`, and none where that is None."""
    found = _LENGTH.fullmatch(text.strip())
    if not found:
        raise ValueError("no length")
    value, unit = _read(found[1]), found[2] or "px"
    if unit == "%" and whole is None:
        raise ValueError("no share is possible here")
    value *= (whole or 0) / 100 if unit == "%" else _PIXELS[unit]
    if value < least:
        raise ValueError("negative")
    return _written(value)


def share(text: str) -> str:
    """Return an opacity, from 0 to 1."""
    return _written(min(1.0, max(0.0, float(length(text, whole=1)))))


def numbers(text: str, most: int) -> list[str]:
    """Return the numbers of a list, at most so many."""
    found: list[str] = []
    at = 0
    while at < len(text) and _GAP.fullmatch(text, at) is None:
        match = _NEXT.match(text, at)
        if not match or len(found) == most:
            raise ValueError("no list of numbers")
        found.append(number(match[1]))
        at = match.end()
    return found


def points(text: str) -> str:
    """Return the corners of a polygon or a polyline."""
    found = numbers(text, most=LARGEST)
    if len(found) % 2 or not found:
        raise ValueError("half a point")
    return " ".join(found)


def dashes(text: str) -> str:
    """Return the lengths of dashes and gaps."""
    found = [length(each, least=0) for each in re.split(r"[\s,]+", text.strip()) if each]
    if not found or len(found) > _MOST_DASHES:
        raise ValueError("no dashes")
    return " ".join(found)


def transform(text: str) -> str:
    """Return transforms, in their order."""
    calls: list[str] = []
    at = 0
    while at < len(text) and _GAP.fullmatch(text, at) is None:
        match = _CALL.match(text, at)
        if not match or len(calls) == _MOST_TRANSFORMS:
            raise ValueError("no transform")
        found = numbers(match[2], most=6)
        if len(found) not in _MAY_TAKE[match[1]]:
            raise ValueError("too many numbers, or too few")
        calls.append(f"{match[1]}({' '.join(found)})")
        at = match.end()
    return " ".join(calls)


def path(text: str) -> str:
    """Return the commands of a path, each with its letter."""
    pieces: list[str] = []
    command = ""
    at = _after_gap(text, 0)
    while at < len(text):
        if text[at].upper() in _TAKES:
            command, at = text[at], at + 1
        elif command in ("", "Z", "z"):
            raise ValueError("numbers without a command")
        if not pieces and command not in ("M", "m"):
            raise ValueError("a path begins with a place")
        found, at = _arguments(text, at, command)
        pieces.append(command + " ".join(found))
        at = _after_gap(text, at)
        # More numbers after a move are lines
        command = {"M": "L", "m": "l"}.get(command, command)
    return " ".join(pieces)


def _arguments(text: str, at: int, command: str) -> tuple[list[str], int]:
    """Return the numbers of one command, and where it ends; the flags of an arc may stand without gaps."""
    found = []
    for n in range(_TAKES[command.upper()]):
        match = (_FLAG if command in ("A", "a") and n in (3, 4) else _NEXT).match(text, at)
        if not match:
            raise ValueError("a number is missing")
        found.append(number(match[1]))
        at = match.end()
    return found, at


def _after_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _read(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise ValueError("too large")
    return value


def _written(value: float) -> str:
    """Return a number as it is kept: 12, -0.5."""
    rounded = float(f"{value:.{DIGITS}g}")
    if abs(rounded) < 1 / LARGEST:
        return "0"
    return f"{rounded:.12f}".rstrip("0").rstrip(".")
