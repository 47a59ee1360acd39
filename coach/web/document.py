"""Adds scripts and styles to Streamlit's document: tap guard, server address, reload after a broken load."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.config.asset_files import SHEETS, address
from coach.web.html import GUARD

_HEAD, _BODY = b"<head>", b"<body>"
_STREAMLITS = b"./static/js/index."
_LATER = ("ui/server.js", "ui/again.js")
_OF_THE_FILE = ("etag", "last-modified", "accept-ranges")
# A document that is compressed, partial or unchanged (304) cannot be rewritten, so the headers that
# allow these are removed.
_ASKED_OTHERWISE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


def _wants_a_document(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


class KnownServer:
    """Inserts three scripts and the style sheets into Streamlit's document.

    The guard must run before anything can be tapped. Without the server's address the document
    tries each part of its own path in turn, and a link to a page, such as /diary, begins with
    requests to /diary/_stcore/… that are answered 404. A page whose delivery broke off may be
    empty: only a script of the document can reload it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _wants_a_document(scope):
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name not in _ASKED_OTHERWISE]
        scope = {**scope, "headers": plain}
        start: Message | None = None
        body = b""

        async def send_document(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                kind = MutableHeaders(scope=message).get("content-type", "")
                if message["status"] == 200 and kind.startswith("text/html"):
                    start = message
                    return
            if start is None:
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            if _STREAMLITS in body:
                guard = f'<script src="{address(GUARD)}"></script>'
                others = "".join(f'<script defer src="{address(each)}"></script>' for each in _LATER)
                body = body.replace(_HEAD, _HEAD + guard.encode() + others.encode(), 1)
                # After the styles that Streamlit writes into the head: of two equal rules the later one
                # holds. Nothing is painted before they are there.
                sheets = "".join(f'<link rel="stylesheet" href="{address(each)}">' for each in SHEETS)
                body = body.replace(_BODY, _BODY + sheets.encode(), 1)
                headers = MutableHeaders(scope=start)
                headers["content-length"] = str(len(body))
                for name in _OF_THE_FILE:
                    if name in headers:
                        del headers[name]
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, send_document)
