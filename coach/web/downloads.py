"""Files to keep: a patient's record, the audit, a protocol file. No cache keeps them, and only who may see them gets one.

Each route is one row: what makes its file, and what is answered where it makes none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from coach import desk
from coach.config import mode
from coach.desk import NotFound, PatientDesk, Principal
from coach.desk.clinic.audit import AuditDesk, Wanted
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation import clock
from coach.domain.times import read_instant
from coach.export import formats, history_json
from coach.export.formats import File, Form, Paper
from coach.export.tables import audit
from coach.i18n import N_, _
from coach.web import language, session_cookie, threads
from coach.web.http import EVERY_METHOD, asks_from_here
from coach.web.security_headers import carries_home_cookie

_log = logging.getLogger(__name__)

NO_STORE = {"cache-control": "no-store"}


class SignedOut(Exception):
    """Nobody has signed in as a patient."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead of a file."""

    status: int
    sentence: str
    headers: Mapping[str, str] | None = None

    def response(self) -> Response:
        """Return the answer."""
        return PlainTextResponse(_(self.sentence), self.status, self.headers)


ONLY_GIVES = Refusal(405, N_("This address only gives the file."))
# The same answer whether it is missing or not theirs: nobody learns which.
NOTHING = Refusal(404, N_("There is nothing here for you."), NO_STORE)
UNKNOWN_BROWSER = Refusal(403, N_("This browser is not known here. Open the app, then try again."))
SIGN_IN = Refusal(401, N_("Sign in first, then try again."))
INCOMPLETE = Refusal(400, N_("The address is not complete. Go back and try again."))
BROKEN = Refusal(503, N_("The record cannot be read just now. Nothing is lost. Try again."))
BROKEN_OWN = Refusal(503, N_("Your record cannot be read just now. Nothing is lost. Try again."))


def _anybody(_headers: Headers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Download:
    """One address that hands out a file.

    Attributes:
        path: the address.
        make: makes the file on a thread of its own, or raises what `refused` names.
        log: how the log begins when the file could not be made; the log never holds anything of the record.
        knows: whether a browser with these headers is answered at all.
        foreign: the answer to a page of another site and to a browser that is not known.
        refused: the answer to each exception that tells of the request, not of a trouble.
        broken: the answer to everything else that goes wrong.
    """

    path: str
    make: Callable[[Request], File]
    log: str = "A file could not be made"
    knows: Callable[[Headers], bool] = _anybody
    foreign: Refusal = NOTHING
    refused: Mapping[type[Exception], Refusal] = field(default_factory=lambda: {NotFound: NOTHING})
    broken: Refusal = BROKEN

    async def give(self, request: Request) -> Response:
        """Answer a request with the file, or with one sentence."""
        if request.method not in ("GET", "HEAD"):
            return ONLY_GIVES.response()
        if not asks_from_here(request.headers) or not self.knows(request.headers):
            return self.foreign.response()
        try:
            made = await threads.FILES.run(lambda: self.make(request))
        except Exception as error:  # noqa: BLE001  the last stop: people get a sentence and nothing of the record
            return self._answer(error).response()
        headers = {"content-disposition": f'attachment; filename="{made.name}"', **NO_STORE}
        return Response(made.content, media_type=made.media_type, headers=headers)

    def _answer(self, error: Exception) -> Refusal:
        for kind, answer in self.refused.items():
            if isinstance(error, kind):
                return answer
        _log.error("%s: %s", self.log, type(error).__name__)
        return self.broken


# What makes each file


def _everything(request: Request) -> File:
    """Make the history of the patient who asks: everything recorded, as one file to keep."""
    patient = session_cookie.patient_desk(request.headers)
    if patient is None:
        raise SignedOut
    language.speak_to(request.headers, patient.history())
    return File(
        "coach-history.json", "application/json", history_json.content(patient.export.patient_record())
    )


def _has_a_home_or_signs_in(headers: Headers) -> bool:
    return mode.is_clinic() or carries_home_cookie(headers)


def _record(request: Request) -> File:
    """Make a record in the form that the address names.

    Without `of` it is the record of the patient who asks; `of` is the ticket of a patient under review.
    """
    try:
        form = Form(request.path_params["form"])
        paper = Paper(request.query_params.get("paper", Paper.A4))
    except ValueError:
        raise NotFound from None
    ticket = request.query_params.get("of")
    found = (
        _under_review(request, ticket) if ticket is not None else session_cookie.patient_desk(request.headers)
    )
    if found is None:
        raise NotFound
    if isinstance(found, PatientDesk):
        if form in formats.FROM_THE_CLINIC and found.is_followed():
            raise NotFound  # the clinic sends it, once somebody there has read it
        language.speak_to(request.headers, found.history())
    elif form in formats.FROM_THE_CLINIC:
        language.speak_for_clinic()
    elif form in formats.FOR_THE_PATIENT:
        language.speak_for(found.history())
    return formats.make(form, found.export.patient_record(), paper=paper)


def _under_review(request: Request, ticket: str) -> ReviewDesk | None:
    who = session_cookie.staff(request.headers)
    if who is None:
        return None
    language.speak_to_staff(request.headers, who)
    installation = desk.open_installation()
    patient = installation.patient_tokens.patient(ticket, who.account, now=clock.now())
    return ReviewDesk(installation, patient, who) if patient else None


def _audit(request: Request) -> File:
    """Make the lines of the audit that the address asks for."""
    lines = AuditDesk(desk.open_installation(), _staff(request)).export(_wanted(request))
    return File("coach-audit.csv", "text/csv; charset=utf-8", audit.csv_bytes(lines))


def _protocol(request: Request) -> File:
    """Make the protocol file of the digest that the address names."""
    protocols = ProtocolsDesk(desk.open_installation(), _staff(request))
    content = protocols.content(request.query_params.get("digest", ""))
    return File("protocol.toml", "application/toml; charset=utf-8", content)


def _staff(request: Request) -> Principal:
    who = session_cookie.staff(request.headers)
    if who is None:
        raise NotFound
    language.speak_to_staff(request.headers, who)
    return who


def _wanted(request: Request) -> Wanted:
    """Return which lines the address asks for.

    Raises:
        ValueError: a time, a text or an identifier in it is none.
    """
    asked = request.query_params
    if "\0" in "".join(asked.values()):
        raise ValueError("a text that no database holds")
    return Wanted(
        since=_instant(asked.get("since", "")),
        until=_instant(asked.get("until", "")),
        account=UUID(asked["account"]) if asked.get("account") else None,
        reference=asked.get("reference", ""),
        action=asked.get("action") or None,
        refused=asked.get("refused") == "1",
    )


def _instant(text: str) -> datetime | None:
    return read_instant(text) if text else None


DOWNLOADS = (
    Download(
        "/api/export",
        _everything,
        log="The export could not be made",
        knows=_has_a_home_or_signs_in,
        foreign=UNKNOWN_BROWSER,
        refused={SignedOut: SIGN_IN},
        broken=BROKEN_OWN,
    ),
    Download("/api/take/{form}", _record, log="A record could not be handed out"),
    Download("/api/audit", _audit, refused={NotFound: NOTHING, ValueError: INCOMPLETE}),
    Download("/api/protocol", _protocol, refused={NotFound: NOTHING, ValueError: INCOMPLETE}),
)

routes = [Route(each.path, each.give, methods=EVERY_METHOD) for each in DOWNLOADS]
