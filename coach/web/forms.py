"""What every form of a plain page does: take only its own fields, and answer any error with a plain page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from coach.i18n import _
from coach.web import html, session_cookie
from coach.web.html import page, wrong
from coach.web.http import body_of

MAX_BYTES = 16_000
FORM = "application/x-www-form-urlencoded"
Handler = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger(__name__)


class FormRefused(Exception):
    """A request that no form of ours sends."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def plainly(handler: Handler) -> Handler:
    """Answer any error with a plain page, and log its kind alone."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            if request.method not in ("GET", "HEAD", "POST"):
                raise FormRefused(405, _("This page only takes its own form."))
            return await handler(request)
        except FormRefused as refused:
            return page(_("This was not sent"), wrong(refused.sentence), status=refused.status)
        except Exception as error:  # noqa: BLE001  the last stop: nothing of what was typed may be shown or logged
            _log.error("A page could not be answered: %s", type(error).__name__)
            return html.sorry()

    return answer


async def fields(request: Request) -> dict[str, str]:
    """Return what was typed into a form of one of our own pages.

    Raises:
        FormRefused: it comes from elsewhere, or is no form.
    """
    if not session_cookie.is_own_page(request.headers):
        raise FormRefused(403, _("This was not sent from this page. Load it again, then try once more."))
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise FormRefused(415, _("This page only takes its own form."))
    body = await body_of(request, MAX_BYTES)
    if body is None:
        raise FormRefused(413, _("This is more than fits. Load the page again."))
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10, errors="strict")
    except ValueError:
        raise FormRefused(400, _("This page only takes its own form.")) from None
    return {name: values[0] for name, values in found.items()}
