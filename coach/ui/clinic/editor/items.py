"""A part of the editor that is a list: one item is open at a time, with its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from coach.i18n import _, ngettext
from coach.text import protocol_notices
from coach.text.protocol_labels import CHOICES, FIELDS
from coach.text.protocol_places import Place
from coach.ui.clinic.editor import address, fields, layout
from coach.ui.clinic.editor.editing import Editing, words
from coach.ui.clinic.editor.fields import Field, Kind
from coach.ui.parts import markdown
from coach.ui.parts.text_block import TextBlock

NOTICE_GROUPS = protocol_notices.GROUPS
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


def show(editing: Editing, part: str, items: Sequence[EditorItem]) -> None:
    """Show the items; the one that the address names is open, and of a single one there is no line."""
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
        key=f"editor-open-{part}-{item.name}",
        icon=":material/expand_less:" if is_open else ":material/expand_more:",
        width="stretch",
        on_click=partial(address.to, part, "" if is_open else item.name),
    )


# the parts that are such lists


def rules(editing: Editing) -> None:
    """Show the rules, group by group."""
    st.text(_("Each number with where it comes from. A number that you change becomes your clinic’s own."))
    found = [
        EditorItem(name, _(title), layout.rules(name)) for name, (title, _names) in layout.RULE_GROUPS.items()
    ]
    show(editing, "rules", found)


def signs(editing: Editing) -> None:
    """Show the warning signs."""
    found = [
        EditorItem(
            str(each.get("id") or n),
            words(each, "text"),
            layout.sign(("red_flag", n)),
            _level(each),
        )
        for n, each in enumerate(editing.tables("red_flag"))
    ]
    show(editing, "signs", found)


def _level(sign: Mapping[str, Any]) -> str:
    found = CHOICES["level"].get(str(sign.get("level")))
    return _(found) if found else ""


def questions(editing: Editing) -> None:
    """Show the set-up questions."""
    found = [
        EditorItem(str(each.get("id") or n), words(each, "text"), layout.question(("question", n)))
        for n, each in enumerate(editing.tables("question"))
    ]
    show(editing, "questions", found)


def notices(editing: Editing) -> None:
    """Show the notices, group by group."""
    found = [
        EditorItem(name, _(title), [Field(("notices", each), Kind.TEXT) for each in names])
        for name, (title, names) in NOTICE_GROUPS.items()
    ]
    show(editing, "notices", found)


def guide(editing: Editing) -> None:
    """Show the texts of the Guide."""
    names = editing.said.get("guide")
    found = [
        EditorItem(each, _(FIELDS[each]), [Field(("guide", each), Kind.LINES)])
        for each in (names if isinstance(names, dict) else ())
        if each in FIELDS
    ]
    show(editing, "guide", found)


def name(editing: Editing) -> None:
    """Show title and version, and how it goes on."""
    st.text(
        _(
            "Go through the parts from left to right. Each is saved by itself, and no patient sees it before "
            "it is in force. In the last part somebody else approves it, and then it is put in force."
        )
    )
    fields.show(editing, "name", [Field(("title",), Kind.TEXT), Field(("version",), Kind.TEXT)])
