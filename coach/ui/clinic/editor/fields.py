"""The one form over places of a file: a number with its unit and source, a text, a list, a choice, a flag.

What was typed is compared with what stood in its field when it was shown. Only what was changed is
saved, so that two people may work on one draft. Where somebody else has changed the same field
meanwhile, their words are shown first, and what was typed stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from zlib import crc32

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.i18n import _, formats
from coach.text import protocol_places
from coach.text.protocol_labels import UNIT_NAMES
from coach.text.protocol_places import Place
from coach.ui.clinic.editor.editing import Editing
from coach.ui.parts import drafts, markdown
from coach.ui.parts.text_block import TextBlock

Said = str | bool  # what an input says: a text, or whether its box is ticked

BASES = "editor-bases"  # what stood in each field when it was shown
TOLD = "editor-told"  # the words of others that were shown beside a field
TOLD_BY_LABEL = ("reps", "sets/day", "days/week")  # units that their fields have in their names
ONE_LINE = 40  # characters; what is longer is cut off in a line on a phone
NUMBER = re.compile(r"[-+]?[0-9]{1,9}([.,][0-9]{1,9})?")
THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}[.,][0-9]{3}")
LINE_HEIGHT, LEAST_HEIGHT, LINE_OF_LIST = 28, 96, 60


class Kind(Enum):
    """What a field holds."""

    NUMBER = auto()
    TEXT = auto()
    LINES = auto()
    CHOICE = auto()
    FLAG = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: a place of the file, and what may stand there.

    A field that is `optional` and empty is not in the file.
    """

    place: Place
    kind: Kind
    unit: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    counts: bool = False  # a choice of numbers


