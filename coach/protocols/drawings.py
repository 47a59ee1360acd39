"""A clinic's own drawings: an SVG file made safe to stand in a protocol and to be shown in a page.

A drawing is kept as lines and shapes alone, each with a few attributes whose values have a few
shapes. Whatever is left out without changing the picture is left out: editors' notes, titles, ids,
comments. Whatever would change the picture, load something, move or run is refused. The text is
written in one form, so what was made safe once stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from coach.protocols import drawing_numbers
from coach.protocols import drawing_styles as styles
from coach.protocols.drawing_frames import Box, frame, is_around, moved_by, shift
from coach.protocols.drawing_styles import EXTERNAL, DrawingRefused, unreadable

__all__ = ["LIMIT", "kit", "sanitised"]

LIMIT = 20_000  # characters of a drawing as it is kept; Coach's own have 4000 to 7000
READ_LIMIT = 300_000  # characters of a file: programs write much that is left out
MOST_ELEMENTS = 400
MOST_READ = 5_000  # elements, also of those that are left out
DEEPEST = 30  # groups in one another
LINE = 96  # characters

FOLDER = Path(__file__).parents[2] / "assets" / "drawings"
SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
# The classes of Coach's own drawings that the player shows by what is asked for, wherever they lie in the drawing.
CLASSES = ("muscle", "calf", "shin", "arrow", "pose", "seated", "upright")

# A drawing program writes these; they name a list of elements that nobody needs to read.
_USUAL_DOCTYPE = re.compile(
    r"<!DOCTYPE\s+svg(?:\s+PUBLIC\s+\"-//W3C//DTD SVG 1\.[01](?: Tiny| Basic)?//EN\"\s+\"https?://www\.w3\.org/[\w./-]*\")?\s*>"
)
# Not seen by itself, or not a part of the picture.
_LEFT_OUT = frozenset(
    {
        "defs", "metadata", "title", "desc", "style", "symbol", "clipPath", "mask", "marker", "pattern", "filter",
        "linearGradient", "radialGradient", "color-profile", "view",
    }
)  # fmt: skip
_SCRIPT = "It holds a script or other active content. Save it as plain SVG without it."
_MOVES = "It moves by itself. Take the animation out."
_PHOTO = "It holds a photo. Draw it in lines and shapes (in Inkscape: Path, Trace Bitmap)."
_TEXT = "It holds text, which could not be translated or read aloud. Leave it out, or turn it into paths."
_COPIES = "It holds copies of one part (clones, symbols). Turn them into objects of their own."
_REFUSED = {
    **dict.fromkeys(("script", "handler", "listener", "foreignObject", "iframe", "object", "embed"), _SCRIPT),
    **dict.fromkeys(("audio", "video", "canvas"), _SCRIPT),
    **dict.fromkeys(
        ("animate", "animateColor", "animateMotion", "animateTransform", "set", "discard"), _MOVES
    ),
    **dict.fromkeys(("image", "feImage"), _PHOTO),
}
# Only where they would be seen
_REFUSED_IF_SEEN = {
    **dict.fromkeys(("text", "tspan", "textPath", "tref", "flowRoot"), _TEXT),
    **dict.fromkeys(("use", "switch", "svg"), _COPIES),
    "a": "It holds a link. Take that out.",
}
_X, _Y, _ACROSS, _DOWN, _EITHER = "x", "y", "width", "height", "either"
# The geometry of each shape, with the direction that a percentage is of.
_SHAPES: dict[str, dict[str, str]] = {
    "path": {"d": ""},
    "polygon": {"points": ""},
    "polyline": {"points": ""},
    "line": {"x1": _X, "y1": _Y, "x2": _X, "y2": _Y},
    "circle": {"cx": _X, "cy": _Y, "r": _EITHER},
    "ellipse": {"cx": _X, "cy": _Y, "rx": _ACROSS, "ry": _DOWN},
    "rect": {"x": _X, "y": _Y, "width": _ACROSS, "height": _DOWN, "rx": _ACROSS, "ry": _DOWN},
}
# Without these there is nothing to see.
_NEEDED = {
    "path": ("d",),
    "polygon": ("points",),
    "polyline": ("points",),
    "circle": ("r",),
    "ellipse": ("rx", "ry"),
    "rect": ("width", "height"),
}


@cache
def kit() -> tuple[str, ...]:
    """Return the names of the drawings of exercises that come with Coach, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


