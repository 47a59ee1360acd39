"""The drawing of an exercise in the editor: shown, chosen from those of Coach, or the clinic's own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.domain import own_drawing
from coach.i18n import _
from coach.text import drawing_words
from coach.ui.clinic.editor.editing import Editing
from coach.ui.parts import assets, drawings
from coach.ui.parts.text_block import TextBlock

SIZE = drawings.SIZE
WIDTH = 200  # pixels of a drawing to choose


def address_of(editing: Editing, name: object) -> str:
    """Return the address of a drawing of this draft, its own or one of Coach's; "" where there is none."""
    own = _own(editing).get(str(name))
    if isinstance(own, str):
        with suppress(ValueError):  # one that a file by hand has brought, which its fault tells
            return own_drawing.data_address(own.strip())
        return ""
    return assets.kit_address(str(name)) if name in edits.kit() else ""


def choose(editing: Editing, n: int, routine: Mapping[str, Any]) -> None:
    """Show an exercise's drawing, those that it may have instead, and the way to bring an own one."""
    st.subheader(_("A drawing of your own"))
    _upload(editing, n, routine)
    st.subheader(_("Or one of Coach’s"))
    present = str(routine.get("drawing", ""))
    with st.container(key="editor-drawings", horizontal=True):
        for name in [*_own(editing), *edits.kit()]:
            with st.container(key=f"editor-drawing-{name.replace('_', '-')}", width=WIDTH, gap="xsmall"):
                TextBlock().picture(address_of(editing, name), "", size=SIZE).show()
                if name == present:
                    st.text(_("✓ This one"))
                elif editing.edits:
                    st.button(
                        _("Choose *{name}*").format(name=_named(name)),
                        key=f"editor-choose-{name}",
                        on_click=partial(_chosen, editing, n, name),
                        width="stretch",
                    )


def _upload(editing: Editing, n: int, routine: Mapping[str, Any]) -> None:
    if not editing.edits:
        return
    st.text(
        _(
            "Draw lines and shapes in any drawing program, wider than high, and save it as SVG. "
            "No photo and no words: words would not be read aloud or translated."
        )
    )
    file = st.file_uploader(
        _("Drawing (SVG)"), type=["svg"], key=f"editor-svg-{routine.get('id')}-{editing.draft.revision}"
    )
    if file is None:
        return
    try:
        svg = edits.sanitised(file.getvalue())
    except ValueError as refused:
        st.error(_("This drawing is not used. {why}").format(why=drawing_words.sentence(str(refused))))
        return
    with st.container(key="editor-preview", width=2 * WIDTH):
        TextBlock().picture(own_drawing.data_address(svg), _("Your drawing"), size=SIZE).text(
            _("So patients see it.")
        ).show()
    if st.button(_("Use this drawing"), key="editor-use-svg", type="primary"):
        name = edits.own_name(editing.draft.content, n)
        editing.change(
            lambda content: _with(edits.with_drawing(content, name, svg), n, name), _("The drawing is saved.")
        )


def _chosen(editing: Editing, n: int, name: str) -> None:
    """Save another drawing; for `on_click`."""
    editing.save(_with(editing.draft.content, n, name), _("The drawing is saved."))


def _with(content: bytes, n: int, name: str) -> bytes:
    """Return a file whose exercise has that drawing; an own one that nobody has any more goes."""
    return edits.without_unused_drawings(edits.changed(content, {("routine", n, "drawing"): name}))


def _own(editing: Editing) -> Mapping[str, Any]:
    found = editing.said.get("drawings")
    return found if isinstance(found, dict) else {}


def _named(name: str) -> str:
    return name.replace("_", " ")
