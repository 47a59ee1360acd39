"""Words are put together by the rules of the reader's language, not by those of English."""

from __future__ import annotations

import re

import pytest

from tests.support.server import ROOT

#: Rooms whose texts people read in their own language.
SHOWN = ("text", "ui", "review", "export", "mail")
#: What works on something else than words: a claim of a sign-in service, and codes that programs read.
NO_WORDS = {
    "coach/ui/shell/openid.py": r"claim\.strip\(\)\.lower\(\)",
    "coach/export/fhir/bundle_builder.py": r"code\.capitalize\(\)",
}

RULES = {
    "a text is made small, or large at its start, by coach/i18n/sentences.py alone": (
        r"\.(?:lower|capitalize|title|swapcase)\(\)|\[:1\]\.(?:upper|lower)\(\)|str\.(?:lower|capitalize|title)\b"
    ),
    "a list is put together by coach/i18n/sentences.py alone": (
        r"""(?:", "|', '|", and "|" and "|" & "|" or ")\.join\("""
    ),
}


@pytest.mark.parametrize("pattern", RULES.values(), ids=RULES)
def test_words_are_put_together_in_one_place(pattern: str):
    found = [
        f"{name}: {line.strip()}"
        for room in SHOWN
        for path in sorted((ROOT / "coach" / room).rglob("*.py"))
        for name in [str(path.relative_to(ROOT))]
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(pattern, re.sub(NO_WORDS[name], "", line) if name in NO_WORDS else line)
    ]
    assert found == []
