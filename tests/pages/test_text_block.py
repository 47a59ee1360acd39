"""What is only read is one element, and nothing in it is taken for markup."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import blocks, run

TEXTS = (
    "One plain sentence.",
    "Two lines\nof one text",
    "<script>alert(1)</script>",
    "</p></div><img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>",
    '" onload="alert(1)',
    "**bold** [link](javascript:alert(1)) :red[text] $x^2$ :material/home:",
    "a & b &lt; c &#60;",
    "coach/app.py",
)


def _page(text: str) -> None:
    from coach.ui.parts.text_block import TextBlock

    block = TextBlock().title(text).header(text).subheader(text).text(text).bold(text).caption(text)
    block.items([text], numbered=True).items([text]).table([text], [[text]]).picture(text, text).show()
    TextBlock().show()


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_stands_in_a_block_is_shown_as_it_stands(text: str):
    at = run(AppTest.from_function(_page, kwargs={"text": text}))
    assert len(at.get("html")) == 1, "a block is one element, and an empty one is none"
    assert blocks(at) == [text] * 11
    assert blocks(at, "h2") == [text]


def _counting() -> None:
    from datetime import UTC, datetime

    from coach.ui.parts.text_block import TextBlock

    TextBlock().countdown(datetime(2026, 11, 3, tzinfo=UTC), "rest").show()


def test_a_countdown_is_no_paragraph_that_looks_like_a_heading():
    (block,) = run(AppTest.from_function(_counting)).get("html")
    assert '<div class="coach-countdown" role="timer" data-countdown="rest"></div>' in block.proto.body
