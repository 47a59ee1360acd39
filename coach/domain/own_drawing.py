"""A drawing that comes with a protocol, as it is shown: on light paper, as wide as Coach's own."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

WIDTH, HEIGHT = 360, 150  # of every drawing of an exercise, in its own units
MARGIN = 6
PAPER = "#e9efed"
# A picture of its own is a little darker where pages are dark; in a page the page decides.
_DARK = "<style>@media (prefers-color-scheme: dark) { svg:root { filter: brightness(0.82); } }</style>"
_BOX = re.compile(r'viewBox="\S+\s\S+\s(\S+)\s(\S+)"')


@lru_cache(maxsize=256)
def key(svg: str) -> str:
    """Return the SHA-256 of a drawing, by which it is signed and addressed."""
    return hashlib.sha256(svg.encode()).hexdigest()


@lru_cache(maxsize=64)
def on_paper(svg: str) -> str:
    """Return a drawing that was made safe in the middle of a sheet of the size of Coach's own.

    What lies outside of its own borders is cut off.
    """
    box = _BOX.search(svg)
    if box is None:
        raise ValueError("a drawing without a viewBox was not made safe")
    across, down = float(box[1]), float(box[2])
    fits = abs(across / down - WIDTH / HEIGHT) < 0.01
    margin = 0 if fits else MARGIN
    scale = min((WIDTH - 2 * margin) / across, (HEIGHT - 2 * margin) / down)
    width, height = across * scale, down * scale
    place = f'x="{(WIDTH - width) / 2:.3f}" y="{(HEIGHT - height) / 2:.3f}" width="{width:.3f}" height="{height:.3f}"'
    # The size stands in the style too: the player's styles give every drawing the width of its place.
    inside = svg.replace("<svg", f'<svg {place} style="width:{width:.3f}px;height:{height:.3f}px"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{_DARK}'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{PAPER}"/>{inside}</svg>'
    )


def data_address(svg: str) -> str:
    """Return a drawing as patients see it, as an address that holds it: no server knows that of a draft."""
    return "data:image/svg+xml;base64," + base64.b64encode(on_paper(svg).encode()).decode()
