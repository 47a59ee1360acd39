"""In the made-up languages no word is left English, nothing is cut when words are longer, and the screen mirrors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from coach.desk.installation.recording import new_key
from coach.i18n.languages import LONGER, MIRRORED
from tests.support import browser, pseudo
from tests.support.browser_steps import AT_REST
from tests.support.patient_screens import PASS, come, states
from tests.support.protocols import no_night
from tests.support.server import ROOT
from tests.support.short_clinic import ShortClinic, Somebody

MEASURE = (ROOT / "tests" / "support" / "measures.js").read_text("utf-8")
SIZES = ((320, 640), (390, 844), (820, 1180), (1280, 800))
DESK = ((1280, 800), (820, 1180))
ENTERED = ("Walk to the shop", "Good morning", "Spine", "Europe/Berlin", "Ada", "pat", "adam", "Pat", "Adam")
SAMPLE = ("set-up: quarter", "player: stage")


@dataclass(frozen=True)
class StaffScreen:
    """A screen of the staff: who sees it, its address, and what is tapped on the way; "folds" opens every line."""

    name: str
    whom: str
    path: str
    way: tuple[str, ...] = ()


REVIEW = "button.review"
HOLD = ".st-key-review-hold button"
PLANS = ".st-key-plan-form [data-testid=stButtonGroup] >> nth=0 >> button"
STAFF = (
    StaffScreen("caseload", "pat", "", ("folds",)),
    StaffScreen("review", "pat", "", (REVIEW, "folds")),
    StaffScreen("seen", "pat", "", (REVIEW, ".st-key-review-seen-open button")),
    *(StaffScreen(f"plan {n}", "pat", "", (REVIEW, HOLD, f"{PLANS} >> nth={n}")) for n in range(8)),
    StaffScreen("messages", "pat", "", (REVIEW, ".st-key-review-message button")),
    StaffScreen("patients", "pat", "patients"),
    StaffScreen("new patient", "pat", "patients", (".st-key-people-add button",)),
    StaffScreen("one patient", "pat", "patients", ("[role=row] .acts button", "folds")),
    StaffScreen("no such page", "pat", "nowhere"),
    StaffScreen("staff", "adam", "staff"),
    StaffScreen("new colleague", "adam", "staff", (".st-key-staff-add button",)),
    StaffScreen("one colleague", "adam", "staff", ("[role=row] .acts button",)),
    StaffScreen("protocols", "adam", "protocols", ("folds",)),
    StaffScreen("audit", "adam", "audit"),
)


@dataclass
class Place:
    """The server, who works there, and the browser in which it is seen."""

    clinic: ShortClinic
    staff: dict[str, Somebody]
    chromium: Browser

    def page(self, who: Somebody, language: str) -> Page:
        context = self.chromium.new_context(
            viewport={"width": 390, "height": 844}, locale=language, timezone_id="Europe/Berlin"
        )
        context.set_default_timeout(browser.SOON)
        context.add_cookies([self.clinic.cookie(who)])  # type: ignore[list-item]
        return context.new_page()


@pytest.fixture(scope="module")
def place(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("pseudo")
    clinic = ShortClinic(folder, no_night)
    clinic.server.env |= {
        "COACH_PSEUDO_LANGUAGES": "1",
        "COACH_TEST_TEMPLATE": str(pseudo.collected(folder)),
    }
    clinic.server.start()
    staff = {"pat": clinic.add_physiotherapist("pat"), "adam": clinic.add_administrator("adam")}
    yield Place(clinic, staff, chromium)
    clinic.server.stop()


def faults(page: Page, where: str, sizes: Sequence[tuple[int, int]], *, words: bool = True) -> list[str]:
    """Return what is English on a page as it is, and what is cut, lies over another or scrolls sideways."""
    page.wait_for_timeout(300)
    found = pseudo.english(page, ENTERED) if words else []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        cut = page.evaluate(f"({MEASURE})()")
        if cut:  # a chart takes a moment to find its new width
            page.wait_for_timeout(700)
            cut = page.evaluate(f"({MEASURE})()")
        found += [f"at {width}: {each}" for each in cut]
    return [f"{where}: {each}" for each in found]


def patients(
    place: Place, language: str, names: Sequence[str] | None, sizes: Sequence[tuple[int, int]]
) -> list[str]:
    """Look at a patient's screens, at all where no names are given."""
    found = []
    for state in states(place.clinic.protocol):
        if names is not None and state.name not in names:
            continue
        who = place.clinic.add_patient(f"p{new_key().hex[-12:]}", set_up=state.set_up, hours=state.hours)
        state.prepare(place.clinic.desk(who))
        page = place.page(who, language)
        come([page], place.clinic.server.url, pseudo.spoken(state))
        found += faults(page, f"{language}, {state.name}", sizes, words=language == LONGER)
        page.context.close()
    return found


def staff(place: Place, language: str, screens: Sequence[StaffScreen]) -> list[str]:
    """Look at the screens of those who work there."""
    found = []
    for screen in screens:
        page = place.page(place.staff[screen.whom], language)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{place.clinic.server.url}/{screen.path}")
        page.locator(".stMain :is(h1, h2)").first.wait_for()
        for thing in screen.way:
            _tap(page, thing)
        found += faults(page, f"{language}, {screen.name}", DESK, words=language == LONGER)
        page.context.close()
    return found


def _tap(page: Page, thing: str) -> None:
    page.wait_for_function(AT_REST)
    if thing == "folds":
        folds = page.locator(
            ".stMain details:not([open]) > summary, .stMain button[aria-expanded=false]:not([aria-haspopup])"
        )
        while folds.count():
            folds.first.evaluate(PASS)
            page.wait_for_timeout(200)
            page.wait_for_function(AT_REST)
        return
    page.locator(thing).first.evaluate(PASS)
    page.wait_for_timeout(200)
    page.wait_for_function(AT_REST)


def test_a_sample_of_the_screens_has_no_english_word_and_cuts_nothing(place: Place):
    found = patients(place, LONGER, SAMPLE, ((320, 640), (1280, 800)))
    assert not found, "\n".join(found)


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", [LONGER, MIRRORED])
def test_no_screen_has_an_english_word_or_cuts_anything(place: Place, language: str):
    found = patients(place, language, None, SIZES)
    found += staff(place, language, STAFF)
    assert not found, "\n".join(found)
