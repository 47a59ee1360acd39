"""The one drawing of the course, on Today and on Progress: to scale, phases as bands, the present marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from itertools import pairwise

from coach.domain.course import Course
from coach.i18n import _
from coach.text import times as times_text
from coach.ui.parts.text_block import TextBlock

APART = 0.24  # of the whole: two labels that are nearer to each other would overlap on a phone
NAMED_FROM = 0.3  # of the whole: a narrower band has no room for its name


def add(block: TextBlock, known: Course, *, now: datetime) -> None:
    """Add the drawing; to those who do not see it, it says which part of the course this is."""
    edges = _edges(known, now)
    here = _share(known, now, now)
    span = known.span_at(now)
    label = _("Your course, drawn to scale from the procedure on.")
    if span:
        label = _("{label} You are here: {phase}").format(label=label, phase=_(span.phase.name))
    bands = "".join(
        f'<span style="width: {100 * (ends - starts):.1f}%">{escape(name if ends - starts >= NAMED_FROM else "")}</span>'
        for starts, ends, name in edges
    )
    ticks = "".join(
        f'<span style="--at: {100 * at:.1f}%">{escape(words)}</span>' for at, words in _ticks(known, now)
    )
    now_here = _("You are here")
    block.drawn(
        f'<div class="coach-course" role="img" aria-label="{escape(label)}" style="--here: {100 * here:.1f}%">'
        f'<b>{escape(now_here)}</b><div class="coach-bands">{bands}</div>'
        f'<div class="coach-ticks">{ticks}</div></div>'
    )


def _share(known: Course, instant: datetime, now: datetime) -> float:
    """Return where an instant lies between the procedure and the last phase, 0 to 1."""
    starts = known.procedure.at
    whole = max(now, known.spans[-1].starts) - starts
    return min(1.0, max(0.0, (instant - starts) / whole)) if whole else 0.0


def _edges(known: Course, now: datetime) -> Iterator[tuple[float, float, str]]:
    """Yield each phase that takes room: from where to where, and its name."""
    last = known.spans[-1]
    until = [*((one, two.starts) for one, two in pairwise(known.spans)), (last, max(now, last.starts))]
    for n, (span, ends) in enumerate(until):
        # What lies before the first phase, such as the way home, belongs to its band
        starts = _share(known, span.starts, now) if n else 0.0
        if _share(known, ends, now) > starts:
            yield starts, _share(known, ends, now), _(span.phase.name)


def _ticks(known: Course, now: datetime) -> list[tuple[float, str]]:
    """Return how far after the procedure the later phases begin, as far as there is room to say it."""
    ticks: list[tuple[float, str]] = []
    for span in reversed(known.spans):
        at = _share(known, span.starts, now)
        if at >= APART and (not ticks or ticks[-1][0] - at >= APART):
            ticks.append((at, times_text.length(span.phase.opens_after.span)))
    return [(0.0, _("Procedure")), *reversed(ticks)]
