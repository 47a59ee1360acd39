"""Everybody's way: no fault that axe knows, the keyboard alone, and each new screen told by focus and title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coach.domain.facts import ClinicianHold, Note, Pain, PainWhen
from tests.support.browser import PAINTED, dropped
from tests.support.browser_steps import heading, rest
from tests.support.sample_clinic import SampleClinic, arrive, look_as, sample_clinic
from tests.support.screen_people import take_in
from tests.support.screens import SCREENS, Screen, chosen, settled, walked
from tests.support.server import ROOT

AXE = (Path(str(resources.files("axe_playwright_python"))) / "axe.min.js").read_text("utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental")
RUN = """async (rules) => (await axe.run(document, { iframes: false, resultTypes: ['violations'], runOnly: rules }))
  .violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)"""
#: What is smaller than a fingertip, but for links that only the keyboard brings into sight, and the parts of one
#: field; a checkbox and a radio button are tapped by their labels.
SMALL_TARGETS = (ROOT / "tests" / "support" / "targets.js").read_text("utf-8")
MEASURE = (ROOT / "tests" / "support" / "measures.js").read_text("utf-8")
#: What a reader may set for all texts (WCAG 1.4.12).
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }`);
  const walk = (root) => {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    root.querySelectorAll('*').forEach((each) => each.shadowRoot && walk(each.shadowRoot));
  };
  walk(document);
}"""
MOVES = """() => [...document.querySelectorAll('*')].filter((each) => {
  const { transitionDuration, animationDuration } = getComputedStyle(each);
  return `${transitionDuration}, ${animationDuration}`.split(', ').some((one) => parseFloat(one) > 0.001);
}).length"""
LEAST = 44  # CSS pixels
PHONE, DESK = (390, 844), (1280, 800)
RecordProperty = Callable[[str, object], None]
LANGUAGES = ("en-GB", "en-XA", "ar-XB")

#: Screens that differ in kind, for the ordinary run; the torture walks through all of them.
SAMPLE = (
    "set-up/procedure-hour", "today/not-home", "today/something-is-wrong", "before/check", "player/more-open",
    "diary/without-the-app", "settings/answers-unsure", "review/seen-today", "plan/form-5", "thread/clinic",
    "staff/list", "administrator/status", "sign-in/form",
)  # fmt: skip
LOOKS = [(size, theme) for size in (PHONE, DESK) for theme in ("light", "dark")]
BOTH_SIZES = (((PHONE, "light"), (DESK, "dark")), ((PHONE, "dark"), (DESK, "light")))
PAGES = sorted({each.name.partition("/")[0] for each in SCREENS})


@dataclass
class Table:
    """What was looked at, and the faults of each screen, theme, width and language."""

    language: str
    rows: list[tuple[str, str, int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, looks: Sequence[tuple[tuple[int, int], str]] = LOOKS) -> None:
        """Look at a page as it is, at these sizes and in these themes."""
        if page.evaluate("typeof globalThis.axe") == "undefined":
            page.evaluate(f"{AXE};0")
        for (width, height), theme in looks:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            settled(page)
            small = page.evaluate(SMALL_TARGETS, LEAST)
            self.faults += [f"{name}, {width}, {self.language}: too small to tap: {each}" for each in small]
            found = page.evaluate(RUN, list(RULES))
            self.faults += [f"{name}, {theme}, {width}, {self.language}: {each}" for each in found]
            self.rows.append((name, theme, width, self.language))

    def miss(self, screen: Screen, why: str) -> None:
        """Count a screen that could not be reached as a fault of it."""
        self.faults.append(f"{screen.name}, {self.language}: not reached: {why}")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleClinic]:
    """A clinic by day, with the made-up languages."""
    yield from sample_clinic(tmp_path_factory.mktemp("clinic"), pseudo_languages=True, sample=False)


@pytest.mark.long
def test_a_sample_of_the_screens_has_no_fault_that_axe_knows(chromium: Browser, clinic: SampleClinic):
    """Each in both sizes, one light and one dark, by turns; in French, whose days have the narrowest letters."""
    table = Table("fr")
    screens = chosen(SAMPLE)
    assert len(screens) == len(SAMPLE)
    for number, (page, screen) in enumerate(
        walked(chromium, clinic, screens, language="fr", missed=table.miss)
    ):
        table.look(page, screen.name, BOTH_SIZES[number % len(BOTH_SIZES)])
    assert not table.faults, "\n".join(table.faults)


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_fault_that_axe_knows(
    chromium: Browser, clinic: SampleClinic, name: str, language: str, record_property: RecordProperty
):
    table = Table(language)
    for page, screen in walked(chromium, clinic, chosen([name]), language=language, missed=table.miss):
        table.look(page, screen.name)
    record_property("rows", len(table.rows))
    assert not table.faults, "\n".join(table.faults)


