"""Every share and mean that Progress and Review show follows from the tables that one can take along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.demo import clinic as demo_clinic
from coach.desk.access.authorization import Identity
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation.recording import new_key
from coach.desk.patient.export import gathered
from coach.domain.case import Case
from coach.domain.patient_record import PatientRecord
from coach.export.tables import csv
from tests.support import recomputed, sample_patients
from tests.support.clinic_pages import open_clinic, sign_in
from tests.support.followed import follow
from tests.support.pages import Home, lines, open_line, said, unfold
from tests.support.progress_pages import live

PERCENT = re.compile(r"\d+(?:\.\d+)? %")
WHOLE = re.compile(r"\.0$")  # a table's way to write a score
MEAN = re.compile(r"(?<![\d.:])\d+\.\d+(?![\d.]| °)")


def shown(at: AppTest) -> str:
    """Return all that a page shows in words, its tables and what its charts say to who does not see them."""
    unfold(at)
    for _level in ("a line of the review", "the table in it"):
        for key in _closed(at):
            open_line(at, key)
    tables = "\n".join(each.value.to_csv() for each in (*at.table, *at.dataframe))
    charts = "\n".join(str(each.proto.alt) for each in at.get("vega_lite_chart"))
    return "\n".join((str(said(at)), *lines(at), tables, charts))


def _closed(at: AppTest) -> list[str]:
    """Return the keys of the tables, and of the review's lines with shares, that are closed."""
    every = [(each, each.proto.id.split("-", 2)[-1]) for each in at.expander]
    return [
        key
        for each, key in every
        if not each.proto.expanded
        and (each.label == "Show as table" or key in ("review-kept", "review-changes"))
    ]


def everything(found: object) -> Iterator[str]:
    """Yield every figure that was worked out, as its screen writes it."""
    if isinstance(found, dict | list | tuple):
        for each in found.values() if isinstance(found, dict) else found:
            yield from everything(each)
    elif found is not None:
        yield str(found).lstrip("+−")


def from_tables(made: PatientRecord) -> tuple[dict[str, object], set[str]]:
    """Return what somebody else works out from a patient's tables, and each figure in it."""
    found = recomputed.figures(recomputed.read(csv.zipped(made)), made.today)
    return found, set(everything(found))


@pytest.mark.slow
def test_every_share_and_mean_on_both_pages_is_worked_out_from_the_tables(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    patient = home.settle(hours=24 * 3)
    patient.measures.name_activities(["Socks", "Stairs"], key=new_key())
    for activity, able in zip(patient.measures.activities(), (2, 3), strict=True):
        patient.measures.score_activity("baseline", activity.id, able, key=new_key())
    patient = live(home, 5)
    home.clock.goes_on(hours=1)
    patient.diary.check_in(average=2, worst=5, key=new_key())  # the second of this day
    made = gathered(patient.installation, patient.patient)
    found, known = from_tables(made)
    progress = shown(home.open("progress"))
    team = follow(patient)
    sign_in(monkeypatch, team)
    review = shown(open_clinic("review", team.patient))
    assert found["pain of the week"] == "3.1"
    assert len(PERCENT.findall(review)) > len(Case.of(made.protocol, made.history).routines)
    for page in (progress, review):
        assert {"1.5", "2.5", "3.1"} <= set(MEAN.findall(page))
        assert set(PERCENT.findall(page)) <= known
        assert set(MEAN.findall(page)) <= known


@pytest.mark.torture
@pytest.mark.timeout(3000)
def test_it_is_so_for_every_patient_of_the_sample_clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COACH_MODE", "clinic")
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    met, unknown = 0, []
    with sample_patients.whole_clinic(tmp_path) as (installation, _ends):
        patients = installation.store.patients()
        team = frozenset(each.id for each in AccountsDesk(installation, demo_clinic.OPERATOR).teams())
        desk.forget()
        for patient in patients:
            made = gathered(installation, patient)
            _found, known = from_tables(made)
            for page, role in (("progress", Role.PATIENT), ("review", Role.PHYSIOTHERAPIST)):
                of = patient if role is Role.PATIENT else None
                who = Identity(new_key(), "Somebody", role, of, frozenset() if of else team, "a session")
                monkeypatch.setattr(SignIns, "identity", lambda _sign_ins, token, who=who, **_how: who)
                words = shown(open_clinic(page, patient))
                figures = {
                    each for each in (*PERCENT.findall(words), *MEAN.findall(words)) if not WHOLE.search(each)
                }
                unknown += [(made.name, page, each) for each in figures - known]
                met += len(figures)
    desk.forget()
    assert not unknown
    assert met > 5 * len(patients)
