"""What the steps of a draft come to: whose work it is, and whether a second person agreed to exactly this."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from coach.domain.protocol_draft import (
    DraftAct,
    DraftStep,
    approvals,
    change_asked,
    is_approved,
    is_discarded,
    last_saved,
    makers,
    revision,
)
from tests.support.homes import NOW

ANN, KEN, SAM = (UUID(int=n) for n in (1, 2, 3))
DRAFT = uuid4()
PEOPLE = {"ann": ANN, "ken": KEN, "sam": SAM}
ACTS = {
    "saves": DraftAct.SAVED,
    "agrees": DraftAct.AGREED,
    "asks": DraftAct.CHANGE_ASKED,
    "discards": DraftAct.DISCARDED,
    "brings back": DraftAct.BROUGHT_BACK,
}


def told(*said: str) -> list[DraftStep]:
    """Return the steps of a story: "ann saves A", "ken agrees"; who says nothing else speaks of what is there."""
    steps: list[DraftStep] = []
    digest = ""
    for n, each in enumerate(said, start=1):
        who, rest = each.split(" ", 1)
        act = next(ACTS[word] for word in ACTS if rest.startswith(word))
        digest = rest.removeprefix("saves ") if act is DraftAct.SAVED else digest
        parts = {"based_on": "", "protocol": "p", "title": "P", "version": "1.0.0"}
        at = NOW + timedelta(hours=n)
        steps.append(DraftStep(uuid4(), DRAFT, n, at, PEOPLE[who], "", act, content_digest=digest, **parts))
    return steps


@pytest.mark.parametrize(
    ("said", "approved"),
    [
        (["ann saves A"], False),
        (["ann saves A", "ken agrees"], True),
        (["ann saves A", "ken asks"], False),
        (["ann saves A", "ken asks", "ken agrees"], True),
        (["ann saves A", "ken agrees", "ken asks"], False),
        # another one's wish stands until they take it back, whoever else agrees
        (["ann saves A", "ken asks", "sam agrees"], False),
        (["ann saves A", "ken agrees", "sam asks"], False),
        (["ann saves A", "ken asks", "sam agrees", "ken agrees"], True),
        # a change makes void what was said, and putting it back makes it hold again
        (["ann saves A", "ken agrees", "ann saves B"], False),
        (["ann saves A", "ken agrees", "ann saves B", "ken agrees"], True),
        (["ann saves A", "ken asks", "ann saves B", "sam agrees"], True),
        (["ann saves A", "ken agrees", "ann saves B", "ann saves A"], True),
        # who has worked on it does not count, before or after
        (["ann saves A", "ann agrees"], False),
        (["ann saves A", "ken saves B", "ken agrees"], False),
        (["ann saves A", "ken agrees", "ken saves B", "ann saves A"], False),
        (["ann saves A", "ken agrees", "ken saves B", "ann saves A", "sam agrees"], True),
        (["ann saves A", "ken saves B", "ann agrees", "sam agrees"], True),
    ],
)
def test_a_draft_is_approved_by_a_second_person_and_for_exactly_this(said: list[str], approved: bool):
    assert is_approved(told(*said)) is approved


def test_who_asks_for_a_change_is_named():
    asked = change_asked(told("ann saves A", "ken asks", "sam asks"))
    assert asked
    assert asked.account == SAM
    assert change_asked(told("ann saves A", "ken asks", "ann saves B")) is None


def test_what_is_there_and_whose_work_it_is():
    steps = told("ann saves A", "ken agrees", "sam saves B", "ann saves C", "ken asks")
    assert (last_saved(steps).content_digest, revision(steps), makers(steps)) == ("C", 3, (ANN, SAM))
    assert [each.content_digest for each in approvals(steps)] == ["A", "C"]


def test_a_discarded_draft_can_be_brought_back():
    discarded = ["ann saves A", "ken discards"]
    assert [is_discarded(told(*discarded[:n])) for n in (1, 2)] == [False, True]
    assert not is_discarded(told(*discarded, "ann brings back"))
    assert is_discarded(told(*discarded, "ann brings back", "ann discards"))
