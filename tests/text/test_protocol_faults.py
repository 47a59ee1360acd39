"""What is wrong with a draft is said in plain words, and each value and fault has its own."""

from __future__ import annotations

import re

import pytest

from coach import i18n
from coach.protocols import editing, loader
from coach.protocols.drawings import sanitised
from coach.text import drawing_words, protocol_faults
from tests.support.drawing_samples import REFUSED
from tests.support.protocols import default_text

CONTENT = loader.DEFAULT.read_bytes()
ROUTINES = list(loader.default().routines)
QUADS, WALK, PUMPS = (ROUTINES.index(each) for each in ("quadriceps", "walking", "ankle_pumps"))
PHASES = [each.id for each in loader.default().phases]
DAY2 = PHASES.index("second-day")
DOSE = ("phase", DAY2, "dose", "quadriceps")

#: What somebody may enter in a form, and what the form then says.
ENTERED: dict[str, tuple[dict[editing.Place, object], str]] = {
    "no number": ({("rules", "pain_limit", "value"): "six"}, "“six” is not a number. Allowed: from 0 to 10."),
    "an empty number": ({(*DOSE, "reps"): ""}, "A number is missing here. Allowed: whole numbers from 1 to 1000."),
    "below 0": ({("rules", "get_ready"): -1}, "-1 is below 0. Allowed: from 0 to 3600."),
    "out of range": ({("rules", "pain_limit"): 11}, "11 cannot be right here. Allowed: from 0 to 10."),
    "half a repetition": ({(*DOSE, "reps"): 4.5}, "4.5 is not a whole number. Allowed: whole numbers from 1 to 1000."),
    "over the own limit": (
        {(*DOSE, "hold"): 11},
        "11 seconds is more than this exercise’s own limit. Allowed: "
        "at most 10.",
    ),
    "over every limit": (
        {("routine", QUADS, "maximum", "per_day"): 5},
        "5 sets a day is more than Coach ever allows for this kind of exercise. Allowed: at most 4.",
    ),
    "an empty text": ({("routine", QUADS, "why"): ""}, "Nothing is written here. Write a text here."),
    "an empty list": ({("routine", QUADS, "steps"): [""]}, "Nothing is written here. Write a text here."),
    "a long text": (
        {("notices", "ice"): "a" * 501},
        "This has 501 characters, which is too long. Allowed: at "
        "most 500.",
    ),
    "layout": (
        {("notices", "ice"): "Ice [here]"},
        "This holds “[”, which a page would take for layout. "
        "Allowed: plain words on one line.",
    ),
    "a bracket": (
        {("notices", "ice"): "Ice {"},
        "A curly bracket stands alone here. In curly brackets are "
        "allowed: {advice_line}, {clinic}, {emergency}.",
    ),
    "another placeholder": (
        {("routine", QUADS, "why"): "Call {clinic}."},
        "{clinic} is not filled in here. Allowed: words without curly brackets.",
    ),
    "no source": (
        {("routine", QUADS, "sources"): "my book"},
        "“my book” is not a source. Allowed: the short names of this "
        "protocol’s sources, such as CLINIC for your own choice.",
    ),
    "another source": (
        {("routine", QUADS, "sources"): "S999"},
        "The source S999 is not in this protocol’s list. Allowed: the short "
        "names of this protocol’s sources, such as CLINIC for your own choice.",
    ),
    "a version": ({("version",): "one"}, "“one” does not fit here. Allowed: three numbers with dots, such as 1.0.0."),
    "phases out of order": (
        {("phase", DAY2, "opens_after"): 500},
        "At 48 hours it does not begin after the phase before it. "
        "Allowed: more than 500.",
    ),
    "the rest rule": (
        {("phase", DAY2, "rest_rule_until_next"): True},
        "The text names the time of the next phase, {until}, exactly if the box below it is ticked. "
        "Tick the box, or write another text.",
    ),
    "no hold": ({(*DOSE, "hold"): 0}, "A hold needs more than 0. Allowed: more than 0."),
    "a rule that always holds": (
        {("rules", "silent_after"): 0},
        "With 0 the rule would always hold. Allowed: more than "
        "0.",
    ),
    "a rule below another": (
        {("rules", "amber_rise"): 3},
        "3 is not below 3, which belongs above it. Allowed: less "
        "than 3.",
    ),
    "a share": (
        {("rules", "easier_reps"): 1},
        "This share does not make a dose smaller. Allowed: more than "
        "0 and less than 1.",
    ),
    "a question": (
        {("question", 0, "closes"): "nothing"},
        "A question that closes nothing must tell something. Choose "
        "what it tells.",
    ),
    "words of another kind": (
        {("routine", WALK, "cues", "hold"): "Hold"},
        "This kind of exercise has no moment for these words. Leave "
        "it empty.",
    ),
    "criteria": (
        {("routine", WALK, "release", "without_red"): 0},
        "With 0 this would always be met. Allowed: more than "
        "0.",
    ),
    "hourly numbers": (
        {("routine", PUMPS, "hourly_cap"): None},
        "This is missing beside another number that is given. Fill "
        "in all of them, or none.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENTERED)
def test_what_somebody_enters_is_refused_in_plain_words(name: str):
    changes, told = ENTERED[name]
    found = editing.problems(editing.changed(CONTENT, changes), "draft")
    sentences = [protocol_faults.sentence(each.what, each.allowed) for each in found]
    assert told in sentences
    assert not [each for each in sentences if "This does not fit" in each]


def test_what_a_form_cannot_come_to_is_told_as_it_stands():
    (found,) = editing.problems(
        default_text().replace("schema = 1", "schema = 1\nnew = 2", 1).encode(), "draft"
    )
    assert protocol_faults.sentence(found.what, "this").startswith("This does not fit: unknown key.")


def test_each_refusal_of_a_drawing_is_known(monkeypatch: pytest.MonkeyPatch):
    for each in drawing_words.REFUSALS:
        assert drawing_words.sentence(each) == each
    for why, (svg, _said) in REFUSED.items():
        with pytest.raises(ValueError, match=r"\.$") as refused:
            sanitised(svg)
        for language in ("de", "es", "fr"):
            with i18n.speaking(language):
                assert drawing_words.sentence(str(refused.value)) != str(refused.value), why
    for pattern, text in (*protocol_faults.WRONG, *protocol_faults.ALLOWED):
        wanted = set(re.findall(r"(?<!{){(\w+)}(?!})", text))
        assert wanted <= set(re.compile(pattern).groupindex), pattern
