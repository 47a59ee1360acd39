"""Drafts of a clinic's protocol: saved by several, approved by a second person, put in force, gone back from."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.desk import Installation, NotFound
from coach.desk.access.permissions import Role
from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import ProtocolDraft, ProtocolDraftsDesk
from coach.desk.clinic.protocol_in_force import SIZE_LIMIT
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.installation import clock as desk_clock
from coach.domain.errors import BadValue, Fault
from coach.protocols import loader
from coach.records.clinic.audit import Audit, AuditLine
from coach.records.clinic.protocol_drafts import text_digest
from coach.records.database import current_actor
from coach.records.database.errors import Reason, RecordUnavailable
from tests.support.clinics import Clinic, make_clinic
from tests.support.drafts import SHIPPED, Work, changed
from tests.support.homes import Clock

DAY = timedelta(days=1)
TURNS = count()
WHY = "The surgeons ask for it."
SHIPPED_FILE = loader.DEFAULT.read_bytes()


def digest(content: bytes) -> str:
    return text_digest(content.decode())


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One clinic on PostgreSQL for all of these tests: each has a draft of its own."""
    desk_clock.use(Clock())
    url = request.getfixturevalue("postgres").new_record()
    made = make_clinic(tmp_path_factory.mktemp("server"), url)
    yield made
    made.installation.store.close()


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def clinic(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    if request.param == "server":
        made = request.getfixturevalue("server")
        clock.now += next(TURNS) * 10 * DAY  # after all that the tests before put in force
        desk_clock.use(clock)
    else:
        made = make_clinic(tmp_path)
    made.installation.protocol_registry.looks_again_after_s = 0
    yield made
    if request.param == "file":
        made.installation.store.close()


@pytest.fixture
def work(clinic: Clinic) -> Work:
    """Return a draft of Ann's: a copy of the protocol that comes with Coach."""
    made = Work(clinic.installation, clinic.people["ann"])
    made.start(id=f"spine-{made.id.hex[:8]}", title="Spine")
    return made


@contextlib.contextmanager
def refused(fault: Fault) -> Iterator[pytest.ExceptionInfo[BadValue]]:
    with pytest.raises(BadValue) as found:
        yield found
    assert found.value.fault is fault


def approved(work: Work, clinic: Clinic) -> bytes:
    """Change the draft, and have Ken agree to it."""
    content = changed(work.there().content)
    work.save(content)
    work.say(clinic.people["ken"])
    return content


# making and saving


def test_a_draft_begins_as_a_copy_that_is_in_order(work: Work, clinic: Clinic, clock: Clock):
    there = work.there()
    protocol = loader.read(there.content, "p")
    assert (protocol.id, protocol.title, protocol.version) == (there.protocol, "Spine", "1.0.0")
    assert (there.digest, there.based_on, there.revision) == (protocol.digest, SHIPPED.digest, 1)
    assert (there.made_by, there.changed_by, there.changed_at) == (("Ann",), "Ann", clock.now)
    assert (there.approved, there.discarded, there.version_taken) == (False, False, False)
    assert there.in_force_from is None
    assert [each.id for each in work.desk().drafts()].count(work.id) == 1
    assert work.desk(clinic.people["ken"]).draft(work.id).own_work is False
    assert there.own_work is True


def test_what_is_saved_stands_there_byte_by_byte_also_with_faults(work: Work, clinic: Clinic):
    broken = work.there().content.replace(b"reps = ", "größe = ".encode(), 1) + b"\r\n[[[ "
    work.save(broken, clinic.people["adam"])
    there = work.there()
    assert (there.content, there.revision, there.made_by) == (broken, 2, ("Ann", "Adam"))
    assert (there.title, there.version) == ("Spine", "1.0.0")  # as they were read last
    work.save(broken)  # nothing new: no work of anybody's
    assert work.there().revision == 2


def test_what_is_wrong_with_a_draft_is_counted_once_for_each_content(work: Work):
    sound = changed(work.there().content, 7)
    work.save(edits.changed(sound, {("rules", "pain_limit"): 11}))
    wrong, reads = work.there().digest, count()

    def read() -> ProtocolDraft:
        next(reads)
        return work.there()

    assert [edits.fault_count(wrong, read) for _time in range(3)] == [1, 1, 1]
    assert next(reads) == 1
    work.save(sound)
    assert edits.fault_count("a digest from before somebody saved", read) == 0
    assert [edits.fault_count(each, read) for each in (work.there().digest, wrong)] == [0, 1]
    assert next(reads) == 3


def test_every_revision_stays_with_its_content_and_who_saved_it(work: Work, clinic: Clinic, clock: Clock):
    first, second = work.there().content, changed(work.there().content, 7)
    clock.now += timedelta(hours=1)
    work.save(second, clinic.people["ken"])
    work.say(clinic.people["sam"], agrees=False, note="Say why.")
    work.save(first)
    desk = work.desk(clinic.people["sam"])
    found = desk.revisions(work.id)
    assert [(each.number, each.who) for each in found] == [(3, "Ann"), (2, "Ken"), (1, "Ann")]
    assert [each.digest for each in found] == [digest(first), digest(second), digest(first)]
    assert found[1].at == clock.now
    assert [desk.revision_content(work.id, each.number) for each in found] == [first, second, first]
    for number in (0, 4):
        with pytest.raises(NotFound):
            desk.revision_content(work.id, number)
    with pytest.raises(NotFound):
        desk.revisions(uuid4())


def test_the_second_of_two_who_save_is_told_and_nothing_is_lost(work: Work, clinic: Clinic):
    first, second = changed(work.there().content, 6), changed(work.there().content, 7)
    work.save(first, clinic.people["ken"], revision=1)
    with refused(Fault.DRAFT_SAVED_MEANWHILE) as told:
        work.save(second, revision=1)
    assert told.value.detail == {"who": "Ken"}
    assert work.there().content == first
    work.save(second, revision=2)
    assert (work.there().content, work.there().made_by) == (second, ("Ann", "Ken"))


def test_of_two_at_the_same_moment_one_is_stored_and_one_is_told(work: Work, clinic: Clinic):
    people = [clinic.people[name] for name in ("ann", "ken", "sam", "adam")]

    def save(n: int) -> Callable[[], object]:
        return lambda: work.save(changed(SHIPPED_FILE, 6 + n), people[n], revision=1)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(copy_context().run, save(n)) for n in range(4)]
        told = [each.exception() for each in asked]
    assert sum(each is None for each in told) == 1
    assert {getattr(each, "fault", None) for each in told} == {None, Fault.DRAFT_SAVED_MEANWHILE}
    assert work.there().revision == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"x" * (SIZE_LIMIT + 1), Fault.DRAFT_TOO_LARGE),
        (b"title = '\xff'", Fault.DRAFT_NOT_TEXT),
        (b"title = '\0'", Fault.DRAFT_NOT_TEXT),
    ],
)
def test_what_cannot_be_stored_is_refused(work: Work, content: bytes, fault: Fault):
    with refused(fault):
        work.save(content)
    assert work.there().revision == 1


