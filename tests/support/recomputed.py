"""Work out every share and mean of Progress and Review from the exported tables alone.

Nothing of the program is used here, only the standard library: `python recomputed.py coach-tables.zip TODAY`.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

DAY = timedelta(days=1)

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


def read(whole: bytes) -> Tables:
    """Return the rows of each table by its name."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def mean(values: Iterable[Fraction | int | None]) -> Fraction | None:
    """Return the mean of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return Fraction(sum(known)) / len(known) if known else None


def percent(share: Fraction | None) -> str:
    """Return a share in whole percent, rounded down, as the screens write it."""
    return "–" if share is None else f"{int(share * 100)} %"


def number(value: Fraction | None, *, signed: bool = False) -> str | None:
    """Return a mean with one digit, halves up, without a needless zero; with its sign if asked for."""
    if value is None:
        return None
    tenths = int(abs(value) * 10 + Fraction(1, 2))
    said = str(tenths // 10) if tenths % 10 == 0 and not signed else f"{tenths // 10}.{tenths % 10}"
    return said if not signed else ("−" if value < 0 else "+") + said


def share(row: dict[str, str]) -> Fraction | None:
    """Return done of due, at most 1; None where nothing was due."""
    return min(Fraction(1), Fraction(int(row["done"]), int(row["due"]))) if int(row["due"]) else None


def days_before(rows: Rows, today: date, days: int) -> Rows:
    """Return the rows of so many whole days before today."""
    first = today - timedelta(days=days)
    return [row for row in rows if first <= date.fromisoformat(row["local_date"]) < today]


def kept(rows: Rows) -> dict[str, Fraction | None]:
    """Return the share by routine, and over all of them under ""."""
    by_day, by_routine = defaultdict(list), defaultdict(list)
    for row in rows:
        by_day[row["local_date"]].append(share(row))
        by_routine[row["routine"]].append(share(row))
    daily = [mean(shares) for shares in by_day.values()]
    return {"": mean(daily)} | {routine: mean(shares) for routine, shares in by_routine.items()}


def sets(rows: Rows) -> tuple[int, int]:
    """Return sets done as far as they were due, and sets due; the days of a week are no sets."""
    return _sums([row for row in rows if row["days"] == "1"])


def week_days(rows: Rows) -> tuple[int, int]:
    """Return the same of what is for some days of the week, in days."""
    return _sums([row for row in rows if row["days"] != "1"])


def _sums(rows: Rows) -> tuple[int, int]:
    return sum(min(int(row["done"]), int(row["due"])) for row in rows), sum(int(row["due"]) for row in rows)


def averages(pain: Rows, course: str | None = None) -> dict[date, Fraction | None]:
    """Return the 24-hour average of each day that has one; of one course, or of all."""
    scores = defaultdict(list)
    for row in pain:
        if row["question"] == "average_24h" and row["score"] and course in (None, row["course"]):
            scores[date.fromisoformat(row["local_date"])].append(int(row["score"]))
    return {on: mean(given) for on, given in scores.items()}


def median(values: Iterable[Fraction]) -> Fraction:
    """Return the middle of what is known, or the mean of the two in the middle."""
    known = sorted(values)
    return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2


def a_number_a_day(pain: Rows) -> dict[date, Fraction]:
    """Return each day's 24-hour average, or where none was given the mean of its scores of right now."""
    now = defaultdict(list)
    for row in pain:
        if row["question"] in ("now", "before", "after") and row["score"]:
            now[date.fromisoformat(row["local_date"])].append(int(row["score"]))
    found = {on: mean(scores) for on, scores in now.items()} | averages(pain)
    return {on: value for on, value in sorted(found.items()) if value is not None}


def slow_rise(pain: Rows, day: date) -> tuple[Fraction, Fraction, int] | None:
    """Return from and to what the usual pain has risen up to a day, and in how many days; None if it has not.

    The usual pain is the median of three successive days with a number; it has risen where it is two
    points above its lowest of 14 days.
    """
    known = [(on, value) for on, value in a_number_a_day(pain).items() if timedelta(0) <= day - on < 14 * DAY]
    usual = [
        (known[n][0], median(value for _on, value in known[n - 2 : n + 1])) for n in range(2, len(known))
    ]
    if not usual or usual[-1][0] != day:
        return None
    (_day, now), lowest = usual[-1], min(value for _on, value in usual)
    since = max(on for on, value in usual if value == lowest)
    return (lowest, now, (day - since).days) if now - lowest >= 2 else None


