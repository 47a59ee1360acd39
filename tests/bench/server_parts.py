"""The parts that ask the server alone: a rerun of each page, a long history, a large clinic, what leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from coach.export.formats import Form
from tests.bench import clinics, exports, figures, profiles, records, report, reruns, servers
from tests.bench.bench import DEFAULT, TUNED, WITH_PANDAS, Bench
from tests.bench.report import p50, p95, verdict
from tests.bench.reruns import Measured
from tests.support.server import AppServer

#: Each page: its address, the folder of its record, what fills that, and the server.
PAGES: Mapping[str, tuple[str, str, Callable[[Path], object], Callable[..., AppServer]]] = {
    figures.TODAY: ("", "sample", records.sample, servers.coach),
    figures.DIARY: ("diary", "sample", records.sample, servers.coach),
    figures.PROGRESS: ("progress", "sample", records.sample, servers.coach),
    "Guide": ("guide", "sample", records.sample, servers.coach),
    "Settings": ("settings", "sample", records.sample, servers.coach),
    "Session": ("session", "session", records.in_session, servers.coach),  # with the player mounted
    figures.CASELOAD: ("", "clinic", clinics.small, servers.clinic),
    figures.REVIEW: ("review", "one-long", clinics.one_long, servers.clinic),
}
HISTORY_TARGET = 1.5
SHORT, LONG = 10, 10_000
CASELOAD_TARGET = 1.5
REPORT_S = 2.0
MEMORY_TARGET = 1.5


def pages(bench: Bench) -> str:
    """Measure every page beside the two empty apps."""
    plain = bench.serve(servers.default, bench.home("default"))
    shell = bench.serve(servers.tuned, bench.home("tuned"))
    heavy = bench.serve(servers.default_with_pandas, bench.home("heavy"))
    measured = [reruns.Page(DEFAULT, plain), reruns.Page(WITH_PANDAS, heavy), reruns.Page(TUNED, shell)]
    serving: dict[str, AppServer] = {}
    for name, (_path, home, *_more) in PAGES.items():
        serving[home] = serving.get(home) or _serve(bench, name)
        measured.append(_open(bench, name, serving[home]))
    done = reruns.take_turns(measured, bench.times("rounds"))
    bench.stop()
    base, rows = done[0], []
    for page in done:
        ratio = p50(page.cpu_ms) / p50(base.cpu_ms)
        names = [figures.cpu(page.name), figures.messages(page.name), figures.size(page.name)]
        targets = [bench.measured.target(name) for name in names]
        for name, target, value in zip(names, targets, [ratio, page.messages, page.size / 1000], strict=True):
            if target:
                bench.measured.put(name, value)
        rows.append(
            [
                page.name,
                f"{p50(page.cpu_ms):.1f}",
                f"{ratio:.2f}",
                f"{p50(page.trip_ms):.1f}",
                f"{p95(page.trip_ms):.1f}",
                str(page.messages),
                f"{page.size / 1000:.1f}",
                f"{page.first.took_ms:.0f}",
                " / ".join(filter(None, targets)),
            ]
        )
    heads = [
        "", "CPU ms", "/ default", "trip p50", "p95 ms", "messages", "kB", "first ms", "at most",
    ]  # fmt: skip
    title = f"1. A rerun of each page, {bench.times('rounds')} runs each, in turns"
    note = "At most: CPU / default, messages, kB. Patients' pages on the six-week sample; the session with its player."
    return report.table(title, heads, rows, note)


def _serve(bench: Bench, name: str, **more: str) -> AppServer:
    """Start the server that shows a page."""
    _path, home, fill, make = PAGES[name]
    return bench.serve(lambda folder: make(folder, **more), bench.home(home, fill))


def _open(bench: Bench, name: str, server: AppServer) -> reruns.Page:
    """Open a page, signed in where that is needed."""
    path, home, fill, make = PAGES[name]
    if make is not servers.clinic:
        return reruns.Page(name, server, path)
    folder = bench.home(home, fill)
    if name != figures.REVIEW:
        return _let_in(reruns.Page(name, server, path, cookie=clinics.cookie(folder)))
    [patient] = clinics.patients(folder)
    return reruns.Page(
        name,
        server,
        path,
        cookie=clinics.cookie(folder),
        # As in a browser that had the review open before: its script says whose.
        then=lambda tab: tab.keep("coach_last_patient", patient=patient),
    )


def why(bench: Bench) -> str:
    """Say where the time goes of each page whose processor's time misses its target, or was not measured."""
    parts = []
    for name in PAGES:
        if bench.measured.met(figures.cpu(name)):
            continue
        file = bench.home("profiles") / f"{name}.profile"
        page = _open(bench, name, _serve(bench, name, **{profiles.FILE: str(file)}))
        for _again in range(profiles.RUNS):
            page.measure()
        page.close()
        bench.stop()
        parts.append(report.table(name, ["", "calls", "own ms", "ms within"], profiles.rows(file)))
    title = (
        f"9. Where the time goes: pages over their target, {profiles.RUNS} runs each under a profile, a run"
    )
    return "\n".join([title, "", *(parts or ["  No page is over its target."])])


def _let_in(page: reruns.Page) -> reruns.Page:
    if page.measured.first.elements < clinics.LEAST_ELEMENTS:
        raise RuntimeError("nobody was let in to the caseload")
    return page


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
    short, long = reruns.take_turns(moving, bench.times("history"))
    rows += _compared("Today, one new entry", [short, long])
    bench.measured.put(figures.NEW_ENTRY, p50(long.trip_ms) / p50(short.trip_ms))
    bench.stop()
    heads = [
        "", "entries", "CPU ms", "p50 ms", "p95 ms", "trip ratio", "CPU ratio", "first", "target: trip",
    ]  # fmt: skip
    title = f"2. Today with set-up and so many entries of past sessions, {bench.times('history')} runs each"
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
    times = bench.times("grown")
    large = bench.home("clinic-grown", partial(clinics.grown, small, times=times))
    shown = [
        _let_in(reruns.Page(f"{patients:,}", bench.serve(servers.clinic, home), cookie=clinics.cookie(home)))
        for patients, home in ((clinics.PATIENTS, small), (clinics.PATIENTS * times, large))
    ]
    rows = _compared("Caseload", reruns.take_turns(shown, bench.times("caseload")), CASELOAD_TARGET)
    bench.stop()
    heads = [
        "", "patients", "CPU ms", "p50 ms", "p95 ms", "trip ratio", "CPU ratio", "first", "target: trip",
    ]  # fmt: skip
    title = f"3. The caseload, {clinics.ENTRIES} entries each, {bench.times('caseload')} runs each, in turns"
    return report.table(title, heads, rows)


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
    times = bench.times("grown")
    large = bench.home("clinic-grown", partial(clinics.grown, small, times=times))
    least = 0.0
    for patients, home in ((clinics.PATIENTS, small), (clinics.PATIENTS * times, large)):
        done = exports.clinic(home, home / "tables")
        least = least or done.most_mb
        target = verdict(done.most_mb / least, MEMORY_TARGET) if patients > clinics.PATIENTS else ""
        name = f"Parquet, {patients:,} patients, {done.size_mb:.1f} MB"
        rows.append([name, f"{done.took_s:.1f}", "", "", f"{done.most_mb:.0f}", target])
    title = (
        f"4. What leaves: {bench.times('exports')} times each form; each clinic once, in a process of its own"
    )
    return report.table(title, ["", "first s", "p50 s", "p95 s", "most MB", "target (memory: ratio)"], rows)