def test_the_same_key_twice_is_the_same_act(work: Work, clinic: Clinic):
    key, ken, adam = uuid4(), clinic.people["ken"], clinic.people["adam"]
    work.start(title="Another")
    assert (work.there().title, work.there().revision) == ("Spine", 1)
    content = changed(work.there().content)
    for _again in range(2):
        work.save(content, revision=1, key=key)
    with refused(Fault.KEY_REUSED):
        work.save(changed(content, 9), key=key)
    said, digest = uuid4(), work.there().digest
    for _again in range(2):
        work.say(ken, key=said, digest=digest)
    with refused(Fault.KEY_REUSED):
        work.say(ken, key=said, digest=digest, agrees=False, note="No.")
    put = uuid4()
    for _again in range(2):
        work.desk(adam).put_in_force(
            work.id, digest=digest, starts_at=None, instead_of=work.in_force, why=WHY, key=put
        )
    work.save(changed(content, 9), key=uuid4())
    work.say(ken, key=said, digest=digest)  # whatever was done since
    work.save(content, revision=1, key=key)
    assert (work.there().revision, len(work.there().approvals)) == (3, 1)
    assert [row.id for row in clinic.installation.protocol_registry.rows()].count(put) == 1


@pytest.mark.parametrize("name", ["", "Spine", "spine ", "a b", "-a", "größe", "a" * 201])
def test_an_id_that_no_file_can_have_is_refused(clinic: Clinic, name: str):
    with refused(Fault.NOT_A_PROTOCOL_ID):
        Work(clinic.installation, clinic.people["ann"]).start(id=name)


