"""The diary: a history as days of items, the newest first, with corrected and voided entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coach.domain import facts
from coach.domain.derived import derived
from coach.domain.history import Entry, History

PART = (facts.SetDone, facts.SessionFinished, facts.Pain, facts.Effort, facts.Note)
TOLD_ELSEWHERE = (
    facts.Void,
    facts.SetAside,
    facts.FlagMistake,
    facts.FlagCleared,
)  # shown with the entry that they end
NOT_OF_THE_COURSE = (
    facts.Message,
    facts.MessageRead,
    facts.NoAnswerNeeded,
    facts.Seen,
)  # messages have a page of their own


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the diary.

    Attributes:
        entry: The entry, in its latest version.
        earlier: The versions that it replaced, newest first.
        void: The entry that voided it, or None.
        parts: For a session, its sets, scores, effort, notes and end, in their order.
    """

    entry: Entry[object]
    earlier: tuple[Entry[object], ...] = ()
    void: Entry[facts.Void] | Entry[facts.SetAside] | None = None
    parts: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One local day and what belongs to it, newest first."""

    date: date
    items: tuple[Item, ...]


@derived
def days(history: History) -> tuple[Day, ...]:
    """Return every entry of the history, the newest day first.

    Each entry is in one item only; one that voids or ends another is in that one's item.
    """
    parts: dict[UUID, list[Item]] = {}
    tops: list[Item] = []
    for item in _items(history):
        session = getattr(item.entry.fact, "session", None) if isinstance(item.entry.fact, PART) else None
        if session and session in history.by_id:
            parts.setdefault(session, []).append(item)
        else:
            tops.append(item)
    by_day: dict[date, list[Item]] = {}
    for item in tops:
        whole = Item(item.entry, item.earlier, item.void, tuple(parts.get(item.entry.id, ())))
        by_day.setdefault(item.entry.local_date, []).append(whole)
    return tuple(Day(day, tuple(reversed(by_day[day]))) for day in sorted(by_day, reverse=True))


def _items(history: History) -> list[Item]:
    """Return the latest version of every entry, in the order of events."""
    earlier: dict[UUID, list[Entry[object]]] = {}
    for entry in history.entries:
        latest = entry
        while latest.id in history.replaced:
            latest = history.replaced[latest.id]
        if latest is not entry:
            earlier.setdefault(latest.id, []).append(entry)
    items = [
        Item(entry, tuple(reversed(earlier.get(entry.id, ()))), history.voided.get(entry.id))
        for entry in history.entries
        if entry.id not in history.replaced
        and not isinstance(entry.fact, (*TOLD_ELSEWHERE, *NOT_OF_THE_COURSE))
    ]
    return sorted(items, key=lambda item: (item.entry.at, item.entry.seq))
