"""The report on sample patients, whose days are told through the desk: the sentences of their screens stand in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.demo import patient as demo_patient
from coach.demo.story import Plot
from coach.desk.patient.export import gathered
from coach.domain import gate
from coach.domain.case import Case
from coach.export.pdf import exercise_sheet, progress_report
from coach.review.clinic import findings, tables
from tests.support.patients import desk_in
from tests.support.pdf_reading import pages, whole

PLOTS = {
    "better": Plot(name="Rosa", days=6, seed=3),
    "red light": Plot(name="Bao", days=5, seed=4, worst=5.0, least=2.0, amber=3, red=5),
    "red flag": Plot(
        name="Zoë",
        days=3,
        seed=5,
        then={2: lambda story: story.patient.red_flags.report_flag("fever_shaking", key=story.key())},
    ),
    "silent": Plot(name="Ines", days=6, seed=6, silent=frozenset(range(3, 7))),
}


@pytest.mark.slow
@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_the_reports_sentences_and_flags_are_the_screens(plot: Plot, tmp_path: Path):
    patient = desk_in(tmp_path)
    demo_patient.tell(patient, plot)
    made = gathered(patient.installation, patient.patient)
    protocol, history = made.protocol, made.history
    pdf = progress_report.pdf(made, "a4")
    first = pages(pdf)[0]
    for sentence in (
        made.name,
        findings.pain(Case.of(protocol, history), today=made.today),
        findings.kept(Case.of(protocol, history), today=made.today),
        findings.changes(history),
        findings.now_open(gate.decide(Case.of(protocol, history), now=made.now)),
    ):
        assert " ".join(sentence.split()) in first
    for flag in tables.flags(Case.of(protocol, history), made.authors, now=made.now)["Sign"]:
        assert flag in first
    given, _closed = exercise_sheet.standing(made)
    on_paper = whole(exercise_sheet.pdf(made, "letter"))
    assert all(f"{each.routine.name}: {exercise_sheet.dosed(each)}" in on_paper for each in given)
    assert ("Do not exercise now" in on_paper) == (not given)
