"""Taking a record along in a browser: the file arrives, and what does not work is said in a sentence."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coach.desk.clinic.messages import MessagesDesk
from coach.desk.installation.recording import new_key
from tests.support.browser_steps import heading, see, tap
from tests.support.short_clinic import ShortClinic
from tests.support.short_home import Home

SIXTY = timedelta(hours=60)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[ShortClinic]:
    made = ShortClinic(tmp_path)
    yield made
    made.server.stop()


def fetch(page: Page, label: str) -> Path:
    """Tap a button and return the file that comes."""
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name=label).first.click()
    see(page, f"{coming.value.suggested_filename} is in your downloads.")
    return Path(coming.value.path())


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@pytest.mark.timeout(240)
def test_a_patient_takes_the_report_the_sheet_and_the_tables_along(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url + "/progress")
    page.get_by_text("Take it with you").click()
    assert "Ada" in text_of(fetch(page, "Progress report (PDF)"))
    assert "Ankle pumps" in text_of(fetch(page, "Exercise sheet (PDF)"))
    with zipfile.ZipFile(fetch(page, "Tables for a spreadsheet")) as tables:
        assert "sessions.csv" in tables.namelist()
    bundle = json.loads(fetch(page, "For a clinic’s record system").read_bytes())
    assert bundle["resourceType"] == "Bundle"


@pytest.mark.timeout(120)
def test_a_server_that_is_gone_is_said_and_the_button_works_again(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=SIXTY)
    page = open_page("phone")
    page.goto(home.server.url + "/progress")
    page.get_by_text("Take it with you").click()
    expect(page.get_by_role("button", name="Tables for a spreadsheet")).to_be_visible()
    home.server.kill()
    page.get_by_role("button", name="Tables for a spreadsheet").click()
    see(page, "The app does not answer just now. Nothing is lost. Try again.")
    home.server.start()
    fetch(page, "Tables for a spreadsheet")


@pytest.mark.timeout(240)
def test_a_physiotherapist_takes_the_patients_report_along_and_no_address_tells_who_it_is(
    clinic: ShortClinic, open_context: Callable[..., BrowserContext]
):
    ada, pat = clinic.add_patient("ada"), clinic.add_physiotherapist("pat")
    own = clinic.desk(ada)
    MessagesDesk(own.installation, own.patient, own.principal).write("Is this normal?", key=new_key())
    clinic.server.start()
    context = open_context("desktop")
    context.add_cookies([clinic.cookie(pat)])  # type: ignore[list-item]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(clinic.server.url)
    page.get_by_role("button", name=re.compile("Review")).first.click()
    page.get_by_text("Files to take along").click()
    report = text_of(fetch(page, "Progress report (PDF)"))
    assert "Ada" in report
    assert "R-ada" in report
    tap(page, "Open early")
    heading(page, "On paper")
    assert "Ankle pumps" in text_of(fetch(page, "Exercise sheet (PDF)"))
    addresses = [each for each in asked if "/api/take/" in each]
    assert len(addresses) == 2
    assert not any(str(ada.patient) in each or "ada" in each.lower() for each in addresses)
