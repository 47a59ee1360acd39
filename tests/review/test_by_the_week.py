"""An exercise for some days of the week is counted in days: nowhere are these added to the sets of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.cli import decision_words
from coach.domain import facts, outcome
from coach.domain.case import Case
from coach.export.pdf import progress_report
from coach.protocols.loader import default
from coach.review.clinic import findings as clinic_findings
from coach.review.clinic import news
from coach.review.clinic.news_items import Sessions
from coach.review.patient import findings, frames, tables
from coach.review.patient.frames import Cell
from coach.scenarios.days import Days
from tests.support.courses import begun, patient_record
from tests.support.review_samples import GLUTES, on_day

PROTOCOL = default()
RAISES = "heel_raises"
MONDAY, SUNDAY = 35, 41  # days after the procedure, a Monday; three days a week are asked for


def at(day: int) -> date:
    return date(2026, 9, 7) + timedelta(days=day)


@pytest.fixture(scope="module")
def case() -> Case:
    """A week in which heel raises were done on two days of three, and one set of squeezes."""
    told = begun()
    told.physio(facts.Released(RAISES, "ready"), on_day(30))
    for day in (MONDAY, MONDAY + 2):
        told.session(on_day(day, "10:00"), [RAISES])
    told.session(on_day(MONDAY, "11:00"), [GLUTES])
    return Case.of(PROTOCOL, told.history)


@pytest.fixture(scope="module")
def cells(case: Case) -> dict[int, Cell]:
    found = frames.cells(case, first=at(MONDAY), last=at(SUNDAY), today=at(SUNDAY + 1))
    return dict(enumerate(each for each in found if each.routine == RAISES))


def test_the_weeks_days_stand_at_its_sunday_as_days(cells: dict[int, Cell]):
    sunday = cells[6]
    assert (sunday.done, sunday.due, sunday.days, sunday.state) == (2, 3, 7, "part")
    assert (sunday.text, sunday.told) == ("2/3d", "2 of 3 days")


def test_a_day_on_which_it_was_done_is_done_and_any_other_is_not_due(cells: dict[int, Cell]):
    assert [cells[place].state for place in range(6)] == ["done", "not due", "done", *["not due"] * 3]
    assert (cells[0].text, cells[0].told, cells[1].told) == ("1", "done", "not due")


def test_tables_say_days(case: Case):
    days = frames.doing(case, first=at(MONDAY), last=at(SUNDAY), today=at(SUNDAY + 1))
    heel = next(name for name in tables.doing(days) if str(name).startswith("Heel"))
    assert tables.doing(days)[heel].to_list() == ["2 of 3 days", *["not due"] * 3, "done", "not due", "done"]


def daily(case: Case, day: int) -> tuple[int, int]:
    counts = [each for name, each in outcome.day(case, at(day)).items() if name != RAISES]
    return sum(min(each.done, each.due) for each in counts), sum(each.due for each in counts)


def test_no_sum_of_sets_has_the_days_of_a_week(case: Case):
    cells = frames.cells(case, first=at(SUNDAY), last=at(SUNDAY), today=at(SUNDAY + 1))
    _done, due = daily(case, SUNDAY)
    assert clinic_findings.doing(cells) == f"0 of {due} sets due on this day. By the week: 2 of 3 days."
    assert findings.doing_today(case, today=at(SUNDAY)) == f"Today so far: 0 of {due} sets."
    week = [daily(case, day) for day in range(MONDAY, SUNDAY + 1)]
    done, due = (sum(each) for each in zip(*week, strict=True))
    assert findings.doing(case, today=at(SUNDAY + 1)) == (
        f"You did {done} of the {due} sets that were due in the last 7 days."
    )


def test_news_of_sessions_count_sets_alone(case: Case):
    [told] = [
        each
        for _part, each in news.changed(case, since=0, today=at(SUNDAY), me="", now=on_day(SUNDAY, "22:30"))
        if isinstance(each, Sessions)
    ]
    assert (told.done, told.due) == tuple(
        sum(each) for each in zip(*(daily(case, day) for day in range(MONDAY, SUNDAY + 1)), strict=True)
    )


def test_days_of_a_dose_of_every_day_are_none_of_the_weeks_days():
    told = begun()
    told.physio(facts.Released("sit_to_stand", "ready"), on_day(20))
    begins = on_day(MONDAY - 4, "00:00")  # a Thursday, from which it is on three days a week
    weekly = facts.Override("sit_to_stand", 5, 3, 1, begins, on_day(40), "rest between", days_per_week=3)
    told.physio(weekly, on_day(MONDAY - 5))
    for day in range(MONDAY - 7, MONDAY - 2):
        told.session(on_day(day, "10:00"), ["sit_to_stand"])
    counts = [
        outcome.day(Case.of(PROTOCOL, told.history), at(day))["sit_to_stand"]
        for day in (MONDAY - 7, MONDAY - 1)
    ]
    assert [(each.done, each.due, each.days, each.over) for each in counts] == [
        (1, 2, 1, False), (2, 1, 7, False),
    ]  # fmt: skip


def test_a_calendar_says_on_how_many_days(cells: dict[int, Cell]):
    assert findings.routine_counts(list(cells.values())) == (
        "Done on 2 of 3 days. A week is counted on its Sunday."
    )


def test_the_report_and_the_command_say_days(case: Case):
    made = replace(patient_record(begun(), on_day(SUNDAY + 1, "09:00")), history=case.history)
    rows = progress_report.kept(made)
    row = rows[rows["Exercise"] == "Heel raises"]
    assert row["Sets, 7 days"].to_list() == ["2 of 3 days"]
    found = Days(at(SUNDAY), at(SUNDAY), outcome.day(case, at(SUNDAY)), None, ())
    assert any("done on 2 of 3 days of the week" in line for line in decision_words.day(found, PROTOCOL))
