"""The figures on Progress and Review are those that somebody else works out from the exported tables."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coach.domain.case import Case
from coach.domain.course import course
from coach.domain.patient_record import PatientRecord
from coach.domain.protocol import RoutineKind
from coach.domain.times import local_date
from coach.export.tables import csv
from coach.review.clinic import (
    charts,
)
from coach.review.clinic import (
    findings as clinic_findings,
)
from coach.review.clinic import (
    frames as clinic_frames,
)
from coach.review.patient import findings, frames, function, tables
from tests.support import recomputed
from tests.support.courses import full, patient_record
from tests.support.review_samples import on_day, plausible
from tests.support.sample_patients import PatientRecords

pytestmark = pytest.mark.timeout(900)

NUMBER = re.compile(r"[−+]?\d+(?:\.\d+)?")


def numbers(sentence: str) -> list[str]:
    return NUMBER.findall(sentence)


def check(made: PatientRecord) -> None:
    """Compare what is worked out from the tables with what the screens say."""
    history, today = made.history, made.today
    found = recomputed.figures(recomputed.read(csv.zipped(made)), today)
    _shares(made, found)
    _sets(made, found)
    _pain(made, found)
    _function(made, found)
    changed = findings.changes(history)
    every, fine = found["scored sessions"], found["no worse"]
    told = numbers(clinic_findings.changes(history))
    assert told == ([str(found["worse"]), str(every)] if every else [])
    if every != 1:  # of a single one the sentence says it in words
        assert numbers(changed) == [str(each) for each in dict.fromkeys((fine, every)) if every]
    active = numbers(findings.active_days(history))
    assert active == ([str(found["active days"])] if found["active days"] else [])


def _shares(made: PatientRecord, found: dict[str, Any]) -> None:
    shown = clinic_frames.kept(Case.of(made.protocol, made.history), today=made.today)
    screen: dict[int, dict[str, str]] = {7: {}, 28: {}}
    for days, routine, said in zip(shown["days"], shown["routine"], shown["percent"], strict=True):
        screen[days][routine] = said
    routines = Case.of(made.protocol, made.history).routines
    asked = dict.fromkeys(("", *(each.id for each in routines if each.kind is not RoutineKind.TEST)), "–")
    mine = found["kept"]
    for each in routines:
        if each.kind is RoutineKind.TEST:
            assert all(shares.pop(each.id, "–") == "–" for shares in mine.values()), "a test is no dose"
    assert screen == {days: asked | shares for days, shares in mine.items()}
    said = clinic_findings.kept(Case.of(made.protocol, made.history), today=made.today)
    assert screen[7][""] == "–" or said.startswith(screen[7][""])


def _sets(made: PatientRecord, found: dict[str, Any]) -> None:
    protocol, history, today, now = made.protocol, made.history, made.today, made.now
    for key, said in (
        ("sets of the week", findings.doing(Case.of(protocol, history), today=today)),
        ("sets of today", findings.doing_today(Case.of(protocol, history), today=today, now=now)),
    ):
        done, due = found[key]
        told = numbers(said)
        assert (str(due) in told) if due else not told
        assert not done or str(done) in told
    known, shown = course(protocol, history), frames.weeks(Case.of(protocol, history), today=today)
    if known is None or shown is None:
        return
    began = local_date(known.procedure.at, made.zone)
    first = max(today - timedelta(days=charts.HEAT_DAYS - 1), began)
    cells = frames.cells(Case.of(protocol, history), first=first, last=today, today=today, now=now)
    told = numbers(clinic_findings.doing(cells))
    done, due = found["sets of 21 days"]
    if due:
        assert told[:2] == [str(done), str(due)]
        weeks = found["days of weeks of 21 days"]
        more = [*(weeks if weeks[1] else ()), *([found["days over"]] if found["days over"] else ())]
        assert told[3:] == [str(each) for each in more]
    calendars = frames.doing(
        Case.of(protocol, history), first=shown.first, last=shown.last, today=today, now=now
    )
    for routine, mine in calendars.groupby("routine"):
        rows = [
            row
            for row in recomputed.read(csv.zipped(made))["due"]
            if row["routine"] == routine
            and shown.first.isoformat() <= row["local_date"] <= shown.last.isoformat()
        ]
        done, due = recomputed.sets(rows)
        days_due = sum(row["due"] != "0" and row["days"] == "1" for row in rows)
        week = recomputed.week_days(rows)
        told = numbers(findings.routine_counts([frames.Cell(*each) for each in mine.itertuples(index=False)]))
        expected = [*((done, due, days_due, len(rows)) if due else ()), *(week if week[1] else ())]
        assert told == [str(each) for each in expected]


def _pain(made: PatientRecord, found: dict[str, Any]) -> None:
    protocol, history, today = made.protocol, made.history, made.today
    week, before = found["pain of the week"], found["pain before"]
    enough = found["days with an average"] >= protocol.rules.better_needs.whole
    for said in (
        findings.pain(Case.of(protocol, history), today=today),
        clinic_findings.pain(Case.of(protocol, history), today=today),
    ):
        if week is not None and enough:
            assert str(week) in numbers(said)
            assert before is None or str(before) in numbers(said)
    window = frames.window(Case.of(protocol, history), today=today)
    if window is None:
        return
    scores, averages = frames.scores(history, window), frames.averages(history, window)
    table = tables.pain(scores, averages)
    screen = [each for each in table["Average"] if each != tables.NOTHING]
    mine = found["averages"]
    assert screen == [mine[on] for on in sorted(mine, reverse=True)][: len(screen)]
    assert len(screen) == len(mine) or frames.day_of(window.starts).isoformat() > min(mine)


def _function(made: PatientRecord, found: dict[str, Any]) -> None:
    rows = function.table(Case.of(made.protocol, made.history))
    screen = [
        (mean, change) for mean, change in zip(rows["Mean"], rows["Change"], strict=True) if mean != "–"
    ]
    mine = found["function"]
    worked_out = [
        (mean, {"+0.0": "0.0", None: "–"}.get(change, change))
        for mean, change in mine.values()
        if mean is not None
    ]
    assert sorted(screen) == sorted(worked_out)


def test_the_script_knows_nothing_of_the_program():
    assert "coach" not in re.sub(r'"""[\s\S]*?"""', "", Path(recomputed.__file__).read_text())


@pytest.mark.parametrize("days", [0, 1, 3, 9, 40])
def test_a_course_of_any_length_is_worked_out_again(days: int):
    check(patient_record(plausible(days), on_day(days, "21:00")))


def test_a_course_with_every_kind_of_fact_is_worked_out_again():
    check(patient_record(full(), on_day(20, "12:00")))


def test_a_few_of_the_sample_are_worked_out_again(some_patients: PatientRecords):
    for made in some_patients:
        check(made)


@pytest.mark.slow
def test_every_share_and_mean_on_the_screens_follows_from_the_tables_alone(all_patients: PatientRecords):
    assert len(all_patients) == 42
    for made in all_patients:
        check(made)