@lru_cache(maxsize=64)
def sanitised(svg: str) -> str:
    """Return a drawing made safe, in the one form in which it is kept.

    Raises:
        ValueError: it cannot be kept safely; the text is one plain sentence or two.
    """
    root = _parsed(svg)
    _refuse_active(root)
    drawing = _Drawing(root)
    text = "\n".join(drawing.lines())
    if len(text) > LIMIT:
        raise DrawingRefused(
            f"It is too large: {len(text) // 1000} kB without what is not needed, and at most {LIMIT // 1000} kB. "
            "Simplify its paths."
        )
    return text


def _parsed(svg: str) -> Element:
    if len(svg) > READ_LIMIT:
        raise DrawingRefused(f"The file is too large: at most {READ_LIMIT // 1000} kB.")
    if "<?xml-stylesheet" in svg:
        raise DrawingRefused(EXTERNAL)
    text = re.sub(r"^<\?xml\b[^<>]*\?>", "", svg.strip("\ufeff \t\r\n"))
    try:
        root: Element = fromstring(_USUAL_DOCTYPE.sub("", text, count=1).strip(), forbid_dtd=True)
    except DefusedXmlException:
        raise DrawingRefused("It declares parts of its own (DOCTYPE). Save it as plain SVG.") from None
    except (ParseError, UnicodeError, RecursionError, ValueError):
        raise DrawingRefused("This is no SVG file that can be read.") from None
    if _split(root.tag) not in ((SVG, "svg"), ("", "svg")):
        raise DrawingRefused("This is no SVG drawing.")
    return root


def _refuse_active(root: Element) -> None:
    """Refuse what runs, loads or moves, wherever it is in the file, also where it is not seen."""
    waiting, seen = [(root, 1)], 0
    while waiting:
        element, depth = waiting.pop()
        seen += 1
        space, name = _split(element.tag)
        if name in _REFUSED:
            raise DrawingRefused(_REFUSED[name])
        if space == XHTML or any(each.lower().startswith("on") for each in element.attrib):
            raise DrawingRefused(_SCRIPT)
        if seen > MOST_READ:
            raise DrawingRefused(f"It has too many parts: at most {MOST_ELEMENTS}.")
        if depth > DEEPEST:
            raise DrawingRefused("Its groups lie too deep in one another. Ungroup some.")
        waiting += ((each, depth + 1) for each in element)


def _split(tag: object) -> tuple[str, str]:
    """Return the namespace and the name of an element or an attribute."""
    space, brace, name = str(tag).rpartition("}")
    return (space.removeprefix("{"), name) if brace else ("", name)


