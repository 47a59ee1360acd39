"""The printed invitation: its code is shown once and stored nowhere."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import segno
import streamlit as st

from coach.config import mode
from coach.desk.clinic.patients import Invited, PatientsDesk
from coach.domain.times import local_date
from coach.i18n import _
from coach.text import times as times_text
from coach.ui.parts import assets, browser

KEPT = "invitation"  # the shown invitation: (patient or account, invitation)

_sheet = st.components.v2.component(
    "coach_invitation", html="<div></div>", js=assets.stub("ui/invitation.js")
)


def keep(whose: UUID, invited: Invited) -> None:
    """Keep a new invitation of a patient or staff account while it is shown."""
    st.session_state[KEPT] = (whose, invited)


def forget() -> None:
    """Forget the code: it cannot be shown again."""
    st.session_state.pop(KEPT, None)


def kept(whose: UUID) -> Invited | None:
    """Return the shown invitation of that patient or account, or None."""
    found: tuple[UUID, Invited] | None = st.session_state.get(KEPT)
    return found[1] if found is not None and found[0] == whose else None


def sheet(desk: PatientsDesk, invited: Invited) -> None:
    """Show the sheet with a button to print it."""
    beside, right = st.columns([3, 1], gap="large")
    with right:
        st.text(_("Print it now and hand it over. The code is shown this once and is not kept."))
        if st.button(_("I have printed it"), key="invitation-done", width="stretch"):
            forget()
            st.rerun()
    clinic, phone = desk.clinic()
    call = _("Does it not work? Call {clinic}: {phone}") if phone else _("Does it not work? Call: {line}")
    where = address()
    with beside, st.container(key="invitation-sheet"):
        _sheet(
            key="sheet",
            data={
                "clinic": clinic,
                "name": invited.name,
                "address": f"{where}/join",
                "code": invited.code,
                "square": _square(f"{where}/join#{invited.code}"),
                "steps": [
                    _("Point your phone's camera at the square, or type the address above."),
                    _("Enter the code. It works once."),
                    _("Choose a password of your own. Nobody at the clinic can see it."),
                    _("Answer the questions about you. It takes about five minutes."),
                ],
                "foot": [
                    _("The code works until {date}.").format(date=day(invited.ends_at)),
                    _("From then on you sign in with this name: {login}").format(login=invited.login),
                    call.format(clinic=clinic or _("your clinic"), phone=phone, line="_" * 24),
                    _("In an emergency do not use the app. Call the emergency number."),
                ],
                "words": {
                    "title": _("Your exercises after balloon kyphoplasty"),
                    "address": _("Open this address"),
                    "code": _("Your code"),
                    "square": _("Square for a phone's camera: it opens the address with the code"),
                    "print": _("Print this sheet"),
                },
            },
        )


def day(instant: datetime) -> str:
    """Return a day in the viewer's zone, such as Monday, 30 November."""
    return times_text.weekday_and_date(local_date(instant, browser.zone()))


def address() -> str:
    """Return the address of this server."""
    if named := mode.public_url():
        return named
    here = urlsplit(st.context.url or "http://127.0.0.1:8501")
    return f"{here.scheme}://{here.netloc}"


def _square(text: str) -> list[str]:
    """Return the QR code as rows of 0 and 1, with its quiet zone."""
    code = segno.make_qr(text, error="m")
    return ["".join(str(int(bool(dark))) for dark in row) for row in code.matrix_iter(border=4)]
