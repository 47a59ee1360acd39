"""Every page's door: each viewer, each page, opened by its address on a cold server; and what a revoked session loses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk.access.authorization import Identity
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic import plan_commands
from coach.desk.clinic.plan import PlanDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.ui.parts import browser, navigation
from tests.support.clinics import Clinic, everything, make_clinic
from tests.support.homes import Clock
from tests.support.pages import at_address, run, said, title
from tests.support.server import ROOT

NOBODY = ""
PEOPLE = (NOBODY, "ada", "ben", "ann", "ken", "cleo-at-work", "adam")
PATIENTS = {"ada", "ben", "cleo-at-work"}  # Cleo is both
PHYSIOTHERAPISTS = {"ann", "ken", "cleo-at-work"}
OPEN_TO = {
    **dict.fromkeys(navigation.PATIENT, PATIENTS),
    "caseload": PHYSIOTHERAPISTS,
    "patients": PHYSIOTHERAPISTS | {"adam"},
    "staff": {"adam"},
    "protocols": PHYSIOTHERAPISTS | {"adam"},
    "protocol_editor": PHYSIOTHERAPISTS | {"adam"},
    "audit": {"adam"},
    "status": {"adam"},
}
OF_A_PATIENT = ("review", "plan", "thread")
TEAM_OF = {
    "ada": {"ann", "cleo-at-work"},
    "ben": {"ken"},
    "cleo": {"ann"},
    "dora": set[str](),
    "nobody": set[str](),
}
TITLE = {NOBODY: "You are signed out"}
REFUSED = "Not found"


@dataclass
class House:
    """A clinic's server and the browsers that look at it."""

    clinic: Clinic
    clock: Clock
    patched: pytest.MonkeyPatch

    def open(self, page: str, who: str, *, token: str | None = None, **state: object) -> AppTest:
        """Open a page by its address, the server having just started."""
        desk.forget()
        carried = token or (self.clinic.sign_in(who) if who else "")
        self.patched.setattr(browser, "token", lambda: carried)
        at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
        at_address(at, page)
        for name, value in state.items():
            at.session_state[name.replace("_", "-")] = value
        return run(at)

    def refusals(self) -> int:
        return len(self.clinic.installation.audit.read(outcome="refused", limit=100_000))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clinic, Path, Clock]:
    hand = Clock()
    desk_clock.use(hand)
    folder = tmp_path_factory.mktemp("clinic")
    return make_clinic(folder), folder, hand


