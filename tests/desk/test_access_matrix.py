"""Every public method of every desk, tried by everybody on everybody's record: who gets in, and what changed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import coach.desk
from coach.desk import Installation, Principal
from coach.desk.access.permissions import Action
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.patient_context import Desk, UseCases
from coach.records.database import schema
from tests.support.access import ARGUMENTS, at, call, expected
from tests.support.clinics import Clinic, everything, make_clinic
from tests.support.homes import Clock

pytestmark = pytest.mark.slow

ADMIT = {"admit"}  # the access rule itself


def desks() -> list[type]:
    """Return every desk there is."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(coach.desk.__path__, "coach.desk."):
        names = vars(importlib.import_module(module.name))
        for name, kind in names.items():
            if inspect.isclass(kind) and name.endswith("Desk") and kind is not Desk:
                found[name] = kind
    return list(found.values())


def methods(kind: type) -> list[str]:
    return [
        name
        for name, _function in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name not in ADMIT
    ]


def of_one_patient(kind: type) -> bool:
    return issubclass(kind, UseCases)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One clinic for all: what is refused changes nothing, so nobody minds what the others did."""
    desk_clock.use(Clock())
    made = make_clinic(tmp_path_factory.mktemp("clinic"))
    yield made
    made.installation.store.close()
    desk_clock.use(lambda: datetime.now(UTC))  # noqa: TID251  the real one


METHODS = [(kind, name) for kind in desks() for name in methods(kind)]


@pytest.mark.parametrize("kind", desks(), ids=lambda kind: kind.__name__)
def test_every_public_method_names_its_action(kind: type):
    assert [name for name in methods(kind) if not hasattr(getattr(kind, name), "action")] == []


def test_every_action_is_asked_for_somewhere():
    folder = Path(coach.desk.__file__).parent
    code = "".join(file.read_text() for file in folder.rglob("*.py") if file.name != "permissions.py")
    assert [action for action in Action if f"Action.{action.name}" not in code] == []


def below(kind: type) -> set[type]:
    """Return the classes that are made of this one."""
    direct: set[type] = set(kind.__subclasses__())
    return direct.union(*(below(each) for each in direct))


def test_every_class_of_use_cases_is_tried():
    assert below(UseCases) - {Desk} == {kind for kind in desks() if of_one_patient(kind)}


def test_the_desks_are_found():
    assert {"PatientDesk", "MessagesDesk", "CaseloadDesk", "ReviewDesk", "PlanDesk"} <= {
        k.__name__ for k in desks()
    }


WALL = datetime(2026, 3, 4, 12, 0)  # a local time  # noqa: DTZ001
ARGUMENTS |= dict.fromkeys(("average", "worst", "before", "after", "effort"), 3)
ARGUMENTS |= dict.fromkeys(("wall", "home", "spoke"), WALL)
ARGUMENTS |= dict.fromkeys(("starts",), WALL.replace(tzinfo=UTC))
ARGUMENTS |= dict.fromkeys(("first_day", "last_day"), WALL.date())


def outcomes(installation: Installation) -> list[str]:
    with installation.store.reading() as connection:
        return list(connection.scalars(select(schema.audit.c.outcome)))


PATIENTS = [(kind, name) for kind, name in METHODS if of_one_patient(kind)]


@pytest.mark.parametrize(("kind", "name"), PATIENTS, ids=lambda each: getattr(each, "__name__", each))
def test_everybody_on_everybodys_record(kind: type, name: str, clinic: Clinic):
    action = getattr(kind, name).action
    cells: dict[bool, list[tuple[str, str, Principal, UUID]]] = {False: [], True: []}
    for who, principal in clinic.people.items():
        for whom, patient in {**clinic.patients, "nobody": uuid4()}.items():
            wanted = expected(action, principal, patient, clinic.installation.people.team_of(patient))
            cells[wanted].append((who, whom, principal, patient))
    before, lines = everything(clinic.installation), len(outcomes(clinic.installation))
    for who, whom, principal, patient in cells[False]:
        assert not call(at(kind, clinic.installation, patient, principal), name), (who, whom)
    assert everything(clinic.installation) == before
    assert outcomes(clinic.installation)[lines:] == ["refused"] * len(cells[False])
    for who, whom, principal, patient in cells[True]:
        assert call(at(kind, clinic.installation, patient, principal), name), (who, whom)
