"""Pages on narrow, short and touched screens: words keep their room, the bar is slim, nothing looks chosen by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from coach.desk.installation.recording import new_key
from tests.support.browser_steps import rest
from tests.support.sample_clinic import SampleClinic, arrive, look_as, sample_clinic

#: A phone at 200 %, one that is a little wider, and the smallest phone.
NARROW = ((195, 422), (240, 480), (320, 640))

#: Words that go on in a second line, or stand outside of what holds them.
BROKEN = """() => {
  const found = [];
  const main = document.querySelector('.stMain');
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!holder.offsetHeight || holder.closest('script, style, .coach-unseen, [aria-hidden=true], .coach-word')) continue;
    if (!holder.closest('h1, h2, summary, .coach-row, .coach-card, button, .coach-button')) continue;
    const box = (holder.closest('summary, .coach-row, .coach-card, button, .coach-button') ?? main).getBoundingClientRect();
    for (const { 0: word, index } of node.data.matchAll(/[\\p{L}]{3,}/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 0.5);
      const lines = new Set(rects.map(({ top }) => Math.round(top))).size;
      const outside = rects.some(({ left, right }) => left < box.left - 1 || right > box.right + 1);
      if (lines > 1 || outside) found.push(`${word} in ${lines} lines${outside ? ', outside' : ''}`);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleClinic]:
    """A clinic by day, where Ada has told of a warning sign."""
    for made in sample_clinic(tmp_path_factory.mktemp("clinic")):
        with made.in_time():
            made.desk("ada").red_flags.report_flag("collapse", key=new_key())
        yield made


@pytest.mark.torture
@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_no_word_breaks_inside_and_the_bar_is_slim_on_a_narrow_screen(
    chromium: Browser, clinic: SampleClinic, language: str
):
    for whom in ("ben", "ada"):  # who may exercise, and who has an alarm
        page = look_as(chromium, clinic, whom, language=language)
        rest(page)
        for width, height in NARROW:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(150)
            assert page.evaluate(f"({BROKEN})()") == [], (whom, width)
            bar = page.locator(".st-key-coach-menu")
            tops = bar.locator(":scope > a, :scope > button").evaluate_all(
                "nodes => nodes.map((node) => Math.round(node.getBoundingClientRect().top))"
            )
            assert len(tops) == 4
            assert len(set(tops)) == 1, "all in one row"
            assert bar.evaluate("node => node.offsetHeight") <= 72
            rows = page.locator(".stMain [class*=st-key-exercise-] summary")
            assert all(high <= 200 for high in rows.evaluate_all("all => all.map((e) => e.offsetHeight)"))
        page.context.close()


def test_start_is_seen_above_the_bar_on_a_phone_on_its_side(chromium: Browser, clinic: SampleClinic):
    page = look_as(chromium, clinic, "patient")
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_timeout(150)
    start = page.locator(".st-key-start-all button")
    expect(start).to_be_in_viewport(ratio=1)
    start.click(trial=True)
    foot = page.locator(".st-key-coach-menu").bounding_box()
    box = start.bounding_box()
    assert foot
    assert box
    assert box["y"] + box["height"] <= foot["y"]
    page.context.close()


#: What a control looks like.
LOOK = """node => {
  const { backgroundColor, borderTopColor, color } = getComputedStyle(node);
  return [backgroundColor, borderTopColor, color];
}"""


def test_what_lies_under_a_finger_looks_as_it_did_before(chromium: Browser, clinic: SampleClinic):
    page = touched(chromium, clinic)
    for where in ("", "warning"):
        arrive(page, f"{clinic.url}/{where}")
        rest(page)
        assert page.evaluate("matchMedia('(hover: none)').matches")
        controls = page.locator(
            ".stMain button:visible, .stMain .coach-button:visible, .stMain summary:visible, .st-key-coach-menu > *"
        )
        ours = controls.and_(
            page.locator(":not(.st-key-sample-switch *)")
        )  # the sample's banner stands on no page of a clinic
        for each in ours.all()[:12]:
            page.mouse.move(1, 1)
            before = each.evaluate(LOOK)
            each.scroll_into_view_if_needed()
            each.hover(force=True)
            page.wait_for_timeout(350)  # as long as colours take
            assert each.evaluate(LOOK) == before, each.inner_text()
    page.context.close()


def touched(chromium: Browser, clinic: SampleClinic) -> Page:
    """Return a patient's page on a screen that is touched."""
    page = look_as(chromium, clinic, "patient")
    kept = page.context.storage_state()
    page.context.close()
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        has_touch=True,
        is_mobile=True,
        storage_state=kept,
    )
    page = context.new_page()
    page.goto(clinic.url)
    page.locator("h1, h2").first.wait_for()
    return page
