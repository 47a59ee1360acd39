"""Pain as one large number, and where it lies between none and the worst; for the eye, the sentence says the same."""

from __future__ import annotations

from html import escape

from coach.i18n import _
from coach.review.patient.findings import PainFigure
from coach.text.outcome_measures import number
from coach.ui.parts.text_block import TextBlock

WORST = 10


def add(block: TextBlock, figure: PainFigure) -> None:
    """Add the number with what it is of, and below it the scale from 0 to 10."""
    before = ""
    if figure.before is not None:
        words = _("{score} before").format(score=figure.before)
        before = f'<i class="coach-before" style="{_at(figure.before)}"><b>{escape(words)}</b></i>'
    block.drawn(
        f'<div class="coach-pain"><p><b>{number(figure.score)}</b> <span>{escape(figure.words)}</span></p>'
        f'<div class="coach-scale" aria-hidden="true">{before}<i class="coach-now" style="{_at(figure.score)}"></i>'
        f"<span>0</span><span>{WORST}</span></div></div>"
    )


def _at(score: float) -> str:
    return f"--at: {100 * score / WORST:.0f}%"