@dataclass(frozen=True, slots=True)
class _Input:
    """One input of a field: a number has three, its value, source and note."""

    place: Place
    kind: Kind
    label: str
    now: str | bool  # what stands in the file
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What an input held at this run: now in the file, when it was shown, and what somebody entered."""

    input: _Input
    slot: str
    base: str | bool
    entered: str | bool


def show(editing: Editing, name: str, fields: Sequence[Field]) -> None:
    """Show a form with a button that saves what was changed in it."""
    told = st.session_state.get(TOLD, {})
    typed: list[tuple[Field, list[_Typed]]] = []
    key = f"editor-form-{name}"
    with st.form(key, border=False, enter_to_submit=False) if editing.edits else st.container(key=key):
        typed += [(each, _field(editing, each)) for each in fields]
        save = editing.edits and st.form_submit_button(_("Save"), key=f"editor-save-{name}", type="primary")
    others = {
        each.slot: each.input.now
        for _of, inputs in typed
        for each in inputs
        if each.entered not in (each.base, each.input.now) and each.base != each.input.now
    }
    st.session_state[TOLD] = others
    if not save:
        return
    if any(told.get(slot) != now for slot, now in others.items()):
        st.error(
            _(
                "Not saved: somebody else changed this meanwhile. Their words stand below yours, and yours are "
                "still here. Save again to put yours in their place."
            )
        )
        return
    changes = dict(_changes(typed))
    if not changes:
        st.info(_("Nothing was changed here."))
        return
    if editing.save(edits.changed(editing.draft.content, changes)):
        _forget(editing, (each.slot for _of, inputs in typed for each in inputs))
        st.rerun()


def slot(editing: Editing, place: Place) -> str:
    """Return the name of a place that stays the same when the items before it are moved."""
    parts: list[str] = []
    found: Any = editing.said
    for part in place:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
            named = found.get("id") or found.get("country") if isinstance(found, Mapping) else None
            parts.append(str(named or part))
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
            parts.append(part)
    return "-".join(parts).replace("_", "-")


# one field


def _field(editing: Editing, asked: Field) -> list[_Typed]:
    key = slot(editing, asked.place)
    inputs = list(_inputs(editing, asked))
    with st.container(key=f"editor-field-{key}", gap="xsmall"):
        if asked.kind is Kind.NUMBER:
            with st.container(key=f"editor-number-{key}", horizontal=True):
                typed = [_input(editing, each) for each in inputs]
        else:
            typed = [_input(editing, each) for each in inputs]
        _beside(editing, asked, typed)
    return typed


def _beside(editing: Editing, asked: Field, typed: Iterable[_Typed]) -> None:
    """Show below a field what is wrong with it, and what somebody else has written there meanwhile."""
    block = TextBlock()
    for fault in editing.faults_at(asked.place):
        where = protocol_places.label(fault.place[len(asked.place) :], {}) if asked.kind is Kind.LINES else ""
        block.notice(
            _("{where}: {what}").format(where=where, what=fault.sentence) if where else fault.sentence,
            "error",
        )
    for each in typed:
        if each.base != each.input.now and each.entered != each.input.now:
            told = _shown_choice(each.input)
            block.notice(_("Somebody else saved here meanwhile: {words}").format(words=told), "warning")
    block.show()


def _shown_choice(asked: _Input) -> str:
    if isinstance(asked.now, bool):
        return _("Yes") if asked.now else _("No")
    return _(asked.options[asked.now]) if asked.now in asked.options else asked.now or _("nothing")


def _inputs(editing: Editing, asked: Field) -> Iterator[_Input]:
    label, value = _label(editing, asked.place), editing.at(asked.place)
    if asked.kind is not Kind.NUMBER:
        yield _Input(asked.place, asked.kind, label, _shown(value, asked.kind), asked.options)
        return
    parts = value if isinstance(value, Mapping) else {"value": value}
    named = label
    if asked.unit not in TOLD_BY_LABEL and asked.place[-1] != "minutes":
        unit = _(UNIT_NAMES[asked.unit]) if asked.unit in UNIT_NAMES else asked.unit
        named = _("{what} ({unit})").format(what=label, unit=unit)
    yield _Input((*asked.place, "value"), Kind.NUMBER, named, _shown(parts.get("value"), Kind.NUMBER))
    for part, told in (("source", _("Source")), ("note", _("Note"))):
        yield _Input((*asked.place, part), Kind.TEXT, told, _shown(parts.get(part), Kind.TEXT))


def _label(editing: Editing, place: Place) -> str:
    """Return what a field is called in its form; that of a dose or an occasion names its item already."""
    if place[0] == "phase" and "dose" in place:
        return protocol_places.label(("routine", 0, *place[4:]), editing.said)
    if place[1:2] == ("occasion",):
        return protocol_places.label((place[0], 0, *place[3:]), editing.said)
    return protocol_places.label(place, editing.said)


def _shown(value: Any, kind: Kind) -> str | bool:
    if kind is Kind.FLAG:
        return value is True
    if value is None or isinstance(value, bool | Mapping):
        return ""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return formats.number(value) if isinstance(value, int | float) else str(value)


def _input(editing: Editing, asked: _Input) -> _Typed:
    named = slot(editing, asked.place)
    kept, base = f"{editing.draft.id}-{named}", _base(editing, named, asked.now)
    key, label = _key(named, base), markdown.escaped(asked.label)
    closed = not editing.edits
    entered: str | bool | None
    if asked.kind is Kind.FLAG:
        entered = st.checkbox(label, value=bool(base), key=key, disabled=closed)
    elif asked.kind is Kind.CHOICE:
        options = list(asked.options)
        entered = st.selectbox(
            label,
            options,
            index=options.index(str(base)) if base in options else None,
            format_func=lambda each: _(asked.options[each]),
            key=key,
            disabled=closed,
        )
    elif asked.kind is Kind.LINES or len(str(base)) > ONE_LINE:
        entered = st.text_area(
            _("{what} (one a line)").format(what=label) if asked.kind is Kind.LINES else label,
            value=str(base),
            height=_height(str(base)),
            key=drafts.keep(key, kept, base=str(base)),
            disabled=closed,
        )
    else:
        entered = st.text_input(
            label,
            value=str(base),
            key=drafts.keep(key, kept, base=str(base)),
            disabled=closed,
            autocomplete="off",
        )
    return _Typed(asked, named, base, "" if entered is None else entered)


def _height(text: str) -> int:
    lines = sum(1 + len(line) // LINE_OF_LIST for line in text.split("\n")) + 1
    return max(LEAST_HEIGHT, min(lines, 14) * LINE_HEIGHT)


def _key(named: str, base: Said) -> str:
    return f"editor-in-{named}-{crc32(str(base).encode()):08x}"


def _base(editing: Editing, named: str, now: Said) -> Said:
    """Return what an input begins with: what stood there when somebody began to type, or what stands there now."""
    bases: dict[str, str | bool] = st.session_state.setdefault(BASES, {}).setdefault(
        str(editing.draft.id), {}
    )
    base = bases.get(named, now)
    if base != now and st.session_state.get(_key(named, base), base) in (base, now):
        base = now
    bases[named] = base
    return base


def _forget(editing: Editing, slots: Iterable[str]) -> None:
    """Begin these fields anew with what was saved."""
    bases = st.session_state.get(BASES, {}).get(str(editing.draft.id), {})
    for each in slots:
        bases.pop(each, None)
    drafts.end("editor-in-")


# what is saved


def _changes(typed: Iterable[tuple[Field, Sequence[_Typed]]]) -> Iterator[tuple[Place, object]]:
    for asked, inputs in typed:
        changed = [each for each in inputs if each.entered != each.base]
        if asked.kind is Kind.NUMBER:
            if changed:
                yield asked.place, _number(asked, inputs, changed)
            continue
        for each in changed:
            yield asked.place, _value(asked, each.entered)


def _number(asked: Field, inputs: Sequence[_Typed], changed: Sequence[_Typed]) -> object:
    """Return a number's new parts; an empty one that may be left out is none."""
    if asked.optional and inputs[0].entered == "":
        return None
    parts: dict[str, object] = {}
    if all(each.base == "" for each in inputs):
        parts = {"value": "", "unit": asked.unit}
    for each in changed:
        name = str(each.input.place[-1])
        text = str(each.entered).strip()
        parts[name] = number_of(text) if name == "value" else text or None
    return parts


def _value(asked: Field, entered: Said) -> object:
    if isinstance(entered, bool):
        return entered
    if asked.kind is Kind.LINES:
        lines = [line.strip() for line in entered.splitlines()]
        return [line for line in lines if line] or ([""] if not asked.optional else None)
    text = " ".join(line.strip() for line in entered.splitlines() if line.strip())
    if asked.optional and not text:
        return None
    return number_of(text) if asked.counts else text


def number_of(text: str) -> int | float | str:
    """Return the number that a text says, with a point or a comma; what says none stays a text.

    "1,008" is none: one reader means a thousand and eight, another one a little more than one.
    """
    plain = text.replace("−", "-")
    if not NUMBER.fullmatch(plain) or THOUSANDS.fullmatch(plain):
        return text
    found = float(plain.replace(",", "."))
    return int(found) if found.is_integer() else found
