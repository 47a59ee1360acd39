"""The record goes away under a running server: every page says what is true, stays where it is, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk.installation import clock
from coach.records.database import engine
from coach.ui.parts import browser, navigation
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.odd_rows import ODD, put
from tests.support.pages import at_address, given, links, said
from tests.support.postgres import PostgresServer
from tests.support.server import ROOT

PAGES = [*navigation.PATIENT, *navigation.CLINIC]
TRUE = ("Nothing can be saved now. Call whoever runs this computer.", "comes back by itself")
NEVER = ("is kept", "Something went wrong", "Nothing that was saved is lost")


def open_page(clinic: Clinic, page: str, patched: pytest.MonkeyPatch) -> AppTest:
    """Open a page by its address as somebody for whom it is, on a server that has run for a while."""
    who = (
        "ada"
        if page in navigation.PATIENT
        else "adam"
        if page in ("audit", "patients", "staff", "status")
        else "ann"
    )
    token = clinic.sign_in(who)
    clinic.installation.store.close()
    patched.setattr(browser, "token", lambda: token)
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    if page != "today":
        at_address(at, page)
    if page in ("review", "plan", "thread"):
        at.session_state[navigation.PATIENT_CHOSEN] = clinic.patients["ada"]
    return at


@pytest.fixture
def clinic(tmp_path: Path, clock_in_hand: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    monkeypatch.setattr(engine, "WAIT_MS", 20)
    made = make_clinic(tmp_path)
    monkeypatch.setenv("COACH_MODE", "clinic")
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    monkeypatch.setenv("COACH_DATABASE_URL", engine.file_url(tmp_path / "clinic.sqlite3"))
    desk.forget()
    yield made
    desk.forget()


@pytest.fixture
def clock_in_hand() -> Iterator[Clock]:
    hand = Clock(NOW)
    clock.use(hand)
    yield hand
    clock.use()


def moved(file: Path) -> Callable[[], object]:
    away = file.with_name("away")
    file.rename(away)
    return lambda: away.rename(file)


def replaced(file: Path) -> Callable[[], object]:
    back = moved(file)
    file.write_bytes(b"")

    def again() -> None:
        file.unlink()
        back()

    return again


def let_go() -> None:
    """Close the server's connections, which keep what they have read and locked."""
    desk.open_installation().store._writer.dispose()  # noqa: SLF001  listens to the database itself


def unreadable(file: Path) -> Callable[[], object]:
    let_go()
    content = file.read_bytes()
    with file.open("r+b") as stream:
        stream.write(b"\xff" * len(content))

    def again() -> None:
        with file.open("r+b") as stream:
            stream.write(content)
        let_go()

    return again


def locked(file: Path) -> Callable[[], object]:
    let_go()
    other = engine.driver().connect(str(file))
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    return lambda: other.close()


TROUBLES = (moved, replaced, unreadable, locked)


@pytest.mark.parametrize("number", range(len(PAGES)), ids=PAGES)
def test_each_page_says_what_is_true_and_comes_back(
    clinic: Clinic, tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
):
    page = PAGES[number]
    at = open_page(clinic, page, monkeypatch)
    at.run()
    assert not at.exception
    before = said(at).splitlines()
    trouble = TROUBLES[number % len(TROUBLES)]
    again = trouble(tmp_path / "clinic.sqlite3")
    at.run()
    text = said(at)
    assert not at.exception, [each.value for each in at.exception]
    assert all(part in text for part in TRUE), text
    assert not any(part in text for part in NEVER), text
    assert trouble not in (moved, replaced) or "The record is not where it was" in text
    assert links(at) == (["tel:112", "tel:+49305550100"] if page in navigation.PATIENT else [])
    assert ("Is something wrong with you?" in text) == (page in navigation.PATIENT)
    again()
    at.run()
    assert [each for each in said(at).splitlines() if each not in before] == []


@pytest.mark.postgres
def test_it_is_the_same_where_postgresql_is_stopped(
    clock_in_hand: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    own = PostgresServer()
    try:
        own.start()
        url = own.new_record()
        clinic = make_clinic(tmp_path, url)
        monkeypatch.setenv("COACH_MODE", "clinic")
        monkeypatch.setenv("COACH_HOME", str(tmp_path))
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        desk.forget()
        for page in ("today", "caseload"):
            at = open_page(clinic, page, monkeypatch)
            at.run()
            own.stop()
            at.run()
            text = said(at)
            assert not at.exception
            assert all(part in text for part in ("does not answer", *TRUE)), text
            own.start()
            at.run()
            assert "does not answer" not in said(at)
    finally:
        desk.forget()
        own.close()


def test_who_comes_when_the_record_is_gone_is_told_to_call_for_help(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    at = open_page(clinic, "today", monkeypatch)
    (tmp_path / "clinic.sqlite3").write_bytes(b"no record")
    at.run()
    assert "Call for help: your emergency number, or your clinic." in said(at)


def test_what_goes_wrong_outside_a_page_says_the_same_and_promises_nothing(monkeypatch: pytest.MonkeyPatch):
    """A button's or a part's own run does not pass the router; the server's last handler has the same words."""

    def page() -> None:
        from coach.desk import RecordUnavailable
        from coach.records.database.errors import Reason
        from coach.ui.shell import error_reporting

        error_reporting.say_sorry(RecordUnavailable(Reason.MISSING, "/data/coach.sqlite3"))

    at = AppTest.from_function(page).run()
    text = said(at)
    assert "The record is not where it was: /data/coach.sqlite3" in text
    assert all(part in text for part in TRUE)


@pytest.mark.parametrize(
    "page", ["today", "progress", "settings", "review", "plan", "thread", "caseload", "patients"]
)
def test_one_entry_that_cannot_be_read_closes_that_record_alone(
    clinic: Clinic, tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "clinic.sqlite3", clinic.patients["ada"], **ODD["an unknown kind"])
    at = open_page(clinic, page, monkeypatch).run()
    text = said(at)
    assert not at.exception
    if page == "patients":
        assert "cannot be read" not in text
        return
    if page == "caseload":
        (table,) = given(at, "coach_caseload")
        (first, *_others) = [row for section in table["sections"] for row in section["rows"]]
        assert (first["name"], first["reasons"][0]["text"]) == (
            "Patient Ada",
            "Entry 5 of the record cannot be read",
        )
        counts = {section["id"]: section["count"] for section in table["sections"]}
        assert counts["ON_TRACK"] == 1
        return
    assert "Entry 5 of this record cannot be read." in text
    assert "All other records are as they were." in text
    assert ("Is something wrong with you?" in text) == (page in navigation.PATIENT)
    assert not any(part in text for part in NEVER)
    other = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    monkeypatch.setattr(browser, "token", lambda: clinic.sign_in("ben"))
    assert "cannot be read" not in said(other.run())
