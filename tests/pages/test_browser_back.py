"""Back in the browser leads from a screen to the one before on its page, and nothing stored is lost."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from coach.domain.facts import Pain
from tests.support.pages import Home, run, tap, title


def number(at: AppTest) -> str:
    """Return what the address says of the screen."""
    return str((at.query_params.get("at") or ["0"])[0])


def back(at: AppTest, to: str) -> AppTest:
    """Do what the browser does: run the page again with the address of an earlier entry."""
    at.query_params.clear()
    if to != "0":
        at.query_params["at"] = to
    return run(at)


def test_each_question_of_set_up_is_gone_back_to_and_on(home: Home):
    at = home.open()
    tap(at, "I understand")
    second, stored = number(at), home.size
    assert title(at) == "When did your procedure end?"
    assert second != "0"
    back(at, "0")
    assert title(at).startswith("Your exercises after")
    back(at, second)
    assert title(at) == "When did your procedure end?"
    tap(at, "procedure-day-another-day")
    assert title(at) == "In which week?"
    assert "week" not in str(at.query_params), "the address says nothing of the answers"
    back(at, second)
    assert title(at) == "When did your procedure end?"
    assert home.size == stored


def test_back_from_a_form_shows_its_page_and_what_was_stored_stays(home: Home):
    home.settle()
    at = home.open("diary")
    tap(at, "diary-now")
    form = number(at)
    tap(at, "diary-3")
    assert title(at) == "Diary"
    assert number(at) == "0"
    back(at, form)
    assert title(at) == "How bad is your back pain?"
    back(at, "0")
    assert title(at) == "Diary"
    assert [entry.fact.score for entry in home.patient.history().of(Pain)][-1] == 3


def test_what_was_asked_about_a_warning_sign_is_closed_by_back_and_never_opened_again(home: Home):
    home.settle()
    at = home.open("warning")
    tap(at, "warning-fall")
    asked, stored = number(at), home.size
    assert title(at) == "Is that so?"
    assert "fall" not in str(at.query_params), "the address says nothing about the person"
    back(at, "0")
    assert title(at) == "What is wrong?"
    back(at, asked)
    assert title(at) == "What is wrong?"
    assert home.size == stored


def test_a_page_opened_by_its_address_with_any_number_shows_the_page(home: Home):
    home.settle()
    for written in ("7", "999999999", "x", "-1", "²"):
        at = home.open("diary")
        at.query_params["at"] = written
        assert title(run(at)) == "Diary"
