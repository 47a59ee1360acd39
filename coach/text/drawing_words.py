"""Why a clinic's own drawing is refused, in the reader's language."""

from __future__ import annotations

import re

from coach.i18n import N_, _

#: What is wrong with an SVG file, as the program that makes it safe says it, in English.
REFUSALS: tuple[str, ...] = (
    N_("It holds a script or other active content. Save it as plain SVG without it."),
    N_("It moves by itself. Take the animation out."),
    N_("It holds a photo. Draw it in lines and shapes (in Inkscape: Path, Trace Bitmap)."),
    N_("It holds text, which could not be translated or read aloud. Leave it out, or turn it into paths."),
    N_("It holds copies of one part (clones, symbols). Turn them into objects of their own."),
    N_("It holds a link. Take that out."),
    N_("It declares parts of its own (DOCTYPE). Save it as plain SVG."),
    N_("This is no SVG file that can be read."),
    N_("This is no SVG drawing."),
    N_("Its groups lie too deep in one another. Ungroup some."),
    N_("There is nothing to see in it."),
    N_("It has no viewBox, which says how large it is. Save it with one."),
    N_("It refers to something outside the drawing, which is never loaded. Take that out."),
    N_("It has a style sheet that cannot be read. Save it as plain SVG, with the styling as attributes."),
    N_("It has a colour gradient or a pattern. Use plain colours."),
    N_("It has arrow heads or other markers. Turn them into paths (in Inkscape: Path, Stroke to Path)."),
    N_("It has a part that is cut out by another (clip, mask) or a filter. Draw it without these."),
    N_("It is not an SVG file in UTF-8. Save it as plain SVG."),
)
#: Those that name a part or a number of the file.
ABOUT: tuple[tuple[str, str], ...] = (
    (r"The file is too large: at most (?P<n>\d+) kB\.", N_("The file is too large: at most {n} kB.")),
    (
        r"It is too large: (?P<kb>\d+) kB without what is not needed, and at most (?P<n>\d+) kB\. Simplify its paths\.",
        N_("It is too large: {kb} kB without what is not needed, and at most {n} kB. Simplify its paths."),
    ),
    (r"It has too many parts: at most (?P<n>\d+)\.", N_("It has too many parts: at most {n}.")),
    (r"It has a part that is not known here: (?P<what>.+)\.", N_("It has a part that is not known here: {what}.")),
    (r"Its (?P<name>.+) “(?P<value>.*)” cannot be read\.", N_("Its {name} “{value}” cannot be read.")),
)  # fmt: skip


def sentence(refused: str) -> str:
    """Return the sentence in the reader's language; one that is not known here as it stands."""
    if refused in REFUSALS:
        return _(refused)
    for pattern, text in ABOUT:
        found = re.fullmatch(pattern, refused)
        if found:
            return _(text).format(**found.groupdict())
    return refused
