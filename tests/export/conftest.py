"""Patients of the sample clinic, written once for all tests of what leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coach.desk.installation import clock
from coach.desk.patient.export import gathered
from tests.support.sample_patients import SOME, PatientRecords, clinic, whole_clinic


@pytest.fixture(scope="session")
def some_patients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatientRecords]:
    """The records of a few patients of the sample clinic."""
    with clinic(tmp_path_factory.mktemp("some"), SOME) as (installation, patients):
        yield [gathered(installation, each) for each in patients]


@pytest.fixture(scope="session")
def all_patients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatientRecords]:
    """The records of all patients of the sample clinic."""
    with whole_clinic(tmp_path_factory.mktemp("sample")) as (installation, ends):
        with clock.showing(lambda: ends):
            found = [gathered(installation, each) for each in installation.store.patients()]
        yield found
