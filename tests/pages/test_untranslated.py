"""Every text of the patient's pages stands in the catalogues: in the pseudo-language each has its brackets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from coach.i18n import catalogues
from coach.i18n.languages import LONGER, PSEUDO
from coach.i18n.pseudo import OPENS
from tests.support.pages import Home, opened, said
from tests.support.server import ROOT

WORD = re.compile(r"[A-Za-z]{3}")
PAGES = ("today", "diary", "progress", "guide", "settings", "warning", "set_up")
EXTRACT = ("extract", "--mapping-file=babel.cfg", "--keywords=N_", "coach", "pages")


def test_no_text_of_a_page_is_outside_of_the_catalogues(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    template = tmp_path / "coach.pot"
    babel = (sys.executable, "-m", "babel.messages.frontend", "--quiet")
    subprocess.run((*babel, *EXTRACT[:3], f"--output-file={template}", *EXTRACT[3:]), cwd=ROOT, check=True,
                   env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    monkeypatch.setenv("COACH_PSEUDO_LANGUAGES", "1")
    monkeypatch.setattr(catalogues, "TEMPLATE", template)
    catalogues.speech.cache_clear()
    home.settle()
    found = set()
    for page in PAGES:
        at = opened(page, LONGER)
        for line in [*said(at).split("\n"), *(each.label for each in at.button)]:
            if WORD.search(line) and OPENS not in line and not any(name in line for name in PSEUDO.values()):
                found.add((page, line))
    catalogues.speech.cache_clear()
    assert found == set()
