"""In the made-up languages no word is left English, nothing is cut when words are longer, and the screen mirrors."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from coach.i18n.languages import LONGER, MIRRORED
from tests.support import pseudo
from tests.support.sample_clinic import SampleClinic, sample_clinic
from tests.support.screens import Screen, chosen, walked
from tests.support.server import ROOT

MEASURE = (ROOT / "tests" / "support" / "measures.js").read_text("utf-8")
SIZES = ((320, 640), (390, 844), (820, 1180), (1280, 800))
SAMPLE = ("set-up/procedure-quarter",)
# The screens, or pages, that the long walk looks at; all where nothing is said.
WANTED = os.environ.get("COACH_TORTURE_SCREENS", "").split()
#: Time zones, and what a step of a screen types.
NAMES = ("Europe/Berlin", "America/New York", "Pacific/Honolulu", "Etc/UTC", "Is this normal?", "zzz")

#: The numbers whose last figure does not stand on the right of the first.
READS_ON = """(numbers) => numbers.filter((number) => number.offsetHeight).map((number) => {
  const at = (place) => {
    const range = document.createRange();
    range.setStart(number.firstChild, place);
    range.setEnd(number.firstChild, place + 1);
    return range.getBoundingClientRect().left;
  };
  return at(0) < at(number.textContent.length - 1) ? '' : number.outerHTML;
}).join('')"""
SIDES = """(drawing) => ['right', 'left'].map((side) => {
  drawing.dataset.side = side;
  let mirrored = 1;
  for (let up = drawing; up; up = up.parentElement ?? up.getRootNode().host) {
    const { transform } = getComputedStyle(up);
    if (transform !== 'none') mirrored *= Math.sign(new DOMMatrix(transform).a);
  }
  return mirrored;
})"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleClinic]:
    folder: Path = tmp_path_factory.mktemp("pseudo")
    template = pseudo.collected(folder)
    yield from sample_clinic(folder, pseudo_languages=True, sample=False, template=template)


def faults(
    chromium: Browser,
    clinic: SampleClinic,
    language: str,
    screens: Collection[Screen],
    sizes: Sequence[tuple[int, int]],
) -> list[str]:
    """Return what is English on the screens, what is cut, lies over another or scrolls sideways."""
    found: list[str] = []

    def miss(screen: Screen, why: str) -> None:
        found.append(f"{language}, {screen.name}: not reached: {why}")

    for page, screen in walked(chromium, clinic, screens, language=language, missed=miss):
        here = []
        if language == LONGER:
            known = {*NAMES, *pseudo.entered(clinic.installation)}
            here += pseudo.english(page, known)
        for width, height in sizes if page.locator(".stMain").count() else ():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(200)
            cut = page.evaluate(f"({MEASURE})()")
            if cut:  # a chart takes a moment to find its new width
                page.wait_for_timeout(700)
                cut = page.evaluate(f"({MEASURE})()")
            here += [f"at {width}: {each}" for each in cut]
        found += [f"{language}, {screen.name}: {each}" for each in here]
    return found


def test_a_sample_of_the_screens_has_no_english_word_and_cuts_nothing(
    chromium: Browser, clinic: SampleClinic
):
    screens = chosen(SAMPLE)
    assert len(screens) == len(SAMPLE)
    found = faults(chromium, clinic, LONGER, screens, SIZES)
    assert not found, "\n".join(found)


def unreached(screen: Screen, why: str) -> None:
    pytest.fail(f"{screen.name}: {why}")


@pytest.mark.torture
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("language", [LONGER, MIRRORED])
def test_no_screen_has_an_english_word_or_cuts_anything(
    chromium: Browser, clinic: SampleClinic, language: str
):
    found = faults(chromium, clinic, language, chosen(WANTED), SIZES)
    assert not found, "\n".join(found)


def test_the_side_of_a_drawing_is_that_of_the_body_where_the_screen_is_mirrored(
    chromium: Browser, clinic: SampleClinic
):
    """A mirrored drawing would show the other leg."""
    for page, _screen in walked(
        chromium, clinic, chosen(["player/begin"]), language=MIRRORED, missed=unreached
    ):
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.locator(".drawing svg").first.evaluate(SIDES) == [1, -1]


def test_a_number_to_call_is_read_from_the_left_where_the_screen_is_mirrored(
    chromium: Browser, clinic: SampleClinic
):
    """The figures of a number that has spaces would stand in another order."""
    for page, _screen in walked(
        chromium, clinic, chosen(["today/open"]), language=MIRRORED, missed=unreached
    ):
        numbers = page.locator(".stMain .coach-number")
        assert "+49 30" in "".join(numbers.all_text_contents())
        assert numbers.evaluate_all(READS_ON) == ""
