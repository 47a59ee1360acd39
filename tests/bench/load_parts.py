"""The load: many users at once, beside the two empty apps; memory of a session; sessions that come and go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tests.bench import clinics, figures, load, records, report, servers, walks
from tests.bench.bench import DEFAULT, TUNED, Bench
from tests.bench.crowd import Plan, Seen, User
from tests.bench.report import p50, p95
from tests.support.server import AppServer

MIX = "a day's mix"
THINK_S = 5.0
CLOSED = 50  # users of the closed loop whose runs a second are the figure
HELD = 300  # users who are to be answered within `figures.MIX_P95`
TABS = 60  # sessions whose memory is measured
CHURNERS = 4
TRIES = 4
MOST = 800


class Load:
    """The servers of one run under load, and its lines."""

    def __init__(self, bench: Bench, window_s: float) -> None:
        self._bench = bench
        self.rows: list[list[str]] = []
        self.notes: list[str] = []
        self.window_s = window_s

    def measure(
        self,
        name: str,
        server: AppServer,
        users: Sequence[User],
        *,
        think_s: float = 0.0,
        window_s: float = 0.0,
    ) -> Seen:
        """Let users come to a server, and keep a line and notes of it."""
        plan = Plan(
            url=server.url,
            users=tuple(users),
            pids=tuple(servers.pids(server)),
            think_s=think_s,
            window_s=window_s or self.window_s,
            come_s=30 + len(users) * 0.3,
            least=len(users),
        )
        seen = load.drive(plan)
        self.rows.append(load.row(name, seen))
        self.notes += load.told(f"{name}, {len(users)} users", seen)
        print(".", end="", flush=True)
        return seen

    def table(self, title: str, *notes: str) -> str:
        """Return what was measured since the last table."""
        said = report.table(title, load.HEADS, self.rows, *notes, *self.notes)
        self.rows, self.notes = [], []
        return said


def _same(many: int, *, page: str = "", routed: bool = False, walk: str = "again") -> list[User]:
    return [User(walk, page, source=load.source(n), routed=routed) for n in range(many)]


def closed_loop(bench: Bench) -> str:
    """Load Today and the two empty apps without think time."""
    part = Load(bench, bench.often["window"])
    for name, make, home in (
        (DEFAULT, servers.default, bench.home("default")),
        (TUNED, servers.tuned, bench.home("tuned")),
        (figures.TODAY, servers.coach, bench.home("sample", records.sample)),
    ):
        server = bench.serve(make, home)
        for many in _levels(bench, 1, CLOSED, 200):
            seen = part.measure(name, server, _same(many, routed=name == figures.TODAY))
            if name == figures.TODAY and many == _scaled(bench, CLOSED):
                bench.measured.put(figures.CLOSED_LOOP, load.runs_a_second(seen), _note(many, CLOSED))
        bench.stop()
    return part.table(
        f"7a. Closed loop: each user asks again at once, {part.window_s:g} s each, one process",
        EXPLAINED,
    )


EXPLAINED = (
    "p50, p95, p99: rerun_time_ms. First: initial_load_time_ms, p50. CPU ms: of a run, all of the server's "
    "processes. CPU/own %: cpu_percent_avg, 100 is one core, and what the crowd itself took of the same cores. "
    "RSS MB: memory_rss_mb at the start, at most, at the end."
)


def think_time(bench: Bench) -> str:
    """Load a clinic with a day's mix, and the two empty apps, with think time; then look for the largest number."""
    part = Load(bench, bench.often["thinking"])
    for name, make, levels in (
        (DEFAULT, servers.default, (100,)),  # more it does not bear
        (TUNED, servers.tuned, (100, HELD, 500)),
    ):
        server = bench.serve(make, bench.home(make.__name__))
        for many in _levels(bench, *levels):
            part.measure(name, server, _same(many), think_s=THINK_S)
        bench.stop()
    crowd = bench.once("mix", lambda: Mix(bench))
    server = bench.serve(servers.busy_clinic, crowd.home)
    known = {
        many: part.measure(MIX, server, crowd.users(many), think_s=THINK_S)
        for many in _levels(bench, 100, HELD, 500)
    }
    most = _most(bench, part, server, crowd, known)
    bench.stop()
    note = f"Most users with p95 of at most {load.FINE_MS} ms and no error, one process: {most}."
    return part.table(
        f"7b. {THINK_S:g} s think time, {part.window_s:g} s each, one process", note, _shares(known)
    )


