"""Tables for the patient: the figures of a chart as text, newest first."""

from __future__ import annotations

import pandas as pd

from coach.i18n import _
from coach.i18n.sentences import in_a_row
from coach.review.patient import frames
from coach.text import short_dates
from coach.text.outcome_measures import number

NOTHING = "–"
RIGHT_NOW = frozenset({"before", "after", "now"})


def pain(scores: pd.DataFrame, averages: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day with every score of that day; a dash if there is none."""
    said: dict[int, dict[str, list[str]]] = {}
    for at, score, series in sorted((*_rows(averages), *_rows(scores)), key=lambda row: row[0]):
        day = said.setdefault(int(at), {})
        if score == score:  # NaN is a day without an average
            day.setdefault("right now" if series in RIGHT_NOW else series, []).append(number(score))
    days = sorted(said, reverse=True)

    def column(series: str) -> list[str]:
        return [in_a_row(said[day].get(series, [NOTHING])) for day in days]

    return pd.DataFrame(
        {
            _("Day"): [short_dates.day_words(frames.day_of(day)) for day in days],
            _("Average"): column("average"),
            _("Worst"): column("worst"),
            _("Right now"): column("right now"),
        }
    )


def _rows(scored: pd.DataFrame) -> list[tuple[float, float, str]]:
    return list(zip(scored["at"], scored["score"], scored["series"], strict=True))


def doing(days: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day with done of due for each routine."""
    newest = days.sort_values("day", ascending=False, kind="stable")
    names = list(dict.fromkeys(days["name"]))
    said: dict[int, dict[str, str]] = {}
    for day, name, told in zip(newest["day"], newest["name"], newest["told"], strict=True):
        said.setdefault(day, {})[name] = told
    columns = {_("Day"): [short_dates.day_words(frames.day_of(day)) for day in said]}
    for name, heading in zip(names, _short(names), strict=True):
        columns[heading] = [row.get(name, NOTHING) for row in said.values()]
    return pd.DataFrame(columns)


def _short(names: list[str]) -> list[str]:
    """Return the names' first words if they are distinct, so that a phone shows every column."""
    first = [name.split()[0] for name in names]
    return first if len(set(first)) == len(names) else names


def changes(changed: pd.DataFrame) -> pd.DataFrame:
    """Return one row a session with pain before and after."""
    newest = changed.iloc[::-1]
    return pd.DataFrame(
        {
            _("Session"): newest["when"].to_list(),
            _("Before"): [str(score) for score in newest["before"]],
            _("After"): [str(score) for score in newest["after"]],
            _("Change"): [f"{points:+d}".replace("-", "−").replace("+0", "0") for points in newest["change"]],
        }
    )


def words(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row an answer in plain words."""
    return pd.DataFrame(
        {
            _("When"): answers["when"].to_list(),
            _("Question"): answers["question"].to_list(),
            _("Answer"): answers["word"].to_list(),
        }
    )
