"""The words of the caseload say the figures of the review."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from coach.domain.caseload_card import Card
from coach.domain.need import Need, NeedReason
from coach.protocols.loader import default
from coach.review.clinic import frames
from coach.text import caseload as caseload_text


@pytest.mark.parametrize("share", [None, 0.0, 0.29, 0.4951, 0.4999, 0.5, 0.7999, 2 / 3, 0.996, 1.0, 1.21])
def test_a_share_reads_the_same_in_the_caseload_and_in_the_review(share: float | None):
    assert caseload_text.percent(share) == frames.percent(share)


def test_what_is_too_little_never_reads_as_enough():
    enough = default().rules.partly_from.value
    assert caseload_text.percent(enough) == "50 %"
    assert caseload_text.percent(enough - 0.001) == "49 %"


@pytest.mark.parametrize("reason", NeedReason)
def test_a_computed_number_is_rounded_in_every_reason(reason: NeedReason):
    now = datetime(2026, 9, 10, 12, tzinfo=UTC)
    third = dict.fromkeys(
        ("rise", "score", "median", "usual", "lowest", "baseline", "points", "share", "over", "2026-09-10"),
        22 / 3,
    )
    need = Need(reason, "key", now - timedelta(hours=1), now + timedelta(hours=1), third)
    told = caseload_text.need(need, Card("UTC", None, (), (), None, (), None), default(), now=now)
    assert told[0]
    assert not re.search(r"\d[.,]\d{2}", " ".join(told)), told


def test_a_procedure_that_lies_ahead_gives_no_day_of_recovery():
    now = datetime(2026, 9, 10, 12, tzinfo=UTC)
    days = {0: ("Day 0",), 3: ("Day 3",), -1: ("The procedure lies ahead.",)}
    for day, said in days.items():
        card = Card("UTC", now.date() - timedelta(days=day), (), (), None, (), None)
        assert caseload_text.place(card, now=now) == said


def test_criteria_that_several_exercises_meet_are_said_once():
    now = datetime(2026, 9, 10, 12, tzinfo=UTC)
    ready = [
        Need(NeedReason.READY_TO_RELEASE, name, now, now + timedelta(hours=1), {"routine": name})
        for name in ("back_press", "sit_to_stand")
    ]
    card = Card("UTC", None, (), (), None, (), None)
    (first, nothing), (second, criteria) = caseload_text.all_needs(ready, card, default(), now=now)
    assert (first, second) == (
        "May be ready to be released: back press",
        "May be ready to be released: sit to stand",
    )
    assert nothing == ""
    assert criteria.startswith("Average pain of the week below")
    assert caseload_text.all_needs([], card, default(), now=now) == []
