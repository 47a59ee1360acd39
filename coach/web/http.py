"""Shared by all routes: they get every method, and no body is read beyond a limit."""

from __future__ import annotations

from starlette.requests import Request

# Otherwise Streamlit's document would answer the methods that a route does not list.
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


async def body_of(request: Request, most: int) -> bytes | None:
    """Read a request's body, or None as soon as it is longer than that many bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)
