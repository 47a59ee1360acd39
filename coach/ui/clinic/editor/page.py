"""The page Protocol editor: one draft, part by part, with everything that is wrong with it on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from coach.desk import NotFound
from coach.desk.access.permissions import Action, Scope, scope
from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import ProtocolDraft, ProtocolDraftsDesk
from coach.domain.times import local
from coach.i18n import N_, _, ngettext
from coach.text import protocol_places
from coach.text import times as times_text
from coach.text.protocol_places import Place
from coach.ui.clinic.editor import address, check, exercises, fields, history, item_parts, items, phases
from coach.ui.clinic.editor.editing import SAID, Editing, PlacedFault, placed
from coach.ui.parts import browser, components, markdown, navigation
from coach.ui.shell import entrance

FAULTS_SHOWN = 6

PARTS: Mapping[str, tuple[str, Callable[[Editing], None]]] = {
    "name": (N_("Name"), item_parts.name),
    "exercises": (N_("Exercises"), exercises.show),
    "phases": (N_("Phases and doses"), phases.show),
    "rules": (N_("Rules"), item_parts.rules),
    "signs": (N_("Warning signs"), item_parts.signs),
    "questions": (N_("Set-up questions"), item_parts.questions),
    "notices": (N_("Notices"), item_parts.notices),
    "guide": (N_("Guide"), item_parts.guide),
    "later": (N_("Later questions"), item_parts.later),
    "numbers": (N_("Numbers to call"), item_parts.numbers),
    "sources": (N_("Sources"), item_parts.sources),
    "history": (N_("Revisions"), history.show),
    "check": (N_("Check and put in force"), check.show),
}
# The tables of the file, and the part that shows each
PART_OF = {
    "routine": "exercises",
    "phase": "phases",
    "rules": "rules",
    "red_flag": "signs",
    "question": "questions",
    "notices": "notices",
    "guide": "guide",
    "measures": "later",
    "bone_health": "later",
    "pain_words": "later",
    "effort_words": "later",
    "plain_words": "later",
    "emergency": "numbers",
    "sources": "sources",
}


def show(desk: ProtocolDraftsDesk) -> None:
    """Show the draft that the address names."""
    which = address.draft()
    if which is None:
        navigation.go("protocols")
        return  # never reached: `go` raises
    try:
        draft = desk.draft(which)
    except NotFound:
        entrance.not_found()
    may = scope(Action.PROTOCOLS_EDIT, desk.principal.role) is Scope.ANY
    editing = Editing(
        desk, draft, edits.said(draft.content), placed(draft.content), edits=may and not draft.discarded
    )
    asked = address.at(address.PART)
    part = asked if asked in PARTS else "name"
    focus = str(st.session_state.pop(address.FOCUS, "") or "")
    components.top(f"editor-{draft.id}-{part}-{address.at(address.ITEM)}", to=focus)
    _head(draft)
    if said := st.session_state.pop(SAID, ""):
        st.success(said)
    if draft.discarded:
        st.warning(_("This draft was discarded. Bring it back in the last part to change it."))
    _parts(editing, part)
    if editing.faults:
        _faults(editing)
    with st.container(key=f"editor-part-{part}"):
        PARTS[part][1](editing)
    _next(part)


def _next(part: str) -> None:
    """Lead on to the next part."""
    names = list(PARTS)
    after = names[names.index(part) + 1 :]
    if after:
        st.button(
            _("Next: {title}").format(title=_(PARTS[after[0]][0])),
            key="editor-next",
            on_click=partial(address.to, after[0]),
        )


def _head(draft: ProtocolDraft) -> None:
    with st.container(key="clinic-head", horizontal=True, vertical_alignment="bottom"):
        with st.container(gap="small", width="stretch"):
            st.title(markdown.escaped(draft.title or _("No title")), anchor=False)
            with st.container(key="quiet-draft"):
                when = times_text.long_date_and_time(local(draft.changed_at, browser.zone()))
                told = _("Version {version}. {who} changed it last, on {when}.")
                st.text(told.format(version=draft.version, who=draft.changed_by or _("Somebody"), when=when))
        if st.button(_("All protocols"), key="editor-leave"):
            navigation.go("protocols")


def _parts(editing: Editing, part: str) -> None:
    """Show the parts to choose from, each with how many things are wrong in it."""
    wrong: dict[str, int] = {}
    for each in editing.faults:
        name = part_of(each.place)
        wrong[name] = wrong.get(name, 0) + 1

    def label(name: str) -> str:
        title = _(PARTS[name][0])
        return _("{what} ({n})").format(what=title, n=wrong[name]) if name in wrong else title

    key = f"editor-parts-{editing.draft.id}"
    st.session_state[key] = part
    with st.container(key="editor-parts"):
        st.pills(
            _("Parts of the protocol"),
            list(PARTS),
            format_func=label,
            required=True,
            key=key,
            label_visibility="collapsed",
            on_change=lambda: address.to(str(st.session_state[key])),
        )


def part_of(place: Place) -> str:
    """Return the part of the editor in which a place is changed."""
    return PART_OF.get(str(place[0]), "name") if place else "name"


# what is wrong


def _faults(editing: Editing) -> None:
    """Show everything that is wrong, each with the way to its field."""
    n = len(editing.faults)
    with st.container(key="editor-faults", gap="xsmall"):
        st.header(
            ngettext(
                "{n} thing has to be mended before this can be put in force",
                "{n} things have to be mended before this can be put in force",
                n,
            ).format(n=n),
            anchor=False,
        )
        all_ = st.session_state.get("editor-faults-all") == editing.draft.id
        shown = editing.faults if all_ else editing.faults[:FAULTS_SHOWN]
        for n_, each in enumerate(shown):
            _fault(editing, n_, each)
        if n > len(shown) and st.button(
            ngettext("Show {n} more", "Show {n} more", n - len(shown)).format(n=n - len(shown)),
            key="editor-faults-more",
        ):
            st.session_state["editor-faults-all"] = editing.draft.id
            st.rerun()


def _fault(editing: Editing, n: int, fault: PlacedFault) -> None:
    where = protocol_places.whole(fault.place, editing.said)
    told = _("{where}: {what}").format(where=where, what=fault.sentence) if where else fault.sentence
    st.button(
        markdown.escaped(told),
        key=f"editor-fault-{n}",
        icon=":material/arrow_forward:",
        type="tertiary",
        width="stretch",
        on_click=partial(jump, editing, fault.place),
    )


def jump(editing: Editing, place: Place) -> None:
    """Lead to the field of a place: its part, its item, and the field within it; for `on_click`."""
    part, item, view = part_of(place), "", ""
    inside = [str(each) for each in place[2:]]
    if part in item_parts.FOUND:
        item = items.holding(item_parts.FOUND[part](editing), place)
    elif place[1:]:
        found = editing.at(place[:2])
        item = str((found.get("id") if isinstance(found, Mapping) else None) or place[1])
    if part == "exercises":
        view = exercises.view_of(inside[0] if inside else "")
    if part == "phases" and inside[:1] == ["dose"] and inside[1:]:
        item, view = "", f"{inside[1]}.{item}"
    address.to(part, item, view, focus=f"editor-field-{fields.slot(editing, _field_of(place))}")


def _field_of(place: Place) -> Place:
    """Return the place of the field that a fault is about: of a number as a whole, of a list as a whole."""
    while place and (place[-1] in ("value", "unit", "source", "note") or isinstance(place[-1], int)):
        if place[-1] == "source" and len(place) == 3 and isinstance(place[1], int):
            break  # of a warning sign or a question: a field of its own
        place = place[:-1]
    return place
