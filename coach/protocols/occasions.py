"""Checks of stretches of time in which something is asked or measured: they take time and do not overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from coach.domain.bone_questions import BoneOccasion
from coach.domain.protocol import Checkpoint, Occasion
from coach.protocols.reading import Report, known

Stretch = TypeVar("Stretch", bound=Occasion | BoneOccasion | Checkpoint)


def check(table: str, occasions: Sequence[Occasion | BoneOccasion], report: Report) -> None:
    """Note occasions of a table that are there twice, take no time, or begin too early."""
    ids: set[str] = set()
    for n, each in enumerate(occasions):
        if each.id and each.id in ids:
            report.add(f"{table}.occasion[{n}].id", f"'{each.id}' is there twice", "each id once")
        ids.add(each.id)
    check_stretches(
        f"{table}.occasion",
        occasions,
        report,
        no_time="nobody could answer in no time",
        too_early=lambda one, two: f"'{two.id}' opens before '{one.id}' is over",
    )


def check_stretches(
    place: str,
    stretches: Sequence[Stretch],
    report: Report,
    *,
    no_time: str,
    too_early: Callable[[Stretch, Stretch], str],
) -> None:
    """Note stretches of a list that take no time, or begin before the one before is over."""
    for n, each in enumerate(stretches):
        if known(each.offered_for) and each.offered_for.value == 0:
            report.add(f"{place}[{n}].offered_for.value", no_time, "more than 0")
    for n, (one, two) in enumerate(pairwise(stretches), start=1):
        if not known(one.opens_after, one.offered_for, two.opens_after):
            continue
        ends = one.opens_after.value + one.offered_for.value
        if two.opens_after.value < ends:
            where = f"{place}[{n}].opens_after.value"
            report.add(where, too_early(one, two), f"at least {ends:g} weeks")
