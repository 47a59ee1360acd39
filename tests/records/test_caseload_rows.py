"""The rows of a caseload: what is stored, to the letter, for rows of an older Coach are compared with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from coach.desk.installation.projection import unreadable
from coach.domain.caseload_card import Card
from coach.domain.need import Need, NeedReason
from coach.domain.standing import TO_BE_LOOKED_AT, UNREADABLE
from coach.domain.times import BEGINNING, FOREVER
from coach.records.entries.caseload_rows import Row, to_columns, to_row

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
CARD = Card(
    zone="Europe/Berlin",
    procedure_day=date(2026, 3, 1),
    phases=((NOON, "Bed rest"),),
    pain=((date(2026, 3, 4), 2.5),),
    latest_pain=(NOON, "bad"),
    shares=((date(2026, 3, 4), 0.5), (date(2026, 3, 5), None)),
    last_at=NOON,
)
NEED = Need(NeedReason.LOW, "low:x", NOON, FOREVER, {"share": 0.5, "bad": 40, "overdue": 1}, BEGINNING)
STORED_CARD = (
    '{"zone":"Europe/Berlin","procedure_day":"2026-03-01","phases":[["2026-03-05T12:00:00+00:00","Bed rest"]],'
    '"pain":[["2026-03-04",2.5]],"latest_pain":["2026-03-05T12:00:00+00:00","bad"],'
    '"shares":[["2026-03-04",0.5],["2026-03-05",null]],"last_at":"2026-03-05T12:00:00+00:00",'
    '"closed_until":"0001-01-02T00:00:00+00:00","over_days":7,"needs_days":3}'
)
STORED_NEED = (
    '[["low:x", "low", 18059, "2026-03-05T12:00:00.000000Z", "9999-01-01T00:00:00.000000Z", '
    '"0001-01-02T00:00:00.000000Z", "{\\"bad\\":40,\\"overdue\\":1,\\"share\\":0.5}"]]'
)
STORED_ODD = (
    '[["unreadable", "unreadable", 0, "0001-01-02T00:00:00.000000Z", "9999-01-01T00:00:00.000000Z", '
    '"0001-01-02T00:00:00.000000Z", "{\\"entry\\": 5}"]]'
)
ROWS = {
    "whole": (Row(7, "d", NOON, True, CARD, (NEED,)), STORED_CARD, STORED_NEED),
    "unreadable": (unreadable(7, "d", entry=5), "null", STORED_ODD),
}


@pytest.mark.parametrize("row, card, needs", ROWS.values(), ids=ROWS)  # noqa: PT006
def test_a_row_is_stored_like_this_and_read_again(row: Row, card: str, needs: str):
    stored = to_columns(row)
    assert (stored["card"], stored["needs"]) == (card, needs)
    assert to_row(SimpleNamespace(**stored)) == row


DAMAGED = [
    *(("card", text) for text in ("{", "{}", "[[1]]", '"x"', "7", STORED_CARD.replace("03-04", "13-04"))),
    *(("needs", text) for text in ("{", "[[1]]", '"x"', "7", STORED_NEED.replace("low", "lov"))),
]


@pytest.mark.parametrize(("column", "text"), DAMAGED)
def test_a_damaged_row_has_no_card_and_no_needs(column: str, text: str):
    row, *_stored = ROWS["whole"]
    found = to_row(SimpleNamespace(**{**to_columns(row), column: text}))
    assert (found.card, found.needs, found.odd_entry) == (None, (), 0)


def test_who_cannot_be_read_stands_above_everybody():
    assert (TO_BE_LOOKED_AT.rank, TO_BE_LOOKED_AT.reasons.strip()) == (0, UNREADABLE)
