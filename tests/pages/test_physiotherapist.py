"""At home a physiotherapist can be invited once, and from then on opens the gates."""

from __future__ import annotations

import pytest

from coach.desk import NotFound
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation.recording import new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Reply
from coach.ui.parts import browser
from tests.support.pages import Home, buttons, links, said, tap, title
from tests.support.patients import wall


def invited(home: Home) -> str:
    """Invite somebody through the page and return the code that it shows."""
    at = tap(home.open("settings", part="physiotherapist"), "follower-invite")
    at.text_input(key="follower-name").set_value("Mara Koch")
    at.text_input(key="follower-login").set_value("mara")
    at.button(key="follower-make").click().run()
    assert not at.exception
    return str(at.code[0].value)


def take_up(home: Home, code: str) -> str:
    """Take up the invitation; return the token of the session."""
    return (
        SignIns(home.patient.installation)
        .by_invitation(code, "four plain words here", address="127.0.0.1")
        .token
    )


def test_an_invitation_is_shown_once_and_leads_to_the_page_for_the_code(home: Home):
    home.settle()
    code = invited(home)
    assert len(code.replace("-", "")) == 16
    assert code not in said(home.open("settings", part="physiotherapist"))


def test_a_name_that_is_missing_is_asked_for_again_and_nobody_is_invited(home: Home):
    home.settle()
    at = tap(home.open("settings", part="physiotherapist"), "follower-invite")
    at.button(key="follower-make").click().run()
    assert at.error
    assert not at.code
    assert home.patient.installation.accounts.everybody() == []


def test_until_the_code_is_used_the_household_decides_and_then_no_more(home: Home):
    patient = home.settle()
    code = invited(home)
    assert not home.patient.is_followed()
    take_up(home, code)
    assert home.patient.is_followed()
    at = home.open("settings", part="physiotherapist")
    assert "Mara Koch" in said(at)
    assert "follower-invite" not in buttons(at)
    assert "/sign-in" in links(at)
    patient = home.patient
    with pytest.raises(NotFound):
        patient.red_flags.clinic_agreed(
            "went_wrong", who="Somebody", spoke=wall(home.clock.now), key=new_key()
        )
    patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    with pytest.raises(BadValue) as refused:
        patient.set_up.reply("went_wrong", Reply.NO, key=new_key())
    assert refused.value.fault is Fault.PHYSIOTHERAPIST_DECIDES
    # an earlier time becomes a request
    known = patient.course()
    assert known
    earlier = wall(known.procedure.at).replace(hour=0)
    assert not patient.course_times.procedure_ended(earlier, key=new_key(), earlier_is_right=True)
    again = patient.course()
    assert again
    assert again.procedure.at == known.procedure.at


def test_the_household_reaches_no_page_of_the_physiotherapist(home: Home):
    home.settle()
    take_up(home, invited(home))
    for page in ("caseload", "patients", "staff", "protocols", "audit", "status", "review", "plan", "thread"):
        assert title(home.open(page)) == "Not found"


def test_the_physiotherapist_reaches_the_one_patient_after_signing_in(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    home.settle()
    token = take_up(home, invited(home))
    monkeypatch.setattr(browser, "token", lambda: token)
    assert title(home.open("caseload")) != "Not found"
    assert title(home.open("audit")) == "Not found"
    assert title(home.open("today")) != "Not found"
