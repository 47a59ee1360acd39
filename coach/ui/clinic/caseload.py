"""The page Caseload: who needs a physiotherapist, why, and what to do about it with one click."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import streamlit as st

from coach.desk import NotFound
from coach.desk.clinic.caseload import CaseloadDesk, Counts, Line, State
from coach.domain.caseload_card import Card
from coach.domain.need import Need, NeedReason
from coach.domain.times import local_date
from coach.i18n import N_, _, ngettext
from coach.text import caseload as words
from coach.text import caseload_filters as filters
from coach.ui.clinic import caseload_calm, caseload_chips
from coach.ui.parts import assets, navigation, time_zone
from coach.ui.shell import entrance

ROWS = 20  # rows of a section on one screen
WHOLE = 40  # nobody who needs somebody today is on a second page, up to so many
SPARK_DAYS = 14
MINE, REASON, SEARCH, OPEN, OFFSETS, SAID = (
    f"caseload-{name}" for name in ("mine", "reason", "search", "open", "offsets", "said")
)
LIST = "caseload"
# How often an open list reloads, so the longest that a new need stays unseen
EVERY = timedelta(seconds=20)
CATCH_UP = 40  # projections computed in one run, at a few ms each

SECTIONS: Mapping[State, str] = {
    State.NEEDED: N_("Needs you today"),
    State.LATER: N_("Can wait"),
    State.SEEN: N_("Seen today"),
    State.ON_TRACK: N_("On track"),
    State.DISCHARGED: N_("Discharged"),
}
SHARES = (NeedReason.LOW, NeedReason.PARTLY)
FOLDED = (State.ON_TRACK, State.DISCHARGED)

Reasons = tuple[NeedReason, ...]

_list = st.components.v2.component("coach_caseload", html="<div></div>", js=assets.stub("ui/caseload.js"))


def show() -> None:
    """Show the caseload and apply a click; the list reloads by itself."""
    mine, search = _head()
    _open_list(mine=mine, search=search)


@st.fragment(run_every=EVERY)
def _open_list(*, mine: bool, search: str) -> None:
    """Show the present list.

    A timed reload is not a user's act: an unattended session still ends.
    """
    # A click is known before the list is drawn, except in the first run of a browser session.
    told = (st.session_state.get(LIST) or {}).get("act")
    try:
        desk = entrance.caseload_again(seen=told is not None)
        _show(desk, told, mine=mine, search=search)
    except NotFound:
        entrance.not_found()


def _show(desk: CaseloadDesk, told: Any, *, mine: bool, search: str) -> None:
    st.session_state.pop(SAID, None)
    _act(desk, told)
    left = desk.catch_up(CATCH_UP)
    if left:
        _still(left)
    drawn = _list(key=LIST, data=_Sight(desk, mine=mine, search=search).data(), on_act_change=lambda: None)
    if drawn.act and not told:
        _act(desk, drawn.act)
        st.rerun()


def _head() -> tuple[bool, str]:
    """Show title and filters.

    Return whether only the viewer's own patients are shown, and the search.
    """
    with st.container(key="clinic-head", horizontal=True, vertical_alignment="bottom"):
        st.title(_("Caseload"), width="stretch")
        mine = st.segmented_control(
            _("Whose patients"),
            [False, True],
            default=False,
            required=True,
            format_func=lambda own: _("Mine") if own else _("All of my teams"),
            key=MINE,
            on_change=_begin_again,
            label_visibility="collapsed",
        )
        search = st.text_input(
            _("Search by name or reference"),
            type="search",
            placeholder=_("Name or reference"),
            key=SEARCH,
            on_change=_begin_again,
            label_visibility="collapsed",
            width=260,
        )
    return bool(mine), search or ""


def _still(left: int) -> None:
    text = ngettext(
        "{n} record is still being worked out anew. In a moment it stands here as it is now.",
        "{n} records are still being worked out anew. In a moment they stand here as they are now.",
        left,
    )
    st.text(text.format(n=left))


def _begin_again() -> None:
    st.session_state.pop(OFFSETS, None)


def _act(desk: CaseloadDesk, clicked: Any) -> None:
    """Apply a click; its data come from the browser and are not trusted."""
    match clicked:
        case {"act": "reason", "reason": reason}:
            st.session_state[REASON] = reason if filters.reasons_of(reason) else None
            _begin_again()
        case {"act": "fold", "section": str(section), "open": bool(opened)}:
            kept = set(st.session_state.get(OPEN, ()))
            st.session_state[OPEN] = kept | {section} if opened else kept - {section}
        case {"act": "page", "section": str(section), "offset": int(offset)} if offset >= 0:
            st.session_state[OFFSETS] = {**st.session_state.get(OFFSETS, {}), section: offset}
        case {"act": "review", "patient": str(text)} if patient := _id(text):
            st.session_state[navigation.PATIENT_CHOSEN] = patient
            navigation.go("review")
        case {"act": "go", "to": "patients"}:
            navigation.go("patients")
        case {
            "act": "seen", "patient": str(text), "needs": list(needs), "note": str(note), "seq": int(seq),
        } if patient := _id(text):  # fmt: skip
            _seen(desk, patient, [str(each) for each in needs], note, seq)
        case {"act": "undo", "patient": str(text), "marks": list(marks), "seq": int(seq)} if patient := _id(
            text
        ):
            _undo(desk, patient, [mark for each in marks if (mark := _id(str(each)))], seq)
        case _:
            pass


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _seen(desk: CaseloadDesk, patient: UUID, needs: list[str], note: str, seq: int) -> None:
    """Mark a patient as seen today; the same click twice is one entry."""
    with time_zone.refusals():
        desk.mark_seen(patient, needs, note=note, key=_key(desk, patient, "seen", seq, needs))
        st.session_state[SAID] = _("Marked as seen today")


def _undo(desk: CaseloadDesk, patient: UUID, marks: list[UUID], seq: int) -> None:
    with time_zone.refusals():
        desk.undo_seen(patient, marks, key=_key(desk, patient, "undo", seq, map(str, marks)))
        st.session_state[SAID] = _("No longer marked as seen")


def _key(desk: CaseloadDesk, patient: UUID, act: str, seq: int, what: Iterable[str]) -> UUID:
    """Return the key of one user's click on one state of a row."""
    return uuid5(patient, " ".join([act, str(desk.principal.account), str(seq), *sorted(what)]))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the list shows in this run."""

    desk: CaseloadDesk
    mine: bool
    search: str
    names: dict[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return everything that the list's script draws, as JSON values."""
        chosen = st.session_state.get(REASON)
        reasons = filters.reasons_of(chosen)
        counts = self.desk.counts(mine=self.mine, search=self.search)
        return {
            "chips": caseload_chips.groups(counts, chosen),
            "finer": caseload_chips.finer(counts, chosen),
            "sections": [self.section(state, counts, reasons) for state in self.states(counts, reasons)],
            "said": st.session_state.get(SAID, ""),
            "alarms": self.alarms(),
            "words": {
                "columns": [
                    _("Why"), _("Patient"), _("Latest pain"), _("Done"), _("Last entry"), _("What to do"),
                ],
                "reasons": _("Show only those with this reason"),
                "review": _("Review"),
                "seen": _("Seen today"),
                "mark": _("Mark as seen"),
                "note": _("Note, if you like"),
                "cancel": _("Cancel"),
                "undo": _("Undo seen"),
                "show": _("Show"),
                "hide": _("Hide"),
                "pages": _("Pages"),
                "back": _("Back"),
                "on": _("Next"),
                "times": _("Times are each patient’s own"),
                "alarm": _("New: {what}"),
                "dismiss": _("Close"),
            },
        }  # fmt: skip

    def alarms(self) -> list[dict[str, str]]:
        """Return the open red flags of all the viewer's patients, whatever the filters."""
        lines = self.desk.page(State.NEEDED, reasons=[NeedReason.RED_FLAG], limit=ROWS)
        protocol, now = self.desk.protocol, self.desk.now()
        return [
            {
                "key": f"{line.patient} {need.key}",
                "text": f"{line.name}. {words.need(need, line.card, protocol, now=now)[0]}",
            }
            for line in lines
            for need in line.needs
            if need.reason is NeedReason.RED_FLAG
        ]

    def states(self, counts: Counts, reasons: Reasons) -> list[State]:
        """Return the sections to show; with a filter by reason only those with needs."""
        if reasons:
            return [
                state
                for state in caseload_chips.REASONED
                if state is State.NEEDED or _count(counts, state, reasons)
            ]
        return [state for state in SECTIONS if state is State.NEEDED or _count(counts, state)]

    def section(self, state: State, counts: Counts, reasons: Reasons) -> dict[str, Any]:
        count = _count(counts, state, reasons)
        rows = rows_shown(state, count)
        folds = state in FOLDED and not self.search
        folded = folds and state.name not in st.session_state.get(OPEN, ())
        offset = int(st.session_state.get(OFFSETS, {}).get(state.name, 0))
        lines: Sequence[Line] = ()
        if count and not folded:
            lines = self.desk.page(
                state, mine=self.mine, reasons=reasons, search=self.search, offset=offset, limit=rows
            )
            self.names.update(self.desk.names_of(lines))
        return {
            "id": state.name,
            "title": _(SECTIONS[state]),
            "count": count,
            "fold": folded if folds else None,
            "empty": "" if lines or folded else self.nobody(state),
            "calm": self.calm(counts) if state is State.NEEDED and not count else None,
            "rows": [self.row(line, state) for line in lines],
            "pages": _pages(offset, len(lines), count, rows),
        }

    def nobody(self, state: State) -> str:
        """Return the text of an empty list."""
        if state is not State.NEEDED:
            return _("Nobody.")
        if self.search:
            return _("Nobody of that name or reference needs you now.")
        if st.session_state.get(REASON):
            return _("Nobody has this reason now.")
        return ""

    def calm(self, counts: Counts) -> dict[str, str] | None:
        """Return what stands where nobody needs the viewer; None where a search or filter hides others."""
        if self.search or st.session_state.get(REASON):
            return None
        return caseload_calm.told(counts, mine=self.mine, has_team=bool(self.desk.principal.teams))

    def row(self, line: Line, state: State) -> dict[str, Any]:
        now, card = self.desk.now(), line.card
        today = local_date(now, card.zone)
        share, days = card.adherence(today), len(card.known(today))
        pain, word = words.pain(card, self.desk.protocol)
        return {
            "patient": str(line.patient),
            "name": line.name,
            "place": [*words.place(card, now=now), *([line.reference] if line.reference else [])],
            "reasons": self.reasons(line) or [_instead(line, state)],
            "pain": {"text": pain, "word": word, **_spark(card, today)},
            "share": {"part": share, "text": words.percent(share), "of": words.over(share, days)},
            "last": words.last(card.last_at, card.zone, now=now),
            "seen": [need.key for need in line.needs if need.may_be_marked(now, card.zone)],
            "marks": self.marks(line),
            "seq": line.seq,
        }

    def marks(self, line: Line) -> list[str]:
        """Return the entries that mark this row as seen today, for undoing them."""
        now = self.desk.now()
        marked = (need for need in line.needs if need.seen_by and not need.may_be_marked(now, line.card.zone))
        return sorted({str(need.detail["seen"]) for need in marked})

    def reasons(self, line: Line) -> list[dict[str, str]]:
        needs = _told(line)
        said = words.all_needs(needs, line.card, self.desk.protocol, now=self.desk.now())
        return [self.reason(need, line, *each) for need, each in zip(needs, said, strict=True)]

    def reason(self, need: Need, line: Line, text: str, more: str) -> dict[str, str]:
        now = self.desk.now()
        seen = need.seen(now)
        return {
            "shape": "seen" if seen else need.reason.value,
            "tone": "fine" if seen else words.TONES[need.reason],
            "text": text,
            "more": more,
            "seen": words.seen(need, line.card, self.names, now=now),
        }


