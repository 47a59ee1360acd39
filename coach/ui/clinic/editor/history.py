"""The revisions of a draft: who saved what when, what it changed, and taking an older one again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import DraftRevision
from coach.domain.times import local
from coach.i18n import _, ngettext
from coach.text import draft_changes as words
from coach.text import times as times_text
from coach.ui.clinic.editor import address, items
from coach.ui.clinic.editor.editing import Editing
from coach.ui.parts import browser, markdown
from coach.ui.parts.text_block import TextBlock

PART = "history"
SHOWN = 20  # revisions at first
CHANGES_SHOWN = 60
ALL = "editor-revisions-all"


def show(editing: Editing) -> None:
    """Show the revisions, the newest first; one is open at a time."""
    st.text(_("Each saving is kept. Taking an older one again saves it as the newest: nothing is lost."))
    found = editing.desk.revisions(editing.draft.id)
    whole = st.session_state.get(ALL) == editing.draft.id
    shown = found if whole else found[:SHOWN]
    with st.container(key="editor-items-history", gap=None):
        for each in shown:
            _line(editing, each, found)
    left = len(found) - len(shown)
    if left and st.button(
        ngettext("Show {n} more", "Show {n} more", left).format(n=left), key="editor-revisions-more"
    ):
        st.session_state[ALL] = editing.draft.id
        st.rerun()


def _line(editing: Editing, revision: DraftRevision, found: Sequence[DraftRevision]) -> None:
    name = str(revision.number)
    is_open = address.at(address.ITEM) == name
    when = times_text.long_date_and_time(local(revision.at, browser.zone()))
    told = _("{n}. {who}, {when}").format(n=revision.number, who=revision.who or _("Somebody"), when=when)
    if revision.digest == editing.draft.digest:
        told = _("{what} (as it is now)").format(what=told)
    with st.container(key=f"editor-item-history-{name}", gap="small"):
        st.button(
            markdown.escaped(told),
            key=items.line_key(PART, name),
            icon=":material/expand_less:" if is_open else ":material/expand_more:",
            width="stretch",
            on_click=partial(address.to, PART, "" if is_open else name, focus=items.line_key(PART, name)),
        )
        if not is_open:
            return
        content = editing.desk.revision_content(editing.draft.id, revision.number)
        if revision.number == 1:
            st.text(_("It began so, as a copy."))
        else:
            _changes(editing.desk.revision_content(editing.draft.id, revision.number - 1), content)
        if editing.edits and revision.digest != editing.draft.digest:
            st.button(
                _("Take this one again"),
                key="editor-revision-take",
                on_click=partial(_taken, editing, content, found[0].number),
            )


def _changes(old: bytes, new: bytes) -> None:
    """Show what changed between two contents."""
    changed = edits.changes(old, new)
    block = TextBlock().subheader(_("What changed"))
    if not changed:
        block.text(_("Nothing but the file itself: a comment, or how it is written."))
    said = edits.said(old), edits.said(new)
    for each in changed[:CHANGES_SHOWN]:
        before, now = words.before_and_now(each)
        block.bold(words.where(each, *said))
        block.text(_("Before: {words}").format(words=before)).text(_("Now: {words}").format(words=now))
    left = len(changed) - CHANGES_SHOWN
    if left > 0:
        block.text(ngettext("And {n} more change", "And {n} more changes", left).format(n=left))
    block.show()


def _taken(editing: Editing, content: bytes, newest: int) -> None:
    """Save an older content as the newest one; for `on_click`."""
    if editing.save(content, _("The older one is taken again.")):
        address.to(PART, str(newest + 1))
