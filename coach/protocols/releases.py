"""Checks of what opens an exercise for a patient: its release, the criteria for it, a test's times."""

from __future__ import annotations

from collections.abc import Sequence

from coach.domain.protocol import Anchor, Protocol, Release, Routine, RoutineKind
from coach.protocols import occasions
from coach.protocols.reading import Report, known

NEVER_ZERO = {
    "pain_now_below": "no pain is below 0, so that it would never hold",
    "pain_average_below": "no pain is below 0, so that it would never hold",
    "without_red": "0 days would hold always",
    "walked": "0 minutes would hold always",
    "walked_days": "0 days would hold always",
}


def check(protocol: Protocol, routines: Sequence[Routine], report: Report) -> None:
    """Note each exercise that could never open, or that would open by itself."""
    walks = [each for each in routines if each.kind is RoutineKind.WALK]
    for n, routine in enumerate(routines):
        where = f"routine[{n}]"
        if report.noted(f"{where}.kind"):
            continue
        _check_checkpoints(routine, where, report)
        if routine.release is None:
            if routine.kind.needs_release:
                what = f"missing: a {routine.kind} opens only when it is released"
                report.add(f"{where}.release", what, 'a [routine.release] with by = "physiotherapist"')
            continue
        _check_criteria(routine.release, f"{where}.release", report)
        _check_doses(protocol, routine, routine.release, where, report)
        others = [each for each in walks if each is not routine]
        _check_walked(routine.release, others, f"{where}.release", report)


def _check_criteria(release: Release, where: str, report: Report) -> None:
    for name, what in NEVER_ZERO.items():
        quantity = getattr(release, name)
        if known(quantity) and quantity.value == 0:
            report.add(f"{where}.{name}.value", what, "more than 0")
    for one, other in (("walked", "walked_days"), ("walked_days", "walked")):
        if getattr(release, one) is not None and getattr(release, other) is None:
            report.add(f"{where}.{other}", f"missing beside {one}", "both, or none")


def _check_doses(protocol: Protocol, routine: Routine, release: Release, where: str, report: Report) -> None:
    if not protocol.phases or not routine.id:
        return  # noted already
    given = [n for n, phase in enumerate(protocol.phases) if routine.id in phase.doses]
    if not given:
        what = f"no phase has a dose of '{routine.id}', so that a release would open nothing"
        report.add(f"{where}.release", what, f"a [phase.dose.{routine.id}] in some phase")
        return
    after = protocol.phases[given[-1] + 1 : given[-1] + 2]
    if not after or release.earliest is None or after[0].anchor is not Anchor.PROCEDURE_END:
        return
    ends = after[0].opens_after
    if known(ends, release.earliest) and release.earliest.value >= ends.value:
        what = (
            f"the last phase with a dose of '{routine.id}' is over at {ends.value:g} h: it could never hold"
        )
        report.add(f"{where}.release.earliest.value", what, f"less than {ends.value:g} h")


def _check_walked(release: Release, walks: Sequence[Routine], where: str, report: Report) -> None:
    walked = release.walked
    if walked is None:
        return
    if not walks:
        what = "no other exercise of this file is a walk, so that it could never hold"
        report.add(f"{where}.walked", what, "leave it out, or add a routine of kind walk")
        return
    if not known(walked, *(each.maximum.reps for each in walks)):
        return
    most = max(each.maximum.reps.value for each in walks)
    if walked.value > most:
        what = f"no walk may last {walked.value:g} minutes, so that it could never hold"
        report.add(f"{where}.walked.value", what, f"at most {most:g} min")


def _check_checkpoints(routine: Routine, where: str, report: Report) -> None:
    if routine.kind is not RoutineKind.TEST:
        if routine.checkpoints:
            report.add(f"{where}.checkpoint", f"a {routine.kind} is no test", "leave it out")
        return
    if not routine.checkpoints:
        what = "missing: a test is due at its times alone"
        report.add(f"{where}.checkpoint", what, f"at least one [[{where}.checkpoint]]")
    occasions.check_stretches(
        f"{where}.checkpoint",
        routine.checkpoints,
        report,
        no_time="nobody could do it in no time",
        too_early=lambda _one, _two: "it begins before the one above it is over",
    )
