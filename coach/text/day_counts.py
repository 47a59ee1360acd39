"""Done and due of a day in words: in sets, or in days for an exercise of some days of the week."""

from __future__ import annotations

from coach.domain.day_counts import DayCount
from coach.i18n import _, ngettext


def cell(count: DayCount) -> str:
    """Return the text of a cell: "2/3", of the days of a week "2/3d"; if nothing was due, the sets done, or ""."""
    if count.due and count.days > 1:
        return _("{done}/{due}d").format(done=count.done, due=count.due)
    if count.due:
        return f"{count.done}/{count.due}"
    return str(count.done) if count.done else ""


def told(count: DayCount) -> str:
    """Return done and due of a day in words: "2 of 3", of the days of a week "2 of 3 days"."""
    if count.due and count.days > 1:
        return in_days(count.done, count.due)
    if count.due:
        return _("{done}\u00a0of\u00a0{due}").format(done=count.done, due=count.due)
    if count.done:
        return _("done") if count.weekly else _("{done}, not due").format(done=count.done)
    return _("not due")


def in_days(done: int, due: int) -> str:
    """Return on how many days something was done and due, in words."""
    text = ngettext("{done} of {due} day", "{done} of {due} days", due)
    return text.format(done=done, due=due)
