"""The caseload's desk: what is stored with each entry is what follows from all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.desk import NotFound, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.clinic.caseload import CaseloadDesk, State, catch_up
from coach.desk.installation import clock
from coach.desk.installation.patient_context import PatientContext
from coach.desk.installation.projection import edition, projector
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain import triage
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Message, Pain, PainWhen, Seen
from coach.domain.history import History
from coach.domain.need import NeedReason
from coach.domain.payloads import KINDS
from coach.domain.standing import UNREADABLE
from coach.records.clinic.people import Person
from coach.records.database.errors import Reason, RecordUnavailable
from tests.support.clinics import KNEE, SPINE, Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.patients import answer_set_up
from tests.support.record_making import draft, facts
from tests.support.records import change_person


@pytest.fixture
def time() -> Iterator[Clock]:
    standing = Clock()
    clock.use(standing)
    yield standing
    clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


@pytest.fixture
def clinic(time: Clock, tmp_path: Path) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


def desk(clinic: Clinic, who: str = "ann") -> CaseloadDesk:
    return CaseloadDesk(clinic.installation, clinic.people[who])


def reasons(clinic: Clinic, state: State = State.NEEDED, who: str = "ann") -> dict[str, list[NeedReason]]:
    return {line.name: [n.reason for n in line.needs] for line in desk(clinic, who).page(state)}


def as_it_follows(clinic: Clinic, patient: UUID):
    history = History(clinic.installation.store.entries(patient))
    return projector(clinic.installation, clock.now())(history)


def write_to_clinic(clinic: Clinic, who: str, text: str) -> None:
    PatientContext(clinic.installation, clinic.patients[who], clinic.people[who]).record(
        NewEntry(Message(text)), key=new_key()
    )


def test_an_open_flag_stays_on_top_with_who_saw_it_and_when(clinic: Clinic, time: Clock):
    assert reasons(clinic) == {}
    ada, patient = clinic.patient("ada"), clinic.patients["ada"]
    ada.red_flags.report_flag("fall", key=new_key())
    assert reasons(clinic) == {"Patient Ada": [NeedReason.RED_FLAG]}
    (line,) = desk(clinic).page(State.NEEDED)
    assert line.card.closed(time.now)
    key = new_key()
    for _ in range(2):
        desk(clinic).mark_seen(patient, [need.key for need in line.needs], note=" rang  her ", key=key)
    assert len(clinic.installation.history_cache.history(patient).of(Seen)) == 1
    (line,) = desk(clinic, "sam").page(State.NEEDED)
    (need,) = line.needs
    assert desk(clinic, "sam").names_of([line]) == {need.seen_by: "Ann"}
    assert (need.detail["seen_at"], need.detail["seen_note"]) == (time.now.isoformat(), "rang her")
    assert desk(clinic).counts().reasons == {"red_flag": 1}


def test_seen_today_puts_aside_until_something_new_and_never_a_message(clinic: Clinic, time: Clock):
    time.goes_on(hours=49)
    patient = clinic.patients["ada"]
    (line,) = [each for each in desk(clinic).page(State.NEEDED) if each.patient == patient]
    desk(clinic).mark_seen(patient, [need.key for need in line.needs], key=new_key())
    assert "Patient Ada" not in reasons(clinic)
    assert NeedReason.SILENT in reasons(clinic, State.SEEN)["Patient Ada"]
    time.goes_on(minutes=1)
    write_to_clinic(clinic, "ada", "Hello?")
    (line,) = [each for each in desk(clinic).page(State.NEEDED) if each.patient == patient]
    assert NeedReason.UNREAD in [need.reason for need in line.needs]
    size = clinic.installation.store.head(patient)
    with pytest.raises(BadValue) as refused:
        desk(clinic).mark_seen(patient, [need.key for need in line.needs], key=new_key())
    assert (refused.value.fault, clinic.installation.store.head(patient)) == (Fault.NEEDS_GONE, size)


def test_seen_can_be_undone_by_a_colleague_and_nothing_is_deleted(clinic: Clinic, time: Clock):
    ada, patient = clinic.patient("ada"), clinic.patients["ada"]
    ada.red_flags.report_flag("fall", key=new_key())
    (line,) = desk(clinic).page(State.NEEDED)
    desk(clinic).mark_seen(patient, [line.needs[0].key], key=new_key())
    (seen,) = clinic.installation.history_cache.history(patient).of(Seen)
    key = new_key()
    for _ in range(2):
        desk(clinic, "sam").undo_seen(patient, [seen.id], key=key)
    history = clinic.installation.history_cache.history(patient)
    assert history.of(Seen) == ()
    assert history.by_id[seen.id].fact == seen.fact
    assert history.voided[seen.id].author == f"physiotherapist:{clinic.people['sam'].account}"
    (line,) = desk(clinic).page(State.NEEDED)
    assert line.needs[0].seen_by == ""
    with pytest.raises(BadValue):
        desk(clinic).undo_seen(patient, [seen.id], key=new_key())
    desk(clinic).mark_seen(patient, [line.needs[0].key], key=new_key())
    assert len(clinic.installation.history_cache.history(patient).of(Seen)) == 1


def test_silence_needs_no_entry_to_be_told(clinic: Clinic, time: Clock):
    assert desk(clinic).counts().on_track == 2
    time.goes_on(hours=49)
    assert NeedReason.SILENT in reasons(clinic)["Patient Ada"]


def test_nobody_marks_whom_they_do_not_look_after(clinic: Clinic, time: Clock):
    clinic.patient("ben").red_flags.report_flag("fall", key=new_key())
    ben, size = clinic.patients["ben"], clinic.installation.store.head(clinic.patients["ben"])
    (line,) = desk(clinic, "ken").page(State.NEEDED)
    for who in ("ann", "adam", "ben"):
        with pytest.raises(NotFound):
            desk(clinic, who).mark_seen(ben, [line.needs[0].key], key=new_key())
        with pytest.raises(NotFound):
            desk(clinic, who).undo_seen(ben, [new_key()], key=new_key())
    assert clinic.installation.store.head(ben) == size


@pytest.mark.parametrize("forged", [[], ["red_flag:none"], ["x" * 100_000], ["\0"]])
def test_what_is_no_need_of_theirs_is_not_marked(clinic: Clinic, time: Clock, forged: list[str]):
    clinic.patient("ada").red_flags.report_flag("fall", key=new_key())
    size = clinic.installation.store.head(clinic.patients["ada"])
    with pytest.raises(BadValue):
        desk(clinic).mark_seen(clinic.patients["ada"], forged, key=new_key())
    assert clinic.installation.store.head(clinic.patients["ada"]) == size


def test_each_sees_their_own_teams_and_never_themselves(clinic: Clinic, time: Clock):
    for name in ("ada", "ben", "cleo", "dora"):
        clinic.patient(name).red_flags.report_flag("fall", key=new_key())
    found = {who: set(reasons(clinic, who=who)) for who in ("ann", "ken", "sam", "cleo-at-work")}
    assert found == {
        "ann": {"Patient Ada", "Patient Cleo"},
        "ken": {"Patient Ben"},
        "sam": {"Patient Ada", "Patient Ben", "Patient Cleo"},
        "cleo-at-work": {"Patient Ada"},
    }
    assert desk(clinic, "cleo-at-work").counts().needed == 1
    for who in ("ada", "adam", "eve", "root"):
        with pytest.raises(NotFound):
            desk(clinic, who).page(State.NEEDED)


def test_mine_are_those_one_leads(clinic: Clinic, time: Clock):
    ann, ada = clinic.people["ann"], clinic.patients["ada"]
    known = clinic.installation.people.person(ada)
    assert known
    assert desk(clinic).counts(mine=True).total == 0
    change_person(clinic.installation.store, Person(ada, known.name, known.reference, SPINE, ann.account))
    assert [line.patient for line in desk(clinic).page(State.ON_TRACK, mine=True)] == [ada]
    change_person(clinic.installation.store, Person(ada, known.name, known.reference, KNEE, ann.account))
    assert desk(clinic).counts(mine=True).total == 0


def test_what_was_recorded_without_a_projection_is_caught_up_with_a_few_at_a_time(
    clinic: Clinic, time: Clock
):
    assert desk(clinic).catch_up(10) == 0
    for name in ("ada", "ben"):
        clinic.installation.store.append(
            clinic.patients[name], [draft(Message("Hello"), at=NOW, recorded_at=NOW)]
        )
    clinic.installation.people.add_person(Person(uuid4(), "New", "", SPINE, None), at=NOW)
    assert reasons(clinic) == {}
    assert [desk(clinic).catch_up(1) for _ in range(4)] == [2, 1, 0, 0]
    assert reasons(clinic) == {"Patient Ada": [NeedReason.UNREAD]}
    assert reasons(clinic, State.LATER) == {"New": [NeedReason.NOT_BEGUN]}
    assert set(reasons(clinic, State.ON_TRACK)) == {"Patient Cleo"}


def test_another_protocol_makes_every_projection_anew(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    before = {
        patient: clinic.installation.caseload.read(patient)
        for patient in clinic.installation.store.patients()
    }
    monkeypatch.setattr("coach.desk.installation.projection.MADE", 99)
    assert desk(clinic).catch_up(1) == len(before) - 1
    assert desk(clinic).catch_up(99) == 0
    for patient, row in before.items():
        now = clinic.installation.caseload.read(patient)
        assert now
        assert row
        assert now.digest == edition(clinic.installation, time.now) != row.digest
        assert now == as_it_follows(clinic, patient)


def test_what_cannot_be_worked_out_is_stored_all_the_same_and_stands_on_top(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    clinic.patient("cleo").red_flags.report_flag("fall", key=new_key())
    with monkeypatch.context() as patch:
        patch.setattr(triage, "needs", lambda *_: 1 / 0)
        clinic.patient("ada").red_flags.report_flag("fall", key=new_key())
    assert len(clinic.patient("ada").open_flags()) == 1
    first, second = desk(clinic).page(State.NEEDED)
    assert (first.name, first.readable, first.needs) == ("Patient Ada", False, ())
    assert (second.name, second.readable) == ("Patient Cleo", True)
    assert desk(clinic).counts().reasons == {UNREADABLE: 1, "red_flag": 1}
    clinic.patient("ada").sessions.give_pain(3, PainWhen.NOW, key=new_key())
    assert {line.readable for line in desk(clinic).page(State.NEEDED)} == {True}


def test_one_record_that_is_damaged_keeps_no_other_out_of_the_caseload(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    clinic.patient("cleo").red_flags.report_flag("fall", key=new_key())
    monkeypatch.setattr("coach.desk.installation.projection.MADE", 99)
    store, ada, read = clinic.installation.store, clinic.patients["ada"], clinic.installation.store.entries

    def entries(patient: UUID, *, after_seq: int = 0) -> object:
        if patient == ada:
            raise RecordUnavailable(Reason.DAMAGED, "here", "entry 3")
        return read(patient, after_seq=after_seq)

    monkeypatch.setattr(store, "entries", entries)
    assert desk(clinic).catch_up(99) == 0
    first, second = desk(clinic).page(State.NEEDED)
    assert (first.name, first.readable) == ("Patient Ada", False)
    assert (second.name, second.readable) == ("Patient Cleo", True)


def test_a_record_that_nobody_can_read_now_is_worked_out_later(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("coach.desk.installation.projection.MADE", 99)
    with monkeypatch.context() as patch:
        patch.setattr(clinic.installation.store, "entries", lambda *_, **__: _locked())
        with pytest.raises(RecordUnavailable):
            desk(clinic).catch_up(99)
    assert desk(clinic).catch_up(99) == 0
    assert {line.readable for line in desk(clinic).page(State.ON_TRACK)} == {True}


def _locked() -> None:
    raise RecordUnavailable(Reason.LOCKED, "here")


def test_the_same_click_twice_works_nothing_out_twice(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    key = new_key()
    clinic.patient("ada").sessions.give_pain(3, PainWhen.NOW, key=key)
    monkeypatch.setattr(triage, "needs", lambda *_: pytest.fail("worked out again"))
    clinic.patient("ada").sessions.give_pain(3, PainWhen.NOW, key=key)


_numbers = count()


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(KINDS)).flatmap(facts),
            st.booleans(),
            st.booleans(),
            st.floats(0, 30),
            st.floats(-20, 0),
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_after_any_entries_the_projection_is_what_follows_from_them(
    clinic: Clinic, time: Clock, acts, begun: bool
):
    installation = clinic.installation
    time.now = NOW
    patient = uuid4()
    installation.people.add_person(Person(patient, f"P{next(_numbers)}", "", SPINE, None), at=NOW)
    own = Principal(Role.PATIENT, patient=patient)
    if begun:
        answer_set_up(PatientDesk(installation, patient, own), procedure=timedelta(hours=60))
    for fact, by_clinician, elsewhere, later, shift in acts:
        time.goes_on(hours=later)
        if elsewhere:  # another process, which this one's memory knows nothing of
            pain = draft(Pain(3, PainWhen.NOW), at=time.now, recorded_at=time.now)
            installation.store.append(patient, [pain])
        who = clinic.people["ann"] if by_clinician else own
        PatientContext(installation, patient, who).record(
            NewEntry(fact, at=time.now + timedelta(hours=shift)), key=new_key()
        )
        row = installation.caseload.read(patient)
        assert row == as_it_follows(clinic, patient)
        assert row
        assert row.card
    installation.store.append(patient, [draft(Pain(3, PainWhen.NOW), at=time.now, recorded_at=time.now)])
    assert catch_up(installation, 1) == 0
    assert installation.caseload.read(patient) == as_it_follows(clinic, patient)


def test_what_another_process_recorded_meanwhile_is_part_of_the_projection(clinic: Clinic, time: Clock):
    installation, ada = clinic.installation, clinic.patients["ada"]
    installation.history_cache.history(ada)
    installation.store.append(ada, [draft(Message("Hello"), at=NOW, recorded_at=NOW)])
    pain = draft(Pain(3, PainWhen.NOW), at=NOW, recorded_at=NOW)
    installation.history_cache.append(ada, [pain], project=projector(installation, NOW))
    assert installation.caseload.read(ada) == as_it_follows(clinic, ada)
    assert [entry.seq for entry in installation.history_cache.history(ada).entries] == list(
        range(1, installation.store.head(ada)[0] + 1)
    )


def test_where_nobody_follows_nothing_is_worked_out_until_somebody_does(
    clinic: Clinic, time: Clock, monkeypatch: pytest.MonkeyPatch
):
    ada = clinic.patients["ada"]
    with monkeypatch.context() as patch:
        patch.setattr(triage, "needs", lambda *_: pytest.fail("worked out"))
        PatientDesk(clinic.installation, ada, clinic.people["ada-at-home"]).red_flags.report_flag(
            "fall", key=new_key()
        )
    assert desk(clinic).catch_up(9) == 0
    assert reasons(clinic) == {"Patient Ada": [NeedReason.RED_FLAG]}
