"""Checked values from end to end: signed on a page, told on screens and papers, and lost with a changed number."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from uuid import uuid4

import pytest

from coach import desk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.sign_off import SignOffDesk
from coach.desk.patient.export import gathered
from coach.domain.patient_record import plain
from coach.domain.quantity import CLINIC_TITLE
from coach.domain.sign_off import Opinion, values
from coach.export import fhir
from coach.export.pdf import exercise_sheet, progress_report
from coach.export.tables import csv
from coach.protocols import loader
from coach.protocols.editing import Place
from coach.ui.parts import navigation
from tests.support.clinic_house import House, house
from tests.support.editing import VALUES, other_numbers
from tests.support.editing import at as value_at
from tests.support.pages import at_address, buttons, part, run, said, tap, unfold
from tests.support.pdf_reading import whole
from tests.support.protocols import default_text

__all__ = ["house"]  # the fixture

SHIPPED = loader.default()
MANY = len(values(SHIPPED))
NOT = "Not checked by a clinician."
DONE = "Checked by Ann on 5 March 2026."
LISTED = {"curve": "curves", "rules": "rules", "measures": "measures", "bone_health": "bone_health"}
PART = "values-phases-second-day"
#: The exercises that nobody has released for Ada.
LIBRARY = {each.id for each in SHIPPED.routines.values() if each.release}
OLD = '[phase.dose.static_glutes]\nreps = { value = 8, unit = "reps", source = "PD" }'


def exercise(place: Place) -> object:
    """Return the exercise that a number of the file is about, if it is about one."""
    if place[0] == "routine":
        return value_at(VALUES, place[:2])["id"]
    return place[3] if place[2:3] == ("dose",) else None


def sign_all(house: House, *, but: Collection[str] = ()) -> None:
    """Sign every value of the protocol, but for those of some exercises."""
    shown = {each.path: each.hash for each in values(SHIPPED) if not set(but) & set(each.path.split("."))}
    SignOffDesk(house.clinic.installation, house.clinic.people["ann"]).sign(
        SHIPPED.digest, shown, Opinion.AGREE, "", key=uuid4()
    )


def one_more(house: House) -> None:
    """Put a protocol in force in which the squeezes of the first week have one repetition more."""
    text = default_text()
    assert OLD in text
    text = text.replace(OLD, OLD.replace("value = 8", "value = 9"), 1)
    in_force(house, text.encode())


def in_force(house: House, content: bytes) -> None:
    for each in (house.clinic.installation, desk.open_installation()):
        each.protocol_registry.looks_again_after_s = 0
    ProtocolsDesk(house.clinic.installation, house.clinic.people["adam"]).put_in_force(
        content, "p.toml", starts_at=None, instead_of=SHIPPED.digest, why="Why.", key=uuid4()
    )


def papers(house: House) -> dict[str, str]:
    """Return what each paper and file of Ada's says of the protocol's values."""
    record = gathered(house.clinic.installation, house.clinic.patients["ada"])
    (plan,) = [
        each["resource"]
        for each in json.loads(fhir.content(record))["entry"]
        if each["resource"]["resourceType"] == "CarePlan"
    ]
    found = {
        "sheet": whole(exercise_sheet.pdf(record, "a4")),
        "report": whole(progress_report.pdf(record, "a4")),
        "fhir": " ".join(note["text"] for note in plan["note"]),
    }
    told = {name: re.search(r"The protocol’s values: ([^.]*[.])", text) for name, text in found.items()}
    counts = json.loads(csv.described(record))["protocol"]["values"]
    assert plain(record)["protocol"]["values"] == counts  # type: ignore[index]
    return {name: each[1] for name, each in told.items() if each} | {
        "tables": f"{counts['checked_by_a_clinician']} of {counts['of']}"
    }


def test_a_part_is_shown_and_then_signed_at_once(house: House):
    at = house.open("protocols", "ann")
    assert f"0 of {MANY} checked" in said(at)
    assert not [key for key in buttons(at) if key.startswith("values-")]
    at = unfold(at, PART)
    assert "Bottom squeeze, Repetitions" in said(at)
    assert "5 times (PD)" in said(at)
    assert "Not checked by a clinician" in said(at)
    (sign,) = [key for key in buttons(at) if key.startswith(PART)]
    at = tap(at, sign)
    assert "Checked by Ann on 5 March 2026" in said(at)
    many = sum(each.section == "phases.second-day" for each in values(SHIPPED))
    assert f"{many} values signed." in [each.value for each in at.success]
    assert f"Second day: {many} of {many} checked" in [each.label for each in at.expander]
    assert f"{many} of {MANY} checked" in said(at)


def test_some_values_are_signed_with_a_change_needed_and_a_note(house: House):
    at = unfold(house.open("protocols", "ann"), PART)
    at.segmented_control(key=f"{PART}-0-some").set_value(True)
    at = run(at)
    reps = next(each for each in at.checkbox if each.label == "Bottom squeeze, Repetitions")
    reps.set_value(True)
    at.segmented_control(key=f"{PART}-0-opinion").set_value(Opinion.CHANGE)
    at.text_area(key=f"{PART}-0-note").set_value("Begin with 3.")
    at = tap(run(at), f"{PART}-0-sign")
    assert "Ann asks for a change, 5 March 2026: Begin with 3." in said(at)
    assert f"0 of {MANY} checked" in said(at)
    (signed,) = house.clinic.installation.signatures.of(SHIPPED.id)
    assert (signed.path, signed.note) == ("phases.second-day.doses.static_glutes.reps", "Begin with 3.")


def test_an_administrator_sees_what_is_checked_and_has_no_form(house: House):
    sign_all(house)
    at = unfold(house.open("protocols", "adam"), PART)
    assert f"{MANY} of {MANY} checked" in said(at)
    assert "Checked by Ann on 5 March 2026" in said(at)
    assert not [key for key in buttons(at) if key.startswith("values-")]


def test_values_that_another_protocol_replaced_meanwhile_are_not_signed_unseen(house: House):
    week = "values-phases-first-week"
    at = unfold(house.open("protocols", "ann"), week)
    one_more(house)
    at = tap(at, f"{week}-0-sign")
    assert "A value is another one now than the one that you were shown. Read the values again." in said(at)
    assert house.clinic.installation.signatures.of(SHIPPED.id) == []


def test_screens_and_papers_say_what_is_true_of_the_values_in_force(house: House):
    assert papers(house) == dict.fromkeys(("sheet", "report", "fhir"), NOT) | {"tables": f"0 of {MANY}"}
    assert guide(house).count(NOT) > 1
    sign_all(house)
    assert papers(house) == dict.fromkeys(("sheet", "report", "fhir"), DONE) | {"tables": f"{MANY} of {MANY}"}
    assert NOT not in guide(house)
    assert DONE in guide(house)
    assert f"The protocol’s values: {DONE}" in plan(house)
    one_more(house)
    told = papers(house)
    assert told.pop("tables") == f"{MANY - 1} of {MANY}"
    assert told.pop("fhir") == "Not all checked by a clinician."
    assert set(told) == {"sheet", "report"}
    for text in told.values():
        assert text.startswith("Not all checked by a clinician: ")
    doses = sum(each.path.startswith("phases.first-week.doses.") for each in values(SHIPPED))
    assert f"Not all checked by a clinician: {doses - 1} of {doses} values." in guide(house)
    assert "The protocol’s values: Not all checked by a clinician: " in plan(house)
    at = unfold(house.open("protocols", "ann"), "values-phases-first-week")
    assert "Changed since it was checked" in said(at)


def test_what_nobody_released_for_a_patient_needs_no_check_for_their_screens_and_papers(house: House):
    sign_all(house, but=LIBRARY)
    told = papers(house)
    assert told.pop("tables") != f"{MANY} of {MANY}"
    assert told == dict.fromkeys(("sheet", "report", "fhir"), DONE)
    assert f"The protocol’s values: {DONE}" in plan(house)


@pytest.mark.slow
def test_each_number_that_is_changed_is_told_as_such_on_the_page_and_counted_on_the_papers(house: House):
    sign_all(house)
    content, places = other_numbers()
    in_force(house, content)
    numbers = len(places) + 1  # and the text that names one of them in words
    at = house.open("protocols", "ann")
    assert f"{MANY - numbers} of {MANY} checked" in said(at)
    for section in ("rules", "phases-weeks-3-6", "routines-walking", "measures", "curves", "bone-health"):
        name = section.replace("-", "_") if section == "bone-health" else section
        at = unfold(house.open("protocols", "ann"), f"values-{name}")
        mine = {"phases-weeks-3-6": ("phase", 6), "routines-walking": ("routine", 11)}.get(section)
        many = sum(place[:2] == mine if mine else LISTED.get(str(place[0])) == name for place in places)
        assert many > 0
        assert said(at).count("Changed since it was checked") == many, section
    told = papers(house)
    assert (told["fhir"], told["tables"]) == (
        "Not all checked by a clinician.",
        f"{MANY - numbers} of {MANY}",
    )
    counts = {name: list(map(int, re.findall(r"\d+", told[name]))) for name in ("sheet", "report")}
    on_report = sum(place[0] != "bone_health" and exercise(place) not in LIBRARY for place in places)
    checked, of = counts["report"]
    assert of - checked == on_report
    checked, of = counts["sheet"]
    assert of - checked > sum(place[0] == "rules" for place in places)
    told_of = guide(house, "sources")
    assert "the clinic’s own choice" in told_of.casefold()
    assert f"CLINIC: {CLINIC_TITLE}" in told_of


def guide(house: House, *others: str) -> str:
    """Return what the Guide says of where each number comes from."""
    at = part(house.open("guide", "ada"), "numbers")
    for name in ("doses", "limits", "signs", *others):
        at = unfold(at, f"guide-numbers-{name}")
    return said(at)


def plan(house: House) -> str:
    """Return what the page of Ada's plan says."""
    at = house.open("caseload", "ann")
    at.session_state[navigation.PATIENT_CHOSEN] = house.clinic.patients["ada"]
    at_address(at, "plan")
    return said(run(at))
