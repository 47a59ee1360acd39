"""The patients' page: somebody new, who looks after them, the invitation, away and discharge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.access.authorization import Identity
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic.patients import FollowUpDesk, PatientsDesk
from coach.domain.facts import Away
from coach.domain.standing import is_discharged
from coach.records.clinic.people import Person
from coach.ui.parts import navigation
from tests.support.clinic_pages import CANARIES, assert_inert, open_clinic, sign_in, texts
from tests.support.followed import Followed, follow
from tests.support.pages import Home, buttons, given, run, said, tap, title
from tests.support.records import change_person


@pytest.fixture
def team(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle())
    sign_in(monkeypatch, made)
    return made


def opened(team: Followed, patient: UUID | None = None) -> AppTest:
    at = open_clinic("patients", team.patient)
    return click(at, act="open", patient=str(patient)) if patient else at


def click(at: AppTest, **what: object) -> AppTest:
    at.session_state["people"] = {"act": what}
    run(at)
    return run(at)


def people(at: AppTest) -> list[dict[str, Any]]:
    return [row for each in given(at, "coach_people") for row in each["rows"]]


def sheet(at: AppTest) -> dict[str, Any]:
    (found,) = given(at, "coach_invitation")
    return found


def kept(at: AppTest) -> str:
    """Return everything that the browser session keeps."""
    return repr({key: at.session_state[key] for key in at.session_state})


def enter(at: AppTest, label: str, value: str) -> None:
    (field,) = [each for each in at.text_input if each.label == label]
    field.set_value(value)


def test_the_list_tells_who_looks_after_whom(team: Followed):
    (row,) = people(opened(team))
    assert (row["name"], row["team"], row["lead"]) == ("Ada Example", "Spine", "Pat Sample")
    assert row["way"] == "Not invited"


def test_somebody_new_is_taken_in_and_opened(team: Followed):
    at = tap(opened(team), "people-add")
    assert title(at) == "New patient"
    enter(at, "Name", "Zoë O’Brien")
    enter(at, "Reference, such as the clinic's number (may be empty)", "KH-7")
    tap(at, "new-save")
    assert title(at) == "Patient"
    assert "Zoë O’Brien · KH-7" in texts(at)
    assert "Taken in. Next: make the invitation." in texts(at)
    tap(at, "one-back")
    assert [row["name"] for row in people(at)] == ["Ada Example", "Zoë O’Brien"]


def test_what_is_refused_is_said_and_stays_in_the_form(team: Followed):
    at = tap(opened(team), "people-add")
    tap(at, "new-save")
    assert len(at.error) == 1
    PatientsDesk(team.installation, team.physiotherapist()).rename(team.patient, "Ada Example", "KH-7")
    enter(at, "Name", "Somebody")
    enter(at, "Reference, such as the clinic's number (may be empty)", "kh-7")
    tap(at, "new-save")
    assert "Somebody has the reference" in at.error[0].value
    assert at.text_input[0].value == "Somebody"
    assert PatientsDesk(team.installation, team.physiotherapist()).count() == 1


def test_the_invitation_is_shown_once(team: Followed):
    at = tap(opened(team, team.patient), "invite")
    shown = sheet(at)
    groups = shown["code"].split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert shown["address"].endswith("/join")
    assert len(shown["steps"]) == 4
    assert len({len(row) for row in shown["square"]} | {len(shown["square"])}) == 1
    assert any("Thursday, 12 March" in line for line in shown["foot"])
    assert sheet(run(at))["code"] == shown["code"]
    tap(at, "invitation-done")
    assert given(at, "coach_invitation") == []
    assert shown["code"] not in kept(at)
    assert "Was invited and has not come in yet." in texts(at)


def test_leaving_the_sheet_forgets_the_code(team: Followed):
    at = tap(opened(team, team.patient), "invite")
    code = sheet(at)["code"]
    tap(at, "one-back")
    assert code not in kept(at)
    click(at, act="open", patient=str(team.patient))
    assert given(at, "coach_invitation") == []


def test_another_page_forgets_the_code(team: Followed):
    at = tap(opened(team, team.patient), "invite")
    code = sheet(at)["code"]
    assert code in kept(at)
    at.switch_page(str(navigation.file("caseload")))
    run(at)
    assert title(at) == "Caseload"
    assert code not in kept(at)


def test_the_square_holds_address_and_code(team: Followed, monkeypatch: pytest.MonkeyPatch):
    import segno

    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
    shown = sheet(tap(opened(team, team.patient), "invite"))
    assert shown["address"] == "https://coach.example.org/join"
    wanted = segno.make_qr(f"https://coach.example.org/join#{shown['code']}", error="m")
    assert shown["square"] == [
        "".join(str(int(bool(d))) for d in row) for row in wanted.matrix_iter(border=4)
    ]


def test_who_leads_is_changed(team: Followed):
    at = opened(team, team.patient)
    (lead,) = [each for each in at.selectbox if each.label == "Physiotherapist"]
    lead.set_value(team.kim)
    tap(at, "care-save")
    assert "Saved." in texts(at)
    person = team.installation.people.person(team.patient)
    assert person is not None
    assert person.lead == team.kim


def test_days_away_are_saved_with_a_reason(team: Followed):
    at = opened(team, team.patient)
    tap(at, "away-save-2026-03-05-2026-03-12")
    assert len(at.error) == 1
    (why,) = [each for each in at.text_input if each.key == "away-why"]
    why.set_value("Holidays")
    tap(at, "away-save-2026-03-05-2026-03-12")
    assert "Saved: away on these days." in texts(at)
    assert [away.fact.why for away in team.desk().history().of(Away)] == ["Holidays"]


def test_days_away_that_are_saved_twice_are_one_entry(team: Followed):
    at = opened(team, team.patient)
    (why,) = [each for each in at.text_input if each.key == "away-why"]
    why.set_value("Holidays")
    tap(at, "away-save-2026-03-05-2026-03-12")
    tap(at, "away-save-2026-03-05-2026-03-12")
    assert len(at.error) == 0
    assert len(team.desk().history().of(Away)) == 1
    (why,) = [each for each in at.text_input if each.key == "away-why"]
    why.set_value("In hospital")
    tap(at, "away-save-2026-03-05-2026-03-12")
    assert [away.fact.why for away in team.desk().history().of(Away)] == ["Holidays", "In hospital"]


def test_a_discharge_and_a_return(team: Followed):
    at = opened(team, team.patient)
    (why,) = [each for each in at.text_input if each.key == "discharge-why"]
    why.set_value("Well again")
    tap(at, "discharge-save")
    assert is_discharged(team.desk().history())
    (why,) = [each for each in at.text_input if each.key == "readmit-why"]
    why.set_value("Came back")
    tap(at, "readmit-save")
    assert not is_discharged(team.desk().history())


def test_a_patient_of_another_team_is_not_there(team: Followed):
    stranger = team.stranger()
    assert PatientsDesk(team.installation, stranger).listed() == []
    team.installation.people.leave(team.team, team.pat)
    change_person(team.installation.store, Person(team.patient, "Ada Example", "", None, None))
    at = opened(team, team.patient)
    assert title(at) == "Not found"
    assert "Ada Example" not in said(at)


def test_an_administrator_has_no_follow_up(team: Followed, monkeypatch: pytest.MonkeyPatch):
    who = Identity(team.kim, "Adam", Role.ADMINISTRATOR, None, frozenset(), "a session")
    monkeypatch.setattr(SignIns, "identity", lambda _sign_ins, token, **_how: who)
    at = opened(team)
    assert people(at)[0]["way"] == "Not invited"
    click(at, act="open", patient=str(team.patient))
    assert "invite" in buttons(at)
    assert not {"away-save-2026-03-05-2026-03-12", "discharge-save", "people-review"} & set(buttons(at))


def test_who_loses_the_patient_meanwhile_finds_nothing(team: Followed):
    at = opened(team, team.patient)
    team.installation.people.leave(team.team, team.pat)
    desk = FollowUpDesk(team.installation, team.patient, team.physiotherapist())
    assert not desk.is_discharged()
    change_person(team.installation.store, Person(team.patient, "Ada Example", "", None, None))
    tap(at, "invite")
    assert "Not found" in said(at)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_name_is_only_ever_text(team: Followed, canary: str):
    PatientsDesk(team.installation, team.physiotherapist()).rename(team.patient, canary, canary)
    at = opened(team)
    assert people(at)[0]["name"] == canary
    assert_inert(at, canary)
    click(at, act="open", patient=str(team.patient))
    assert f"{canary} · {canary}" in texts(at)
    assert_inert(at, canary)
    tap(at, "invite")
    assert sheet(at)["name"] == canary
    assert_inert(at, canary)
