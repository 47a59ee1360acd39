"""Reads how the parts of an SVG drawing look: from attributes, `style` and simple style sheets.

Programs write it in three ways; it is kept in one, as attributes with values of a few shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from coach.protocols import drawing_numbers

EXTERNAL = "It refers to something outside the drawing, which is never loaded. Take that out."
UNREADABLE_STYLE = (
    "It has a style sheet that cannot be read. Save it as plain SVG, with the styling as attributes."
)
GRADIENT = "It has a colour gradient or a pattern. Use plain colours."
ARROW_HEADS = "It has arrow heads or other markers. Turn them into paths (in Inkscape: Path, Stroke to Path)."
CUT_OUT = "It has a part that is cut out by another (clip, mask) or a filter. Draw it without these."
UNREADABLE = "Its {name} “{value}” cannot be read."

# Of these the value names another part of the file.
_REFERRING = {
    "clip-path": CUT_OUT,
    "mask": CUT_OUT,
    "filter": CUT_OUT,
    "marker": ARROW_HEADS,
    "marker-start": ARROW_HEADS,
    "marker-mid": ARROW_HEADS,
    "marker-end": ARROW_HEADS,
    "fill": GRADIENT,
    "stroke": GRADIENT,
}
_COLOUR = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*1(?:\.0)?\s*)?\)")
# A colour of Coach's own drawings, with what it is on a light page
_FAMILY = re.compile(r"var\(\s*--coach-[a-z-]{1,30}\s*,\s*(#[0-9a-f]{6})\s*\)")
_SAME_AS_ABOVE = frozenset({"", "inherit"})
_SELECTOR = re.compile(r"([a-zA-Z]+|\*)?([.#][\w-]+)?")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BLOCK = re.compile("[{};]")
# Limits of what is read, so that no file keeps a server busy
MOST_RULES = 300
LONGEST = 1_000  # characters of a value
_SHOWN = 40  # characters of a value in a sentence

_NAMES = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray
    dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon
    lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
    mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
    olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru
    pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell
    sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise
    violet wheat white whitesmoke yellow yellowgreen
"""
COLOURS = frozenset(_NAMES.split())


class DrawingRefused(ValueError):
    """A drawing that is refused, with one plain sentence."""


def unreadable(name: str, value: str) -> DrawingRefused:
    """Return the refusal of one value."""
    shown = " ".join(value.split())
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return DrawingRefused(UNREADABLE.format(name=name, value=shown))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a style sheet, for the elements of a name, of a class or with an id."""

    element: str
    mark: str  # ".class", "#id" or ""
    looks: Mapping[str, str]

    @property
    def weight(self) -> int:
        """How much it counts against other rules."""
        return (100 if self.mark.startswith("#") else 10 if self.mark else 0) + bool(self.element)

    def fits(self, element: str, marks: frozenset[str]) -> bool:
        """Tell whether it is about an element with these marks."""
        return self.element in ("", element) and (not self.mark or self.mark in marks)


def sheet(css: str) -> tuple[Rule, ...]:
    """Return the rules of a style sheet, those that count more after the others.

    What belongs to another theme, to motion or to a font is left out.

    Raises:
        DrawingRefused: it loads another file, or chooses elements in a way that is not understood.
    """
    found = tuple(islice(_rules(_COMMENT.sub(" ", css)), MOST_RULES + 1))
    if len(found) > MOST_RULES:
        raise DrawingRefused(UNREADABLE_STYLE)
    return tuple(sorted(found, key=lambda rule: rule.weight))


def _rules(css: str) -> Iterator[Rule]:
    at, css = 0, css.rstrip()
    while at < len(css):
        end = _until(css, at)
        begin = css[at:end].strip()
        if begin.lower().startswith("@import"):
            raise DrawingRefused(EXTERNAL)
        if begin.startswith("@"):
            at = _after_block(css, end)
            continue
        close = css.find("}", end)
        if css[end : end + 1] != "{" or close < 0:
            raise DrawingRefused(UNREADABLE_STYLE)
        looks = declared(css[end + 1 : close])
        for each in begin.split(","):
            chosen = _SELECTOR.fullmatch(each.strip())
            if not chosen or not each.strip():
                raise DrawingRefused(UNREADABLE_STYLE)
            yield Rule((chosen[1] or "").replace("*", ""), chosen[2] or "", looks)
        at = close + 1


def _until(css: str, at: int) -> int:
    """Return where the words before a block, or before a semicolon, end."""
    found = _BLOCK.search(css, at)
    return found.start() if found else len(css)


def _after_block(css: str, at: int) -> int:
    """Return where an at-rule ends: after its semicolon, or after its block."""
    depth = 0
    for n in range(at, len(css)):
        if css[n] == ";" and depth == 0:
            return n + 1
        if css[n] == "{":
            depth += 1
        elif css[n] == "}":
            depth -= 1
            if depth <= 0:
                return n + 1
    return len(css)


def declared(style: str) -> Mapping[str, str]:
    """Return the properties of a `style` attribute or of a rule's block."""
    found = {}
    for each in _COMMENT.sub(" ", style).split(";"):
        name, colon, value = each.partition(":")
        if colon:
            before, mark, last = value.rpartition("!")
            important = mark and last.strip().lower() == "important"
            found[name.strip().lower()] = (before if important else value).strip()
    return found


