"""Signing in with a real browser: password and code, an invitation, an organisation; and being signed out elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from coach import desk
from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.desk.patient.patient_desk import PatientDesk
from coach.records.entries.metadata import Metadata
from coach.web.session_cookie import DEVICE
from tests.support.browser import complaints
from tests.support.browser_sign_in import sign_in
from tests.support.browser_steps import LONG, heading, see, tap
from tests.support.clinic_team import (
    OPERATOR,
    PASSWORD,
    clinic,
    patient,
    patient_with_password,
    physiotherapist,
    team,
)
from tests.support.homes import settled
from tests.support.http import ask
from tests.support.patients import answer_set_up
from tests.support.server import START_S, AppServer, answers, free_port

NEVER = 3_600_000  # ms: the page's own watch does not ask in this test


class Place:
    """A clinic's server, and the same record seen from the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.installation: Installation = clinic(folder)
        Metadata(self.installation.store).say("mode", "clinic")
        self.team = team(self.installation)
        self.ada = patient(self.installation, self.team)
        self.server = AppServer(folder, env={"COACH_MODE": "clinic"})
        own = PatientDesk(self.installation, self.ada, Principal(Role.PATIENT, patient=self.ada))
        answer_set_up(own, procedure=timedelta(hours=60), awake=True)

    def patient_with_password(self) -> str:
        return patient_with_password(self.installation, self.ada)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "clinic"))
    made = Place(tmp_path / "clinic")
    yield made
    made.server.stop()


def cookie_of(place: Place, login: str) -> str:
    """Return the cookie of somebody who signs in without a browser."""
    headers = {
        "Origin": place.server.url,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"login": login, "password": PASSWORD}).encode()
    answer = ask(place.server, "/sign-in", method="POST", headers=headers, body=body)
    return (answer.headers["set-cookie"] or "").partition(";")[0]


def leave(page: Page, name: str) -> None:
    """Leave a plain page once it has loaded: what is cut off by leaving is a complaint, too."""
    page.wait_for_load_state("networkidle")
    tap(page, name)


