"""The plan page: preview before saving, a reason always, and nothing that a stale form could do."""

from __future__ import annotations

import pytest

from tests.pages.clinic import open_clinic, sign_in, texts
from tests.pages.conftest import Home, buttons, tap, title
from tests.support.followed import Followed, follow


@pytest.fixture
def team(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle(hours=40, home=37))
    sign_in(monkeypatch, made)
    return made


def test_first(home: Home, team: Followed):
    at = open_clinic("plan", team.patient)
    print(title(at), texts(at), buttons(at), [m.value for m in at.markdown])
    for act in ("hold", "dose", "limit", "text", "restart", "choose"):
        at = open_clinic("plan", team.patient, plan_act=act)
        print(act, texts(at), buttons(at))
        assert title(at) == "Plan"
