"""A protocol with exercises of every kind beyond the four: closed until a physiotherapist releases them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from coach.domain.protocol import Protocol
from coach.protocols import loader
from tests.support.protocols import default_text

WALK, MOVE, STAND, REST = "corridor_walk", "chair_rise", "wall_lean", "side_rest"
BREATHS, TEST = "slow_breaths", "rise_test"
LIBRARY = (WALK, MOVE, STAND, REST, BREATHS, TEST)

_NAMES = {
    WALK: "Corridor walk",
    MOVE: "Chair rise",
    STAND: "Wall lean",
    REST: "Side rest",
    BREATHS: "Slow breaths",
    TEST: "Rise test",
}
_KINDS = {WALK: "walk", MOVE: "move", STAND: "stand", REST: "rest", BREATHS: "breathe", TEST: "test"}
_MINUTES = (WALK, REST)
_MOST = {WALK: (30, 60), MOVE: (15, 6), STAND: (10, 20), REST: (20, 60), BREATHS: (10, 6), TEST: (1, 60)}
_DOSES = {WALK: (15, 60), MOVE: (8, 3), STAND: (5, 10), REST: (10, 60), BREATHS: (6, 5), TEST: (1, 60)}
_CRITERIA = {
    MOVE: {
        "earliest": (336, "h"), "pain_now_below": (4, "NRS"), "pain_average_below": (4, "NRS"),
        "without_red": (7, "d"), "walked": (15, "min"), "walked_days": (3, "d"),
    },
    WALK: {"earliest": (24, "h"), "pain_now_below": (5, "NRS")},
}  # fmt: skip
DAYS_A_WEEK = {MOVE: 3}
CHECKPOINTS = ((2, 2), (6, 2), (12, 2))  # weeks: opens after, offered for
PHASES = ("first-week", "second-week", "weeks-3-6", "weeks-7-12", "after-week-12")


def _number(value: float, unit: str) -> str:
    return f'{{ value = {value}, unit = "{unit}", source = "PD" }}'


def _dose(routine: str, reps: int, hold: int, per_day: int) -> str:
    if routine in _MINUTES:
        lines = [f"minutes = {_number(reps, 'min')}"]
    else:
        lines = [f"reps = {_number(reps, 'reps')}", f"hold = {_number(hold, 's')}"]
    return "\n".join([*lines, f"per_day = {_number(per_day, 'sets/day')}"])


def _routine(routine: str) -> str:
    name, kind = _NAMES[routine], _KINDS[routine]
    lines = [
        "[[routine]]", f'id = "{routine}"', f'kind = "{kind}"', f'name = "{name}"',
        f'clinical_name = "{name.lower()}"', f'aliases = ["{name} at home"]', f'why = "Why {name}."',
        f'position = "How to begin {name}."', f'steps = ["Do {name}.", "That is one."]',
        f'instruction = "Do {name} with care."', 'breathing = "Breathe as usual."', 'effort = "Easy."',
        'feels_like = "A little warm."', f'faults = ["{name} too fast: slow down."]',
        f'stop_when = ["{name} hurts."]', "sides = 1", 'drawing = "static_glutes"',
        f"tighten = {_number(2, 's')}", f"gap = {_number(2, 'h')}", 'sources = "PD"', "",
        "[routine.maximum]", _dose(routine, *_MOST[routine], 1 if routine == TEST else 3), "",
        "[routine.release]", 'by = "physiotherapist"',
        *(f"{key} = {_number(*number)}" for key, number in _CRITERIA.get(routine, {}).items()), "",
    ]  # fmt: skip
    if routine == TEST:
        for opens, lasts in CHECKPOINTS:
            lines += ["[[routine.checkpoint]]", f"opens_after = {_number(opens, 'weeks')}"]
            lines += [f"offered_for = {_number(lasts, 'weeks')}", ""]
    return "\n".join([*lines, ""])


def _phase_doses() -> str:
    lines = []
    for routine in LIBRARY:
        lines += [f"[phase.dose.{routine}]", _dose(routine, *_DOSES[routine], 1)]
        if routine in DAYS_A_WEEK:
            lines.append(f"days_per_week = {_number(DAYS_A_WEEK[routine], 'days/week')}")
        lines.append("")
    return "\n".join([*lines, ""])


def library_text() -> str:
    """Return the default protocol's text with an exercise of each new kind, dosed from the first week on."""
    head, *phases = default_text().split("[[phase]]")
    text = head + "".join(map(_routine, LIBRARY))
    for phase in phases:
        wanted = any(f'\nid = "{name}"\n' in phase[:80] for name in PHASES)
        body, mark, rest = phase.partition("# ---------")  # after the last phase come the red flags
        text += "[[phase]]" + body + (_phase_doses() if wanted else "") + mark + rest
    return text


def write_library(folder: Path) -> Path:
    """Write that protocol to a file."""
    path = folder / "library.toml"
    path.write_text(library_text(), encoding="utf-8")
    return path


@cache
def library() -> Protocol:
    """Return that protocol."""
    return loader.read(library_text().encode(), "library.toml")
