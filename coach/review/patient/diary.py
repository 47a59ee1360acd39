"""The diary: a history as days of items, the newest first, with corrected and voided entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coach.domain import facts, pain
from coach.domain.derived import derived
from coach.domain.history import Entry, History, by_clinician
from coach.domain.protocol import Protocol
from coach.i18n import _, ngettext
from coach.i18n.sentences import in_a_row
from coach.text import pain as pain_text

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


def in_short(day: Day, protocol: Protocol) -> str:
    """Return a day in one line: warning signs, sessions, exercises, the worst pain, changes of the plan.

    What was taken back does not count. A day of none of these says how many entries it has.
    """
    found = [item for item in day.items if item.void is None]
    parts = [part for item in found for part in item.parts if part.void is None]
    every = [item.entry for item in (*found, *parts)]
    signs, sessions = (
        sum(isinstance(entry.fact, kind) for entry in every)
        for kind in (facts.RedFlagYes, facts.SessionStarted)
    )
    exercises = sum(isinstance(entry.fact, facts.SetDone) and entry.fact.reps_done > 0 for entry in every)
    said = [
        ngettext("{n} warning sign", "{n} warning signs", signs).format(n=signs) if signs else "",
        ngettext("{n} session", "{n} sessions", sessions).format(n=sessions) if sessions else "",
        ngettext("{n} exercise", "{n} exercises", exercises).format(n=exercises) if exercises else "",
        _worst(every, protocol),
        _("changes of your plan") if any(map(_is_change, every)) else "",
    ]
    n = len(day.items)
    return in_a_row(filter(None, said)) or ngettext("{n} entry", "{n} entries", n).format(n=n)


def _worst(every: list[Entry[object]], protocol: Protocol) -> str:
    """Return the worst pain that was told on a day; numbers and words are no one scale."""
    told = [
        entry.fact.score
        for entry in every
        if isinstance(entry.fact, facts.Pain) and entry.fact.when is not facts.PainWhen.BASELINE
    ]
    numbers = [score for score in told if isinstance(score, int)]
    words = [score for score in told if isinstance(score, facts.PainWord)]
    worst: list[facts.Score] = [max(numbers)] if numbers else []
    worst += [max(words, key=pain.WORD_ORDER.index)] if words else []
    scores = in_a_row(pain_text.score(score, protocol) for score in worst)
    return _("worst pain: {score}").format(score=scores) if scores else ""


def _is_change(entry: Entry[object]) -> bool:
    return by_clinician(entry) and isinstance(entry.fact, facts.PLAN)


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
