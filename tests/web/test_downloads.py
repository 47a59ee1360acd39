"""The address that hands out a record: to the patient, to who treats them, and to nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from coach import desk
from coach.config import mode
from coach.desk import Installation, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation import clock
from coach.export.formats import Form
from coach.web import routes
from coach.web.downloads import DOWNLOADS, Download
from tests.support.clinic_team import OPERATOR, clinic, patient, physiotherapist, team
from tests.support.pdf_reading import whole


class Client:
    """A browser that carries one cookie."""

    def __init__(self, cookie: dict[str, str]) -> None:
        self.cookie = cookie

    def get(self, path: str, **asked: Any) -> httpx.Response:
        return self.request("GET", path, **asked)

    def request(self, method: str, path: str, **asked: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            app = httpx.ASGITransport(app=Starlette(routes=routes))
            async with httpx.AsyncClient(
                transport=app, base_url="http://here", cookies=self.cookie
            ) as client:
                return await client.request(method, path, **asked)

        with ThreadPoolExecutor(1) as apart:  # Chromium's driver may have a loop in this thread
            return apart.submit(asyncio.run, send()).result()


class House:
    """A clinic with two teams, and a client for each of its people."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.spine, self.hip = team(installation), team(installation, "Hip")
        self.ada = patient(installation, self.spine)
        self.ben = patient(installation, self.hip, reference="MK-2", name="Ben")
        self.pat, _secret = physiotherapist(installation, self.spine, login="pat")
        self.kim, _secret = physiotherapist(installation, self.hip, login="kim")
        self.ada_account = AccountsDesk(installation, OPERATOR).invite_patient(self.ada).account

    def client(self, account: UUID | None) -> Client:
        if account is None:
            return Client({})
        found = self.installation.accounts.account(account)
        assert found
        return Client(
            {mode.session_cookie(): SignIns(self.installation)._begin(found, Stage.FULL, clock.now()).token}  # noqa: SLF001  signs in without the time that a password takes
        )

    def ticket(self, account: UUID, of: UUID, where: UUID) -> str:
        who = Principal(Role.PHYSIOTHERAPIST, account=account, teams=frozenset({where}))
        return ReviewDesk(self.installation, of, who).ticket()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    monkeypatch.setenv("COACH_MODE", "clinic")
    installation = clinic(tmp_path)
    monkeypatch.setattr(desk, "open_installation", lambda: installation)
    yield House(installation)
    installation.store.close()


def exports(house: House) -> list[tuple[UUID | None, str]]:
    lines = house.installation.audit.read(action="history.export")
    return [(line.patient, line.outcome) for line in lines]


