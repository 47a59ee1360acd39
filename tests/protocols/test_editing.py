"""An edit of a protocol file changes what it says it changes, and nothing else."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import example, given
from hypothesis import strategies as st

from coach.domain.quantity import CLINIC, CLINIC_TITLE
from coach.protocols import editing
from coach.protocols.editing import Place
from coach.protocols.loader import DEFAULT, read
from coach.protocols.numbers import is_number
from coach.protocols.reading import Problem, ProtocolError
from tests.support.any_story import some
from tests.support.editing import CONTENT, NAME, VALUES, at, comments, places, small, touched

PLACES = dict(places())
NUMBERS = [place for place, value in PLACES.items() if is_number(value)]
REPS: Place = ("phase", 3, "dose", "static_glutes", "reps")
FEW = tomllib.loads(small().decode())
HERE = dict(places(FEW))


def values(content: bytes) -> dict[str, Any]:
    return tomllib.loads(content.decode("utf-8-sig"))


def other(value: Any) -> Any:
    """Return a value that a field of that kind may hold instead."""
    if is_number(value):
        return value["value"] + 1
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return [*value, "Noch »ein« Satz."] if isinstance(value, list) else f"{value} änders"


def wanted(old: dict[str, Any], changes: dict[Place, Any]) -> dict[str, Any]:
    """Return the values that a file has to hold after changes of its numbers, texts, lists and flags."""
    new = tomllib.loads(tomlkit.dumps(old))
    for place, change in changes.items():
        table, key = at(new, place[:-1]), place[-1]
        if is_number(table[key]):
            table[key] = {**table[key], "value": change, "source": CLINIC}
            new["sources"][CLINIC] = CLINIC_TITLE
        else:
            table[key] = change
    return new


def without_notes(found: Any) -> Any:
    """Leave out notes: of a changed number only some sentences stay."""
    if isinstance(found, dict):
        drop = {"note"} if is_number(found) else set()
        return {key: without_notes(each) for key, each in found.items() if key not in drop}
    return [without_notes(each) for each in found] if isinstance(found, list) else found


@pytest.mark.slow
@some(15)
@given(st.sampled_from(sorted(HERE, key=str)))
@example(("routine", 2, "steps"))
@example(("phase", 2, "dose", "walking", "minutes"))
def test_one_value_changes_and_all_others_stay(place: Place):
    change = {place: other(HERE[place])}
    new = editing.changed(small(), change)
    assert without_notes(values(new)) == without_notes(wanted(FEW, change))
    gone, come = touched(small(), new)
    added = [line for line in come if not line.startswith(f"{CLINIC} = ")]
    lines = 1 if not isinstance(HERE[place], list) else len(HERE[place]) + 2
    assert len(gone) <= lines
    assert len(added) <= lines + 1
    assert comments(new) == comments(small())
    for problem in editing.problems(new, NAME):
        assert names(problem, place)


def names(problem: Problem, place: Place) -> bool:
    """Tell whether a problem is at a place or below it, or names what stands there in its sentence."""
    found = editing.place_of(problem)
    if found[: len(place)] == place or place[: len(found)] == found:
        return True
    words = {str(part) for part in place if isinstance(part, str)}
    here: Any = FEW
    for part in place:
        there = isinstance(part, int) and isinstance(here, list) and part < len(here)
        here = here[part] if there or (isinstance(here, dict) and part in here) else {}
        words |= {str(here["id"])} if isinstance(here, dict) and "id" in here else set()
    return any(word in f"{problem.where} {problem.what} {problem.allowed}" for word in words)


@pytest.mark.parametrize("start", [0, 1])
def test_each_number_can_be_changed_and_no_other_line_of_the_file_is_touched(start: int):
    change = {place: PLACES[place]["value"] + 1 for place in NUMBERS[start::2]}
    new = editing.changed(CONTENT, change)
    assert without_notes(values(new)) == without_notes(wanted(VALUES, change))
    before = CONTENT.decode().split("\n")
    after = [line for line in new.decode().split("\n") if not line.startswith(f"{CLINIC} = ")]
    lines = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert len(lines) == len(change)
    for both in lines:
        old, now = (re.sub(r'value = [0-9.]+|source = "[^"]*"|, note = "[^"]*"', "", line) for line in both)
        assert now == old


@pytest.mark.parametrize("start", [0, 1])
def test_each_text_list_choice_and_flag_can_be_changed_and_nothing_else_is(start: int):
    some_places = [place for place, value in PLACES.items() if not is_number(value)][start::2]
    change = {place: other(PLACES[place]) for place in some_places if place[-1] != "id"}
    new = editing.changed(CONTENT, change)
    assert values(new) == wanted(VALUES, change)
    assert comments(new) == comments(CONTENT)
    # A list of several lines gains one, and the others of it stay
    assert len(touched(CONTENT, new)[0]) <= len(change)


def test_a_form_that_is_handed_in_as_it_was_changes_not_a_byte():
    same = {place: value["value"] if is_number(value) else value for place, value in PLACES.items()}
    assert editing.changed(CONTENT, same) == CONTENT
    assert editing.changed(CONTENT, {place: float(PLACES[place]["value"]) for place in NUMBERS}) == CONTENT


def number(new: bytes, place: Place = REPS) -> dict[str, Any]:
    found: dict[str, Any] = at(values(new), place)
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({REPS: 6}, {"value": 6, "unit": "reps", "source": CLINIC}),
        ({REPS: 6.0}, {"value": 6, "unit": "reps", "source": CLINIC}),
        ({(*REPS, "value"): 6}, {"value": 6, "unit": "reps", "source": CLINIC}),
        ({REPS: {"value": 6, "source": "S26"}}, {"value": 6, "unit": "reps", "source": "S26"}),
        ({REPS: 6, (*REPS, "source"): "S26"}, {"value": 6, "unit": "reps", "source": "S26"}),
        ({(*REPS, "source"): "S26", REPS: 6}, {"value": 6, "unit": "reps", "source": "S26"}),
        ({REPS: {"value": 6, "source": "PD"}}, {"value": 6, "unit": "reps", "source": CLINIC}),
        ({REPS: 5, (*REPS, "source"): "S26"}, {"value": 5, "unit": "reps", "source": "S26"}),
        ({(*REPS, "note"): "Langsam."}, {"value": 5, "unit": "reps", "source": "PD", "note": "Langsam."}),
        (
            {REPS: 7, (*REPS, "note"): "Wir sagen 7."},
            {"value": 7, "unit": "reps", "source": CLINIC, "note": "Wir sagen 7."},
        ),
        ({REPS: "viele"}, {"value": "viele", "unit": "reps", "source": CLINIC}),
    ],
)
def test_a_number_keeps_its_unit_and_is_the_clinics_unless_another_source_is_given(
    changes: dict[Place, Any], expected: dict[str, Any]
):
    new = editing.changed(CONTENT, changes)
    assert number(new) == expected
    assert (values(new)["sources"].get(CLINIC) == CLINIC_TITLE) is (expected["source"] == CLINIC)


@pytest.mark.parametrize(
    ("place", "note"),
    [
        (("phase", 5, "dose", "quadriceps", "reps"), "Each leg."),  # "Each leg. S26 and S27a support this."
        (("phase", 5, "opens_after"), None),  # "7 days."
        (("routine", 8, "release", "walked_days"), "In a row."),
        (("rules", "set_counts_from"), None),  # "A set counts from half its reps on."
    ],
)
def test_what_a_note_said_of_the_old_number_does_not_stand_beside_the_new_one(place: Place, note: str | None):
    new = editing.changed(CONTENT, {place: at(VALUES, place)["value"] + 0.1})
    assert number(new, place).get("note") == note
    form = {**at(VALUES, place), "value": at(VALUES, place)["value"] + 0.1}
    assert number(editing.changed(CONTENT, {place: form}), place).get("note") == note


def test_a_number_that_was_not_there_has_the_unit_of_its_place():
    release: Place = ("routine", 4, "release")
    new = editing.changed(
        CONTENT, {(*release, "without_red"): 3, ("phase", 4, "dose", "walking", "days_per_week"): 5}
    )
    assert number(new, (*release, "without_red")) == {"value": 3, "unit": "d", "source": CLINIC}
    assert number(new, ("phase", 4, "dose", "walking", "days_per_week"))["unit"] == "days/week"
    assert editing.problems(new, NAME) == ()
    gone, come = touched(CONTENT, new)
    assert (gone, len(come)) == ([], 3)
    for place, value in PLACES.items():
        if is_number(value):
            assert editing.unit_of(place) == value["unit"], place


def test_what_may_be_left_out_can_be_removed_and_added_again():
    note: Place = ("phase", 5, "dose", "quadriceps", "reps", "note")
    cue: Place = ("routine", 0, "cues", "point_said")
    curve_sd: Place = ("curve", 0, "point", 1, "sd")
    new = editing.changed(CONTENT, {note: None, cue: None, curve_sd: None, ("bone_health",): None})
    assert editing.problems(new, NAME) == ()
    assert "note" not in number(new, note[:-1])
    assert "sd" not in at(values(new), curve_sd[:-1])
    assert "bone_health" not in values(new)
    assert set(comments(CONTENT)) - set(comments(new)) <= {
        line for line in comments(CONTENT) if "bone" in line or "words" in line
    }
    again = editing.changed(new, {cue: "Point!"})
    assert at(values(again), cue) == "Point!"
    assert editing.changed(again, {("rules", "no_such"): None}) == again


def test_one_text_or_one_table_of_a_list_can_be_changed_added_and_removed():
    steps: Place = ("routine", 0, "steps")
    new = editing.changed(CONTENT, {(*steps, 1): "Wait.", (*steps, 4): "Rest."})
    assert at(values(new), steps)[1::3] == ["Wait.", "Rest."]
    assert len(at(values(editing.changed(new, {(*steps, 0): None})), steps)) == 4
    flags = len(VALUES["red_flag"])
    flag = {
        "id": "new_one",
        "text": "Something.",
        "level": "ask",
        "advice": ["Call {clinic}."],
        "source": CLINIC,
    }
    new = editing.changed(CONTENT, {("red_flag", flags): flag, ("sources", CLINIC): CLINIC_TITLE})
    assert values(new)["red_flag"][-1] == flag
    assert editing.problems(new, NAME) == ()
    assert comments(new) == comments(CONTENT)
    assert values(editing.changed(new, {("red_flag", flags): None})) == {
        **VALUES,
        "sources": values(new)["sources"],
    }
    with pytest.raises(ValueError, match="is not in this file"):
        editing.changed(CONTENT, {("red_flag", flags + 1): flag})


TEXTS = [
    'Say "go" and \'stop\'.', "C:\\Users\\new", "Zwei\nZeilen", "Tab\tund\r\nEnde", "\n", "'''", "ends'\nin'", '"""',
    "ü" * 400, "." * 450, "a.b" * 200, "日本語 🏃 \u202eRTL", "\x00\x07\x7f\u0085", "{until}", "{clinic} {nobody}",
    "# no comment", "[[routine]]", "", " ", "true", "1", "\\", '\\"""', "\ufeffmark",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_whatever_somebody_enters_is_kept_as_it_is_and_a_fault_is_named_where_it_is(text: str):
    title: Place = ("routine", 0, "why")
    step: Place = ("routine", 0, "steps", 1)
    note: Place = ("routine", 0, "gap", "note")
    key: Place = ("drawings", text)
    new = editing.changed(small(), {title: text, step: text, note: text or None, key: text})
    assert [at(values(new), place) for place in (title, step, key)] == [text] * 3
    assert at(values(new), note[:-1]).get("note", "") == text
    assert comments(new) == comments(small())
    for problem in editing.problems(new, NAME):
        assert any(names(problem, place) for place in (title, step, note, key))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused_and_so_is_half_a_character(value: float):
    with pytest.raises(ValueError, match="finite"):
        editing.changed(small(), {("rules", "get_ready"): value})
    with pytest.raises(ValueError, match="surrogates"):
        editing.changed(small(), {("title",): "\ud800"})
    for place in ((), (0,), ("routine", 99, "name"), ("title", "name"), ("phase", "name")):
        with pytest.raises(ValueError, match="is n"):
            editing.changed(small(), {place: "x"})


