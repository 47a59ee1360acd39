"""Closures: the stretches of time in which a person, a symptom or pain closed a routine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise, zip_longest

from coach.domain import facts, pain
from coach.domain.case import Case
from coach.domain.course import COURSE
from coach.domain.derived import Sizes, continued, derived_from
from coach.domain.history import SESSION, Entry, History
from coach.domain.protocol import Closes, Question, Routine, RoutineKind
from coach.domain.red_flags import FLAGS, clears, restarted_after, takes_back
from coach.domain.set_up import needs_word, words_after


class ClosedBy(StrEnum):
    """What closes a routine, apart from its phase."""

    FLAG = "flag"
    HOLD = "hold"
    ANSWER = "answer"
    SLEEPY = "sleepy"
    RED_LIGHT = "red_light"
    PAIN = "pain"


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch [since, to) in which a cause closes a routine, with its entry.

    `to` None: no end yet.

    An unanswered question and a red light have no entry.
    """

    since: datetime
    to: datetime | None
    cause: ClosedBy
    entry: Entry[object] | None = None


#: The kinds of fact that may close a routine.
CLOSING = (
    *FLAGS, *COURSE, *SESSION, facts.ClinicianHold, facts.HoldLifted, facts.ClinicAgreed, facts.Drowsy,
    facts.PainLimit,
)  # fmt: skip


def closed_at(stretches: Sequence[Closed], at: datetime) -> bool:
    """Tell whether one of these stretches holds at an instant."""
    return any(each.since <= at and (each.to is None or at < each.to) for each in stretches)


def closed(case: Case, routine: Routine) -> tuple[Closed, ...]:
    """Return every stretch in which a person, a symptom or pain closed the routine, with the cause.

    They are unordered and may overlap.
    """
    return _all_closed(case, routine.id, routine.kind)


@derived_from(*CLOSING)
def _all_closed(case: Case, routine: str, kind: RoutineKind) -> tuple[Closed, ...]:
    return tuple(_closed(case, routine, kind))


def _closed(case: Case, routine: str, kind: RoutineKind) -> Iterator[Closed]:
    history, rules = case.history, case.rules
    loads = kind.loads
    for flag in history.of(facts.RedFlagYes):
        yield Closed(flag.at, _flag_ended(case, flag), ClosedBy.FLAG, flag)
    lifted = {e.fact.entry: e.at for e in reversed(history.of(facts.HoldLifted))}
    for hold in history.of(facts.ClinicianHold):
        if hold.fact.routine in (None, routine):
            ends = [t for t in (hold.fact.until, lifted.get(hold.id)) if t]
            yield Closed(hold.at, min(ends, default=None), ClosedBy.HOLD, hold)
    for question in case.protocol.questions:
        if question.closes is Closes.ALL or (loads and question.closes is Closes.SQUEEZES):
            if case.course:
                yield Closed(case.course.procedure.at, _first_answered(case, question.id), ClosedBy.ANSWER)
            yield from _answered(history, question)
    for sleepy in history.of(facts.Drowsy):
        if sleepy.fact.yes:
            yield Closed(sleepy.at, sleepy.at + rules.drowsy_closes_for.span, ClosedBy.SLEEPY, sleepy)
    if not loads:
        return
    for red in pain.reds(case):
        yield Closed(red, red + rules.red_light_closes_for.span, ClosedBy.RED_LIGHT)
    yield from _high_pain(case)


@continued(facts.PainLimit, *COURSE, by=(facts.Pain,), start=())
def _high_pain(case: Case, known: tuple[Closed, ...], sizes: Sizes) -> tuple[Closed, ...]:
    """Return every stretch in which high pain closes the squeezes: until the next score, if that is sooner."""
    before = case.history.of(facts.Pain)[: sizes[facts.Pain]]
    last = next(filter(pain.is_right_now, reversed(before)), None)
    scores = [*([last] if last else []), *filter(pain.is_right_now, case.history.new_of(facts.Pain, sizes))]
    found = [each for each in known if last is None or each.entry is not last]
    for score, after in zip_longest(scores, scores[1:]):
        ends_at = score.at + case.rules.pain_closes_for.span
        found += _high(case, score, min(ends_at, after.at) if after else ends_at)
    return tuple(found)


def _high(case: Case, score: Entry[facts.Pain], ends: datetime) -> Iterator[Closed]:
    """Yield the stretches up to an instant in which a score was high, by the limit of its time."""
    turns = {turn for limit in case.pain_limits for turn in (limit.at, limit.fact.ends)}
    cuts = sorted({score.at, ends, *(turn for turn in turns if score.at < turn < ends)})
    for since, to in pairwise(cuts):
        if score.fact.score is not None and pain.is_high_at(case, score.fact.score, since):
            yield Closed(since, to, ClosedBy.PAIN, score)


def _answered(history: History, question: Question) -> Iterator[Closed]:
    """Yield the stretch in which each reply other than "no" closed.

    It ends when the clinic agreed, or with the next reply.
    """
    replies = sorted(
        (e for e in history.of(facts.Answer) if e.fact.question == question.id), key=lambda e: e.seq
    )
    for reply, after in zip_longest(replies, replies[1:]):
        if needs_word(question, reply.fact.reply):
            ends = [word.recorded_at for word in words_after(history, reply)]
            ends += [after.recorded_at] if after else []
            yield Closed(reply.at, min(ends, default=None), ClosedBy.ANSWER, reply)


def _first_answered(case: Case, question: str) -> datetime | None:
    """Return when a question was first answered in this course: until then it closes."""
    since = case.course.told_since if case.course else 0
    replies = (e for e in case.history.of(facts.Answer) if e.fact.question == question and e.seq > since)
    return min((reply.recorded_at for reply in replies), default=None)


def _flag_ended(case: Case, flag: Entry[facts.RedFlagYes]) -> datetime | None:
    ends = [m.recorded_at for m in case.history.of(facts.FlagMistake) if takes_back(case.protocol, m, flag)]
    ends += [c.recorded_at for c in case.history.of(facts.FlagCleared) if clears(case.protocol, c, flag)]
    restarted = restarted_after(case, flag)
    return min([*ends, restarted] if restarted else ends, default=None)