def test_a_draft_has_a_title_and_begins_from_a_known_protocol(clinic: Clinic):
    made = Work(clinic.installation, clinic.people["ann"])
    with refused(Fault.TEXT_MISSING):
        made.start(title=" \u200b ")
    with pytest.raises(NotFound):
        made.start(copy_of="0" * 64)
    with pytest.raises(NotFound):
        made.there()
    made.start(id="quoted", title='Nach "Bruch" \\ [x]\n')
    assert made.there().title == 'Nach "Bruch" \\ [x]'


# approving


def test_a_second_person_agrees_with_who_when_and_a_note(work: Work, clinic: Clinic, clock: Clock):
    clock.goes_on(hours=1)
    work.say(clinic.people["ken"], note="  As in the leaflet. ")
    (said,) = work.there().approvals
    assert (said.who, said.account, said.at) == ("Ken", clinic.people["ken"].account, clock.now)
    assert (said.agrees, said.note, said.digest) == (True, "As in the leaflet.", work.there().digest)
    assert work.there().approved
    work.save(changed(work.there().content))
    assert not work.there().approved
    assert work.there().approvals == (said,)


def test_nobody_approves_what_they_had_a_hand_in(work: Work, clinic: Clinic):
    ken, sam = clinic.people["ken"], clinic.people["sam"]
    first = work.there()
    with refused(Fault.DRAFT_IS_OWN_WORK):
        work.say(clinic.people["ann"])
    work.say(ken)
    work.save(changed(first.content), ken)
    work.save(first.content)
    assert (work.there().digest, work.there().approved) == (
        first.digest,
        False,
    )  # Ken agreed, and worked on it since
    for who in (ken, clinic.people["ann"]):
        with refused(Fault.DRAFT_IS_OWN_WORK):
            work.say(who, agrees=False, note="No.")
    with refused(Fault.DRAFT_NOT_APPROVED):
        work.put(ken)
    work.say(sam)
    work.put(ken)


def test_only_what_was_read_and_is_in_order_is_approved(work: Work, clinic: Clinic):
    ken, seen = clinic.people["ken"], work.there()
    work.save(changed(seen.content))
    with refused(Fault.DRAFT_CHANGED):
        work.say(ken, digest=seen.digest)
    work.save(seen.content.replace(b"reps = ", b"rops = ", 1))
    with refused(Fault.DRAFT_HAS_FAULTS):
        work.say(ken)
    with refused(Fault.TEXT_MISSING):
        work.say(ken, agrees=False, note=" ")
    work.say(ken, agrees=False, note="Mend the doses.")
    assert [each.agrees for each in work.there().approvals] == [False]


def test_while_somebody_asks_for_a_change_it_is_not_put_in_force(work: Work, clinic: Clinic):
    ken, sam = clinic.people["ken"], clinic.people["sam"]
    work.say(ken, agrees=False, note="Too much.")
    work.say(sam)
    assert (work.there().approved, work.there().change_asked) == (False, True)
    with refused(Fault.DRAFT_CHANGE_ASKED) as told:
        work.put()
    assert told.value.detail == {"who": "Ken"}
    work.say(ken)
    work.put()


# putting in force and going back


