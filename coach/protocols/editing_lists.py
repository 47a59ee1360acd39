"""Adds, moves and removes the items of a protocol file's lists: signs, questions, countries, sources, times.

Used by way of `coach.protocols.editing`, which says what all of these have in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from coach.domain.protocol import OTHER, Closes
from coach.domain.quantity import CLINIC
from coach.protocols import toml_edit, toml_lists
from coach.protocols.numbers import list_clinic, set_number
from coach.protocols.toml_edit import Values

FIRST_CHECKPOINT = (2, 1)  # weeks after the procedure and weeks long, where a test has none
OWN_SOURCES = range(1, 900)  # the numbers that a source of one's own may have


def with_sign(content: bytes, *, like: str, id: str, text: str) -> bytes:  # noqa: A002
    """Add a warning sign after another one, with the urgency and advice of that one; its source is the clinic."""
    return _with_copy(content, "red_flag", like, {"id": id, "text": text})


def without_sign(content: bytes, sign_id: str) -> bytes:
    """Remove a warning sign; of two with one id the later one."""
    return _without(content, "red_flag", sign_id)


def moved_sign(content: bytes, sign_id: str, by: int) -> bytes:
    """Move a warning sign up (-1) or down (1), at most to the end of the list."""
    return _moved(content, "red_flag", sign_id, by)


def with_question(content: bytes, *, like: str, id: str, text: str) -> bytes:  # noqa: A002
    """Add a set-up question after another one, that closes what that one closes; its source is the clinic.

    What a yes tells, only one question of a file can tell: the new one after such a question closes
    everything.
    """
    return _with_copy(content, "question", like, {"id": id, "text": text})


def without_question(content: bytes, question_id: str) -> bytes:
    """Remove a set-up question; of two with one id the later one."""
    return _without(content, "question", question_id)


def moved_question(content: bytes, question_id: str, by: int) -> bytes:
    """Move a set-up question up (-1) or down (1), at most to the end of the list."""
    return _moved(content, "question", question_id, by)


def with_country(content: bytes, country: str, name: str) -> bytes:
    """Add a country to those with numbers to call, by its two letters; its numbers are left to be filled in."""

    def edit(root: Values) -> None:
        listed = root.get("emergency", ())
        later = (
            n for n, each in enumerate(listed) if each.get("country") == OTHER or str(each.get("name")) > name
        )
        at = next(later, len(listed))
        new = {"country": country, "name": name, "emergency": "", "advice": "", "source": CLINIC}
        toml_lists.add(root, "emergency", at, toml_edit.item(root, new))
        list_clinic(root)

    return toml_edit.edited(content, edit)


def without_country(content: bytes, country: str) -> bytes:
    """Remove a country from those with numbers to call."""
    return _without(content, "emergency", country)


def next_source(values: Mapping[str, Any]) -> str:
    """Return the short name that a further source of a file gets: S and the number after its highest."""
    listed = values.get("sources")
    names = [str(each)[1:].rstrip("abcd") for each in (listed if isinstance(listed, Mapping) else ())]
    taken = {int(each) for each in names if each.isdecimal()} & set(OWN_SOURCES)
    return f"S{max(taken, default=0) + 1}"


def cited(values: Mapping[str, Any]) -> Counter[str]:
    """Count in how many places of a file each source is named."""
    return Counter(name for text in toml_lists.sources(values) for name in text.split(", "))


def with_source(content: bytes, name: str, text: str) -> bytes:
    """Add a source to the list, or put another text in the place of one."""

    def edit(root: Values) -> None:
        if "sources" not in root:
            toml_edit.put(root, "sources", {})
        toml_edit.put(root["sources"], name, text)

    return toml_edit.edited(content, edit)


def without_source(content: bytes, name: str) -> bytes:
    """Remove a source from the list."""

    def edit(root: Values) -> None:
        if name not in root.get("sources", {}):
            raise ValueError(f"no source '{name}' in this file")
        del root["sources"][name]

    return toml_edit.edited(content, edit)


def with_checkpoint(content: bytes, routine_id: str) -> bytes:
    """Let a test be due once more, right after the last time and for as long as then."""

    def edit(root: Values) -> None:
        routine = toml_lists.found(root, "routine", routine_id)
        times = routine.get("checkpoint", ())
        begins, lasts = FIRST_CHECKPOINT
        if times:
            begins = times[-1]["opens_after"]["value"] + times[-1]["offered_for"]["value"]
            lasts = times[-1]["offered_for"]["value"]
        new: dict[str, Any] = {}
        for key, weeks in (("opens_after", begins), ("offered_for", lasts)):
            set_number(root, new, key, {"value": weeks}, unit="weeks")
        toml_lists.add(routine, "checkpoint", len(times), toml_edit.item(root, new))

    return toml_edit.edited(content, edit)


def without_checkpoint(content: bytes, routine_id: str) -> bytes:
    """Remove the last of the times at which a test is due."""

    def edit(root: Values) -> None:
        routine = toml_lists.found(root, "routine", routine_id)
        times = routine.get("checkpoint", ())
        if not times:
            raise ValueError(f"no time of '{routine_id}' in this file")
        toml_edit.remove(routine, "checkpoint", len(times) - 1)

    return toml_edit.edited(content, edit)


def _with_copy(content: bytes, kind: str, like: str, own: Mapping[str, str]) -> bytes:
    def edit(root: Values) -> None:
        at = toml_lists.place(root, kind, like)
        new = deepcopy(root[kind][at])
        if new.pop("meaning", None):
            toml_edit.put(new, "closes", Closes.ALL.value)
        for key, value in {**own, "source": CLINIC}.items():
            toml_edit.put(new, key, value)
        toml_lists.add(root, kind, at + 1, new)
        list_clinic(root)

    return toml_edit.edited(content, edit)


def _without(content: bytes, kind: str, name: str) -> bytes:
    def edit(root: Values) -> None:
        toml_lists.remove_last(root, kind, name)

    return toml_edit.edited(content, edit)


def _moved(content: bytes, kind: str, name: str, by: int) -> bytes:
    def edit(root: Values) -> None:
        toml_lists.move_by(root, kind, name, by)

    return toml_edit.edited(content, edit)
