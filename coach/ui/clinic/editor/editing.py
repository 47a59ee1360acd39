"""What the parts of the editor share: the draft, its values, what is wrong with them, and saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import ProtocolDraft, ProtocolDraftsDesk
from coach.i18n import _
from coach.text import protocol_faults
from coach.text.protocol_places import Place
from coach.ui.parts import action_keys, time_zone

ACT = "draft-save"
SAID = "editor-said"


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """One thing that is wrong, and the place in the file that it is about."""

    place: Place
    sentence: str


@dataclass(frozen=True, slots=True)
class Editing:
    """A draft as its page shows it; `edits` is whether its viewer may change it."""

    desk: ProtocolDraftsDesk
    draft: ProtocolDraft
    said: Mapping[str, Any]
    faults: tuple[PlacedFault, ...]
    edits: bool

    def at(self, place: Place) -> Any:
        """Return the value at a place, None where nothing stands."""
        return edits.value_at(self.said, place)

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        """Return the tables of a list of the file, such as its exercises."""
        found = self.said.get(name)
        return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []

    def faults_at(self, *places: Place) -> Iterator[PlacedFault]:
        """Yield what is wrong at places or within them."""
        for each in self.faults:
            if any(each.place[: len(place)] == place for place in places):
                yield each

    def save(self, content: bytes, done: str = "") -> bool:
        """Save another content and run the page again; a refusal is shown and nothing is changed."""
        saved = False
        with time_zone.refusals():
            self.desk.save(self.draft.id, content, revision=self.draft.revision, key=action_keys.act(ACT))
            action_keys.done(ACT)
            saved = True
        if saved:
            st.session_state[SAID] = done or _("Saved.")
        return saved

    def change(self, edit: Callable[[bytes], bytes], done: str = "") -> None:
        """Save what an edit makes of the draft, and run the page again."""
        if self.save(edit(self.draft.content), done):
            st.rerun()


def placed(content: bytes) -> tuple[PlacedFault, ...]:
    """Return everything that is wrong with a file, each with its place."""
    return tuple(
        PlacedFault(edits.place_of(each), protocol_faults.sentence(each.what, each.allowed))
        for each in edits.problems(content)
    )


def words(table: Mapping[str, Any], key: str) -> str:
    """Return a text of the file in the reader's language, where it is one of Coach's; "" for none."""
    text = str(table.get(key) or "")
    return _(text) if text else ""
