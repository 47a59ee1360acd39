"""Adds to Streamlit's document: tap guard, server address, reload after a broken load, what is needed first."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from html import escape

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach import i18n
from coach.config.asset_files import SCRIPTS, SHEETS, address, icon_addresses, sign_icons
from coach.i18n import _
from coach.web import bundle
from coach.web.file_cache import reads_gzip
from coach.web.html import GUARD

_HEAD = b"<head>"
_END = b"</head>"
_LANG = re.compile(rb"<html[^>]*>")
_BODY = b"<body>"
_STREAMLITS = b"./static/js/index."
_LATER = ("ui/server.js", "ui/again.js")
_PICTURE = "drawings/states/wait.svg"
_LOOKS = "ui/looks.js"  # a module: the page's frame is given the same one
# The typeface of Streamlit's own look, 170 kB: ours has another.
_THEIR_FONT = re.compile(rb'<link\s+rel="preload"\s[^>]*?/SourceSans[^>]*>\s*')
# What Streamlit asks the server before it opens its web socket.
_ASKED_FIRST = ("/_stcore/health", "/_stcore/host-config")
_OF_THE_FILE = ("etag", "last-modified", "accept-ranges")
# A document that is compressed, partial or unchanged (304) cannot be rewritten, so the headers that
# allow these are removed.
_ASKED_OTHERWISE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


def _wants_a_document(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


class KnownServer:
    """Inserts four scripts at the start of Streamlit's document, and names what is needed first.

    The guard must run before anything can be tapped. Without the server's address the document
    tries each part of its own path in turn, and a link to a page, such as /diary, begins with
    requests to /diary/_stcore/… that are answered 404. A page whose delivery broke off may be
    empty: only a script of the document can reload it. How the page looks must be known before Streamlit asks
    for the theme.
    """

    def __init__(self, app: ASGIApp, fonts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.fonts = fonts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _wants_a_document(scope):
            await self.app(scope, receive, send)
            return
        compressed = reads_gzip(Headers(scope=scope))
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
                body = _with_ours(body, self.fonts, *_spoken(), compressed=compressed)
                headers = MutableHeaders(scope=start)
                headers["content-length"] = str(len(body))
                headers.add_vary_header("accept-encoding")
                headers.add_vary_header("accept-language")
                if compressed:
                    headers["content-encoding"] = "gzip"
                for name in _OF_THE_FILE:
                    if name in headers:
                        del headers[name]
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, send_document)


def _opening() -> str:
    """Return what is seen until the page is there (again.js takes it away), and what to do if it is slow.

    It needs no script and no server. Taps go through it, as nothing may lie over what is on the page.
    """
    picture = f'<img src="{address(_PICTURE)}" alt="" width="240" height="130">'
    soon, late = escape(_("One moment …")), escape(_("This takes longer than usual. Please wait."))
    need = escape(_("Do you need help right now? Call the emergency number, or your clinic."))
    return (
        f'<div id="coach-opening" role="status">{picture}<p><b>{soon}</b></p>'
        f'<p class="coach-late">{late}<br>{need}</p></div>'
    )


def _spoken() -> tuple[str, str]:
    return i18n.current().tag, i18n.current().direction


@lru_cache(maxsize=64)
def _with_ours(
    document: bytes, fonts: tuple[str, ...], lang: str, direction: str, *, compressed: bool
) -> bytes:
    """Return Streamlit's document with what is ours in it; nothing of who asks stands in it but the language."""
    document = _LANG.sub(f'<html lang="{lang}" dir="{direction}">'.encode(), document, count=1)
    guard = f'<script src="{address(GUARD)}"></script>'
    others = "".join(f'<script defer src="{address(each)}"></script>' for each in _LATER)
    document = _THEIR_FONT.sub(b"", document)
    looks = f'<script type="module" src="{address(_LOOKS)}"></script>'
    document = document.replace(_HEAD, _HEAD + f"{guard}{others}{looks}".encode(), 1)
    faces = [f'<link rel="preload" as="font" crossorigin href="{each}">' for each in fonts]
    asked = [f'<link rel="preload" as="fetch" crossorigin href="{each}">' for each in _ASKED_FIRST]
    parts = [f'<link rel="modulepreload" crossorigin href="/{each}">' for each in bundle.parts()]
    scripts = [f'<link rel="modulepreload" href="{address(each)}">' for each in SCRIPTS]
    document = document.replace(_END, "".join([*faces, *asked, *parts, *scripts]).encode() + _END, 1)
    # After the styles that Streamlit writes into the head: of two equal rules the later one holds.
    # Nothing is painted before they are there.
    sheets = "".join(f'<link rel="stylesheet" href="{address(each)}">' for each in SHEETS)
    icons = f"<style>{icon_addresses()}{sign_icons()}</style>"
    document = document.replace(_BODY, f"{_BODY.decode()}{sheets}{icons}{_opening()}".encode(), 1)
    return gzip.compress(document, 9, mtime=0) if compressed else document
