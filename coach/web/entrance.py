"""Around a clinic's pages and a home's: who may load the document at all."""

from __future__ import annotations

import ipaddress
import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach import remind
from coach.i18n import _
from coach.web import sample, sign_in, threads, visitor
from coach.web.sockets import is_document

_log = logging.getLogger(__name__)


class SignedInOnly:
    """Gives the app's document to who has signed in; everybody else goes to the sign-in page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        open_to_all = path in (*sign_in.OWN_PAGES, sign_in.ORGANISATION, sample.PATH)
        # Whoever holds the secret of an e-mail's link may use it, without signing in.
        if scope["type"] != "http" or open_to_all or path.startswith(remind.STOP):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        elsewhere: str | None = None

        async def send_to_known(message: Message) -> None:
            nonlocal elsewhere
            if message["type"] == "http.response.start" and is_document(message):
                elsewhere = await threads.LOOKS.run(lambda: _elsewhere(headers))
            if not elsewhere:
                await send(message)

        await self.app(scope, receive, send_to_known)
        if elsewhere:
            await RedirectResponse(elsewhere, 303)(scope, receive, send)


def _elsewhere(headers: Headers) -> str:
    """Return where somebody goes who is not signed in; "" for who is."""
    try:
        if visitor.identity(headers, seen=True):
            return ""
    except Exception as error:  # noqa: BLE001  nobody gets in because something failed
        _log.error("A sign-in could not be looked up: %s", type(error).__name__)
    if sign_in.carries_organisation(headers):
        return sign_in.ORGANISATION
    return sample.PATH if sample.is_offered() else sign_in.SIGN_IN


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
