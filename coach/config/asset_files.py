"""The files of `assets/` and their addresses, which change with the files' content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets"
#: The styles of the pages, in the order in which they hold.
SHEETS = ("ui/coach.css", "ui/clinic.css")
#: The scripts around every page of a patient, in the order in which they are needed.
SCRIPTS = tuple(
    f"ui/{name}.js"
    for name in ("frame", "calm", "foot", "visit", "help", "phones", "heed", "screen", "drafts")
)
#: The names of the icons.
ICONS = frozenset(path.stem for path in (FOLDER / "ui" / "icons").glob("*.svg"))

#: The icon beside each warning sign, by the ids of the protocol that comes with Coach; another sign has the general one.
SIGNS = {
    "chest_pain": "heart",
    "breathless": "lungs",
    "collapse": "dizzy",
    "hard_to_wake": "sleepy",
    "confused": "question",
    "stroke_signs": "face",
    "bleeding": "blood",
    "head_injury_thinner": "head",
    "allergy": "allergy",
    "leg_weakness": "foot",
    "both_legs": "nerve",
    "saddle_numbness": "bladder",
    "fever_shaking": "fever",
    "new_leg_tingling": "nerve",
    "leg_clot": "leg",
    "infection": "wound",
    "new_back_pain": "back_pain",
    "fall": "fall",
    "not_settling": "pain",
}


@cache
def version(folder: str) -> str:
    """Return a short hash over all files of a folder: they load one another by it."""
    digest = hashlib.sha256()
    for path in sorted((FOLDER / folder).iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def address(path: str) -> str:
    """Return the address of a file, such as player/player.js, on this server."""
    return f"/coach-assets/{path}?v={version(path.rsplit('/', 1)[0])}"


@cache
def icon_addresses() -> str:
    """Return a style sheet that names the address of each icon, for use as a mask: `--coach-icon-NAME`."""
    named = (f"--coach-icon-{name}:url({address(f'ui/icons/{name}.svg')})" for name in sorted(ICONS))
    return f":root{{{';'.join(named)}}}"


@cache
def sign_icons() -> str:
    """Return a style sheet that gives the button of each warning sign its icon, and names it: `--coach-sign-ID`."""
    named = ";".join(f"--coach-sign-{sign}:var(--coach-icon-{icon})" for sign, icon in SIGNS.items())
    buttons = "".join(f"[class*=-{sign}]{{--sign:var(--coach-sign-{sign})}}" for sign in SIGNS)
    return f":root{{{named}}}{buttons}"
