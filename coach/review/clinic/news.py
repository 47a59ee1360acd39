"""The news since a viewer's last visit, as typed items; exhaustive over the kinds of fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import assert_never, cast

from coach.domain import facts, red_flags
from coach.domain.case import Case
from coach.domain.history import Entry, History
from coach.review.clinic import grouping
from coach.review.clinic.news_items import Awake, Checks, FlagTold, Item, Part, Settings
from coach.text.clinic_entries import EntryTold
from coach.text.kept import derived_in_words

ALONE = "alone"


def changed(
    case: Case,
    *,
    since: int,
    today: date,
    me: str = "",
    now: datetime | None = None,
) -> tuple[tuple[Part, Item], ...]:
    """Return the news after the entry number `since`, by part, the newest first in each.

    Entries by `me` (an author) are no news to them. Every kind of fact is handled here: the type
    checker fails if one is missing.
    """
    found, sessions = _told(case, since, me)
    done = grouping.with_due(case, sessions, today, now) if sessions else None
    order = list(Part)
    with_done = [*found, (Part.DOING, done)] if done else found
    return tuple(sorted(with_done, key=lambda each: (order.index(each[0]), -each[1].at.timestamp())))


@derived_in_words
def _told(
    case: Case, since: int, me: str
) -> tuple[tuple[tuple[Part, Item], ...], grouping.SessionsTold | None]:
    """Return the news that do not depend on the present instant, and what is told of sessions."""
    groups: dict[str, list[Entry[object]]] = {}
    found = tuple(_grouped(case, groups, since=since, me=me))
    return found, grouping.told_sessions(case, groups.get("session", []), since)


def _grouped(
    case: Case, groups: dict[str, list[Entry[object]]], *, since: int, me: str
) -> Iterator[tuple[Part, Item]]:
    """Yield the news, and put the entries that are told together into their groups."""
    for entry in case.history.entries:
        own = bool(me) and entry.author == me
        if entry.seq <= since or (own and not isinstance(entry.fact, facts.Message)):
            continue
        was = case.history.corrected_by(entry)
        if was is None and (entry.id in case.history.voided or entry.id in case.history.replaced):
            continue  # reported with the entry that voided it
        about = was or _about(case.history, entry)
        place = _place(cast("facts.Fact", entry.fact))
        if place == ALONE or was:
            named = about if about and isinstance(entry.fact, facts.Void | facts.SetAside) else entry
            yield _part(cast("facts.Fact", named.fact)), EntryTold(entry.recorded_at, entry, about)
        elif place:
            groups.setdefault(place, []).append(entry)
    for flag in groups.get("flag", ()):
        still = flag in red_flags.open_flags(case)
        yield Part.FLAGS, FlagTold(flag.at, cast("Entry[facts.RedFlagYes]", flag), still)
    yield from (
        (Part.PAIN, each) for each in grouping.pain_items(case.history, groups.get("pain", []), since)
    )
    yield from ((Part.PAIN, each) for each in grouping.lights(case, since))
    yield from (
        (Part.MESSAGES, each) for each in grouping.messages(case.history, groups.get("message", []), me)
    )
    if groups.get("answer"):
        yield Part.CASE, grouping.answers(case.protocol, groups["answer"])
    if groups.get("check"):
        yield Part.CASE, Checks(grouping.newest(groups["check"]), len(groups["check"]))
    if groups.get("awake"):
        yield Part.CASE, Awake(grouping.newest(groups["awake"]), len(groups["awake"]))
    if groups.get("setting"):
        yield Part.CASE, Settings(grouping.newest(groups["setting"]), len(groups["setting"]))


def _place(fact: facts.Fact) -> str | None:
    """Return the group of a fact, `ALONE` if it is an item by itself; None if it is no news."""
    match fact:
        case facts.RedFlagYes():
            return "flag"
        case facts.Pain():
            return "pain" if fact.when is not facts.PainWhen.BASELINE else ALONE
        case (
            facts.SessionStarted() | facts.SetDone() | facts.SessionFinished() | facts.Effort() | facts.Note()
        ):
            return "session"
        case facts.Message():
            return "message"
        case facts.Answer():
            return "answer"
        case facts.FlagCheck():
            return "check"
        case facts.Drowsy():
            return ALONE if fact.yes else "awake"
        case facts.Setting():
            return "setting"
        case facts.MessageRead() | facts.NoAnswerNeeded():
            return None
        case facts.PutOff():  # put off for the day: no news yet
            return ALONE if fact.what is facts.PutOffWhat.ACTIVITIES else None
        case (
            facts.Procedure() | facts.HomeArrival() | facts.ClinicAgreed() | facts.FlagMistake()
            | facts.FlagCleared() | facts.ClinicianHold()
            | facts.HoldLifted() | facts.Override() | facts.OverrideEnded() | facts.PainLimit()
            | facts.Released() | facts.ReleaseEnded() | facts.PlanText() | facts.ProtocolChosen()
            | facts.TimeAsked() | facts.TimeDecided() | facts.CourseDetail() | facts.Away()
            | facts.Discharged() | facts.Readmitted() | facts.Seen()
            | facts.Activity() | facts.FunctionScore() | facts.ChangeRating() | facts.BoneHealth()
            | facts.Void() | facts.SetAside()
        ):  # fmt: skip
            return ALONE
        case _:
            assert_never(fact)


def _part(fact: facts.Fact) -> Part:
    """Return the part of the review that a single fact links to."""
    match fact:
        case facts.RedFlagYes() | facts.FlagMistake() | facts.FlagCleared():
            return Part.FLAGS
        case facts.Pain():
            return Part.PAIN
        case facts.Message() | facts.MessageRead() | facts.NoAnswerNeeded():
            return Part.MESSAGES
        case (
            facts.SessionStarted()
            | facts.SetDone()
            | facts.SessionFinished()
            | facts.Effort()
            | facts.Note()
            | facts.Void()
            | facts.SetAside()
        ):
            return Part.DOING
        case facts.Activity() | facts.FunctionScore() | facts.ChangeRating() | facts.PutOff():
            return Part.FUNCTION
        case (
            facts.ClinicianHold() | facts.HoldLifted() | facts.Override() | facts.OverrideEnded()
            | facts.Released() | facts.ReleaseEnded() | facts.PainLimit() | facts.PlanText()
            | facts.ProtocolChosen() | facts.TimeAsked() | facts.TimeDecided() | facts.ClinicAgreed()
        ):  # fmt: skip
            return Part.PLAN
        case (
            facts.Procedure() | facts.HomeArrival() | facts.Answer() | facts.FlagCheck()
            | facts.Drowsy() | facts.Setting() | facts.CourseDetail()
            | facts.Away() | facts.Discharged() | facts.Readmitted() | facts.Seen() | facts.BoneHealth()
        ):  # fmt: skip
            return Part.CASE
        case _:
            assert_never(fact)


def _about(history: History, entry: Entry[object]) -> Entry[object] | None:
    """Return the entry that this one voids, lifts, clears, ends or decides."""
    about = getattr(entry.fact, "entry", None)
    return history.by_id.get(about) if about else None
