"""Extracts the texts of a protocol file for Babel, so that they can be translated like others."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

# Keys whose texts people read, in any table.
READ_BY_PEOPLE = frozenset(
    {
        "title", "name", "clinical_name", "aliases", "why", "position", "steps", "instruction", "breathing",
        "effort", "feels_like", "faults", "stop_when", "rest_rule", "do", "dont", "next_change", "text",
        "cues", "note", "attribution", "choose", "examples", "function_question", "change_question", "function_words",
        "change_words", "treatment_question", "treatment_hint", "which_question", "scan_question", "scan_hint",
        "appointment_question", "appointment_hint", "next_step",
    }
)  # fmt: skip
# Tables in which people read every text.
ALL_READ = frozenset({"notices", "guide", "pain_words", "plain_words", "effort_words"})
#: Of the sources these are explained in our own words; the others are titles of publications, and stay as they are.
EXPLAINED = frozenset({"sources.PD", "sources.GPK", "sources.CLINIC"})


def extract(
    fileobj: IO[bytes],
    _keywords: object,
    _comment_tags: object,
    options: object,  # noqa: ARG001 - Babel passes it by this name
) -> Iterator[tuple[int, None, str, Sequence[str]]]:
    """Yield each text of a protocol file once: its line, no function, the text, its key path.

    Babel also passes keywords and comment tags, which a TOML file does not have.
    """
    source = fileobj.read().decode("utf-8-sig")
    lines = source.splitlines()
    seen: set[str] = set()
    for path, text in texts(tomllib.loads(source)):
        if text not in seen:
            seen.add(text)
            yield _line_of(text, lines), None, text, [path]


def texts(table: Mapping[str, object], path: str = "", *, read: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the key path and text of everything in a table that people read."""
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        # `advice` of an emergency number is a phone number; of a red flag it is a list of texts.
        wanted = (
            read
            or key in READ_BY_PEOPLE
            or here in EXPLAINED
            or (key == "advice" and isinstance(value, list))
        )
        yield from _texts(value, here, read=wanted or (not path and key in ALL_READ))


def _texts(value: object, path: str, *, read: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from texts(value, path, read=read)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _texts(item, f"{path}[{n}]", read=read)
    elif isinstance(value, str) and read and value:
        yield path, value


def _line_of(text: str, lines: Sequence[str]) -> int:
    """Return the first line, from 1, with the text in quotes; 1 if it is written in another way."""
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return next((n for n, line in enumerate(lines, start=1) if quoted in line), 1)
