"""A clinic's protocol: checked, compared, counted, and put in force from a date."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.desk import Installation, NotFound, PatientDesk, Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic import plan_commands
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.protocols import SIZE_LIMIT, ProtocolsDesk
from coach.domain import decisions
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Discharged, ProtocolChosen, Source
from coach.domain.protocol import Protocol
from coach.domain.protocol_changes import DoseChanged, MaximumChanged, PhaseStarts, RoutineOpens, RuleChanged
from coach.domain.protocol_impact import reached
from coach.protocols import loader
from tests.support.clinics import Clinic, everything, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.patients import answer_set_up
from tests.support.protocols import default_text
from tests.support.record_making import draft
from tests.support.records import create_patient

WHY = "The surgeons ask for it."
HOUR = timedelta(hours=1)
OLD_48 = 'value = 48, unit = "h", source = "SEED, PD"'
TUMMY = "transversus_abdominis"


def file(*pairs: tuple[str, str]) -> bytes:
    text = default_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


LATER = file((OLD_48, OLD_48.replace("48", "72")))


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    made.installation.protocol_registry.looks_again_after_s = 0
    yield made
    made.installation.store.close()


@pytest.fixture
def desk(clinic: Clinic) -> ProtocolsDesk:
    return ProtocolsDesk(clinic.installation, clinic.people["adam"])


def put(
    desk: ProtocolsDesk,
    content: bytes = LATER,
    *,
    hours: float | None = None,
    why: str = WHY,
    key: UUID | None = None,
) -> None:
    starts = None if hours is None else NOW + hours * HOUR
    there = desk.in_force(starts).digest
    desk.put_in_force(content, "p.toml", starts_at=starts, instead_of=there, why=why, key=key or uuid4())


def checked(desk: ProtocolsDesk, content: bytes = LATER) -> Protocol:
    found = desk.check(content, "p.toml")
    assert found.protocol, found.problems
    return found.protocol


def tummy(clinic: Clinic, name: str = "ada") -> decisions.Decision:
    return clinic.patient(name).decisions()[TUMMY]


def test_a_new_protocol_changes_what_patients_see_at_its_instant_without_a_restart(
    clinic: Clinic, desk: ProtocolsDesk, clock: Clock
):
    assert isinstance(tummy(clinic), decisions.Open)
    put(desk, hours=2)
    assert isinstance(tummy(clinic), decisions.Open)
    clock.goes_on(hours=2)
    locked = tummy(clinic)
    assert isinstance(locked, decisions.Locked)
    assert locked.opens_at == NOW + 12 * HOUR


def test_a_session_keeps_the_protocol_it_was_started_under(clinic: Clinic, desk: ProtocolsDesk, clock: Clock):
    ada = clinic.patient("ada")
    ada.sessions.answer_none(whole=True, key=uuid4())
    before = ada.sessions.start([TUMMY], easier=False, session=uuid4())
    put(desk)
    clock.goes_on(minutes=1)
    assert clinic.patient("ada").protocol.digest == checked(desk).digest
    (session,) = clinic.patient("ada").history().sessions
    assert session.id == before
    assert session.started.fact.source is Source.PLAYER
    assert session.started.fact.digest == loader.default().digest


def test_what_was_in_force_when_is_told_with_who_and_why(clinic: Clinic, desk: ProtocolsDesk, clock: Clock):
    put(desk, hours=24)
    clock.goes_on(minutes=1)
    put(desk, file(('version = "1.1.0"', 'version = "2.0.0"')), hours=48, why="Second.")
    first, second, third = ProtocolsDesk(clinic.installation, clinic.people["ann"]).periods()
    assert (first.protocol, first.starts_at, first.ends_at, first.now) == (
        loader.default(),
        None,
        NOW + 24 * HOUR,
        True,
    )
    assert (second.starts_at, second.ends_at, second.who, second.why, second.now) == (
        NOW + 24 * HOUR,
        NOW + 48 * HOUR,
        "Adam",
        WHY,
        False,
    )
    assert third.protocol
    assert (third.protocol.version, third.ends_at, third.made_at) == ("2.0.0", None, NOW + HOUR / 60)


def test_what_is_taken_back_before_it_begins_never_was_in_force(
    clinic: Clinic, desk: ProtocolsDesk, clock: Clock
):
    put(desk, hours=24)
    clock.goes_on(minutes=1)
    put(desk, loader.DEFAULT.read_bytes(), hours=24)
    assert [each.starts_at for each in desk.periods()] == [None, NOW + 24 * HOUR]
    assert desk.in_force(NOW + 25 * HOUR).digest == loader.default().digest


def test_an_earlier_file_can_be_put_in_force_again(clinic: Clinic, desk: ProtocolsDesk, clock: Clock):
    put(desk)
    clock.goes_on(minutes=1)
    shipped, later = desk.known()
    assert (shipped.shipped, later.shipped, later.digest) == (True, False, checked(desk).digest)
    assert desk.content(later.digest) == LATER
    put(desk, desk.content(shipped.digest))
    assert isinstance(tummy(clinic), decisions.Open)
    with pytest.raises(NotFound):
        desk.content("0" * 64)


# refused


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"why": "  "}, Fault.TEXT_MISSING),
        ({"why": "x" * 2001}, Fault.TEXT_TOO_LONG),
        ({"hours": -1}, Fault.STARTS_IN_PAST),
        ({"hours": 24 * 400}, Fault.STARTS_TOO_LATE),
        ({"content": b"nonsense"}, Fault.PROTOCOL_REFUSED),
        ({"content": LATER + b"#" * SIZE_LIMIT}, Fault.PROTOCOL_REFUSED),
        ({"content": loader.DEFAULT.read_bytes()}, Fault.IN_FORCE_ALREADY),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_stored(
    clinic: Clinic, desk: ProtocolsDesk, change: dict[str, object], fault: Fault
):
    before = everything(clinic.installation)
    with pytest.raises(BadValue) as refused:
        put(desk, **change)  # type: ignore[arg-type]
    assert refused.value.fault is fault
    assert everything(clinic.installation) == before


def test_a_time_without_a_zone_is_refused(clinic: Clinic, desk: ProtocolsDesk):
    with pytest.raises(BadValue):
        desk.put_in_force(LATER, "p", starts_at=NOW.replace(tzinfo=None), instead_of="", why=WHY, key=uuid4())
    assert clinic.installation.protocol_registry.rows() == ()


def test_the_same_key_again_is_the_same_act(clinic: Clinic, desk: ProtocolsDesk, clock: Clock):
    key = uuid4()
    put(desk, key=key)
    before = everything(clinic.installation)
    clock.goes_on(hours=1)
    put(desk, key=key)
    assert everything(clinic.installation) == before


def test_a_comparison_that_is_stale_is_asked_again(clinic: Clinic, desk: ProtocolsDesk, clock: Clock):
    there = desk.in_force().digest
    put(desk, file(('version = "1.1.0"', 'version = "2.0.0"')))
    clock.goes_on(minutes=1)
    with pytest.raises(BadValue) as refused:
        desk.put_in_force(LATER, "p", starts_at=None, instead_of=there, why=WHY, key=uuid4())
    assert refused.value.fault is Fault.PROTOCOL_CHANGED


def test_of_two_administrators_at_once_the_second_is_asked_again(
    clinic: Clinic, desk: ProtocolsDesk, monkeypatch: pytest.MonkeyPatch
):
    library, both = clinic.installation.protocol_registry, threading.Barrier(2)
    there, found = library.in_force(NOW), library.in_force

    def looked(at: datetime) -> Protocol:
        seen = found(at)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # both look before either writes, where nothing keeps them apart
        return seen

    monkeypatch.setattr(library, "in_force", looked)

    def put(content: bytes) -> Fault | None:
        try:
            desk.put_in_force(content, "p", starts_at=None, instead_of=there.digest, why=WHY, key=uuid4())
        except BadValue as refused:
            return refused.fault
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(put, (LATER, LATER)))
    assert sorted(outcomes, key=str) == [None, Fault.IN_FORCE_ALREADY]
    assert len(library.rows()) == 1


def test_a_physiotherapist_sees_the_protocols_and_changes_none(clinic: Clinic):
    desk = ProtocolsDesk(clinic.installation, clinic.people["ann"])
    assert len(desk.periods()) == 1
    with pytest.raises(NotFound):
        desk.put_in_force(LATER, "p", starts_at=None, instead_of="", why=WHY, key=uuid4())
    lines = clinic.installation.audit.read(action=Action.PROTOCOLS_CHANGE.value)
    assert [line.outcome for line in lines] == ["refused"]


def test_putting_in_force_is_audited_without_anything_of_a_patient(clinic: Clinic, desk: ProtocolsDesk):
    desk.reach(checked(desk), None)
    assert clinic.installation.audit.read(action=Action.PROTOCOLS_CHANGE.value) == []
    put(desk)
    (line,) = clinic.installation.audit.read(action=Action.PROTOCOLS_CHANGE.value)
    assert (line.account, line.patient, line.outcome) == (clinic.people["adam"].account, None, "allowed")


@pytest.mark.parametrize("name", ["", "\n\x00", "a" * 300, "../../x.toml"])
def test_whatever_a_file_is_called_the_problems_can_be_shown(desk: ProtocolsDesk, name: str):
    found = desk.check(b"nonsense", name)
    assert found.protocol is None
    assert found.problems
    assert all(line.isprintable() and len(line) < 300 for line in found.problems)


# whom it reaches


def admit(installation: Installation, *, hours: float) -> PatientDesk:
    """Take in a patient whose procedure was so many hours ago."""
    patient = uuid4()
    create_patient(installation.store, patient, recorded_at=NOW)
    own = PatientDesk(installation, patient, Principal(Role.PATIENT, patient=patient))
    answer_set_up(own, procedure=timedelta(hours=hours))
    return own


def test_a_difference_tells_whom_it_affects_and_whom_today(tmp_path: Path, clock: Clock):
    clinic = make_clinic(tmp_path)  # four at 60 h, 10:07 in Berlin
    installation = clinic.installation
    admit(installation, hours=10)  # at 48 h only after midnight
    admit(installation, hours=40)  # at 48 h today, at 72 h tomorrow
    admit(installation, hours=100)  # past both
    create_patient(installation.store, nobody := uuid4(), recorded_at=NOW)  # no procedure yet
    desk = ProtocolsDesk(installation, clinic.people["adam"])
    new = checked(
        desk,
        file((OLD_48, OLD_48.replace("48", "72")), ("pain_limit = { value = 6", "pain_limit = { value = 5")),
    )
    found = desk.differences(new, None)
    told: list[tuple[int, int]] = []
    reach = desk.reach(new, None, progress=lambda n, of: told.append((n, of)))
    counted = [*zip(found, reach.by_difference, strict=True)]
    opens = {each.routine.id: count for each, count in counted if isinstance(each, RoutineOpens)}
    assert opens[TUMMY] == (7, 5)  # four, the one at 10 h, the one at 40 h, and nobody
    [rule] = [count for each, count in counted if isinstance(each, RuleChanged)]
    assert rule == (8, 5)  # holds for all, and matters to whom something else is open today
    waits = {routine: count for routine, count in opens.items() if routine != TUMMY}
    assert set(waits.values()) == {(0, 0)}  # closed until it is released, under either protocol
    assert (reach.patients, reach.own, reach.affected, reach.today) == (8, 0, 8, 5)
    assert told == [(n, 8) for n in range(1, 9)]
    assert nobody in installation.store.patients()


def test_what_begins_after_midnight_is_not_today_whatever_else_is(clinic: Clinic, desk: ProtocolsDesk):
    early = admit(clinic.installation, hours=10)
    pumps = "[phase.dose.ankle_pumps]\nreps = { value = 10"
    new = checked(
        desk,
        file((OLD_48, OLD_48.replace("48", "72")), (pumps, pumps.replace("10", "9"))).replace(
            pumps.encode(), pumps.replace("10", "9").encode()
        ),
    )
    found = desk.differences(new, None)
    hit = reached(found, Case.of(loader.default(), early.history()), Case.of(new, early.history()), at=NOW)
    assert hit.today
    for each, affected, soon in zip(found, hit.affected, hit.on_the_day, strict=True):
        if isinstance(each, PhaseStarts | RoutineOpens):
            assert affected == (isinstance(each, PhaseStarts) or each.routine.release is None)
            assert not soon


def test_an_exercise_that_waits_for_a_release_reaches_only_those_for_whom_it_is_released(
    clinic: Clinic, desk: ProtocolsDesk
):
    walk = "[phase.dose.walking]\nminutes = { value = 10"
    most = "maximum]\nminutes = { value = 30"
    new = checked(desk, file((walk, walk.replace("10", "8")), (most, most.replace("30", "25"))))
    found = desk.differences(new, None)
    assert {type(each) for each in found} == {DoseChanged, MaximumChanged}
    assert desk.reach(new, None).by_difference == ((0, 0), (0, 0))
    plan = PlanDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    plan.save(plan_commands.ReleaseExercise("walking", "Walks well."), key=uuid4(), seen_seq=plan.seen_seq())
    counted = dict(zip(map(type, found), desk.reach(new, None).by_difference, strict=True))
    assert counted[DoseChanged] == (1, 1)
    assert counted[MaximumChanged][0] == 1


def test_words_reach_nobody(clinic: Clinic, desk: ProtocolsDesk):
    new = checked(desk, file(('breathing = "Breathe as usual."', 'breathing = "Keep breathing."')))
    reach = desk.reach(new, None)
    assert (reach.patients, reach.affected, reach.today, reach.by_difference) == (4, 0, 0, ((0, 0),))


def test_a_dose_reaches_those_whose_phase_is_not_over(tmp_path: Path, clock: Clock):
    clinic = make_clinic(tmp_path)
    admit(clinic.installation, hours=24 * 40)
    desk = ProtocolsDesk(clinic.installation, clinic.people["adam"])
    dose = "[phase.dose.quadriceps]\nreps = { value = "
    new = checked(desk, file((f"{dose}5", f"{dose}4")))  # on the second day
    (only,) = desk.differences(new, None)
    assert isinstance(only, DoseChanged)
    assert desk.reach(new, None).by_difference == ((0, 0),)
    assert desk.reach(new, NOW - 20 * HOUR).by_difference == ((4, 4),)


def test_who_has_a_protocol_of_their_own_or_is_discharged_is_left_out(clinic: Clinic, desk: ProtocolsDesk):
    shipped = loader.default()
    own = ProtocolChosen(shipped.id, shipped.version, shipped.digest, "A study.")
    clinic.installation.store.append(clinic.patients["ada"], [draft(own)])
    clinic.installation.store.append(clinic.patients["ben"], [draft(Discharged("Done."))])
    reach = desk.reach(checked(desk), None)
    assert (reach.patients, reach.own, reach.affected, reach.today) == (3, 1, 2, 2)
    put(desk)
    assert isinstance(tummy(clinic, "ada"), decisions.Open)
    assert isinstance(tummy(clinic, "dora"), decisions.Locked)
