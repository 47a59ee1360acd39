import ast
import re

import pytest

from tests.support.browser import complaints
from tests.support.server import ROOT

LOADED = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + ' ' + f.weight)"

# The first family that the browser takes for each text of the page, icons aside.
FAMILIES = """() => {
  const found = new Set();
  const texts = document.createTreeWalker(document.querySelector('#root'), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    const family = getComputedStyle(parentElement).fontFamily.split(',')[0];
    if (textContent.trim() && !family.includes('Material Symbols')) found.add(family);
  }
  return [...found];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_controls_and_charts_show_under_the_policy(app_server, open_page, theme: str):
    server = app_server(entry=ROOT / "tests/support/apps/look.py")
    page = open_page("phone", color_scheme=theme)
    heard = complaints(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    page.get_by_role("heading", name="Heading").wait_for()
    page.locator("[role=graphics-document] .mark-line path").wait_for(state="attached")
    page.wait_for_function(f"{LOADED}.length >= 2")
    page.wait_for_load_state("networkidle")
    # Until the server has sent the theme, Streamlit draws its own first words in a face of its own.
    assert set(page.evaluate(LOADED)) - {"Source Sans 100 900"} == {"Atkinson 400", "Atkinson 500 900"}
    assert page.evaluate(FAMILIES) == ["Atkinson"]
    assert page.get_by_role("heading").evaluate("e => getComputedStyle(e).fontFamily").startswith("Atkinson")
    assert page.get_by_role("heading").evaluate("e => getComputedStyle(e).fontSize") == "28px"
    assert page.get_by_text("Plain text").evaluate("e => getComputedStyle(e).fontSize") == "18px"
    assert heard == []
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


def test_the_app_comes_up_again_after_a_power_cut(app_server, open_page):
    server = app_server()
    page = open_page("desktop")
    page.goto(server.url)
    page.locator("h1").first.wait_for()
    server.restart()
    page.reload()
    page.locator("h1").first.wait_for()


def test_no_value_can_become_markup():
    """Remote pictures, styles and links come in through these; text is shown by st.text and the like."""
    unsafe = re.compile(r"unsafe_allow_html|unsafe_allow_javascript|components\.v1|st\.iframe")
    for folder in ("coach", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not unsafe.search(path.read_text()), path


def into_markdown(source: str) -> list[int]:
    """Return the lines where something else than a translated text is put into text that Streamlit formats."""
    formats = {"markdown", "write", "caption", "error", "warning", "info", "success", "toast", "html"}
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in formats
        for text in call.args
        if isinstance(text, ast.JoinedStr)
        for part in text.values
        if isinstance(part, ast.FormattedValue) and not _is_translated(part.value)
    ]


def _is_translated(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in {"_", "ngettext"}
    )


def test_no_value_is_written_into_markdown():
    """A name or a note in an f-string of a markdown call could fetch a picture from anywhere."""
    for folder in ("coach", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            assert into_markdown(path.read_text()) == [], path


def test_the_markdown_test_sees_what_it_must():
    assert into_markdown('st.markdown(f"**{note}**")') == [1]
    assert into_markdown('st.markdown(f"**{_(name)}**")\nst.text(f"{note}")') == []


def test_a_time_of_day_is_asked_for_in_one_way_alone():
    """Streamlit's own field completes what was typed by a guess."""
    for folder in ("coach", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\b(date)?time_input\(", path.read_text()), path