@dataclass(slots=True)
class _Drawing:
    """One drawing on its way through: what its style sheets say, and how much of it there is."""

    root: Element
    rules: tuple[styles.Rule, ...] = ()
    box: tuple[float, ...] = ()
    elements: int = 0
    frames: dict[str, Box] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the text of the drawing, in lines that are not long."""
        self.box = self._view_box()
        sheets = [each for each in self.root.iter() if _is_svg(each, "style")]
        self.rules = styles.sheet("\n".join("".join(each.itertext()) for each in sheets))
        clips = [each for each in self.root.iter() if _is_svg(each, "clipPath")]
        self.frames = {each.get("id", ""): box for each in clips if (box := frame(each))}
        attributes = self._looks(self.root, "svg", straight=True)
        if "transform" in attributes:
            raise unreadable("transform", attributes["transform"])
        attributes |= {"viewBox": " ".join(map(_plain, self.box)), "xmlns": SVG}
        inside = list(self._children(self.root, straight=True))
        if not inside:
            raise DrawingRefused("There is nothing to see in it.")
        yield from _tag("svg", attributes, ">")
        yield from inside
        yield "</svg>"

    def _view_box(self) -> tuple[float, ...]:
        """Return left, top, width and height; of a drawing that tells its size alone, that."""
        told = self.root.get("viewBox", "")
        sizes = [self.root.get(name, "") for name in ("width", "height")]
        try:
            if not told and all(sizes):
                return (0, 0, *(self._size(each) for each in sizes))
            box = tuple(float(each) for each in drawing_numbers.numbers(told, most=4))
        except ValueError:
            raise unreadable("size", told or " × ".join(sizes)) from None
        if len(box) < 4:
            raise DrawingRefused("It has no viewBox, which says how large it is. Save it with one.")
        if min(box[2:]) <= 0:
            raise unreadable("viewBox", told)
        return box

    @staticmethod
    def _size(told: str) -> float:
        size = float(drawing_numbers.length(told))
        if size <= 0:
            raise ValueError("nothing")
        return size

    def _children(self, parent: Element, *, straight: bool) -> Iterator[str]:
        for element in parent:
            space, name = _split(element.tag)
            if space not in ("", SVG) or name in _LEFT_OUT:
                continue
            if name in _REFUSED_IF_SEEN:
                raise DrawingRefused(_REFUSED_IF_SEEN[name])
            if name != "g" and name not in _SHAPES:
                raise DrawingRefused(f"It has a part that is not known here: {name[:40]}.")
            yield from self._element(element, name, straight=straight)

    def _element(self, element: Element, name: str, *, straight: bool) -> Iterator[str]:
        """Yield one group or shape; nothing if it is not seen. `straight`: nothing around it is transformed."""
        looks = self._looks(element, name, straight=straight)
        if looks.pop("display", "") == "none":
            return
        attributes = looks | self._geometry(element, name)
        classes = [each for each in CLASSES if each in element.get("class", "").split()]
        if classes:
            attributes["class"] = " ".join(classes)
        if any(attributes.get(each, "") == "" for each in _NEEDED.get(name, ())):
            return
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise DrawingRefused(f"It has too many parts: at most {MOST_ELEMENTS}.")
        if name != "g":
            yield from _tag(name, attributes, "/>")
        elif inside := list(self._children(element, straight=straight and "transform" not in looks)):
            yield from _tag(name, attributes, ">")
            yield from inside
            yield "</g>"

    def _looks(self, element: Element, name: str, *, straight: bool) -> dict[str, str]:
        """Return how an element looks, from its attributes, the style sheets and its own style."""
        if "href" in {_split(each)[1] for each in element.attrib}:
            raise DrawingRefused(EXTERNAL)
        marks = frozenset(f".{each}" for each in element.get("class", "").split()) | {f"#{element.get('id')}"}
        found = {each: value for each, value in element.items() if each in styles.ATTRIBUTES}
        for rule in self.rules:
            if rule.fits(name, marks):
                found |= rule.looks
        found |= styles.declared(element.get("style", ""))
        hidden = {"display": "none"} if found.get("display", "").strip().lower() == "none" else {}
        transform = found.get("transform", "")
        return styles.kept(found, lambda clip: straight and self._cuts_nothing(clip, transform)) | hidden

    def _cuts_nothing(self, value: str, transform: str) -> bool:
        """Tell whether a clip of an element that is moved by its transform is around the whole drawing."""
        named = re.fullmatch(r"url\(\s*[\"']?#([^\"'()]+)[\"']?\s*\)", value.strip())
        box = self.frames.get(named[1]) if named else None
        try:
            moved = shift(transform)
        except ValueError:
            return False
        return box is not None and moved is not None and is_around(moved_by(box, moved), self.box)

    def _geometry(self, element: Element, name: str) -> dict[str, str]:
        found = {}
        for key, direction in _SHAPES.get(name, {}).items():
            told = element.get(key, "").strip()
            if told and told != "auto":
                try:
                    found[key] = self._measured(key, direction, told)
                except ValueError:
                    raise unreadable(key, told) from None
        return found

    def _measured(self, key: str, direction: str, told: str) -> str:
        if key == "d":
            return drawing_numbers.path(told)
        if key == "points":
            return drawing_numbers.points(told)
        _left, _top, across, down = self.box
        sizes = {
            _X: across,
            _ACROSS: across,
            _Y: down,
            _DOWN: down,
            _EITHER: ((across**2 + down**2) / 2) ** 0.5,
        }
        least = -drawing_numbers.LARGEST if direction in (_X, _Y) else 0
        return drawing_numbers.length(told, whole=sizes[direction], least=least)


def _is_svg(element: Element, name: str) -> bool:
    return _split(element.tag) in ((SVG, name), ("", name))


def _plain(value: float) -> str:
    return drawing_numbers.number(repr(value))


def _tag(name: str, attributes: dict[str, str], end: str) -> Iterator[str]:
    """Yield one tag, broken at its spaces: a line break in an attribute is read as a space."""
    line = f"<{name}"
    told = " ".join(f'{key}="{value}"' for key, value in sorted(attributes.items()))
    for word in f"{told}{end}".split(" "):
        if len(line) + 1 + len(word) > LINE:
            yield line
            line = word
        elif word.startswith((">", "/>")):
            line += word
        else:
            line += f" {word}"
    yield line
