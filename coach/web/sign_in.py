"""The sign-in pages: name and password, code, invitation, sign-out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape

import segno
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from coach import desk
from coach.config import mode
from coach.desk.access.one_time_codes import Enrolment
from coach.desk.access.rate_limits import Wait
from coach.desk.accounts.sign_in import NotKnown, SignIns, Stage, Started
from coach.domain.errors import BadValue
from coach.domain.json_text import parsed
from coach.i18n import _, ngettext
from coach.text import errors as errors_text
from coach.web import session_cookie, threads
from coach.web.forms import MAX_BYTES, FormRefused, fields, plainly
from coach.web.html import field, form, link, note, page, text, wrong
from coach.web.http import EVERY_METHOD, body_of

SIGN_IN = "/sign-in"
SECOND = "/sign-in/second"
JOIN = "/join"
SIGNED_OUT = "/signed-out"
# A page of the app, as Streamlit talks to the OpenID provider
ORGANISATION = "/sign-in-organisation"
NOBODY = "sign_in/nobody.js"  # of pages where nobody is signed in: how the last one's looked is forgotten

_log = logging.getLogger(__name__)
_offers_organisation = False


def offer_organisation(*, offered: bool) -> None:
    """Set whether sign-in by OpenID Connect is set up on this server."""
    global _offers_organisation
    _offers_organisation = offered


def offers_organisation() -> bool:
    """Tell whether sign-in by OpenID Connect is set up on this server."""
    return _offers_organisation


def _sign_ins() -> SignIns:
    return SignIns(desk.open_installation())


async def _at_the_desk(request: Request, act: Callable[[str, str], Started]) -> Started:
    """Let somebody in by work that takes a while, in a few threads that nothing else waits for.

    `act` gets the network address and what the device carries. A session that the browser had ends.

    Raises:
        FormRefused: too many wait already.
    """
    address, device = session_cookie.address(request), session_cookie.device(request.headers)

    def let_in() -> Started:
        started = act(address, device)
        _sign_ins().out(session_cookie.token(request.headers))
        return started

    try:
        return await threads.SIGN_INS.run(let_in)
    except threads.Busy:
        raise FormRefused(503, _("Many people sign in just now. Try again in a minute.")) from None


def _go(to: str) -> Response:
    return RedirectResponse(to, 303)


def on(started: Started, request: Request) -> Response:
    """Redirect a signed-in user to the app, with the session cookie."""
    response = _go("/" if started.stage is Stage.FULL else SECOND)
    session_cookie.forget_organisation(request, response)
    session_cookie.keep(response, started.token)
    if started.stage is Stage.FULL:
        session_cookie.keep_device(request, response, started.account)
    return response


def must_wait(wait: Wait) -> str:
    """Return the message that says how long to wait before the next attempt."""
    return ngettext(
        "There were too many tries. Try again in {n} minute.",
        "There were too many tries. Try again in {n} minutes.",
        wait.minutes,
    ).format(n=wait.minutes)


# name and password


@plainly
async def sign_in(request: Request) -> Response:
    """Ask for name and password, and let in who knows both."""
    if request.method != "POST":
        return _sign_in_page(said=_notice(request))
    typed = await fields(request)
    login, password = typed.get("login", ""), typed.get("password", "")
    try:
        started = await _at_the_desk(
            request,
            lambda address, device: _sign_ins().by_password(login, password, address=address, device=device),
        )
    except NotKnown:
        sentence = _("This name and password do not belong together. Check both, then try again.")
        return _sign_in_page(login=login, fault=sentence, status=401)
    except Wait as wait:
        return _sign_in_page(login=login, fault=must_wait(wait), status=429)
    return on(started, request)


def _notice(request: Request) -> str:
    if "ended" in request.query_params:
        return note(_("You were signed out. Nothing that was saved is lost."))
    if "unknown" in request.query_params:
        return wrong(_("Your organisation’s sign-in is not known here. Ask whoever runs Coach to add you."))
    return ""


def _sign_in_page(*, login: str = "", fault: str = "", said: str = "", status: int = 200) -> Response:
    parts = [
        said,
        wrong(fault),
        form(
            field("login", _("Name"), hint=_("As on your invitation."), autocomplete="username",
                  autocapitalize="none", spellcheck="false", value=login[:100]),
            field("password", _("Password"), type_="password", autocomplete="current-password"),
            button=_("Sign in"),
        ),
    ]  # fmt: skip
    if _offers_organisation:
        parts.append(link(ORGANISATION, _("Sign in with your organisation")))
    parts.append(link(JOIN, _("I have an invitation")))
    parts.append(text(_forgotten()))
    return page(_("Sign in"), *parts, status=status, scripts=(NOBODY, "sign_in/here.js"))


def _forgotten() -> str:
    if mode.is_clinic():
        return _("Forgotten your password? Your clinic can invite you again.")
    return _("Have you lost your password? Whoever set up this computer can set a new one.")


# the code


@plainly
async def second(request: Request) -> Response:
    """Ask for the code of the second factor; the first time, show what the app for codes needs."""
    carried = session_cookie.token(request.headers)
    if request.method != "POST":
        return await _second_page(carried)
    typed = await fields(request)
    try:
        started = await _at_the_desk(
            request,
            lambda address, device: _sign_ins().by_code(
                carried, typed.get("code", ""), address=address, device=device
            ),
        )
    except NotKnown:
        return _go(f"{SIGN_IN}?ended=1")
    except BadValue as refused:
        return await _second_page(carried, fault=errors_text.refusal(refused), status=401)
    except Wait as wait:
        return await _second_page(carried, fault=must_wait(wait), status=429)
    return on(started, request)


async def _second_page(carried: str, *, fault: str = "", status: int = 200) -> Response:
    try:
        enrolment = await threads.LOOKS.run(lambda: _sign_ins().enrolment(carried))
    except NotKnown:
        return _go(f"{SIGN_IN}?ended=1")
    parts = [wrong(fault)]
    if enrolment:
        parts += set_up(enrolment)
    parts.append(
        form(
            field("code", _("Code"), hint="" if enrolment else _("Six digits, from the app on your phone."),
                  inputmode="numeric", autocomplete="one-time-code", maxlength="10", autofocus="autofocus"),
            button=_("Go on"),
        )
    )  # fmt: skip
    parts.append(link(SIGN_IN, _("Start again")))
    heading = _("Set up your codes") if enrolment else _("Enter your code")
    return page(heading, *parts, status=status)


def set_up(enrolment: Enrolment) -> list[str]:
    """Return the form for setting up an authenticator app, up to its first code."""
    picture = segno.make(enrolment.address, error="m").svg_inline(scale=5, border=2)
    secret = " ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4))
    alone = escape(_("A code to scan; the same stands below in letters"))
    return [
        text(
            _(
                "An app on your phone makes codes that protect your account. The one you use elsewhere will do."
            )
        ),
        text(_("1. Scan this picture with that app.")),
        f'<div class="picture" role="img" aria-label="{alone}">{picture}</div>',
        text(_("Or type this key into the app:")),
        f'<p class="code">{secret}</p>',
        text(_("2. Enter the code of six digits that the app shows now.")),
    ]


# an invitation


@plainly
async def join(request: Request) -> Response:
    """Ask for the code of an invitation and a new password."""
    if request.method != "POST":
        return _join_page()
    typed = await fields(request)
    code, password = typed.get("code", ""), typed.get("password", "")
    try:
        started = await _at_the_desk(
            request, lambda address, _device: _sign_ins().by_invitation(code, password, address=address)
        )
    except NotKnown:
        sentence = _(
            "This code opens nothing. Codes work once, for seven days. Check it, or ask for a new one."
        )
        return _join_page(code=code, fault=sentence, status=401)
    except BadValue as refused:
        return _join_page(code=code, fault=errors_text.refusal(refused), status=400)
    except Wait as wait:
        return _join_page(code=code, fault=must_wait(wait), status=429)
    return on(started, request)


def _join_page(*, code: str = "", fault: str = "", status: int = 200) -> Response:
    return page(
        _("Welcome"),
        wrong(fault),
        text(_("Enter the code from your invitation and choose a password. Next time your name and password are enough.")),
        form(
            field("code", _("Code of your invitation"), hint=_("16 letters and digits. Capitals and dashes make no difference."),
                  autocomplete="off", autocapitalize="characters", spellcheck="false", value=code[:40]),
            field("password", _("New password"), hint=_("At least 8 characters. A few words in a row are easy to remember."),
                  type_="password", autocomplete="new-password", minlength="8", maxlength="256"),
            button=_("Go on"),
        ),
        link(SIGN_IN, _("I have a password already")),
        status=status,
        scripts=(NOBODY, "sign_in/join.js"),
    )  # fmt: skip


# the way out


@plainly
async def sign_out(request: Request) -> Response:
    """End this session, or all of this person; asks first when only looked at."""
    if request.method != "POST":
        everywhere = '<input type="hidden" name="everywhere" value="1">'
        return page(
            _("Sign out"),
            form(button=_("Sign out here")),
            form(everywhere, button=_("Sign out on all devices"), quiet=True),
            link("/", _("Go back")),
        )
    typed, carried = await fields(request), session_cookie.token(request.headers)

    def leave() -> None:
        if typed.get("everywhere"):
            _sign_ins().out_everywhere(carried)
        _sign_ins().out(carried)

    await threads.POSTS.run(leave)
    response = _go(SIGNED_OUT)
    session_cookie.forget(request, response)
    return response


@plainly
async def signed_out(request: Request) -> Response:
    """Say that nobody is signed in here any more."""
    known = await threads.LOOKS.run(lambda: session_cookie.identity(request.headers, seen=False))
    if known:
        return _go("/sign-out")
    response = page(
        _("You are signed out"),
        text(_("Nothing that was saved is lost. On a shared device, close the browser too.")),
        link(SIGN_IN, _("Sign in"), quiet=False),
        scripts=(NOBODY,),
    )
    session_cookie.forget(request, response)
    return response


# what scripts ask


async def is_signed_in(request: Request) -> Response:
    """Tell a page whether its viewer is still signed in, without keeping them so.

    A page names its viewer's account, for somebody else may have signed in with the same browser since.
    """
    try:
        known = await threads.LOOKS.run(lambda: session_cookie.identity(request.headers, seen=False))
    except Exception as error:  # noqa: BLE001  the page goes on as it is
        _log.error("A sign-in could not be looked up: %s", type(error).__name__)
        return Response(status_code=503)
    account = request.headers.get("coach-account")
    theirs = known is not None and account in (None, "", str(known.account))
    return Response(status_code=204 if theirs else 401)


async def accept(request: Request) -> Response:
    """Exchange the ticket of an organisation's sign-in for a session; the provider's word is used up in any case."""
    if request.method != "POST" or not session_cookie.is_own_page(request.headers):
        return JSONResponse({"to": SIGN_IN}, 403)
    if request.headers.get("content-type", "").strip().lower() != "application/json":
        return JSONResponse({"to": SIGN_IN}, 415)
    try:
        ticket = await _ticket(request)
        started = await threads.POSTS.run(lambda: _by_ticket(ticket, session_cookie.token(request.headers)))
        response = JSONResponse({"to": "/"})
        session_cookie.keep(response, started.token)
    except NotKnown:
        response = JSONResponse({"to": f"{SIGN_IN}?unknown=1"}, 401)
    except Exception as error:  # noqa: BLE001  the last stop
        _log.error("A ticket could not be exchanged: %s", type(error).__name__)
        response = JSONResponse({"to": SIGN_IN}, 503)
    session_cookie.forget_organisation(request, response)
    return response


def _by_ticket(ticket: str, before: str) -> Started:
    """Sign in by a ticket; the browser's earlier session ends."""
    started = _sign_ins().by_ticket(ticket)
    _sign_ins().out(before)
    return started


async def _ticket(request: Request) -> str:
    body = await body_of(request, MAX_BYTES) or b""
    try:
        content = parsed(body)
    except ValueError:
        raise NotKnown from None
    ticket = content.get("ticket") if isinstance(content, dict) else None
    if not isinstance(ticket, str):
        raise NotKnown
    return ticket


def carries_organisation(headers: Headers) -> bool:
    """Tell whether a request has an OpenID identity that is not used yet."""
    return _offers_organisation and f"{session_cookie.ORGANISATION}=" in headers.get("cookie", "")


routes = [
    Route(SIGN_IN, sign_in, methods=EVERY_METHOD),
    Route(SECOND, second, methods=EVERY_METHOD),
    Route(JOIN, join, methods=EVERY_METHOD),
    Route("/sign-out", sign_out, methods=EVERY_METHOD),
    Route(SIGNED_OUT, signed_out, methods=EVERY_METHOD),
    Route("/api/signed-in", is_signed_in, methods=EVERY_METHOD),
    Route("/api/accept", accept, methods=EVERY_METHOD),
]
OWN_PAGES = frozenset(route.path for route in routes)
