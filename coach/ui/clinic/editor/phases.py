"""The phases of a draft: which exercise is open in which phase at which dose, when each begins, its texts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import LINE_LIMIT
from coach.domain.protocol import RoutineKind
from coach.i18n import _, formats
from coach.text import protocol_overview
from coach.text.protocol_labels import UNITS
from coach.ui.clinic.editor import address, fields, items, layout
from coach.ui.clinic.editor.editing import Editing, words
from coach.ui.clinic.editor.items import EditorItem
from coach.ui.parts import assets, drafts, markdown, second_tap, time_zone

PART = "phases"
TABLE = "editor-doses"
DAY_H = 24
MINUTES, DAYS, HOURS = UNITS["min"], UNITS["d"], UNITS["h"]

_table = st.components.v2.component("coach_doses", html="<div></div>", js=assets.stub("ui/doses.js"))


def show(editing: Editing) -> None:
    """Show the table of doses, the one that is open, and the phases."""
    st.text(
        _("Tap a field of the table to change a dose, to open an exercise in a phase, or to close it there.")
    )
    _doses(editing)
    routine, _dot, phase = address.at(address.VIEW).partition(".")
    if phase:
        _cell(editing, phase, routine)
    st.header(_("When each phase begins, and what it says"))
    items.show(editing, PART, [_item(editing, n, each) for n, each in enumerate(editing.tables("phase"))])
    if editing.edits:
        _remove(editing)
        _add(editing)


# the table


def _doses(editing: Editing) -> None:
    told = (st.session_state.get(TABLE) or {}).get("act")
    _act(told)
    routines, phases = editing.tables("routine"), editing.tables("phase")
    rows = [
        {
            "routine": str(each.get("id")),
            "name": words(each, "name"),
            "cells": [_told(editing, n, phase, each) for n, phase in enumerate(phases)],
        }
        for each in routines
    ]
    heads = [
        {"phase": str(each.get("id")), "name": words(each, "name"), "begins": _begins(each)}
        for each in phases
    ]
    data = {
        "rows": rows,
        "heads": heads,
        "open": address.at(address.VIEW),
        "words": {
            "label": _("Doses"),
            "exercise": _("Exercise"),
            "closed": _("closed"),
            "wrong": _("to mend"),
        },
    }
    drawn = _table(key=TABLE, data=data, on_act_change=lambda: None)
    if drawn.act and not told and _act(drawn.act):
        st.rerun()


def _act(clicked: Any) -> bool:
    """Open the cell that a tap names; its data are not trusted."""
    match clicked:
        case {"act": "open", "phase": str(phase), "routine": str(routine)}:
            address.to(PART, view=f"{routine}.{phase}", focus="editor-cell")
            return True
        case _:
            return False


def _told(editing: Editing, n: int, phase: Mapping[str, Any], routine: Mapping[str, Any]) -> dict[str, Any]:
    name = str(routine.get("id"))
    doses = phase.get("dose")
    dose = doses.get(name) if isinstance(doses, dict) else None
    wrong = any(True for _each in editing.faults_at(("phase", n, "dose", name)))
    if not isinstance(dose, dict):
        return {"dose": "", "often": "", "wrong": wrong}
    return {"dose": _dose(dose, layout.kind_of(routine)), "often": _often(dose), "wrong": wrong}


def _dose(dose: Mapping[str, Any], kind: RoutineKind) -> str:
    if kind.in_minutes:
        return _(MINUTES).format(n=_plain(dose.get("minutes")))
    if kind in (RoutineKind.PUMP, RoutineKind.MOVE, RoutineKind.BREATHE):
        return _("{n} ×").format(n=_plain(dose.get("reps")))
    return _("{n} × {s} s").format(n=_plain(dose.get("reps")), s=_plain(dose.get("hold")))


def _often(dose: Mapping[str, Any]) -> str:
    if dose.get("hourly") is True:
        return _("every hour")
    day = _("{n} a day").format(n=_plain(dose.get("per_day")))
    if "days_per_week" not in dose:
        return day
    return _("{day}, {n} days a week").format(day=day, n=_plain(dose.get("days_per_week")))


def _plain(number: object) -> str:
    value = number.get("value") if isinstance(number, Mapping) else None
    return formats.number(value) if isinstance(value, int | float) else "?"


def _begins(phase: Mapping[str, Any]) -> str:
    return _("after {time}").format(time=_after(phase))


def _after(phase: Mapping[str, Any]) -> str:
    """Return after how many hours a phase begins; from two days on in days, where they are whole."""
    number = phase.get("opens_after")
    hours = number.get("value") if isinstance(number, Mapping) else None
    if isinstance(hours, int | float) and hours >= 2 * DAY_H and hours % DAY_H == 0:
        return _(DAYS).format(n=formats.number(hours // DAY_H))
    return _(HOURS).format(n=_plain(number))


# one cell of it


def _cell(editing: Editing, phase_id: str, routine_id: str) -> None:
    phases, routines = editing.tables("phase"), editing.tables("routine")
    n = next((n for n, each in enumerate(phases) if each.get("id") == phase_id), None)
    routine = next((each for each in routines if each.get("id") == routine_id), None)
    if n is None or routine is None:
        return
    names = {"exercise": words(routine, "name"), "phase": words(phases[n], "name")}
    place = ("phase", n, "dose", routine_id)
    with st.container(key="editor-cell", border=True):
        st.header(markdown.escaped(_("{exercise} in “{phase}”").format(**names)))
        if editing.at(place) is None:
            st.text(_("It is closed in this phase."))
            if editing.edits and st.button(
                _("Open it in this phase"), key="editor-cell-open", type="primary"
            ):
                editing.change(
                    lambda content: edits.opened(content, n, routine_id),
                    _("{exercise} is open in “{phase}”.").format(**names),
                )
        else:
            hourly = "hourly_cap" in routine or editing.at((*place, "hourly")) is not None
            found = layout.dose(place, layout.kind_of(routine), hourly=hourly)
            fields.show(editing, f"dose-{phase_id}-{routine_id}", found)
        with st.container(horizontal=True):
            if (
                editing.edits
                and editing.at(place) is not None
                and st.button(_("Close it in this phase"), key="editor-cell-close")
            ):
                editing.change(
                    lambda content: edits.without_dose(content, phase_id, routine_id),
                    _("{exercise} is closed in “{phase}”.").format(**names),
                )
            st.button(
                _("Back to the table"),
                key="editor-cell-leave",
                on_click=partial(address.to, PART),
            )


# the phases themselves


def _item(editing: Editing, n: int, phase: Mapping[str, Any]) -> EditorItem:
    overview = edits.overview(editing.draft.content)
    line = overview.phases[n]
    return EditorItem(
        str(phase.get("id") or n),
        words(phase, "name"),
        layout.phase(("phase", n)),
        protocol_overview.begins(line),
        [protocol_overview.dose(each, overview) for each in line.doses] or [_("No exercise is open.")],
    )


def _remove(editing: Editing) -> None:
    """Offer to remove the phase that is open in the list."""
    opened = address.at(address.ITEM)
    phase = next((each for each in editing.tables("phase") if each.get("id") == opened), None)
    if phase is None:
        return
    name = words(phase, "name")
    sure = second_tap.is_sure(
        "editor-remove-phase",
        (editing.draft.id, opened),
        label=_("Remove the phase *{name}*").format(name=markdown.escaped(name)),
        question=_("It goes with its doses. The phase before it lasts until the next one."),
        yes=_("Yes, remove it"),
    )
    told = _("{name} is removed.").format(name=name)
    if sure and editing.save(edits.without_phase(editing.draft.content, opened), told):
        address.to(PART)
        st.rerun()


def _add(editing: Editing) -> None:
    phases = editing.tables("phase")
    names = {str(each.get("id")): words(each, "name") for each in phases}
    st.header(_("Add a phase"))
    with st.container(key="editor-add-phase", width=560):
        after = st.selectbox(
            _("After which one? It begins as a copy of that one."),
            list(names),
            index=None,
            format_func=lambda each: names.get(each, each),
            placeholder=_("Choose a phase"),
            key="editor-phase-after",
        )
        name = st.text_input(
            _("Its name, as patients read it"),
            max_chars=LINE_LIMIT,
            key=drafts.keep("editor-phase-name", f"{editing.draft.id}-new-phase"),
            autocomplete="off",
        )
        hours = st.text_input(
            _("It begins after so many hours"),
            max_chars=LINE_LIMIT,
            key=drafts.keep("editor-phase-hours", f"{editing.draft.id}-new-phase-hours"),
            autocomplete="off",
        )
        if st.button(_("Add it"), key="editor-phase-save", type="primary"):
            with time_zone.refusals():
                begins = fields.number_of((hours or "").strip())
                if after is None or not (name or "").strip() or begins == "":
                    raise BadValue(Fault.TEXT_MISSING)
                if isinstance(begins, str):
                    raise BadValue(Fault.NOT_A_NUMBER, value=begins)
                new = edits.new_id(name, names)
                told = _("{name} is added.").format(name=name.strip())
                if editing.save(
                    edits.with_phase(
                        editing.draft.content, after=after, id=new, name=name.strip(), opens_after_h=begins
                    ),
                    told,
                ):
                    drafts.end("editor-phase-")
                    address.to(PART, new)
                    st.rerun()
