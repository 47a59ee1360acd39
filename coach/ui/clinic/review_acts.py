"""What can be done from the review: the one act that comes next, and all others beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import streamlit as st

from coach.desk.clinic.caseload import CaseloadDesk
from coach.desk.clinic.review import ReviewDesk
from coach.domain.free_text import LINE_LIMIT
from coach.domain.need import ABOUT_MESSAGES, Need, NeedReason
from coach.i18n import N_, _
from coach.ui.clinic import plan
from coach.ui.parts import action_keys, drafts, navigation, time_zone

NOTE = "review-seen-note"

# The acts in their order.
ACTS: Mapping[str, str] = {
    "clear": N_("Clear red flag"),
    "release": N_("Release answer"),
    "decide": N_("Answer request"),
    "lift": N_("Lift hold"),
    "ready": N_("Release an exercise"),
    "message": N_("Message"),
    "hold": N_("Put on hold"),
    "open": N_("Open early"),
    "dose": N_("Dose"),
    "next": N_("Next patient"),
}
# The act that comes next for the most urgent need; one that can wait asks for none today.
NEXT: Mapping[NeedReason, str] = {
    NeedReason.RED_FLAG: "clear",
    NeedReason.HIGH_PAIN: "message",
    NeedReason.RED_LIGHT: "message",
    NeedReason.PAIN_UP: "message",
    NeedReason.PAIN_RISING: "message",
    NeedReason.PAIN_WORSE: "message",
    NeedReason.ANSWER: "release",
    NeedReason.UNREAD: "message",
    NeedReason.UNANSWERED: "message",
    NeedReason.TIME_ASKED: "decide",
    NeedReason.OVER_DOING: "message",
    NeedReason.SILENT: "message",
    NeedReason.FUNCTION_DOWN: "message",
    NeedReason.REVIEW_DUE: "dose",
    NeedReason.NOT_BEGUN: "message",
    NeedReason.ON_HOLD: "lift",
    NeedReason.LOW: "message",
    NeedReason.PARTLY: "message",
    NeedReason.READY_TO_RELEASE: "ready",
    NeedReason.BONE_TREATMENT: "message",
}


def show(desk: ReviewDesk, needs: Sequence[Need]) -> None:
    """Show the acts at the foot of the screen: the one that comes next stands first and is filled."""
    offered = _offered(desk, needs)
    first = _first(desk, needs, offered)
    with st.container(key="review-bar", horizontal=True):
        for act in [first, *(each for each in offered if each != first)]:
            if act == "next" != first:
                _seen(desk, needs)
            if st.button(_(ACTS[act]), key=f"review-{act}", type="primary" if act == first else "secondary"):
                _go(desk, act, offered[act])
        if first == "next":
            _seen(desk, needs)


def _offered(desk: ReviewDesk, needs: Sequence[Need]) -> Mapping[str, object]:
    """Return the acts that can be done now, with what each is about."""
    flags, reasons = desk.open_flags(), {need.reason: need for need in needs}
    about: dict[str, object] = dict.fromkeys(ACTS, "")
    if flags:
        about["clear"] = flags[0].id
    if answer := reasons.get(NeedReason.ANSWER):
        about["release"] = answer.detail.get("question", "")
    if ready := reasons.get(NeedReason.READY_TO_RELEASE):
        about["ready"] = ready.detail.get("routine", "")
    there = {
        "clear": bool(flags),
        "release": NeedReason.ANSWER in reasons,
        "decide": NeedReason.TIME_ASKED in reasons,
        "lift": NeedReason.ON_HOLD in reasons,
        "ready": NeedReason.READY_TO_RELEASE in reasons,
    }
    return {act: what for act, what in about.items() if there.get(act, True)}


def _first(desk: ReviewDesk, needs: Sequence[Need], offered: Collection[str]) -> str:
    """Return the act for the most urgent need of today that nobody has dealt with yet."""
    now = desk.now()
    todays = (need for need in needs if not need.quiet and not _marked(need, now, desk.zone))
    acts = (NEXT[need.reason] for need in todays)
    return next((act for act in acts if act in offered), "next")


def _marked(need: Need, now: datetime, zone: str) -> bool:
    """Tell whether somebody marked a need as seen today; a message is answered instead."""
    return need.reason not in ABOUT_MESSAGES and not need.may_be_marked(now, zone)


def _go(desk: ReviewDesk, act: str, about: object) -> None:
    match act:
        case "message":
            navigation.go("thread")
        case "next":
            _next(desk)
        case "ready":
            plan.lead("release-exercise", about)
        case _:
            plan.lead(act, about)


def _next(desk: ReviewDesk) -> None:
    """Go to the next patient who needs somebody today, or to the caseload if there is no other."""
    found = CaseloadDesk(desk.installation, desk.principal).after(desk.patient)
    if found:
        st.session_state[navigation.PATIENT_CHOSEN] = found
    navigation.go("review" if found else "caseload")


def _seen(desk: ReviewDesk, needs: Sequence[Need]) -> None:
    """Offer to mark the needs as seen today, with an optional note, and to undo that."""
    now = desk.now()
    open_ = [need.key for need in needs if need.may_be_marked(now, desk.zone)]
    if open_:
        key = action_keys.act(f"{NOTE}-{desk.patient}")  # the next note begins empty
        with st.popover(_("Seen today"), key="review-seen-open"):
            note = st.text_input(
                _("Note, if you like"),
                max_chars=LINE_LIMIT,
                key=drafts.keep(f"{NOTE}-{key}", NOTE, desk.patient),
            )
            if st.button(_("Mark as seen"), key="review-seen"):
                _do(
                    desk,
                    lambda key: desk.seen.mark_seen(open_, note=note or "", key=key),
                    f"{NOTE}-{desk.patient}",
                )
    marked = (need for need in needs if need.seen_by and not need.may_be_marked(now, desk.zone))
    marks = {UUID(str(need.detail["seen"])) for need in marked}
    if marks and st.button(_("Undo seen"), key="review-unseen"):
        _do(desk, lambda key: desk.seen.undo_seen(marks, key=key), "review-unseen-act")


def _do(desk: ReviewDesk, act: Callable[[UUID], None], name: str) -> None:
    with time_zone.refusals():
        act(action_keys.act(name))
        action_keys.done(name)
        drafts.sent(NOTE, desk.patient)
        st.rerun()