def test_a_copy_is_the_first_version_of_another_protocol_and_the_next_version_follows():
    copy = editing.copied(small(), id="vertebroplasty", title="After a vertebroplasty")
    read_back = read(copy, NAME)
    assert (read_back.id, read_back.version, read_back.title) == (
        "vertebroplasty", "1.0.0", "After a vertebroplasty",
    )  # fmt: skip
    assert len(touched(small(), copy)[0]) == 3
    second = editing.next_version(copy)
    assert read(second, NAME).version == "1.1.0"
    for before, after in (("1.9.3", "1.10.0"), ("1.9999.0", "2.0.0"), ("none", "1.0.0")):
        assert (
            read(editing.next_version(editing.changed(copy, {("version",): before})), NAME).version == after
        )


LAYOUTS = {
    "dotted keys": "rules.a = { value = 1, unit = 's', source = 'PD' } # here\nsources.PD = 'x'\nid = 'a'\n",
    "tables in a line": "routine = [{ id = 'a', steps = ['b'] }, { id = 'c' }]\n[rules.a]\nvalue = 1\nunit = 's'\n[sources]\n",
    "out of order": "[[routine]]\nid = 'a'\n[rules.a]\nvalue = 1\nunit = 's'\n[[routine]]\nid = 'c'\n[sources]\n[rules.b]\n",
    "byte order mark": "\ufeff[rules]\na = { value = 1, unit = 's' }\n# end\n[sources]\n",
    "windows": "[rules]\r\na = { value = 1, unit = 's' }\r\n# end\r\n[sources]\r\n",
    "no line at its end": "[sources]\n[rules]\na = { value = 1, unit = 's' }",
    "nothing listed": "[rules]\na = { unit = 's', value = 1 }",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_that_is_laid_out_in_another_way_can_be_changed_as_well(layout: str):
    content = LAYOUTS[layout].encode()
    new = editing.changed(content, {("rules", "a"): 2, ("title",): "T", ("measures", "choose"): "x"})
    assert values(new)["rules"]["a"] == {"value": 2, "unit": "s", "source": CLINIC}
    assert (values(new)["title"], values(new)["measures"]) == ("T", {"choose": "x"})
    assert values(new)["sources"][CLINIC] == CLINIC_TITLE
    if "routine" in values(content):
        new = editing.without_exercise(editing.moved_exercise(new, "c", -1), "a")
        assert [each["id"] for each in values(new)["routine"]] == ["c"]
    assert new.startswith(b"\xef\xbb\xbf") is content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "change", [{"value": 1, "unit": "s"}, [{"x": 1}, {"x": "a\nb" * 60}], {"x": {"y": "." * 300}}]
)
def test_where_the_layout_of_a_file_cannot_be_kept_its_values_are_right(change: object):
    content = b"[a]\nb.c = 1 # k\nb.d = 2\n[a.e]\nz = 1\n"
    new = editing.changed(content, {("a", "b", "d"): change})
    clinics = {"source": CLINIC} if is_number(change) else {}
    expected = {**change, **clinics} if isinstance(change, dict) else change
    assert values(new)["a"] == {"b": {"c": 1, "d": expected}, "e": {"z": 1}}
    assert max(line.count(b".") for line in new.split(b"\n")) < 100


