"""Pictures of the screens: a PNG of each, in every width, theme and language that is asked for.

    python -m tests.pictures OUT [--screens NAME ...] [--widths 390x844 200% ...] [--themes light dark]
                             [--languages en-GB ...]

The screens are those of `tests/support/screens.py`; a NAME may be that of a page ("today") too. What
could not be reached is printed, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import browser
from tests.support.sample_clinic import SampleClinic, sample_clinic
from tests.support.screens import SCREENS, Screen, chosen, settled, walked

WIDTHS = ("390x844", "820x1180", "1280x800", "320x640", "844x390", "200%")
THEMES = ("light", "dark")
LANGUAGES = ("en-GB", "de", "en-XA", "ar-XB")
ZOOMED = (640, 400)  # 1280 x 800 at 200 %


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; return the exit code."""
    asked = _asked(arguments)
    screens = chosen(asked.screens)
    unknown = set(asked.screens) - {name for each in SCREENS for name in (each.name, each.name.split("/")[0])}
    if unknown:
        print(f"There is no screen {', '.join(sorted(unknown))}. There are:", file=sys.stderr)
        print("\n".join(each.name for each in SCREENS), file=sys.stderr)
        return 2
    program = browser.program()
    if program is None:
        print("Chromium is not installed: run `make tools`.", file=sys.stderr)
        return 2
    asked.out.mkdir(parents=True, exist_ok=True)
    missed: list[str] = []
    taken = 0
    with _clinic() as clinic, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=browser.FLAGS)
        for language in asked.languages:
            taken += _take(chromium, clinic, screens, language, asked, missed)
        chromium.close()
    print(f"{taken} pictures of {len(screens)} screens in {asked.out}")
    for line in missed:
        print(f"not reached: {line}", file=sys.stderr)
    return 1 if missed else 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.pictures", description="Take pictures of the screens."
    )
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--screens", nargs="+", default=[], metavar="NAME", help="all of them without this")
    parser.add_argument("--widths", nargs="+", default=["390x844"], choices=WIDTHS)
    parser.add_argument("--themes", nargs="+", default=["light"], choices=THEMES)
    parser.add_argument("--languages", nargs="+", default=["en-GB"], help=f"such as {' '.join(LANGUAGES)}")
    return parser.parse_args(arguments)


@contextmanager
def _clinic() -> Iterator[SampleClinic]:
    """Serve a clinic of its own; the record of whoever runs this is left alone."""
    with tempfile.TemporaryDirectory(prefix="coach-pictures-", ignore_cleanup_errors=True) as folder:
        os.environ["COACH_HOME"] = folder
        yield from sample_clinic(Path(folder) / "clinic", pseudo_languages=True, sample=False)


def _take(
    chromium: Browser,
    clinic: SampleClinic,
    screens: Sequence[Screen],
    language: str,
    asked: argparse.Namespace,
    missed: list[str],
) -> int:
    """Come to each screen once, and take its picture at each width in each theme; return how many."""
    taken = 0

    def miss(screen: Screen, why: str) -> None:
        missed.append(f"{screen.name} in {language}: {why}")

    for page, screen in walked(chromium, clinic, screens, language=language, missed=miss):
        for width in asked.widths:
            _resize(page, width)
            for theme in asked.themes:
                page.emulate_media(color_scheme=theme)
                settled(page)
                page.wait_for_timeout(300)  # a chart takes a moment to find its new width
                name = f"{screen.name.replace('/', '-')}.{width.rstrip('%')}.{theme}.{language}.png"
                _picture(page, asked.out / name)
                taken += 1
    return taken


def _resize(page: Page, width: str) -> None:
    wide, _x, high = width.partition("x")
    size = (int(wide), int(high)) if high else ZOOMED
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _picture(page: Page, file: Path) -> None:
    """Take the whole page: Streamlit scrolls in a part of the page, so the window is made as high as that."""
    before = page.viewport_size
    high = page.evaluate("() => document.querySelector('.stMain')?.scrollHeight ?? 0")
    if before and high > before["height"]:
        page.set_viewport_size({"width": before["width"], "height": high})
        page.wait_for_timeout(200)
    page.screenshot(path=file, full_page=True)
    if before:
        page.set_viewport_size(before)


if __name__ == "__main__":
    sys.exit(main())
