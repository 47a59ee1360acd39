"""Who sends a request: reads the sign-in cookie, and finds the desk of its account."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from uuid import UUID

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from coach import desk
from coach.config import mode
from coach.desk import PatientDesk, Principal
from coach.desk.access import known_devices
from coach.desk.access.authorization import Identity
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation import clock
from coach.web.security_headers import carries_home_cookie, is_own_origin

DEVICE = "-device"  # suffix to the name of the session cookie
ORGANISATION = "_streamlit_user"  # the cookies in which Streamlit keeps an OpenID identity


def token(headers: Headers) -> str:
    """Return the session token of a request, "" without one."""
    return _carried(headers)


def device(headers: Headers) -> str:
    """Return the known-device cookie of a request, "" without one."""
    return _carried(headers, DEVICE)


def _carried(headers: Headers, tail: str = "") -> str:
    try:
        carried = SimpleCookie(headers.get("cookie", "")).get(mode.session_cookie() + tail)
    except (CookieError, OSError):
        return ""
    return carried.value if carried else ""


def identity(headers: Headers, *, seen: bool) -> Identity | None:
    """Return who is signed in, or None; `seen` resets the idle time.

    Raises:
        RecordUnavailable: the record cannot be opened.
    """
    carried = token(headers)
    if not carried:
        return None
    return SignIns(desk.open_installation()).identity(carried, seen=seen)


def patient_desk(headers: Headers, *, seen: bool = True) -> PatientDesk | None:
    """Return the desk of the patient who sends a request, or None; `seen` as in `identity`.

    Raises:
        RecordUnavailable: the record cannot be opened.
    """
    if not mode.is_clinic():
        return desk.home() if carries_home_cookie(headers) else None
    found = identity(headers, seen=seen)
    patient = found.as_patient() if found else None
    if patient is None or patient.patient is None:
        return None
    return PatientDesk(desk.open_installation(), patient.patient, patient)


def staff(headers: Headers) -> Principal | None:
    """Return the staff member who sends a request, or None.

    Raises:
        RecordUnavailable: the record cannot be opened.
    """
    found = identity(headers, seen=True)
    return found.as_staff() if found else None


def is_own_page(headers: Headers) -> bool:
    """Tell whether a request was made by a page of this server."""
    return is_own_origin(headers) and headers.get("sec-fetch-site", "same-origin") == "same-origin"


def address(request: HTTPConnection) -> str:
    """Return the network address of the client.

    Without TLS there is no proxy, so X-Forwarded-For is not trusted.
    """
    if not mode.is_https() and "x-forwarded-for" in request.headers:
        return "forwarded"
    return request.client.host if request.client else ""


def keep(response: Response, value: str) -> None:
    """Set the session cookie, until the browser is closed."""
    response.headers.append("set-cookie", f"{mode.session_cookie()}={value}; {_attributes()}")


def keep_device(request: Request, response: Response, account: UUID) -> None:
    """Set the known-device cookie: this account has signed in with this browser.

    It stays when other accounts sign in and out.
    """
    value = known_devices.kept(device(request.headers), account, now=clock.now())
    lasts = int(known_devices.KEPT.total_seconds())
    cookie = f"{mode.session_cookie()}{DEVICE}={value}; Max-Age={lasts}; {_attributes()}"
    response.headers.append("set-cookie", cookie)


def forget(request: Request, response: Response) -> None:
    """Delete the session cookie and the OpenID cookies."""
    response.headers.append("set-cookie", f"{mode.session_cookie()}=; Max-Age=0; {_attributes()}")
    forget_organisation(request, response)


def forget_organisation(request: Request, response: Response) -> None:
    """Delete the OpenID cookies: an identity is used for one sign-in only."""
    for name in request.cookies:
        if name.startswith(ORGANISATION):
            response.headers.append("set-cookie", f"{name}=; Max-Age=0; {_attributes()}")


def _attributes() -> str:
    return "Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if mode.is_https() else "")