def _paint(value: str) -> str:
    value = value.lower()
    if value in ("none", "transparent"):
        return "none"
    if value == "currentcolor":
        return "black"
    if value in COLOURS or _COLOUR.fullmatch(value):
        return value
    if family := _FAMILY.fullmatch(value):
        return family[1]
    if (parts := _RGB.fullmatch(value)) and all(int(part) < 256 for part in parts.groups()):
        return "#" + "".join(f"{int(part):02x}" for part in parts.groups())
    raise ValueError("no colour")


def _word(value: str, *, of: tuple[str, ...], instead: str = "") -> str:
    if value.lower() in of:
        return value.lower()
    if instead:
        return instead
    raise ValueError("no such word")


def _order(value: str) -> str:
    words = value.lower().split()
    if not words or len(set(words)) < len(words) or not {"fill", "stroke", "markers", "normal"} >= set(words):
        raise ValueError("no order")
    return " ".join(words)


def _dashes(value: str) -> str:
    return "none" if value.lower() == "none" else drawing_numbers.dashes(value)


_THICK = partial(drawing_numbers.length, least=0)
# Every property that is kept, with what reads it.
KEPT: Mapping[str, Callable[[str], str]] = {
    "fill": _paint,
    "fill-opacity": drawing_numbers.share,
    "fill-rule": partial(_word, of=("nonzero", "evenodd")),
    "opacity": drawing_numbers.share,
    "paint-order": _order,
    "stroke": _paint,
    "stroke-dasharray": _dashes,
    "stroke-dashoffset": drawing_numbers.length,
    "stroke-linecap": partial(_word, of=("butt", "round", "square")),
    "stroke-linejoin": partial(_word, of=("miter", "round", "bevel"), instead="miter"),
    "stroke-miterlimit": _THICK,
    "stroke-opacity": drawing_numbers.share,
    "stroke-width": _THICK,
    "transform": lambda value: "" if value.lower() == "none" else drawing_numbers.transform(value),
    "vector-effect": partial(_word, of=("none", "non-scaling-stroke")),
    "visibility": partial(_word, of=("visible", "hidden", "collapse")),
}
# The attributes that say how an element looks.
ATTRIBUTES = frozenset({*KEPT, *_REFERRING, "display"})
# Without these the drawing would look wrong, and they are not understood.
_CHANGING = frozenset({"transform-origin", "rotate", "translate", "scale", "offset-path", "d"})


def kept(looks: Mapping[str, str], is_whole: Callable[[str], bool]) -> dict[str, str]:
    """Return the properties that are kept, in one form; `is_whole` knows what cuts nothing out.

    Raises:
        DrawingRefused: a value refers to something, or cannot be read.
    """
    found = {}
    for name, value in looks.items():
        if "url(" in value.lower() or "\\" in value:
            if name == "clip-path" and len(value) <= LONGEST and is_whole(value):
                continue
            raise DrawingRefused(_REFERRING.get(name, EXTERNAL))
        if name in _CHANGING or (name in KEPT and len(value) > LONGEST):
            raise unreadable(name, value)
        if name in KEPT and value.strip().lower() not in _SAME_AS_ABOVE:
            try:
                found[name] = KEPT[name](value.strip())
            except ValueError:
                raise unreadable(name, value) from None
    return {name: value for name, value in found.items() if value}
