"""OpenID Connect: Streamlit talks to the provider; its identity is exchanged for our session."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, NoReturn

import streamlit as st

from coach import desk
from coach.config import mode
from coach.desk import RecordUnavailable
from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.desk.installation import clock
from coach.i18n import _
from coach.ui.shell import sign_out

PATH = "/sign-in-organisation"
SIGN_IN = "/sign-in"
SIGNED_OUT = "/signed-out"  # the route that deletes the provider's cookies
ACCEPT = "/api/accept"
# Seconds for which a provider's identity is accepted; clocks may differ
FRESH = timedelta(minutes=10)

_log = logging.getLogger(__name__)


def run() -> None:
    """Run this page alone: its viewer has not signed in."""
    page = st.Page(show, title=_("Sign in"), icon="", url_path=PATH.strip("/"), default=True)
    st.navigation([page], position="hidden").run()


def show() -> None:
    """Redirect to the provider; on return go on with a session, or back to the sign-in page."""
    st.title(_("Sign in with your organisation"))
    providers = _providers()
    if providers is None:
        sign_out.to(SIGN_IN)
    claims: dict[str, Any] = st.user.to_dict()
    if claims.get("is_logged_in"):
        _go_on(claims)
    if len(providers) < 2:
        st.text(_("You are taken to the sign-in page of your clinic."))
        st.login(*providers)
        return
    st.text(_("Which organisation are you from?"))
    for provider in providers:
        with st.container(key=f"provider-{provider}"):
            st.text(provider)
            if st.button(_("Go on"), key=f"go-{provider}", width="stretch"):
                st.login(provider)


def _go_on(claims: dict[str, Any]) -> NoReturn:
    """Exchange a provider's identity for a session; an old one from an earlier day is refused."""
    if not _is_fresh(claims.get("iat")):
        sign_out.to(SIGNED_OUT)
    sign_out.to(SIGN_IN, post=ACCEPT, body={"ticket": _ticket(claims)})


def _is_fresh(issued_at: object) -> bool:
    """Tell whether an identity was issued (seconds since 1970) just now."""
    if type(issued_at) not in (int, float):
        return False
    return abs(clock.now().timestamp() - issued_at) < FRESH.total_seconds()  # type: ignore[operator]


def _providers() -> list[str] | None:
    """Return the names of the configured providers.

    Empty for one without a name, None without any.
    """
    if not st.secrets.load_if_toml_exists() or "auth" not in st.secrets:
        return None
    auth = st.secrets["auth"]
    return [name for name, value in auth.items() if hasattr(value, "items") and "client_id" in value]


def _ticket(claims: dict[str, Any]) -> str:
    """Return a ticket for the provider's user, "" if there is no account for them."""
    told = {name: str(claims.get(name) or "") for name in ("iss", "sub", "email")}
    verified = is_verified(claims.get("email_verified"), told["iss"])
    try:
        return SignIns(desk.open_installation()).by_organisation(
            told["iss"], told["sub"], told["email"], verified=verified
        )
    except NotKnown:
        # What `user link` needs, as a provider's console may not show it. Both values come from
        # outside.
        _log.warning("Nobody is linked with issuer %a, subject %a.", told["iss"][:200], told["sub"][:200])
        return ""
    except RecordUnavailable:
        return ""


def is_verified(claim: object, issuer: str) -> bool:
    """Tell whether an issuer has verified the e-mail address.

    Some write true as text; some omit the claim, and then it counts if the clinic trusts the
    issuer. An address that is not verified would let anyone sign in as another person.
    """
    if claim is None:
        return issuer.rstrip("/") in mode.trusted_issuers()
    return claim is True or (isinstance(claim, str) and claim.strip().lower() == "true")
