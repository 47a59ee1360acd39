"""A file whose exercises could never open, or would open by themselves, is refused with place and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coach.protocols.loader import read
from coach.protocols.reading import ProtocolError
from tests.support.protocols import default_text

TEXT = default_text()
NAMES = re.findall(r'(?m)^\[\[routine\]\]\nid = "(\w+)"', TEXT)


def block(name: str) -> str:
    """Return the text of one routine."""
    begins = TEXT.index(f'[[routine]]\nid = "{name}"')
    ends = min(found for mark in ("\n[[routine]]", "\n# ---") if (found := TEXT.find(mark, begins + 1)) > 0)
    return TEXT[begins:ends]


def at(name: str, *key: str) -> str:
    return ".".join([f"routine[{NAMES.index(name)}]", *key])


def changed(name: str, old: str, new: str, *, every: bool = False) -> str:
    """Change a line of one routine; `old` is a pattern for the whole line."""
    found = block(name)
    put, count = re.subn(rf"(?m)^{old}$", lambda _line: new, found, count=0 if every else 1)
    assert count, old
    return TEXT.replace(found, put)


def number(value: float, unit: str) -> str:
    return f'{{ value = {value}, unit = "{unit}", source = "PD" }}'


def without_doses(name: str) -> str:
    return re.sub(rf"(?s)\[phase\.dose\.{name}\]\n.*?\n\n", "", TEXT)


def without_walking() -> str:
    return without_doses("walking").replace(block("walking"), "")


REFUSED = {
    "a drawing that does not exist": (
        changed("walking", 'drawing = "walking"', 'drawing = "running"'),
        at("walking", "drawing"), "there is no drawing 'running'", "walking",
    ),
    "a drawing of a squeeze that does not exist": (
        changed("static_glutes", 'drawing = "static_glutes"', 'drawing = "fifth_squeeze"'),
        at("static_glutes", "drawing"), "there is no drawing 'fifth_squeeze'", "static_glutes",
    ),
    "an unknown kind": (
        changed("walking", 'kind = "walk"', 'kind = "run"'),
        at("walking", "kind"), "unknown value 'run'", "pump, squeeze, move, stand, walk, rest, breathe, test",
    ),
    "a walk without a release": (
        changed("walking", r"(?s:\[routine\.release\].*)", ""),
        at("walking", "release"), "missing: a walk opens only when it is released", 'by = "physiotherapist"',
    ),
    "a release by nobody": (
        changed("walking", 'by = "physiotherapist"', ""),
        at("walking", "release.by"), "missing", "physiotherapist",
    ),
    "a release by the patient": (
        changed("walking", 'by = "physiotherapist"', 'by = "patient"'),
        at("walking", "release.by"), "unknown value 'patient'", "physiotherapist",
    ),
    "a release of an exercise without a dose": (
        without_doses("sit_to_stand"),
        at("sit_to_stand", "release"), "no phase has a dose of 'sit_to_stand'", "[phase.dose.sit_to_stand]",
    ),
    "a time after the last dose": (
        changed("belly_breathing", "earliest = .*", f"earliest = {number(2016, 'h')}"),
        at("belly_breathing", "release.earliest.value"), "is over at 2016 h: it could never hold",
        "less than 2016 h",
    ),
    "a pain that nobody is below": (
        changed("back_press", "pain_average_below = .*", f"pain_average_below = {number(0, 'NRS')}"),
        at("back_press", "release.pain_average_below.value"), "no pain is below 0", "more than 0",
    ),
    "a pain now that nobody is below": (
        changed("back_press", "pain_average_below = .*", f"pain_now_below = {number(0, 'NRS')}"),
        at("back_press", "release.pain_now_below.value"), "no pain is below 0", "more than 0",
    ),
    "no days without a red light": (
        changed("back_press", "without_red = .*", f"without_red = {number(0, 'd')}"),
        at("back_press", "release.without_red.value"), "0 days would hold always", "more than 0",
    ),
    "a longer walk than any may be": (
        changed("back_press", "walked = .*", f"walked = {number(31, 'min')}"),
        at("back_press", "release.walked.value"), "no walk may last 31 minutes", "at most 30 min",
    ),
    "minutes walked, on no number of days": (
        changed("back_press", "walked_days = .*", ""),
        at("back_press", "release.walked_days"), "missing beside walked", "both, or none",
    ),
    "a walk that waits for itself": (
        changed("walking", "earliest = .*", f"walked = {number(5, 'min')}\nwalked_days = {number(3, 'd')}"),
        at("walking", "release.walked"), "no other exercise of this file is a walk", "leave it out",
    ),
    "minutes walked in a file without a walk": (
        without_walking(),
        at("back_press", "release.walked"), "no other exercise of this file is a walk", "of kind walk",
    ),
    "an unknown criterion": (
        changed("back_press", "without_red = .*", f"without_amber = {number(7, 'd')}"),
        at("back_press", "release.without_amber"), "unknown key", "without_red",
    ),
    "a test without its times": (
        changed("five_sit_to_stand", r"(?s:\[\[routine\.checkpoint\]\].*)", ""),
        at("five_sit_to_stand", "checkpoint"), "missing: a test is due at its times alone", "checkpoint",
    ),
    "a test in no time": (
        changed("five_sit_to_stand", "offered_for = .*", f"offered_for = {number(0, 'weeks')}"),
        at("five_sit_to_stand", "checkpoint[0].offered_for.value"), "nobody could do it in no time", "more than 0",
    ),
    "a test that begins before the last is over": (
        changed("five_sit_to_stand", "offered_for = .*", f"offered_for = {number(5, 'weeks')}"),
        at("five_sit_to_stand", "checkpoint[1].opens_after.value"), "before the one above it is over",
        "at least 7 weeks",
    ),
    "minutes of an exercise that is counted": (
        changed("heel_raises", "reps = .*", f"minutes = {number(5, 'min')}"),
        at("heel_raises", "maximum.reps"), "missing", "reps",
    ),
    "half a minute of walking": (
        changed("walking", "minutes = .*", f"minutes = {number(12.5, 'min')}"),
        at("walking", "maximum.minutes.value"), "12.5 is no whole number", "whole numbers from 1 to 120",
    ),
    "a walk of two hours": (
        changed("walking", "minutes = .*", f"minutes = {number(120, 'min')}"),
        at("walking", "maximum.minutes.value"), "120 min is over what a walk may ever be", "at most 60 min",
    ),
    "a word that a walk has no moment for": (
        changed("walking", 'work = "Walk"', 'work = "Walk"\nlet_go = "Stop"'),
        at("walking", "cues.let_go"), "a walk has no such cue", "leave it out",
    ),
    "eight days a week": (
        TEXT.replace('days_per_week = { value = 3,', "days_per_week = { value = 8,", 1),
        "phase[6].dose.heel_raises.days_per_week.value", "8 is out of range", "whole numbers from 1 to 7",
    ),
    "an hourly dose on some days": (
        TEXT.replace("hourly = true", f"hourly = true\ndays_per_week = {number(3, 'days/week')}", 1),
        "phase[1].dose.ankle_pumps.days_per_week", "an hourly dose is one of every day", "leave it out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_it_is_refused_with_its_place_and_what_is_allowed(why: str):
    text, where, what, allowed = REFUSED[why]
    with pytest.raises(ProtocolError) as caught:
        read(text.encode(), "own.toml")
    found = {problem.where: problem for problem in caught.value.problems}
    assert where in found, str(caught.value)
    assert what in found[where].what
    assert allowed in found[where].allowed


def test_a_file_without_these_exercises_is_taken_as_before(tmp_path: Path):
    text = TEXT
    for name in NAMES[4:]:
        text = re.sub(rf"(?s)\[phase\.dose\.{name}\]\n.*?\n\n", "", text).replace(block(name), "")
    path = tmp_path / "before.toml"
    path.write_text(text, encoding="utf-8")
    protocol = read(text.encode(), "before.toml")
    assert list(protocol.routines) == NAMES[:4]
    assert all(each.release is None for each in protocol.routines.values())
