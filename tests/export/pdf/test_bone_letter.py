"""The letter about bone health says what is recorded and by whom, asks, and leaves the rest to be written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach import i18n
from coach.domain import facts
from coach.domain.facts import BoneState, BoneStep, Detail
from coach.domain.patient_record import PatientRecord
from coach.export.pdf import bone_letter
from tests.support.pdf_reading import pages, patient_record, told, whole
from tests.support.review_samples import Record, on_day

UNCHECKED = "No clinician has checked them."


def recorded() -> Record:
    """Return a course whose cause and levels the clinic recorded, with answers at two occasions."""
    record = Record().set_up()
    record.pain(40, 3)
    record.add(facts.CourseDetail(Detail.LEVELS, "T12, L1"), on_day(2))
    record.add(facts.CourseDetail(Detail.CAUSE, "osteoporotic fracture"), on_day(2))
    record.add(facts.BoneHealth("week-2", BoneStep.TREATMENT, BoneState.NO), on_day(15))
    record.add(facts.BoneHealth("week-2", BoneStep.SCAN, BoneState.BOOKED), on_day(15))
    record.add(facts.BoneHealth("week-6", BoneStep.TREATMENT, BoneState.YES, "Quokka drops"), on_day(43))
    return record


def made(record: Record, day: int = 44) -> PatientRecord:
    return patient_record(record.history, on_day(day, "10:00"))


def text(record: PatientRecord) -> str:
    return whole(bone_letter.pdf(record, "a4"))


def test_it_says_who_which_procedure_what_was_answered_when_and_how_pain_went():
    said = text(made(recorded()))
    for part in (
        "Patient Ada Example", "Reference R-1", "Balloon kyphoplasty 7 September 2026", "Levels treated T12, L1",
        "Cause osteoporotic fracture", "arranged or started: Quokka drops Week 6 20 October 2026",
        "Bone density scan (DXA) booked Week 2 22 September 2026", "pain over 24 hours: latest 3, 8 before",
        "Please consider an assessment of this patient’s bone health", UNCHECKED, "Signature",
    ):  # fmt: skip
        assert part in said, part
    assert "not arranged" not in said.replace("if these are not arranged yet", ""), "the later answer counts"


def test_what_is_not_recorded_is_not_said():
    said = text(replace(patient_record(told(), on_day(3)), name="", reference=""))
    for word in (
        "fracture",
        "osteoporo",
        "Reference",
        UNCHECKED,
        "Week",
        "24 hours",
        "checked these answers",
    ):
        assert word not in said.replace("fracture liaison service", ""), word
    assert "No answer about bone treatment is recorded there." in said


def test_levels_and_cause_of_an_earlier_course_are_not_those_of_a_new_one():
    record = recorded()
    record.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), on_day(45))
    said = text(made(record, 46))
    assert "Balloon kyphoplasty 22 October 2026" in said
    assert not any(old in said for old in ("T12", "osteoporotic", "Quokka"))


def test_a_new_fracture_is_no_procedure():
    record = recorded()
    record.add(facts.Procedure(facts.Cause.NEW_FRACTURE), on_day(45))
    said = text(made(record, 46))
    assert "Balloon kyphoplasty 7 September 2026" in said
    assert "New fracture recorded; the course began again on 22 October 2026" in said


def test_what_the_clinic_recorded_is_told_apart_from_what_the_patient_said():
    record = recorded()
    record.add(facts.CourseDetail(Detail.BONE_TREATMENT, "zoledronate planned"), on_day(44, "09:00"))
    said = text(made(record))
    assert "Bone treatment as the clinic recorded it on 21 October 2026: zoledronate planned" in said
    assert UNCHECKED in said


def test_at_home_the_patient_writes_it():
    said = text(replace(made(recorded()), followed=False))
    for part in (
        "Dear Doctor,",
        "my bone health",
        "These are my own answers. No clinician has checked them.",
    ):
        assert part in said, part
    assert "Dear colleague" not in said
    assert "this patient" not in said


@pytest.mark.parametrize(("language", "day"), [("en-US", "September 7, 2026"), ("de", "7. September 2026")])
def test_dates_are_written_as_the_clinics_language_does(language: str, day: str):
    with i18n.speaking(language):
        assert day in text(made(recorded()))


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_it_is_one_page_with_long_words_too(size: str, language: str):
    record = recorded()
    record.add(facts.CourseDetail(Detail.FALLS, "twice in the garden, once on the stairs"), on_day(3))
    record.add(facts.BoneHealth("week-6", BoneStep.SCAN, BoneState.DONE), on_day(43))
    with i18n.speaking(language):
        assert len(pages(bone_letter.pdf(made(record), size))) == 1