def test_only_exactly_what_was_approved_is_put_in_force(work: Work, clinic: Clinic):
    before = work.in_force
    with refused(Fault.DRAFT_NOT_APPROVED):
        work.put()
    content = approved(work, clinic)
    agreed = work.there().digest
    work.save(changed(content, 9))
    for digest, fault in ((agreed, Fault.DRAFT_CHANGED), ("", Fault.DRAFT_NOT_APPROVED)):
        with refused(fault):
            work.put(digest=digest)
    assert work.in_force == before
    work.save(content)
    work.put()
    assert work.in_force == agreed == work.there().digest
    assert clinic.installation.protocol_registry.content(agreed) == content
    assert work.there().in_force_from is not None
    row = next(row for row in clinic.installation.protocol_registry.rows() if row.digest == agreed)
    assert (row.made_by, row.why) == (clinic.people["ann"].account, WHY)


def test_what_a_newer_decision_has_overtaken_is_not_put_in_force(work: Work, clinic: Clinic):
    approved(work, clinic)
    with refused(Fault.PROTOCOL_CHANGED):
        work.desk().put_in_force(
            work.id, digest=work.there().digest, starts_at=None, instead_of="0" * 64, why=WHY, key=uuid4()
        )
    work.put()
    with refused(Fault.IN_FORCE_ALREADY):
        work.put()


def test_a_version_is_one_content_for_good(work: Work, clinic: Clinic):
    content = approved(work, clinic)
    work.put()
    assert not work.there().version_taken
    work.save(changed(content, 9))
    assert work.there().version_taken
    with refused(Fault.VERSION_TAKEN):
        work.say(clinic.people["ken"])
    work.save(work.there().content.replace(b'version = "1.0.0"', b'version = "1.0.1"', 1))
    work.say(clinic.people["ken"])
    work.put()
    following = Work(clinic.installation, clinic.people["ann"])
    following.start(id=work.there().protocol, copy_of=work.there().digest)
    assert following.there().version == "1.1.0"


def test_a_discarded_draft_is_neither_changed_nor_approved_nor_put_in_force(work: Work, clinic: Clinic):
    ken, digest = clinic.people["ken"], work.there().digest
    work.say(ken)
    key = uuid4()
    for _again in range(2):
        work.desk(clinic.people["adam"]).discard(work.id, key)
    assert work.there().discarded
    assert work.id not in {each.id for each in work.desk().drafts()}
    assert work.id in {each.id for each in work.desk().drafts(discarded=True)}
    acts: list[Callable[[], object]] = [
        lambda: work.say(clinic.people["sam"]),
        work.put,
        lambda: work.save(changed(SHIPPED_FILE)),
        lambda: work.save(work.there().content),
        lambda: work.desk().discard(work.id, uuid4()),
    ]
    for act in acts:
        with refused(Fault.DRAFT_DISCARDED):
            act()
    work.desk().bring_back(work.id, uuid4())
    with refused(Fault.DRAFT_NOT_DISCARDED):
        work.desk().bring_back(work.id, uuid4())
    work.put()
    assert work.in_force == digest


def test_going_back_is_a_new_decision_and_to_what_was_in_force(work: Work, clinic: Clinic, clock: Clock):
    before = work.in_force
    approved(work, clinic)
    digest = work.there().digest
    desk = work.desk()
    with refused(Fault.NEVER_IN_FORCE):
        desk.go_back(digest, instead_of=before, why=WHY, key=uuid4())
    work.put()
    clock.goes_on(hours=1)
    with refused(Fault.TEXT_MISSING):
        desk.go_back(before, instead_of=digest, why="", key=uuid4())
    many, key = len(clinic.installation.protocol_registry.rows()), uuid4()
    for _again in range(2):
        desk.go_back(before, instead_of=digest, why="It was too much.", key=key)
    assert work.in_force == before
    rows = clinic.installation.protocol_registry.rows()
    assert len(rows) == many + 1
    assert (rows[-1].digest, rows[-1].why, rows[-1].starts_at) == (before, "It was too much.", clock.now)
    clock.goes_on(hours=1)
    desk.go_back(digest, instead_of=before, why="It was not.", key=uuid4())
    clock.goes_on(hours=1)
    if before != SHIPPED.digest:
        desk.go_back(SHIPPED.digest, instead_of=digest, why="All anew.", key=uuid4())
        assert work.in_force == SHIPPED.digest
    assert ProtocolsDesk(clinic.installation, work.who).periods()[-1].now


