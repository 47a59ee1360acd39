"""No sentence holds a clinical number of its own: what a protocol sets is filled in from the protocol."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ui", "review", "text", "mail", "export")
PYTHON = sorted(
    [*(ROOT / "pages").rglob("*.py")]
    + [path for room in ROOMS for path in (ROOT / "coach" / room).rglob("*.py")]
)
SCRIPTS = sorted((ROOT / "assets").rglob("*.js"))

NUMBER = r"\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half an?"
LONG = r"second|minute|hour|week|month|year"
UNIT = rf"(?:{LONG}|day|night|repetition|rep|time|point)s?|kg|lb|cm|mm|°C|h|s|min|%"
SAID = re.compile(
    rf"(?<![\w{{.])(?:(?:{NUMBER})[\s-]+(?:{UNIT})(?!\w)|\d+%|an?\s(?:{LONG})\b|a\sday\sof\b"
    rf"|(?:week|day|hour|month)s?\s\d+)",
    re.IGNORECASE,
)

RECALL = "the recall period of the question itself, which each stored score names"
VIEW = "how much of the past a view shows"
ACCESS = "how long a code or an invitation works: no rule of care"
LENGTH = "how long it takes to read or answer"
TRIES = "how refused tries are counted together in the audit: no rule of care"
CLOCK = "how clocks and calendars go"
CHOICE = "an end that somebody may choose, and may choose otherwise"
WORDS = "a number of things, not of a dose"

ALLOWED = {
    "Back pain on average over the last 24 hours": RECALL,
    "Back pain at its worst in the last 24 hours": RECALL,
    "No average over 24 hours yet.": RECALL,
    "Pain over 24 hours: {after}, {when}.": RECALL,
    "Pain over 24 hours rose from {before} to {after}, {when}.": RECALL,
    "Pain over 24 hours fell from {before} to {after}, {when}.": RECALL,
    "Pain over 24 hours stayed at {after}, {when}.": RECALL,
    "Pain over 24 hours: latest {latest}, {baseline} before; too few days to compare.": RECALL,
    "Pain over 24 hours: latest {latest}; too few days to compare.": RECALL,
    "average pain over 24 hours": RECALL,
    "worst pain over 24 hours": RECALL,
    "How bad was your back pain on average over the last 24 hours?": RECALL,
    "And at its worst in the last 24 hours?": RECALL,
    "Daily check-in: my last 24 hours": RECALL,
    "Your last 24 hours": RECALL,
    "Pain over 24 hours, on average": RECALL,
    "Pain over 24 hours, at its worst": RECALL,
    "Sessions of the last 12 weeks with a stop, a light or a note": VIEW,
    "Day by day, the last 12 weeks: pain from 0 to 10, and sets done of sets due": VIEW,
    "One second.": WORDS,
    "One minute.": WORDS,
    "on {n} day a week": CLOCK,
    "on {n} days a week": CLOCK,
    "Days a week": CLOCK,
    "days a week": CLOCK,
    "{n} days a week": CLOCK,
    "{day}, {n} days a week": CLOCK,
    "Done on {done} of {due} day. A week is counted on its Sunday.": CLOCK,
    "Done on {done} of {due} days. A week is counted on its Sunday.": CLOCK,
    "The days a week must be between {low} and {high}.": CLOCK,
    "Last 7 days": VIEW,
    "Last 28 days": VIEW,
    "7 days": VIEW,
    "{what} ({n} times within an hour)": TRIES,
    "The code holds for seven days and opens once.": ACCESS,
    "Has no way in yet. An invitation is printed and works once, for seven days.": ACCESS,
    "A code was sent to this address. It works for 30 minutes.": ACCESS,
    "It works for 30 minutes. After that you get an e-mail on days on which you entered nothing.": ACCESS,
    "Answer the questions about you. It takes about five minutes.": LENGTH,
    "Two minutes. They show how you get on.": LENGTH,
    "in 1 minute": CLOCK,
    "in less than a minute": CLOCK,
    "That time did not exist: the clocks were put forward. Choose a time an hour later.": CLOCK,
    "{value} did not exist: the clocks were put forward. Write a time an hour later.": CLOCK,
    "In 3 days": CHOICE,
    "In a week": CHOICE,
    "This is more than a year ahead. Choose a nearer day.": CHOICE,
    "Being away begins within a year. Its last day is today or later, not before the first, and at most a year"
    " after it.": CHOICE,
    "Your times up to the end of your plan, four weeks at least. It does not follow what changes later: then"
    " download it again, and it takes the place of the old one.": CHOICE,
    "Up to six times a day. Where your plan asks for fewer, the first and the last are kept. Empty a time to leave"
    " it out.": CHOICE,
    "Shortest rest between two repeats": WORDS,
    "Rest between two repetitions is at least": WORDS,
}


def sentences(path: Path) -> Iterator[str]:
    """Yield every text of a file that somebody may read."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        for line in source.splitlines():
            for found in re.finditer(r"'([^']*)'|\"([^\"]*)\"|`([^`]*)`", re.sub(r"//.*$", "", line)):
                text = next(filter(None, found.groups()), "")
                if not re.search(r"[a-z-]+:[^ ].*;", text):  # a style, not a sentence
                    yield text
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_", "ngettext"):
            given = node.args[:2] if getattr(node.func, "id", "") == "ngettext" else node.args[:1]
            for each in given:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


@pytest.mark.parametrize("path", [*PYTHON, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_holds_a_number_with_a_clinical_unit(path: Path):
    found = [text for text in sentences(path) if SAID.search(text) and text not in ALLOWED]
    assert not found, "fill it in from the protocol, or say above why it is not clinical"


def test_what_is_allowed_is_still_said_somewhere():
    said = {text for path in (*PYTHON, *SCRIPTS) for text in sentences(path)}
    assert set(ALLOWED) <= said


@pytest.mark.parametrize(
    "text",
    [
        "Stay closed for at least 24 hours.", "An hour flat on your back.", "After week 12", "Ten minutes are over.",
        "Give it a day of rest.", "Lift no more than 2 kg.", "For 48 h.", "Half an hour later", "1.5 points",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(text: str):
    assert SAID.search(text)


# : Said only where the protocol's share is a half (`Quantity.is_half`), and half an hour on the
# clock.
HALVES = {
    "Half as many this time, because your pain went up.",
    "Pain up {n} after exercise? Next time do half as many.",
    "Half of the repetitions after an amber light",
    "half past {hour}",
    # What an author of a protocol is told where its texts say it and its share is another one
    "The text says half, and the rule says {v}.",
}


def test_no_other_sentence_calls_a_share_of_a_dose_a_half():
    said = {text for path in (*PYTHON, *SCRIPTS) for text in sentences(path)}
    assert {text for text in said if re.search(r"\bhal(?:f|ves?|ved)\b", text, re.IGNORECASE)} == HALVES


def test_the_player_is_told_which_share_of_a_set_counts():
    script = (ROOT / "assets" / "player" / "after_session.js").read_text(encoding="utf-8")
    assert "share >= this.data.set_counts_from" in script