def sound(page: Page) -> None:
    """Nothing that keeps anybody out: names, contrast, sizes; and no sideways scrolling."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_physiotherapist_signs_in_by_password_and_code(place: Place, open_page: Callable[..., Page]):
    place.server.start()
    invited = AccountsDesk(place.installation, OPERATOR).add_staff(
        "Mara Koch", "mara", Role.PHYSIOTHERAPIST, team=place.team, key=uuid4()
    )
    page = open_page("desktop")
    heard = complaints(page)
    page.goto(f"{place.server.url}/join#{invited.code}")
    heading(page, "Welcome")
    expect(page.get_by_label("Code of your invitation")).to_have_value(invited.code)
    assert page.url == f"{place.server.url}/join", "the code does not stay in the address"
    page.get_by_label("New password").fill(PASSWORD)
    leave(page, "Go on")
    heading(page, "Set up your codes")
    sound(page)
    secret = (page.locator(".code").text_content() or "").replace(" ", "")
    page.get_by_label("Code", exact=True).fill("000000")
    leave(page, "Go on")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    leave(page, "Go on")
    expect(page).to_have_url(f"{place.server.url}/")
    expect(page.get_by_text("Mara Koch").first).to_be_visible()
    other = open_page("tablet")
    sign_in(other, place.server.url, "MARA")
    heading(other, "Enter your code")
    expect(other.get_by_text(secret[:4])).to_have_count(0)
    later = pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30)
    other.get_by_label("Code", exact=True).press_sequentially(later, delay=150)  # as fast as somebody types
    other.get_by_label("Code", exact=True).press("Enter")
    expect(other.get_by_text("Mara Koch").first).to_be_visible()
    assert [each for each in heard if "401" not in each] == []


def test_a_printed_code_lets_a_patient_in_who_sends_a_file(place: Place, open_page: Callable[..., Page]):
    place.server.start()
    invited = AccountsDesk(place.installation, OPERATOR).invite_patient(place.ada)
    page = open_page("phone", color_scheme="dark")
    page.goto(place.server.url)
    heading(page, "Sign in")
    sound(page)
    page.get_by_role("link", name="I have an invitation").click()
    heading(page, "Welcome")
    sound(page)
    page.get_by_label("Code of your invitation").fill(invited.code.replace("-", " ").lower())
    page.get_by_label("New password").fill("password")
    tap(page, "Go on")
    expect(page.get_by_role("alert")).to_contain_text("among the first that anybody would try")
    expect(page.get_by_label("Code of your invitation")).not_to_be_empty()
    page.get_by_label("New password").fill(PASSWORD)
    tap(page, "Go on")
    heading(page, "You can exercise now")
    carried = [each for each in page.context.cookies() if each["name"].startswith("coach-")]
    [cookie] = [each for each in carried if not each["name"].endswith(DEVICE)]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["value"] not in page.url
    assert not page.evaluate("document.cookie").count(cookie["value"])
    page.get_by_role("link", name="Diary").click()
    tap(page, "Enter a paper diary from a file")
    heading(page, "Enter a paper diary")
    for content in ("date,time,what,score\n", "date,time,what,score\n2026-01-01,08:30,pain now,11\n"):
        name = f"diary-{len(content)}.csv"
        file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        with page.expect_response(lambda answer: answer.request.method == "PUT") as taken:
            page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        assert taken.value.status == 204
        see(page, name)
        expect(page.get_by_role("alert").first).to_be_visible()  # it was read, and something is wrong with it
    path = taken.value.url.removeprefix(place.server.url)
    ben = patient(place.installation, place.team, reference="MK-2", name="Ben L")
    other = cookie_of(place, patient_with_password(place.installation, ben))
    for held, status in ((other, 403), ("", 401), (f"{cookie['name']}={cookie['value']}", 403)):
        # For the page itself the last one would do, with the token that Streamlit gives to its pages.
        answer = ask(place.server, path, method="PUT", headers={"Cookie": held}, body=b"x")
        assert answer.status == status
        assert (b"XSRF" in answer.body) is (cookie["value"] in held)
    page.get_by_role("link", name="Today").click()
    heading(page, "You can exercise now")
    answer = ask(
        place.server, path, method="PUT", headers={"Cookie": f"{cookie['name']}={cookie['value']}"}, body=b"x"
    )
    assert b"No page of yours asks for this file" in answer.body


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/sign-out"])
def test_the_plain_pages_fit_at_twice_the_size(place: Place, open_page: Callable[..., Page], path: str):
    place.server.start()
    page = open_page("phone", viewport={"width": 195, "height": 422})
    page.goto(place.server.url + path)
    sound(page)
    for target in page.locator("button, a.button, input:not([type=hidden])").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 56


def test_a_session_that_is_revoked_loses_an_open_tab_at_the_next_rerun(
    place: Place, open_page: Callable[..., Page]
):
    place.server.start()
    login = place.patient_with_password()
    page = open_page("phone")
    page.add_init_script(
        f"const real = setInterval; setInterval = (f, ms) => real(f, ms === 20000 ? {NEVER} : ms)"
    )
    sign_in(page, place.server.url, login)
    heading(page, "You can exercise now")
    revoke(place)
    page.get_by_role("link", name="Diary").first.click()
    heading(page, re.compile("Sign in|You are signed out"))
    expect(page.get_by_text("You can exercise now")).to_have_count(0)
    page.wait_for_url(re.compile("/sign-in"))
    see(page, "You were signed out.")


def test_a_session_that_is_revoked_loses_an_open_tab_that_nobody_touches(
    place: Place, open_page: Callable[..., Page]
):
    place.server.start()
    login = place.patient_with_password()
    page = open_page("phone")
    sign_in(page, place.server.url, login)
    heading(page, "You can exercise now")
    revoke(place)
    page.wait_for_url(re.compile("/sign-in"), timeout=LONG)
    expect(page.get_by_text("You can exercise now")).to_have_count(0)
    page.go_back()
    heading(page, "Sign in")


def revoke(place: Place) -> None:
    account = place.installation.accounts.of_patient(place.ada)
    assert account
    place.installation.accounts.end_all(account.id, at=clock.now())


def test_two_people_at_one_browser_never_see_each_other(place: Place, open_page: Callable[..., Page]):
    place.server.start()
    ada = place.patient_with_password()
    ben_id = patient(place.installation, place.team, reference="MK-2", name="Ben")
    ben = patient_with_password(place.installation, ben_id)
    page = open_page("phone")
    sign_in(page, place.server.url, ada)
    heading(page, "You can exercise now")
    page.goto(f"{place.server.url}/sign-out")
    tap(page, "Sign out here")
    heading(page, "You are signed out")
    page.get_by_role("link", name="Sign in").click()
    heading(page, "Sign in")
    sign_in(page, page.url, ben)
    expect(page.get_by_role("button", name="I understand")).to_be_visible()  # Ben has still to answer set-up
    expect(page.get_by_text("You can exercise now")).to_have_count(0)


def test_a_physiotherapist_who_was_invited_home_signs_in_there(
    open_page: Callable[..., Page], app_server: Callable[..., AppServer], tmp_path: Path
):
    folder = tmp_path / "home"
    settled(folder, now=clock.now())
    installation = clinic(folder, home=True)
    invited = AccountsDesk(installation, desk.household(installation).principal).invite_physiotherapist(
        "Mara Koch", "mara"
    )
    server = app_server(home=folder)
    household, theirs = open_page("phone"), open_page("desktop")
    household.goto(server.url)
    heading(household, "Your exercises")
    theirs.goto(f"{server.url}/join#{invited.code}")
    theirs.get_by_label("New password").fill(PASSWORD)
    tap(theirs, "Go on")
    expect(theirs.get_by_text("Mara Koch").first).to_be_visible()
    assert installation.is_followed()
    household.reload()
    heading(household, "Your exercises")
    theirs.goto(f"{server.url}/sign-out")
    tap(theirs, "Sign out here")
    sign_in(theirs, f"{server.url}/sign-in", "mara")
    expect(theirs.get_by_text("Mara Koch").first).to_be_visible()


# an organisation


@pytest.fixture
def provider() -> Iterator[int]:
    """A real OpenID Connect provider with two people."""
    port = free_port()
    people = [
        '{"sub": "mara", "email": "mara@clinic.example", "email_verified": true}',
        '{"sub": "eve", "email": "eve@clinic.example", "email_verified": true}',
        '{"sub": "mallory", "email": "mara@clinic.example", "email_verified": false}',
    ]
    command = [str(Path(sys.executable).with_name("oidc-provider-mock")), "-p", str(port)]
    for claims in people:
        command += ["--user-claims", claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + START_S
    while not answers(f"http://127.0.0.1:{port}/.well-known/openid-configuration"):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    yield port
    process.kill()
    process.wait()


def set_up(place: Place, provider: int) -> None:
    secrets = place.folder / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "{place.server.url}/oauth2callback"
cookie_secret = "made-up-for-this-test-alone-0123456789"
client_id = "coach"
client_secret = "made-up"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
"""
    )
    place.server.env["STREAMLIT_SECRETS_FILES"] = str(secrets)
    place.server.start()


