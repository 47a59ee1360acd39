"""Some patients of the sample clinic, told through the desks as `coach demo` tells them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from coach.domain.patient_record import PatientRecord
from coach.records.entries.store import Store

PatientRecords = Sequence[PatientRecord]

#: One who enters far too much from memory, one with a dose of their own, one with a red flag.
SOME = (7, 21, 2)


@contextmanager
def clinic(folder: Path, places: Collection[int] | None = None) -> Iterator[tuple[Installation, list[UUID]]]:
    """Open a sample clinic of the patients at these places, of all without them; with the patients' identifiers."""
    store = Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")
    try:
        installation = Installation(store, clinic=True)
        if places is None:
            demo_clinic.write(installation)
            yield installation, [*store.patients()]
        else:
            yield installation, [*_written(installation, places)]
    finally:
        store.close()


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
