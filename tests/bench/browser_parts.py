"""The parts that need Chromium: first loads, taps, and the player's cues."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.bench import cues, figures, loads, records, report, servers, taps
from tests.bench.bench import DEFAULT, TUNED, Bench
from tests.bench.report import p50, p95, verdict
from tests.support import browser

TODAY = "Today"
SEEN_P50_MS, SEEN_P95_MS, UNSEEN_MS, DRIFT_MS = 100, 250, 1500, 50


@contextmanager
def _chromium(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=browser.FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


def first_loads(bench: Bench, program: str) -> str:
    """Measure the first load of Today and of the two empty apps, with an empty cache and with a filled one."""
    plain = bench.serve(servers.default, bench.home("default"))
    shell = bench.serve(servers.tuned, bench.home("tuned"))
    sample = bench.serve(servers.coach, bench.home("sample", records.sample))
    places = {
        DEFAULT: loads.Place(plain.url, loads.EMPTY),
        TUNED: loads.Place(shell.url, loads.EMPTY),
        TODAY: loads.Place(sample.url, loads.TODAY),
    }
    rows = []
    with _chromium(program) as chromium:
        for cache, figure, warm in (("empty", figures.COLD, False), ("filled", figures.WARM, True)):
            took = loads.measure(chromium, places, bench.times("loads"), warm=warm)
            bench.measured.put(figure, p50(took[TODAY]) / p50(took[DEFAULT]))
            for name, values in took.items():
                ratio = p50(values) / p50(took[DEFAULT])
                rows.append([name, cache, f"{p50(values):.0f}", f"{p95(values):.0f}", f"{ratio:.2f}"])
    bench.stop()
    title = f"5. First load in Chromium, phone, until usable, {bench.times('loads')} loads each, in turns"
    return report.table(title, ["", "cache", "p50 ms", "p95 ms", "/ default"], rows)


def answers(bench: Bench, program: str) -> str:
    """Measure from a tap to the painted answer, on Today and in the player."""
    sample = bench.serve(servers.coach, bench.home("sample", records.sample))
    session = bench.serve(servers.coach, bench.home("session", records.in_session))
    with _chromium(program) as chromium:
        took = {
            figures.TODAY: taps.on_today(chromium, sample.url, bench.times("taps")),
            figures.PLAYER: taps.on_player(chromium, session.url, bench.times("taps")),
        }
    bench.stop()
    rows = []
    for page, of in took.items():
        every = [ms for values in of.values() for ms in values]
        bench.measured.put(figures.tap(page), p95(every))
        for name, values in [*of.items(), (f"all of {page}", every)]:
            rows.append(
                [name, str(len(values)), f"{p50(values):.0f}", f"{p95(values):.0f}", f"{max(values):.0f}"]
            )
    title = "6. From a tap to the frame that shows its answer, in Chromium, phone"
    return report.table(title, ["", "taps", "p50 ms", "p95 ms", "most"], rows)


def lateness(bench: Bench, program: str) -> str:
    """Play the sample's session in a tab that is seen and in one that is not, at the same time.

    Without a sound the one that is not seen would wait for somebody.
    """
    homes = {
        hidden: bench.home(name, records.in_session) for hidden, name in ((False, "seen"), (True, "unseen"))
    }
    players: dict[bool, cues.Player] = {}
    starts: list[float] = []
    with ExitStack() as stack:
        for hidden, home in homes.items():
            server = bench.serve(servers.coach, home)
            starts = records.cue_starts_s(home)
            players[hidden] = cues.Player(program, server.url, hidden=hidden)
            stack.callback(players[hidden].close)
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
    title = f"8. Cues of the real player over {bench.often['minutes']:g} minutes, both tabs at the same time"
    return report.table(title, ["", "", "target"], rows)
