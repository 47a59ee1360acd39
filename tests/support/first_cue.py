"""A new patient's way from the first page to the first cue, tap by tap, as it is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.support.browser_steps import LONG, heading, rest

ZONE = "Europe/Berlin"
A_TAP_S, A_QUESTION_S = 0.4, 3.0  # how fast a person is who knows the answers


@dataclass
class Finger:
    """Taps and counts; what is typed would be counted too."""

    page: Page
    taps: int = 0
    typed: int = 0
    questions: int = 0
    screens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.expose_function("coachTyped", self._was_typed)
        self.page.add_init_script("addEventListener('input', () => globalThis.coachTyped(), true)")

    def _was_typed(self) -> None:
        self.typed += 1

    def tap(self, question: str | re.Pattern[str], answer: str | re.Pattern[str]) -> None:
        """Wait for a question and tap its answer."""
        heading(self.page, question)
        self.questions += 1
        rest(self.page)
        self.screens.append(str(self.page.evaluate("document.documentElement.dataset.coachScreen ?? ''")))
        self.press(answer)

    def press(self, answer: str | re.Pattern[str]) -> None:
        """Tap what is on the screen."""
        rest(self.page)
        expect(self.page.locator("html[data-coach-ready=true]")).to_be_attached()
        named = self.page.get_by_role("button", name=answer, exact=isinstance(answer, str))
        expect(named).to_have_count(1)
        named.click()
        self.taps += 1

    @property
    def pace_s(self) -> float:
        """How long a person takes at that pace: reading and thinking included, the computer left out."""
        return self.taps * A_TAP_S + self.questions * A_QUESTION_S


def seconds_until(clock: time) -> float:
    """Return how far the desk's clock has to be ahead so that it is that time in the zone."""
    now = datetime.now(UTC).astimezone(ZoneInfo(ZONE))  # noqa: TID251  the desk's clock is moved from the real one
    then = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return ((then if then > now else then + timedelta(days=1)) - now).total_seconds()


def clock_file(folder: Path, clock: time) -> Path:
    """Write the file that sets the clock of the timed app."""
    path = folder / "clock"
    path.write_text(str(seconds_until(clock)))
    return path


def to_the_first_cue(finger: Finger, *, start: str | re.Pattern[str]) -> None:
    """Go from Today to the first cue of the first session."""
    page = finger.page
    expect(page.locator(".st-key-start-all")).to_be_visible()
    finger.press(start)
    finger.tap("Do you have any of these?", "None of these")
    finger.tap("How bad is your back pain right now?", re.compile(r"^4\b"))
    page.get_by_test_id("start").click(timeout=LONG)
    finger.taps += 1
    expect(page.get_by_test_id("cue-label")).to_be_visible(timeout=LONG)
