"""Each viewer reads one language: in turns and at once, on every page, in one process."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest

from coach import i18n
from coach.domain.facts import Setting
from coach.i18n.languages import LONGER
from coach.i18n.pseudo import OPENS
from coach.ui.parts import navigation
from coach.ui.shell import frame, language
from tests.support.pages import Home, frame_part, given, opened, run, said, tap

pytestmark = pytest.mark.slow

PAGES = [name for name in navigation.PATIENT if name not in ("messages", "session", "questions")]


@pytest.fixture(autouse=True)
def pseudo_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_PSEUDO_LANGUAGES", "1")


def everything(at: AppTest) -> str:
    """Return all that a page sends to its browser, with what its scripts show."""
    return "\n".join([said(at), *(each.label for each in at.button), *map(str, given(at, "coach_frame"))])


@pytest.mark.parametrize("page", PAGES)
def test_two_viewers_read_their_own_language(home: Home, monkeypatch: pytest.MonkeyPatch, page: str):
    home.settle()
    before = everything(opened(page, "en-GB"))
    mine = opened(page, LONGER)
    longer = everything(mine)
    for part in ("calm", "help", "foot"):  # they are kept, for whoever reads the same language
        assert OPENS in str(frame_part(mine, part) or OPENS), part
    assert OPENS not in before
    assert longer.count(OPENS) > before.count("\n") / 3
    # At once: the one begins, the other one's whole run lies in the middle of it.
    within: list[str] = []

    def meanwhile(locale: str) -> Callable[[], None]:
        return lambda: within.append(everything(opened(page, locale)))

    for locale, other, expected in (("en-GB", LONGER, before), (LONGER, "en-GB", longer)):
        _in_the_middle(monkeypatch, meanwhile(other))
        assert everything(opened(page, locale)) == expected
    assert within == [longer, before]


def _in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen in a thread of its own in the middle of the next run."""
    begin, waits = frame.begin, [act]

    def begin_late(*args: Any, **more: Any) -> bool:
        if waits:
            runtime = Runtime._instance  # noqa: SLF001  the test runner keeps one for all its runs
            thread = Thread(target=waits.pop())
            thread.start()
            thread.join()
            Runtime._instance = runtime  # noqa: SLF001
        return bool(begin(*args, **more))

    monkeypatch.setattr(frame, "begin", begin_late)


def test_the_language_that_was_chosen_stays(home: Home):
    patient = home.settle()
    patient.settings.set("language", LONGER)
    at = opened("today", "en-GB")
    assert OPENS in said(at)
    assert frame_part(at, "spoken") == {"lang": LONGER, "dir": "ltr", "locale": "en-GB"}
    at = opened("settings", "en-GB")
    at.query_params["part"] = "language"
    tap(run(at), "set-language-en")
    assert OPENS not in everything(at)
    assert frame_part(at, "spoken") == {"lang": "en", "dir": "ltr", "locale": "en-GB"}
    assert [each.fact for each in home.patient.history().of(Setting) if each.fact.name == "language"] == [
        Setting("language", LONGER),
        Setting("language", "en"),
    ]


def test_who_opens_coach_first_finds_their_language_by_its_own_name(home: Home):
    at = opened("today", "pt-BR")
    names = [each.label for each in at.button if str(each.key).startswith("first-language-")]
    assert names[:4] == ["✓ English", "Español", "Deutsch", "Français"]
    tap(at, f"first-language-{LONGER}")
    assert OPENS in said(at)
    assert frame_part(at, "spoken") == {"lang": LONGER, "dir": "ltr", "locale": "en-GB"}


def test_who_reads_another_language_is_still_known_by_what_the_browser_asks_for(home: Home):
    """Streamlit's calendars are told what is read; the browser's own language comes behind it."""
    patient = home.settle()
    swiss = {"lang": "de-CH", "dir": "ltr", "locale": "de-CH"}
    assert frame_part(opened("today", "fr-FR-x-de-CH"), "spoken") == swiss
    patient.settings.set("language", "fr")
    assert frame_part(opened("today", "fr-FR-x-de-CH"), "spoken") == {
        "lang": "fr-CH",
        "dir": "ltr",
        "locale": "fr-CH",
    }


def test_a_mirrored_language_runs_from_the_right_to_the_left(home: Home):
    home.settle().settings.set("language", "ar-XB")
    assert frame_part(opened("today", "en-GB"), "spoken") == {
        "lang": "ar-XB",
        "dir": "rtl",
        "locale": "en-GB",
    }


def test_a_thread_that_was_not_told_speaks_english():
    heard: list[str] = []
    with i18n.speaking(LONGER):
        thread = Thread(target=lambda: heard.append(i18n.current().tag))
        thread.start()
        thread.join()
    assert heard == ["en"]


def test_what_is_said_outside_of_a_page_is_english_and_is_not_complained_of(caplog: pytest.LogCaptureFixture):
    assert language.told() == {"lang": "en", "dir": "ltr", "locale": "en-GB"}
    assert caplog.messages == []
