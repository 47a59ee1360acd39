"""The clinic's pages in a real browser: for everybody's eyes and keys, at every width, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts import demo_viewers
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.installation.recording import new_key
from coach.records.entries.store import Store
from tests.support.browser_steps import heading, rest, tap
from tests.support.clinics import make_clinic
from tests.support.sample_clinic import sample_server
from tests.support.server import AppServer

WIDTHS = ((1280, 800), (820, 1180), (390, 844))
NOT_OURS = {"presentation-role-conflict"}  # Streamlit's own file picker and the like


SOMEBODY: dict[str, Principal] = {}  # the patients of the server's clinic, by name


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A clinic's server that shows a sample: whoever comes chooses whom to look as."""
    folder: Path = tmp_path_factory.mktemp("clinic")
    made = make_clinic(folder)
    ann, adam = made.people["ann"], made.people["adam"]
    assert ann.account
    assert adam.account
    demo_viewers.mark(made.installation, {"physiotherapist": ann.account, "administrator": adam.account})
    made.patient("ada").red_flags.report_flag("leg_weakness", key=new_key())
    cleo = made.patients["cleo"]
    own = Principal(Role.PATIENT, patient=cleo)
    MessagesDesk(made.installation, cleo, own).write("Is this normal?", key=new_key())
    PatientsDesk(made.installation, ann).rename(
        made.patients["ada"], "Ada <b>Bold</b> ![x](http://127.0.0.1:9/x)", "R-1"
    )
    SOMEBODY.update(
        {name: Principal(Role.PATIENT, patient=patient) for name, patient in made.patients.items()}
    )
    yield from sample_server(folder, made)


@pytest.fixture
def page(open_page: Callable[..., Page], place: AppServer) -> Page:
    """The caseload as Ann sees it."""
    shown = open_page("desktop")
    shown.goto(place.url)
    tap(shown, "Look as a physiotherapist")
    heading(shown, "Needs you today")
    return shown


def faults(page: Page) -> list[str]:
    rest(page)
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found if each["id"] not in NOT_OURS]


def fits(page: Page) -> bool:
    rest(page)
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_fault_that_axe_knows(page: Page, scheme: str):
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert faults(page) == []
    page.get_by_role("link", name="Patients").click()
    heading(page, "Patients")
    expect(page.get_by_role("button", name=re.compile("^Open: Ada"))).to_be_visible()
    assert faults(page) == []
    tap(page, re.compile("^Open: Ada"))
    heading(page, "Sign-in")
    assert faults(page) == []


def test_nothing_is_cut_off_at_any_width(page: Page):
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport()
        assert fits(page), width


def test_a_name_is_a_text_and_fetches_nothing(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    heading(page, "Needs you today")
    expect(page.get_by_text("Ada <b>Bold</b> ![x](http://127.0.0.1:9/x)")).to_be_visible()
    assert not [url for url in asked if ":9/" in url]


def test_a_row_is_a_row_and_its_buttons_say_whose_they_are(page: Page):
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Ada")))
    expect(row.get_by_text(re.compile("^Red flag, emergency, since"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Review: Ada"))).to_be_visible()
    expect(page.get_by_role("columnheader", name="Why")).to_be_visible()


def test_a_tap_on_a_list_that_has_just_been_searched_counts_as_soon_as_it_looks_ready(page: Page):
    for search in ("a", "ad", "ada"):
        heading(page, "Caseload")
        page.get_by_label("Search by name or reference").fill(search)
        page.keyboard.press("Enter")
        rest(page)
        expect(page.locator("html[data-coach-ready=true]")).to_be_attached()
        tap(page, re.compile("^Review: Ada"))
        heading(page, "What changed")
        page.get_by_role("link", name="Caseload").click()


def test_seen_works_by_keys_leaves_the_flag_on_top_and_is_undone(page: Page):
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Ada")))
    button = page.get_by_role("button", name=re.compile("^Seen today: Ada"))
    expect(button).to_be_visible()
    ready = page.locator("html[data-coach-ready=true]")  # the guard lets a key through
    expect(ready).to_be_attached()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Note, if you like")).to_be_focused()
    page.keyboard.type("rang her")
    page.keyboard.press("Enter")
    expect(row.get_by_text(re.compile("^Seen by Ann, .*: rang her$"))).to_be_visible()
    expect(row.get_by_text(re.compile("^Red flag, emergency, since"))).to_be_visible()
    expect(button).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Marked as seen today")).to_have_count(1)
    rest(page)
    expect(ready).to_be_attached()
    page.get_by_role("button", name=re.compile("^Undo seen: Ada")).press("Enter")
    expect(button).to_be_visible()
    expect(row.get_by_text(re.compile("^Seen by"))).to_have_count(0)


def test_a_new_emergency_is_said_by_an_open_caseload_and_moves_nothing_that_is_typed(
    page: Page, place: AppServer
):
    page.clock.install()
    page.reload()
    heading(page, "Needs you today")
    button = page.get_by_role("button", name=re.compile("^Seen today: Ada"))
    expect(button).to_be_visible()
    page.wait_for_timeout(1000)  # a key counts once the screen was painted for a while
    button.press("Enter")
    note = page.get_by_label("Note, if you like")
    note.press_sequentially("half a no")
    store = Store.open(place.env["COACH_DATABASE_URL"])
    cleo = SOMEBODY["cleo"]
    assert cleo.patient
    PatientDesk(Installation(store, clinic=True), cleo.patient, cleo).red_flags.report_flag(
        "chest_pain", key=new_key()
    )
    store.close()
    alarm = page.get_by_role("alert").filter(has_text="New: Patient Cleo. Red flag, emergency, since")
    expect(alarm).to_have_count(0)
    page.clock.fast_forward(21_000)
    expect(alarm).to_be_visible()
    first = page.get_by_role("table", name=re.compile("^Needs you today")).get_by_role("rowheader").first
    expect(first).to_have_text(re.compile("Ada|Cleo"))
    expect(note).to_be_focused()
    page.keyboard.type("te")
    expect(note).to_have_value("half a note")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Close", exact=True).press("Enter")
    expect(alarm).to_have_count(0)


def test_on_paper_there_is_the_sheet_alone_on_one_page(page: Page):
    page.get_by_role("link", name="Patients").click()
    tap(page, re.compile("^Open: Ada"))
    tap(page, re.compile("^Make an"))
    expect(page.get_by_role("button", name="Print this sheet")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Your exercises after balloon kyphoplasty")).to_be_visible()
    for gone in ("Print this sheet", "I have printed it", "Back to the list", "Sign out"):
        expect(page.get_by_text(gone, exact=True)).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))) == 1


def test_signing_out_is_one_click_in_this_window(page: Page):
    tap(page, "Sign out")
    expect(page).to_have_url(re.compile("/signed-out$"))
