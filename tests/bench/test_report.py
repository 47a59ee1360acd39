"""The report names every figure with its target, judges it, and is written between its two marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import document, figures, load, report
from tests.bench.crowd import Seen
from tests.support.documents import COLUMNS

#: The figures that were promised, each with its target.
PROMISED = {
    **{
        f"CPU of a run / default: {page}": "at most 0.3" for page in ("Today", "Session", "Guide", "Settings")
    },
    **{f"CPU of a run / default: {page}": "at most 0.5" for page in ("Progress", "Diary")},
    "CPU of a run / default: Caseload of 100": "at most 0.6",
    "CPU of a run / default: Review of 12 weeks": "at most 0.9",
    "Messages of a run: Today": "at most 30",
    "kB of a run: Today": "at most 15",
    "Messages of a run: Diary": "at most 60",
    "kB of a run: Diary": "at most 25",
    "Messages of a run: Progress": "at most 40",
    "kB of a run: Progress": "at most 60",
    "Today, closed loop, one process: runs/s": "at least 90",
    "300 users, a day's mix, two cores: p95 ms": "at most 150",
    "300 users, a day's mix, two cores: errors": "at most 0",
    "Most users with p95 of at most 100 ms, two cores": "none",
    "One new entry, 10,000 entries / 10": "at most 1.5",
    "Memory of a session with 12 weeks, MB": "at most 0.5",
    "Growth of memory, second half of the churn": "at most 0.02",
    "First load in Chromium / default, cold": "at most 0.9",
    "First load in Chromium / default, warm": "at most 0.7",
    "Tap to painted answer, p95 ms: Today": "at most 100",
    "Tap to painted answer, p95 ms: the player": "at most 100",
}


def test_every_figure_stands_in_the_report_with_its_target():
    measured = figures.Measured()
    measured.put(figures.COLD, 0.904)
    measured.put(figures.WARM, 0.706)
    measured.put(figures.CLOSED_LOOP, 89.5)
    measured.put(figures.MOST_USERS, 250, "two minutes")
    rows = {name: rest for name, *rest in measured.rows()}
    assert {name: target for name, (target, _value, _verdict) in rows.items()} == PROMISED
    assert rows[figures.COLD][1:] == ["0.9", "met"]
    assert rows[figures.WARM][1:] == ["0.71", "NOT MET"]
    assert rows[figures.CLOSED_LOOP][1:] == ["89.5", "NOT MET"]
    assert rows[figures.MOST_USERS][1:] == ["250 (two minutes)", ""]
    assert rows[figures.NEW_ENTRY][1:] == ["not measured", ""]
    with pytest.raises(KeyError):
        measured.put("CPU of a run / default: Tomorrow", 1)


def test_a_report_takes_the_place_of_the_last_one_and_of_nothing_else(tmp_path: Path):
    file = tmp_path / "performance.md"
    file.write_text(f"# By hand\n\n{document.BEGINS}\n\nthe last one\n\n{document.ENDS}\n\nmore by hand\n")
    report = document.written(
        figures.Measured(), f"{'a processor ' * 20}\n", ["Not asked for: cues."], ["1. A part\n\n  a table\n"]
    )
    document.put(report, file)
    document.put(report, file)
    said = file.read_text()
    assert said.startswith("# By hand\n")
    assert said.endswith("\n\nmore by hand\n")
    assert said.count("Not asked for: cues.") == said.count("### 1. A part") == 1
    assert "the last one" not in said
    assert all(f"| {name} | {target} |" in said for name, target in PROMISED.items())
    assert max(map(len, said.splitlines())) <= COLUMNS


def test_the_document_in_the_repository_has_a_place_for_it():
    said = document.FILE.read_text(encoding="utf-8")
    assert said.count(document.BEGINS) == said.count(document.ENDS) == 1


def seen(users: int, p95_ms: float, *errors: str) -> Seen:
    return Seen(users=users, rerun_time_ms=[p95_ms] * 40, errors=Counter(errors))


@pytest.mark.parametrize(
    ("holds", "found"), [(330, 325), (60, 50), (10, 0), (5_000, 800)], ids=lambda number: str(number)
)
def test_the_largest_number_of_users_is_found_by_halves(holds: int, found: int):
    tried: list[int] = []

    def measure(users: int) -> Seen:
        tried.append(users)
        return seen(users, 50 if users <= holds else 500)

    known = {users: measure(users) for users in (100, 300, 500)}
    assert load.largest(measure, known, tries=6, most=800) == found
    assert len(tried) <= 9


def test_a_level_with_an_error_is_not_fine_however_fast():
    assert load.is_fine(seen(10, 20))
    assert not load.is_fine(seen(10, 20, "outbox: answered with 503"))
    assert not load.is_fine(seen(10, 101))
    assert not load.is_fine(Seen(users=10))


def memory(*per_session: float) -> Iterator[tuple[int, float]]:
    for number in range(400):
        yield number, 200 + sum(each * max(0, number - 100 * at) for at, each in enumerate(per_session))


def test_memory_that_was_filled_once_is_flat_and_one_that_leaks_is_not():
    assert load.growth(Seen(memory=list(memory(0.5, -0.5)))) == pytest.approx(0)
    assert load.growth(Seen(memory=list(memory(0.5)))) > 0.2
    assert load.growth(Seen()) == 0


def test_a_line_of_many_users_on_a_slow_machine_can_be_read_in_a_terminal():
    slow = Seen(
        users=1_000,
        rerun_time_ms=[59_999.9] * 4_000,
        initial_load_time_ms=[59_999.9],
        errors=Counter(some=9_999),
        duration_seconds=10,
        cpu_ms=20_000,
        crowd_cpu_ms=10_000,
        memory_rss_mb_start=1_000,
        memory_rss_mb_peak=2_000,
        memory_rss_mb_end=2_000,
    )
    lines = report.table("", load.HEADS, [load.row("empty, default", slow)]).splitlines()
    assert max(map(len, lines)) <= COLUMNS
