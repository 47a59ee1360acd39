"""Frames for the physiotherapist: marks beside pain, change by routine, adherence, timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from uuid import UUID

from coach.domain import closures, outcome
from coach.domain.case import Case
from coach.domain.closures import ClosedBy
from coach.domain.facts import ClinicianHold, Source
from coach.domain.history import Entry, History, Session
from coach.domain.protocol import Protocol, RoutineKind
from coach.domain.times import local_date
from coach.i18n import N_, _
from coach.review.clinic import gate_timeline
from coach.review.clinic.gate_timeline import RoutineState, RoutineStretch
from coach.review.patient import frames
from coach.review.patient.columns import Columns, FrameColumn, Row, tabled
from coach.review.patient.frames import Window
from coach.text import short_dates
from coach.text.protocol_texts import routine_name

SHORT_DAYS, LONG_DAYS = 7, 28
NO_SHARE = "–"
SESSION_LANE, CLOSED_LANE, OWN_LANE = -1.0, -2.0, -3.0

Mark = tuple[float, float, float, str, str, str]  # a row of `MARKS`
MARKS: Columns = {
    "starts": FrameColumn("float64", "local days"),
    "ends": FrameColumn("float64", "local days"),
    "lane": FrameColumn("float64", "place under the scale: -2 closed, -3 set by a physiotherapist"),
    "kind": FrameColumn("str", "flag, hold or own"),
    "label": FrameColumn("str", "what it is, in words"),
    "when": FrameColumn("str", "from when to when, in words"),
}
DID: Columns = {
    "at": FrameColumn("float64", "local days"),
    "lane": FrameColumn("float64", "place under the scale"),
    "series": FrameColumn("str", "player (timed) or diary (from memory)"),
    "sets": FrameColumn("int64", "sets"),
    "when": FrameColumn("str", "local day and time, in words"),
}
BY_ROUTINE: Columns = {
    "routine": FrameColumn("str", "the routine's id"),
    "name": FrameColumn("str", "the routine's name"),
    "change": FrameColumn("int64", "NRS points, from -3 (and less) to 3 (and more)"),
    "sessions": FrameColumn("int64", "sessions"),
}
KEPT: Columns = {
    "routine": FrameColumn("str", "the routine's id; empty = all"),
    "name": FrameColumn("str", "the routine's name, or all"),
    "days": FrameColumn("int64", "days up to yesterday: 7 or 28"),
    "share": FrameColumn("float64", "done of due, 0-1, capped by day; NaN = not due"),
    "percent": FrameColumn("str", "the share in percent, or a dash"),
    "band": FrameColumn("str", "on track, partly, low or not due"),
    "over": FrameColumn(
        "int64", "days on which more was done than the dose allows; a share does not tell of them"
    ),
}
STRETCHES: Columns = {
    "routine": FrameColumn("str", "the routine's id"),
    "name": FrameColumn("str", "the routine's name"),
    "starts": FrameColumn("float64", "local days"),
    "ends": FrameColumn("float64", "local days"),
    "state": FrameColumn("str", "a `clinic_gate.State`"),
    "look": FrameColumn("str", "open, own, waits, person or pain"),
    "label": FrameColumn("str", "why, in words"),
    "short": FrameColumn("str", "why, in one letter or word"),
    "when": FrameColumn("str", "from when to when, in words"),
}

WHY = {
    RoutineState.OPEN: N_("Open"),
    RoutineState.DOSED: N_("Open, dose set by a physiotherapist"),
    RoutineState.OPENED: N_("Opened early by a physiotherapist"),
    RoutineState.PHASE: N_("Not yet, or no longer, in this phase"),
    RoutineState.NOT_HOME: N_("Not home yet"),
    RoutineState.RELEASE: N_("Not released by a physiotherapist"),
    RoutineState.FLAG: N_("Red flag"),
    RoutineState.HOLD: N_("On hold"),
    RoutineState.ANSWER: N_("Set-up answer"),
    RoutineState.SLEEPY: N_("Sleepy or dizzy"),
    RoutineState.RED_LIGHT: N_("Red light"),
    RoutineState.PAIN: N_("Pain at or above the limit"),
}
SHORT = {
    RoutineState.OPEN: "",
    RoutineState.DOSED: N_("dose"),
    RoutineState.OPENED: N_("early"),
    RoutineState.PHASE: "",
    RoutineState.NOT_HOME: "",
    RoutineState.RELEASE: "",
    RoutineState.FLAG: N_("flag"),
    RoutineState.HOLD: N_("hold"),
    RoutineState.ANSWER: N_("answer"),
    RoutineState.SLEEPY: N_("sleepy"),
    RoutineState.RED_LIGHT: N_("light"),
    RoutineState.PAIN: N_("pain"),
}
LOOK = {
    RoutineState.OPEN: "open",
    RoutineState.DOSED: "own",
    RoutineState.OPENED: "own",
    RoutineState.PHASE: "waits",
    RoutineState.NOT_HOME: "waits",
    RoutineState.RELEASE: "waits",
    RoutineState.FLAG: "pain",
    RoutineState.HOLD: "person",
    RoutineState.ANSWER: "person",
    RoutineState.SLEEPY: "person",
    RoutineState.RED_LIGHT: "pain",
    RoutineState.PAIN: "pain",
}


class Band(StrEnum):
    """A band of adherence, by the protocol's limits."""

    ON_TRACK = "on track"
    PARTLY = "partly"
    LOW = "low"
    NOT_DUE = "not due"


