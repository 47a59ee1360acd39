"""What leaves a record: how long a report takes, and how much memory a clinic's tables do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from coach.domain.patient_record import PatientRecord
from coach.export import formats
from coach.export.formats import Form
from coach.protocols.loader import default
from tests.support.review_samples import on_day, plausible
from tests.support.server import ROOT

DAYS = 84  # twelve weeks


@dataclass(frozen=True)
class Exported:
    """How long a clinic's export took, the most memory it held, and how much it wrote."""

    took_s: float
    most_mb: float
    size_mb: float


def twelve_weeks() -> PatientRecord:
    """Return a plausible course of twelve weeks."""
    history = plausible(DAYS).history
    now = on_day(DAYS, "12:00") + timedelta(minutes=1)
    return PatientRecord(
        UUID(int=1), default(), history, now, "0" * 64, len(history.entries), "Ada", "MK-1", {}, followed=True
    )


def made_s(form: Form) -> float:
    """Return how long a form of a fresh twelve-week history takes, in seconds."""
    patient_record = twelve_weeks()
    began = time.perf_counter()
    formats.make(form, patient_record)
    return time.perf_counter() - began


def clinic(folder: Path, out: Path) -> Exported:
    """Export a clinic by the command, as an operator does, in a process of its own."""
    env = {**os.environ, "COACH_HOME": str(folder), "COACH_MODE": "clinic"}
    began = time.perf_counter()
    command = [sys.executable, "-m", "coach", "export-clinic", "--out", str(out)]
    running = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError("the clinic was not exported")
    size = sum(file.stat().st_size for file in out.iterdir())
    return Exported(time.perf_counter() - began, usage.ru_maxrss / 1024, size / 1e6)