def by_organisation(page: Page, address: str, subject: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sign in with your organisation").click()
    page.get_by_role("button", name=subject, exact=True).click()


def test_staff_signs_in_with_the_organisation(place: Place, provider: int, open_page: Callable[..., Page]):
    key, _secret = physiotherapist(place.installation, place.team, login="mara@clinic.example")
    set_up(place, provider)
    page = open_page("desktop")
    by_organisation(page, place.server.url, "mara")
    expect(page.get_by_text("Mara@Clinic.Example Koch").first).to_be_visible()
    assert page.url == f"{place.server.url}/"
    names = {each["name"] for each in page.context.cookies()}
    assert not any(name.startswith("_streamlit_user") for name in names), "the provider's word counts once"
    account = place.installation.accounts.account(key)
    assert account
    assert account.organisation == f"http://127.0.0.1:{provider}|mara"
    page.goto(f"{place.server.url}/sign-out")
    tap(page, "Sign out here")
    page.goto(place.server.url)
    heading(page, "Sign in")


@pytest.mark.parametrize("subject", ["eve", "mallory"])
def test_whoever_the_clinic_does_not_know_stays_outside(
    place: Place, provider: int, open_page: Callable[..., Page], subject: str
):
    physiotherapist(place.installation, place.team, login="mara@clinic.example")
    set_up(place, provider)
    page = open_page("desktop")
    by_organisation(page, place.server.url, subject)
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    names = {each["name"] for each in page.context.cookies()}
    assert not any(name.startswith(("_streamlit_user", "coach-")) for name in names)
    page.goto(place.server.url)
    heading(page, "Sign in")
