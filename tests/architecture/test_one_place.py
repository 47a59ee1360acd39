"""What is worked out in one place is worked out nowhere else: a copy goes its own way when the rule changes."""

from __future__ import annotations

import re

import pytest

from tests.support.server import ROOT

SOURCES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "coach").rglob("*.py"))
}

#: What it is, how code looks that works it out, and the file that may: two where one makes what the other keeps.
ONCE = {
    "the place of the entry recorded last": (
        r"entries\[-1\]\.seq|max\([^)]*\.seq for \w+ in (?:\w+\.)*(?:entries|counted)\)", "coach/domain/history.py"
    ),
    "how a fact with its time becomes an entry": (
        r"(?<![\w.])(?<!class )(?:Entry|Draft)\(|local_date=",
        "coach/desk/installation/recording.py, coach/records/entries/rows.py, coach/scenarios/story.py",
    ),
    "which scores are of a whole day": (
        r"PainWhen\.AVERAGE_24H, PainWhen\.WORST_24H|RIGHT_NOW \|", "coach/domain/facts.py"
    ),
    "what a pain score was about, in words: one table an audience": (
        r"PainWhen\.BASELINE: N?_\(|\"(?:Before exercise|Average of the day)\"",
        "coach/text/pain.py, coach/text/clinic_entries.py, coach/export/fhir/pain.py",
    ),
    "what a recorded fact is in words, one file an audience; and as values of a table": (
        r"case (?:facts\.)?Drowsy\(\w", "coach/text/entries.py, coach/text/clinic_entries.py, coach/export/tables/columns.py"
    ),
    "how a file is handed out": (r"content-disposition", "coach/web/downloads.py"),
    "a day or a time in words: long ones, and short ones for charts and tables": (
        r"formats\.day\(", "coach/text/times.py, coach/text/short_dates.py"
    ),
    "a time in figures: for people in one file, as it is stored where it is stored": (
        r"strftime\(|%H:%M",
        "coach/i18n/formats.py, coach/text/times.py, coach/domain/nights.py, coach/domain/reminders.py,"
        " coach/desk/patient/settings.py,"
        " coach/scenarios/notation.py, coach/records/upkeep/backup.py",
    ),
    "a length of time in words": (
        r"ngettext\(\s*\"\{n\} (?:second|minute|hour|day|week)\"", "coach/text/times.py"
    ),
    "how a command refuses": (r"\(click\.ClickException\)", "coach/cli/errors.py"),
    "which insert the database knows that may meet a row": (
        r"(?:postgresql|sqlite)\.insert", "coach/records/database/upsert.py"
    ),
    "how an entry names the physiotherapist who wrote it": (
        r"CLINICIAN \+ |\{CLINICIAN\}|== CLINICIAN|[\"']physiotherapist:",
        "coach/domain/history.py",
    ),
    "which request for another time waits": (r"\.of\((?:facts\.)?TimeDecided\)", "coach/domain/plan.py"),
    "which set-up answer opens or closes something": (
        r"closes is (?:not )?Closes\.NOTHING and .*Reply\.|reply is not Reply\.NO|reply is Reply\.YES",
        "coach/domain/set_up.py",
    ),
    "which language the browser asks for": (r"context\.locale", "coach/ui/parts/browser.py"),
    "which word of the clinic counts for an answer": (r"\.of\((?:facts\.)?ClinicAgreed\)", "coach/domain/set_up.py"),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "home"), ONCE.values(), ids=ONCE)
def test_it_is_worked_out_in_one_place(pattern: str, home: str):
    found = {name: len(re.findall(pattern, source)) for name, source in SOURCES.items()}
    assert {name for name, n in found.items() if n} == set(home.split(", "))
