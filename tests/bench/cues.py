"""How late the player's cues are, in a tab that is seen and in one that is not, and how far it drifts.

The player says of each cue when it was due and when it played (`coach:cue`). The drift is taken from
another clock: what the computer's says when a cue plays, against its second in the schedule.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.chromium import Chromium

ENDS = 10  # cues at each end of a session whose median tells the drift
COVERED_S = 12  # Chromium begins to slow a hidden tab down some seconds after it is hidden

_LISTEN = """
window.coachCues = [];
window.addEventListener('coach:cue', ({ detail }) => {
  window.coachCues.push({ ...detail, clock_ms: Date.now(), visible: document.visibilityState });
});
window.coachFind = (id, under = document) => {
  for (const node of under.querySelectorAll('*')) {
    if (node.dataset?.testid === id) return node;
    const inside = node.shadowRoot && window.coachFind(id, node.shadowRoot);
    if (inside) return inside;
  }
  return null;
};
window.coachWatch = () => {
  const began = performance.now();
  const seen = { fired: 0, late_ms: 0, from: window.coachCues.length };
  let since = began;
  setInterval(() => {
    const now = performance.now();
    seen.fired += 1;
    seen.late_ms = Math.max(seen.late_ms, now - since - 100);
    since = now;
  }, 100);
  window.coachSaw = () => ({
    ...seen,
    wanted: Math.floor((performance.now() - began) / 100),
    cues: window.coachCues.slice(seen.from),
  });
};
"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The cues of one run: how late each was, in order; the drift; and what was seen of the tab."""

    late_ms: list[float]
    drift_ms: float
    visibility: str
    timer: str  # what a timer of the page's own did meanwhile


class Player:
    """A tab with the session page, the real player in it."""

    def __init__(self, program: str, url: str, *, hidden: bool) -> None:
        self._hidden = hidden
        self._chromium = Chromium(program)
        self._tab = self._chromium.open()
        self._tab.go(f"{url}/session", script=_LISTEN)
        self._tab.until("Boolean(coachFind('start'))")

    def start(self) -> None:
        """Tap Start; a tab that is not to be seen is then covered by a new one."""
        self._tab.run("coachFind('start').click()")
        self._tab.until("coachCues.length > 0")
        if self._hidden:
            self._chromium.open()

    def watch(self) -> None:
        """Count from now on."""
        self._tab.run("coachWatch()")

    def end(self, starts_s: list[float]) -> Lateness:
        """Return the cues that were watched, `starts_s` being the schedule's seconds, and close the browser."""
        saw: dict[str, Any] = self._tab.run("coachSaw()")
        self.close()
        cues = saw["cues"]
        off = [cue["clock_ms"] - 1000 * starts_s[cue["index"]] for cue in cues]
        return Lateness(
            late_ms=[cue["at_ms"] - cue["due_ms"] for cue in cues],
            drift_ms=median(off[-ENDS:]) - median(off[:ENDS]),
            visibility=", ".join(sorted({cue["visible"] for cue in cues})),
            timer=f"{saw['fired']} of {saw['wanted']} times, {saw['late_ms'] / 1000:.1f} s late at most",
        )

    def close(self) -> None:
        """Close the browser, also one that is closed already."""
        self._chromium.close()


def play(players: list[Player], minutes: float) -> None:
    """Let all of them play at the same time, after the time it takes until a hidden tab is slowed down."""
    for player in players:
        player.start()
    time.sleep(COVERED_S)
    for player in players:
        player.watch()
    time.sleep(minutes * 60)
