"""The parts of the editor that are lists of items: which items each has, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.domain.quantity import CLINIC
from coach.i18n import _, ngettext
from coach.text import places, protocol_notices
from coach.text.protocol_labels import CHOICES, FIELDS
from coach.ui.clinic.editor import fields, item_acts, items, layout, questions_later
from coach.ui.clinic.editor.editing import Editing, words
from coach.ui.clinic.editor.fields import Field, Kind
from coach.ui.clinic.editor.item_acts import Adding, ListActs
from coach.ui.clinic.editor.items import EditorItem

NOTICE_GROUPS = protocol_notices.GROUPS


def name(editing: Editing) -> None:
    """Show title and version, and how it goes on."""
    st.text(
        _(
            "Go through the parts from left to right. Each is saved by itself, and no patient sees it before "
            "it is in force. In the last part somebody else approves it, and then it is put in force."
        )
    )
    fields.show(editing, "name", [Field(("title",), Kind.TEXT), Field(("version",), Kind.TEXT)])


def rules(editing: Editing) -> None:
    """Show the rules, group by group."""
    st.text(_("Each number with where it comes from. A number that you change becomes your clinic’s own."))
    items.show(editing, "rules", _rules(editing))


def _rules(_editing: Editing) -> list[EditorItem]:
    return [
        EditorItem(name, _(title), layout.rules(name)) for name, (title, _names) in layout.RULE_GROUPS.items()
    ]


def notices(editing: Editing) -> None:
    """Show the notices, group by group."""
    items.show(editing, "notices", _notices(editing))


def _notices(_editing: Editing) -> list[EditorItem]:
    return [
        EditorItem(name, _(title), [Field(("notices", each), Kind.TEXT) for each in names])
        for name, (title, names) in NOTICE_GROUPS.items()
    ]


def guide(editing: Editing) -> None:
    """Show the texts of the Guide."""
    items.show(editing, "guide", _guide(editing))


def _guide(editing: Editing) -> list[EditorItem]:
    names = editing.said.get("guide")
    return [
        EditorItem(each, _(FIELDS[each]), [Field(("guide", each), Kind.LINES)])
        for each in (names if isinstance(names, dict) else ())
        if each in FIELDS
    ]


# warning signs


def signs(editing: Editing) -> None:
    """Show the warning signs, and a form for another one."""
    acts = ListActs(
        "signs",
        "red_flag",
        _("Remove this warning sign"),
        _("Nobody is asked for it any more. Who has told it already keeps it until it is cleared."),
        edits.without_sign,
        edits.moved_sign,
    )
    _listed(editing, acts, _signs(editing))
    form = Adding(
        "signs",
        _("Add a warning sign"),
        _("Like which one? It begins with the urgency and the advice of that one."),
        _texts(editing, "red_flag"),
        _("What it is, as patients read it"),
    )
    item_acts.add(editing, form, partial(_like, editing, "red_flag", edits.with_sign))


def _signs(editing: Editing) -> list[EditorItem]:
    return [
        EditorItem(str(each.get("id") or n), words(each, "text"), layout.sign(("red_flag", n)), _level(each))
        for n, each in enumerate(editing.tables("red_flag"))
    ]


def _level(sign: Mapping[str, Any]) -> str:
    found = CHOICES["level"].get(str(sign.get("level")))
    return _(found) if found else ""


# set-up questions


def questions(editing: Editing) -> None:
    """Show the set-up questions, and a form for another one."""
    acts = ListActs(
        "questions",
        "question",
        _("Remove this question"),
        _("Nobody is asked it any more, and an answer to it closes nothing any more."),
        edits.without_question,
        edits.moved_question,
    )
    _listed(editing, acts, _questions(editing))
    form = Adding(
        "questions",
        _("Add a set-up question"),
        _("Like which one? It begins by closing what that one closes."),
        _texts(editing, "question"),
        _("The question, as patients read it. A yes is what closes something."),
    )
    item_acts.add(editing, form, partial(_like, editing, "question", edits.with_question))


def _questions(editing: Editing) -> list[EditorItem]:
    return [
        EditorItem(str(each.get("id") or n), words(each, "text"), layout.question(("question", n)))
        for n, each in enumerate(editing.tables("question"))
    ]


# numbers to call


def numbers(editing: Editing) -> None:
    """Show the numbers to call, country by country, and a form for another country."""
    st.text(
        _(
            "Where a country is not listed, the patient writes its number down. An advice line may stay empty. "
            "Patients call these numbers in an emergency: have somebody from there check each that you change."
        )
    )
    acts = ListActs(
        "numbers",
        "emergency",
        _("Remove this country"),
        _("Patients there write their number down themselves."),
        edits.without_country,
    )
    _listed(editing, acts, _numbers(editing))
    known = places.countries_of_the_world()
    there = {str(each.get("country")) for each in editing.tables("emergency")}
    form = Adding(
        "numbers",
        _("Add a country"),
        _("Which country?"),
        {code: told for code, told in known.items() if code not in there},
        "",
    )
    item_acts.add(
        editing,
        form,
        lambda code, _text: (code, edits.with_country(editing.draft.content, code, known[code])),
    )


def _numbers(editing: Editing) -> list[EditorItem]:
    return [
        EditorItem(
            str(each.get("country") or n),
            words(each, "name"),
            layout.country(("emergency", n)),
            str(each.get("emergency") or ""),
        )
        for n, each in enumerate(editing.tables("emergency"))
    ]


# sources


def sources(editing: Editing) -> None:
    """Show the list of sources, and a form for another one."""
    st.text(
        _(
            "Each number and text names where it comes from by one of these short names. Patients read the list "
            "under Sources. {clinic} is your clinic’s own choice."
        ).format(clinic=CLINIC)
    )
    acts = ListActs(
        "sources",
        "sources",
        _("Remove this source"),
        _("It leaves the list."),
        edits.without_source,
    )
    cited = edits.cited(editing.said)

    def at_item(item: EditorItem) -> None:
        if many := cited[item.name]:
            told = ngettext("{n} value names it.", "{n} values name it.", many).format(n=many)
            st.text(_("{what} A source that is named stays in the list.").format(what=told))
        else:
            item_acts.show(editing, acts, list(_names(editing)), item)

    items.show(editing, "sources", _sources(editing), at_item)
    code = edits.next_source(editing.said)
    form = Adding(
        "sources",
        _("Add a source"),
        "",
        {},
        _("What it is, and where it is found"),
        _("Its short name is {code}: write that into the field Source of what comes from it.").format(
            code=code
        ),
    )
    item_acts.add(
        editing, form, lambda _chosen, text: (code, edits.with_source(editing.draft.content, code, text))
    )


def _sources(editing: Editing) -> list[EditorItem]:
    listed = _names(editing)
    return [
        EditorItem(
            each,
            _("{code}: {text}").format(code=each, text=words(listed, each)),
            [Field(("sources", each), Kind.TEXT)],
        )
        for each in listed
    ]


def _names(editing: Editing) -> Mapping[str, Any]:
    found = editing.said.get("sources")
    return found if isinstance(found, dict) else {}


# outcome and bone health, scales


def later(editing: Editing) -> None:
    """Show the outcome questions, those about bone health, and the words of the scales."""
    st.text(_("What is asked in the weeks after, and the words beside the scores."))
    items.show(editing, "later", questions_later.found(editing))


# what they share

#: The items of each part that is a list of them.
FOUND: Mapping[str, Callable[[Editing], list[EditorItem]]] = {
    "rules": _rules,
    "signs": _signs,
    "questions": _questions,
    "notices": _notices,
    "guide": _guide,
    "later": questions_later.found,
    "numbers": _numbers,
    "sources": _sources,
}


def _listed(editing: Editing, acts: ListActs, found: list[EditorItem]) -> None:
    order = [str(each.get("id") or each.get("country") or "") for each in editing.tables(acts.table)]
    items.show(editing, acts.part, found, partial(item_acts.show, editing, acts, order))


def _texts(editing: Editing, table: str) -> dict[str, str]:
    return {str(each.get("id")): words(each, "text") for each in editing.tables(table) if each.get("id")}


def _like(
    editing: Editing, table: str, with_: Callable[..., bytes], like: str, text: str
) -> tuple[str, bytes]:
    """Return the name of a new item like another one, and the file with it."""
    new = edits.new_id(text, (str(each.get("id")) for each in editing.tables(table)))
    return new, with_(editing.draft.content, like=like, id=new, text=text)
