"""Around a clinic's pages and a home's: who may load the document at all."""

from __future__ import annotations

import ipaddress
import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.i18n import _
from coach.mail import reminders
from coach.web import demo, html, session_cookie, sign_in, threads
from coach.web.guards import is_document

_log = logging.getLogger(__name__)


class SignedInOnly:
    """Gives the app's document to who has signed in; everybody else goes to the sign-in page."""

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
    """Tell whether an address has a plain page, which needs no web socket, and none of whose viewers signs in."""
    # Whoever holds the secret of an e-mail's link may use it, without signing in.
    return path in sign_in.OWN_PAGES or path == demo.PATH or path.startswith(reminders.STOP)


async def _instead(headers: Headers) -> Response | None:
    """Return what somebody gets instead of the document, None for who is signed in."""
    try:
        elsewhere = await threads.LOOKS.run(lambda: _elsewhere(headers))
    except threads.Busy:
        return html.sorry()
    return RedirectResponse(elsewhere, 303) if elsewhere else None


def _elsewhere(headers: Headers) -> str:
    """Return where somebody goes who is not signed in; "" for who is."""
    try:
        if session_cookie.identity(headers, seen=True):
            return ""
    except Exception as error:  # noqa: BLE001  nobody gets in because something failed
        _log.error("A sign-in could not be looked up: %s", type(error).__name__)
    if sign_in.carries_organisation(headers):
        return sign_in.ORGANISATION
    return demo.PATH if demo.is_offered() else sign_in.SIGN_IN


class ThisComputerOnly:
    """Refuses what reaches this server by another address than this computer's own, however it was started."""

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
    """Tell whether a request came to an address of this computer itself, or by a socket file."""
    reached = scope.get("server")
    if not reached or reached[1] is None:
        return True
    try:
        return ipaddress.ip_address(reached[0].partition("%")[0]).is_loopback
    except ValueError:  # a name: the test client's
        return True
