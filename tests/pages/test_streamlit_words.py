"""Streamlit's own words are said in the reader's language, and each of them is still one of Streamlit's."""

from __future__ import annotations

import json
import re
from importlib import util
from pathlib import Path

import pytest

from coach import i18n
from coach.i18n.languages import LONGER
from coach.ui.shell import streamlit_words
from tests.support.pages import Home, frame_part, opened

pytestmark = pytest.mark.slow

#: Where Streamlit puts a sentence together.
GLUED = re.compile(r"\{\w+\}|Ctrl|⌘|, |(?<=Enter to )|(?<=add)(?= icon)|(?<=group)(?= )|(?<=MB)(?= )")


def test_each_word_is_still_one_of_streamlits():
    spec = util.find_spec("streamlit")
    assert spec
    assert spec.origin
    scripts = "\n".join(
        each.read_text("utf-8", errors="ignore")
        for each in sorted((Path(spec.origin).parent / "static" / "static" / "js").glob("*.js"))
    )
    parts = {part for word in streamlit_words.WORDS for part in GLUED.split(word) if part.strip(" ,:")}
    assert {part for part in parts if part not in scripts} == set()


def test_who_reads_another_language_is_given_them_and_who_reads_english_is_not(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_PSEUDO_LANGUAGES", "1")
    home.settle()
    assert frame_part(opened("today", "en-GB"), "streamlit") is None
    with i18n.speaking(LONGER):
        assert frame_part(opened("today", LONGER), "streamlit") == json.loads(streamlit_words.told())
