"""Every public method of every desk, tried by everybody on everybody's record: who gets in, and what changed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import coach.desk
from coach.desk import Installation, NotFound, Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic.plan_commands import Hold
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import Desk, new_key
from coach.domain import facts
from coach.domain.course import PhaseSpan
from coach.domain.errors import BadValue
from coach.domain.history import Entry, Session
from coach.domain.protocol import Dose
from coach.protocols.loader import default
from coach.records.database import schema
from tests.desk.test_access import may
from tests.support.clinics import Clinic, everything, make_clinic
from tests.support.homes import NOW, Clock

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
    return issubclass(kind, Desk)


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


def test_the_desks_are_found():
    assert {"PatientDesk", "MessagesDesk", "CaseloadDesk", "ReviewDesk", "PlanDesk"} <= {
        k.__name__ for k in desks()
    }


WALL = datetime(2026, 3, 4, 12, 0)  # a local time  # noqa: DTZ001
# What each parameter is called with, by its name; refusing what it says is as good as taking it.
ARGUMENTS: dict[str, object] = {
    "content": b"date,time,what,score\n2026-03-04,12:00,pain_now,3\n",
    "address": "ada@example.org",
    "code": "0000-0000",
    "hour": 18,
    "able": 3,
    "occasion": "week-2",
    "owner": "",
    "rating": facts.Change.MUCH_BETTER,
    "texts": ("Getting out of bed",),
    "what": facts.PutOffWhat.FOR_TODAY,
    "cause": facts.Cause.NEW_PROCEDURE,
    "begins": time(22),
    "ends": time(7),
    "span": PhaseSpan(default().phases[0], NOW, None),
    "change": Hold(None, None, "Because"),
    "dose": Dose(5, 3, 2),
    "detail": facts.Detail.LEVELS,
    "easier": False,
    "entries": (),
    "fact": facts.Pain(3, facts.PainWhen.NOW),
    "flag": "fall",
    "items": [],
    "login": "somebody",
    "meaning": "overnight",
    "name": "first_name",
    "needs": (),
    "note": "",
    "plan": facts.PlannedSet("ankle_pumps", 10, 0, 1),
    "question": "went_wrong",
    "reply": facts.Reply.NO,
    "reps": 5,
    "role": Role.PHYSIOTHERAPIST,
    "routine": "ankle_pumps",
    "routines": ("ankle_pumps",),
    "score": 3,
    "seen_seq": 0,
    "sets": (),
    "source": facts.Source.PLAYER,
    "text": "Hello",
    "took_s": 30.0,
    "value": "Ada",
    "when": facts.PainWhen.NOW,
    "who": "The nurse",
    "whole": True,
    "why": "Because",
}
ARGUMENTS |= dict.fromkeys(("average", "worst", "before", "after", "effort"), 3)
ARGUMENTS |= dict.fromkeys(("wall", "home", "spoke"), WALL)
ARGUMENTS |= dict.fromkeys(("starts",), WALL.replace(tzinfo=UTC))
ARGUMENTS |= dict.fromkeys(("first_day", "last_day"), WALL.date())
START = Entry(
    uuid4(), 1, NOW, "UTC", NOW.date(), NOW, facts.PATIENT, facts.SessionStarted((), "p", "1", "0" * 64)
)  # fmt: skip
SESSION = Session(START, (), None, None, None, None, ())
FRESH = {"key", "entry", "session", "last", "word", "activity"}  # ids that nobody has used


def call(desk: Any, name: str) -> bool:
    """Call a method with something for each parameter; return whether it was let in."""
    method = getattr(desk, name)
    parameters = inspect.signature(method).parameters.values()
    given = {
        each.name: new_key() if each.name in FRESH else ARGUMENTS[each.name]
        for each in parameters
        if each.default is each.empty and each.kind is not each.VAR_POSITIONAL
    }
    if name == "schedule":
        given["session"] = SESSION
    if "owner" in given:
        given["owner"] = str(desk.patient)
    try:
        method(**given)
    except NotFound:
        return False
    except (BadValue, LookupError):
        return True
    return True


def outcomes(installation: Installation) -> list[str]:
    with installation.store.reading() as connection:
        return list(connection.scalars(select(schema.audit.c.outcome)))


def expected(action: Action, who: Principal, whom: UUID, team_of: UUID | None) -> bool:
    """Return what the list of `test_access` says of a record; written apart from the rule itself."""
    match may(action, who.role):
        case "all":
            return True
        case "own":
            return whom == who.patient
        case "team":
            return whom != who.patient and team_of in who.teams
        case _:
            return False


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
        assert not call(kind(clinic.installation, patient, principal), name), (who, whom)
    assert everything(clinic.installation) == before
    assert outcomes(clinic.installation)[lines:] == ["refused"] * len(cells[False])
    for who, whom, principal, patient in cells[True]:
        assert call(kind(clinic.installation, patient, principal), name), (who, whom)
