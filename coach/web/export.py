"""The export: everything recorded, as one file that no cache keeps and no other browser gets."""

import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from coach import desk
from coach.i18n import _
from coach.web.guards import carries_home_cookie

FILE_NAME = "coach-history.json"

_log = logging.getLogger(__name__)


async def give_export(request: Request) -> Response:
    """Hand the history to one of this home's own browsers, as a file to keep."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse(_("This address only gives the file."), 405)
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if foreign or not carries_home_cookie(request.headers):
        return PlainTextResponse(_("This browser is not known here. Open the app, then try again."), 403)
    try:
        body = await run_in_threadpool(_file)
    except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
        _log.error("The export could not be made: %s", type(error).__name__)
        return PlainTextResponse(_("Your record cannot be read just now. Nothing is lost. Try again."), 503)
    headers = {
        "content-disposition": f'attachment; filename="{FILE_NAME}"',
        "cache-control": "no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


def _file() -> bytes:
    content = desk.home().export()
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode()