@pytest.fixture
def house(made: tuple[Clinic, Path, Clock], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    clinic, folder, hand = made
    monkeypatch.setenv("COACH_MODE", "clinic")
    monkeypatch.setenv("COACH_HOME", str(folder))
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{folder / 'clinic.sqlite3'}")
    desk_clock.use(hand)
    yield House(clinic, hand, monkeypatch)
    desk.forget()
    desk_clock.use()


@pytest.mark.parametrize("page", OPEN_TO)
def test_a_page_opens_for_those_whom_it_is_for_and_for_nobody_else(house: House, page: str):
    for who in PEOPLE:
        before, lines = everything(house.clinic.installation) if who == NOBODY else None, house.refusals()
        at = house.open(page, who)
        if not who:
            assert title(at) == "You are signed out"
            assert everything(house.clinic.installation) == before
        elif who in OPEN_TO[page]:
            assert title(at) != REFUSED, who
            assert house.refusals() == lines
        else:
            assert title(at) == REFUSED, who
            assert house.refusals() > lines, "a refusal is audited"


@pytest.mark.parametrize("page", OF_A_PATIENT)
@pytest.mark.parametrize("whom", TEAM_OF)
def test_a_patient_is_looked_at_by_their_own_team_alone(house: House, page: str, whom: str):
    patient = house.clinic.patients.get(whom, uuid4())
    for who in PEOPLE:
        at = house.open(page, who, clinic_patient=patient)
        if not who:
            assert title(at) == "You are signed out"
        elif who in TEAM_OF[whom]:
            assert title(at) != REFUSED, who
            assert whom.title() in said(at), who
        else:
            assert title(at) == REFUSED, who
            assert "Patient " not in said(at), who


def asked(house: House, page: str, who: str, answer: str) -> AppTest:
    """Open a page of a patient whom only the browser remembers: it is asked, and answers this."""
    at = house.open(page, who)
    assert "Patient " not in said(at)
    at.session_state["last-patient"] = {"patient": answer}
    return run(at)


def test_without_a_chosen_patient_a_physiotherapist_is_led_to_the_caseload(house: House):
    for page in OF_A_PATIENT:
        for answer in ("nobody", "", "../..", "1' or 1=1--"):
            found = asked(house, page, "ann", answer or "nobody")
            assert title(found) == title(house.open("caseload", "ann"))


def test_whom_the_browser_remembers_after_the_server_was_replaced_is_checked_anew(house: House):
    ada = str(house.clinic.patients["ada"])
    assert "Patient Ada" in said(asked(house, "review", "ann", ada))
    refused = asked(house, "review", "ken", ada)
    assert title(refused) == REFUSED
    assert "Ada" not in said(refused)


@pytest.mark.parametrize("name", ["patient", "clinic-patient", "p", "id", "account", "token"])
def test_what_an_address_says_beside_the_page_changes_nothing(house: House, name: str):
    ben = house.clinic.patients["ben"]
    for value in (str(ben), "1' or 1=1--", "../../etc/passwd", "💥" * 200):
        at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
        token = house.clinic.sign_in("ann")
        house.patched.setattr(browser, "token", lambda token=token: token)
        at_address(at, "review")
        at.query_params[name] = value
        run(at)
        assert "Ben" not in said(at)
        at.session_state["last-patient"] = {"patient": "nobody"}
        assert title(run(at)) == title(house.open("caseload", "ann"))


def test_a_forged_choice_of_patient_is_no_patient(house: House):
    for forged in (str(house.clinic.patients["ada"]), 7, None, b"x", UUID(int=0)):
        assert "Ada" not in said(house.open("review", "ken", clinic_patient=forged))


def test_a_revoked_session_loses_an_open_tab_at_its_next_run(house: House):
    token = house.clinic.sign_in("ann")
    at = house.open("caseload", "ann", token=token)
    assert "Ada" in str(at) or title(at) != "You are signed out"
    SignIns(house.clinic.installation).out(token)
    run(at)
    assert title(at) == "You are signed out"
    assert not at.get("bidi_component") or "Ada" not in str(at)


@pytest.mark.parametrize(
    ("page", "who"),
    [("today", "ada"), ("messages", "ada"), ("caseload", "ann"), ("review", "ann"), ("audit", "adam")],
)
def test_a_run_asks_the_record_once_who_is_looking(house: House, page: str, who: str):
    at = house.open(page, who, clinic_patient=house.clinic.patients["ada"])
    asked: list[str] = []
    identity = SignIns.identity

    def counted(self: SignIns, token: str, *, seen: bool = True) -> Identity | None:
        asked.append(token)
        return identity(self, token, seen=seen)

    house.patched.setattr(SignIns, "identity", counted)
    run(at)
    assert len(asked) == 1
    run(at)
    assert len(asked) == 2, "each run asks anew"


def test_an_idle_session_ends_by_itself(house: House):
    token = house.clinic.sign_in("ann")
    at = house.open("caseload", "ann", token=token)
    house.clock.goes_on(minutes=14)
    assert title(run(at)) != "You are signed out"
    house.clock.goes_on(minutes=16)
    assert title(run(at)) == "You are signed out"


def test_somebody_else_in_the_same_browser_finds_nothing_of_who_was_there(house: House):
    at = house.open("review", "ann", clinic_patient=house.clinic.patients["ada"])
    assert "Ada" in said(at)
    token = house.clinic.sign_in("ken")
    house.patched.setattr(browser, "token", lambda: token)
    run(at)
    assert "Ada" not in said(at)
    assert navigation.PATIENT_CHOSEN not in at.session_state


def test_looking_at_a_plan_is_no_change_of_it_in_the_audit(house: House):
    ada, installation = house.clinic.patients["ada"], house.clinic.installation
    run(house.open("plan", "ann", clinic_patient=ada))
    assert installation.audit.read(action="plan.change", outcome="allowed") == []
    assert installation.audit.read(action="review.see", patient=ada, outcome="allowed")
    plan = PlanDesk(installation, ada, house.clinic.people["ann"])
    plan.save(plan_commands.Hold(None, None, "Scan first"), key=new_key(), seen_seq=plan.seen_seq())
    assert len(installation.audit.read(action="plan.change", outcome="allowed")) == 1


@pytest.mark.parametrize(("page", "action"), [("review", "review.see"), ("thread", "messages.see")])
def test_one_look_at_a_patient_is_one_line_of_the_audit(house: House, page: str, action: str):
    ada, audit = house.clinic.patients["ada"], house.clinic.installation.audit
    before = {line.id for line in audit.read(patient=ada)}
    asked(house, page, "ann", str(ada))
    assert [line.action for line in audit.read(patient=ada) if line.id not in before] == [action]
