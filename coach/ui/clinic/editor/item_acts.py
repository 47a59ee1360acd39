"""What can be done with an item of a list of the file as a whole: moved, removed, and another one added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.domain.errors import BadValue, Fault
from coach.i18n import _
from coach.text import protocol_faults
from coach.ui.clinic.editor import address
from coach.ui.clinic.editor.editing import Editing
from coach.ui.clinic.editor.items import SHOWN, EditorItem, line_key
from coach.ui.parts import drafts, second_tap, time_zone

ROUND = "editor-add-round"  # counts what was added, so that the form is empty afterwards
TEXT_LIMIT = 500  # characters, as the loader takes them


@dataclass(frozen=True, slots=True)
class ListActs:
    """What can be done with the items of a list.

    Attributes:
        part: Of the editor.
        table: Of the file.
        remove: The label of the button that removes the open item.
        question: What is asked before that.
        without: Returns a file without the item of that name.
        moved: Returns a file with the item of that name further up or down; None where the order
            says nothing.
    """

    part: str
    table: str
    remove: str
    question: str
    without: Callable[[bytes, str], bytes]
    moved: Callable[[bytes, str, int], bytes] | None = None


def show(editing: Editing, acts: ListActs, order: list[str], item: EditorItem) -> None:
    """Show the buttons of an open item; `order` are the names of all of them."""
    if item.name not in order:
        return  # one without a name in the file, which its fault tells
    if acts.moved:
        _moves(editing, acts, acts.moved, order.index(item.name), order)
    why = needed(editing, acts, item.name)
    if why:
        st.text(_("It cannot be removed. {why}").format(why=why))
        return
    sure = second_tap.is_sure(
        f"editor-remove-{acts.part}",
        (editing.draft.id, item.name),
        label=acts.remove,
        question=acts.question,
        yes=_("Yes, remove it"),
    )
    title = item.title if len(item.title) <= SHOWN else f"{item.title[: SHOWN - 1]}…"
    told = _("“{text}” is removed.").format(text=title)
    if sure and editing.save(acts.without(editing.draft.content, item.name), told):
        address.to(acts.part)
        st.rerun()


def needed(editing: Editing, acts: ListActs, name: str) -> str:
    """Return why a list cannot do without an item, in the words of its fault; "" where it can."""
    fault = edits.fault_without(editing.draft.content, acts.table, name, acts.without)
    return protocol_faults.sentence(fault.what, fault.allowed) if fault else ""


def _moves(
    editing: Editing, acts: ListActs, moved: Callable[[bytes, str, int], bytes], n: int, order: list[str]
) -> None:
    with st.container(key=f"editor-order-{acts.part}", horizontal=True):
        for by, label, icon in (
            (-1, _("Move up"), ":material/arrow_upward:"),
            (1, _("Move down"), ":material/arrow_downward:"),
        ):
            st.button(
                label,
                key=f"editor-{'up' if by < 0 else 'down'}-{acts.part}",
                icon=icon,
                disabled=not 0 <= n + by < len(order),
                on_click=partial(_moved, editing, moved, order[n], by),
            )


def _moved(editing: Editing, moved: Callable[[bytes, str, int], bytes], name: str, by: int) -> None:
    """Save another order; for `on_click`."""
    editing.save(moved(editing.draft.content, name, by), _("The order is saved."))


# another one

Add = Callable[[str, str], bytes]  # a file with another item, of what was chosen and what was written


@dataclass(frozen=True, slots=True)
class Adding:
    """A form that adds an item: what is chosen, and what is written; "" for a form without one of them."""

    part: str
    title: str
    choice: str
    options: Mapping[str, str]
    text: str
    told: str = ""


def add(editing: Editing, form: Adding, new: Callable[[str, str], tuple[str, bytes]]) -> None:
    """Show the form that adds an item, and open the new one; `new` returns its name and the file with it."""
    if not editing.edits:
        return
    key = f"editor-add-{form.part}"
    round_ = int(st.session_state.get(ROUND, 0))
    st.header(form.title)
    with st.container(key=key, width=560):
        if form.told:
            st.text(form.told)
        chosen = ""
        if form.choice:
            chosen = st.selectbox(
                form.choice,
                list(form.options),
                index=None,
                format_func=lambda each: form.options.get(each, each),
                placeholder=_("Choose one"),
                key=f"{key}-choice-{round_}",
            ) or ""  # fmt: skip
        text = ""
        if form.text:
            text = st.text_area(
                form.text,
                max_chars=TEXT_LIMIT,
                height=96,
                key=drafts.keep(f"{key}-text-{round_}", f"{editing.draft.id}-new-{form.part}"),
            )
        if not st.button(_("Add it"), key=f"{key}-add", type="primary"):
            return
        with time_zone.refusals():
            said = " ".join((text or "").split())
            if (form.choice and not chosen) or (form.text and not said):
                raise BadValue(Fault.TEXT_MISSING)
            name, content = new(chosen, said)
            if editing.save(content, _("It is added. Look through its fields.")):
                drafts.end(f"{key}-")
                st.session_state[ROUND] = round_ + 1
                address.to(form.part, name, focus=line_key(form.part, name))
                st.rerun()
