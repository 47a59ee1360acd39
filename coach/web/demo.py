"""The demo's entrance: choose whom to look as, without a password. Real installations have none."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coach import desk
from coach.desk import NotFound, RecordUnavailable
from coach.desk.accounts import demo_viewers
from coach.desk.accounts.sign_in import NotKnown
from coach.i18n import N_, _
from coach.web import threads
from coach.web.forms import fields, plainly
from coach.web.html import form, page, text
from coach.web.http import EVERY_METHOD
from coach.web.sign_in import on

PATH = "/sample"
VIEWERS = {
    "physiotherapist": N_("Look as a physiotherapist"),
    "patient": N_("Look as a patient"),
    "administrator": N_("Look as an administrator"),
}


def is_offered() -> bool:
    """Tell whether this server shows sample data, which need no password."""
    try:
        return bool(demo_viewers.viewers(desk.open_installation()))
    except RecordUnavailable:
        return False


@plainly
async def look(request: Request) -> Response:
    """Ask whom to look as, and begin a session as that one."""
    if not await threads.LOOKS.run(is_offered):
        return page(_("Not found"), text(_("There is nothing here for you.")), status=404)
    if request.method != "POST":
        return _whom()
    name = (await fields(request)).get("as", "")
    try:
        started = await threads.POSTS.run(lambda: demo_viewers.look_as(desk.open_installation(), name))
    except (NotFound, NotKnown):
        return _whom()
    return on(started, request)


def _whom() -> Response:
    forms = [
        form(
            f'<input type="hidden" name="as" value="{escape(name)}">',
            button=_(label),
            quiet=name != "physiotherapist",
        )
        for name, label in VIEWERS.items()
    ]
    return page(
        _("Sample data"),
        text(
            _(
                "A clinic of 42 sample patients. Nothing here is about anybody. It is deleted when the demo is stopped."
            )
        ),
        *forms,
    )


routes = [Route(PATH, look, methods=EVERY_METHOD)]
