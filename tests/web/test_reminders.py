"""The calendar's address and the link in an e-mail, asked from outside without a cookie, at home and in a clinic."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware

from coach import desk, web
from coach.desk import PatientDesk
from coach.desk.installation import clock as desk_clock
from coach.domain.reminders import TIMES
from tests.support import ical
from tests.support.clinics import make_clinic
from tests.support.homes import Clock, settled

pytestmark = pytest.mark.slow

HOST = "coach.example"


class Client:
    """Sends requests to everything around the pages, which are left out."""

    def __init__(self, base: str, *, compressed: bool = False, **headers: str) -> None:
        inside = [Middleware(SelectiveGZipMiddleware)] if compressed else []
        app = Starlette(routes=web.routes, middleware=[*web.layers([HOST]), *inside])
        self._settings: dict[str, Any] = {
            "transport": httpx.ASGITransport(app=app), "base_url": base, "headers": headers
        }  # fmt: skip

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(**self._settings) as client:
                return await client.request(method, path, **more)

        with ThreadPoolExecutor(1) as other:  # this thread may have an event loop already
            return other.submit(lambda: asyncio.run(ask())).result()

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)


@pytest.fixture(params=["home", "clinic"])
def served(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Client, PatientDesk]]:
    """Everything around the pages, without the pages, and the desk of a patient."""
    desk_clock.use(Clock())
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    monkeypatch.setenv("COACH_MODE", request.param)
    monkeypatch.setenv("COACH_PUBLIC_URL", f"https://{HOST}")
    desk.forget()
    if request.param == "home":
        settled(tmp_path).installation.store.close()
        patient = desk.home()
    else:
        clinic = make_clinic(tmp_path, f"sqlite:///{tmp_path}/coach.sqlite3")
        clinic.installation.store.close()
        who = clinic.people["ada"]
        assert who.patient
        patient = PatientDesk(desk.open_installation(), who.patient, who)
    yield Client(f"https://{HOST}"), patient
    desk.open_installation().store.close()
    desk.forget()
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


def test_a_program_without_a_cookie_reads_the_calendar(served: tuple[Client, PatientDesk]):
    client, patient = served
    patient.settings.set(TIMES, "08:00,18:00")
    secret = patient.reminders.make_calendar_address()
    answer = client.get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert ical.occurrences(ical.read(answer.content))
    assert str(patient.patient) not in answer.text + secret
    assert client.request("HEAD", f"/calendar/{secret}.ics").status_code == 200
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert client.request(method, f"/calendar/{secret}.ics").status_code == 405


def test_a_program_that_asks_again_is_told_that_nothing_changed_until_something_did(
    served: tuple[Client, PatientDesk],
):
    client, patient = served
    patient.settings.set(TIMES, "08:00,18:00")
    at = f"/calendar/{patient.reminders.make_calendar_address()}.ics"
    first = client.get(at)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    patient.settings.set("voice", value=False)  # an entry that changes no time
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            again = client.request(method, at, headers={"if-none-match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert again.headers["cache-control"] == "private, no-cache"
    assert client.request("GET", at, headers={"if-none-match": '"other"'}).status_code == 200
    patient.settings.set(TIMES, "09:00")
    changed = client.request("GET", at, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert "09" in changed.text
    patient.reminders.revoke_calendar_address()
    gone = client.request("GET", at, headers={"if-none-match": changed.headers["etag"]})
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store")


def test_a_calendar_is_never_compressed_and_a_page_may_be(served: tuple[Client, PatientDesk]):
    """With the server's own compression inside, as it runs."""
    _client, patient = served
    patient.settings.set(TIMES, "08:00,18:00")
    client = Client(f"https://{HOST}", compressed=True)
    offer = {"accept-encoding": "gzip, deflate, br"}
    at = f"/calendar/{patient.reminders.make_calendar_address()}.ics"
    plain = client.request("GET", at, headers=offer)
    assert len(plain.content) > 500
    assert "content-encoding" not in plain.headers
    styled = client.request("GET", "/coach-assets/ui/coach.css", headers=offer)
    assert styled.headers["content-encoding"] == "gzip"


def test_wrong_and_revoked_secrets_are_one_answer_and_then_must_wait(served: tuple[Client, PatientDesk]):
    client, patient = served
    old = patient.reminders.make_calendar_address()
    newer = patient.reminders.make_calendar_address()
    answers = [client.get(f"/calendar/{each}.ics") for each in (old, "x" * 43, "short", "x" * 500, old)]
    assert {(a.status_code, a.text, a.headers["cache-control"]) for a in answers} == {
        (404, "There is nothing here.", "no-store")
    }
    for each in (old, "x" * 43):
        waits = client.get(f"/calendar/{each}.ics")
        assert (waits.status_code, waits.headers["retry-after"]) == (429, "60")
    assert client.get(f"/calendar/{newer}.ics").status_code == 200


def test_the_link_in_an_email_asks_first_and_a_mail_program_needs_no_page(
    served: tuple[Client, PatientDesk],
):
    client, patient = served
    patient.reminders.confirm_mail((code := patient.reminders.ask_for_mail("ada@example.org", 18)).code)
    link = f"/reminders/stop/{code.stop_secret}"
    page = client.get(link)
    assert page.status_code == 200
    assert "No more e-mails" in page.text
    assert "ada@" not in page.text
    assert patient.reminders.mail()  # who only looks ends nothing
    done = client.request(
        "POST",
        link,
        content="List-Unsubscribe=One-Click",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert done.status_code == 200
    assert patient.reminders.mail() is None
    assert client.get(link).status_code == client.request("POST", link).status_code == 404
    assert client.get(link).headers["cache-control"] == "no-store"


def test_what_fails_tells_nothing(served: tuple[Client, PatientDesk], monkeypatch: pytest.MonkeyPatch):
    client, patient = served
    secret = patient.reminders.make_calendar_address()

    def fails(*_: object, **__: object) -> None:
        raise ValueError("canary")

    monkeypatch.setattr("coach.export.formats.calendar", fails)
    answer = client.get(f"/calendar/{secret}.ics")
    assert (answer.status_code, "canary" in answer.text) == (503, False)


def test_at_home_another_computer_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    monkeypatch.setenv("COACH_MODE", "home")
    far = Client("http://192.0.2.7:8501", host=HOST)
    assert far.get(f"/calendar/{'x' * 43}.ics").status_code == 403


def test_the_calendar_is_in_the_language_in_which_the_patient_agreed_to_it(
    served: tuple[Client, PatientDesk], monkeypatch: pytest.MonkeyPatch
):
    client, patient = served
    patient.settings.set(TIMES, "08:00,18:00")

    def name(secret: str) -> str:
        # What the program itself asks for is nobody's language
        answer = client.request("GET", f"/calendar/{secret}.ics", headers={"accept-language": "es"})
        return ical.read(answer.content).one("X-WR-CALNAME")[1]

    unknown = patient.reminders.make_calendar_address()
    assert name(unknown) == "Exercise time"
    monkeypatch.setenv("COACH_LANGUAGE", "de")  # the clinic's
    assert name(unknown) == "Übungszeit"
    assert name(patient.reminders.make_calendar_address(language="fr-CA")) == "Heure d’exercice"
    patient.settings.set("language", "en")
    assert name(patient.reminders.make_calendar_address(language="fr-CA")) == "Exercise time"
