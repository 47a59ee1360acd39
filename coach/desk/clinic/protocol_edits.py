"""What the protocol editor does with a draft's file, for the screen: it stores nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from itertools import count
from typing import Any

from coach.desk.clinic.protocol_draft_views import ProtocolDraft
from coach.domain import draft_changes
from coach.domain.draft_changes import ValueChange
from coach.domain.protocol import Protocol
from coach.domain.protocol_overview import Overview
from coach.protocols import editing, loader
from coach.protocols.drawings import kit as kit
from coach.protocols.drawings import sanitised as safe_drawing
from coach.protocols.editing import Place as Place
from coach.protocols.editing import Template as Template
from coach.protocols.editing import changed as changed
from coach.protocols.editing import cited as cited
from coach.protocols.editing import moved_exercise as moved_exercise
from coach.protocols.editing import moved_question as moved_question
from coach.protocols.editing import moved_sign as moved_sign
from coach.protocols.editing import next_source as next_source
from coach.protocols.editing import next_version as next_version
from coach.protocols.editing import place_of as place_of
from coach.protocols.editing import templates as templates
from coach.protocols.editing import unit_of as unit_of
from coach.protocols.editing import value_at as value_at
from coach.protocols.editing import with_checkpoint as with_checkpoint
from coach.protocols.editing import with_country as with_country
from coach.protocols.editing import with_drawing as with_drawing
from coach.protocols.editing import with_exercise as with_exercise
from coach.protocols.editing import with_phase as with_phase
from coach.protocols.editing import with_question as with_question
from coach.protocols.editing import with_sign as with_sign
from coach.protocols.editing import with_source as with_source
from coach.protocols.editing import without_checkpoint as without_checkpoint
from coach.protocols.editing import without_country as without_country
from coach.protocols.editing import without_dose as without_dose
from coach.protocols.editing import without_exercise as without_exercise
from coach.protocols.editing import without_phase as without_phase
from coach.protocols.editing import without_question as without_question
from coach.protocols.editing import without_sign as without_sign
from coach.protocols.editing import without_source as without_source
from coach.protocols.overview import overview as lines
from coach.protocols.reading import Problem, ProtocolError

FILE = "protocol.toml"  # the name of a draft's file in messages
ID_LIMIT = 60  # characters
DRAWING_NAME = 50  # characters of an exercise in the name of its drawing, which has at most 60
KEPT = 16  # drafts that are read once for several runs of the page
COUNTED = 10_000  # contents whose faults are counted once; a line of the list needs no more
_fault_counts: dict[str, int] = {}  # by digest: a digest stands for one content for good


@lru_cache(maxsize=KEPT)
def said(content: bytes) -> Mapping[str, Any]:
    """Return the values of a draft's file; nothing of one that is no TOML, whose fault `problems` has."""
    try:
        return editing.plain(content)
    except ProtocolError:
        return {}


@lru_cache(maxsize=KEPT)
def changes(old: bytes, new: bytes) -> tuple[ValueChange, ...]:
    """Return what one revision of a draft says otherwise than another."""
    return draft_changes.changes(said(old), said(new))


@lru_cache(maxsize=KEPT)
def overview(content: bytes) -> Overview:
    """Return a draft's exercises and phases in lines; none of one that is no TOML."""
    try:
        return lines(content)
    except ProtocolError:
        return Overview("", "", "", (), ())


@lru_cache(maxsize=KEPT)
def problems(content: bytes) -> tuple[Problem, ...]:
    """Return everything that is wrong with a draft's file; empty if it is in order."""
    return editing.problems(content, FILE)


def fault_count(digest: str, read: Callable[[], ProtocolDraft]) -> int:
    """Return how many things are wrong with a draft's content; each content is read and checked once.

    Args:
        digest: the digest of the content, as `DraftLine.digest` gives it.
        read: reads the draft; called only if that content was not counted yet.
    """
    known = _fault_counts.get(digest)
    if known is None:
        draft = read()
        known = len(problems(draft.content))
        if len(_fault_counts) >= COUNTED:
            _fault_counts.clear()
        _fault_counts[draft.digest] = known  # not `digest`: somebody may have saved in between
    return known


