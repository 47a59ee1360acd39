"""Every page at every size: nothing is cut, lies over another or scrolls sideways, and errors come into sight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coach.desk.installation.recording import new_key
from tests.support import browser, selectors
from tests.support.browser_steps import START, check_and_score, heading, rest, tap
from tests.support.sample_clinic import SampleClinic, arrive, look_as, sample_clinic
from tests.support.server import ROOT

MEASURE = (ROOT / "tests" / "support" / "measures.js").read_text("utf-8")
SMALL_TARGETS = (ROOT / "tests" / "support" / "targets.js").read_text("utf-8")
FINGER = 44  # CSS pixels
# Width and height in CSS pixels, and how large the letters are: 640 x 400 is a small screen at a zoom of 200 %.
SIZES = ((320, 640, 1.0), (390, 844, 1.0), (844, 390, 1.0), (640, 400, 1.0), (320, 640, 1.3), (390, 844, 2.0))
SMALL = ((320, 640, 1.3),)
PATIENT = (
    "",
    "diary",
    "progress",
    "messages",
    "guide",
    "guide?part=warning-signs",
    "guide?part=getting-up",
    "guide?part=next-fracture",
    "settings",
    "settings?part=times",
    "settings?part=answers",
    "settings?part=you",
    "settings?part=reminders",
    "settings?part=looks",
    "settings?part=data",
    "warning",
    "questions",
)
CLINIC = ("", "patients")
ADMINISTRATOR = ("audit", "protocols", "staff", "status")
PHONE = "+49 30 555 0100"
LONG = "+44 (0) 20 7946 0958 1234"

LARGER = """(times) => {
  const all = [];
  const walk = (root) => root.querySelectorAll('*').forEach((each) => {
    all.push([each, parseFloat(getComputedStyle(each).fontSize)]);
    if (each.shadowRoot) walk(each.shadowRoot);
  });
  walk(document);
  // A number to call has its size from the letters around it
  for (const [each, size] of all) {
    if (!each.matches('.coach-number')) each.style.setProperty('font-size', `${size * times}px`, 'important');
  }
}"""
AS_BEFORE = """() => {
  const walk = (root) => root.querySelectorAll('*').forEach((each) => {
    each.style.removeProperty('font-size');
    if (each.shadowRoot) walk(each.shadowRoot);
  });
  walk(document);
}"""


@dataclass
class Seen:
    """What a walk through all pages met."""

    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleClinic]:
    """A clinic by day, where Ben has told of his pain and Ada of a warning sign."""
    for made in sample_clinic(tmp_path_factory.mktemp("clinic")):
        with made.in_time():
            made.desk("ben").diary.check_in(average=3, worst=5, key=new_key())
            made.desk("ada").red_flags.report_flag("leg_weakness", key=new_key())
        yield made


def measure(page: Page, where: str, seen: Seen, sizes: Sequence[tuple[int, int, float]] = SIZES) -> None:
    for width, height, times in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if times != 1:
            page.evaluate(LARGER, times)
        page.wait_for_timeout(150)
        found = page.evaluate(f"({MEASURE})()")
        if found:  # a chart takes a moment to find its new width
            page.wait_for_timeout(700)
            found = page.evaluate(f"({MEASURE})()")
        seen.faults += [f"/{where} at {width} x {height}, letters {times:.0%}: {each}" for each in found]
        if times != 1:
            page.evaluate(AS_BEFORE)
        elif width <= 390:
            seen.small += [f"/{where}: {each}" for each in page.evaluate(SMALL_TARGETS, FINGER)]


@pytest.fixture(scope="module")
def seen(chromium: Browser, clinic: SampleClinic) -> Seen:
    """Walk through the pages of the patient and of the staff, and write down what is met."""
    seen = Seen()
    for whom, pages in (
        ("patient", PATIENT),
        ("physiotherapist", CLINIC),
        ("administrator", ADMINISTRATOR),
    ):
        page = look_as(chromium, clinic, whom, width=390 if whom == "patient" else 1280)
        page.on("response", lambda r: seen.refused.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        if whom == "patient":
            seen.missing = selectors.ours(page)
            seen.missing -= selectors.found_while_opening(page, clinic.url, seen.missing)
        for where in pages:
            arrive(page, f"{clinic.url}/{where}")
            seen.missing -= selectors.found(page, seen.missing)
            if whom == "patient":
                measure(page, where, seen)
                for act in ACTS.get(where, ()):
                    act(page)
                    page.wait_for_timeout(400)
                    rest(page)
                    seen.missing -= selectors.found(page, seen.missing)
                    measure(page, where, seen, SMALL)
            page.set_viewport_size({"width": 390 if whom == "patient" else 1280, "height": 844})
        if whom == "physiotherapist":
            arrive(page, clinic.url)
            for step, brings in REVIEWS:
                page.get_by_role("button", name=step).or_(page.get_by_text(step)).first.click()
                page.locator(brings).first.wait_for()
                rest(page)
                seen.missing -= selectors.found(page, seen.missing)
        page.context.close()
    return seen


REVIEW = ".st-key-review-bar button"
#: What a physiotherapist taps, and what comes of it.
REVIEWS: tuple[tuple[str | re.Pattern[str], str], ...] = (
    (re.compile("^Review: Patient Ada"), REVIEW),
    ("Seen today", '[data-testid="stPopoverBody"] input'),
    ("Caseload", ".st-key-clinic-head"),
    (re.compile("^Show: On track"), '[aria-label="Review: Patient Cleo"]'),
    (re.compile("^Review: Patient Cleo"), REVIEW),
    ("Put on hold", "[role=radiogroup]"),
    ("In a week", ".st-key-plan-table table"),
)


def _where_you_are(page: Page) -> None:
    """Unfold the course, unless it is unfolded as something in it is new."""
    if not page.locator(".coach-coming").count():
        page.locator(".st-key-where-you-are summary").first.click()
        page.locator(".coach-coming summary").first.wait_for()


#: What is done on a page so that more of it is there.
ACTS: dict[str, tuple[Callable[[Page], object], ...]] = {
    "": (_where_you_are,),
    "diary": (
        lambda page: tap(page, "Log exercises I did without the app"),
        lambda page: (
            page.get_by_role("button", name="Ankle pumps").or_(page.get_by_text("Ankle pumps")).last.click()
        ),
        lambda page: page.locator(".st-key-past-save button").click(),
        lambda page: page.go_back(),
        lambda page: tap(page, "Enter a paper diary from a file"),
        lambda page: page.locator(".st-key-paper-how summary").click(),
    ),
    "progress": (lambda page: page.get_by_text("What you did").first.click(),),
    "messages": (lambda page: page.get_by_role("textbox").first.press_sequentially("Is this normal?"),),
    "warning": (lambda page: page.locator(".st-key-warning-none").scroll_into_view_if_needed(),),
    "questions": (lambda page: page.get_by_role("textbox").first.press_sequentially("To walk to the shop"),),
    "settings?part=you": (lambda page: page.locator(".st-key-change-zone button").click(),),
    "settings?part=times": (
        lambda page: page.locator(".st-key-change-procedure button").click(),
        lambda page: page.locator("[class*='st-key-procedure-day-'] button").first.click(),
        lambda page: page.locator(".st-key-procedure-typed button").click(),
        lambda page: page.get_by_role("textbox", name="Time", exact=True).fill("12:01 am"),
        lambda page: page.keyboard.press("Tab"),
        lambda page: page.locator("[class*='-right-'] button").click(),
    ),
}


@pytest.mark.long
def test_a_link_to_a_page_begins_without_a_request_that_is_refused(seen: Seen):
    assert seen.refused == []


def test_nothing_is_cut_or_lies_over_another_at_any_size(seen: Seen):
    assert not seen.faults, "\n".join(seen.faults)


def test_whatever_a_patient_taps_on_a_phone_is_as_large_as_a_finger(seen: Seen):
    assert not seen.small, "\n".join(seen.small)


def test_each_selector_of_ours_finds_something(seen: Seen):
    assert not seen.missing, "\n".join(sorted(seen.missing))


def past_form(chromium: Browser, clinic: SampleClinic) -> Page:
    """Return the page of a patient who is about to log what they did without the app."""
    page = look_as(chromium, clinic, "patient")
    arrive(page, f"{clinic.url}/diary")
    tap(page, "Log exercises I did without the app")
    heading(page, "What did you do without the app?")
    rest(page)
    return page


def test_an_error_comes_into_sight_and_back_leads_to_the_page_again(chromium: Browser, clinic: SampleClinic):
    page = past_form(chromium, clinic)
    _errs_twice(page)
    assert re.search(r"\?at=\d+$", page.url), "the address says nothing about the person"
    page.go_back()
    heading(page, "Diary")
    page.go_forward()
    heading(page, "What did you do without the app?")
    page.go_back()
    heading(page, "Diary")
    page.context.close()


def test_an_error_comes_into_sight_on_a_slow_phone_too(chromium: Browser, clinic: SampleClinic):
    page = past_form(chromium, clinic)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 20})
    _errs_twice(page)
    page.context.close()


def _errs_twice(page: Page) -> None:
    """Save what lacks its time, twice: the second time the page has the same error already."""
    for _again in range(2):
        page.wait_for_timeout(1000)  # a tap counts once the screen has been looked at
        page.locator(".st-key-past-save button").click()
        alert = page.get_by_role("alert").filter(has_text="A day and a time are needed here.")
        expect(alert).to_be_focused()
        expect(alert).to_be_in_viewport(ratio=1)
        page.evaluate("document.activeElement.blur(); document.querySelector('.stMain').scrollTo(0, 0)")


def test_a_chosen_day_is_seen_and_a_number_in_a_text_calls(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    arrive(page, f"{clinic.url}/diary")
    tap(page, "Score my pain now")
    chosen = page.get_by_role("radio", checked=True)
    chosen.hover()  # where it was tapped
    expect(chosen.locator("p")).to_have_css("color", "rgb(255, 255, 255)")
    expect(page.locator(".st-key-coach-menu a[aria-current=page]")).to_have_text("Diary")
    expect(chosen).to_have_css("background-color", "rgb(10, 82, 82)")
    expect(page.get_by_role("radio", checked=False).first).not_to_have_css(
        "background-color", "rgb(10, 82, 82)"
    )
    arrive(page, f"{clinic.url}/guide?part=warning-signs")
    in_a_text = page.locator(f"a.coach-phone[href='tel:{PHONE.replace(' ', '')}']")
    expect(in_a_text.first).to_have_text(PHONE)
    page.context.close()


def test_a_number_that_is_changed_is_the_new_one_at_once(chromium: Browser, clinic: SampleClinic):
    """The link stands where React has its text, which React goes on writing into."""
    page = look_as(chromium, clinic, "patient")
    arrive(page, f"{clinic.url}/settings?part=you")
    panel = page.locator(".st-key-panel-set-emergency_phone")
    before = panel.locator(".coach-text p").inner_text()
    for number, shown in (("555 0199", "555 0199"), ("555 0188", "555 0188"), ("", before)):
        panel.get_by_role("button", name="Change Emergency number", exact=True).click()
        panel.get_by_label("Phone number").fill(number)
        panel.get_by_role("button", name="Save").click()
        expect(panel.locator(".coach-text p")).to_have_text(shown)
    page.context.close()


def test_start_is_on_the_screen_of_a_small_phone_and_of_one_on_its_side(
    chromium: Browser, clinic: SampleClinic
):
    page = look_as(chromium, clinic, "patient")
    heading(page, "You can exercise now")
    tap(page, START)
    check_and_score(page, 2)
    for width, height in ((320, 568), (390, 844), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_test_id("start")).to_be_in_viewport(ratio=1)
    page.context.close()


#: Numbers to call that break, are cut, or stand in no link of a fingertip's size; a heading names one below it.
BROKEN = """nodes => nodes.filter((node) => node.offsetHeight).flatMap((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  const { left, right } = node.getBoundingClientRect();
  const link = node.closest('a[href^="tel:"]');
  const calls = link?.href === `tel:${node.textContent.replace(/[^+\\d]/g, '')}` && link.getBoundingClientRect().height >= 44;
  const held = lines === 1 && left >= 0 && right <= window.innerWidth && (calls || node.closest('h2, h3'));
  return held ? [] : [`${node.textContent}: ${lines} lines from ${left} to ${right}, ${link?.outerHTML}`];
})"""


def test_a_number_to_call_never_breaks_and_is_a_link_for_a_finger(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    change_emergency_number(page, clinic, LONG)
    for where, many in (("", 2), ("settings?part=you", 2), ("guide?part=warning-signs", 4)):
        arrive(page, f"{clinic.url}/{where}")
        numbers = page.locator(".stMain .coach-number")
        numbers.nth(many - 1).wait_for()
        for width, height, times in ((320, 640, 1.0), (640, 400, 1.0), (390, 844, 2.0)):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(LARGER, times)
            assert numbers.evaluate_all(BROKEN) == [], (where, width, times)
            page.evaluate(AS_BEFORE)
    change_emergency_number(page, clinic, "")
    page.context.close()


def change_emergency_number(page: Page, clinic: SampleClinic, number: str) -> None:
    arrive(page, f"{clinic.url}/settings?part=you")
    page.get_by_role("button", name="Change Emergency number", exact=True).click()
    page.get_by_label("Phone number").fill(number)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".st-key-panel-set-emergency_phone .coach-text p")).to_have_text(number or "112")


SIGNS = """(nodes, foot) => nodes.filter((node) => {
  const { top, bottom } = node.getBoundingClientRect();
  return top >= 0 && bottom <= foot;
}).map((node) => node.textContent)"""


@pytest.mark.parametrize("page_of", ["the server", "the browser"])
def test_none_of_these_stays_in_reach_once_every_sign_has_been_in_sight(
    chromium: Browser, clinic: SampleClinic, page_of: str
):
    page = look_as(chromium, clinic, "patient")
    if page_of == "the server":
        page.set_viewport_size({"width": 320, "height": 568})
        arrive(page, f"{clinic.url}/warning")
        signs, none = (
            page.locator("[class*=st-key-answers-signs] button"),
            page.locator(".st-key-warning-none button"),
        )
    else:
        page.set_viewport_size({"width": 844, "height": 390})
        page.locator("#coach-help[data-ready]").wait_for(state="attached")
        page.locator(".coach-wrong").click()
        signs, none = page.locator("#coach-help .signs .button"), page.get_by_test_id("help-none")
    on = page.get_by_role("button", name="Show more")
    expect(on).to_be_in_viewport(ratio=1)
    seen: list[str] = []
    while on.is_visible():
        expect(none).not_to_be_in_viewport(ratio=0.99)
        seen += in_sight(signs, on)
        on.click()
        page.evaluate(browser.PAINTED)
    expect(none).to_be_in_viewport(ratio=1)
    seen += in_sight(signs, none)
    assert set(seen) == set(signs.all_inner_texts())
    signs.first.evaluate("node => node.scrollIntoView({ block: 'center' })")
    expect(none).to_be_in_viewport(ratio=1)
    none.click(trial=True)  # nothing lies over it
    page.context.close()


def in_sight(signs: Locator, above: Locator) -> list[str]:
    """Return the signs that stand wholly in sight above something."""
    box = above.bounding_box()
    assert box
    found: list[str] = signs.evaluate_all(SIGNS, box["y"])
    return found


#: Which of some controls are high enough, whole, and on top where a finger meets their middle.
UNDER_THE_FINGER = """nodes => nodes.flatMap((node, place) => {
    node.scrollIntoView({ block: 'center', behavior: 'instant' });
    node.removeAttribute('data-coach-wait');
    const { left, top, width, height } = node.getBoundingClientRect();
    const met = node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    return met && node.offsetHeight >= 56 && node.scrollWidth <= node.clientWidth ? [place] : [];
})"""


def test_every_score_of_the_pain_scale_can_be_tapped_at_any_size(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    tap(page, "Score my pain now")
    heading(page, "How bad is your back pain right now?")
    scores = page.locator("[class*=st-key-scale] button")
    expect(scores).to_have_count(11)
    for width, height, times in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(LARGER, times)
        rest(page)
        assert scores.evaluate_all(UNDER_THE_FINGER) == list(range(11)), (width, height, times)
        page.evaluate(AS_BEFORE)
    page.context.close()
