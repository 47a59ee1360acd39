"""The access table: who may do what to whom, cell by cell, and no cell can change unseen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from uuid import UUID, uuid4

import pytest

from coach.desk.access import permissions
from coach.desk.access.authorization import Authorization, NotFound, Principal
from coach.desk.access.permissions import Action, Role, Scope
from tests.support.access import MAY, may

SPINE, KNEE = uuid4(), uuid4()
ADA, BEN, CLEO, NOBODYS = uuid4(), uuid4(), uuid4(), uuid4()  # Cleo works in a team and is a patient too
MISSING = uuid4()
TEAM_OF: Mapping[UUID, UUID | None] = {ADA: SPINE, BEN: KNEE, CLEO: SPINE, NOBODYS: None}

# Every role with every ground that somebody could have by accident: an own record, teams, both, neither.
PEOPLE = [
    Principal(role, uuid4(), "", own, frozenset(teams))
    for role, own, teams in product(
        Role, (None, ADA, CLEO), ((), (SPINE,), (KNEE,), (SPINE, KNEE))
    )
]  # fmt: skip


def expected(action: Action, who: Principal, where: str, whom: UUID | None) -> bool:
    what = may(action, who.role)
    if what == "all":
        return True
    if where == "clinic":
        return what == "team"
    if where == "team":
        return what == "team" and whom in who.teams
    if what == "own":
        return whom is not None and whom == who.patient
    return what == "team" and whom != who.patient and TEAM_OF.get(whom or MISSING) in who.teams


def cells(action: Action) -> list[tuple[Principal, str, UUID | None]]:
    patients = [(who, "patient", whom) for who in PEOPLE for whom in (*TEAM_OF, MISSING)]
    teams = [(who, "team", team) for who in PEOPLE for team in (SPINE, KNEE, None)]
    return [*patients, *teams, *((who, "clinic", None) for who in PEOPLE)]


def answered(action: Action, who: Principal, where: str, whom: UUID | None) -> tuple[bool, list[bool]]:
    """Return whether the rule admits, and the outcomes that were audited."""
    audited: list[bool] = []

    def audit(principal: Principal, action: Action, patient: UUID | None, *, allowed: bool) -> None:
        assert principal is who
        audited.append(allowed)

    authorization = Authorization(who, TEAM_OF.get, audit)
    try:
        if where == "patient":
            assert whom is not None
            authorization.to_patient(action, whom)
        elif where == "team":
            authorization.to_team(action, whom)
        else:
            authorization.to_clinic(action)
    except NotFound:
        return False, audited
    return True, audited


def wrong(action: Action) -> int:
    return sum(answered(action, *cell)[0] != expected(action, *cell) for cell in cells(action))


def test_the_list_names_every_action():
    assert {action.value for action in Action} == set(MAY) == {action.value for action in permissions.TABLE}


@pytest.mark.parametrize("action", Action)
def test_every_cell_of_the_matrix_is_as_it_is_listed(action: Action):
    assert wrong(action) == 0


@pytest.mark.parametrize("action", Action)
def test_every_refusal_is_audited_and_so_is_acting_on_somebody_else(action: Action):
    for cell in cells(action):
        admitted, audited = answered(action, *cell)
        own = may(action, cell[0].role) == "own"
        assert audited == ([] if admitted and own else [admitted])


def test_every_mutation_of_every_cell_of_the_table_is_caught(monkeypatch: pytest.MonkeyPatch):
    caught, made = 0, 0
    for action, role in product(Action, Role):
        for other in set(Scope) - {permissions.TABLE[action][role]}:
            mutated = {**permissions.TABLE, action: {**permissions.TABLE[action], role: other}}
            with monkeypatch.context() as patched:
                patched.setattr(permissions, "TABLE", mutated)
                made += 1
                caught += wrong(action) > 0
    assert (caught, made) == (len(Action) * len(Role) * (len(Scope) - 1),) * 2


def test_nobody_treats_themselves():
    cleo = Principal(Role.PHYSIOTHERAPIST, uuid4(), "", CLEO, frozenset({SPINE}))
    assert answered(Action.FLAG_CLEAR, cleo, "patient", ADA) == (True, [True])
    assert answered(Action.FLAG_CLEAR, cleo, "patient", CLEO) == (False, [False])
    assert answered(Action.REVIEW_SEE, cleo, "patient", CLEO) == (False, [False])


def test_what_is_missing_and_what_is_not_theirs_look_the_same():
    ann = Principal(Role.PHYSIOTHERAPIST, uuid4(), "", None, frozenset({SPINE}))
    trouble = []
    for whom in (BEN, MISSING, NOBODYS):
        with pytest.raises(NotFound) as refused:
            Authorization(ann, TEAM_OF.get, lambda *_a, **_k: None).to_patient(Action.REVIEW_SEE, whom)
        trouble.append((refused.type, str(refused.value)))
    assert len(set(trouble)) == 1
