"""The filters of the caseload: the reasons in a few groups, with the labels of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.domain.need import NeedReason
from coach.i18n import N_

# Labels of the single reasons.
REASONS: Mapping[NeedReason, str] = {
    NeedReason.RED_FLAG: N_("Red flag"),
    NeedReason.HIGH_PAIN: N_("High pain"),
    NeedReason.RED_LIGHT: N_("Pain in a session"),
    NeedReason.PAIN_UP: N_("Pain up"),
    NeedReason.PAIN_RISING: N_("Pain rising"),
    NeedReason.PAIN_WORSE: N_("Pain worse than before"),
    NeedReason.ANSWER: N_("Set-up answer"),
    NeedReason.UNREAD: N_("Unread message"),
    NeedReason.UNANSWERED: N_("Message not answered"),
    NeedReason.TIME_ASKED: N_("Earlier time asked"),
    NeedReason.OVER_DOING: N_("Over-doing"),
    NeedReason.SILENT: N_("Silent"),
    NeedReason.FUNCTION_DOWN: N_("Activities worse"),
    NeedReason.REVIEW_DUE: N_("Review due"),
    NeedReason.NOT_BEGUN: N_("Not begun"),
    NeedReason.ON_HOLD: N_("All on hold"),
    NeedReason.BONE_TREATMENT: N_("Bone treatment"),
    NeedReason.LOW: N_("Little done"),
    NeedReason.PARTLY: N_("Partly done"),
    NeedReason.READY_TO_RELEASE: N_("Ready for release"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Reasons that one filter stands for; its sign is that of the first of them."""

    label: str
    reasons: tuple[NeedReason, ...]


# By their names, which the browser sends; every reason is in one of them.
GROUPS: Mapping[str, Group] = {
    "flag": Group(N_("Red flag"), (NeedReason.RED_FLAG,)),
    "pain": Group(
        N_("Pain, activities"),
        (
            NeedReason.HIGH_PAIN,
            NeedReason.RED_LIGHT,
            NeedReason.PAIN_UP,
            NeedReason.PAIN_RISING,
            NeedReason.PAIN_WORSE,
            NeedReason.FUNCTION_DOWN,
        ),
    ),
    "answer": Group(
        N_("Waits for you"),
        (NeedReason.UNREAD, NeedReason.UNANSWERED, NeedReason.ANSWER, NeedReason.TIME_ASKED),
    ),
    "silent": Group(N_("Silent, not begun"), (NeedReason.SILENT, NeedReason.NOT_BEGUN)),
    "doing": Group(N_("Exercises"), (NeedReason.OVER_DOING, NeedReason.LOW, NeedReason.PARTLY)),
    "course": Group(
        N_("Review, hold, release, bones"),
        (
            NeedReason.REVIEW_DUE,
            NeedReason.ON_HOLD,
            NeedReason.BONE_TREATMENT,
            NeedReason.READY_TO_RELEASE,
        ),
    ),
}


def reasons_of(chosen: object) -> tuple[NeedReason, ...]:
    """Return the reasons that a chosen filter lets through; none for all, or for one that is unknown."""
    if not isinstance(chosen, str):
        return ()
    if chosen in GROUPS:
        return GROUPS[chosen].reasons
    return (NeedReason(chosen),) if chosen in set(NeedReason) else ()
