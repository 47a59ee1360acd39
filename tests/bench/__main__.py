"""`make bench`: what a rerun, a first load, a long history, a large clinic and a cue cost, beside two empty apps.

    python -m tests.bench [--quick] [--only pages history caseload loads cues exports] [--rounds N] [--minutes M]

It reports and never fails: the exit code is 0 whatever the figures are.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from coach.export.formats import Form
from tests.bench import clinics, cues, exports, loads, records, report, reruns, servers
from tests.bench.report import p50, p95, verdict
from tests.bench.reruns import Measured
from tests.support import browser
from tests.support.server import AppServer

PARTS = ("pages", "history", "caseload", "loads", "cues", "exports")
FULL = {"rounds": 60, "history": 40, "caseload": 40, "loads": 12, "exports": 10, "minutes": 10.0}
QUICK = {"rounds": 15, "history": 12, "caseload": 12, "loads": 4, "exports": 5, "minutes": 1.0}

DEFAULT = "empty, Streamlit's defaults"
WITH_PANDAS = "the same, pandas imported"
TUNED = "empty, tuned like ours"
PAGES = {
    "Today": "",
    "Diary": "diary",
    "Progress": "progress",
    "Guide": "guide",
    "Settings": "settings",
    "Session, player mounted": "session",
}
TARGETS = {"Today": 0.5, "Session, player mounted": 0.5, "Progress": 1.0}
LOAD_TARGET = 1.2
HISTORY_TARGET = 1.5
SHORT, LONG = 10, 10_000
CASELOAD_TARGET = 1.5
TIMES = 100  # as many patients in the large clinic as in the small one
REPORT_S = 2.0
MEMORY_TARGET = 1.5
SEEN_P50_MS, SEEN_P95_MS, UNSEEN_MS, DRIFT_MS = 100, 250, 1500, 50


class Bench:
    """The servers of one run, in a folder that is thrown away, and how often everything is measured."""

    def __init__(self, folder: Path, often: dict[str, float]) -> None:
        self.often = often
        self._folder = folder
        self._servers: list[AppServer] = []

    def times(self, what: str) -> int:
        """Return how often something is measured."""
        return int(self.often[what])

    def home(self, name: str, make: Callable[[Path], object] | None = None) -> Path:
        """Return a folder for a server, with a record in it; the same name is made once."""
        folder = self._folder / name
        if not folder.exists():
            folder.mkdir()
            if make:
                make(folder)
        return folder

    def serve(self, make: Callable[[Path], AppServer], home: Path) -> AppServer:
        """Start a server."""
        server = make(home)
        self._servers.append(server)
        server.start()
        return server

    def stop(self) -> None:
        """Stop every server."""
        while self._servers:
            self._servers.pop().stop()


# the parts


def pages(bench: Bench) -> str:
    """Measure every page on the six-week sample beside the two empty apps."""
    plain = bench.serve(servers.default, bench.home("default"))
    shell = bench.serve(servers.tuned, bench.home("tuned"))
    sample = bench.serve(servers.coach, bench.home("sample", records.sample))
    session = bench.serve(servers.coach, bench.home("session", records.in_session))
    heavy = bench.serve(servers.default_with_pandas, bench.home("heavy"))
    measured = [reruns.Page(DEFAULT, plain), reruns.Page(WITH_PANDAS, heavy), reruns.Page(TUNED, shell)]
    for name, path in PAGES.items():
        measured.append(reruns.Page(name, session if path == "session" else sample, path))
    done = reruns.take_turns(measured, bench.times("rounds"))
    bench.stop()
    base, ours = done[0], done[2]
    rows = []
    for page in done:
        ratio = p50(page.trip_ms) / p50(base.trip_ms)
        target = TARGETS.get(page.name)
        rows.append(
            [
                page.name,
                f"{p50(page.cpu_ms):.1f}",
                f"{p50(page.trip_ms):.1f}",
                f"{p95(page.trip_ms):.1f}",
                f"{ratio:.2f}",
                f"{p50(page.cpu_ms) / p50(base.cpu_ms):.2f}",
                f"{p50(page.trip_ms) / p50(ours.trip_ms):.1f}",
                f"{page.size / 1000:.1f}",
                f"{page.first.took_ms:.0f}",
                verdict(ratio, target) if target else "",
            ]
        )
    heads = [
        "", "CPU ms", "trip p50 ms", "p95 ms", "trip / default", "CPU / default", "trip / tuned",
        "kB", "first ms", "target: trip / default",
    ]  # fmt: skip
    title = f"1. A rerun of each page, six-week sample, {bench.times('rounds')} runs each, in turns"
    return report.table(title, heads, rows)


def history(bench: Bench) -> str:
    """Measure Today on a short and on a very long history, unchanged and after a new entry."""
    homes = {most: bench.home(f"past-{most}", partial(records.past, most=most)) for most in (SHORT, LONG)}
    serve = {most: bench.serve(servers.coach, home) for most, home in homes.items()}
    still = [reruns.Page(f"{most:,}", server) for most, server in serve.items()]
    rows = _compared("Today, nothing new", reruns.take_turns(still, bench.times("history")))
    moving = [
        reruns.Page(f"{most:,}", server, before=partial(records.add_pain, homes[most]))
        for most, server in serve.items()
    ]
    rows += _compared("Today, one new entry", reruns.take_turns(moving, bench.times("history")))
    bench.stop()
    heads = [
        "",
        "entries",
        "CPU ms",
        "trip p50 ms",
        "p95 ms",
        "trip ratio",
        "CPU ratio",
        "first ms",
        "target",
    ]
    title = f"2. Today with set-up and so many entries of past sessions, {bench.times('history')} runs each, in turns"
    return report.table(title, heads, rows)


def _compared(name: str, measured: list[Measured], target: float = HISTORY_TARGET) -> list[list[str]]:
    short = measured[0]
    rows = []
    for page in measured:
        trip, cpu = p50(page.trip_ms) / p50(short.trip_ms), p50(page.cpu_ms) / p50(short.cpu_ms)
        rows.append(
            [
                name,
                page.name,
                f"{p50(page.cpu_ms):.1f}",
                f"{p50(page.trip_ms):.1f}",
                f"{p95(page.trip_ms):.1f}",
                f"{trip:.2f}",
                f"{cpu:.2f}",
                f"{page.first.took_ms:.0f}",
                verdict(trip, target) if page is not short else "",
            ]
        )
    return rows


def caseload(bench: Bench) -> str:
    """Measure a physiotherapist's caseload in a small and in a large clinic."""
    small = bench.home("clinic", clinics.small)
    large = bench.home("clinic-grown", partial(clinics.grown, small, times=TIMES))
    shown = []
    for patients, home in ((clinics.PATIENTS, small), (clinics.PATIENTS * TIMES, large)):
        cookie = clinics.cookie(home)
        page = reruns.Page(f"{patients:,}", bench.serve(servers.clinic, home), cookie=cookie)
        if page.measured.first.elements < clinics.LEAST_ELEMENTS:
            raise RuntimeError("nobody was let in to the caseload")
        shown.append(page)
    rows = _compared("Caseload", reruns.take_turns(shown, bench.times("caseload")), CASELOAD_TARGET)
    bench.stop()
    heads = [
        "", "patients", "CPU ms", "trip p50 ms", "p95 ms", "trip ratio", "CPU ratio", "first ms", "target",
    ]  # fmt: skip
    title = f"3. The caseload, {clinics.ENTRIES} entries each, {bench.times('caseload')} runs each, in turns"
    return report.table(title, heads, rows)


