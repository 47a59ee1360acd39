"""Signing values of a protocol: a physiotherapist of a clinic, what was shown, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.desk import Installation, NotFound
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.sign_off import SignOffDesk
from coach.desk.installation.signed_values import signatures
from coach.desk.patient.export import gathered
from coach.domain.errors import BadValue, Fault
from coach.domain.sign_off import Opinion, ValueState
from coach.protocols import loader
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.protocols import default_text

SHIPPED = loader.default()
PUMPS = "phases.bed-rest.doses.ankle_pumps.reps"
GLUTES = "phases.second-day.doses.static_glutes.reps"
OLD = '[phase.dose.static_glutes]\nreps = { value = 5, unit = "reps", source = "PD" }'


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    made.installation.protocol_registry.looks_again_after_s = 0
    yield made
    made.installation.store.close()


@pytest.fixture
def desk(clinic: Clinic) -> SignOffDesk:
    return SignOffDesk(clinic.installation, clinic.people["ann"])


def sign(
    desk: SignOffDesk,
    *paths: str,
    opinion: Opinion = Opinion.AGREE,
    note: str = "",
    digest: str = SHIPPED.digest,
    key: UUID | None = None,
) -> None:
    values = {each.value.path: each.value.hash for each in desk.sign_off(digest).values}
    shown = {path: values[path] for path in paths or values}
    desk.sign(digest, shown, opinion, note, key=key or uuid4())


def state(desk: SignOffDesk, path: str = GLUTES, digest: str = SHIPPED.digest) -> ValueState:
    return next(each.state for each in desk.sign_off(digest).values if each.value.path == path)


def test_a_value_is_signed_with_who_when_in_which_role_and_a_note(desk: SignOffDesk, clinic: Clinic):
    sign(desk, GLUTES, note="  As in the leaflet.  ")
    (found,) = [each for each in desk.sign_off(SHIPPED.digest).values if each.state is ValueState.CHECKED]
    signed = found.signature
    assert signed
    assert (signed.account, signed.role, signed.at) == (desk.principal.account, "physiotherapist", NOW)
    assert (signed.protocol, signed.path, signed.text) == (SHIPPED.id, GLUTES, "5 reps")
    assert (signed.hash, signed.name, signed.note) == (found.value.hash, "Ann", "As in the leaflet.")
    assert (
        clinic.installation.audit.read(action="protocols.sign", limit=5)[0].account == desk.principal.account
    )


def test_the_same_act_again_is_one_and_taking_back_is_a_further_record(
    desk: SignOffDesk, clinic: Clinic, clock: Clock
):
    key = uuid4()
    sign(desk, GLUTES, PUMPS, key=key)
    sign(desk, GLUTES, PUMPS, key=key)
    assert len(clinic.installation.signatures.of(SHIPPED.id)) == 2
    clock.goes_on(hours=1)
    sign(desk, GLUTES, opinion=Opinion.WITHDRAWN)
    assert len(clinic.installation.signatures.of(SHIPPED.id)) == 3
    assert (state(desk), state(desk, PUMPS)) == (ValueState.NOT_CHECKED, ValueState.CHECKED)


def test_only_what_was_shown_is_signed(desk: SignOffDesk, clinic: Clinic):
    for shown in ({GLUTES: "0" * 64}, {"rules.nothing": "0" * 64}, {GLUTES: ""}, {}):
        with pytest.raises(BadValue) as refused:
            desk.sign(SHIPPED.digest, shown, Opinion.AGREE, "", key=uuid4())
        assert refused.value.fault is (Fault.VALUES_CHANGED if shown else Fault.UNKNOWN_CHOICE)
    with pytest.raises(NotFound):
        sign(desk, GLUTES, digest="0" * 64)
    assert clinic.installation.signatures.of(SHIPPED.id) == []


def test_a_clock_that_was_set_back_signs_nothing_before_what_was_signed(desk: SignOffDesk, clock: Clock):
    sign(desk, GLUTES)
    clock.goes_on(hours=-2)
    with pytest.raises(BadValue) as refused:
        sign(desk, GLUTES, opinion=Opinion.WITHDRAWN)
    assert refused.value.fault is Fault.CLOCK_WRONG
    sign(desk, PUMPS)


@pytest.mark.parametrize("who", ["adam", "eve"])
def test_an_administrator_reads_and_does_not_sign(clinic: Clinic, who: str):
    desk = SignOffDesk(clinic.installation, clinic.people[who])
    assert state(desk) is ValueState.NOT_CHECKED
    with pytest.raises(NotFound):
        sign(desk, GLUTES)


def test_at_home_nobody_signs_and_nothing_counts_as_checked(desk: SignOffDesk, clinic: Clinic):
    sign(desk)
    assert desk.sign_off(SHIPPED.digest).of().is_whole
    home = Installation(clinic.installation.store, clinic=False)
    at_home = SignOffDesk(home, clinic.people["ann"])
    assert at_home.sign_off(SHIPPED.digest).of().checked == 0
    assert signatures(home, SHIPPED) == ()
    with pytest.raises(NotFound):
        sign(at_home, GLUTES)


def test_another_version_keeps_the_signatures_of_the_values_it_keeps(
    desk: SignOffDesk, clinic: Clinic, clock: Clock
):
    sign(desk)
    assert gathered(clinic.installation, clinic.patients["ada"]).sign_off.of().is_whole
    administrator = ProtocolsDesk(clinic.installation, clinic.people["adam"])
    there = SHIPPED.digest
    for reps, version, changed in ((6, "1.1.0", [GLUTES]), (5, "1.2.0", [])):
        content = default_text().replace(OLD, OLD.replace("value = 5", f"value = {reps}"), 1)
        content = content.replace(f'version = "{SHIPPED.version}"', f'version = "{version}"')
        administrator.put_in_force(
            content.encode(), "p.toml", starts_at=None, instead_of=there, why="Why.", key=uuid4()
        )
        there = desk.protocol().digest
        lost = [
            each.value.path for each in desk.sign_off(there).values if each.state is not ValueState.CHECKED
        ]
        summary = gathered(clinic.installation, clinic.patients["ada"]).sign_off.of()
        assert lost == changed
        assert summary.of - summary.checked == len(lost)
        clock.goes_on(hours=1)
    assert clinic.patient("ada").sign_off().of().is_whole
