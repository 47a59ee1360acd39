"""The audit and the protocols as files: only for those who may see them, and kept by no cache."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from coach.config import mode
from coach.desk import NotFound, PatientDesk
from coach.desk.access.permissions import Action
from coach.desk.accounts import own_language
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation import clock
from coach.domain import own_drawing
from coach.domain.reminders import TIMES
from coach.export.formats import FOR_THE_PATIENT, Form
from coach.export.tables.audit import COLUMNS
from coach.protocols import loader
from coach.records.entries.metadata import Metadata
from tests.support.clinics import Clinic, make_clinic
from tests.support.drawing_samples import KEPT
from tests.support.http import Answer, ask
from tests.support.protocols import with_own_drawing
from tests.support.server import AppServer

pytestmark = pytest.mark.slow

AUDIT, PROTOCOL = "/api/audit", f"/api/protocol?digest={loader.default().digest}"


@dataclass(frozen=True)
class Place:
    """A clinic's server, and the same record seen from the test."""

    server: AppServer
    clinic: Clinic
    cookie: str  # the name of the one that holds a sign-in

    def get(self, path: str, who: str = "", *, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path as the browser of somebody who has signed in."""
        own = {"Cookie": f"{self.cookie}={self.clinic.sign_in(who)}"} if who else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.server, path, method=method, headers=own | named)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    clinic = make_clinic(folder)
    Metadata(clinic.installation.store).say("mode", "clinic")
    env = {"COACH_MODE": "clinic", "COACH_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(folder))
        cookie = mode.session_cookie()
    server = AppServer(folder, env=env).start()
    yield Place(server, clinic, cookie)
    server.stop()
    clinic.installation.store.close()


def test_an_administrator_gets_the_audit_as_a_file(place: Place):
    with pytest.raises(NotFound):
        place.clinic.installation.authorization(place.clinic.people["ken"]).to_patient(
            Action.PLAN_CHANGE, place.clinic.patients["ada"]
        )
    answer = place.get(f"{AUDIT}?refused=1&action=plan.change&reference=R-ada", "adam")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="coach-audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert rows
    assert tuple(rows[0]) == COLUMNS
    assert {(row["who"], row["action"], row["reference"], row["outcome"]) for row in rows} == {
        ("Ken", "plan.change", "R-ada", "refused")
    }


@pytest.mark.parametrize("who", ["", "ann", "ada"])
@pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}?refused=1"])
def test_nobody_else_gets_the_audit(place: Place, who: str, path: str):
    before = len(place.clinic.installation.audit.read(action="audit.see", outcome="refused", limit=1000))
    answer = place.get(path, who)
    assert (answer.status, answer.body) == (404, b"There is nothing here for you.")
    assert answer.headers["cache-control"] == "no-store"
    after = len(place.clinic.installation.audit.read(action="audit.see", outcome="refused", limit=1000))
    assert after == before + (who == "ann")  # a patient is no staff, and has no role to refuse


def test_the_staff_get_a_protocol_file_and_nobody_else(place: Place):
    for who in ("adam", "ann"):
        answer = place.get(PROTOCOL, who)
        assert answer.status == 200
        assert answer.body == loader.DEFAULT.read_bytes()
        assert answer.headers["cache-control"] == "no-store"
    for who in ("", "ada"):
        assert place.get(PROTOCOL, who).status == 404
    assert place.get("/api/protocol?digest=" + "0" * 64, "adam").status == 404
    assert place.get("/api/protocol", "adam").status == 404
    assert place.get("/api/protocol?digest=../../etc/passwd", "adam").status == 404


@pytest.mark.parametrize("cookie", ["x", "", '"', "a" * 5000])
def test_a_made_up_session_gets_nothing(place: Place, cookie: str):
    assert place.get(AUDIT, Cookie=f"{place.cookie}={cookie}").status in (404, 431)


def test_a_session_that_ended_gets_nothing(place: Place):
    token = place.clinic.sign_in("adam")
    headers = {"Cookie": f"{place.cookie}={token}"}
    assert ask(place.server, AUDIT, headers=headers).status == 200
    SignIns(place.clinic.installation).out(token)
    assert ask(place.server, AUDIT, headers=headers).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-03-05T09:00:00",
        "until=%00",
        "account=ann",
        "action=x%00y",
        "account=4ada49d1-eef3-4793-ad66-7c0e3ec8a78ex",
        "since=9999-99-99T00:00:00Z",
        "since=0001-01-01T00:00:00%2B23:59",
    ],
)
def test_a_crooked_address_is_refused_in_plain_words(place: Place, query: str):
    answer = place.get(f"{AUDIT}?{query}", "adam")
    assert answer.status == 400
    assert answer.body == b"The address is not complete. Go back and try again."


@pytest.mark.parametrize("query", ["reference=%27%20OR%201=1--", "reference=%F0%9F%92%A9", "x=1&refused=2"])
def test_an_odd_value_finds_nothing_or_all_and_breaks_nothing(place: Place, query: str):
    assert place.get(f"{AUDIT}?{query}", "adam").status == 200


@pytest.mark.parametrize("path", [AUDIT, PROTOCOL])
def test_another_site_and_another_method_get_nothing(place: Place, path: str):
    assert place.get(path, "adam", Sec_Fetch_Site="cross-site").status == 404
    assert place.get(path, "adam", method="POST").status in (403, 405)
    assert place.get(path, "adam", method="DELETE").status in (403, 405)


def test_a_calendar_is_in_the_patients_language_and_a_record_in_the_readers(place: Place):
    clinic = place.clinic
    who = clinic.people["ada"]
    patient = PatientDesk(clinic.installation, clinic.patients["ada"], who)
    patient.settings.set(TIMES, "08:00,18:00")
    patient.settings.set("language", "es")
    token = clinic.sign_in("ann")
    ticket = clinic.installation.patient_tokens.issue(
        clinic.people["ann"].account, clinic.patients["ada"], now=clock.now()
    )

    def taken(form: str) -> str:
        return place.get(f"/api/take/{form}?of={ticket}", "ann", accept_language="de").body.decode()

    assert "Hora de ejercicio" in taken("ics")
    assert json.loads(taken("fhir"))["language"] == "de"
    own_language.choose(clinic.installation, token, "fr")
    assert "Hora de ejercicio" in taken("ics")
    assert json.loads(taken("fhir"))["language"] == "fr"


def test_what_is_printed_for_the_patient_is_what_follows_their_language():
    assert {Form.SHEET, Form.CALENDAR} == FOR_THE_PATIENT


# a protocol's own drawing, as a picture

DRAWING = f"/api/drawing?of={own_drawing.key(KEPT)}"
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@pytest.fixture
def drawn(place: Place) -> Place:
    """Put a protocol with a drawing in force next month, by another process than the server's."""
    content = with_own_drawing("quadriceps", "own_knee", KEPT).encode()
    now = clock.now()
    place.clinic.installation.protocol_registry.put_in_force(
        loader.read(content, "own.toml"),
        content,
        key=UUID(int=1),
        starts_at=now + timedelta(days=30),
        made_at=now,
        made_by=None,
        why="A drawing.",
    )
    return place


@pytest.mark.parametrize("who", ["ada", "adam", "ken"])
def test_who_has_signed_in_gets_an_own_drawing_and_may_keep_it(drawn: Place, who: str):
    answer = drawn.get(DRAWING, who)
    assert answer.status == 200
    assert answer.body.decode() == own_drawing.on_paper(KEPT)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"] == DRAWING_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "who", "headers"),
    [
        (DRAWING, "", {}),
        (DRAWING, "ada", {"Sec_Fetch_Site": "cross-site"}),
        (f"/api/drawing?of={'0' * 64}", "ada", {}),
        ("/api/drawing?of=../../etc/passwd", "ada", {}),
        ("/api/drawing", "ada", {}),
    ],
)
def test_nobody_else_gets_an_own_drawing(drawn: Place, path: str, who: str, headers: dict[str, str]):
    answer = drawn.get(path, who, **headers)
    assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
    assert b"<svg" not in answer.body
