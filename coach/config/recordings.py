"""The recorded sentences of `assets/voice/`: their names, lengths and addresses.

A language has a folder of recordings and a list of them, `recordings.json`. How they are made and
whose voice it is stands in docs/voice.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from coach.config.asset_files import FOLDER

VOICES = FOLDER / "voice"
LIST = "recordings.json"

# A sentence without a recording is spoken by the device: about as fast as the recordings are.
_SECONDS_A_CHARACTER = 0.066
_SECONDS_MORE = 0.35


@dataclass(frozen=True, slots=True)
class Recording:
    """One sentence as it was recorded: its length, and a short hash of the file."""

    seconds: float
    version: str


def name(lang: str, text: str) -> str:
    """Return the name of the file that holds a sentence in a language."""
    heard = text.replace("\N{NO-BREAK SPACE}", " ")  # how a line breaks is not heard
    return hashlib.sha256(f"{lang}\n{heard}".encode()).hexdigest()[:16] + ".mp3"


@cache
def recordings(lang: str) -> Mapping[str, Recording]:
    """Return the recordings of a language by their files' names; none for a language without them."""
    path = VOICES / lang / LIST
    listed = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {each: Recording(seconds, version) for each, (seconds, version) in listed.items()}


def told(lang: str, text: str) -> tuple[float, str]:
    """Return how many seconds a sentence takes at the usual speed, and the address of its recording.

    The address is "" where there is none; it changes with the file.
    """
    file = name(lang, text)
    found = recordings(lang).get(file)
    if found is None:
        return _SECONDS_MORE + _SECONDS_A_CHARACTER * len(text), ""
    return found.seconds, f"/coach-assets/voice/{lang}/{file}?v={found.version}"
