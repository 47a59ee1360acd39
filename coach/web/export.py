"""The export: everything recorded, as one file that no cache keeps and no other browser gets."""

import logging

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from coach.config import mode
from coach.export import history_json
from coach.i18n import _
from coach.web import session_cookie, threads
from coach.web.guards import carries_home_cookie

FILE_NAME = "coach-history.json"

_log = logging.getLogger(__name__)


async def give_export(request: Request) -> Response:
    """Hand the history to one of this home's own browsers, as a file to keep."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse(_("This address only gives the file."), 405)
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    known = mode.is_clinic() or carries_home_cookie(request.headers)
    if foreign or not known:
        return PlainTextResponse(_("This browser is not known here. Open the app, then try again."), 403)
    try:
        body = await threads.FILES.run(lambda: _file(request.headers))
    except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
        _log.error("The export could not be made: %s", type(error).__name__)
        return PlainTextResponse(_("Your record cannot be read just now. Nothing is lost. Try again."), 503)
    if body is None:
        return PlainTextResponse(_("Sign in first, then try again."), 401)
    headers = {
        "content-disposition": f'attachment; filename="{FILE_NAME}"',
        "cache-control": "no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


def _file(headers: Headers) -> bytes | None:
    """Return the file, None where nobody has signed in as a patient."""
    patient = session_cookie.patient_desk(headers)
    if patient is None:
        return None
    return history_json.content(patient.patient_record())
