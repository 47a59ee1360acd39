"""The diary grid: a week to fill in by hand, one line a day, across the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from coach.domain.protocol import Dose, Routine
from coach.domain.times import local_date
from coach.export.pdf.document import MARGIN_MM, Page
from coach.i18n import _, ngettext
from coach.text import short_dates

DAYS = 7
DAY_MM, ROW_MM, BOX_MM, STEP_MM = 34.0, 13.0, 5.2, 6.2
ROW_OF_BOXES = 6
PAIRS_MOST = 3  # sessions a day with space for scores
PAIR_MM = 27.0
LINE_MM = 3.2  # mm from the top of a row to its text
TEXT_PT = 16.0


def show(paper: Page, doses: Sequence[tuple[Routine, Dose]], *, ends: datetime | None) -> None:
    """Print a page with a line for each of seven days.

    Days after `ends` get no boxes, as doses change.
    """
    paper.add_page(orientation="landscape")
    made = paper.patient_record
    paper.say(_("Tick each set. Write your pain, 0 to 10, before and after."), size=TEXT_PT, bold=True)
    boxes = [_boxes(routine, dose) for routine, dose in doses]
    pairs = min(PAIRS_MOST, max(dose.per_day for _routine, dose in doses))
    room = paper.epw - DAY_MM - pairs * PAIR_MM
    wide = [max(min(n, ROW_OF_BOXES), 4) for n in boxes]
    widths = [min(60.0, room * n / sum(wide)) for n in wide]
    last = local_date(ends, made.zone) if ends else None
    with paper.tagged("Table"):
        _heads(
            paper, [(routine, width) for (routine, _dose), width in zip(doses, widths, strict=True)], pairs
        )
        for number in range(DAYS):
            day = made.today + timedelta(days=number)
            with paper.tagged("TR"):
                _day(paper, day, list(zip(boxes, widths, strict=True)), pairs, over=bool(last and day > last))


def _day(paper: Page, day: date, columns: Sequence[tuple[int, float]], pairs: int, *, over: bool) -> None:
    """Print a day's line: its boxes, or after the sheet's end that a new sheet is needed."""
    top, x = paper.get_y(), MARGIN_MM + DAY_MM
    wide = sum(width for _count, width in columns)
    paper.set_y(top + LINE_MM)
    with paper.tagged("TH", scope="row"):
        paper.put(short_dates.day_words(day), DAY_MM, size=TEXT_PT)
    if over:
        with paper.tagged("TD"):
            paper.put(_("Use a new sheet."), wide, size=TEXT_PT)
    for count, width in () if over else columns:
        with paper.tagged("TD"):
            _tick(paper, x, top, count)
        x += width
    paper.set_xy(MARGIN_MM + DAY_MM + wide, top + LINE_MM)
    with paper.tagged("TD"):
        for _pair in range(pairs):
            paper.put("___ / ___", PAIR_MM, size=TEXT_PT)
    paper.rule(top + ROW_MM - 0.8)
    paper.set_xy(MARGIN_MM, top + ROW_MM)


def _boxes(routine: Routine, dose: Dose) -> int:
    """Return how many sets a day allows."""
    return routine.hourly_cap.whole if dose.hourly and routine.hourly_cap else dose.per_day


def _heads(paper: Page, widths: Sequence[tuple[Routine, float]], pairs: int) -> None:
    top, x = paper.get_y() + 1, MARGIN_MM + DAY_MM
    height = paper.font(TEXT_PT, bold=True)
    with paper.tagged("TR"):
        with paper.tagged("TD"):
            pass  # above the days
        for routine, width in widths:
            with paper.tagged("TH", scope="column"):
                for number, line in enumerate(paper.lines(_(routine.name), width - 2)):
                    paper.set_xy(x, top + number * height)
                    paper.put(line, width - 1, size=TEXT_PT, bold=True)
            x += width
        with paper.tagged("TH", scope="column"):
            for number, line in enumerate((_("Pain"), _("before / after"))):
                paper.set_xy(x, top + number * height)
                paper.put(line, pairs * PAIR_MM, size=TEXT_PT, bold=True)
    paper.set_xy(MARGIN_MM, top + 2 * height + 3)
    paper.rule(paper.get_y() - 1.5)


def _tick(paper: Page, x: float, y: float, count: int) -> None:
    said = ngettext("{n} box to tick", "{n} boxes to tick", count).format(n=count)
    with paper.tagged("Figure", alt=said), paper.marked():
        for number in range(count):
            row, column = divmod(number, ROW_OF_BOXES)
            down = 0.1 if count > ROW_OF_BOXES else LINE_MM + 0.5
            paper.rect(x + column * STEP_MM, y + down + row * STEP_MM, BOX_MM, BOX_MM)
