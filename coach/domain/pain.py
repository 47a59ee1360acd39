"""Pain lights: what a session's pain before and after says about the next (decisions 12-14)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from coach.domain import facts
from coach.domain.case import Case
from coach.domain.derived import Sizes, continued, derived_from
from coach.domain.errors import BadValue, Fault
from coach.domain.history import SESSION, Entry, History, Session
from coach.domain.protocol import Protocol
from coach.domain.times import local

WORD_ORDER = tuple(facts.PainWord)
HIGH_WORDS = frozenset({facts.PainWord.BAD, facts.PainWord.WORST})


class Light(StrEnum):
    """A warning that a session's pain gives; no light is no warning."""

    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Amber:
    """The latest scored session was amber: since when, and when a worse morning made it red."""

    known_at: datetime
    red_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lit:
    """A session with the light of its own scores, and every instant from which it is red.

    `row` is the amber that the next session's amber would follow, `latest` the light of the latest
    session of each routine up to this one.
    """

    session: Session
    light: Light | None
    red_from: tuple[datetime, ...]
    row: Amber | None
    latest: Mapping[str, Light | None]


def is_high(protocol: Protocol, score: facts.Score, *, limit: float | None = None) -> bool:
    """Tell whether a score is at or above a limit (NRS); None: the protocol's.

    Of the words, "bad" equals the protocol's limit and is high at limits up to it, "worst" is
    always high, and no other word is.
    """
    usual = protocol.rules.pain_limit.value
    limit = usual if limit is None else limit
    if isinstance(score, facts.PainWord):
        return score in HIGH_WORDS and (score is facts.PainWord.WORST or limit <= usual)
    return score >= limit


def is_high_at(case: Case, score: facts.Score, at: datetime) -> bool:
    """Tell whether a score closes the squeezes at an instant, by the limit in force then."""
    own = case.pain_limit_at(at)
    most = case.rules.own_limit_most.value
    return is_high(case.protocol, score, limit=min(own.fact.limit, most) if own else None)


def is_above(score: facts.Score, other: facts.Score) -> bool:
    """Tell whether a score is above another on the same scale.

    False across scales, where it is unknown.
    """
    if isinstance(score, facts.PainWord) and isinstance(other, facts.PainWord):
        return WORD_ORDER.index(score) > WORD_ORDER.index(other)
    if isinstance(score, int) and isinstance(other, int):
        return score > other
    return False


def refuse_worst_below_average(average: facts.Score | None, worst: facts.Score | None) -> None:
    """Refuse a worst pain of a day that is below the day's average.

    Raises:
        BadValue: it would.
    """
    if average is not None and worst is not None and is_above(average, worst):
        raise BadValue(Fault.WORST_BELOW_AVERAGE, average=average, worst=worst)


def refuse_unlike_day(history: History, day: date, told: Sequence[facts.Pain]) -> None:
    """Refuse a day's average and worst that contradict each other or recorded scores of the day.

    Raises:
        BadValue: the worst would lie below the average.
    """
    if not any(each.when in facts.OVER_A_DAY for each in told):
        return
    scores: dict[facts.PainWhen, facts.Score | None] = {
        each.fact.when: each.fact.score for each in by_day(history).get(day, ())
    }
    scores |= {each.when: each.score for each in told}
    refuse_worst_below_average(*(scores.get(when) for when in facts.OVER_A_DAY))


def light(
    protocol: Protocol, before: facts.Score | None, after: facts.Score | None, *, stopped_for_pain: bool
) -> Light | None:
    """Return the light of one session of squeezes from its own scores and stop reason."""
    if stopped_for_pain:
        return Light.RED
    if before is None or after is None:
        return None
    if is_high(protocol, after) and not is_high(protocol, before):
        return Light.RED
    if isinstance(before, int) and isinstance(after, int):
        rise = after - before
        if rise >= protocol.rules.red_rise.value:
            return Light.RED
        if rise >= protocol.rules.amber_rise.value:
            return Light.AMBER
    return None


def has_load(protocol: Protocol, session: Session) -> bool:
    """Tell whether a session planned an exercise that loads the back; ankle pumps alone give no light."""
    routines = (protocol.routines.get(each.routine) for each in session.started.fact.sets)
    return any(routine and routine.kind.loads for routine in routines)


@continued(by=SESSION, start=())
def lit_sessions(case: Case, known: tuple[Lit, ...], sizes: Sizes) -> tuple[Lit, ...]:
    """Return every session of squeezes with its light, in order of start."""
    lit = list(known[: _unchanged(case.history, known, sizes)])
    for session in _after(case.history.sessions, lit[-1].session if lit else None):
        if not has_load(case.protocol, session):
            continue
        row, latest = (lit[-1].row, lit[-1].latest) if lit else (None, {})
        before = session.before.fact.score if session.before else None
        after = session.after.fact.score if session.after else None
        stopped = session.finished is not None and (
            session.finished.fact.stop_reason is facts.StopReason.PAIN
        )
        own = light(case.protocol, before, after, stopped_for_pain=stopped)
        known_at = _known_at(session, scored=after is not None)
        reds: list[datetime] = [known_at] if own is Light.RED else []
        worse = _worse_next_morning(case, session, before) if own else None
        if before is not None and after is not None:
            if is_red_in_row(case.protocol, own, row, known_at):
                reds.append(known_at)
            row = Amber(known_at, worse) if own is Light.AMBER and not reds else None
        elif own is Light.RED:
            row = None
        if worse:
            reds.append(worse)
        lit.append(Lit(session, own, tuple(reds), row, _latest(latest, session, own)))
    return tuple(lit)


