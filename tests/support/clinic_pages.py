"""The clinic's pages as a physiotherapist opens them."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.access.authorization import Identity
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns
from coach.ui.parts import navigation
from tests.support.followed import Followed
from tests.support.pages import MARKUP, at_address, blocks, markup, run
from tests.support.server import ROOT

#: What a text must never become anything of.
CANARIES = [
    "![x](http://127.0.0.1:9/x)",
    "<b>bold</b>",
    ":red[x]",
    "$$x^2$$",
    "# heading",
    "[x](javascript:1)",
]
RULES = re.compile("<style>(.*?)</style>", re.DOTALL)
FORMATTED = (
    "markdown", "title", "header", "subheader", "caption", "error", "warning", "info", "success", "metric",
    "table", "badge",
)  # fmt: skip


def sign_in(monkeypatch: pytest.MonkeyPatch, team: Followed, account: UUID | None = None) -> None:
    """Let a physiotherapist of the team (Pat where nobody is named) be signed in."""
    principal = team.physiotherapist(account)
    assert principal.account
    who = Identity(
        principal.account, principal.name, Role.PHYSIOTHERAPIST, None, principal.teams, "a session"
    )
    monkeypatch.setattr(SignIns, "identity", lambda _sign_ins, token, **_how: who)


def open_clinic(page: str, patient: UUID, **state: object) -> AppTest:
    """Open a page of the clinic by its address, with a patient chosen."""
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    at_address(at, page)
    at.session_state[navigation.PATIENT_CHOSEN] = patient
    for name, value in state.items():
        at.session_state[name.replace("_", "-")] = value
    return run(at)


def unfold(at: AppTest, *keys: str) -> AppTest:
    """Open what is closed, by its keys."""
    for key in keys:
        at.session_state[key] = True
    return run(at)


def texts(at: AppTest) -> list[str]:
    """Return everything that is shown as plain text, by itself or in a text block."""
    return [*(str(each.value) for each in at.text), *blocks(at)]


def assert_inert(at: AppTest, canary: str) -> None:
    """Nothing that formats, and no label, holds the text."""
    for kind in FORMATTED:
        for each in at.get(kind):
            assert canary not in str(getattr(each, "value", "")), kind
            assert canary not in str(getattr(each, "label", "")), kind
            assert canary not in str(getattr(each, "proto", "")), kind
    for tag, attributes in markup(at):
        assert tag in MARKUP
        assert not any(canary in value for value in attributes.values()), tag
    for each in at.get("html"):
        assert not any(canary in rules for rules in RULES.findall(str(getattr(each, "value", ""))))
    for each in (*at.button, *at.expander, *at.radio, *at.checkbox, *at.number_input, *at.text_area):
        assert canary not in str(each.label)
