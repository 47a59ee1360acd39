"""Every text of the patient's pages stands in the catalogues: in the pseudo-language each letter has its accent.

`tests/browser/test_pseudo_languages.py` looks at all screens, and at what scripts and Streamlit write.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.i18n import catalogues
from coach.i18n.languages import LONGER
from tests.support import pseudo
from tests.support.pages import Home, opened, said

PAGES = ("today", "diary", "progress", "guide", "settings", "warning", "set_up")
ENTERED = ("Ada", "Germany", "Berlin", "Español", "Français")


def test_no_text_of_a_page_is_outside_of_the_catalogues(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("COACH_PSEUDO_LANGUAGES", "1")
    monkeypatch.setattr(catalogues, "TEMPLATE", pseudo.collected(tmp_path))
    catalogues.speech.cache_clear()
    home.settle()
    found = set()
    for page in PAGES:
        at = opened(page, LONGER)
        labels = [each.label for each in (*at.button, *at.expander, *at.text_input, *at.text_area)]
        found |= {(page, line) for line in [*said(at).split("\n"), *labels] if pseudo.outside(line, ENTERED)}
    catalogues.speech.cache_clear()
    assert found == set()
