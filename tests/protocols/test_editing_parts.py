"""Exercises, phases, doses and drawings are added, moved and removed whole, and the rest of a file stays."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.protocol import RoutineKind
from coach.domain.quantity import CLINIC
from coach.protocols import editing
from coach.protocols.drawings import sanitised
from coach.protocols.loader import read
from coach.protocols.reading import Problem
from tests.support.any_story import some
from tests.support.editing import CONTENT, NAME, VALUES, comments, small, touched

ROUTINES = [each["id"] for each in VALUES["routine"]]
PHASES = [each["id"] for each in VALUES["phase"]]
SIGNS = [each["id"] for each in VALUES["red_flag"]][-3:]
GLUTES = "static_glutes"


def values(content: bytes) -> dict[str, Any]:
    return tomllib.loads(content.decode("utf-8-sig"))


def ids(content: bytes, kind: str) -> list[str]:
    return [each["id"] for each in values(content).get(kind, [])]


def found(content: bytes, kind: str, name: str) -> dict[str, Any]:
    return next(each for each in values(content)[kind] if each["id"] == name)


def where(problems: tuple[Problem, ...]) -> list[tuple[str | int, ...]]:
    return [editing.place_of(each) for each in problems]


# Exercises


@pytest.mark.parametrize("like", ["ankle_pumps", "transversus_abdominis", "five_sit_to_stand"])
def test_an_exercise_begins_as_a_copy_of_another_and_stands_after_it(like: str):
    new = editing.with_exercise(CONTENT, like=like, id="another", name="Noch eine Übung")
    after = ROUTINES.index(like) + 1
    assert ids(new, "routine") == [*ROUTINES[:after], "another", *ROUTINES[after:]]
    assert found(new, "routine", "another") == {
        **found(CONTENT, "routine", like), "id": "another", "name": "Noch eine Übung",
    }  # fmt: skip
    assert {**values(new), "routine": 0} == {**VALUES, "routine": 0}
    assert (touched(CONTENT, new)[0], comments(new)) == ([], comments(CONTENT))
    needs_dose = [] if "release" not in found(CONTENT, "routine", like) else [("routine", after, "release")]
    assert where(editing.problems(new, NAME)) == needs_dose
    dose = found(CONTENT, "phase", "weeks-3-6")["dose"][like]
    given_dose = {key: dose[key]["value"] for key in ("reps", "per_day")} | {"hold_s": dose["hold"]["value"]}
    assert editing.problems(editing.with_dose(new, "weeks-3-6", "another", **given_dose), NAME) == ()


@pytest.mark.parametrize("kind", list(RoutineKind))
def test_each_kind_of_exercise_has_a_starting_point_for_a_file_that_has_none(kind: RoutineKind):
    template = next(each for each in editing.templates() if each.kind is kind)
    bare = small()
    for each in ids(bare, "routine"):
        bare = editing.without_exercise(bare, each)
    bare = editing.changed(bare, {("sources",): {"PD": "x", "SEED": "y", "GPK": "z"}})
    new = editing.with_exercise(bare, like=template, id="mine", name="Meine")
    whole = found(CONTENT, "routine", template.id)
    assert (whole["kind"], whole["name"], whole["drawing"]) == (kind, template.name, template.drawing)
    assert found(new, "routine", "mine") == {**whole, "id": "mine", "name": "Meine"}
    numbers: dict[str, Any] = {"minutes": 5} if kind.in_minutes else {"reps": 1, "hold_s": 1}
    new = editing.with_dose(new, "first-week", "mine", per_day=1, **numbers)
    faults = [each for each in editing.problems(new, NAME) if editing.place_of(each)[0] == "routine"]
    # Nothing but what the criteria of a release ask of another exercise: a walk that this file has not
    assert [(each.where, each.what) for each in faults if "no other exercise" not in each.what] == []
    assert (values(new)["sources"]["PD"], values(new)["sources"]["SEED"]) == ("x", "y")


def test_an_exercise_of_the_shipped_file_brings_its_sources_and_takes_no_others_number():
    assert "back_press" not in ids(small(), "routine")
    other = editing.changed(
        small(), {("sources", "S91"): "Our own leaflet.", ("sources", "S90"): VALUES["sources"]["S89"]}
    )
    other = editing.changed(other, {("sources", "S89"): "A study of ours."})
    new = editing.with_exercise(other, like="back_press", id="press", name="Press")
    made = found(new, "routine", "press")
    listed = values(new)["sources"]
    assert (listed["S91"], listed["S89"]) == ("Our own leaflet.", "A study of ours.")
    first, second = made["sources"].split(", ")
    assert [listed[first], listed[second]] == [VALUES["sources"]["S89"], VALUES["sources"]["S91"]]
    assert listed[made["maximum"]["reps"]["source"]] == VALUES["sources"]["S91"]
    assert ids(new, "routine")[-1] == "press"
    with pytest.raises(ValueError, match="no routine 'nothing'"):
        editing.with_exercise(other, like="nothing", id="a", name="b")


@pytest.mark.parametrize("name", ["ankle_pumps", "transversus_abdominis", "five_sit_to_stand"])
def test_an_exercise_goes_with_its_doses_and_nothing_else(name: str):
    new = editing.without_exercise(CONTENT, name)
    assert ids(new, "routine") == [each for each in ROUTINES if each != name]
    assert not any(name in phase.get("dose", {}) for phase in values(new)["phase"])
    gone, come = touched(CONTENT, new)
    assert (come, comments(new)) == ([], comments(CONTENT))
    doses = sum(name in phase.get("dose", {}) for phase in VALUES["phase"])
    assert sum(line.startswith("[") for line in gone) == doses + len(
        [line for line in gone if line.startswith(("[routine", "[["))]
    )
    assert editing.problems(new, NAME) == ()


def test_what_needs_an_exercise_that_is_gone_is_named():
    new = editing.without_exercise(CONTENT, "walking")
    faults = editing.problems(new, NAME)
    assert len(faults) == 7
    assert {(place[0], place[2:]) for place in where(faults)} == {("routine", ("release", "walked"))}
    assert all("walk" in each.what for each in faults)


@pytest.mark.parametrize("kind", ["routine", "phase"])
def test_the_last_of_a_kind_can_go_and_another_come_and_no_comment_is_lost(kind: str):
    new = small()
    remove = editing.without_exercise if kind == "routine" else editing.without_phase
    for each in ids(new, kind):
        new = remove(new, each)
    assert kind not in values(new)
    assert (kind,) in where(editing.problems(new, NAME))
    assert sorted(comments(new)) == sorted(comments(small()))
    with pytest.raises(ValueError, match=f"no .*'{ids(small(), kind)[0]}' in this file"):
        remove(new, ids(small(), kind)[0])
    if kind == "routine":
        again = editing.with_exercise(new, like=GLUTES, id=GLUTES, name="Again")
        assert ids(again, "routine") == [GLUTES]
        assert editing.problems(again, NAME) == ()


@pytest.mark.parametrize(("by", "to"), [(-1, 2), (1, 4), (-99, 0), (99, 13), (0, 3)])
def test_an_exercise_moves_within_the_session_and_takes_no_comment_along(by: int, to: int):
    new = editing.moved_exercise(CONTENT, "transversus_abdominis", by)
    others = [each for each in ROUTINES if each != "transversus_abdominis"]
    assert ids(new, "routine") == [*others[:to], "transversus_abdominis", *others[to:]]
    assert {**values(new), "routine": 0} == {**VALUES, "routine": 0}
    assert sorted(new.decode().split("\n")) == sorted(CONTENT.decode().split("\n"))
    assert (comments(new), new == CONTENT) == (comments(CONTENT), by == 0)
    assert editing.problems(new, NAME) == ()


def test_of_two_exercises_with_one_id_the_later_goes_and_the_doses_stay():
    twice = editing.with_exercise(CONTENT, like=GLUTES, id=GLUTES, name="Again")
    assert where(editing.problems(twice, NAME)) == [("routine", 2, "id")]
    assert editing.without_exercise(twice, GLUTES) == CONTENT
    walk = editing.with_exercise(CONTENT, like="walking", id=GLUTES, name="Another kind")
    index = ROUTINES.index("walking") + 1
    assert where(editing.problems(walk, NAME)) == [("routine", index, "id")]
    renamed = editing.changed(twice, {("routine", 2, "id"): "another"})
    assert editing.problems(renamed, NAME) == ()
    assert GLUTES in found(renamed, "phase", "second-day")["dose"]


def test_a_new_id_of_an_exercise_takes_its_doses_along_in_their_places():
    new = editing.changed(CONTENT, {("routine", 1, "id"): "bottom"})
    assert editing.problems(new, NAME) == ()
    gone, come = touched(CONTENT, new)
    assert [line.replace(GLUTES, "bottom") for line in gone] == come
    assert len(come) == 7


# Doses


def test_a_dose_that_changes_keeps_the_sources_of_what_stays():
    new = editing.with_dose(
        CONTENT, "weeks-7-12", "heel_raises", reps=12, hold_s=3, per_day=1, days_per_week=3
    )
    gone, come = touched(CONTENT, new)
    assert [line.split(" =")[0] for line in gone] == ["hold"]
    assert come[0] == f'hold = {{ value = 3, unit = "s", source = "{CLINIC}" }}'
    every_day = editing.with_dose(CONTENT, "weeks-7-12", "heel_raises", reps=12, hold_s=2, per_day=1)
    assert [line.split(" =")[0] for line in touched(CONTENT, every_day)[0]] == ["days_per_week"]
    same = editing.with_dose(CONTENT, "bed-rest", "ankle_pumps", reps=10, hold_s=2, per_day=12)
    assert same == CONTENT
    calm = editing.with_dose(CONTENT, "bed-rest", "ankle_pumps", reps=10, hold_s=2, per_day=3, hourly=False)
    assert read(calm, NAME).phases[1].doses["ankle_pumps"].plain.hourly is False


@pytest.mark.parametrize(
    ("phase", "name"),
    [("flat-hour", "small_bridge"), ("first-week", "small_bridge"), ("after-week-12", "belly_breathing")],
)
def test_a_dose_is_added_after_those_of_its_phase_and_can_go_again(phase: str, name: str):
    new = editing.with_dose(CONTENT, phase, name, reps=4, hold_s=2, per_day=1, days_per_week=5)
    dose = read(new, NAME).phases[PHASES.index(phase)].doses[name]
    assert (dose.plain.reps, dose.plain.hold_s, dose.plain.per_day, dose.plain.days_per_week) == (4, 2, 1, 5)
    assert {dose.reps.source, dose.hold.source, dose.per_day.source} == {CLINIC}
    assert comments(new) == comments(CONTENT)
    listed = editing.changed(CONTENT, {("sources", CLINIC): values(new)["sources"][CLINIC]})
    back = editing.without_dose(new, phase, name)
    assert back == listed
    assert editing.without_dose(back, phase, "nothing") == back


def test_a_walk_is_dosed_in_minutes_and_a_dose_follows_its_exercise_to_another_kind():
    new = editing.with_dose(CONTENT, "second-day", "walking", minutes=6, per_day=2)
    assert read(new, NAME).phases[3].doses["walking"].plain.reps == 6
    walk = editing.with_dose(CONTENT, "second-day", GLUTES, minutes=6, per_day=2)
    assert set(found(walk, "phase", "second-day")["dose"][GLUTES]) == {"minutes", "per_day"}
    over = editing.with_dose(CONTENT, "second-day", GLUTES, reps=13, hold_s=3, per_day=2)
    assert where(editing.problems(over, NAME)) == [("phase", 3, "dose", GLUTES, "reps", "value")]
    for phase, name in (("nowhere", GLUTES), ("", "")):
        with pytest.raises(ValueError, match="no phase"):
            editing.with_dose(CONTENT, phase, name, reps=1, hold_s=1, per_day=1)


# Phases


@pytest.mark.parametrize("after", ["flat-hour", "second-week", "after-week-12"])
def test_a_phase_is_a_copy_of_the_one_before_that_begins_later(after: str):
    start = found(CONTENT, "phase", after)["opens_after"]["value"]
    new = editing.with_phase(CONTENT, after=after, id="new-one", name="Neu", opens_after_h=start + 0.5)
    index = PHASES.index(after) + 1
    assert ids(new, "phase") == [*PHASES[:index], "new-one", *PHASES[index:]]
    begins = {"value": start + 0.5, "unit": "h", "source": CLINIC}
    expected = {**found(CONTENT, "phase", after), "id": "new-one", "name": "Neu", "opens_after": begins}
    assert found(new, "phase", "new-one") == expected
    assert (touched(CONTENT, new)[0], comments(new)) == ([], comments(CONTENT))
    assert editing.problems(new, NAME) == ()
    assert values(editing.without_phase(new, "new-one"))["phase"] == VALUES["phase"]
    too_late = editing.with_phase(CONTENT, after="second-week", id="new-one", name="Neu", opens_after_h=9000)
    assert where(editing.problems(too_late, NAME)) == [("phase", 7, "opens_after", "value")]


def test_a_phase_goes_with_its_doses():
    new = editing.without_phase(CONTENT, "second-week")
    assert ids(new, "phase") == [each for each in PHASES if each != "second-week"]
    assert (touched(CONTENT, new)[1], comments(new)) == ([], comments(CONTENT))
    assert editing.problems(new, NAME) == ()


# Drawings

LINES = "".join(f'<path d="M {n}.5 1.25 L 3.5 {n}.75" stroke="black"/>' for n in range(40))
DRAWING = f'<svg viewBox="0 0 120 80">{LINES}</svg>'


@pytest.mark.parametrize(
    "svg", [sanitised(DRAWING), sanitised(DRAWING).replace(">", ">\n"), "<svg>\n <path d='M0.5'/>\n"]
)
def test_a_drawing_stands_in_the_file_as_it_is_and_goes_again(svg: str):
    new = editing.with_drawing(small(), "mine", svg)
    assert values(new) == {**values(small()), "drawings": {"mine": svg}}
    assert editing.with_drawing(new, "mine", svg) == new
    assert where(editing.problems(new, NAME)) == [("drawings", "mine")]  # no exercise has it
    assert values(editing.with_drawing(new, "mine", "<svg/>"))["drawings"] == {"mine": "<svg/>"}
    if svg == sanitised(DRAWING):
        used = editing.changed(new, {("routine", 1, "drawing"): "mine"})
        assert read(used, NAME).routines[GLUTES].own_drawing == svg
    assert values(editing.without_drawing(new, "mine")) == values(small())
    with pytest.raises(ValueError, match="no drawing 'other'"):
        editing.without_drawing(new, "other")


# Whatever is done one after the other

ODD = st.sampled_from(
    ["a", "walking", "new-one", "Ä b", 'x"y', "a.b", "", "#", "[[a]]", "z" * 90, "a\nb", "first-week"]
)
NUMBER = st.sampled_from([0, 1, 2, 3, 2.5, 12, 100_000, -1])
Edit = Callable[[bytes], bytes]


@st.composite
def edits(draw: st.DrawFn) -> tuple[Edit, set[str]]:
    """Draw an edit, and the names of what it touches."""
    routine, phase = draw(st.sampled_from([*ROUTINES[:5], "walking", 'x"y'])), draw(st.sampled_from(PHASES))
    name, text, number = draw(ODD), draw(ODD | st.text(max_size=8)), draw(NUMBER)
    field = draw(st.sampled_from(["name", "steps", "gap", "drawing", "kind", "sides", "release", "id"]))
    rule = draw(st.sampled_from(["amber_rise", "pain_limit", "night_ends", "easier_hold"]))
    by_field: dict[str, object] = {"steps": [text], "gap": number, "sides": number, "release": None}
    sign = draw(st.sampled_from(SIGNS))
    which = draw(st.integers(0, 13))
    every: list[tuple[Edit, set[str]]] = [
        (lambda c: editing.changed(c, {("rules", rule): number}), {"rules", rule}),
        (lambda c: editing.changed(c, {("routine", 0, field): by_field.get(field, text)}), {"routine", text}),
        (lambda c: editing.with_exercise(c, like=routine, id=name, name=text), {"routine"}),
        (lambda c: editing.without_exercise(c, routine), {"routine"}),
        (lambda c: editing.moved_exercise(c, routine, int(number)), {"routine"}),
        (lambda c: editing.with_dose(c, phase, name, reps=number, hold_s=2, per_day=1), {phase, "phase"}),
        (lambda c: editing.with_dose(c, phase, routine, minutes=number, per_day=1), {"phase"}),
        (lambda c: editing.without_dose(c, phase, routine), {"phase", f"'{routine}'"}),
        (lambda c: editing.with_phase(c, after=phase, id=name, name=text, opens_after_h=number), {"phase"}),
        (lambda c: editing.without_phase(c, phase), {"phase"}),
        (lambda c: editing.with_sign(c, like=sign, id=name, text=text), {"red_flag"}),
        (lambda c: editing.without_sign(editing.moved_sign(c, sign, int(number)), sign), {"red_flag"}),
        (lambda c: editing.with_country(c, "DZ", text), {"emergency"}),
        (lambda c: editing.with_source(c, "S900", text), {"sources"}),
    ]
    return every[which]


@pytest.mark.slow
@some(15)
@given(st.lists(edits(), min_size=1, max_size=5))
def test_whatever_is_done_one_after_the_other_the_file_can_be_read_and_its_faults_are_named(
    several: list[tuple[Edit, set[str]]],
):
    content = small()
    for edit, touches in several:
        was_in_order = editing.problems(content, NAME) == ()
        try:
            new = edit(content)
        except ValueError:  # what it is about is not there
            continue
        tomllib.loads(new.decode())
        assert sorted(comments(new)) == sorted(comments(content))
        for problem in editing.problems(new, NAME):
            assert not was_in_order or any(each and each in str(problem) for each in touches), problem
        content = new
