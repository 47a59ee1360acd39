"""The second of two taps in a row never answers a screen that nobody has seen; the next tap always counts.

Every thing of every page is tapped in `test_every_tap`, which takes an hour; here are the most dangerous.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from coach.desk import PatientDesk
from tests.support.patient_screens import RESTS, State, come, ready, states
from tests.support.protocols import no_night
from tests.support.short_clinic import ShortClinic

GUARD = Path(__file__).parents[2] / "assets" / "ui" / "guard.js"
PAUSE_MS = 200
READY_MS = 600  # of the guard
TRIES = 5  # where a busy computer keeps the second tap waiting until it is one of its own
TAPS = """
globalThis.taps = [];
for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, (event) => taps.push(event.timeStamp), true);
"""
# A screen reader or a switch taps the first answer whose words begin so, wherever it is drawn by then.
READER = """async ([name, pause]) => {
  const tap = () => {
    taps.push(performance.now());
    [...document.querySelectorAll('.stMain button')].find((each) => each.innerText.trim().startsWith(name))?.click();
  };
  tap();
  await new Promise((done) => setTimeout(done, pause));
  tap();
}"""
# Scrolls to an answer as a reader does, who sees what is coming: what a script scrolls is held up.
BY_HAND = """(node) => {
  node.scrollIntoView({ block: 'center' });
  dispatchEvent(new WheelEvent('wheel'));
}"""
SOON_AFTER = (
    "() => new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(d, 700))))"
)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShortClinic]:
    """One server for all of these; each test has a patient of its own."""
    made = ShortClinic(tmp_path_factory.mktemp("taps"), no_night)
    made.server.start()
    yield made
    made.server.stop()


@pytest.fixture
def arrive(
    clinic: ShortClinic, open_context: Callable[..., BrowserContext]
) -> Callable[[str], tuple[Page, PatientDesk]]:
    """Bring a new patient to a screen by its name; return the page and their desk."""

    def start(name: str) -> tuple[Page, PatientDesk]:
        state = next(each for each in states(clinic.protocol) if each.name == name)
        page, desk = _somebody(clinic, open_context, state)
        come([page], clinic.server.url, state)
        return page, desk

    return start


def _somebody(
    clinic: ShortClinic, open_context: Callable[..., BrowserContext], state: State
) -> tuple[Page, PatientDesk]:
    who = clinic.add_patient(uuid4().hex, set_up=state.set_up, hours=state.hours)
    desk = clinic.desk(who)
    state.prepare(desk)
    context = open_context("phone")
    context.add_cookies([clinic.cookie(who)])  # type: ignore[list-item]
    context.add_init_script(TAPS)
    return context.new_page(), desk


def recorded(desk: PatientDesk) -> list[str]:
    """Return the kinds of what is recorded, in its order."""
    return [type(each.fact).__name__ for each in desk.history().entries]


def twice(page: Page, name: str, how: str) -> float:
    """Answer with a finger, a key or a screen reader, twice at once; return the ms between the two."""
    answer = page.get_by_role("button", name=name, exact=name == "No").first
    answer.scroll_into_view_if_needed()
    ready(page)
    if how == "reader":
        page.evaluate(READER, [name, PAUSE_MS])
    elif how == "key":
        answer.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(PAUSE_MS)
        page.keyboard.press("Enter")
    else:
        box = answer.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(x, y)
        page.wait_for_timeout(PAUSE_MS)
        page.mouse.click(x, y)
    first, second = page.evaluate("taps.slice(-2)")
    return float(second - first)


@pytest.mark.parametrize(
    ("screen", "answer", "how", "then", "stored"),
    [
        *(
            pytest.param("set-up: went_wrong", "No", how, "Is any of these true", ["Answer"], id=f"no-{how}")
            for how in ("finger", "key", "reader")
        ),
        pytest.param("today: open", "Start, ", "finger", "Do you have any", [], id="start"),
        pytest.param("check", "None of these", "finger", "How bad is your", ["FlagCheck"], id="none"),
        pytest.param("average", "4", "finger", "at its worst", ["Pain"], id="average"),
        # What is refused is said below the scale and brought into sight: the scale moves under the finger.
        pytest.param("worst", "0", "finger", "at its worst", [], id="worst"),
    ],
)
def test_a_second_tap_at_once_answers_nothing(
    arrive: Callable[[str], tuple[Page, PatientDesk]],
    screen: str,
    answer: str,
    how: str,
    then: str,
    stored: list[str],
):
    for _try in range(TRIES):
        page, desk = arrive(screen)
        before = len(recorded(desk))
        if twice(page, answer, how) < READY_MS:
            break
    else:
        pytest.fail("this computer is too busy for two taps in a row")
    title = page.get_by_role("heading", name=re.compile(then)).first
    expect(title).to_be_visible()
    page.wait_for_timeout(900)  # long enough for what must not come
    page.wait_for_function(RESTS)
    expect(title).to_be_visible()
    assert recorded(desk)[before:] == stored


@pytest.mark.parametrize("slower", [1, 4])
def test_who_taps_700_ms_after_each_screen_is_painted_is_never_held_up(
    arrive: Callable[[str], tuple[Page, PatientDesk]], slower: int
):
    page, desk = arrive("set-up: questions")
    before = len(recorded(desk))
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    asked = [q for q in desk.protocol.questions if q.meaning != "overnight"]
    group = "Is any of these true for you?"
    for number, question in enumerate(asked, 1):
        no = page.locator(f".st-key-q-{question.id}-no button")
        tap_soon(page, group, page.locator(f".st-key-group-{question.id} button"), then=no)
        tap_soon(page, group, no)
        assert recorded(desk)[before:] == ["Answer"] * number
    tap_soon(page, group, page.get_by_role("button", name="Next", exact=True))
    expect(page.get_by_role("heading", name="Which country are you in?")).to_be_visible()


def tap_soon(page: Page, title: str, answer: Locator, *, then: Locator | None = None) -> None:
    """Tap an answer 700 ms after it was painted; the next screen replaces it, or `then` comes with it."""
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.wait_for_function(RESTS)  # the list of questions stays on the screen while it is drawn anew
    answer.evaluate(BY_HAND)  # clear of what stays at the foot
    box = answer.bounding_box()
    assert box
    page.evaluate(SOON_AFTER)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    if then:
        expect(then).to_be_visible()
    else:
        expect(answer).to_have_count(0)


# A page as Streamlit draws it, whose state is never seen to change: on a slow device the whole run for
# an answer passes between two paints.
UNSEEN = """<!DOCTYPE html><html><head><script>{guard}</script></head><body>
<div class="stApp" data-test-script-state="notRunning"><main class="stMain"><div id="block">
  <p>Look</p>
  <div class="stButton st-key-first"><button>First</button></div>
  <div class="stButton st-key-next"><button onclick="this.dataset.tapped = true">Next</button></div>
