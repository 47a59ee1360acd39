"""Limits for Streamlit's web sockets and files: who may use them, and how many at once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.config import mode
from coach.config.capacity import Capacity
from coach.desk.access.authorization import Identity
from coach.i18n import _
from coach.web import html, session_cookie, sign_in, threads
from coach.web.middleware import is_plain
from coach.web.security_headers import is_document, is_own_origin

STREAM = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
MEDIA = "/media/"
# The addresses under /_stcore/ that Streamlit's pages use; metrics and APIs stay closed.
CORE = ("/_stcore/health", "/_stcore/host-config", STREAM, UPLOADS, "/_stcore/bidi-components/")

# Sockets of a session; a tab has one, and a broken one is noticed after a minute
MOST_OF_A_SESSION = 12
MOST_OF_AN_ADDRESS = 200  # sockets of an address; a whole clinic may share one
MOST_STRANGERS = 20  # sockets without a session, for an OpenID sign-in
MOST_STRANGERS_OF_AN_ADDRESS = 4
STRANGER_S = 120  # seconds for which such a socket may stay open
MOST_UPLOADS = 8  # uploads at once
RETRY_S = 30
_MOST_KNOWN = 5_000

TakesFile = Callable[[str, str, UUID | None], bool]

_log = logging.getLogger(__name__)


class Full(Exception):
    """The limit is reached."""


class Places:
    """Counts what is in use of each kind; only used on the event loop's thread."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def taken(self, kind: str) -> int:
        """Return how many of a kind are in use."""
        return self._taken[kind]

    @contextmanager
    def take(self, most: dict[str, int]) -> Iterator[None]:
        """Take one place of each kind while the block runs.

        Raises:
            Full: the limit of a kind is reached.
        """
        if any(self._taken[kind] >= limit for kind, limit in most.items()):
            raise Full
        self._taken.update(most.keys())
        try:
            yield
        finally:
            self._taken.subtract(most.keys())
            self._taken += Counter()  # delete keys whose count is zero


class BrowserSessions:
    """Lets signed-in users open web sockets and upload files, within limits.

    At home there is no sign-in; the limits hold there too.
    """

    def __init__(self, app: ASGIApp, capacity: Capacity, takes_file: TakesFile) -> None:
        self.app = app
        self.capacity = capacity
        self.takes_file = takes_file
        self.places = Places()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] == "websocket":
            await self._open(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif path.startswith("/_stcore") and not path.startswith(CORE):
            await _nothing(scope, receive, send)
        elif path.startswith(UPLOADS):
            await self._take(scope, receive, send)
        elif path.startswith(MEDIA) and mode.is_clinic() and await self._who(Headers(scope=scope)) is None:
            await _nothing(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _who(self, headers: Headers) -> Identity | None:
        """Return who has signed in; nobody where that cannot be looked up."""
        try:
            return await threads.LOOKS.run(lambda: session_cookie.identity(headers, seen=False))
        except Exception as error:  # noqa: BLE001  nobody gets in because something failed
            _log.error("A sign-in could not be looked up: %s", type(error).__name__)
            return None

    # web sockets

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != STREAM:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = session_cookie.address(HTTPConnection(scope))
        most = {"all": self.capacity.sessions, f"address {address}": MOST_OF_AN_ADDRESS}
        stranger = False
        if mode.is_clinic():
            token = session_cookie.token(headers)
            if await self._is_known(headers, token):
                most[f"session {token}"] = MOST_OF_A_SESSION
            elif sign_in.offers_organisation() and is_own_origin(headers):
                stranger = True
                most |= {
                    "strangers": MOST_STRANGERS,
                    f"strangers {address}": MOST_STRANGERS_OF_AN_ADDRESS,
                }
            else:
                await _refuse_socket(scope, send, Response(status_code=403))
                return
        try:
            with self.places.take(most):
                async with asyncio.timeout(STRANGER_S if stranger else None):
                    await self.app(scope, receive, send)
        except Full:
            busy = Response(status_code=503, headers={"retry-after": str(RETRY_S)})
            await _refuse_socket(scope, send, busy)
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1008})

    async def _is_known(self, headers: Headers, token: str) -> bool:
        """Tell whether a session holds, or held when it could be looked up last.

        Where the record is away, its pages say so and come back by themselves; they need their socket for that.
        """
        if not token:
            return False
        digest = hashlib.sha256(token.encode()).digest()
        try:
            found = await threads.LOOKS.run(lambda: session_cookie.identity(headers, seen=False))
        except Exception as error:  # noqa: BLE001  each run of a page asks again
            _log.error("A sign-in could not be looked up: %s", type(error).__name__)
            return digest in self._known
        self._known.pop(digest, None)
        if found is not None:
            self._known[digest] = None
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return found is not None

    # files

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, _slash, file = scope["path"].removeprefix(UPLOADS).partition("/")
        headers = Headers(scope=scope)
        found = await self._who(headers) if mode.is_clinic() else None
        if mode.is_clinic() and found is None:
            refused = PlainTextResponse(_("Sign in first, then try again."), 401)
        elif not self.takes_file(session, file, found.account if found else None):
            refused = PlainTextResponse(_("No page of yours asks for this file. Choose it there again."), 403)
        else:
            try:
                with self.places.take({"uploads": MOST_UPLOADS, f"upload {session}": 1}):
                    await self.app(scope, receive, send)
                return
            except Full:
                refused = PlainTextResponse(_("Many files arrive just now. Try again in a minute."), 503)
                refused.headers["retry-after"] = str(RETRY_S)
        await refused(scope, receive, send)

    # the document

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does; its document only while there is room for the socket that it opens."""
        busy: Response | None = None

        async def send_while_there_is_room(message: Message) -> None:
            nonlocal busy
            if (
                message["type"] == "http.response.start"
                and is_document(message)
                and not is_plain(scope["path"])
            ):
                busy = self._has_no_room(Headers(scope=scope))
            if busy is None:
                await send(message)

        await self.app(scope, receive, send_while_there_is_room)
        if busy is not None:
            await busy(scope, receive, send)

    def _has_no_room(self, headers: Headers) -> Response | None:
        token = session_cookie.token(headers) if mode.is_clinic() else ""
        own = self.places.taken(f"session {token}")
        if token and own >= MOST_OF_A_SESSION:
            return _busy(
                _("Coach is open in many places"),
                _("Coach is open in {n} tabs or windows with your sign-in. Close some, then try again."),
                own,
            )
        # Reloading an open page first frees the old page's place.
        if not own and self.places.taken("all") >= self.capacity.sessions:
            return _busy(
                _("Many people use Coach just now"),
                _("There is no room for one more. Nothing that was saved is lost. Try again in a minute."),
            )
        return None


def _busy(heading: str, sentence: str, n: int = 0) -> Response:
    response = html.page(
        heading,
        html.text(sentence.format(n=n)),
        html.link("/", _("Try again"), quiet=False),
        html.text(
            _(
                "Is something wrong with you? Do not wait for Coach: call your clinic, or the emergency number."
            )
        ),
        status=503,
    )
    response.headers["retry-after"] = str(RETRY_S)
    return response


async def _refuse_socket(scope: Scope, send: Send, refused: Response) -> None:
    """Refuse a web socket before it is opened, by an answer where the server can send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    start = "websocket.http.response.start"
    await send({"type": start, "status": refused.status_code, "headers": refused.raw_headers})
    await send({"type": "websocket.http.response.body", "body": b""})


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(_("There is nothing here for you."), 404)(scope, receive, send)
