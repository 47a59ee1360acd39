"""The bench's words: tables in plain text, and whether each figure meets its target."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles
from textwrap import wrap

GAP = "  "
WIDTH = 98
TOO_BUSY = 0.5  # waiting programs for each core, from where on times are not worth much


def p50(values: Sequence[float]) -> float:
    """Return the median."""
    return _quantile(values, 50)


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return _quantile(values, 95)


def p99(values: Sequence[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    return _quantile(values, 99)


def _quantile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def verdict(value: float, most: float) -> str:
    """Say a target and whether the value meets it; a value is judged as it is printed."""
    return f"at most {most:g}: {'ok' if round(value, 2) <= most else 'OVER'}"


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *notes: str) -> str:
    """Return a table with notes below; the first column stands left, the last too, the others right."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    last = len(heads) - 1
    gap = GAP if sum(widths) + len(GAP) * len(heads) <= WIDTH else " "
    text = [
        gap.join(
            cell.ljust(width) if i in (0, last) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    below = [line for note in notes for line in wrap(note, WIDTH - len(GAP))]
    return "\n".join(
        [
            title,
            "",
            *(GAP + line for line in text),
            *([""] if below else []),
            *(GAP + each for each in below),
            "",
        ]
    )


def machine(chromium: str | None) -> str:
    """Return what the figures depend on."""
    packages = " ".join(
        f"{name} {version(name)}" for name in ("streamlit", "uvicorn", "uvloop", "pandas", "altair")
    )
    return "\n".join(
        [
            f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()} {platform.release()}.",
            f"Python {platform.python_version()}, {packages}, {_chromium(chromium)}.",
            load(),
            "",
        ]
    )


def load(when: str = "start") -> str:
    """Say how busy the machine is with other things, at the start or with the bench's own work, at the end."""
    busy = os.getloadavg()[0]
    told = f"Load of the machine at the {when}: {busy:.1f}"
    if when == "start" and busy > TOO_BUSY * (os.cpu_count() or 1):
        told += "; it is busy, times are longer than they need be"
    return f"{told}."


def _chromium(program: str | None) -> str:
    """Return the browser's own name and version."""
    if program is None:
        return "no browser"
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> float:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / 1e6
    return 0.0


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
