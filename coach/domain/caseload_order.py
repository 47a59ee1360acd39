"""The caseload's order: which patient comes first in a physiotherapist's list, and which need first in a row.

Patients are sorted by the rank of their most urgent open need, then by how long it has existed, then by name.
The rank is stored with the patient's state, so that the database sorts a page (`coach.records.clinic.caseload`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from coach.domain.need import Need, NeedReason
from coach.domain.protocol import FlagLevel

RANKS: Mapping[NeedReason, int] = {reason: rank for rank, reason in enumerate(NeedReason, start=1)}
LEVELS: Mapping[str, int] = {level.value: place for place, level in enumerate(FlagLevel)}
WORST = 99  # the most that `bad` counts; within a reason the worst comes first
QUIET_FROM = 100_000  # needs that can wait rank after all others


def rank(need: Need) -> int:
    """Return how urgent a need is, 0 first: by its reason, then a red flag's level, then how bad it is now."""
    level = LEVELS.get(str(need.detail.get("level")), 0)
    bad = need.detail.get("bad")
    now = min(WORST, int(bad)) if isinstance(bad, int | float) else 0
    return QUIET_FROM * need.quiet + 1000 * RANKS[need.reason] + 100 * level + WORST - now


def most_urgent_first(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return a patient's needs in the order in which a row shows them: by rank, then the oldest first."""
    return tuple(sorted(needs, key=lambda need: (rank(need), need.from_at, need.key)))


def one_after_the_other(found: Iterable[Need]) -> Iterator[Need]:
    """Yield the needs, each ending where the next begins."""
    row = sorted(found, key=lambda need: need.from_at)
    for need, after in zip_longest(row, row[1:]):
        yield replace(need, until_at=min(need.until_at, after.from_at)) if after else need
