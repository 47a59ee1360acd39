"""The outbox's route: receives items that a browser stored, and answers which it may forget."""

import json
import logging
import math
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coach import desk
from coach.config import mode
from coach.desk import PatientDesk
from coach.desk.installation import clock
from coach.desk.patient.outbox import NotTheirs
from coach.domain import decisions
from coach.domain.json_text import parsed
from coach.i18n import _
from coach.text import errors as errors_text
from coach.text import reasons as reasons_text
from coach.web import language, session_cookie, threads
from coach.web.http import body_of
from coach.web.security_headers import carries_home_cookie

MAX_BYTES = 256_000
MAX_ITEMS = 50
MAX_PER_MINUTE = 120

_ITEM: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "kind": (str,),
    "session": (str,),
    "age_ms": (int, float),
    "estimated": (bool,),
    "payload": (dict,),
}

_log = logging.getLogger(__name__)


class OutboxRefused(Exception):
    """A refused request, with its status and one plain sentence."""

    def __init__(self, status: int, sentence: str, **more: int) -> None:
        super().__init__(sentence)
        self.status = status
        self.body = {"error": sentence, **more}


async def take_outbox(request: Request) -> Response:
    """Pass a browser's items to the desk, and answer which of them are stored.

    Sending the same items again is safe: the desk recognises them by their ids.
    """
    try:
        known = await _admit(request)
        owner, items = _read(await _body(request))
        answer = await threads.POSTS.run(lambda: _hand_over(known, items, owner, request.headers))
        # ASCII, because an id may contain a lone surrogate, which UTF-8 cannot encode.
        return Response(json.dumps(answer), media_type="application/json")
    except NotTheirs:
        return JSONResponse({"error": _("These entries are not yours.")}, 409)
    except OutboxRefused as refused:
        return JSONResponse(refused.body, refused.status)
    except Exception as error:  # noqa: BLE001  the last stop: the browser keeps its entries and learns nothing else
        _log.error("The outbox could not be taken: %s", type(error).__name__)
        return JSONResponse({"error": _("This could not be saved just now. It will be sent again.")}, 503)


def _hand_over(
    known: PatientDesk | None, items: list[dict[str, Any]], owner: str, headers: Headers
) -> dict[str, Any]:
    """Return the stored ids, the refused ones with reasons, and why everything is closed, if so.

    A new act keeps the sign-in alive; items that the browser sends again do not.
    """
    patient = known or desk.home()
    language.speak_to(headers, patient.history())
    receipt = patient.outbox.receive(items, owner=owner)
    if known and receipt.there:
        session_cookie.identity(headers, seen=True)
    closed = patient.closed_by_somebody()
    return {
        "ack": receipt.acknowledged,
        "refused": [{"id": item, "why": errors_text.refusal(why)} for item, why in receipt.refused],
        "closed": _why(patient, closed) if closed else "",
    }


def _why(patient: PatientDesk, closed: decisions.Reason) -> str:
    said = reasons_text.reason(closed, patient.case)
    return " ".join(filter(None, [said, reasons_text.given_why(closed)]))


async def _admit(request: Request) -> PatientDesk | None:
    """Refuse whoever is not a page of ours in a browser of this home, or of a patient who has signed in.

    Returns:
        The desk of the patient who has signed in; None at home, where nobody does.
    """
    headers, known = request.headers, None
    if request.method != "POST":
        raise OutboxRefused(405, _("This address only takes entries."))
    if mode.is_clinic():
        known = await threads.POSTS.run(lambda: session_cookie.patient_desk(headers, seen=False))
        if known is None:
            raise OutboxRefused(401, _("Nobody has signed in here. It will be sent after the next sign-in."))
    elif not carries_home_cookie(headers):
        raise OutboxRefused(403, _("This browser is not known here. Load the page again."))
    if not session_cookie.is_own_page(headers):
        raise OutboxRefused(403, _("Entries are only taken from the app's own pages."))
    if headers.get("content-type", "").strip().lower() != "application/json":
        raise OutboxRefused(415, _("Entries must be sent as JSON."))
    patient = known.patient if known else None
    # This server's own count first: a refusal then needs no query.
    if not _rates[patient].admits(time.monotonic()) or not await threads.POSTS.run(lambda: _admits(patient)):
        raise OutboxRefused(429, _("Too many at once. It will be sent again in a minute."))
    return known


def _admits(patient: UUID | None) -> bool:
    """Count a request of that patient over all servers; at home there is only one."""
    return patient is None or desk.open_installation().rates.admits(
        "outbox", patient, most=MAX_PER_MINUTE, now=clock.now()
    )


async def _body(request: Request) -> bytes:
    body = await body_of(request, MAX_BYTES)
    if body is None:
        raise OutboxRefused(413, _("This is too much at once. Send fewer entries."))
    return body


def _read(body: bytes) -> tuple[str, list[dict[str, Any]]]:
    """Return the owner and the items of a valid body."""
    try:
        content = parsed(body, half_letters=True)
    except ValueError:
        raise OutboxRefused(400, _("This is not JSON that this program reads.")) from None
    match content:
        case {"owner": str(owner), "items": list(items), **rest} if not rest and owner:
            pass
        case _:
            raise OutboxRefused(400, _("An owner and a list of entries are needed."))
    if len(items) > MAX_ITEMS:
        raise OutboxRefused(413, _("This is too much at once. Send fewer entries."))
    for position, item in enumerate(items):
        if not _is_item(item):
            raise OutboxRefused(400, _("An entry is not in a form that this program reads."), item=position)
    return owner, items


def _is_item(item: object) -> bool:
    """Tell whether an item has exactly the agreed fields; the desk checks their meaning."""
    if not isinstance(item, dict) or item.keys() != _ITEM.keys():
        return False
    # `type`, not `isinstance`: True is an int, but no age.
    well_typed = all(type(item[name]) in kinds for name, kinds in _ITEM.items())
    return well_typed and bool(item["id"]) and 0 <= item["age_ms"] < math.inf


@dataclass
class _Rate:
    """Limits the requests of one patient in any minute."""

    times: list[float] = field(default_factory=list)

    def admits(self, now_s: float) -> bool:
        self.times = [then for then in self.times if now_s - then < 60]
        if len(self.times) >= MAX_PER_MINUTE:
            return False
        self.times.append(now_s)
        return True


_rates: defaultdict[UUID | None, _Rate] = defaultdict(_Rate)
