"""The last report as a part of docs/performance.md; what stands around it is written by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from tests.bench.figures import Measured
from tests.bench.report import WIDTH
from tests.support.server import ROOT

FILE = ROOT / "docs" / "performance.md"
BEGINS, ENDS = "<!-- The report begins: `make bench` writes it. -->", "<!-- The report ends. -->"


def written(measured: Measured, machine: str, cut: Sequence[str], parts: Sequence[str]) -> str:
    """Return a report in Markdown: the machine, what was cut, every figure with its target, the parts."""
    lines = [fill(line, WIDTH) for line in machine.splitlines() if line]
    lines += ["", fill("Cut: " + (" ".join(cut) or "nothing."), WIDTH), ""]
    lines += ["| figure | target | measured | |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in measured.rows()]
    for part in parts:
        title, _gap, table = part.partition("\n")
        lines += ["", f"### {title}", "", "```text", table.strip("\n"), "```"]
    return "\n".join(lines)


def put(report: str, file: Path = FILE) -> None:
    """Write a report in the place of the last one."""
    before, rest = file.read_text(encoding="utf-8").split(BEGINS, 1)
    _last, after = rest.split(ENDS, 1)
    report = re.sub(r"[ \t]+$", "", report, flags=re.MULTILINE)
    file.write_text(f"{before}{BEGINS}\n\n{report}\n\n{ENDS}{after}", encoding="utf-8")
