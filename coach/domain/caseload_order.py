"""The caseload's order: who stands above whom in a physiotherapist's list, and which need stands first in a row.

First by how urgent the most urgent open need is (`rank`), then by how long it has been there, then by name. The rank is
stored with how a patient stands, so that `coach.records.clinic.caseload` sorts a page in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coach.domain.need import Need, NeedReason
from coach.domain.protocol import FlagLevel

RANKS: Mapping[NeedReason, int] = {reason: rank for rank, reason in enumerate(NeedReason, start=1)}
LEVELS: Mapping[str, int] = {level.value: place for place, level in enumerate(FlagLevel)}
WORST = 99  # how bad it is now, at most; the worst of a reason stands first
QUIET_FROM = 100_000  # the ranks of what needs nobody today


def rank(need: Need) -> int:
    """Return how urgent a need is, from the most urgent up: its reason, then a red flag's level, then how bad it is now."""
    level = LEVELS.get(str(need.detail.get("level")), 0)
    bad = need.detail.get("bad")
    now = min(WORST, int(bad)) if isinstance(bad, int | float) else 0
    return QUIET_FROM * need.quiet + 1000 * RANKS[need.reason] + 100 * level + WORST - now


def most_urgent_first(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return a patient's needs in the order in which a row shows them: the most urgent, then the longest there."""
    return tuple(sorted(needs, key=lambda need: (rank(need), need.from_at, need.key)))
