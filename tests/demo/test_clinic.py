"""The sample clinic: patients whose courses differ, told through the desks alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.demo import clinic as demo_clinic
from coach.demo import patient as demo_patient
from coach.desk import Installation, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts import demo_viewers
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic.caseload import CaseloadDesk, State
from coach.desk.installation import clock
from coach.domain import function_tests, standing, triage
from coach.domain.case import Case
from coach.domain.facts import Cause, ClinicianHold, FlagCheck, Override, Procedure, RedFlagYes
from coach.domain.need import NeedReason
from coach.domain.protocol import RoutineKind
from coach.protocols import loader
from coach.records.entries.store import Store
from tests.support.patients import desk_in
from tests.support.sample_patients import whole_clinic

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample clinic at the instant at which its story ends."""
    with whole_clinic(tmp_path_factory.mktemp("sample")) as (made, ends), clock.showing(lambda: ends):
        yield made


@pytest.fixture
def desk(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> CaseloadDesk:
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    found = SignIns(installation).identity(demo_viewers.look_as(installation, "physiotherapist").token)
    staff = found.as_staff() if found else None
    assert staff
    return CaseloadDesk(installation, staff)


def test_every_patient_stands_somewhere(desk: CaseloadDesk):
    counts = desk.counts()
    assert counts.total == len(demo_clinic.NAMES) == 42
    assert counts.needed >= 12
    assert counts.later >= 8  # one or two are needed instead, by the hour
    assert counts.on_track >= 4  # one more until the evening, when it hurts
    assert counts.seen == counts.discharged == 2
    assert all(line.readable for state in State for line in desk.page(state, limit=50))


def test_nobody_answers_that_there_is_no_warning_sign_while_one_is_open(
    installation: Installation, desk: CaseloadDesk
):
    lines = desk.page(State.NEEDED, reasons=[NeedReason.RED_FLAG], limit=50)
    assert lines
    for line in lines:
        history = installation.history_cache.history(line.patient)
        opened = max(flag.seq for flag in history.of(RedFlagYes))
        assert all(check.seq < opened for check in history.of(FlagCheck)), line.name


def test_every_reason_is_there(desk: CaseloadDesk):
    counts = desk.counts()
    assert counts.reasons.keys() | counts.later_reasons.keys() == {reason.value for reason in NeedReason}


def test_exercises_of_new_kinds_are_released_done_and_measured(
    installation: Installation, desk: CaseloadDesk
):
    of = {
        line.name: Case.of(loader.default(), installation.history_cache.history(line.patient))
        for state in State
        for line in desk.page(state, limit=50)
    }
    otto = of["Otto Sample"]
    done = {loader.default().routines[name].kind for name in otto.counted}
    assert {
        RoutineKind.WALK,
        RoutineKind.BREATHE,
        RoutineKind.REST,
        RoutineKind.MOVE,
        RoutineKind.TEST,
    } <= done
    (test,) = function_tests.routines(otto)
    results = [each.told for each in function_tests.due(otto, test) if each.told]
    assert [13 <= (function_tests.result_s(each.fact) or 0) <= 17 for each in results] == [True, True]
    noor = [each.fact.routine for each in of["Noor Sample"].releases]
    assert noor == ["walking"]


@pytest.mark.parametrize("hour", range(1, 24, 3))
def test_a_red_light_is_in_sight_at_any_hour(hour: int, tmp_path: Path):
    now = datetime(2026, 11, 29, hour, 12, tzinfo=UTC)
    seen: set[NeedReason] = set()
    with clock.showing(lambda: now):
        staff = demo_clinic.Staff(
            Installation(Store.open(f"sqlite:///{tmp_path / 'clinic.sqlite3'}"), clinic=True),
            Principal(Role.PHYSIOTHERAPIST),
        )
        for place, plot in enumerate(demo_clinic.plots(staff)):
            if plot and plot.red and plot.days < 10:
                (folder := tmp_path / str(place)).mkdir()
                patient = desk_in(folder)
                demo_patient.tell(patient, replace(plot, seed=100 + place))
                seen |= {need.reason for need in standing.current(triage.needs(patient.case), now)}
    assert NeedReason.RED_LIGHT in seen


def test_what_a_physiotherapist_did_is_there(installation: Installation, desk: CaseloadDesk):
    facts = [
        entry.fact
        for state in State
        for line in desk.page(state, limit=50)
        for entry in installation.history_cache.history(line.patient).entries
    ]
    assert any(isinstance(fact, ClinicianHold) for fact in facts)
    assert any(isinstance(fact, Override) for fact in facts)
    assert any(isinstance(fact, Procedure) and fact.cause is Cause.NEW_FRACTURE for fact in facts)


def test_both_sides_and_the_administrator_can_look(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(demo_viewers.SETTING, "1")
    seen = {}
    for name in demo_viewers.viewers(installation):
        found = SignIns(installation).identity(demo_viewers.look_as(installation, name).token)
        assert found
        seen[name] = found.as_staff() or found.as_patient()
    roles = {name: principal.role for name, principal in seen.items() if isinstance(principal, Principal)}
    assert roles == {
        "physiotherapist": Role.PHYSIOTHERAPIST,
        "patient": Role.PATIENT,
        "administrator": Role.ADMINISTRATOR,
    }


def test_a_record_with_people_takes_no_sample(tmp_path: Path, installation: Installation):
    with pytest.raises(ValueError, match="not empty"):
        demo_clinic.write(installation)
