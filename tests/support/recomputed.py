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
    """Return sets done as far as they were due, and sets due."""
    return sum(min(int(row["done"]), int(row["due"])) for row in rows), sum(int(row["due"]) for row in rows)


def averages(pain: Rows, course: str | None = None) -> dict[date, Fraction | None]:
    """Return the 24-hour average of each day that has one; of one course, or of all."""
    scores = defaultdict(list)
    for row in pain:
        if row["question"] == "average_24h" and row["score"] and course in (None, row["course"]):
            scores[date.fromisoformat(row["local_date"])].append(int(row["score"]))
    return {on: mean(given) for on, given in scores.items()}


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
        "days over": len({row["local_date"] for row in shown_days if row["over"] == "true"}),
        "too much": [
            percent(Fraction(int(row["done"]), int(row["dose"]))) for row in due if row["over"] == "true"
        ],
        "pain of the week": number(mean(shown)),
        "days with an average": len(shown),
        "pain before": baselines[-1] if baselines else None,
        "averages": {on.isoformat(): number(value) for on, value in averages(pain).items()},
        "scored sessions": len(changes),
        "no worse": sum(change <= 0 for change in changes),
        "worse": sum(change > 0 for change in changes),
        "active days": len({row["local_date"] for row in tables["sets"] if int(row["reps_done"])}),
        "function": {
            occasion: (number(value), number(change, signed=True))
            for occasion, (value, change) in function(tables["outcome_measures"], course).items()
        },
    }  # fmt: skip


if __name__ == "__main__":
    said = figures(read(Path(sys.argv[1]).read_bytes()), date.fromisoformat(sys.argv[2]))
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