@lru_cache(maxsize=KEPT)
def fault_without(
    content: bytes, table: str, name: str, without: Callable[[bytes, str], bytes]
) -> Problem | None:
    """Return what a list of a draft's file lacks without its item of that name; None for nothing."""
    before = {each.what for each in problems(content)}
    after = problems(without(content, name))
    return next((each for each in after if place_of(each) == (table,) and each.what not in before), None)


@lru_cache(maxsize=KEPT)
def protocol(content: bytes) -> Protocol | None:
    """Return the protocol of a draft's file; None of one with faults."""
    return None if problems(content) else loader.read(content, FILE)


def sanitised(svg: bytes) -> str:
    """Return a drawing as a protocol may hold it; raises `ValueError` with one plain sentence."""
    try:
        return safe_drawing(svg.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("It is not an SVG file in UTF-8. Save it as plain SVG.") from None


def own_name(content: bytes, n: int) -> str:
    """Return a name for the own drawing of a file's exercise that no drawing of Coach and no other exercise has."""
    routines = said(content)["routine"]
    others = {each.get("drawing") for m, each in enumerate(routines) if m != n}
    stem = "own_" + re.sub(r"[^a-z0-9_]", "_", str(routines[n].get("id")))[:DRAWING_NAME]
    return _free(stem, "_", others)


def without_unused_drawings(content: bytes) -> bytes:
    """Return a file without those of its own drawings that no exercise has."""
    values = editing.plain(content)
    used = {each.get("drawing") for each in values.get("routine", ()) if isinstance(each, dict)}
    for name in values.get("drawings", {}):
        if name not in used:
            content = editing.without_drawing(content, name)
    return content


def new_id(name: str, taken: Iterable[str]) -> str:
    """Return an id for what has that name: small letters and digits, and another than those that are taken.

    Keys of the screen have no "_", so it differs from the others also where theirs are read as "-".
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    words = re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    stem = "-".join(words)[:ID_LIMIT].strip("-") or "own"
    stem = stem if stem[0].isalpha() else f"own-{stem}"
    return _free(stem, "-", {each.replace("_", "-") for each in taken})


def _free(stem: str, sign: str, taken: Container[object]) -> str:
    return next(each for n in count(1) if (each := stem if n == 1 else f"{stem}{sign}{n}") not in taken)


def opened(content: bytes, n: int, routine_id: str) -> bytes:
    """Return a file in which an exercise is open in a phase too, at the dose of the nearest phase before, or after.

    Where no phase has one, it is the least of everything: the limits of the exercise, but one set a day.
    """
    values = said(content)
    phases = values.get("phase", ())
    for each in (*reversed(phases[:n]), *phases[n:]):
        dose = each.get("dose", {}).get(routine_id)
        if isinstance(dose, dict):
            return _with_dose(content, phases[n]["id"], routine_id, _numbers(dose))
    routine = next(each for each in values["routine"] if each.get("id") == routine_id)
    least = {**_numbers(routine.get("maximum", {})), "per_day": 1}
    return _with_dose(content, phases[n]["id"], routine_id, least)


def _with_dose(content: bytes, phase: str, routine: str, numbers: Mapping[str, float]) -> bytes:
    return editing.with_dose(
        content,
        phase,
        routine,
        per_day=numbers["per_day"],
        reps=numbers.get("reps"),
        hold_s=numbers.get("hold"),
        minutes=numbers.get("minutes"),
        days_per_week=numbers.get("days_per_week"),
    )


def _numbers(dose: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a dose; one set a day where it says nothing else."""
    found = {
        key: number["value"]
        for key, number in dose.items()
        if isinstance(number, dict) and isinstance(number.get("value"), int | float)
    }
    return {"per_day": 1, **found}
