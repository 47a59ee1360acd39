"""The selectors that our style sheets and scripts use on Streamlit's elements, and which of them find something."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.support.server import ROOT

SHEETS = sorted((ROOT / "assets" / "ui").glob("*.css"))
SCRIPTS = sorted((ROOT / "assets" / "ui").glob("*.js"))
# Strings of a script that name something of the page.
IN_SCRIPTS = re.compile(r"""['"`]([^'"`\n]*(?:\.st[A-Z-]|\[data-(?:testid|stale|test-script))[^`\n]*?)['`]""")
# A part of ours that is not always there: what a page has just been asked, a flag that is open.
OURS = re.compile(r'\.st-key-[\w-]+|\[class[*^]="st-key-[\w-]+"\]|\.coach-[\w-]+')
# The pointer, the keys, exercises that are played, a language that is read from the right, and letters and colours that
# somebody has chosen, which `test_looks.py` meets.
PASSING = re.compile(
    r"html\[data-coach-(?:text|theme)=\"\w+\"\](?::not\(:has\([^)]*\)\))? ?|"
    r":not\(:active\)|:is\(:hover, :focus-visible\)|:visited|"
    r"\[dir=\"rtl\"\] |\[data-coach-stage\] |:is\(:hover, :active\)|:(?:hover|active|focus-visible|focus|empty)\b|::[\w-]+"
)
# The root itself; Streamlit's window over a server that is away, which `test_without_a_server.py` meets; a
# calendar that is open and its arrows; the forms of our own documents, such as the sign-in; the question whether something
# may open earlier than before, which follows another answer; a search field that holds something; an exercise that is
# closed, which leads to its page; the quarters of an hour in set-up; who said that exercises may go on, where a sign is open.
NOT_HERE = {
    ":root",
    ".stDialog button",
    '[data-testid="stDateInputCalendar"] *',
    "[slot=previous]",
    "[slot=next]",
    "form button",
    ".st-key-coach-menu a[disabled]",
    '[data-testid="stAlertContentWarning"]',
    '.st-key-coach-clinic [data-testid="stTextInput"] button',
    ".coach-text a.coach-row",
    "a.coach-row > div > p",
    '[class*="st-key-grid-"][class*="-quarter"]',
    '[class*="st-key-grid-"][class*="-quarter"] button',
    '[class*="st-key-grid-"][class*="-quarter"] button p',
    '.stMain [data-testid="stRadio"] label:has(input)',
}

RULES = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const own = (rule) => rule.selectorText ? [rule.selectorText] : rule.cssRules ? all(rule.cssRules) : [];
  const all = (rules) => [...rules].flatMap(own);
  return all(sheet.cssRules);
}"""

IN_A_DOCUMENT = """([text, all]) => {
  const served = new DOMParser().parseFromString(text, 'text/html');
  return all.filter((each) => served.querySelector(each));
}"""


def ours(page: Page) -> set[str]:
    """Return every selector of our own, without what only a pointer or a key brings about."""
    found: set[str] = set()
    for sheet in SHEETS:
        for rule in page.evaluate(RULES, sheet.read_text("utf-8")):
            found.update(_parts(rule))
    for script in SCRIPTS:
        for written in IN_SCRIPTS.findall(script.read_text("utf-8")):
            found.update(_parts(written))
    return {whole for each in found if (whole := _lasting(each)) and whole not in NOT_HERE}


def _lasting(selector: str) -> str:
    """Return the selector without what comes and goes: the pointer, a run that is under way."""
    return re.sub(r'(\[data-(?:stale|test-script-state))="\w+"\]', r"\1]", PASSING.sub("", selector)).strip()


def _parts(selectors: str) -> list[str]:
    """Split a list of selectors at the commas that stand outside of brackets."""
    parts, depth = [""], 0
    for letter in selectors:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def found(page: Page, wanted: set[str]) -> set[str]:
    """Return those that find something on the page as it is.

    Where a part of ours is not on the page, the rest must find something without it.
    """
    looser = {each: _loose(each) for each in wanted}
    there = set(
        page.evaluate(
            "(all) => all.filter((each) => document.querySelector(each))", sorted({*wanted, *looser.values()})
        )
    )
    return {each for each in wanted if each in there or looser[each] in there}


def found_while_opening(page: Page, address: str, wanted: set[str]) -> set[str]:
    """Return those that find something in the document as it is served, before any of the page is there."""
    served = page.context.request.get(address, headers={"Accept": "text/html"}).text()
    return set(page.evaluate(IN_A_DOCUMENT, [served, sorted(wanted)]))


def _loose(selector: str) -> str:
    """Return the selector with our own parts taken out, so that Streamlit's are left."""
    bare = OURS.sub("§", selector)
    bare = re.sub(r"§(?=[\w.#\[:§])|(?<=\w)§", "", bare)  # beside something of Streamlit's, or a tag
    return bare.replace("§", "*")
