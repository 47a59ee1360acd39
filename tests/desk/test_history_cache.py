"""What the server reads of a record again: the last entry, and what is new."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from coach.desk.installation.recording import NewEntry
from coach.domain.facts import Message, Pain, PainWhen
from coach.domain.history import Entry
from coach.domain.red_flags import open_flags
from coach.records.entries.store import Store
from tests.support.homes import settled
from tests.support.records import record


def test_what_is_new_alone_is_read_and_the_rest_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows: list[int] = []
    entries = Store.entries

    def counted(store: Store, patient: UUID, *, after_seq: int = 0) -> list[Entry]:
        found = entries(store, patient, after_seq=after_seq)
        rows.append(len(found))
        return found

    desk = settled(tmp_path)
    history, course, flags = desk.history(), desk.case.course, open_flags(desk.case)
    settings = history.settings
    monkeypatch.setattr(Store, "entries", counted)
    assert desk.history() is history
    assert rows == [1]
    record(desk, NewEntry(Message("a word")), NewEntry(Pain(2, PainWhen.NOW)))
    rows.clear()
    longer = desk.history()
    assert rows == [3]
    assert longer.entries[: len(history.entries)] == history.entries
    assert longer.settings is settings
    assert (desk.case.course is course, open_flags(desk.case) is flags) == (True, True)