def sudden_rise(pain: Rows, day: date) -> tuple[Fraction, Fraction] | None:
    """Return how far the highest score of a day is above the median of the three days before, and that median."""
    numbers = a_number_a_day(pain)
    before = [numbers[day - n * DAY] for n in (1, 2, 3) if day - n * DAY in numbers]
    given = [
        int(row["score"])
        for row in pain
        if row["local_date"] == day.isoformat()
        and row["question"] in ("now", "before", "after", "average_24h")
        and row["score"]
    ]
    if not before or not given or max(given) - median(before) < 2:
        return None
    return max(given) - median(before), median(before)


def function(measures: Rows, course: str) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """Return for each occasion the mean of the own activities, and its mean change from before the procedure."""
    latest: dict[tuple[str, str], int | None] = {}
    for row in measures:
        if row["what"] == "function" and row["course"] == course:
            latest[row["occasion"], row["activity"]] = int(row["score"]) if row["score"] else None
    occasions = dict.fromkeys(occasion for occasion, _activity in latest)
    found = {}
    for occasion in occasions:
        mine = {activity: score for (where, activity), score in latest.items() if where == occasion}
        before = {activity: latest.get(("baseline", activity)) for activity in mine}
        changes = [
            score - was
            for activity, score in mine.items()
            if occasion != "baseline" and score is not None and (was := before[activity]) is not None
        ]
        found[occasion] = (mean(mine.values()), mean(changes))
    return found


def figures(tables: Tables, today: date) -> dict[str, Any]:
    """Return all shares and means, by what they are, each as its screen writes it."""
    due, pain = tables["due"], tables["pain"]
    course = max((row["course"] for row in due), key=int, default="1")
    week = averages(pain, course)
    shown = [value for on, value in week.items() if today - timedelta(days=6) <= on <= today]
    shown_days = [row for row in due if date.fromisoformat(row["local_date"]) > today - timedelta(days=21)]
    changes = [
        int(row["pain_after"]) - int(row["pain_before"])
        for row in tables["sessions"]
        if row["pain_before"] and row["pain_after"]
    ]
    baselines = [row["score"] for row in pain if row["question"] == "baseline" and row["course"] == course]
    return {
        "kept": {
            days: {name: percent(value) for name, value in kept(days_before(due, today, days)).items()}
            for days in (7, 28)
        },
        "sets of the week": sets(days_before(due, today, 7)),
        "sets of today": sets([row for row in due if row["local_date"] == today.isoformat()]),
        "sets of 21 days": sets(shown_days),
        "days of weeks of 21 days": week_days(shown_days),
        "days over": len({row["local_date"] for row in shown_days if row["over"] == "true"}),
        "too much": [
            percent(Fraction(int(row["done"]), int(row["dose"]))) for row in due if row["over"] == "true"
        ],
        "pain of the week": number(mean(shown)),
        "days with an average": len(shown),
        "pain rising": [
            (number(rise[0]), number(rise[1]), rise[2])
            for on in (today - DAY, today)
            if (rise := slow_rise(pain, on))
        ],
        "pain up": [
            (number(sudden[0]), number(sudden[1]))
            for on in (today - DAY, today)
            if (sudden := sudden_rise(pain, on))
        ],
        "pain before": baselines[-1] if baselines else None,
        "averages": {on.isoformat(): number(value) for on, value in averages(pain).items()},
        "scored sessions": len(changes),
        "no worse": sum(change <= 0 for change in changes),
        "worse": sum(change > 0 for change in changes),
        "active days": len({row["local_date"] for row in tables["sets"] if int(row["reps_done"])}),
        "results of tests": [
            f"{float(row['took']):g}"
            for row in tables["sets"]
            if row["counted_in"] == "tries" and row["reps_done"] != "0" and row["took"]
        ],
        "function": {
            occasion: (number(value), number(change, signed=True))
            for occasion, (value, change) in function(tables["outcome_measures"], course).items()
        },
    }  # fmt: skip


if __name__ == "__main__":
    said = figures(read(Path(sys.argv[1]).read_bytes()), date.fromisoformat(sys.argv[2]))
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
