"""Reminder routes: the calendar's secret address, the link that ends e-mails, the sending round."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from coach import desk, i18n
from coach.desk.accounts.calendar_access import Calendars, NotFound, Wait
from coach.desk.clinic.reminder_queue import ReminderQueue
from coach.export import formats
from coach.i18n import _
from coach.mail import reminders, smtp
from coach.web import html, session_cookie, threads
from coach.web.http import EVERY_METHOD

EVERY_S = 300
CALENDAR = "/calendar/"
#: The calendar program may keep it but must revalidate each time; proxies must not keep it.
ASK_AGAIN = "private, no-cache"
#: These lines change with each request and each entry, and change nothing that is shown.
STAMPS = (b"DTSTAMP:", b"SEQUENCE:")

_log = logging.getLogger(__name__)


async def give_calendar(request: Request) -> Response:
    """Hand a patient's calendar to a program that holds its secret; it carries no cookie."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse(_("This address only gives the file."), 405)
    secret, address = request.path_params["secret"], session_cookie.address(request)
    known = ",".join(request.headers.getlist("if-none-match"))
    return await _answered(lambda: _calendar(secret, address, known))


def _calendar(secret: str, address: str, known: str) -> Response:
    """Return the calendar, or 304 if its tag is among the `known` ones."""
    holder = Calendars(desk.open_installation()).desk(secret, address=address)
    agenda = holder.agenda()
    # A calendar program asks in nobody's language
    with i18n.speaking(i18n.tag("", choice=agenda.language, country=agenda.country)):
        content = formats.calendar(agenda, holder.patient)
    tag = _tag(content)
    headers = {"cache-control": ASK_AGAIN, "etag": f'W/"{tag}"'}
    if known.strip() == "*" or f'"{tag}"' in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _tag(content: bytes) -> str:
    """Return the ETag: equal for calendars that show the same."""
    lines = (line for line in content.split(b"\r\n") if not line.startswith(STAMPS))
    return hashlib.sha256(b"\n".join(lines)).hexdigest()[:32]


class NotCompressed:
    """Removes `accept-encoding` from calendar requests: some programs send it but cannot decode."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http" and scope["path"].startswith(CALENDAR):
            kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)


async def stop_mail(request: Request) -> Response:
    """End the reminders of a link: a page with one button, and what a mail program asks for by itself (RFC 8058).

    Looking alone ends nothing, for programs that check links look at each of them.
    """
    secret, address = request.path_params["secret"], session_cookie.address(request)
    if request.method in ("GET", "HEAD"):
        return await _answered(lambda: _ask(secret, address), told=_page)
    if request.method != "POST":
        return PlainTextResponse(_("This address only ends reminders."), 405)
    return await _answered(lambda: _stop(secret, address))


def _ask(secret: str, address: str) -> Response:
    ReminderQueue(desk.open_installation()).check(secret, address=address)
    text = html.text(_("You get an e-mail on days on which you entered nothing. End that?"))
    return html.page(_("Reminders by e-mail"), text, html.form(button=_("No more e-mails")))


def _stop(secret: str, address: str) -> Response:
    ReminderQueue(desk.open_installation()).stop(secret, address=address)
    return html.page(
        _("No more e-mails"),
        html.note(_("Your e-mail address is forgotten. You can switch it on again in Settings.")),
    )


def _page(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a sentence as a page: a person opened the link of an e-mail."""
    response = html.page(_("Reminders by e-mail"), html.text(sentence), status=status)
    response.headers.update(headers or {})
    return response


async def _answered(
    act: Callable[[], Response], *, told: Callable[..., Response] = PlainTextResponse
) -> Response:
    """Answer alike whatever was wrong with a secret; programs are told in plain text."""
    try:
        return await threads.LINKS.run(act)
    except NotFound:
        return told(_("There is nothing here."), 404)
    except Wait as wait:
        late = {"retry-after": str(wait.minutes * 60)}
        return told(_("Too many tries. Please wait."), 429, late)
    except Exception as error:  # noqa: BLE001  the last stop: a program gets a sentence and nothing of the record
        _log.error("Reminders could not be used: %s", type(error).__name__)
        return told(_("This does not work just now. Try again later."), 503)


routes = [
    Route(CALENDAR + "{secret}.ics", give_calendar, methods=EVERY_METHOD),
    Route(reminders.STOP + "{secret}", stop_mail, methods=EVERY_METHOD),
]


async def rounds(sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Send what is due every few minutes, as long as the server runs; at once where no mail server is named."""
    while True:
        try:
            by = smtp.configured()
            if by is None:
                return
            await threads.MAIL.run(partial(_round, by))
        except smtp.Unsettled as trouble:
            _log.error("No reminders are sent by e-mail: %s is missing or wrong.", trouble.why.value)
            return
        except Exception as error:  # noqa: BLE001  the next round may go well
            _log.error("Reminders could not be sent: %s", type(error).__name__)
        await sleep(EVERY_S)


def _round(by: smtp.Post) -> None:
    if desk.is_there():
        reminders.run(desk.open_installation(), by)