def press(target: Locator, key: str = "Enter") -> None:
    """Come to a button by Tab alone, from wherever the focus is, and press a key on it; again if it was dropped."""
    page = target.page
    ready = target.and_(page.locator(":not([data-coach-wait]):not([disabled])"))
    expect(ready).to_be_visible()
    page.evaluate(PAINTED)
    for _tab in range(120):
        if target.evaluate("node => node.getRootNode().activeElement === node"):
            before = dropped(page)
            page.keyboard.press(key)
            if dropped(page) in ("", before):
                return
            expect(ready).to_be_visible()
        else:
            page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {target}")


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """The screen of that heading is told: the focus is on the heading, and the title says it."""
    here = page.get_by_role("heading", name=text).first
    expect(here).to_be_visible()
    expect(here).to_be_focused()
    expect(page).to_have_title(re.compile(rf"^{re.escape(here.inner_text().strip())} · Coach$"))


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name).first


def test_set_up_is_answered_from_the_first_page_to_today_by_keyboard_alone(
    chromium: Browser, clinic: SampleClinic
):
    page = look_as(chromium, clinic, take_in(clinic, "new", alone="keys"))
    press(button(page, "I understand"))
    answers: tuple[tuple[str | re.Pattern[str], str | re.Pattern[str]], ...] = (
        ("When did your procedure end?", re.compile("^Yesterday")),
        ("Which hour was it?", "9:00"),
        ("Which one is right?", "09:30"),
        (re.compile("for the night"), "No, I got home the same day"),
        ("When did you get home?", "11:00"),
        ("Which one is right?", "11:15"),
        (re.compile("week before the procedure"), re.compile(r"^8\b")),
        ("Is any of these true for you?", re.compile("^Do you have blood pressure")),
    )
    for question, answer in answers:
        told(page, question)
        press(button(page, answer))
    # Its answers open under the line that was tapped
    press(page.get_by_role("button", name="No", exact=True))
    press(button(page, "None of the others"))
    heading(page, "Your exercises")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.context.close()


def test_pain_is_scored_and_corrected_by_keyboard_alone(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    heading(page, "You can exercise now")
    rest(page)
    press(button(page, "Score my pain now"))
    told(page, "How bad is your back pain right now?")
    press(button(page, re.compile(r"^4\b")))
    told(page, "You can exercise now")
    press(page.get_by_role("link", name="Diary"))
    told(page, "Diary")
    if not button(page, "Change").is_visible():
        press(page.locator("summary").filter(has_text="Today"))
    right = page.locator(".stMain [class*=st-key-panel-]").filter(has_text=re.compile("Pain.*: 4"))
    press(right.first.get_by_role("button", name=re.compile("^Change .*Pain.*: 4")))
    heading(page, "What is right?")
    press(page.locator("[class*=st-key-scale] button", has_text=re.compile(r"^5\b")))
    expect(page.get_by_role("heading", name=re.compile("Pain.*: 5"))).to_be_visible()
    corrected = page.locator(".stMain [class*=st-key-panel-]").filter(has_text="Earlier version")
    expect(corrected.locator(":focus")).to_be_in_viewport()
    page.context.close()


def test_a_session_is_begun_paused_stopped_and_scored_by_keyboard_alone(
    chromium: Browser, clinic: SampleClinic
):
    page = look_as(chromium, clinic, take_in(clinic, "open", alone="keys"))
    heading(page, "You can exercise now")
    rest(page)
    press(button(page, re.compile(r"^Start[ ,]")))
    told(page, "Do you have any of these?")
    press(button(page, re.compile("^(None of these|Nothing new)")))
    told(page, "How bad is your back pain right now?")
    press(button(page, re.compile(r"^4\b")))
    told(page, re.compile("^Lie on your back"))
    press(page.get_by_test_id("start"))
    told(page, "Ankle pumps")
    press(page.get_by_test_id("pause"))
    press(page.get_by_test_id("resume").first)
    press(page.get_by_test_id("stop"))
    told(page, "Why are you stopping?")
    press(page.get_by_test_id("stop-reason-tired"))
    told(page, "How bad is your back pain right now?")
    press(page.get_by_test_id("pain-3"))
    told(page, "How hard were the exercises?")
    press(page.get_by_test_id("effort-3"))
    told(page, "Do you want to write something down?")
    press(page.get_by_test_id("note"), "H")
    page.keyboard.type("ot today")
    press(page.get_by_test_id("save"))
    told(page, "Stopped.")
    press(button(page, "Back to Today"))
    heading(page, "Your exercises")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    with clinic.in_time():
        history = clinic.desk("open keys").history()
    assert [each.fact.score for each in history.of(Pain) if each.fact.when is PainWhen.AFTER] == [3]
    assert [each.fact.text for each in history.of(Note)] == ["Hot today"]
    page.context.close()


def test_a_setting_is_changed_by_keyboard_alone_and_its_button_says_which(
    chromium: Browser, clinic: SampleClinic
):
    page = look_as(chromium, clinic, "patient")
    arrive(page, f"{clinic.url}/settings?part=you")
    expect(page).to_have_title("You and where you are · Coach")
    change = page.get_by_role("button", name="Change First name", exact=True)
    press(change)
    expect(page.get_by_role("heading", name="First name")).to_be_focused()
    press(button(page, "Leave it as it is"))
    expect(page.get_by_role("heading", name="First name")).to_be_focused()
    page.context.close()


def test_a_patient_is_found_reviewed_and_held_by_keyboard_alone(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "physiotherapist", width=1280)
    heading(page, "Caseload")
    rest(page)
    expect(page).to_have_title("Caseload · Coach")
    press(page.get_by_label("Search by name or reference"), "C")
    page.keyboard.type("leo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Review: "))).to_have_count(1)
    rest(page)
    press(page.get_by_role("button", name="Review: Patient Cleo"))
    told(page, re.compile("^Review$"))
    press(button(page, "Put on hold"))
    told(page, "Plan")
    heading(page, "Change the plan")
    choose(page.get_by_role("radiogroup", name="Until when?"), "In a week")
    why = page.get_by_label("Why? The patient reads this.")
    press(why, "W")
    page.keyboard.type("ait for the scan")
    expect(why).to_have_value("Wait for the scan")
    page.keyboard.press("Tab")
    expect(page.locator(".st-key-plan-reads")).to_contain_text("Wait for the scan")
    rest(page)
    press(button(page, "Save this change"))
    expect(page.get_by_text("Saved. The patient sees it on Today.")).to_be_visible()
    expect(page.locator(".stMain :focus")).to_have_count(1)
    with clinic.in_time():
        held = clinic.desk("cleo").history().of(ClinicianHold)
    assert [each.fact.why for each in held] == ["Wait for the scan"]
    page.context.close()


