"""Protocol files for tests: the real one with one thing changed, or with very short doses."""

from __future__ import annotations

import re
from pathlib import Path

from coach.protocols.loader import DEFAULT

SHORT = {"reps": "2", "hold": "1", "tighten": "1", "rest_at_least": "1", "change_legs": "1"}
SHORT |= {"get_ready": "1", "get_ready_most": "1"}
SHORT_PAUSE = {"between_routines": "2"}
NO_NIGHT = {"night_begins": "0", "night_ends": "0"}  # browser tests run at any hour


def default_text() -> str:
    """Return the text of the protocol that comes with Coach."""
    return DEFAULT.read_text(encoding="utf-8")


def no_night(tmp_path: Path) -> Path:
    """Write the default protocol without a night: doses last as long as they do, at any hour."""
    text = default_text()
    for key, value in NO_NIGHT.items():
        text = re.sub(rf"(?m)^({key} = {{ value = )[0-9.]+", rf"\g<1>{value}", text)
    path = tmp_path / "no_night.toml"
    path.write_text(text, encoding="utf-8")
    return path


def short_doses(tmp_path: Path) -> Path:
    """Write the default protocol with 2 reps of 1 s and short pauses, and no night; times a day, gaps and phases stay.

    For browser tests that play a whole session in real time; the maxima stay what they are.
    """
    blocks = re.split(r"(?m)^(?=\[)", default_text())
    path = tmp_path / "short_doses.toml"
    path.write_text("".join(_shortened(block) for block in blocks), encoding="utf-8")
    return path


def _shortened(block: str) -> str:
    if block.startswith(("[routine.maximum]", "[phase.dose.five_sit_to_stand]")):
        return block
    for key, value in (SHORT | SHORT_PAUSE | NO_NIGHT).items():
        block = re.sub(rf"(?m)^({key} = {{ value = )[0-9.]+", rf"\g<1>{value}", block)
    return block


def with_own_drawing(routine: str, name: str, svg: str) -> str:
    """Return the default protocol in which a routine has a drawing of the file's own."""
    before, found, after = default_text().partition(f'id = "{routine}"\n')
    assert found
    after = re.sub(r'(?m)^drawing = ".*"$', f'drawing = "{name}"', after, count=1)
    return f"{before}{found}{after}\n[drawings]\n{name} = '''{svg}'''\n"