def two_workers(bench: Bench) -> str:
    """Load two servers behind nginx with a day's mix: both cores."""
    part, crowd = Load(bench, bench.often["thinking"]), bench.once("mix", lambda: Mix(bench))
    server = bench.serve(servers.two_workers, crowd.home)
    known = {
        many: part.measure(MIX, server, crowd.users(many), think_s=THINK_S)
        for many in _levels(bench, 100, HELD, 500)
    }
    held = known[_scaled(bench, HELD)]
    if held.rerun_time_ms:
        note = _note(held.users, HELD)
        bench.measured.put(figures.MIX_P95, p95(held.rerun_time_ms), note)
        bench.measured.put(figures.MIX_ERRORS, load.errors(held), note)
    most = _most(bench, part, server, crowd, known)
    bench.measured.put(figures.MOST_USERS, most)
    bench.stop()
    note = f"Most users with p95 of at most {load.FINE_MS} ms and no error, two workers: {most}."
    return part.table(
        f"7c. {THINK_S:g} s think time, {part.window_s:g} s each, two workers behind nginx",
        note,
        _shares(known),
    )


def _levels(bench: Bench, *levels: int) -> Sequence[int]:
    return sorted({_scaled(bench, each) for each in levels})


def _scaled(bench: Bench, users: int) -> int:
    """Return a number of users; a quick run has fewer."""
    return max(1, round(users * bench.often["users"]))


def _note(users: int, wanted: int) -> str:
    return "" if users == wanted else f"{users} users"


def _most(bench: Bench, part: Load, server: AppServer, crowd: Mix, known: dict[int, Seen]) -> int:
    def measure(many: int) -> Seen:
        return part.measure(MIX, server, crowd.users(many), think_s=THINK_S)

    most = round(MOST * bench.often["users"])
    return load.largest(measure, known, tries=bench.times("tries"), most=most)


def _shares(known: dict[int, Seen]) -> str:
    """Say of which acts the runs were, and how many sessions of exercises were done."""
    acts = {
        act: sum(seen.acts[act] for seen in known.values()) for seen in known.values() for act in seen.acts
    }
    runs = sum(number for act, number in acts.items() if act != "outbox") or 1
    shares = ", ".join(
        f"{act} {100 * number / runs:.0f} %"
        for act, number in sorted(acts.items(), key=lambda each: -each[1])
        if act != "outbox"
    )
    posts = [ms for seen in known.values() for ms in seen.post_time_ms]
    stored = f" {len(posts)} finished sessions were stored (POST p95 {p95(posts):.0f} ms)." if posts else ""
    return f"The mix: {shares}.{stored} {_by_act(known)}"


def _by_act(known: dict[int, Seen]) -> str:
    """Say for each number of users how long each act took, the slowest first."""
    told = [
        f"p95 ms of {many} users by act: {', '.join(f'{act} {ms:.0f}' for ms, act in slowest)}."
        for many, seen in sorted(known.items())
        if (slowest := sorted(((p95(ms), act) for act, ms in seen.act_time_ms.items()), reverse=True))
    ]
    return " ".join(told)


