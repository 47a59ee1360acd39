"""Shared by all routes: they get every method, and no body is read beyond a limit."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request

# Otherwise Streamlit's document would answer the methods that a route does not list.
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def asks_from_here(headers: Headers) -> bool:
    """Tell whether a request to read comes from our own pages, from an address bar, or from no browser."""
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def body_of(request: Request, most: int) -> bytes | None:
    """Read a request's body, or None as soon as it is longer than that many bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)
