"""The own drawings of the clinic's protocols, as pictures, for who has signed in."""

from __future__ import annotations

import logging
import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach import desk
from coach.config import mode
from coach.domain import own_drawing
from coach.web import session_cookie, threads
from coach.web.downloads import BROKEN, NOTHING, ONLY_GIVES
from coach.web.http import EVERY_METHOD, asks_from_here
from coach.web.security_headers import DRAWING, carries_home_cookie

_KEY = re.compile(r"[0-9a-f]{64}")
# Not for a cache between: it is for who has signed in. It never changes under its address.
_KEPT = {"cache-control": "private, max-age=31536000, immutable"}

_log = logging.getLogger(__name__)


async def _give(request: Request) -> Response:
    """Answer with the drawing that the address names by its SHA-256."""
    if request.method not in ("GET", "HEAD"):
        return ONLY_GIVES.response()
    key = request.query_params.get("of", "")
    if not asks_from_here(request.headers) or not _KEY.fullmatch(key):
        return NOTHING.response()
    try:
        found = await threads.LOOKS.run(lambda: _found(key, request.headers))
    except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
        _log.error("A drawing could not be given: %s", type(error).__name__)
        return BROKEN.response()
    if found is None:
        return NOTHING.response()
    return Response(own_drawing.on_paper(found), media_type="image/svg+xml", headers=_KEPT)


def _found(key: str, headers: Headers) -> str | None:
    # A picture that a page loads is no act of who sits there
    known = session_cookie.identity(headers, seen=False) if mode.is_clinic() else carries_home_cookie(headers)
    return desk.open_installation().protocol_registry.drawing(key) if known else None


routes = [Route(DRAWING, _give, methods=EVERY_METHOD)]
