"""The files of `assets/` and their addresses, which change with the files' content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets"
#: The styles of the pages, in the order in which they hold.
SHEETS = ("ui/coach.css", "ui/clinic.css")
#: The scripts around every page of a patient, in the order in which they are needed.
SCRIPTS = tuple(f"ui/{name}.js" for name in ("frame", "calm", "foot", "help", "phones", "heed", "drafts"))


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