def _told(line: Line) -> list[Need]:
    """Return the needs shown as reasons.

    The completed share has its own column beside other needs.
    """
    others = [need for need in line.needs if need.reason not in SHARES]
    return others or list(line.needs)


def _instead(line: Line, state: State) -> dict[str, str]:
    """Return the text of a row without reasons."""
    if not line.readable:
        odd = _("Entry {n} of the record cannot be read").format(n=line.odd_entry)
        text = odd if line.odd_entry else _("The record could not be worked out")
        return {
            "shape": "red_flag",
            "tone": "red",
            "text": text,
            "more": _("Look at it, and tell an administrator"),
        }
    if state is State.DISCHARGED:
        return {"shape": "seen", "tone": "fine", "text": _("Discharged"), "more": ""}
    if line.card.procedure_day is None:
        return {"shape": "begin", "tone": "fine", "text": _("Has not begun"), "more": ""}
    return {"shape": "seen", "tone": "fine", "text": _("On track"), "more": ""}


def _count(counts: Counts, state: State, reasons: Reasons = ()) -> int:
    if reasons:
        return counts.with_any(state, reasons)
    return {
        State.NEEDED: counts.needed,
        State.LATER: counts.later,
        State.SEEN: counts.seen,
        State.ON_TRACK: counts.on_track,
        State.DISCHARGED: counts.discharged,
    }[state]


def rows_shown(state: State, count: int) -> int:
    """Return how many of a section's patients are on one page."""
    return WHOLE if state is State.NEEDED and count <= WHOLE else ROWS


def _pages(offset: int, rows: int, count: int, most: int) -> dict[str, Any] | None:
    """Return the buttons to previous and next rows; None if all are shown."""
    if not rows or count <= most:
        return None
    return {
        "text": words.shown(offset, rows, count),
        "back": max(0, offset - most) if offset else None,
        "on": offset + most if offset + most < count else None,
    }


def _spark(card: Card, today: date) -> dict[str, Any]:
    """Return the pain of the last days as points: days since the first, and the score 0-10."""
    first = today - timedelta(days=SPARK_DAYS - 1)
    recent = [(day, score) for day, score in card.pain if first <= day <= today]
    return {
        "days": SPARK_DAYS - 1,
        "points": [[(day - first).days, score] for day, score in recent],
        "label": words.pain_line([score for _day, score in recent]) if recent else "",
    }
