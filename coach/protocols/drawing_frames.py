"""Clips in the shape of the page, which programs put around a whole drawing: they cut nothing out."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from coach.protocols import drawing_numbers

Box = tuple[float, float, float, float]  # left, top, right, bottom

NEAR = 0.001  # of the drawing's width or height: what rounding may take away
_MOVED = re.compile(r"translate\((\S+)(?: (\S+))?\)")
_SHAPED = frozenset({"class", "style", "clip-path", "display", "visibility"})


def frame(clip: Element) -> Box | None:
    """Return the rectangle that a clip is; None for a clip of any other shape."""
    if len(clip) != 1 or clip.get("clipPathUnits", "userSpaceOnUse") != "userSpaceOnUse":
        return None
    shape = clip[0]
    if _SHAPED & (clip.attrib.keys() | shape.attrib.keys()) or "transform" in clip.attrib:
        return None
    try:
        box = _path(shape.get("d", "")) if shape.tag.endswith("path") else _rectangle(shape)
        moved = shift(shape.get("transform", ""))
    except ValueError:
        return None
    return moved_by(box, moved) if box and moved else None


def shift(transform: str) -> tuple[float, float] | None:
    """Return by how much a transform moves, (0, 0) without one; None if it does something else."""
    if not transform.strip():
        return 0, 0
    found = _MOVED.fullmatch(drawing_numbers.transform(transform))
    return (float(found[1]), float(found[2] or 0)) if found else None


def moved_by(box: Box, by: tuple[float, float]) -> Box:
    """Return a rectangle elsewhere."""
    (left, top, right, bottom), (x, y) = box, by
    return left + x, top + y, right + x, bottom + y


def is_around(box: Box, view_box: tuple[float, ...]) -> bool:
    """Tell whether a rectangle has the whole drawing in it; `view_box` is left, top, width, height."""
    left, top, width, height = view_box
    x, y = width * NEAR, height * NEAR
    return (
        box[0] <= left + x and box[1] <= top + y and box[2] >= left + width - x and box[3] >= top + height - y
    )


def _rectangle(shape: Element) -> Box | None:
    if not shape.tag.endswith("rect") or {"rx", "ry"} & shape.attrib.keys():
        return None
    x, y = (float(drawing_numbers.length(shape.get(name, "0"))) for name in ("x", "y"))
    width, height = (float(drawing_numbers.length(shape.get(name, ""))) for name in ("width", "height"))
    return x, y, x + width, y + height


def _path(told: str) -> Box | None:
    """Return the rectangle that a path draws with straight lines."""
    x = y = 0.0
    corners: list[tuple[float, float]] = []
    for n, piece in enumerate(re.findall(r"[A-Za-z][^A-Za-z]*", drawing_numbers.path(told))):
        letter, found = piece[0], [float(each) for each in piece[1:].split()]
        if letter in ("Z", "z"):
            continue
        if letter.upper() not in ("M", "L", "H", "V") or (letter.upper() == "M") != (n == 0):
            return None
        across = found[0] if letter.upper() != "V" else None
        down = found[-1] if letter.upper() != "H" else None
        from_x, from_y = (x, y) if letter.islower() else (0.0, 0.0)
        x = x if across is None else from_x + across
        y = y if down is None else from_y + down
        corners.append((x, y))
    if len(corners) == 5 and corners[0] == corners[-1]:
        corners.pop()
    (xs, ys) = (sorted({each[n] for each in corners}) for n in (0, 1))
    turns = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    if len(set(corners)) != 4 or len(corners) != 4 or (len(xs), len(ys)) != (2, 2):
        return None
    # Each side runs along one direction: else the path crosses itself
    if any((one[0] == two[0]) == (one[1] == two[1]) for one, two in turns):
        return None
    return xs[0], ys[0], xs[1], ys[1]