def test_what_is_planned_for_later_was_not_in_force_yet(work: Work, clinic: Clinic, clock: Clock):
    approved(work, clinic)
    there, digest = work.in_force, work.there().digest
    later = clock.now + DAY
    work.desk().put_in_force(work.id, digest=digest, starts_at=later, instead_of=there, why=WHY, key=uuid4())
    assert work.there().in_force_from == later
    with refused(Fault.NEVER_IN_FORCE):
        work.desk().go_back(digest, instead_of=there, why=WHY, key=uuid4())
    clock.goes_on(hours=48)
    work.desk().go_back(there, instead_of=digest, why=WHY, key=uuid4())


# who may, and what is audited


def test_who_may_not_gets_nothing(work: Work, clinic: Clinic):
    content, digest = work.there().content, work.there().digest
    for name, who in clinic.people.items():
        if who.role in (Role.PHYSIOTHERAPIST, Role.ADMINISTRATOR):
            continue
        desk = work.desk(who)
        acts: list[Callable[[], object]] = [
            desk.drafts,
            lambda desk=desk: desk.draft(work.id),  # type: ignore[misc]
            lambda desk=desk: desk.start(digest, id="x", title="X", key=uuid4()),  # type: ignore[misc]
            lambda desk=desk: desk.discard(work.id, uuid4()),  # type: ignore[misc]
            lambda who=who: work.save(changed(content), who),  # type: ignore[misc]
            lambda who=who: work.say(who),  # type: ignore[misc]
            lambda who=who: work.put(who),  # type: ignore[misc]
        ]
        for act in acts:
            with pytest.raises(NotFound):
                act()
        assert work.there().revision == 1, name


def test_an_administrator_works_on_drafts_and_does_not_approve(work: Work, clinic: Clinic):
    adam = clinic.people["adam"]
    with pytest.raises(NotFound):
        work.say(adam)
    work.save(changed(work.there().content), adam)
    work.say(clinic.people["sam"])
    work.put(adam)
    assert work.there().made_by == ("Ann", "Adam")


def test_at_home_there_are_no_drafts(work: Work, clinic: Clinic):
    home = Installation(clinic.installation.store, clinic=False)
    for act in ("drafts", "draft"):
        with pytest.raises(NotFound):
            getattr(ProtocolDraftsDesk(home, work.who), act)(*[work.id][: act == "draft"])


def test_each_act_is_in_the_audit(work: Work, clinic: Clinic):
    ann, ken, desk = clinic.people["ann"], clinic.people["ken"], work.desk()
    before = lines(clinic)
    there = work.there()
    desk.save(work.id, changed(there.content, 6), revision=1, key=uuid4())
    desk.save(work.id, changed(there.content, 7), revision=2, key=uuid4())
    work.say(ken)
    work.put(key=(key := uuid4()))
    work.put(key=key)
    desk.discard(work.id, uuid4())
    said = lines(clinic)[len(before) :]
    own, other = ann.account, ken.account
    assert Counter(each for each in said if each[0] != "protocols.see") == {
        ("protocols.edit", own): 5,
        ("protocols.approve", other): 1,
        ("protocols.change", own): 1,
    }


def test_putting_in_force_is_in_the_audit_where_its_line_could_not_be_written_at_first(
    work: Work, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    approved(work, clinic)
    write, key, before = Audit.write, uuid4(), lines(clinic)

    def full(self: Audit, line: AuditLine) -> None:
        if line.action == "protocols.change":
            raise RecordUnavailable(Reason.DISK_FULL, "record")
        write(self, line)

    monkeypatch.setattr(Audit, "write", full)
    with pytest.raises(RecordUnavailable):
        work.put(key=key)
    monkeypatch.undo()
    work.put(key=key)
    said = lines(clinic)[len(before) :]
    assert [each for each in said if each[0] == "protocols.change"] == [
        ("protocols.change", work.who.account)
    ]


def lines(clinic: Clinic) -> list[tuple[str, UUID | None]]:
    with current_actor.acting_as(current_actor.SYSTEM):
        found = clinic.installation.audit.read(limit=5000)
    return [(each.action, each.account) for each in reversed(found)]
