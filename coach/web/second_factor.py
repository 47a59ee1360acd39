"""The page where a patient switches the second factor, a code from the phone, on or off."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coach import desk
from coach.desk.access.rate_limits import Wait
from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.domain.errors import BadValue
from coach.i18n import _
from coach.text import errors as errors_text
from coach.web import session_cookie, sign_in, threads
from coach.web.forms import fields, plainly
from coach.web.html import field, form, link, page, text, wrong
from coach.web.http import EVERY_METHOD

PATH = "/second-factor"
SETTINGS = "/settings?part=signing-in"


@plainly
async def second_factor(request: Request) -> Response:
    """Show a patient who has signed in how codes are switched on, or off."""
    carried = session_cookie.token(request.headers)
    sign_ins = SignIns(desk.open_installation())
    if request.method != "POST":
        return await _page(carried)
    typed = await fields(request)
    address, device = session_cookie.address(request), session_cookie.device(request.headers)
    on, code = typed.get("on", "") == "1", typed.get("code", "")
    try:
        await threads.POSTS.run(
            lambda: sign_ins.switch_second_factor(carried, code, on=on, address=address, device=device)
        )
    except NotKnown:  # signed out, or already in that state
        return RedirectResponse(PATH, 303)
    except BadValue as refused:
        return await _page(carried, fault=errors_text.refusal(refused), status=401)
    except Wait as wait:
        return await _page(carried, fault=sign_in.must_wait(wait), status=429)
    said = _("Codes are on. At your next sign-in you are asked for one.") if on else _("Codes are off.")
    return page(_("Saved"), text(said), link(SETTINGS, _("Back to Settings"), quiet=False))


async def _page(carried: str, *, fault: str = "", status: int = 200) -> Response:
    sign_ins = SignIns(desk.open_installation())
    known = await threads.LOOKS.run(lambda: sign_ins.has_second_factor(carried))
    if known is None:
        return RedirectResponse("/", 303)
    if known:
        heading, button, before = _("Codes at sign-in"), _("Switch codes off"), [
            text(_("At each sign-in you are asked for a code of your phone.")),
            text(_("To switch this off, enter the code that the app shows now.")),
        ]  # fmt: skip
    else:
        enrolment = await threads.LOOKS.run(lambda: sign_ins.own_enrolment(carried))
        heading, button, before = _("Set up your codes"), _("Switch codes on"), sign_in.set_up(enrolment)
        before.append(text(_("If you lose the phone, your clinic can invite you again.")))
    return page(
        heading,
        wrong(fault),
        *before,
        form(
            f'<input type="hidden" name="on" value="{0 if known else 1}">',
            field("code", _("Code"), inputmode="numeric", autocomplete="one-time-code", maxlength="10"),
            button=button,
        ),
        link(SETTINGS, _("Back to Settings")),
        status=status,
    )


routes = [Route(PATH, second_factor, methods=EVERY_METHOD)]
