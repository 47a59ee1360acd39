"""The language of an answer over HTTP: the patient's choice, then the browser's, then English."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from coach import i18n
from coach.desk import Principal
from coach.domain import languages
from coach.domain.history import History
from coach.text import translation

ACCEPTED = "accept-language"


class BrowsersLanguage:
    """Has each request answered in the language that the browser asks for, until it is known who reads."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with i18n.speaking(i18n.tag(Headers(scope=scope).get(ACCEPTED, ""))):
            await self.app(scope, receive, send)


def speak_to_staff(headers: Headers, staff: Principal) -> None:
    """Answer from here on in the language that a member of the staff reads."""
    i18n.speak(i18n.tag(headers.get(ACCEPTED, ""), choice=staff.language))


def speak_for(history: History) -> None:
    """Write from here on in the language that the patient of this history reads, whoever asks for it.

    Where neither they nor the clinic named one, it stays that of who asks.
    """
    settings = history.settings
    if languages.chosen(settings) or languages.asked(settings) or i18n.usual():
        i18n.speak(translation.tag_of(settings))


def speak_for_clinic() -> None:
    """Write from here on in the clinic's language; where none is set, it stays that of who asks."""
    if i18n.usual():
        i18n.speak(i18n.tag(i18n.usual()))


def speak_to(headers: Headers, history: History) -> None:
    """Answer from here on in the language that the patient of this history reads."""
    i18n.speak(translation.tag_of(history.settings, asked=headers.get(ACCEPTED, "")))
