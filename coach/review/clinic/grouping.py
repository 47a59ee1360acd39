"""Groups entries of a time into one item: pain, lights, sessions, messages and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from coach.domain import facts, outcome, pain
from coach.domain.case import Case
from coach.domain.history import Entry, History, by_clinician
from coach.domain.pain import Light
from coach.domain.protocol import Protocol
from coach.domain.set_up import needs_word
from coach.domain.times import local_date
from coach.review.clinic.news_items import (
    Answers,
    AverageMoved,
    InWords,
    Item,
    Lights,
    PainNotKnown,
    RightNow,
    Sessions,
    Unread,
    Written,
)


def newest(entries: Sequence[Entry[object]]) -> datetime:
    """Return the latest instant that the entries are about."""
    return max(entry.at for entry in entries)


# pain


def pain_items(history: History, entries: Sequence[Entry[object]], since: int) -> Iterator[Item]:
    """Yield items of new scores: averages, right-now scores, answers in words, unknown."""
    pains = sorted((cast("Entry[facts.Pain]", entry) for entry in entries), key=lambda entry: entry.at)
    averages = [p for p in pains if _is_average(p)]
    if averages:
        latest = averages[-1]
        known = [p for p in history.of(facts.Pain) if _is_average(p) and p.seq <= since and p.at < latest.at]
        before = known[-1] if known else averages[0] if len(averages) > 1 else None
        yield AverageMoved(
            latest.at, _whole(before) if before else None, _whole(latest), len(averages), latest.local_date
        )
    now = [p for p in pains if p.fact.when in facts.RIGHT_NOW and isinstance(p.fact.score, int)]
    if now:
        highest = max(now, key=lambda p: (_whole(p), p.at))
        yield RightNow(now[-1].at, len(now), _whole(highest), highest, _whole(now[-1]))
    words = [p for p in pains if isinstance(p.fact.score, facts.PainWord)]
    if words:
        yield InWords(words[-1].at, len(words), cast("facts.PainWord", words[-1].fact.score))
    unknown = [p for p in pains if p.fact.score is None]
    if unknown:
        yield PainNotKnown(unknown[-1].at, len(unknown))


def _is_average(entry: Entry[facts.Pain]) -> bool:
    return entry.fact.when is facts.PainWhen.AVERAGE_24H and isinstance(entry.fact.score, int)


def _whole(entry: Entry[facts.Pain]) -> int:
    return cast("int", entry.fact.score)


def lights(case: Case, since: int) -> Iterator[Item]:
    """Yield the lights that are new since the entry number `since`."""
    before = History(entry for entry in case.history.entries if entry.seq <= since)
    red = Counter(pain.reds(case))
    red -= Counter(pain.reds(Case.of(case.protocol, before)))
    if red:
        yield Lights(max(red), Light.RED, red.total())
    amber = _ambers(case).keys() - _ambers(Case.of(case.protocol, before)).keys()
    if amber:
        at = _ambers(case)
        yield Lights(max(at[each] for each in amber), Light.AMBER, len(amber))


def _ambers(case: Case) -> Mapping[UUID, datetime]:
    """Return the sessions that are amber but not red, with their end."""
    return {
        lit.session.id: lit.session.ended_at
        for lit in pain.lit_sessions(case)
        if lit.light is Light.AMBER and not lit.red_from
    }


# sessions


@dataclass(frozen=True, slots=True)
class SessionsTold:
    """What was told of sessions, whatever the present instant is.

    Attributes:
        sessions: The item, without the sets due.
        alone: Whether nothing new was told.
        first: The local day from which sets due are counted, None without a course.
        old: The sets done before, by routine and day.
    """

    sessions: Sessions
    alone: bool
    first: date | None
    old: Mapping[tuple[str, date], int]


def told_sessions(case: Case, entries: Sequence[Entry[object]], since: int) -> SessionsTold | None:
    """Return what the new entries tell of sessions; None if nothing was ever recorded."""
    if not (entries or case.history.counted):
        return None
    ids = {entry.id if isinstance(entry.fact, facts.SessionStarted) else _session(entry) for entry in entries}
    begun = [each for each in case.history.sessions if each.id in ids and each.started.seq > since]
    stops = Counter(
        entry.fact.stop_reason
        for entry in entries
        if isinstance(entry.fact, facts.SessionFinished) and entry.fact.stop_reason
    )
    sessions = Sessions(
        at=newest(entries or case.history.counted),
        count=len(begun),
        earlier=len(ids - {each.id for each in begun}),
        from_memory=sum(each.started.fact.source is facts.Source.DIARY for each in begun),
        done=0,
        due=0,
        stops=tuple(stops.most_common()),
        outside=sum(isinstance(entry.fact, facts.SetDone) and entry.fact.outside_plan for entry in entries),
        notes=sum(isinstance(entry.fact, facts.Note) for entry in entries),
    )
    old = Counter(
        (routine, done.local_date)
        for routine, sets in case.counted.items()
        for done in sets
        if done.seq <= since
    )
    return SessionsTold(sessions, not entries, _first_day(case, entries, since), old)


def with_due(case: Case, told: SessionsTold, today: date, now: datetime | None = None) -> Sessions | None:
    """Return what was done since, even if nothing; None if nothing was due either.

    "Nothing done" is only reported for finished days, not for today alone.
    Sets of the first local day that were done before count neither as done nor as due.
    """
    done = due = 0
    days = tuple(outcome.days_between(told.first, today)) if told.first else ()
    for on in days:
        counts = [count for count in outcome.day(case, on, now=now).values() if count.days == 1]
        for count in counts:
            before = min(told.old.get((count.routine, on), 0), count.due)
            done += min(count.done, count.due) - before
            due += count.due - before
    if told.alone and (not due or days == (today,)):
        return None
    return replace(told.sessions, done=done, due=due)


def _session(entry: Entry[object]) -> UUID | None:
    return getattr(entry.fact, "session", None)


def _first_day(case: Case, entries: Sequence[Entry[object]], since: int) -> date | None:
    """Return the local day of the last seen entry, or of the procedure; None without a course."""
    known = case.course
    if known is None:
        return None
    seen = [entry.recorded_at for entry in case.history.counted if entry.seq <= since]
    starts = [entry.local_date for entry in entries]
    starts += [local_date(max(seen), case.history.zone)] if seen else []
    begun = local_date(known.procedure.at, case.history.zone)
    return max(min(starts, default=begun), begun)


# messages and answers


def messages(history: History, entries: Sequence[Entry[object]], me: str) -> Iterator[Item]:
    """Yield new messages: unread ones of the patient, and all others.

    The own ones of `me` are counted among the others, and are no news alone.
    """
    read = max(
        (
            target.seq
            for word in history.of(facts.MessageRead)
            if by_clinician(word) and (target := history.by_id.get(word.fact.entry))
        ),
        default=0,
    )
    unread = [entry for entry in entries if not by_clinician(entry) and entry.seq > read]
    others = [entry for entry in entries if entry not in unread]
    if unread:
        yield Unread(newest(unread), len(unread))
    if any(entry.author != me for entry in others):
        mine = sum(by_clinician(entry) for entry in others)
        yield Written(newest(others), len(others) - mine, mine)


def answers(protocol: Protocol, entries: Sequence[Entry[object]]) -> Answers:
    """Return how many set-up questions were answered, and the answers that close something."""
    replies = [cast("Entry[facts.Answer]", entry) for entry in entries]
    closing = tuple(
        answer
        for answer in replies
        if (question := protocol.question(answer.fact.question)) and needs_word(question, answer.fact.reply)
    )
    return Answers(newest(entries), len(replies), closing)
