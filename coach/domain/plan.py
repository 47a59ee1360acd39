"""The plan: a physiotherapist's changes for one patient that are in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coach.domain import facts, red_flags
from coach.domain.case import Case
from coach.domain.history import Entry
from coach.domain.protocol import Question
from coach.domain.times import utc


@dataclass(frozen=True, slots=True)
class InForce:
    """What differs from the protocol for one patient at an instant, or waits for a physiotherapist.

    `overrides` includes future ones; `answers` are the set-up answers that keep something closed
    until the clinic agrees; `requests` are the patient's undecided requests for earlier times.
    """

    flags: tuple[Entry[facts.RedFlagYes], ...]
    holds: tuple[Entry[facts.ClinicianHold], ...]
    overrides: tuple[Entry[facts.Override], ...]
    releases: tuple[Entry[facts.Released], ...]
    limit: Entry[facts.PainLimit] | None
    texts: Mapping[facts.PlanTopic, Entry[facts.PlanText]]
    chosen: Entry[facts.ProtocolChosen] | None
    answers: tuple[tuple[Question, Entry[facts.Answer]], ...]
    requests: tuple[Entry[facts.TimeAsked], ...]


def in_force(case: Case, *, now: datetime) -> InForce:
    """Return what is in force at `now`."""
    now = utc(now)
    return InForce(
        flags=red_flags.open_flags(case),
        holds=tuple(h for h in case.holds if h.fact.until is None or now < h.fact.until),
        overrides=tuple(o for o in case.overrides if now < case.override_ends(o)),
        releases=tuple(r for r in case.releases if case.release_ends(r) is None),
        limit=case.pain_limit_at(now),
        texts=texts(case),
        chosen=case.history.latest(facts.ProtocolChosen),
        answers=tuple((question, reply) for question, reply in case.asked if reply),
        requests=waiting_requests(case),
    )


def waiting_requests(case: Case) -> tuple[Entry[facts.TimeAsked], ...]:
    """Return the undecided requests for earlier times.

    Those from before a new course have lapsed.
    """
    known = case.course
    since = known.told_since if known else 0
    decided = {entry.fact.entry for entry in case.history.of(facts.TimeDecided)}
    return tuple(
        asked for asked in case.history.of(facts.TimeAsked) if asked.id not in decided and asked.seq > since
    )


def texts(case: Case) -> Mapping[facts.PlanTopic, Entry[facts.PlanText]]:
    """Return the clinician's own words in this course, by topic; an empty text removes them."""
    known = case.course
    since = known.first.seq if known else 0
    latest = {
        entry.fact.topic: entry for entry in sorted(case.history.of(facts.PlanText), key=lambda e: e.seq)
    }
    return {
        topic: latest[topic]
        for topic in facts.PlanTopic
        if topic in latest and latest[topic].fact.text and latest[topic].seq > since
    }