def first_loads(bench: Bench, playwright: Playwright, program: str) -> str:
    """Measure the first load in Chromium of Today and of the two empty apps."""
    plain = bench.serve(servers.default, bench.home("default"))
    shell = bench.serve(servers.tuned, bench.home("tuned"))
    sample = bench.serve(servers.coach, bench.home("sample", records.sample))
    places = {
        DEFAULT: loads.Place(plain.url, loads.EMPTY),
        TUNED: loads.Place(shell.url, loads.EMPTY),
        "Today": loads.Place(sample.url, loads.TODAY),
    }
    chromium = playwright.chromium.launch(executable_path=program, args=browser.FLAGS)
    took = loads.measure(chromium, places, bench.times("loads"))
    chromium.close()
    bench.stop()
    rows = []
    for name, values in took.items():
        ratio = p50(values) / p50(took[DEFAULT])
        target = verdict(ratio, LOAD_TARGET) if name == "Today" else ""
        rows.append([name, f"{p50(values):.0f}", f"{p95(values):.0f}", f"{ratio:.2f}", target])
    title = f"4. First load in Chromium, phone, empty cache, until usable, {bench.times('loads')} loads each, in turns"
    return report.table(title, ["", "p50 ms", "p95 ms", "/ default", "target"], rows)


def lateness(bench: Bench, program: str) -> str:
    """Play the sample's session in a tab that is seen and in one that is not, at the same time.

    Without a sound the one that is not seen would wait for somebody.
    """
    homes = {
        hidden: bench.home(name, records.in_session) for hidden, name in ((False, "seen"), (True, "unseen"))
    }
    players: dict[bool, cues.Player] = {}
    starts: list[float] = []
    for hidden, home in homes.items():
        server = bench.serve(servers.coach, home)
        starts = records.cue_starts_s(home)
        players[hidden] = cues.Player(program, server.url, hidden=hidden)
    cues.play(list(players.values()), bench.often["minutes"])
    seen, unseen = players[False].end(starts), players[True].end(starts)
    bench.stop()
    rows = []
    for name, run, most in (
        ("visible tab, voice and tones", seen, (SEEN_P50_MS, SEEN_P95_MS)),
        ("hidden tab, voice and tones", unseen, (UNSEEN_MS, UNSEEN_MS)),
    ):
        late = run.late_ms
        rows += [
            [f"{name}: cues played", str(len(late)), f"the tab is {run.visibility}"],
            ["  late, median ms", f"{p50(late):.1f}", verdict(p50(late), most[0])],
            ["  late, p95 ms", f"{p95(late):.1f}", verdict(p95(late), most[1])],
            ["  late at most, ms", f"{max(late):.1f}", ""],
            ["  drift ms", f"{run.drift_ms:.1f}", verdict(abs(run.drift_ms), DRIFT_MS)],
            ["  a timer of the page's own, 100 ms", "", f"fired {run.timer}"],
        ]
    title = f"5. Cues of the real player over {bench.often['minutes']:g} minutes, both tabs at the same time"
    return report.table(title, ["", "", "target"], rows)


