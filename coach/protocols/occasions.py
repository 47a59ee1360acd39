"""Checks of stretches of time in which questions are asked: they take time and do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from coach.domain.bone_questions import BoneOccasion
from coach.domain.protocol import Occasion
from coach.protocols.reading import Report, known


def check(table: str, occasions: Sequence[Occasion | BoneOccasion], report: Report) -> None:
    """Note occasions of a table that are there twice, take no time, or begin too early.

    Too early is before the one before is over.
    """
    ids: set[str] = set()
    for n, each in enumerate(occasions):
        where = f"{table}.occasion[{n}]"
        if each.id and each.id in ids:
            report.add(f"{where}.id", f"'{each.id}' is there twice", "each id once")
        ids.add(each.id)
        if known(each.offered_for) and each.offered_for.value == 0:
            report.add(f"{where}.offered_for.value", "nobody could answer in no time", "more than 0")
    for n, (one, two) in enumerate(pairwise(occasions), start=1):
        if not known(one.opens_after, one.offered_for, two.opens_after):
            continue
        ends = one.opens_after.value + one.offered_for.value
        if two.opens_after.value < ends:
            what = f"'{two.id}' opens before '{one.id}' is over"
            report.add(f"{table}.occasion[{n}].opens_after.value", what, f"at least {ends:g} weeks")
