"""The figures that Coach is held to, each with its target, and what was measured of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = 2  # a figure is judged as it is printed


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: at most the target, or at least; None: it is told, and judged by nobody."""

    name: str
    target: float | None
    at_least: bool = False

    def told(self) -> str:
        """Return the target in words."""
        if self.target is None:
            return "none"
        return f"{'at least' if self.at_least else 'at most'} {self.target:g}"

    def verdict(self, value: float) -> str:
        """Tell whether a value meets the target."""
        if self.target is None:
            return ""
        value = round(value, DIGITS)
        return "met" if (value >= self.target if self.at_least else value <= self.target) else "NOT MET"


def cpu(page: str) -> str:
    """Return the name of the figure for the processor's time of a run of a page."""
    return f"CPU of a run / default: {page}"


def messages(page: str) -> str:
    """Return the name of the figure for the messages of a run."""
    return f"Messages of a run: {page}"


def size(page: str) -> str:
    """Return the name of the figure for what a run sends."""
    return f"kB of a run: {page}"


def tap(page: str) -> str:
    """Return the name of the figure for the time from a tap to the painted answer."""
    return f"Tap to painted answer, p95 ms: {page}"


TODAY, DIARY, PROGRESS, PLAYER = "Today", "Diary", "Progress", "the player"
CASELOAD, REVIEW = "Caseload of 100", "Review of 12 weeks"
CLOSED_LOOP = "Today, closed loop, one process: runs/s"
MIX_P95 = "300 users, a day's mix, two cores: p95 ms"
MIX_ERRORS = "300 users, a day's mix, two cores: errors"
MOST_USERS = "Most users with p95 of at most 100 ms, two cores"
NEW_ENTRY = "One new entry, 10,000 entries / 10"
MEMORY = "Memory of a session with 12 weeks, MB"
CHURN = "Growth of memory, second half of the churn"
COLD, WARM = "First load in Chromium / default, cold", "First load in Chromium / default, warm"

ALL = (
    *(Figure(cpu(page), 0.3) for page in (TODAY, "Session", "Guide", "Settings")),
    *(Figure(cpu(page), 0.5) for page in (PROGRESS, DIARY)),
    Figure(cpu(CASELOAD), 0.6),
    Figure(cpu(REVIEW), 0.9),
    Figure(messages(TODAY), 30),
    Figure(size(TODAY), 15),
    Figure(messages(DIARY), 60),
    Figure(size(DIARY), 25),
    Figure(messages(PROGRESS), 40),
    Figure(size(PROGRESS), 60),
    Figure(CLOSED_LOOP, 90, at_least=True),
    Figure(MIX_P95, 150),
    Figure(MIX_ERRORS, 0),
    Figure(MOST_USERS, None),
    Figure(NEW_ENTRY, 1.5),
    Figure(MEMORY, 0.5),
    Figure(CHURN, 0.02),
    Figure(COLD, 0.9),
    Figure(WARM, 0.7),
    Figure(tap(TODAY), 100),
    Figure(tap(PLAYER), 100),
)
_KNOWN = {figure.name: figure for figure in ALL}


class Measured:
    """What one run of the bench has measured of the figures."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[float, str]] = {}

    def put(self, name: str, value: float, note: str = "") -> None:
        """Keep what was measured; a note says where it was measured with something else than the name says."""
        if name not in _KNOWN:
            raise KeyError(name)
        self._values[name] = (value, note)

    def target(self, name: str) -> str:
        """Return a figure's target as a number, "" if it is no figure or has none."""
        found = _KNOWN.get(name)
        return "" if found is None or found.target is None else f"{found.target:g}"

    def met(self, name: str) -> bool:
        """Tell whether a figure was measured and meets its target."""
        return name in self._values and _KNOWN[name].verdict(self._values[name][0]) == "met"

    def rows(self) -> Iterator[list[str]]:
        """Yield every figure: its name, target, what was measured, whether it is met."""
        for figure in ALL:
            if figure.name not in self._values:
                yield [figure.name, figure.told(), "not measured", ""]
                continue
            value, note = self._values[figure.name]
            number = f"{round(value, DIGITS):g}"
            yield [figure.name, figure.told(), f"{number}{note and f' ({note})'}", figure.verdict(value)]