def test_a_patient_gets_their_own_record_as_a_file_that_no_cache_keeps(house: House):
    answer = house.client(house.ada_account).get("/api/take/json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["patient"] == str(house.ada)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="coach-history-')


def test_a_physiotherapist_gets_the_record_that_the_ticket_names_and_the_audit_knows(house: House):
    ticket = house.ticket(house.pat, house.ada, house.spine)
    answer = house.client(house.pat).get("/api/take/json", params={"of": ticket})
    assert answer.status_code == 200
    assert json.loads(answer.content)["patient"] == str(house.ada)
    assert exports(house) == [(house.ada, "allowed")]


def test_the_clinics_letter_comes_from_the_clinic_in_its_language_and_the_audit_knows(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    ticket = house.ticket(house.pat, house.ada, house.spine)
    monkeypatch.setenv("COACH_LANGUAGE", "de")
    answer = house.client(house.pat).get(
        "/api/take/bone-letter", params={"of": ticket}, headers={"accept-language": "fr"}
    )
    assert answer.status_code == 200
    assert "Knochengesundheit nach Ballon-Kyphoplastie" in whole(answer.content)
    assert exports(house) == [(house.ada, "allowed")]
    own = house.client(house.ada_account).get("/api/take/bone-letter")
    assert own.status_code == 404, "a followed patient's letter is signed in the clinic"
    assert exports(house) == [(house.ada, "allowed")]


def test_the_ticket_of_another_is_no_ticket(house: House):
    ticket = house.ticket(house.pat, house.ada, house.spine)
    for other in (house.kim, house.ada_account, None):
        answer = house.client(other).get("/api/take/json", params={"of": ticket})
        assert (answer.status_code, str(house.ada) in answer.text) == (404, False)


def test_a_ticket_does_not_outlast_the_care_team(house: House):
    ticket = house.ticket(house.pat, house.ada, house.spine)
    house.installation.people.leave(house.spine, house.pat)
    answer = house.client(house.pat).get("/api/take/json", params={"of": ticket})
    assert answer.status_code == 404
    assert exports(house) == [(house.ada, "refused")]


def test_one_of_the_staff_without_a_ticket_gets_nothing(house: House):
    assert house.client(house.pat).get("/api/take/json").status_code == 404
    assert house.client(house.pat).get("/api/take/json", params={"of": ""}).status_code == 404
    assert house.client(house.pat).get("/api/take/json", params={"of": str(house.ada)}).status_code == 404


def test_a_patient_with_a_made_up_ticket_gets_nothing_not_even_their_own(house: House):
    answer = house.client(house.ada_account).get("/api/take/json", params={"of": str(house.ben)})
    assert answer.status_code == 404


def test_nobody_gets_nothing(house: House):
    for form in Form:
        assert house.client(None).get(f"/api/take/{form.value}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/take/docx", "/api/take/JSON", "/api/take/json?paper=a5", "/api/take/"]
)
def test_what_there_is_not_looks_like_what_is_not_theirs(house: House, path: str):
    assert house.client(house.ada_account).get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_address_only_gives(house: House, method: str):
    assert house.client(house.ada_account).request(method, "/api/take/json").status_code == 405


def test_a_page_of_another_site_gets_nothing(house: House):
    answer = house.client(house.ada_account).get("/api/take/json", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 404


#: What each address answers to who has not signed in, to a page of another site, and in trouble.
ANSWERS = {
    "/api/export": (401, 403, "Your record cannot be read just now. Nothing is lost. Try again."),
    "/api/take/{form}": (404, 404, "The record cannot be read just now. Nothing is lost. Try again."),
    "/api/audit": (404, 404, "The record cannot be read just now. Nothing is lost. Try again."),
    "/api/protocol": (404, 404, "The record cannot be read just now. Nothing is lost. Try again."),
}


@pytest.mark.parametrize("row", DOWNLOADS, ids=lambda row: row.path)
def test_each_address_refuses_in_its_own_words(house: House, monkeypatch: pytest.MonkeyPatch, row: Download):
    path = row.path.format(form="json")
    nobody, foreign, broken = ANSWERS[row.path]
    assert house.client(None).get(path).status_code == nobody
    other = house.client(house.ada_account).get(path, headers={"sec-fetch-site": "cross-site"})
    assert other.status_code == foreign
    assert house.client(house.ada_account).request("DELETE", path).status_code == 405

    def gone() -> None:
        raise RuntimeError("Ada Lovelace")

    monkeypatch.setattr(desk, "open_installation", gone)
    answer = house.client(house.ada_account).get(path)
    assert (answer.status_code, answer.text) == (503, broken)


def test_what_cannot_be_made_is_one_sentence(house: House, monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("Ada Lovelace")

    monkeypatch.setattr("coach.export.formats.make", broken)
    answer = house.client(house.ada_account).get("/api/take/json")
    assert answer.status_code == 503
    assert answer.text == "The record cannot be read just now. Nothing is lost. Try again."


def test_the_plan_names_the_same_ticket_as_the_review(house: House):
    who = Principal(Role.PHYSIOTHERAPIST, account=house.pat, teams=frozenset({house.spine}))
    assert PlanDesk(house.installation, house.ada, who).ticket() == house.ticket(
        house.pat, house.ada, house.spine
    )
