"""Lets a crowd come to a server, bounded in users and time, and tells what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench.crowd import LEAVE_S, Plan, Seen
from tests.bench.report import p50, p95, p99
from tests.support.server import ROOT

MOST_USERS = 1_000
SPARE_S = 60  # beyond what a plan takes, before its crowd is ended
OF_AN_ADDRESS = 100  # users who come from the same loopback address
FINE_MS = 100  # p95 up to which a level is fine

HEADS = ("", "users", "runs/s", "p50", "p95", "p99", "err", "first", "CPU ms", "CPU/own %", "RSS MB")


def source(number: int) -> str:
    """Return the loopback address that a user comes from."""
    return f"127.0.0.{2 + number // OF_AN_ADDRESS}"


def drive(plan: Plan) -> Seen:
    """Let the users of a plan come, in a process of their own; whatever happens, it ends and says what it saw."""
    if len(plan.users) > MOST_USERS:
        raise ValueError(f"at most {MOST_USERS} users")
    most_s = 2 * plan.come_s + plan.window_s + 2 * LEAVE_S + SPARE_S
    with tempfile.TemporaryDirectory(prefix="coach-crowd-") as folder:
        asked, answer = Path(folder) / "plan.json", Path(folder) / "answer.json"
        asked.write_text(json.dumps(asdict(plan)))
        command = [sys.executable, "-m", "tests.bench.crowd", str(asked), str(answer)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        try:
            ran = subprocess.run(
                command, cwd=ROOT, env=env, timeout=most_s, capture_output=True, text=True, check=False
            )
            why = ran.stderr.strip().rpartition("\n")[2] or f"ended with {ran.returncode}"
        except subprocess.TimeoutExpired:
            why = f"took more than {most_s:.0f} s"
        if not answer.exists():
            return Seen(users=len(plan.users), errors=Counter({f"the crowd itself: {why}": 1}))
        said = json.loads(answer.read_text())
    return Seen(**said | {"acts": Counter(said["acts"]), "errors": Counter(said["errors"])})


def errors(seen: Seen) -> int:
    """Return how often something went wrong."""
    return sum(seen.errors.values())


def runs_a_second(seen: Seen) -> float:
    """Return how many runs were answered in a second."""
    return len(seen.rerun_time_ms) / seen.duration_seconds if seen.duration_seconds else 0.0


def is_fine(seen: Seen) -> bool:
    """Tell whether everybody was answered well and fast."""
    return bool(seen.rerun_time_ms) and not errors(seen) and p95(seen.rerun_time_ms) <= FINE_MS


def row(name: str, seen: Seen) -> list[str]:
    """Return a line of a table with `HEADS`."""
    times, ms = seen.rerun_time_ms, seen.duration_seconds * 1000
    first = f"{p50(seen.initial_load_time_ms):.0f}" if seen.initial_load_time_ms else "-"
    if not times:
        return [name, str(seen.users), "0", *["-"] * 3, str(errors(seen)), first, *["-"] * 3]
    return [
        name,
        str(seen.users),
        f"{runs_a_second(seen):.1f}",
        f"{p50(times):.0f}",
        f"{p95(times):.0f}",
        f"{p99(times):.0f}",
        str(errors(seen)),
        first,
        f"{seen.cpu_ms / len(times):.1f}",
        f"{100 * seen.cpu_ms / ms:.0f}/{100 * seen.crowd_cpu_ms / ms:.0f}",
        f"{seen.memory_rss_mb_start:.0f}/{seen.memory_rss_mb_peak:.0f}/{seen.memory_rss_mb_end:.0f}",
    ]


def largest(measure: Callable[[int], Seen], known: dict[int, Seen], *, tries: int, most: int) -> int:
    """Return the largest number of users that is fine, to a step of 25, in at most so many tries; 0 if none is.

    `known` are the levels that were measured already; those of the tries are added.
    """
    for _try in range(tries):
        fine = max((users for users, seen in known.items() if is_fine(seen)), default=0)
        bad = min((users for users, seen in known.items() if users > fine), default=0)
        following = (fine + bad) // 2 if bad else min(2 * fine, most)
        following = round(following / 25) * 25
        if following in known or not 0 < following <= most:
            break
        known[following] = measure(following)
    return max((users for users, seen in known.items() if is_fine(seen)), default=0)


def growth(seen: Seen) -> float:
    """Return by which part the memory grew from the middle of the sessions that came to the last of them."""
    middle = (seen.memory[0][0] + seen.memory[-1][0]) / 2 if seen.memory else 0
    later = [mb for number, mb in seen.memory if number >= middle]
    if len(later) < 10:
        return 0.0
    tenth = len(later) // 10
    return p50(later[-tenth:]) / p50(later[:tenth]) - 1


def told(name: str, seen: Seen) -> list[str]:
    """Return what went wrong most often, each with its number."""
    often = sorted(seen.errors.items(), key=lambda each: -each[1])[:5]
    return [f"{name}: {kind} ({number})" for kind, number in often]
