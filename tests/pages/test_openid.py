"""An organisation's word counts while it is fresh: what a browser kept of it lets nobody in later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from coach.desk.installation import clock as desk_clock
from coach.ui.shell import openid, sign_out
from tests.support.homes import NOW, Clock

ISSUED = int(NOW.timestamp())


class Left(Exception):
    """The page was left."""


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    found: list[tuple[str, str]] = []

    def to(address: str, *, post: str = "", body: Any = None) -> NoReturn:
        found.append((address, post))
        raise Left

    monkeypatch.setattr(sign_out, "to", to)
    monkeypatch.setattr(openid, "_ticket", lambda _claims: "ticket")
    desk_clock.use(Clock())
    yield found
    desk_clock.use()


ENTRA = "https://login.example/tenant/v2.0"


@pytest.mark.parametrize(
    ("claim", "issuer", "verified"),
    [
        (True, "https://other.example", True),
        ("true", "https://other.example", True),
        ("True ", "https://other.example", True),
        (None, ENTRA, True),
        (None, ENTRA + "/", True),
        (None, "https://other.example", False),
        (None, "https://login.example/tenant", False),
        (None, "", False),
        (False, ENTRA, False),
        ("false", ENTRA, False),
        ("", ENTRA, False),
        (1, ENTRA, False),
        ("yes", ENTRA, False),
    ],
)
def test_an_address_counts_that_is_verified_or_of_a_trusted_issuer_that_does_not_say(
    claim: object, issuer: str, verified: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_OIDC_TRUSTED_ISSUERS", f"https://first.example {ENTRA}")
    assert openid.is_verified(claim, issuer) is verified


@pytest.mark.parametrize("issued", [ISSUED, float(ISSUED), ISSUED - 590, ISSUED + 590])
def test_a_fresh_word_is_exchanged_for_a_session(went: list[tuple[str, str]], issued: object):
    with pytest.raises(Left):
        openid._go_on({"sub": "mara", "iat": issued})  # noqa: SLF001  what comes back from the organisation, without one
    assert went == [(openid.SIGN_IN, openid.ACCEPT)]


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": ISSUED - 601},
        {"iat": ISSUED + 601},
        {"iat": str(ISSUED)},
        {"iat": True},
        {"iat": float("nan")},
        {},
    ],
)
def test_a_word_that_a_browser_kept_lets_nobody_in(went: list[tuple[str, str]], claims: dict[str, Any]):
    with pytest.raises(Left):
        openid._go_on({"sub": "mara", **claims})  # noqa: SLF001  what comes back from the organisation, without one
    assert went == [(openid.SIGNED_OUT, "")]
