"""No file that leaves and no review says a time exactly that nobody said exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from coach.domain import facts
from coach.domain.case import Case
from coach.domain.history import Entry
from coach.export.tables.columns import TABLES
from coach.protocols.loader import default
from coach.review.clinic import findings
from tests.support.courses import Told, begun, patient_record
from tests.support.fhir_bundles import LATER, Json, about, made
from tests.support.fhir_r4 import resources
from tests.support.review_samples import on_day

HOURS, DAYS = timedelta(hours=5), timedelta(days=60)


def estimated(back: timedelta) -> Told:
    """Return a course whose times may have been so much earlier than they count."""
    told = begun()
    told.entries[:] = [_earlier(entry, back) for entry in told.entries]
    return told


def _earlier(entry: Entry[object], back: timedelta) -> Entry[object]:
    if isinstance(entry.fact, facts.Procedure | facts.HomeArrival):
        return replace(entry, fact=replace(entry.fact, earliest=entry.at - back))
    return entry


@pytest.mark.parametrize(
    ("back", "performed", "begins"),
    [
        (HOURS, {"performedDateTime": "2026-09-07"}, {"start": "2026-09-07"}),
        (DAYS, {"performedString": "day not known, at the latest Mon 7\u00a0Sep, 14:30"}, None),
    ],
)
def test_fhir_says_the_day_of_a_procedure_and_no_time_or_in_words_that_it_is_not_known(
    back: timedelta, performed: Json, begins: Json | None
):
    bundle = made(estimated(back))
    [procedure] = about(bundle, "Balloon kyphoplasty", "Procedure")
    assert {name: value for name, value in procedure.items() if name.startswith("performed")} == performed
    [plan] = resources(bundle, "CarePlan")
    assert plan.get("period") == begins
    notes = " ".join(note["text"] for note in plan["note"])
    assert "The procedure’s end is not known exactly" in notes
    assert "The arrival at home is not known exactly" in notes


def test_the_table_of_the_plan_has_the_earliest_time_beside_the_one_that_counts():
    told = estimated(HOURS)
    [table] = [each for each in TABLES if each.name == "plan_changes"]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows(patient_record(told, LATER))]
    kinds = ("procedure", "home_arrival")
    shown = [(row["at"], row["earliest"]) for row in rows if row["what"] in kinds]
    assert len(shown) == 2
    for at, earliest in shown:
        assert isinstance(at, datetime)
        assert at - earliest == HOURS
    assert not any(row["earliest"] for row in rows if row["what"] not in kinds)


def test_the_review_and_the_report_say_between_which_times_and_at_least_so_many_hours():
    case, now = Case.of(default(), estimated(HOURS).history), on_day(1, "20:00")
    ended = dict(findings.case_facts(case, now=now))
    assert ended["Procedure ended"] == "Mon 7\u00a0Sep, between 09:30 and 14:30"
    assert "between" in ended["Home"]
    assert "at least" in findings.place(case, now=now)