def test_a_file_of_another_shape_is_refused_and_left_as_it_is():
    for content in (
        b"routine = 3\nphase = [1]\nsources = 2",
        b"[[phase]]\nid = 'a'\ndose = 3\n[routine]\na = 1",
    ):
        for edit in (
            lambda c: editing.without_exercise(c, "a"),
            lambda c: editing.moved_exercise(c, "a", 1),
            lambda c: editing.with_dose(c, "a", "b", reps=1, hold_s=1, per_day=1),
            lambda c: editing.without_phase(c, "b"),
            lambda c: editing.with_exercise(c, like="static_glutes", id="b", name="B"),
        ):
            with pytest.raises(ValueError, match="in this file"):
                edit(content)


def test_what_is_no_toml_is_refused_like_any_other_file():
    for content in (b"[rules", b"\xff", b"x" * (1 << 21)):
        with pytest.raises(ProtocolError):
            editing.changed(content, {("title",): "T"})
        assert editing.problems(content, NAME) != ()
        assert {editing.place_of(each) for each in editing.problems(content, NAME)} == {()}


def test_the_place_of_a_problem_is_found_by_its_path_whatever_the_names_in_it():
    for where, place in (
        ("routine[0].maximum.reps.value", ("routine", 0, "maximum", "reps", "value")),
        ("routine[12].steps[3]", ("routine", 12, "steps", 3)),
        ('phase[1].dose."a.b \\"c\\" \\\\".reps', ("phase", 1, "dose", 'a.b "c" \\', "reps")),
        ("", ()),
    ):
        assert editing.place_of(Problem(NAME, where, "", "")) == place
    odd = 'a.b "c" \\ [0]'
    new = editing.changed(small(), {("phase", 1, "dose", odd): {"reps": {"value": 1}}})
    assert ("phase", 1, "dose", odd) in map(editing.place_of, editing.problems(new, NAME))


def test_the_file_that_comes_with_coach_is_in_order_and_names_no_clinic():
    assert DEFAULT.read_bytes() == CONTENT
    assert editing.problems(CONTENT, NAME) == ()
    assert CLINIC not in VALUES["sources"]
