"""Some patients of the sample clinic, told through the desks as `coach demo` tells them."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from coach.demo import clinic as demo_clinic
from coach.demo import patient as demo_patient
from coach.demo.clinic import NAMES, Staff, plots
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.installation import clock
from coach.domain.patient_record import PatientRecord
from coach.records.entries.store import Store
from tests.support.once import once

PatientRecords = Sequence[PatientRecord]

#: One who enters far too much from memory, one with a dose of their own, one with a red flag.
SOME = (7, 21, 2)


@contextmanager
def clinic(folder: Path, places: Collection[int]) -> Iterator[tuple[Installation, list[UUID]]]:
    """Open a sample clinic of the patients at these places; with the patients' identifiers."""
    store = Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")
    try:
        installation = Installation(store, clinic=True)
        yield installation, [*_written(installation, places)]
    finally:
        store.close()


@contextmanager
def whole_clinic(folder: Path) -> Iterator[tuple[Installation, datetime]]:
    """Open the whole sample clinic, a copy of the one of this run; with the instant at which its story ends.

    Its writing takes half a minute. It says how far it is, patient by patient.
    """
    made = once("sample-clinic", _write_whole)
    shutil.copy(made / "coach.sqlite3", folder)
    store = Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")
    try:
        yield Installation(store, clinic=True), datetime.fromisoformat((made / "ends").read_text())
    finally:
        store.close()


def _write_whole(folder: Path) -> None:
    store = Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")
    said: list[tuple[int, int]] = []
    demo_clinic.write(Installation(store, clinic=True), said=lambda done, count: said.append((done, count)))
    store.close()
    assert said == [(number, 42) for number in range(1, 43)]
    (folder / "ends").write_text(clock.now().isoformat())


def _written(installation: Installation, places: Collection[int]) -> Iterator[UUID]:
    accounts, key = AccountsDesk(installation, demo_clinic.OPERATOR), uuid4()
    team = accounts.team_called(demo_clinic.TEAM)
    accounts.add_staff(demo_clinic.PHYSIOTHERAPIST, "pat", Role.PHYSIOTHERAPIST, team=team, key=key)
    pat = Principal(Role.PHYSIOTHERAPIST, key, demo_clinic.PHYSIOTHERAPIST, None, frozenset({team}))
    every = list(zip(NAMES, plots(Staff(installation, pat)), strict=True))
    for place in places:
        name, plot = every[place]
        who = PatientsDesk(installation, pat).create(
            f"{name} Sample", f"S-{1001 + place}", team, key, key=uuid4()
        )
        if plot is None:
            pytest.fail(f"{name} has not begun")
        own = PatientDesk(installation, who, Principal(Role.PATIENT, patient=who)).for_one_run()
        demo_patient.tell(own, replace(plot, name=name, seed=plot.seed or 100 + place))
        yield who
