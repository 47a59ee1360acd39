"""Where the processor's time of a page goes: its runs under Python's own profiler, in the server itself."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from tests.support.server import ROOT

FILE = "COACH_BENCH_PROFILE"  # the variable that names where a server puts its profile
WARM = 4  # runs before the first that counts: what is made once is made by then
RUNS = 20
OWN, WITHIN = 8, 12  # lines of a table: by own time, and by the time within, of the product alone


def begin(file: Path) -> None:
    """Profile every run of this server from now on, one at a time, and keep the profile in a file."""
    run, profile = ScriptRunner._run_script, cProfile.Profile()  # noqa: SLF001  there is no public place around a run
    done = 0

    def profiled(self: ScriptRunner, data: Any) -> None:
        nonlocal done
        done += 1
        if done <= WARM:
            run(self, data)
            return
        profile.enable()
        try:
            run(self, data)
        finally:
            profile.disable()
            profile.dump_stats(file)

    ScriptRunner._run_script = profiled  # type: ignore[method-assign, assignment]  # noqa: SLF001


def rows(file: Path) -> Iterator[list[str]]:
    """Yield what took most: function, calls a run, own ms and ms within, a run."""
    known = pstats.Stats(str(file)).stats  # type: ignore[attr-defined]
    found = [
        (_place(path, name), calls / RUNS, 1000 * own / RUNS, 1000 * within / RUNS)
        for (path, _line, name), (_primitive, calls, own, within, _callers) in known.items()
    ]
    of_ours = [each for each in found if each[0].startswith(("coach.", "pages."))]
    chosen = sorted(found, key=lambda each: -each[2])[:OWN]
    chosen += [each for each in sorted(of_ours, key=lambda each: -each[3])[:WITHIN] if each not in chosen]
    for place, calls, own, within in chosen:
        yield [place, f"{calls:.1f}", f"{own:.2f}", f"{within:.2f}"]


def _place(path: str, name: str) -> str:
    """Return module and function; a module's name, as a report may outlive the file."""
    _before, installed, rest = path.rpartition("site-packages/")
    if not installed:
        ours = Path(path).is_relative_to(ROOT)
        rest = str(Path(path).relative_to(ROOT)) if ours else Path(path).name
    return f"{rest.removesuffix('.py').replace('/', '.')} {name}"[-60:]
