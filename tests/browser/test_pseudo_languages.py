"""In the made-up languages no word is left English, nothing is cut when words are longer, and the screen mirrors."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from coach.i18n import pseudo as pseudo_words
from coach.i18n.languages import LONGER, MIRRORED
from tests.support import pseudo
from tests.support.sample_clinic import SampleClinic, arrive, look_as, sample_clinic
from tests.support.screens import Screen, chosen, walked
from tests.support.server import ROOT

MEASURE = (ROOT / "tests" / "support" / "measures.js").read_text("utf-8")
MIRRORS = (ROOT / "tests" / "support" / "mirrored.js").read_text("utf-8")
SIZES = ((320, 640), (390, 844), (820, 1180), (1280, 800))
#: What the fast run looks at, where it is narrowest and widest: a question with a day's field, Today with numbers to call, a
#: form of the clinic with a day and a time.
SAMPLE = ("set-up/procedure-week", "today/open", "plan/form-5")
ENDS = (SIZES[0], SIZES[-1])
# The screens, or pages, that the long walk looks at; all where nothing is said.
WANTED = os.environ.get("COACH_TORTURE_SCREENS", "").split()
#: Time zones and their cities, and what a step of a screen types.
NAMES = (
    "Europe/Berlin", "America/New York", "Pacific/Honolulu", "Etc/UTC",
    "Berlin", "Is this normal?", "To walk to the shop", "soon", "zzz",
)  # fmt: skip

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
        elif page.locator(".stMain").count():
            here += page.evaluate(f"({MIRRORS})()")
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


#: What is wrong, and what only looks so.
PAGE = """<div class="stApp"><div class="stMain" style="width: 300px; position: relative">
  <p style="width: 40px; overflow: hidden; white-space: nowrap">«Çúť ťéxť»</p>
  <p style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">«Šhóŕťéñéď ťéxť»</p>
  <p style="height: 8px; overflow: hidden">«Ťóó híğh»</p>
  <div data-testid="stDateInputFieldsScroller" style="width: 40px; overflow-x: auto">
    <span style="white-space: nowrap">2026-11-30</span></div>
  <p style="position: absolute; left: 0; top: 200px; margin: 0">«Lyíñğ»</p>
  <p style="position: absolute; left: 4px; top: 202px; margin: 0">«Óvéŕ»</p>
  <h2 style="position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap">«Fóŕ éáŕš álóñé»</h2>
  <h2 style="position: absolute; clip-path: inset(50%); overflow: hidden; width: 20px; white-space: nowrap">«Fóŕ éáŕš álóñé»</h2>
  <div style="width: 40px; overflow-x: auto"><span style="white-space: nowrap">«Šçŕólléď ťó»</span></div>
  <details style="overflow: hidden; width: 60px"><summary>«Á»</summary><p style="white-space: nowrap">«Fólďéď áwáy»</p></details>
  <p>Some <cite lang="en">Exercise guide</cite> «Ťéxť» Ada</p>
</div></div>"""
SEEN = {
    "cut: «Çúť ťéxť»", "cut: «Šhóŕťéñéď ťéxť»", "cut: «Ťóó híğh»", "cut: 2026-11-30",
    "over each other: «Lyíñğ» | «Óvéŕ»",
}  # fmt: skip
MIRRORED_PAGE = """<p>{call} +49 30 555 0100</p><p>{call} <span dir="ltr">+49 30 555 0100</span></p><p>2026-11-30, 14:30</p>
  <div class="st-key-coach-menu" style="display: flex"><a href="/">1</a><a href="/">2</a></div>
  <div class="stMain"><div style="transform: scaleX(-1)"><img src="body.svg"></div></div>"""


def test_the_walk_sees_each_kind_of_fault_and_nothing_that_only_looks_so(chromium: Browser):
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.set_content(PAGE)
    assert set(page.evaluate(f"({MEASURE})()")) == SEEN
    (found,) = pseudo.english(page, ["Ada"])
    assert found.endswith("'Some'"), "no title of a publication, and no name"
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    call = pseudo_words.mirrored("Call")
    page.evaluate("(html) => { document.body.innerHTML = html; }", MIRRORED_PAGE.format(call=call))
    assert page.evaluate(f"({MIRRORS})()") == [
        "read from the right: +49 30 555 0100", "a drawing is mirrored: body.svg",
    ]  # fmt: skip
    page.evaluate("() => { document.documentElement.dir = 'ltr'; }")
    assert page.evaluate(f"({MIRRORS})()")[-2] == "the menu does not begin at the right"
    page.close()


@pytest.mark.parametrize("language", [LONGER, MIRRORED])
def test_a_sample_of_the_screens_has_no_english_word_and_cuts_nothing(
    chromium: Browser, clinic: SampleClinic, language: str
):
    screens = chosen(SAMPLE)
    assert len(screens) == len(SAMPLE)
    found = faults(chromium, clinic, language, screens, ENDS)
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


def test_no_drawing_of_the_body_is_mirrored_where_the_screen_is(chromium: Browser, clinic: SampleClinic):
    """A mirrored drawing would show the other leg; for the left one the drawing itself is another."""
    for page, _screen in walked(
        chromium, clinic, chosen(["player/begin"]), language=MIRRORED, missed=unreached
    ):
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.locator(".drawing svg").first.evaluate(SIDES) == [1, 1]


def test_the_calendar_of_a_day_speaks_the_readers_language_and_not_the_browsers(
    chromium: Browser, clinic: SampleClinic
):
    with clinic.in_time():
        clinic.desk("ben").settings.set("language", "fr")
    page = look_as(chromium, clinic, "patient", language="de-DE")
    arrive(page, f"{clinic.url}/diary")
    page.locator(".st-key-diary-past button").click()
    page.locator("[class*=-recent] [role=radio]").last.click()
    page.get_by_test_id("stDateInputCalendarButton").click()
    calendar = page.get_by_test_id("stDateInputCalendar")
    expect(calendar.locator("th")).to_have_text(["L", "M", "M", "J", "V", "S", "D"])
    expect(calendar.locator("td [aria-label^=lundi]").first).to_be_visible()
    page.context.close()
