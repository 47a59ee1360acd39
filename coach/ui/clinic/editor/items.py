"""A part of the editor that is a list: one item is open at a time, with its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from coach.i18n import ngettext
from coach.text.protocol_places import Place
from coach.ui.clinic.editor import address, fields
from coach.ui.clinic.editor.editing import Editing
from coach.ui.clinic.editor.fields import Field
from coach.ui.parts import markdown
from coach.ui.parts.text_block import TextBlock

SHOWN = 110  # characters of an item's text in its line


@dataclass(frozen=True, slots=True)
class EditorItem:
    """One line of a list: its name in the address, what it says, its fields, and what is told above them."""

    name: str
    title: str
    fields: Sequence[Field]
    quiet: str = ""
    told: Sequence[str] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """The places that it has fields for."""
        return tuple(each.place for each in self.fields)


def show(
    editing: Editing,
    part: str,
    items: Sequence[EditorItem],
    acts: Callable[[EditorItem], None] | None = None,
) -> None:
    """Show the items; the one that the address names is open, with its fields and what can be done with it."""
    opened = address.at(address.ITEM)
    with st.container(key=f"editor-items-{part}", gap=None):
        for each in items:
            with st.container(key=f"editor-item-{part}-{each.name.replace('_', '-')}", gap="small"):
                is_open = each.name == opened
                _line(editing, part, each, is_open=is_open)
                if is_open:
                    if each.told:
                        TextBlock().items(each.told).show()
                    fields.show(editing, f"{part}-{each.name}", each.fields)
                    if acts and editing.edits:
                        acts(each)


def _line(editing: Editing, part: str, item: EditorItem, *, is_open: bool) -> None:
    wrong = sum(1 for _each in editing.faults_at(*item.places))
    title = item.title if len(item.title) <= SHOWN else f"{item.title[: SHOWN - 1]}…"
    label = markdown.escaped(title)
    if item.quiet:
        label = f"{label} :small[{markdown.escaped(item.quiet)}]"
    if wrong:
        told = ngettext("{n} thing to mend", "{n} things to mend", wrong).format(n=wrong)
        label = f"{label} **{markdown.escaped(told)}**"
    st.button(
        label,
        key=line_key(part, item.name),
        icon=":material/expand_less:" if is_open else ":material/expand_more:",
        width="stretch",
        on_click=partial(address.to, part, "" if is_open else item.name, focus=line_key(part, item.name)),
    )


def line_key(part: str, name: str) -> str:
    """Return the key of an item's line: to it the screen is scrolled when the item is opened or closed."""
    return f"editor-open-{part}-{name}"


def holding(items: Sequence[EditorItem], place: Place) -> str:
    """Return the name of the item whose fields are nearest to a place of the file; "" where none is near."""

    def near(item: EditorItem) -> int:
        return max((_in_common(each, place) for each in item.places), default=0)

    nearest = max(items, key=near, default=None)
    return nearest.name if nearest and near(nearest) > 1 else ""


def _in_common(one: Place, two: Place) -> int:
    """Return how many parts two places begin with alike."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
