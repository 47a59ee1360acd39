"""What somebody types is not lost: not by a reload, a server that is replaced, a sign-in or the menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coach.desk.accounts import demo_viewers
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.installation.recording import new_key
from tests.support.browser_steps import go_by_more, heading, rest, see, tap
from tests.support.clinics import make_clinic
from tests.support.sample_clinic import sample_server
from tests.support.server import AppServer

DRAFT = "My leg has been numb since Sunday"
BACK = "Not saved yet. Your text is still here."
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('coach-draft:'))"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A clinic where one may look as a patient, a physiotherapist or an administrator."""
    folder: Path = tmp_path_factory.mktemp("drafts")
    made = make_clinic(folder)
    accounts = {"physiotherapist": "ann", "administrator": "adam", "patient": "ada"}
    demo_viewers.mark(
        made.installation, {role: made.people[name].account or new_key() for role, name in accounts.items()}
    )
    MessagesDesk(made.installation, made.patients["ada"], made.people["ada"]).write(
        "May I drive?", key=new_key()
    )
    yield from sample_server(folder, made)


def look_as(context: BrowserContext, place: AppServer, who: str) -> Page:
    page = context.new_page()
    page.goto(place.url)
    tap(page, f"Look as a{'n' if who[0] == 'a' else ''} {who}")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    rest(page)
    return page


def review_ada(page: Page) -> None:
    page.get_by_label("Search by name or reference").fill("ada")
    page.keyboard.press("Enter")
    rest(page)
    tap(page, re.compile("^Review: Patient Ada"))
    heading(page, "What changed")


def keeps(page: Page, many: int) -> None:
    page.wait_for_function(f"() => {KEPT}.length === {many}")


def sign_out(page: Page, place: AppServer) -> None:
    page.goto(f"{place.url}/sign-out")
    tap(page, "Sign out here")
    page.wait_for_url("**/signed-out")  # a page that is closed on its way may never say that it is
    page.close()


def type_message(page: Page, place: AppServer) -> None:
    page.goto(f"{place.url}/messages")
    page.get_by_label("Your message").click()
    page.keyboard.type(DRAFT)
    keeps(page, 1)


def test_the_first_tap_on_the_menu_works_and_the_draft_is_there_on_the_way_back(
    place: AppServer, open_context: Callable[..., BrowserContext]
):
    page = look_as(open_context("phone"), place, "patient")
    type_message(page, place)
    page.get_by_role("link", name="Diary").tap()
    heading(page, "Diary")
    go_by_more(page, "Messages")
    heading(page, "Messages")
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    tap(page, "Send")
    see(page, "Sent.")
    keeps(page, 0)
    page.reload()
    heading(page, "Messages")
    rest(page)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_a_draft_outlives_reload_and_signing_out_sealed_for_its_owner_alone(
    place: AppServer, open_context: Callable[..., BrowserContext]
):
    context = open_context("phone")
    page = look_as(context, place, "patient")
    type_message(page, place)
    assert "numb" not in str(page.evaluate(KEPT))
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value(DRAFT)
    see(page, BACK)
    sign_out(page, place)
    other = look_as(context, place, "physiotherapist")
    expect(other.get_by_role("heading", name="Caseload")).to_be_visible()
    review_ada(other)
    tap(other, "Message")
    heading(other, "Messages")
    rest(other)
    expect(other.get_by_label("Your message to the patient")).to_have_value("")
    assert len(other.evaluate(KEPT)) == 1
    sign_out(other, place)
    again = look_as(context, place, "patient")
    again.goto(f"{place.url}/messages")
    expect(again.get_by_label("Your message")).to_have_value(DRAFT)
    see(again, BACK)
    # what is restored is sent as if it had just been typed
    tap(again, "Send")
    see(again, "Sent.")
    see(again, DRAFT)
    keeps(again, 0)


def test_what_is_typed_in_one_part_of_settings_is_there_after_another_was_opened(
    place: AppServer, open_context: Callable[..., BrowserContext]
):
    page = look_as(open_context("phone"), place, "patient")
    go_by_more(page, "Settings")
    heading(page, "Settings")
    tap(page, "You and where you are")
    heading(page, "You and where you are")
    page.locator(".st-key-change-clinic_phone button").tap()
    number = page.get_by_label("Phone number")
    number.fill("+49 30 555 0199")
    keeps(page, 1)
    rest(page)
    tap(page, "Back to Settings")
    heading(page, "Settings")
    tap(page, "Reminders")
    heading(page, "Reminders")
    page.locator(".st-key-change-reminder_times button").tap()
    clock = page.get_by_role("textbox", name="Time 1", exact=True)
    clock.fill("12:0")
    keeps(page, 2)
    rest(page)
    page.go_back()  # the form is closed
    expect(clock).to_have_count(0)
    page.go_back()
    heading(page, "Settings")
    tap(page, "You and where you are")
    page.locator(".st-key-change-clinic_phone button").tap()
    expect(number).to_have_value("+49 30 555 0199")
    see(page, BACK)
    rest(page)
    page.locator(".st-key-save-clinic_phone button").tap()
    see(page, "Saved.")
    keeps(page, 1)
    # the menu leads from a part to the list, and the next tap answers the list
    go_by_more(page, "Settings")
    heading(page, "Settings")
    tap(page, "Reminders")
    heading(page, "Reminders")
    page.locator(".st-key-change-reminder_times button").tap()
    expect(clock).to_have_value("12:0")
    see(page, BACK)
    rest(page)
    page.wait_for_timeout(1000)  # a tap counts once the screen has been looked at
    tap(page, "Leave it as it is")
    keeps(page, 0)


def test_a_draft_is_forgotten_after_its_time(place: AppServer, open_context: Callable[..., BrowserContext]):
    page = look_as(open_context("phone"), place, "patient")
    type_message(page, place)
    page.evaluate(
        f"""for (const [name, text] of {KEPT}) {{
          const kept = JSON.parse(text);
          localStorage.setItem(name, JSON.stringify({{ ...kept, at: Date.now() - 73 * 3600e3 }}));
        }}"""
    )
    page.reload()
    heading(page, "Messages")
    keeps(page, 0)
    rest(page)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_after_the_server_was_replaced_the_physiotherapist_is_where_they_were_with_their_reason(
    place: AppServer, open_context: Callable[..., BrowserContext]
):
    page = look_as(open_context("desktop"), place, "physiotherapist")
    review_ada(page)
    tap(page, "Put on hold")
    heading(page, "Change the plan")
    why = page.get_by_label("Why? The patient reads this.")
    why.click()
    page.keyboard.type("Wait for the scan")
    keeps(page, 1)
    place.restart()
    page.reload()
    heading(page, "Change the plan")
    see(page, "Patient Ada")
    assert "ada" not in page.url.lower()
    expect(why).to_have_value("Wait for the scan")
    see(page, BACK)


def test_typing_keeps_a_session_and_nothing_else_of_a_page_does(
    place: AppServer, open_context: Callable[..., BrowserContext]
):
    page = look_as(open_context("phone"), place, "patient")
    asked: list[tuple[str, int]] = []
    page.on(
        "response",
        lambda got: asked.append((got.request.method, got.status)) if "/api/typing" in got.url else None,
    )
    page.goto(f"{place.url}/messages")
    rest(page)
    assert asked == []
    page.get_by_label("Your message").click()
    with page.expect_response("**/api/typing"):
        page.keyboard.type("One")
    page.keyboard.type(" two three")
    page.get_by_label("Your message").fill("")
    assert asked == [("POST", 204)]