class Mix:
    """Everybody who may come to a busy clinic: of ten eight patients, each their own, and two of the staff."""

    def __init__(self, bench: Bench) -> None:
        most = round(MOST * bench.often["users"])
        patients = most * walks.PATIENTS_OF_TEN // 10 + 1
        times = -(-patients // clinics.BUSY)
        self.home = bench.home("busy", partial(clinics.busy, times=times))
        self._every = clinics.patients(self.home)
        # Not by the length of their records: any number of them is a fair sample.
        chosen = [self._every[n * 7919 % len(self._every)] for n in range(min(patients, len(self._every)))]
        self._patients = clinics.sign_in_patients(self.home, list(dict.fromkeys(chosen)))
        self._staff = clinics.sign_in_staff(self.home, most - len(self._patients) + 2)

    def users(self, many: int) -> list[User]:
        """Return so many of them."""
        return list(self._users(many))

    def _users(self, many: int) -> Iterator[User]:
        patients, staff = iter(self._patients), iter(self._staff)
        for n in range(many):
            if n % 10 < walks.PATIENTS_OF_TEN:
                yield User("patient", cookie=next(patients).cookie, source=load.source(n), routed=True)
            else:
                reviewed = tuple(self._every[n * 31 % len(self._every) :][:20] or self._every[:20])
                yield User(
                    "physiotherapist",
                    cookie=next(staff).cookie,
                    source=load.source(n),
                    routed=True,
                    patients=reviewed,
                )


def memory(bench: Bench) -> str:
    """Measure what a session holds with twelve weeks on its page, and whether sessions that left leave anything."""
    rows = []
    home = bench.home("twelve-weeks", partial(records.past, most=100_000, weeks=records.TWELVE))
    tabs = max(10, round(TABS * bench.often["users"]))
    for page in ("", "progress", "diary"):
        server = bench.serve(servers.coach, home)
        stay = partial(_same, page=page, routed=True, walk="look and stay")
        before = _drive(server, stay(4), window_s=2)  # the record itself, the charts' rules
        seen = _drive(server, stay(tabs), window_s=bench.often["window"])
        each = (seen.memory_rss_mb_peak - seen.memory_rss_mb_start) / tabs
        rows.append(
            [
                f"{tabs} sessions of {page or 'today'}, 12 weeks",
                f"{before.memory_rss_mb_start:.0f}",
                f"{seen.memory_rss_mb_start:.0f}/{seen.memory_rss_mb_peak:.0f}/{seen.memory_rss_mb_end:.0f}",
                f"{each:.2f}",
                str(load.errors(seen)),
            ]
        )
        if page == "progress":
            bench.measured.put(figures.MEMORY, each)
        bench.stop()
    heads = ["", "before, MB", "RSS MB", "MB a session", "errors"]
    return report.table("7d. Memory of a session", heads, rows)


def churn(bench: Bench) -> str:
    """Let sessions come, look and go for a while."""
    server = bench.serve(servers.coach, bench.home("sample", records.sample))
    # Until as many are kept for a phone that comes back as are kept at most.
    filled = _drive(server, _same(CHURNERS, routed=True, walk="come and go"), window_s=bench.often["fill_s"])
    minutes = bench.often["churn"]
    seen = _drive(server, _same(CHURNERS, routed=True, walk="come and go"), window_s=minutes * 60)
    bench.stop()
    rows = [
        [
            name,
            str(each.sessions_completed),
            str(load.errors(each)),
            f"{p50(each.initial_load_time_ms):.0f}" if each.initial_load_time_ms else "-",
            f"{p95(each.initial_load_time_ms):.0f}" if each.initial_load_time_ms else "-",
            f"{each.memory_rss_mb_start:.0f}/{each.memory_rss_mb_peak:.0f}/{each.memory_rss_mb_end:.0f}",
            f"{100 * load.growth(each):+.1f} %",
        ]
        for name, each in (("until no more are kept", filled), (f"then {minutes:g} minutes", seen))
    ]
    if seen.sessions_completed:
        bench.measured.put(figures.CHURN, load.growth(seen), f"{seen.sessions_completed} sessions")
    heads = ["", "sessions", "errors", "first p50", "p95 ms", "RSS MB", "second half"]
    return report.table("7e. Sessions of Today that come, look and go, four at a time", heads, rows)


def _drive(server: AppServer, users: Sequence[User], *, window_s: float) -> Seen:
    plan = Plan(server.url, tuple(users), tuple(servers.pids(server)), window_s=window_s)
    return load.drive(plan)