def leaving(bench: Bench) -> str:
    """Measure the forms of one patient's record, and the tables of a small and of a large clinic."""
    rows = []
    for form in Form:
        first = exports.made_s(form)
        took = [exports.made_s(form) for _round in range(bench.times("exports"))]
        target = verdict(p50(took), REPORT_S) if form is Form.REPORT else ""
        rows.append(
            [f"{form.value}, 12 weeks", f"{first:.2f}", f"{p50(took):.2f}", f"{p95(took):.2f}", "", target]
        )
    small = bench.home("clinic", clinics.small)
    large = bench.home("clinic-grown", partial(clinics.grown, small, times=TIMES))
    least = 0.0
    for patients, home in ((clinics.PATIENTS, small), (clinics.PATIENTS * TIMES, large)):
        done = exports.clinic(home, home / "tables")
        least = least or done.most_mb
        target = verdict(done.most_mb / least, MEMORY_TARGET) if patients > clinics.PATIENTS else ""
        name = f"Parquet, {patients:,} patients, {done.size_mb:.1f} MB"
        rows.append([name, f"{done.took_s:.1f}", "", "", f"{done.most_mb:.0f}", target])
    title = (
        f"6. What leaves: {bench.times('exports')} times each form; each clinic once, in a process of its own"
    )
    return report.table(title, ["", "first s", "p50 s", "p95 s", "most MB", "target (memory: ratio)"], rows)


# the whole


def main(arguments: list[str]) -> None:
    """Measure what was asked for and print it."""
    asked = _parser().parse_args(arguments)
    often = dict(QUICK if asked.quick else FULL)
    if asked.rounds:
        often |= dict.fromkeys(("rounds", "history", "caseload", "loads", "exports"), asked.rounds)
    if asked.minutes:
        often["minutes"] = asked.minutes
    wanted = asked.only or PARTS
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-bench-"))
        os.environ["COACH_HOME"] = folder
        bench = Bench(Path(folder), often)
        stack.callback(bench.stop)
        program = browser.program() if {"loads", "cues"} & set(wanted) else None
        print(report.machine(program), flush=True)
        if "pages" in wanted:
            print(pages(bench), flush=True)
        if "history" in wanted:
            print(history(bench), flush=True)
        if "caseload" in wanted:
            print(caseload(bench), flush=True)
        if "exports" in wanted:
            print(leaving(bench), flush=True)
        if program:
            if "loads" in wanted:
                with sync_playwright() as playwright:
                    print(first_loads(bench, playwright, program), flush=True)
            if "cues" in wanted:
                print(lateness(bench, program), flush=True)
        print(report.load())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Print what Coach costs.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and one minute of cues")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure only these parts")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    parser.add_argument("--minutes", type=float, help="how long the player plays (at most 11)")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
