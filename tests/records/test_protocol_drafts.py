"""Steps of drafts are only ever added to, one after the other, and one that was changed is found."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.domain.protocol_draft import DraftAct
from coach.records.clinic.protocol_drafts import ProtocolDrafts, text_digest
from coach.records.database import schema
from coach.records.database.errors import RecordUnavailable
from coach.records.entries.store import KeyReused, Overtaken, Store
from coach.records.upkeep import archive, archive_import
from coach.records.upkeep.archive import ArchiveFault, ArchiveRefused
from coach.records.upkeep.verify import FindingKind, examine
from tests.support.archives import archive_of_a_clinic, export, members, sealed
from tests.support.drafts import add_draft
from tests.support.record_making import tamper

KIM = UUID(int=99)


def test_what_was_saved_comes_back_in_order_and_once(store: Store):
    drafts = ProtocolDrafts(store)
    steps, others = add_draft(store), add_draft(store)
    drafts.add(steps[0], 'title = "Größe 1"\n')
    assert drafts.steps() == {steps[0].draft: steps, others[0].draft: others}
    assert drafts.steps(steps[0].draft) == {steps[0].draft: steps}
    assert drafts.steps(uuid4()) == {}
    assert [drafts.content(each.id) for each in steps] == [
        'title = "Größe 1"\n', 'title = "Größe 2"\n', None,
    ]  # fmt: skip


def test_a_step_after_one_that_was_not_seen_is_refused(store: Store):
    drafts = ProtocolDrafts(store)
    *_before, last = add_draft(store)
    for seq in (last.seq, last.seq + 2):
        with pytest.raises(Overtaken):
            drafts.add(replace(last, id=uuid4(), seq=seq), None)
    assert len(drafts.steps()[last.draft]) == 3


def test_a_key_is_of_one_step(store: Store):
    drafts = ProtocolDrafts(store)
    first, *_others = add_draft(store)
    for other in (replace(first, draft=uuid4()), replace(first, account=KIM), replace(first, note="x")):
        with pytest.raises(KeyReused):
            drafts.add(other, 'title = "Größe 1"\n')
    assert len(drafts.steps()) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE protocol_draft SET act = 'agreed'", "DELETE FROM protocol_draft"]
)
def test_the_database_refuses_to_change_or_remove_one(store: Store, statement: str):
    steps = add_draft(store)
    with pytest.raises(RecordUnavailable), store.writing() as connection:
        connection.exec_driver_sql(statement)
    assert ProtocolDrafts(store).steps() == {steps[0].draft: steps}


SPOILT = {
    "act = 'change_asked'": 3,
    f"account = '{KIM}'": 3,
    "content = 'x'": 2,
    f"content = 'x', content_digest = '{text_digest('x')}'": 2,
    "note = 'x'": 2,
    "seq = 7": 3,
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_one_that_was_changed_is_found_and_not_exported(path: Path, tmp_path: Path, spoil: str):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        steps = add_draft(store)
        assert examine(url).findings == []
        bad = steps[SPOILT[spoil] - 1].id
        tamper(
            url,
            "DROP TRIGGER protocol_draft_unchanged",
            f"UPDATE protocol_draft SET {spoil} WHERE id = '{bad}'",
        )
        found = [(each.kind, each.detail) for each in examine(url).findings]
        assert (FindingKind.DRAFT, str(bad)) in found
        with pytest.raises(ArchiveRefused) as refused:
            export(store, tmp_path / "a.zip")
        assert refused.value.why is ArchiveFault.FAULTY_RECORD


def test_one_that_is_missing_is_found(path: Path):
    url = f"sqlite:///{path}"
    with closing(Store.open(url)) as store:
        _first, second, third = add_draft(store)
    tamper(url, "DROP TRIGGER protocol_draft_kept", f"DELETE FROM protocol_draft WHERE id = '{second.id}'")
    found = [(each.kind, each.detail) for each in examine(url).findings]
    assert (FindingKind.DRAFT, str(third.id)) in found


def test_an_archive_carries_them(store: Store, tmp_path: Path):
    steps = {each[0].draft: each for each in (add_draft(store), add_draft(store))}
    export(store, tmp_path / "one.zip")
    with closing(Store.open(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        archive_import.take_in(other, tmp_path / "one.zip")
        drafts = ProtocolDrafts(other)
        assert drafts.steps() == steps
        for each in (step for draft in steps.values() for step in draft):
            assert drafts.content(each.id) == ProtocolDrafts(store).content(each.id)
    files = [name for name in members(tmp_path / "one.zip") if name.startswith("protocols/")]
    assert len(files) == 2  # each content once


SPOIL = {
    "act": "change_asked",
    "account": str(KIM),
    "note": "x",
    "seq": 4,
    "content_digest": "0" * 64,
    "more": "x",
    "id": None,
}


@pytest.mark.parametrize("column", SPOIL)
def test_an_archive_with_a_changed_one_is_not_taken_in(tmp_path: Path, column: str):
    with closing(Store.open(f"sqlite:///{tmp_path / 'one.db'}")) as store:
        add_draft(store)
        export(store, tmp_path / "one.zip")
    content = members(tmp_path / "one.zip")
    said = json.loads(content[archive.IN_FORCE])
    *_first, second, third = said["drafts"]
    third[column] = SPOIL[column] or second["id"]
    refuses(content | {archive.IN_FORCE: json.dumps(said).encode()}, tmp_path)


def test_an_archive_with_a_missing_one_is_not_taken_in(tmp_path: Path):
    with closing(Store.open(f"sqlite:///{tmp_path / 'one.db'}")) as store:
        second = add_draft(store)[1]
        export(store, tmp_path / "one.zip")
    content = members(tmp_path / "one.zip")
    said = json.loads(content[archive.IN_FORCE])
    said["drafts"] = [each for each in said["drafts"] if each["id"] != str(second.id)]
    del content[f"protocols/{second.content_digest}.toml"]
    refuses(content | {archive.IN_FORCE: json.dumps(said).encode()}, tmp_path)


def refuses(content: dict[str, bytes], folder: Path) -> None:
    sealed(content, folder / "two.zip")
    with pytest.raises(ArchiveRefused) as refused:
        archive_import.check(folder / "two.zip")
    assert (refused.value.why, refused.value.what) == (ArchiveFault.DAMAGED, archive.IN_FORCE)


def test_a_whole_clinics_archive_has_them_and_an_older_one_has_none(tmp_path: Path):
    content = members(archive_of_a_clinic(tmp_path))
    said = json.loads(content[archive.IN_FORCE])
    for each in said.pop("drafts"):
        content.pop(f"protocols/{each['content_digest']}.toml", None)
    sealed(content | {archive.IN_FORCE: json.dumps(said).encode()}, tmp_path / "two.zip")
    assert archive_import.check(tmp_path / "two.zip").accounts == 3


def test_every_act_fits_the_table(store: Store):
    at = add_draft(store)[0].at
    with store.writing() as connection:
        for n, act in enumerate(DraftAct):
            row = {
                "id": uuid4(), "draft": uuid4(), "seq": n + 1, "at": at, "account": KIM,
                "role": "", "act": act.value, "based_on": "", "protocol": "", "title": "", "version": "",
                "content_digest": "0" * 64, "content": "" if act is DraftAct.SAVED else None, "note": "",
                "digest": "0" * 64,
            }  # fmt: skip
            connection.execute(schema.protocol_draft.insert().values(row))
