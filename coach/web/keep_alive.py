"""Keeps a session alive while the user types, so that it does not time out in mid-word."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach.web import session_cookie, threads
from coach.web.http import EVERY_METHOD

_log = logging.getLogger(__name__)


async def is_typing(request: Request) -> Response:
    """Keep the sender signed in: a page sends this when a key was pressed, once a minute at most."""
    if request.method != "POST":
        return Response(status_code=405)
    if not session_cookie.is_own_page(request.headers):
        return Response(status_code=403)
    try:
        known = await threads.POSTS.run(lambda: session_cookie.identity(request.headers, seen=True))
    except Exception as error:  # noqa: BLE001  the page goes on as it is
        _log.error("A sign-in could not be looked up: %s", type(error).__name__)
        return Response(status_code=503)
    return Response(status_code=204 if known else 401)


routes = [Route("/api/typing", is_typing, methods=EVERY_METHOD)]
