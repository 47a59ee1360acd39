"""The caseload's order: who stands above whom."""

from __future__ import annotations

from coach.domain.caseload_order import QUIET_FROM, rank
from coach.domain.need import Need, NeedReason
from coach.domain.protocol import FlagLevel
from coach.domain.times import BEGINNING, FOREVER


def test_reasons_are_ranked_in_the_order_of_their_urgency():
    assert [reason.value for reason in NeedReason] == [
        "red_flag", "high_pain", "red_light", "pain_up", "pain_rising", "pain_worse", "answer", "unread",
        "unanswered", "time_asked", "over_doing", "silent", "function_down", "review_due", "not_begun", "on_hold",
        "bone_treatment", "low", "partly", "ready_to_release",
    ]  # fmt: skip
    whole = [Need(reason, "x", BEGINNING, FOREVER) for reason in NeedReason]
    assert [rank(need) for need in whole] == sorted({rank(need) for need in whole})
    urgent = [need for need in whole if not need.quiet]
    assert max(map(rank, urgent)) < QUIET_FROM <= min(rank(n) for n in whole if n.quiet)
    levels = [
        rank(Need(NeedReason.RED_FLAG, "x", BEGINNING, FOREVER, {"level": level})) for level in FlagLevel
    ]
    assert levels == sorted(set(levels))


def test_within_a_reason_who_is_worse_now_comes_first_and_no_reason_passes_a_more_urgent_one():
    def of(reason: NeedReason, **detail: str | int) -> int:
        return rank(Need(reason, "x", BEGINNING, FOREVER, detail))

    assert of(NeedReason.PAIN_UP, bad=72) < of(NeedReason.PAIN_UP, bad=27) < of(NeedReason.PAIN_UP)
    assert of(NeedReason.RED_LIGHT) < of(NeedReason.PAIN_UP, bad=90)
    assert of(NeedReason.OVER_DOING, bad=10**9) > of(NeedReason.TIME_ASKED)
    assert of(NeedReason.ON_HOLD, overdue=1) < QUIET_FROM <= of(NeedReason.ON_HOLD)