def _unchanged(history: History, lit: Sequence[Lit], sizes: Sizes) -> int:
    """Return how many sessions come before the first that new entries change, by their lights too."""
    if not lit:
        return 0
    new = [entry for kind in SESSION for entry in history.new_of(kind, sizes)]
    changed = {getattr(entry.fact, "session", None) for entry in new}
    evenings = {pain.local_date - timedelta(days=1) for pain in history.new_of(facts.Pain, sizes)}
    for place, each in enumerate(lit):
        started = each.session.started
        if started.id in changed or started.local_date in evenings:
            return place
    return len(lit)


def _after(sessions: Sequence[Session], last: Session | None) -> Sequence[Session]:
    """Return the sessions after one; all without one."""
    if last is None:
        return sessions
    place = bisect_left(sessions, last.started.at, key=lambda each: each.started.at)
    while sessions[place].id != last.id:
        place += 1
    return sessions[place + 1 :]


def _latest(
    before: Mapping[str, Light | None], session: Session, own: Light | None
) -> Mapping[str, Light | None]:
    """Return the latest light of each routine after a session; one without a try at it is none of its."""
    tried = {done.fact.routine for done in session.sets if done.fact.reps_done > 0}
    planned = {each.routine for each in session.started.fact.sets}
    after = {**before, **dict.fromkeys(planned if own else planned & tried, own)}
    return before if after == before else after


def is_red_in_row(protocol: Protocol, own: Light | None, row: Amber | None, known_at: datetime) -> bool:
    """Tell whether an amber light at an instant is the second in a row, which is red."""
    if own is not Light.AMBER or row is None:
        return False
    still_amber = row.red_at is None or row.red_at > known_at  # a red light starts the row again
    return still_amber and known_at - row.known_at <= protocol.rules.row_within.span


def _worse_next_morning(case: Case, session: Session, before: facts.Score | None) -> datetime | None:
    """Return when the next morning's first score was above the one before the session, or None."""
    ends = case.rules.morning_ends.value
    for morning in by_day(case.history).get(session.started.local_date + timedelta(days=1), ()):
        score = morning.fact.score
        if morning.fact.when not in facts.RIGHT_NOW or local(morning.at, morning.zone).hour >= ends:
            continue
        if morning.fact.session == session.id or score is None or before is None:
            continue  # a session over midnight has its own after-score on the next day
        return morning.at if is_above(score, before) else None
    return None


def _known_at(session: Session, *, scored: bool) -> datetime:
    if scored and session.after:
        return max(session.after.at, session.ended_at)
    return session.ended_at


@continued(by=(facts.Pain,), start={})
def by_day(
    history: History, known: Mapping[date, tuple[Entry[facts.Pain], ...]], sizes: Sizes
) -> Mapping[date, tuple[Entry[facts.Pain], ...]]:
    """Return the answers about pain of each local day, oldest first."""
    found = dict(known)
    for entry in history.new_of(facts.Pain, sizes):
        found[entry.local_date] = (*found.get(entry.local_date, ()), entry)
    return found


def is_second_amber(case: Case, session: Session) -> bool:
    """Tell whether an amber light of this session would be the second in a row, which is red.

    It may be called during the session: its last known moment stands for its end.
    """
    before = [lit for lit in lit_sessions(case) if _is_before(lit.session, session)]
    row = before[-1].row if before else None
    return is_red_in_row(
        case.protocol, Light.AMBER, row, _known_at(session, scored=session.after is not None)
    )


def _is_before(one: Session, other: Session) -> bool:
    return one.id != other.id and one.started.at <= other.started.at


def light_with(
    case: Case,
    session: Session,
    after: facts.Score | None,
    *,
    stopped_for_pain: bool,
) -> Light | None:
    """Return the light of a session with a given score after it; a second amber in a row is red."""
    before = session.before.fact.score if session.before else None
    own = light(case.protocol, before, after, stopped_for_pain=stopped_for_pain)
    return Light.RED if own is Light.AMBER and is_second_amber(case, session) else own


@derived_from(*SESSION)
def reds(case: Case) -> tuple[datetime, ...]:
    """Return every instant from which a red light counts, oldest first."""
    return tuple(sorted(instant for each in lit_sessions(case) for instant in each.red_from))


def is_right_now(entry: Entry[facts.Pain]) -> bool:
    """Tell whether an entry is a known answer to "how bad is it right now"."""
    return entry.fact.when in facts.RIGHT_NOW and entry.fact.score is not None


def latest_right_now(history: History) -> Entry[facts.Pain] | None:
    """Return the latest known answer to "how bad is it right now", or None."""
    return next(filter(is_right_now, reversed(history.of(facts.Pain))), None)


def high_days(case: Case, *, since: datetime) -> Mapping[date, datetime]:
    """Return the local days with high pain, each with its first high score, in order.

    Counts right-now scores and 24-hour averages recorded after `since` plus the first hours that
    the protocol leaves out.
    """
    first = {day: first_high(case, day, since=since) for day in sorted(by_day(case.history))}
    return {day: at for day, at in first.items() if at}


def first_high(case: Case, day: date, *, since: datetime) -> datetime | None:
    """Return when pain was first high on a local day (see `high_days`), or None."""
    begins = since + case.rules.high_pain_after.span
    for entry in by_day(case.history).get(day, ()):
        score = entry.fact.score
        told = entry.fact.when in facts.PAIN_OF_A_DAY and entry.at >= begins
        if told and score is not None and is_high(case.protocol, score):
            return entry.at
    return None


def two_high_days(case: Case, *, since: datetime, today: date) -> bool:
    """Tell whether pain was high on two days in a row, the later one today or yesterday."""
    span = range(case.protocol.rules.high_pain_days.whole)
    return any(
        all(first_high(case, last - timedelta(days=back), since=since) for back in span)
        for last in (today, today - timedelta(days=1))
    )
