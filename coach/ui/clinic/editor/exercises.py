"""The exercises of a draft: the list, one of them with its fields and drawing, and adding one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import LINE_LIMIT
from coach.domain.protocol import RoutineKind
from coach.domain.protocol_overview import ExerciseLine
from coach.i18n import N_, _, ngettext
from coach.i18n.sentences import at_the_start, in_a_row, in_a_sentence
from coach.text import protocol_overview
from coach.text.protocol_labels import KINDS
from coach.text.protocol_places import Place
from coach.ui.clinic.editor import address, fields, layout, pictures
from coach.ui.clinic.editor.editing import Editing, words
from coach.ui.parts import drafts, markdown, second_tap, time_zone
from coach.ui.parts.text_block import TextBlock

PART = "exercises"
TEXTS, NUMBERS, RELEASE, CUES, DRAWING = "texts", "numbers", "release", "cues", "drawing"
VIEWS = {
    TEXTS: N_("Texts"),
    NUMBERS: N_("Limits and times"),
    RELEASE: N_("Release"),
    CUES: N_("Words of the session"),
    DRAWING: N_("Drawing"),
}
LIKE, KIT = "like", "kit"


def view_of(key: str) -> str:
    """Return the view of an exercise that has a field of the file."""
    if key in ("release", "cues", "drawing"):
        return key
    return NUMBERS if key in ("maximum", "sides", "checkpoint", *layout.NUMBERS) else TEXTS


def show(editing: Editing) -> None:
    """Show the list, or the exercise that the address names."""
    routines = editing.tables("routine")
    opened = address.at(address.ITEM)
    for n, routine in enumerate(routines):
        if routine.get("id") == opened:
            _one(editing, n, routine)
            return
    _list(editing, routines)
    if editing.edits:
        _add(editing, routines)


# the list


def _list(editing: Editing, routines: list[Mapping[str, Any]]) -> None:
    st.text(_("In the order of a session. Open one to change its words, limits and drawing."))
    overview = edits.overview(editing.draft.content)
    for n, routine in enumerate(routines):
        name = str(routine.get("id") or n)
        with st.container(
            key=f"editor-row-{name.replace('_', '-')}", horizontal=True, vertical_alignment="center"
        ):
            block = TextBlock()
            picture = pictures.address_of(editing, routine.get("drawing"))
            if picture:
                block.picture(picture, "", size=pictures.SIZE)
            block.bold(words(routine, "name")).text(_(KINDS[layout.kind_of(routine)]))
            block.caption(_limits(overview.exercises[n]))
            wrong = sum(1 for _each in editing.faults_at(("routine", n)))
            if wrong:
                block.notice(
                    ngettext("{n} thing to mend", "{n} things to mend", wrong).format(n=wrong), "error"
                )
            block.show()
            with st.container(key=f"editor-acts-{name.replace('_', '-')}", horizontal=True, width="content"):
                st.button(
                    _("Open *{name}*").format(name=_escaped(routine)),
                    key=f"editor-open-exercise-{name}",
                    on_click=partial(address.to, PART, name, TEXTS),
                )
                if editing.edits:
                    _move(editing, routine, name, n, len(routines))


def _limits(line: ExerciseLine) -> str:
    """Return an exercise's limits, in how many phases it is open, and whether it waits for a release."""
    told = ngettext("open in {n} phase", "open in {n} phases", len(line.phases)).format(n=len(line.phases))
    waits = [_("waits for a release")] if line.needs_release else []
    return at_the_start(in_a_row([protocol_overview.limits(line), told, *waits]))


def _move(editing: Editing, routine: Mapping[str, Any], name: str, n: int, of: int) -> None:
    for by, label, icon in (
        (-1, _("Move up *{name}*"), ":material/arrow_upward:"),
        (1, _("Move down *{name}*"), ":material/arrow_downward:"),
    ):
        st.button(
            label.format(name=_escaped(routine)),
            key=f"editor-move-{'up' if by < 0 else 'down'}-{name}",
            icon=icon,
            disabled=not 0 <= n + by < of,
            on_click=partial(_moved, editing, name, by),
        )


def _moved(editing: Editing, name: str, by: int) -> None:
    """Save another order; for `on_click`."""
    editing.save(edits.moved_exercise(editing.draft.content, name, by), _("The order is saved."))


def _escaped(routine: Mapping[str, Any]) -> str:
    return markdown.escaped(words(routine, "name"))


# one