def choose(group: Locator, name: str) -> None:
    """Choose one of several by keyboard alone: Tab comes to the group, and arrows go through it."""
    wanted = group.get_by_role("radio", name=name)
    press(group.locator("[role=radio][tabindex='0']").first, "Space")
    for _arrow in range(group.get_by_role("radio").count()):
        if wanted.evaluate("node => node === document.activeElement"):
            break
        group.page.keyboard.press("ArrowRight")
    group.page.keyboard.press("Space")
    expect(wanted).to_be_checked()


def test_in_own_colours_what_is_chosen_and_where_one_is_are_seen(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    arrive(page, f"{clinic.url}/diary")
    press(button(page, "Score my pain now"))
    told(page, "How bad is your back pain?")
    rest(page)
    assert page.evaluate(MOVES) == 0
    chosen, other = page.get_by_role("radio", checked=True), page.get_by_role("radio", checked=False).first
    ground = "node => getComputedStyle(node).backgroundColor"
    assert chosen.evaluate(ground) != other.evaluate(ground)
    score = button(page, re.compile(r"^4\b"))
    press(score, "Shift")
    expect(score).to_have_css("outline-style", "solid")
    expect(score).to_have_css("outline-width", "3px")
    page.context.close()


#: Screens of every kind, as somebody sees them who has set colours, motion or the space between letters.
KINDS = (
    "set-up/procedure-hour", "today/open", "before/check", "diary/empty", "settings/you-first_name",
    "review/nothing-done",
)  # fmt: skip
RING = """() => [...document.querySelectorAll('.stMain button, .stMain input, .stMain summary')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.disabled).slice(0, 12)
  .flatMap((each) => {
    each.focus({ focusVisible: true, preventScroll: true });
    const rings = [each, each.parentElement, each.closest('[role=group], [data-testid], label')].filter(Boolean);
    const seen = rings.map((one) => getComputedStyle(one))
      .some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
    return seen ? [] : [each.outerHTML.slice(0, 120)];
  })"""


@dataclass
class Own:
    """What somebody meets who has set motion, colours or spacing."""

    moving: list[str] = field(default_factory=list)
    unringed: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def own(chromium: Browser, clinic: SampleClinic) -> Own:
    """Walk through screens of every kind once, for the tests below."""
    found, table = Own(), Table("en-GB")
    for page, screen in walked(chromium, clinic, chosen(KINDS), language="en-GB", missed=table.miss):
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        settled(page)
        if page.evaluate(MOVES):
            found.moving.append(screen.name)
        found.unringed += [f"{screen.name}: {each}" for each in page.evaluate(RING)]
        page.evaluate(SPACED)
        page.wait_for_timeout(300)
        found.cut += [f"{screen.name}: {each}" for each in page.evaluate(f"({MEASURE})()")]
    assert not table.faults, "\n".join(table.faults)
    return found


def test_nothing_moves_for_whoever_wants_no_motion(own: Own):
    assert not own.moving


def test_in_forced_colours_a_ring_shows_where_one_is(own: Own):
    assert not own.unringed, "\n".join(own.unringed)


def test_with_more_space_between_letters_words_and_lines_nothing_is_cut(own: Own):
    assert not own.cut, "\n".join(own.cut)
