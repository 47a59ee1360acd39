"""Middleware that decides who may load the app's document: signed-in users, or this computer."""

from __future__ import annotations

import ipaddress
import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.i18n import _
from coach.mail import reminders
from coach.web import demo, html, session_cookie, sign_in, threads
from coach.web.security_headers import is_document

_log = logging.getLogger(__name__)


class SignedInOnly:
    """Serves the app's document to signed-in users; redirects others to the sign-in page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or is_plain(path) or path == sign_in.ORGANISATION:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        instead: Response | None = None

        async def send_to_known(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start" and is_document(message):
                instead = await _instead(headers)
            if instead is None:
                await send(message)

        await self.app(scope, receive, send_to_known)
        if instead is not None:
            await instead(scope, receive, send)


def is_plain(path: str) -> bool:
    """Tell whether an address has a plain page, which needs no sign-in and no web socket."""
    # The link in an e-mail carries a secret and works without a sign-in.
    return path in sign_in.OWN_PAGES or path == demo.PATH or path.startswith(reminders.STOP)


async def _instead(headers: Headers) -> Response | None:
    """Return what somebody gets instead of the document, None for who is signed in."""
    try:
        elsewhere = await threads.LOOKS.run(lambda: _elsewhere(headers))
    except threads.Busy:
        return html.sorry()
    return RedirectResponse(elsewhere, 303) if elsewhere else None


def _elsewhere(headers: Headers) -> str:
    """Return the address to redirect to without a sign-in; "" if the user is signed in."""
    try:
        if session_cookie.identity(headers, seen=True):
            return ""
    except Exception as error:  # noqa: BLE001  nobody gets in because something failed
        _log.error("A sign-in could not be looked up: %s", type(error).__name__)
    if sign_in.carries_organisation(headers):
        return sign_in.ORGANISATION
    return demo.PATH if demo.is_offered() else sign_in.SIGN_IN


class ThisComputerOnly:
    """Refuses requests from other computers, however the server was started."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket") or _is_near(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            words = _("This server is for this computer only.")
            await PlainTextResponse(words, 403)(scope, receive, send)


def _is_near(scope: Scope) -> bool:
    """Tell whether a request came in on a loopback address or a socket file."""
    reached = scope.get("server")
    if not reached or reached[1] is None:
        return True
    try:
        return ipaddress.ip_address(reached[0].partition("%")[0]).is_loopback
    except ValueError:  # a host name instead of an address: the test client's
        return True
