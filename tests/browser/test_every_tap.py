"""A double tap on every thing that can be tapped, on every page of a patient, does what a single tap does.

Each thing is tapped once, and twice at several intervals, each time by a patient of its own whose record was
prepared alike. Then what is on the screen and what was recorded have to be the same, but for times and keys.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from coach.desk.installation.recording import new_key
from coach.records.database import schema
from tests.support.patient_screens import RESTS, State, come, leave, ready, states
from tests.support.protocols import no_night
from tests.support.short_clinic import ShortClinic, Somebody

PAUSES_MS = (60, 120, 250, 350, 500)
READY_MS = 600  # of the guard: a second tap that came later than this is a tap of its own

# Of answers that are drawn alike, such as the eleven of the pain scale, how many are tapped; 0 is none left out.
ALIKE = int(os.environ.get("COACH_TORTURE_ALIKE", "0")) or 1000
# The states whose names begin so; all where nothing is said.
WANTED = os.environ.get("COACH_TORTURE_STATES", "")
# What differs between any two patients: keys, times, and how long something took.
ANY = re.compile(
    r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|\d{4}-\d\d-\d\d[T ][0-9:.+Z-]+|(?<="took_s":)\s*[0-9.]+'
)

# Left out are phone links, which lead out of the page; fields to write in, where a tap sets the cursor; and the steps
# of a number and of a calendar, which are meant to be tapped fast, one after another. None of them is an answer.
# What has tabindex -1 is the cell of a calendar or part of another control, which is tapped itself.

# What a person could tap now, through every shadow root, in the order of the page.
EYES = """
(() => {
  const tappable = 'button, summary, a[href], label, [role=radio], [role=tab], [role=checkbox], [role=option], [data-tap]';
  const left = 'a[href^="tel:"], [data-testid^=stNumberInputStep], [slot=previous], [slot=next], [tabindex="-1"]';
  function* all(root, want) {
    for (const node of root.querySelectorAll('*')) {
      if (node.matches(want)) yield node;
      if (node.shadowRoot) yield* all(node.shadowRoot, want);
    }
  }
  const shown = (node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const word = (text) => text.replace(/\\d{1,2}:\\d\\d( ?[AP]M)?/gi, 'T').replace(/\\s+/g, ' ').trim();
  const name = (node) =>
    word(node.dataset.tap || node.getAttribute('aria-label') || node.innerText || node.dataset.testid || node.tagName);
  const chrome = (node) => node.closest('.stAppToolbar, [data-testid=stToolbar], [data-testid=stHeaderActionElements]');
  const things = () => [...all(document, tappable)].filter((node) => shown(node) && !chrome(node) && !node.matches(left)
    && (node.tagName !== 'LABEL' || node.querySelector('[type=checkbox], [type=radio]')));
  const states = ['aria-pressed', 'aria-checked', 'aria-expanded', 'aria-selected', 'disabled', 'kind'];
  const groups =
    '[class*="st-key-scale-"], [class*="st-key-answers-"], .choices, .st-key-coach-menu, .stButtonGroup';
  const value = (field) =>
    ['checkbox', 'radio'].includes(field.type) ? field.checked : word(field.value);
  globalThis.eyes = {
    things: () => things().map((node) => {
      const group = node.closest(groups);
      return [name(node), group ? group.className : ''];
    }),
    bring: (i) => { things()[i]?.scrollIntoView({ block: 'center', behavior: 'instant' }); },
    point: (i) => {
      const node = things()[i];
      if (!node) return null;
      const { left, top, width, height } = node.getBoundingClientRect();
      return [name(node), left + width / 2, top + height / 2];
    },
    screen: () => ({
      path: location.pathname,
      title: [...all(document, 'h1, h2, h3')].filter(shown).map((each) => word(each.innerText)),
      said: [...all(document, '.stAlert, [role=alert], dialog')].filter(shown).map((each) => word(each.innerText)),
      things: things().map((node) => [
        name(node),
        ...states.map((each) => node.getAttribute(each)),
        node.tagName === 'SUMMARY' && node.parentNode.open,
      ]),
      chosen: [...all(document, 'input, textarea')].map(value),
    }),
    taps: [],
  };
  addEventListener('pointerdown', (event) => eyes.taps.push(event.timeStamp), true);
})();
"""

# ---------------------------------------------------------------- tapping and looking


@dataclass
class Seen:
    """What a tap led to: the screen, and what was recorded after it was prepared."""

    screen: Any
    record: list[tuple[str, str]]

    def differs(self, other: Seen) -> list[str]:
        """Return what is not the same, by name."""
        parts = [
            f"{part}: {_only(mine, theirs)} / {_only(theirs, mine)}"
            for part, mine in self.screen.items()
            if mine != (theirs := other.screen[part])
        ]
        return parts + ([f"record: {self.record} / {other.record}"] if self.record != other.record else [])


def _only(some: Any, others: Any) -> Any:
    """Return what only the first of two has, of lists; else the first."""
    return [each for each in some if each not in others] if isinstance(some, list) else some


class Taps:
    """One server, one browser with a page for each way to tap, and a new patient for each tap."""

    def __init__(self, clinic: ShortClinic, contexts: list[BrowserContext]) -> None:
        self.clinic = clinic
        self.pages = [context.new_page() for context in contexts]
        self.taps = 0
        self.again = 0
        self.differences: list[str] = []

    def patient(self, state: State) -> tuple[Somebody, int]:
        """Make a patient in a state; return also how much is recorded of them."""
        who = self.clinic.add_patient(f"p{new_key().hex}", set_up=state.set_up, hours=state.hours)
        desk = self.clinic.desk(who)
        state.prepare(desk)
        return who, len(self.record(who))

    def record(self, who: Somebody) -> list[tuple[str, str]]:
        """Return what is recorded of a patient, without times and keys."""
        found = (
            schema.entry.select().where(schema.entry.c.patient == who.patient).order_by(schema.entry.c.seq)
        )
        with self.clinic.desk(who).installation.store.reading() as connection:
            rows = connection.execute(found).all()
        return [(row.kind, ANY.sub("*", row.payload)) for row in rows]

    def open(self, state: State, whom: list[Somebody], pages: list[Page]) -> None:
        """Bring each page to the state for its patient."""
        for page, who in zip(pages, whom, strict=True):
            for other in page.context.pages:
                if other is not page:
                    other.close()
            leave(page)  # before it finds that it is signed out
            page.context.clear_cookies()
            page.context.add_cookies([self.clinic.cookie(who)])  # type: ignore[list-item]
        come(pages, self.clinic.server.url, state)

    def things(self, state: State) -> list[tuple[int, str]]:
        """Return what can be tapped in a state: place and name."""
        who, _before = self.patient(state)
        self.open(state, [who], self.pages[:1])
        found = []
        alike: Counter[str] = Counter()
        for place, (name, group) in enumerate(self.pages[0].evaluate("eyes.things()")):
            alike[group or name] += 1
            menu = "coach-menu" in group and not state.menu
            if not menu and alike[group or name] <= ALIKE:
                found.append((place, name))
        return found

    def tap_all(self, state: State, place: int, name: str, pauses: tuple[int, ...]) -> None:
        """Tap one thing once and twice at each interval, and compare."""
        once, *twice = self.tap(state, place, name, (None, *pauses), self.pages)
        for pause, (seen, apart) in zip(pauses, twice, strict=True):
            if apart >= READY_MS and once[0].differs(seen):
                # The computer was busy between the two: they were two taps.
                self.again += 1
                [(seen, apart)] = self.tap(state, place, name, (pause,), self.pages[:1])
            self.taps += 1
            if apart < READY_MS and (found := once[0].differs(seen)):
                self.differences.append(f"{state.name}, {name}, {pause} ms ({apart:.0f}): {'; '.join(found)}")

    def tap(
        self, state: State, place: int, name: str, pauses: tuple[int | None, ...], pages: list[Page]
    ) -> list[tuple[Seen, float]]:
        """Tap one thing on each page; return what came of it, and how many ms lay between two taps."""
        made = [self.patient(state) for _pause in pauses]
        self.open(state, [who for who, _before in made], pages)
        for page in pages:
            page.evaluate("(i) => eyes.bring(i)", place)
        pages[0].wait_for_timeout(READY_MS + 100)
        for page, pause in zip(pages, pauses, strict=True):
            ready(page)
            found, x, y = page.evaluate("(i) => eyes.point(i)", place)
            assert found == name, (state.name, found, name)
            page.mouse.click(x, y)
            if pause is not None:
                page.wait_for_timeout(pause)
                page.mouse.click(x, y)
        pages[0].wait_for_timeout(800)
        seen = [self.look(page, who, before) for page, (who, before) in zip(pages, made, strict=True)]
        if any(seen[0].differs(other) for other in seen):
            pages[0].wait_for_timeout(3000)  # a slow answer is no other answer
            seen = [self.look(page, who, before) for page, (who, before) in zip(pages, made, strict=True)]
        return [
            (each, self.apart(page) if pause is not None else 0.0)
            for each, page, pause in zip(seen, pages, pauses, strict=True)
        ]

    def look(self, page: Page, who: Somebody, before: int) -> Seen:
        """Return what stands on the screen and in the record."""
        page.wait_for_function(RESTS)
        return Seen(page.evaluate("eyes.screen()"), self.record(who)[before:])

    def apart(self, page: Page) -> float:
        taps = page.evaluate("eyes.taps")
        return float(taps[-1] - taps[-2]) if len(taps) > 1 else 0.0


@pytest.fixture
def taps(tmp_path: Path, open_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Taps]]:
    """Start the clinic and a page for the single tap and for each interval."""
    clinics: list[ShortClinic] = []

    def start(pauses: tuple[int, ...], *, guard: bool = True) -> Taps:
        clinics.append(clinic := ShortClinic(tmp_path, no_night))
        clinic.server.start()
        contexts = [open_context("phone") for _tap in (None, *pauses)]
        for context in contexts:
            context.add_init_script(EYES)
            if not guard:
                context.route(
                    "**/guard.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
                )
        return Taps(clinic, contexts)

    yield start
    for clinic in clinics:
        clinic.server.stop()


@pytest.mark.torture
@pytest.mark.timeout(6 * 3600)
def test_a_double_tap_on_every_thing_does_what_a_single_tap_does(taps: Callable[..., Taps]):
    tapped = taps(PAUSES_MS)
    things = 0
    for state in states(tapped.clinic.protocol):
        if not state.name.startswith(tuple(WANTED.split(","))):
            continue
        found = tapped.things(state)
        assert found, state.name
        for place, name in found:
            tapped.tap_all(state, place, name, PAUSES_MS)
        things += len(found)
        say = f"{state.name}: {len(found)}; so far {things} things, {tapped.taps} double taps"
        print(f"{say}, {len(tapped.differences)} differences", *tapped.differences, sep="\n  ", flush=True)  # noqa: T201
    assert tapped.differences == []
    assert tapped.taps == things * len(PAUSES_MS)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_without_the_guard_double_taps_do_more(taps: Callable[..., Taps]):
    pauses = (120, 350)
    tapped = taps(pauses, guard=False)
    # The player answers by itself: a busy server does not keep its next question from the finger.
    wanted = ("player: why stop", "player: pain after", "set-up: overnight")
    for state in states(tapped.clinic.protocol):
        if state.name not in wanted:
            continue
        found = tapped.things(state)[:2]
        assert found, state.name
        for place, name in found:
            tapped.tap_all(state, place, name, pauses)
    print(f"{tapped.taps} double taps", *tapped.differences, sep="\n  ")  # noqa: T201
    assert tapped.differences