</div></main></div><script>
  document.querySelector('.st-key-first button').onclick = () => setTimeout(() => { {draws} }, 50);
</script></body></html>"""


@pytest.mark.parametrize(
    ("draws", "counts"),
    [
        pytest.param("block.append(document.createElement('p'))", True, id="something new"),
        pytest.param("block.querySelector('p').remove()", True, id="something less"),
        pytest.param("", False, id="no answer yet"),
        pytest.param("block.className = 'waits'", False, id="only its looks"),
        pytest.param("document.body.append(document.createElement('p'))", False, id="elsewhere"),
    ],
)
def test_a_run_that_passes_between_two_paints_ends_the_wait_for_it(
    open_context: Callable[..., BrowserContext], draws: str, counts: bool
):
    page = open_context("phone").new_page()
    guard = GUARD.read_text("utf-8")
    page.set_content(UNSEEN.replace("{guard}", guard).replace("{draws}", draws))
    for name in ("First", "Next"):
        page.evaluate(SOON_AFTER)
        page.wait_for_timeout(100)  # what was drawn meanwhile has had its time too
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tapped = page.get_by_role("button", name="Next").get_attribute("data-tapped")
    assert tapped == ("true" if counts else None)


def test_who_sees_that_nothing_came_of_a_tap_taps_again(open_page: Callable[..., Page]):
    page = open_page("desktop")
    page.set_content(
        f"""<script>{GUARD.read_text("utf-8")}</script><button>Once</button><script>
        const button = document.querySelector('button');
        const changed = {{ value: 'Two', configurable: true }};
        addEventListener('mousemove', () => Object.defineProperty(button, 'textContent', changed), {{ once: true }});
        addEventListener('mouseup', () => delete button.textContent, true);
        button.addEventListener('click', () => button.dataset.tapped = (button.dataset.tapped ?? '') + 'x');
        </script>"""
    )
    page.get_by_role("button", name="Once").click()
    expect(page.get_by_role("button", name="Once")).to_have_attribute("data-tapped", "x")


def test_what_is_drawn_anew_while_it_is_scrolled_to_is_scrolled_to_again(open_page: Callable[..., Page]):
    page = open_page("phone")
    page.set_content(
        """<div style="height: 3000px"></div><button>Below</button><script>
        let left = 3; // each time somebody waits for it to stand still
        const draw = () => left-- && requestAnimationFrame(() => {
          document.querySelector('button').outerHTML = '<button>Below</button>';
          requestAnimationFrame(draw);
        });
        addEventListener('asked', draw);
        </script>"""
    )
    page.evaluate("dispatchEvent(new Event('asked'))")
    page.get_by_role("button", name="Below").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Below")).to_be_in_viewport()


def test_a_tap_counts_after_the_connection_was_cut_and_came_back(
    arrive: Callable[[str], tuple[Page, PatientDesk]], clinic: ShortClinic
):
    page, desk = arrive("set-up: questions")
    before = len(recorded(desk))
    clinic.server.kill()
    away = page.locator("html[data-coach-away]")
    expect(away).to_be_attached()
    clinic.server.start()
    expect(away).to_have_count(0)
    title = page.get_by_role("heading", name=re.compile("Is any of these true"))
    expect(title).to_be_visible()
    page.wait_for_function(RESTS)
    page.evaluate(SOON_AFTER)
    page.get_by_role("button", name="None of these", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Which country"))).to_be_visible()
    assert recorded(desk)[before:] == ["Answer"] * 7


def test_what_a_page_that_became_shorter_brings_under_the_finger_is_not_answered(
    arrive: Callable[[str], tuple[Page, PatientDesk]],
):
    page, _desk = arrive("warning: something else")
    none = page.locator(".st-key-more-none button")
    none.scroll_into_view_if_needed()
    ready(page)
    box = none.bounding_box()
    assert box
    below = page.locator(".stMain .coach-wrong")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(none).to_have_count(0)
    moved = below.bounding_box()
    assert moved
    page.mouse.click(moved["x"] + moved["width"] / 2, moved["y"] + moved["height"] / 2)
    page.wait_for_timeout(900)  # long enough for what must not come
    page.wait_for_function(RESTS)
    expect(none).to_have_count(0)
    expect(page.get_by_test_id("help-none")).to_have_count(0)