# beside pain


@tabled(MARKS)
def marks(case: Case, shown: Window, *, now: datetime) -> list[Mark]:
    """Return red flags, holds and own doses within the window (`MARKS`)."""
    rows: list[Mark] = []
    for kind, label, since, to in _marks(case, now):
        starts = frames.wall_clock(since, case.history.zone)
        ends = frames.wall_clock(min(to, now) if to else now, case.history.zone)
        if since <= now and ends >= shown.starts:
            lane = OWN_LANE if kind == "own" else CLOSED_LANE
            words = short_dates.stretch(since, to, case.history.zone)
            rows.append((max(starts, shown.starts), ends, lane, kind, label, words))
    return sorted(rows)


def _marks(case: Case, now: datetime) -> Iterator[tuple[str, str, datetime, datetime | None]]:
    """Yield kind, words and stretch of each red flag, hold and override."""
    every = (each for routine in case.routines for each in closures.closed(case, routine))
    for each in {each.entry.id: each for each in every if each.entry}.values():
        if each.cause is ClosedBy.FLAG:
            yield "flag", _("Red flag"), each.since, each.to
        elif each.entry and isinstance(each.entry.fact, ClinicianHold):
            label = _("Hold: {routine}").format(routine=routine_name(case.protocol, each.entry.fact.routine))
            yield "hold", label, each.since, each.to
    own: dict[UUID, list[RoutineStretch]] = {}
    for stretch in gate_timeline.stretches(case, until=now):
        if stretch.entry and stretch.state in (RoutineState.DOSED, RoutineState.OPENED):
            own.setdefault(stretch.entry.id, []).append(stretch)
    for parts in own.values():
        label = _("Set by a physiotherapist: {routine}").format(
            routine=routine_name(case.protocol, parts[0].routine)
        )
        yield "own", label, parts[0].starts, parts[-1].ends
    for limit, later in zip_longest(case.pain_limits, case.pain_limits[1:]):
        ends = min(limit.fact.ends, later.at) if later else limit.fact.ends
        if limit.at < ends:  # otherwise it only ended an earlier one
            yield "own", _("Own pain limit: {limit}").format(limit=limit.fact.limit), limit.at, ends


@tabled(DID)
def did(history: History, shown: Window) -> Iterator[Row]:
    """Return every session with sets: timed by the player, or entered from memory (`DID`)."""
    for session in history.sessions:
        sets = sum(done.fact.reps_done > 0 for done in session.sets)
        at = frames.wall_clock(session.started.at, session.started.zone)
        if sets and at >= shown.starts:
            yield at, SESSION_LANE, source(session).value, sets, short_dates.moment_words(session.started)


