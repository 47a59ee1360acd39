"""A scenario file that cannot be followed is refused in one sentence: where, what is wrong, what is allowed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach.cli import main as line
from tests.support.hostile import HOSTILE
from tests.support.scenarios import files

FRAME = """title = "A story with one mistake in it"
zone = "Europe/London"
procedure = "Wed 2025-06-04 12:00"
home = "+1 h"
"""
EVENT = '[[happens]]\nat = "+5 h"\n'
THEN = '[[then]]\nat = "+30 h"\n'

#: A file, and the place, the fault and what is allowed as the sentence says them.
BAD: dict[str, tuple[str, str]] = {
    "no TOML": ("title =\n" + FRAME, "line 1: this is not TOML"),
    "no zone": ('title = "A story"', "zone: this is missing. Allowed: a place such as Europe/London."),
    "no such zone": (FRAME.replace("London", "Londn"), "zone: There is no time zone called “Europe/Londn”."),
    "no title": (FRAME.replace("title", "name"), "title: this is missing."),
    "an unknown key": (
        FRAME + 'colour = "blue"',
        "the file: unknown key 'colour'. Allowed: answered, day, happens, home, ",
    ),
    "nothing asked": (FRAME, "the file: the story asks about no moment. Allowed: [[then]] with at, "),
    "a wrong time": (
        FRAME + THEN.replace("+30 h", "half past two"),
        "[[then]] 1, at: 'half past two' is not a time. Allowed: \"+30 h\" after the procedure, or a time such as",
    ),
    "a wrong weekday": (
        FRAME + THEN.replace("+30 h", "Sat 2025-06-06 14:30"),
        "is a Fri. Allowed: the right",
    ),
    "a time that no clock shows": (
        FRAME + THEN.replace("+30 h", "2026-03-29 01:30"),
        "[[then]] 1, at: That time did not exist: the clocks were put forward.",
    ),
    "a time beyond the calendar": (
        FRAME + THEN.replace("+30 h", "+999999 d 999999 d 999999 d"),
        "[[then]] 1, at: '+999999 d 999999 d 999999 d' leads out of the calendar.",
    ),
    "hours from no procedure": (
        'title = "A story"\nzone = "UTC"\n' + THEN,
        "[[then]] 1, at: '+30 h' counts from a procedure, and the file names none.",
    ),
    "nothing that may happen": (
        FRAME + EVENT + 'sesion = ["ankle_pumps"]',
        "[[happens]] 1: nothing that may happen is named. Allowed: zone, procedure, home, answer, ",
    ),
    "two things at once": (
        FRAME + EVENT + 'pain = 3\nred_flag = "fall"',
        "[[happens]] 1: one thing happens at a time, not red_flag and pain.",
    ),
    "an unknown key of an event": (
        FRAME + EVENT + "pain = 3\nbefor = 4",
        "[[happens]] 1: unknown key 'befor'. Allowed: asked, at, by, corrects, ",
    ),
    "an unknown exercise": (
        FRAME + EVENT + 'session = ["ankle_pump"]',
        "[[happens]] 1, session: unknown exercise 'ankle_pump'. Allowed: ankle_pumps, static_glutes, ",
    ),
    "an unknown exercise held": (
        FRAME + EVENT + 'hold = "x"\nroutine = "plank"',
        "[[happens]] 1, routine: unknown exercise 'plank'. Allowed: ankle_pumps, ",
    ),
    "an unknown red flag": (
        FRAME + EVENT + 'red_flag = "cough"',
        "unknown red flag 'cough'. Allowed: chest_pain,",
    ),
    "an unknown question": (FRAME + EVENT + 'answer = "x"', "[[happens]] 1, answer: unknown question 'x'."),
    "no such entry": (
        FRAME + EVENT + 'cleared = "ache"\nwho = "the nurse"',
        "[[happens]] 1, cleared: unknown name of an entry before it, 'ache'. Allowed: procedure, home.",
    ),
    "no score": (
        FRAME + EVENT + "pain = 14",
        "[[happens]] 1, pain: 14 is no pain score. Allowed: 0 to 10, none,",
    ),
    "no dose": (
        FRAME + EVENT + 'override = "static_glutes"\ndose = "many"',
        "[[happens]] 1, dose: 'many' is not a dose. Allowed: a dose such as \"5 x 3 s, 2 a day\".",
    ),
    "too often": (
        FRAME + EVENT + "pain = 3\ntimes = 100000",
        "times: 100000 does not fit. Allowed: a whole number",
    ),
    "an unknown expectation": (
        FRAME + THEN + "colour = 1",
        "[[then]] 1: unknown expectation 'colour'. Allowed: ankle_pumps, ",
    ),
    "an unknown expectation of an exercise": (
        FRAME + THEN + "all = { opened = 1 }",
        "[[then]] 1, all: unknown expectation 'opened'. Allowed: open, locked, opens, ",
    ),
    "a day that is none": (FRAME + '[[day]]\non = "2025-02-30"', "[[day]] 1, on: '2025-02-30' is not a day."),
    "days backwards": (
        FRAME + '[[day]]\non = "2025-06-07"\nto = "2025-06-05"',
        "[[day]] 1, to: '2025-06-05' does not fit.",
    ),
    "a missing protocol": (
        FRAME + 'protocol = "ours.toml"',
        "ours.toml: the file: the file cannot be read (No such file or directory). Allowed: a TOML file",
    ),
    "text that steers a terminal": (
        FRAME.replace("one mistake", "\\u001b[2J"),
        "title: 'A story with \\x1b[2J in it' ",
    ),
}


def told(file: Path) -> Result:
    return CliRunner().invoke(line.main, ["decide", str(file)])


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_place_and_what_is_allowed(tmp_path: Path, text: str, sentence: str):
    file = tmp_path / "story.toml"
    file.write_text(text, encoding="utf-8")
    result = told(file)
    assert result.exit_code == 2
    assert sentence in result.output
    assert result.output.removeprefix("Error: ").startswith(str(tmp_path))
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str):
    result = told(tmp_path / name)
    assert result.exit_code == 2
    assert "the file cannot be read" in result.output


def test_no_value_in_a_file_leads_to_a_traceback(tmp_path: Path):
    chance, file = random.Random(20261129), tmp_path / "story.toml"
    values = [json.dumps(each) for each in HOSTILE if not (isinstance(each, str) and len(each) > 1_000)]
    for path in files():
        lines = path.read_text(encoding="utf-8").splitlines()
        number = chance.choice([n for n, each in enumerate(lines) if " = " in each])
        key = lines[number].partition(" = ")[0]
        lines[number] = f"{key} = {chance.choice(values)}"
        file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
        result = told(file)
        assert result.exception is None or isinstance(result.exception, SystemExit), (path, lines[number])
        assert result.exit_code in (0, 1, 2), lines[number]
        assert result.output.strip()
