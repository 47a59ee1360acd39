"""Screens mirror for who reads from the right: styles name the start and the end, never the left and the right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.server import ROOT

STYLES = ("assets/**/*.css", "assets/ui/*.js", "assets/player/*.js", "assets/sign_in/*.js", "coach/web/**/*.py",
          "coach/ui/**/*.py", "coach/cli/serving/*.py")  # fmt: skip
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|\b(?:text-align|float|clear|justify-content|justify-items|justify-self)\s*:\s*(?:left|right)\b"
    r"|(?:^|[{;'\"`\s])(?:left|right)\s*:\s*[-\d(vcm]"
    r"|\b(?:margin|padding|border|inset)(?:Left|Right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|linear-gradient\(\s*to (?:left|right)"
)
SIDES = re.compile(r"(?<![\w-])(margin|padding|inset|border-width|border-radius)\s*:\s*([^;}{'\"`\n]+)")


def physical(text: str) -> Iterator[str]:
    """Yield each rule that says another thing of the left than of the right, whichever way is read."""
    for found in PHYSICAL.finditer(text):
        yield found.group().strip()
    for name, said in SIDES.findall(text):
        values = _values(said)
        first = values[:2] if name == "border-radius" else [values[1], values[3]] if len(values) == 4 else []
        second = [values[3], values[2]] if name == "border-radius" and len(values) == 4 else []
        if name == "border-radius":
            if second and (values[0] != values[1] or values[2] != values[3]):
                yield f"{name}: {said}"
        elif first and first[0] != first[1]:
            yield f"{name}: {said}"


def _values(said: str) -> list[str]:
    """Split at the spaces outside of brackets."""
    values, depth = [""], 0
    for letter in said.replace("!important", "").strip():
        depth += (letter == "(") - (letter == ")")
        if letter == " " and not depth:
            values.append("")
        else:
            values[-1] += letter
    return [each for each in values if each]


def test_no_style_names_the_left_or_the_right():
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for pattern in STYLES
        for path in sorted(ROOT.glob(pattern))
        for each in physical(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "rule",
    ["margin-left: 8px", "text-align: right", "{ left: 0 }", "inset: 0 auto 0 0", "padding: 1px 2px 3px calc(4px + 1px)",
     "border-radius: 8px 0 0 8px", "style.marginRight = '2px'", "{left:var(--at)}", "linear-gradient(to right, #000, #fff)"],
)  # fmt: skip
def test_the_test_sees_what_it_must(rule: str):
    assert list(physical(rule))


@pytest.mark.parametrize(
    "rule",
    ["margin-inline-start: 8px", "text-align: start", "inset: auto 0 0 0", "padding: 1px 2px", "border-radius: 8px 8px 0 0",
     "const { left, top } = box", "this.left = true", "{ until, left_ms: left }", "svg[data-side='left'] {"],
)  # fmt: skip
def test_the_test_lets_pass_what_mirrors(rule: str):
    assert list(physical(rule)) == []
