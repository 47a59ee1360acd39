"""`make bench`: what Coach costs, and how many it bears, beside two empty apps.

    python -m tests.bench [--quick] [--only PART ...] [--rounds N] [--minutes M] [--write]

It reports and never fails: the exit code is 0 whatever the figures are, and a part that breaks is
named as cut. Each figure of docs/performance.md stands with its target at the end.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from tests.bench import browser_parts, document, load_parts, report, server_parts
from tests.bench.bench import Bench
from tests.support import browser

Part = Callable[[Bench], str]
InChromium = Callable[[Bench, str], str]

ALONE: Mapping[str, Part] = {
    "pages": server_parts.pages,
    "history": server_parts.history,
    "caseload": server_parts.caseload,
    "exports": server_parts.leaving,
}
IN_CHROMIUM: Mapping[str, InChromium] = {
    "loads": browser_parts.first_loads,
    "taps": browser_parts.answers,
}
LOAD: Mapping[str, Part] = {
    "closed": load_parts.closed_loop,
    "think": load_parts.think_time,
    "workers": load_parts.two_workers,
    "memory": load_parts.memory,
    "churn": load_parts.churn,
}
LAST: Mapping[str, InChromium] = {"cues": browser_parts.lateness}
AFTER: Mapping[str, Part] = {"why": server_parts.why}  # it looks at what was measured
PARTS = (*ALONE, *IN_CHROMIUM, *LOAD, *LAST, *AFTER)

#: How often or how long: times, minutes, seconds (with think time longer: six acts of each user); the part of a
#: level's users, how many levels are tried after that, and how many times the small clinic the large one is.
FULL = {
    "rounds": 60, "history": 40, "caseload": 40, "loads": 12, "exports": 10, "taps": 12, "minutes": 4.0,
    "window": 10.0, "thinking": 30.0, "users": 1.0, "tries": 4, "fill_s": 40.0, "churn": 2.0, "grown": 100,
}  # fmt: skip
QUICK = {
    "rounds": 15, "history": 12, "caseload": 12, "loads": 4, "exports": 5, "taps": 4, "minutes": 1.0,
    "window": 4.0, "thinking": 4.0, "users": 0.1, "tries": 1, "fill_s": 4.0, "churn": 0.1, "grown": 10,
}  # fmt: skip
LONGEST_CUES = 11.0  # minutes that the sample's session lasts
PART_S = 1_200  # for one part, beyond what its minutes take


class TooLong(Exception):
    """A part took longer than it may."""


def main(arguments: list[str]) -> None:
    """Measure what was asked for, print it, and write it where that is asked for."""
    asked = _parser().parse_args(arguments)
    often = dict(QUICK if asked.quick else FULL)
    if asked.rounds:
        often |= dict.fromkeys(("rounds", "history", "caseload", "loads", "exports", "taps"), asked.rounds)
    if asked.minutes:
        often |= {"minutes": min(asked.minutes, LONGEST_CUES), "churn": asked.minutes}
    wanted = asked.only or PARTS
    signal.signal(signal.SIGTERM, _end)  # its servers end with it
    cut = (
        ["A quick run: fewer rounds, a tenth of the users and of the large clinic, shorter."]
        if asked.quick
        else []
    )
    missing = [name for name in PARTS if name not in wanted]
    if missing:
        cut.append(f"Not asked for: {', '.join(missing)}.")
    with tempfile.TemporaryDirectory(prefix="coach-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["COACH_HOME"] = folder
        bench = Bench(Path(folder), often)
        program = browser.program()
        machine = report.machine(program)
        print(machine, flush=True)
        parts = list(_measured(bench, wanted, program, cut))
    machine += f"\n{report.load(when='end')}"
    written = document.written(bench.measured, machine, cut, parts)
    print(report.table("The figures", ["", "target", "measured", ""], bench.measured.rows(), *cut))
    if asked.write:
        document.put(written)


def _measured(
    bench: Bench, wanted: list[str] | tuple[str, ...], program: str | None, cut: list[str]
) -> Iterator[str]:
    """Print and yield each part that was asked for; one that breaks is cut."""
    every: dict[str, Part] = dict(ALONE)
    for name, needs in (*IN_CHROMIUM.items(), *LAST.items()):
        every[name] = _with_chromium(needs, program)
    every |= {**LOAD, **AFTER}
    for name in (each for each in PARTS if each in wanted):
        try:
            with _limited(PART_S + 60 * (bench.often["minutes"] + bench.often["churn"])):
                part = every[name](bench)
        except Exception as error:  # noqa: BLE001  a report with a part less is worth more than none
            traceback.print_exc()
            cut.append(
                f"The part {name} broke: {str(error).strip().partition(chr(10))[0] or type(error).__name__}."
            )
        else:
            print(part, flush=True)
            yield part
        finally:
            bench.stop()


def _with_chromium(part: InChromium, program: str | None) -> Part:
    def run(bench: Bench) -> str:
        if program is None:
            raise RuntimeError("Chromium is not installed")
        return part(bench, program)

    return run


@contextmanager
def _limited(most_s: float) -> Iterator[None]:
    def late(_number: int, _frame: object) -> None:
        raise TooLong(f"took more than {most_s / 60:.0f} minutes")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, most_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _end(_number: int, _frame: object) -> NoReturn:
    raise SystemExit("The bench was ended.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Print what Coach costs.")
    parser.add_argument("--quick", action="store_true", help="some minutes: fewer rounds and users")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure only these parts")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    parser.add_argument(
        "--minutes",
        type=float,
        help="how long sessions come and go (60: the hour), and the player plays (at most 11)",
    )
    parser.add_argument("--write", action="store_true", help="put the report into docs/performance.md")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
