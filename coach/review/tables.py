"""Tables: the figures of a chart as text, newest first, with headings that people read."""

from __future__ import annotations

import pandas as pd

from coach.i18n import N_, _
from coach.review import findings, frames

NOTHING = "–"
PAIN = {
    "average": N_("Average"),
    "worst": N_("Worst"),
    "before": N_("Before exercise"),
    "after": N_("After exercise"),
    "now": N_("At another time"),
}


def pain(scores: pd.DataFrame, averages: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day with every score of that day; a dash where nothing was said."""
    cells: dict[int, dict[str, list[str]]] = {}
    for at, score, series in (*_rows(averages), *_rows(scores)):
        day = cells.setdefault(int(at), {})
        if score == score:  # NaN is a day without an average
            day.setdefault(series, []).append(findings.number(score))
    days = sorted(cells, reverse=True)
    columns = {_("Day"): [frames.day_words(frames.day_of(day)) for day in days]}
    for series, heading in PAIN.items():
        columns[_(heading)] = [", ".join(cells[day].get(series, [NOTHING])) for day in days]
    return pd.DataFrame(columns)


def _rows(scored: pd.DataFrame) -> list[tuple[float, float, str]]:
    return list(zip(scored["at"], scored["score"], scored["series"], strict=True))


def doing(days: pd.DataFrame) -> pd.DataFrame:
    """Return one row a day with done of due for each routine."""
    newest = days.sort_values("day", ascending=False, kind="stable")
    names = list(dict.fromkeys(days["name"]))
    said: dict[int, dict[str, str]] = {}
    for day, name, done, due in zip(
        newest["day"], newest["name"], newest["done"], newest["due"], strict=True
    ):
        said.setdefault(day, {})[name] = _done_of(done, due)
    columns = {_("Day"): [frames.day_words(frames.day_of(day)) for day in said]}
    columns |= {name: [row.get(name, NOTHING) for row in said.values()] for name in names}
    return pd.DataFrame(columns)


def _done_of(done: int, due: int) -> str:
    if due:
        return _("{done} of {due}").format(done=done, due=due)
    return _("{done}, not due").format(done=done) if done else _("not due")


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
