"""The audit and the clinic's protocol files, for those who may see them, as files that no cache keeps."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from coach import desk
from coach.desk import NotFound, Principal
from coach.desk.clinic.audit import TrailDesk, Wanted
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.domain.times import read_instant
from coach.export.tables import audit
from coach.i18n import _
from coach.web import session_cookie, threads

_log = logging.getLogger(__name__)

Make = Callable[[Principal], bytes]


async def give_trail(request: Request) -> Response:
    """Hand the lines of the audit that the address asks for to who may see them."""

    def make(who: Principal) -> bytes:
        return audit.csv_bytes(TrailDesk(desk.open_installation(), who).export(_wanted(request)))

    return await _give(request, make, "coach-audit.csv", "text/csv; charset=utf-8")


async def give_protocol(request: Request) -> Response:
    """Hand the protocol file of that digest to who may see it."""
    digest = request.query_params.get("digest", "")

    def make(who: Principal) -> bytes:
        return ProtocolsDesk(desk.open_installation(), who).content(digest)

    return await _give(request, make, "protocol.toml", "application/toml; charset=utf-8")


async def _give(request: Request, make: Make, name: str, kind: str) -> Response:
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse(_("This address only gives the file."), 405)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return _nothing()
    try:
        body = await threads.FILES.run(lambda: _made(request, make))
    except NotFound:
        return _nothing()
    except ValueError:
        return PlainTextResponse(_("The address is not complete. Go back and try again."), 400)
    except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
        _log.error("A file could not be made: %s", type(error).__name__)
        return PlainTextResponse(_("The record cannot be read just now. Nothing is lost. Try again."), 503)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, media_type=kind, headers=headers)


def _nothing() -> Response:
    """Answer alike whether it is missing or not theirs."""
    return PlainTextResponse(_("There is nothing here for you."), 404, {"cache-control": "no-store"})


def _made(request: Request, make: Make) -> bytes:
    who = session_cookie.staff(request.headers)
    if who is None:
        raise NotFound
    return make(who)


def _wanted(request: Request) -> Wanted:
    """Return which lines the address asks for.

    Raises:
        ValueError: a time, a text or an identifier in it is none.
    """
    asked = request.query_params
    if "\0" in "".join(asked.values()):
        raise ValueError("a text that no database holds")
    return Wanted(
        since=_instant(asked.get("since", "")),
        until=_instant(asked.get("until", "")),
        account=UUID(asked["account"]) if asked.get("account") else None,
        reference=asked.get("reference", ""),
        action=asked.get("action") or None,
        refused=asked.get("refused") == "1",
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    return read_instant(text)
