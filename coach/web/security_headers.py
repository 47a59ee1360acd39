"""Middleware for every request: security headers, allowed host names, the home's cookie."""

import base64
import hashlib
import importlib.util
import logging
import re
import secrets
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.config import data_folder, mode
from coach.i18n import _

_log = logging.getLogger(__name__)

# A picture that a protocol brought: even opened by itself it runs and loads nothing.
DRAWING = "/api/drawing"
_DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
_YEAR_S = 31_536_000
_KEPT = (200, 206, 304)  # a refused file must not be cached in place of the file
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def _document_script_hashes() -> str:
    """Return the CSP hashes of the inline scripts in the installed Streamlit's document."""
    spec = importlib.util.find_spec("streamlit")
    if spec is None or spec.origin is None:
        raise RuntimeError("Streamlit is not installed")
    document = (Path(spec.origin).parent / "static" / "index.html").read_text("utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(document))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def security_headers() -> dict[str, str]:
    """Return the headers of every answer."""
    policy = {
        "default-src": "'none'",
        # Streamlit loads a component's script, and starts its worker, from a blob: URL.
        "script-src": f"'self' blob: {_document_script_hashes()}",
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "screen-wake-lock=(self), camera=(), geolocation=(), microphone=(), payment=()",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
    if mode.is_https():
        headers["strict-transport-security"] = f"max-age={_YEAR_S}"
    return headers


class SecurityHeaders:
    """Adds the security headers to every answer and forbids caching of documents and data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                if scope["path"] == DRAWING:
                    headers["content-security-policy"] = _DRAWING_POLICY
                if message["status"] not in _KEPT or not _may_be_kept(scope["path"], headers):
                    headers["cache-control"] = "no-store"
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # The framework's own error page would not pass through here and lack the headers.
            if started:
                raise
            _log.error("A request failed: %s", type(error).__name__)
            sorry = PlainTextResponse(_("Something went wrong here. Please try again."), 500)
            await sorry(scope, receive, send_with_headers)


def _may_be_kept(path: str, headers: Headers) -> bool:
    """Tell whether an answer may be cached: files of the program may, documents and data never.

    A calendar program may keep its calendar privately, and revalidates it each time. A protocol's
    drawing stays the same under its address.
    """
    if path.startswith("/calendar/"):
        return headers.get("cache-control", "") == "private, no-cache"
    if path == DRAWING:
        return headers.get("content-type", "").startswith("image/svg+xml")
    is_document = headers.get("content-type", "").startswith("text/html")
    return path.startswith(("/static/", "/coach-assets/")) and not is_document


def is_document(start: Message) -> bool:
    """Tell whether an answer is the HTML document of a page."""
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")


def is_own_origin(headers: Headers) -> bool:
    """Tell whether a request's Origin is this server."""
    scheme, _colon, name = headers.get("origin", "").partition("://")
    return scheme in {"http", "https"} and name == headers.get("host")


class KnownHosts:
    """Refuses unknown host names (DNS rebinding) and web sockets opened by other sites' pages.

    Streamlit checks the origin of web sockets against the same list, but accepts
    any page on this computer, on any port.
    """

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...]) -> None:
        self.app = app
        self.allowed = tuple(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):  # lifespan events have no headers
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "websocket" and "origin" in headers and not is_own_origin(headers):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "websocket" or self._knows(headers.get("host", "")):
            await self.app(scope, receive, send)
            return
        words = _("This server is not known under this name. The allowed names stand in its settings.")
        await PlainTextResponse(words, 403)(scope, receive, send)

    def _knows(self, host: str) -> bool:
        name = re.sub(r":\d*$", "", host).strip("[]").lower()
        return any(name == own or (own.startswith("*.") and name.endswith(own[1:])) for own in self.allowed)


@cache
def home_cookie() -> tuple[str, str]:
    """Return name and value of the cookie of this home's browsers.

    The name contains a digest of the value: cookies ignore ports, and two homes may run on one
    computer.
    """
    try:
        key = data_folder.browser_key()
    except OSError as error:
        _log.warning("The browser key cannot be kept and changes at the next start: %s", error)
        key = secrets.token_urlsafe(32)
    return f"coach-home-{hashlib.sha256(key.encode()).hexdigest()[:12]}", key


def carries_home_cookie(headers: Headers) -> bool:
    """Tell whether a request has the cookie of this home."""
    name, value = home_cookie()
    try:
        carried = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return False
    return carried is not None and secrets.compare_digest(carried.value.encode(), value.encode())


class HomeCookie:
    """Sets the home's cookie for a browser that loads the document without it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or carries_home_cookie(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    name, value = home_cookie()
                    headers.append("set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Strict")
            await send(message)

        await self.app(scope, receive, send_with_cookie)