def _one(editing: Editing, n: int, routine: Mapping[str, Any]) -> None:
    st.button(_("Back to the list"), key="editor-to-list", on_click=partial(address.to, PART))
    name = str(routine.get("id"))
    place: Place = ("routine", n)
    block = TextBlock()
    picture = pictures.address_of(editing, routine.get("drawing"))
    if picture:
        block.picture(picture, "", size=pictures.SIZE)
    block.header(words(routine, "name")).text(_(KINDS[layout.kind_of(routine)]))
    with st.container(key="editor-exercise-head"):
        block.show()
    view = _view(editing, n, name)
    with st.container(key=f"editor-view-{view}"):
        if view == DRAWING:
            pictures.choose(editing, n, routine)
        elif view == RELEASE and "release" not in routine:
            st.text(_("It waits for no release: it opens for everybody where a phase has a dose of it."))
            if editing.edits and st.button(_("Let it wait for a release"), key="editor-add-release"):
                by: dict[Place, object] = {(*place, "release", "by"): "physiotherapist"}
                editing.change(lambda content: edits.changed(content, by))
        else:
            found = {
                TEXTS: partial(layout.texts, place),
                NUMBERS: partial(layout.numbers, place, routine),
                RELEASE: partial(layout.release, place),
                CUES: partial(layout.cues, place, routine),
            }[view]()
            fields.show(editing, f"exercise-{name}-{view}", found)
            if view == NUMBERS and editing.edits and layout.kind_of(routine) is RoutineKind.TEST:
                _times(editing, name, len(routine.get("checkpoint", ())))
    if editing.edits:
        _remove(editing, name, routine)


def _times(editing: Editing, name: str, many: int) -> None:
    """Offer to let a test be due once more, or once less."""
    st.subheader(_("When the test is due"))
    with st.container(key="editor-times", horizontal=True):
        if st.button(_("Let it be due once more"), key="editor-time-add"):
            editing.change(
                lambda content: edits.with_checkpoint(content, name), _("The test is due once more.")
            )
        if many > 1 and st.button(_("Remove the last time"), key="editor-time-remove"):
            editing.change(
                lambda content: edits.without_checkpoint(content, name), _("The last time is removed.")
            )


def _view(editing: Editing, n: int, name: str) -> str:
    asked = address.at(address.VIEW)
    present = asked if asked in VIEWS else TEXTS

    def label(view: str) -> str:
        wrong = sum(
            view_of(str(each.place[2])) == view
            for each in editing.faults_at(("routine", n))
            if each.place[2:]
        )
        return _("{what} ({n})").format(what=_(VIEWS[view]), n=wrong) if wrong else _(VIEWS[view])

    key = f"editor-view-of-{name}-{editing.draft.id}"
    st.session_state[key] = present
    st.pills(
        _("What of it?"),
        list(VIEWS),
        format_func=label,
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: address.to(PART, name, str(st.session_state[key])),
    )
    return present


def _remove(editing: Editing, name: str, routine: Mapping[str, Any]) -> None:
    sure = second_tap.is_sure(
        "editor-remove-exercise",
        (editing.draft.id, name),
        label=_("Remove this exercise"),
        question=_("It goes from every phase of this draft too."),
        yes=_("Yes, remove it"),
    )
    if not sure:
        return
    told = _("{name} is removed.").format(name=words(routine, "name"))
    without = edits.without_unused_drawings(edits.without_exercise(editing.draft.content, name))
    if editing.save(without, told):
        address.to(PART)
        st.rerun()


# another one


def _add(editing: Editing, routines: list[Mapping[str, Any]]) -> None:
    st.header(_("Add an exercise"))
    with st.container(key="editor-add-exercise", width=560):
        how = st.segmented_control(
            _("What does it begin as?"),
            [LIKE, KIT],
            default=LIKE,
            required=True,
            format_func=lambda each: (
                _("Like one of these") if each == LIKE else _("One of Coach’s, by its kind")
            ),
            key="editor-add-how",
        )
        like: str | edits.Template | None
        if how == KIT:
            templates = edits.templates()
            n = st.selectbox(
                _("Which kind?"),
                range(len(templates)),
                index=None,
                format_func=lambda n: _("{kind}: {name}").format(
                    kind=_(KINDS[templates[n].kind]), name=_(templates[n].name)
                ),
                placeholder=_("Choose a kind"),
                key="editor-add-kind",
            )
            like = None if n is None else templates[n]
        else:
            told = _("{name} ({kind})")
            names = {
                str(each.get("id")): told.format(
                    name=words(each, "name"), kind=in_a_sentence(_(KINDS[layout.kind_of(each)]))
                )
                for each in routines
            }
            like = st.selectbox(
                _("Like which one? The new one is of the same kind, which does not change later."),
                list(names),
                index=None,
                format_func=lambda each: names.get(each, each),
                placeholder=_("Choose an exercise"),
                key="editor-add-like",
            )
        name = st.text_input(
            _("Its name, as patients read it"),
            max_chars=LINE_LIMIT,
            key=drafts.keep("editor-add-name", f"{editing.draft.id}-new-exercise"),
            autocomplete="off",
        )
        if st.button(_("Add it"), key="editor-add-save", type="primary"):
            with time_zone.refusals():
                _added(editing, like, (name or "").strip(), routines)


def _added(
    editing: Editing, like: str | edits.Template | None, name: str, routines: list[Mapping[str, Any]]
) -> None:
    if like is None or not name:
        raise BadValue(Fault.TEXT_MISSING)
    new = edits.new_id(name, (str(each.get("id")) for each in routines))
    told = _("{name} is added. Give it a dose in the phases in which it is to open.").format(name=name)
    if editing.save(edits.with_exercise(editing.draft.content, like=like, id=new, name=name), told):
        drafts.end("editor-add-name")
        address.to(PART, new, TEXTS)
        st.rerun()