def source(session: Session) -> Source:
    """Return who counted a session."""
    return session.started.fact.source


# change by routine


@tabled(BY_ROUTINE)
def change_by_routine(case: Case) -> Iterator[Row]:
    """Return in how many sessions with a routine pain changed by how much (`BY_ROUTINE`).

    A session with several routines counts for each; every change has a row, with zeros too.
    """
    counts: dict[tuple[str, int], int] = {}
    for session, change in scored(case.history):
        for routine_id in {done.fact.routine for done in session.sets if done.fact.reps_done > 0}:
            key = routine_id, max(-3, min(3, change))
            counts[key] = counts.get(key, 0) + 1
    for routine in case.routines:
        for points in range(-3, 4):
            yield routine.id, _(routine.name), points, counts.get((routine.id, points), 0)


def scored(history: History) -> Iterator[tuple[Session, int]]:
    """Yield every session with numbers before and after, and the change in NRS points."""
    for session in history.sessions:
        before, after = number(session.before), number(session.after)
        if before is not None and after is not None:
            yield session, after - before


def number(entry: Entry[object] | None) -> int | None:
    """Return the number of a pain entry; None for words or unknown."""
    score = getattr(entry.fact, "score", None) if entry else None
    return score if isinstance(score, int) else None


# adherence


def last_days(case: Case, *, today: date, days: int) -> Sequence[date]:
    """Return the whole local days of this course among the last so many before today."""
    known = case.course
    if known is None:
        return ()
    first = max(local_date(known.procedure.at, case.history.zone), today - timedelta(days=days))
    return tuple(outcome.days_between(first, today - timedelta(days=1)))


def band(protocol: Protocol, share: float | None) -> Band:
    """Return the band of a share by the protocol's limits; a share of None is "not due"."""
    if share is None:
        return Band.NOT_DUE
    if share >= protocol.rules.on_track_from.value:
        return Band.ON_TRACK
    return Band.PARTLY if share >= protocol.rules.partly_from.value else Band.LOW


@tabled(KEPT)
def kept(case: Case, *, today: date) -> Iterator[Row]:
    """Return the adherence of all and of each routine over 7 and 28 whole days (`KEPT`)."""
    for days in (SHORT_DAYS, LONG_DAYS):
        on = last_days(case, today=today, days=days)
        kept_to = outcome.adherence(case, on)
        named = {"": (_("All exercises"), kept_to.overall, kept_to.over_any)} | {
            routine.id: (_(routine.name), kept_to.by_routine[routine.id], kept_to.over[routine.id])
            for routine in case.routines
            if routine.kind is not RoutineKind.TEST
        }
        for routine_id, (name, value, over) in named.items():
            yield (
                routine_id, name, days, float("nan") if value is None else value,
                percent(value), band(case.protocol, value).value, over,
            )  # fmt: skip


def percent(share: float | None) -> str:
    """Return a share in whole percent, rounded down so as never to cross a band's limit."""
    return NO_SHARE if share is None else _("{n} %").format(n=int(share * 100 + 1e-9))


# the gate's timeline


@tabled(STRETCHES)
def stretches(case: Case, shown: Window, *, now: datetime) -> Iterator[Row]:
    """Return when each routine was open or closed in the window, up to now (`STRETCHES`)."""
    for each in gate_timeline.stretches(case, until=now):
        starts, ends = (frames.wall_clock(at, case.history.zone) for at in (each.starts, each.ends))
        if ends > shown.starts:
            yield (
                each.routine, _(case.protocol.routines[each.routine].name), max(starts, shown.starts), ends,
                each.state.value, LOOK[each.state], _(WHY[each.state]),
                _(SHORT[each.state]) if SHORT[each.state] else "",
                short_dates.stretch(each.starts, each.ends, case.history.zone),
            )  # fmt: skip
