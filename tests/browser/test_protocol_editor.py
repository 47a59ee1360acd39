"""A physiotherapist makes a second protocol in forms alone, a second person approves it, and a patient exercises by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from coach.domain.facts import SetDone
from tests.support.browser import quicken
from tests.support.browser_steps import check_and_score, finish, heading, rest, saved, see, until
from tests.support.sample_clinic import SampleClinic, sample_clinic

STANDS_MS = 800  # a button counts once it has stood still
TITLE, NEW = "After a vertebroplasty", "Thigh press over a towel"
OWN = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 150">
  <path d="M20 110 L340 110" stroke="#203030" stroke-width="6" fill="none"/>
  <circle cx="70" cy="85" r="22" fill="#8FA8A8"/>
</svg>"""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[SampleClinic]:
    yield from sample_clinic(tmp_path, sample=False)


def browser_of(clinic: SampleClinic, context: BrowserContext, who: str) -> Page:
    context.add_cookies([clinic.cookie(who)])  # type: ignore[list-item]
    return context.new_page()


def click(target: Locator) -> None:
    """Click what is seen; the way there has moved it."""
    target.scroll_into_view_if_needed()
    target.page.wait_for_timeout(STANDS_MS)
    target.click()


def tap(page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Tap the button of that name."""
    click(page.get_by_role("button", name=name, exact=exact).first)


def field(page: Page, slot: str) -> Locator:
    """Return the input of a place."""
    return page.locator(f"[class*=st-key-editor-in-{slot}-]").locator("input, textarea").first


def write(page: Page, slot: str, text: str) -> None:
    """Write into a field and save its form."""
    field(page, slot).fill(text)
    click(page.locator("[class*=st-key-editor-save-] button"))
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    rest(page)


def part(page: Page, name: str) -> None:
    """Go to a part of the editor."""
    click(page.locator(".st-key-editor-parts").get_by_role("radio", name=name))
    rest(page)


def cell(page: Page, where: str) -> None:
    """Open a field of the table of doses."""
    click(page.locator(f"[data-cell='{where}']"))
    rest(page)


@pytest.mark.long
def test_a_second_protocol_is_made_in_forms_approved_put_in_force_and_exercised(
    clinic: SampleClinic, open_context: Callable[..., BrowserContext]
):
    ann = browser_of(clinic, open_context("desktop"), "ann")
    ann.goto(f"{clinic.url}/protocols")
    tap(ann, "Make your own protocol")
    ann.get_by_label("What is yours called?").fill(TITLE)
    ann.keyboard.press("Tab")
    rest(ann)
    tap(ann, "Start", exact=True)
    heading(ann, TITLE)
    address = ann.url
    rest(ann)

    _change_phase_and_dose(ann)
    _change_exercises(ann)
    _mend_a_fault(ann)

    # A second person reads the same page and agrees
    ken = browser_of(clinic, open_context("desktop"), "ken")
    ken.goto(f"{address}&part=check")
    see(ken, f"The exercise {NEW} is new.")
    see(ken, "The exercise Bottom squeeze is not there any more.")
    see(ken, "The phase “First week” opens at 50 h instead of 48 h.")
    see(ken, "It concerns 4 of 4 patients.")
    rest(ken)
    click(ken.get_by_role("radio", name="I approve it"))
    rest(ken)
    tap(ken, "Save my answer")
    see(ken, re.compile("Ken approved it"))

    # It is put in force
    part(ann, "Check and put in force")
    ann.get_by_label("Why? The staff read this.").fill("For our vertebroplasties.")
    ann.keyboard.press("Tab")
    rest(ann)
    tap(ann, "Put in force now")
    see(ann, re.compile("Everybody sees it from that time on"))

    _exercise(clinic, open_context("phone"))


def _change_phase_and_dose(page: Page) -> None:
    part(page, "Phases and doses")
    tap(page, re.compile("First week"))
    rest(page)
    expect(page.locator(".st-key-editor-open-phases-first-week")).to_be_in_viewport()
    write(page, "phase-first-week-opens-after-value", "50")
    cell(page, "quadriceps.first-week")
    write(page, "phase-first-week-dose-quadriceps-reps-value", "6")
    expect(page.locator("[data-cell='quadriceps.first-week']")).to_contain_text("6 × 5 s")


def _change_exercises(page: Page) -> None:
    part(page, "Exercises")
    tap(page, "Open Bottom squeeze")
    rest(page)
    tap(page, "Remove this exercise")
    rest(page)
    tap(page, "Yes, remove it")
    see(page, "Bottom squeeze is removed.")
    rest(page)
    like = page.get_by_role("combobox", name="Like which one?")
    like.fill("Thigh tightening")
    like.press("ArrowDown")
    like.press("Enter")
    rest(page)
    page.get_by_label("Its name, as patients read it").fill(NEW)
    page.keyboard.press("Tab")
    rest(page)
    tap(page, "Add it")
    heading(page, NEW)
    rest(page)
    click(page.get_by_role("radio", name="Drawing"))
    rest(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "own.svg", "mimeType": "image/svg+xml", "buffer": OWN.encode()}
    )
    see(page, "So patients see it.")
    rest(page)
    tap(page, "Use this drawing")
    see(page, "The drawing is saved.")
    rest(page)
    part(page, "Phases and doses")
    cell(page, "thigh-press-over-a-towel.first-week")
    tap(page, "Open it in this phase")
    see(page, f"{NEW} is open in “First week”.")
    rest(page)


def _mend_a_fault(page: Page) -> None:
    """Write a number that is too large, see it told at its field, be led there from the list, and mend it."""
    slot = "phase-first-week-dose-thigh-press-over-a-towel-reps-value"
    told = "13 times is more than this exercise’s own limit. Allowed: at most 12."
    write(page, slot, "13")
    expect(page.locator("[class*=st-key-editor-field-]").get_by_text(told)).to_be_visible()
    part(page, "Check and put in force")
    see(page, "Mend what is listed above first. Everything that you saved is kept.")
    tap(page, re.compile(re.escape(told)))
    expect(field(page, slot)).to_be_focused()
    write(page, slot, "2")
    expect(page.get_by_text(told)).to_have_count(0)


def _exercise(clinic: SampleClinic, context: BrowserContext) -> None:
    """Let a patient find the new exercise with its drawing, do it, and see what the record says."""
    quicken(context)
    ada = browser_of(clinic, context, "ada")
    ada.goto(clinic.url)
    heading(ada, "You can exercise now")
    expect(ada.get_by_text("Bottom squeeze")).to_have_count(0)
    line = ada.locator("summary", has_text=NEW)
    click(line)
    picture = ada.locator("[class*=st-key-exercise-thigh-press-over-a-towel] img").first
    expect(picture).to_be_visible()
    until(ada, lambda: picture.evaluate("(image) => image.complete && image.naturalWidth > 0"))
    tap(ada, "Start only this one")
    check_and_score(ada, 4)
    ada.get_by_test_id("start").click()
    finish(ada, 3)
    saved(ada)
    with clinic.in_time():
        history = clinic.desk("ada").history()
    (done,) = [each.fact for each in history.of(SetDone)]
    assert (done.routine, done.reps_done) == ("thigh-press-over-a-towel", 4), "two for each leg"
