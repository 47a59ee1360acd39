"""Taking a record along: one file that no cache keeps, for the patient and for who treats them."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from coach import desk
from coach.desk import NotFound
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation import clock
from coach.desk.patient.export import Taking
from coach.export import formats
from coach.export.formats import Form, Paper
from coach.i18n import _
from coach.web import session_cookie, threads

_log = logging.getLogger(__name__)


async def give_record(request: Request) -> Response:
    """Hand a record to whom it is shown, in the form that the address names.

    Without `of` it is the record of the patient who asks; `of` is the ticket of a patient under review.
    """
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse(_("This address only gives the file."), 405)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return _nothing()
    try:
        form = Form(request.path_params["form"])
        paper = Paper(request.query_params.get("paper", Paper.A4))
    except ValueError:
        return _nothing()
    try:
        made = await threads.FILES.run(lambda: _made(request, form, paper))
    except NotFound:
        return _nothing()
    except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
        _log.error("A record could not be handed out: %s", type(error).__name__)
        return PlainTextResponse(_("The record cannot be read just now. Nothing is lost. Try again."), 503)
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": "no-store"}
    return Response(made.content, media_type=made.media_type, headers=headers)


def _nothing() -> Response:
    """Answer alike whether it is missing or not theirs."""
    return PlainTextResponse(_("There is nothing here for you."), 404, {"cache-control": "no-store"})


def _made(request: Request, form: Form, paper: Paper) -> formats.File:
    ticket = request.query_params.get("of")
    found = _of(request, ticket) if ticket is not None else session_cookie.patient_desk(request.headers)
    if found is None:
        raise NotFound
    return formats.make(form, found.patient_record(), paper=paper)


def _of(request: Request, ticket: str) -> Taking | None:
    who = session_cookie.staff(request.headers)
    if who is None:
        return None
    installation = desk.open_installation()
    patient = installation.tickets.patient(ticket, who.account, now=clock.now())
    return ReviewDesk(installation, patient, who) if patient else None
