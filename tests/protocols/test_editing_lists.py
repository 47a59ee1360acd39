"""Warning signs, questions, countries, sources and a test's times are added, moved and removed, and the rest stays."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from coach.domain.quantity import CLINIC, CLINIC_TITLE
from coach.protocols import editing
from coach.protocols.loader import read
from tests.support.editing import CONTENT, NAME, VALUES, comments, small, touched

SIGNS = [each["id"] for each in VALUES["red_flag"]]
TEST = "five_sit_to_stand"
LISTED = {**VALUES["sources"], CLINIC: CLINIC_TITLE}


def values(content: bytes) -> dict[str, Any]:
    return tomllib.loads(content.decode())


def ids(content: bytes, table: str, key: str = "id") -> list[str]:
    return [each[key] for each in values(content)[table]]


def what(content: bytes) -> list[tuple[tuple[str | int, ...], str]]:
    return [(editing.place_of(each), each.what) for each in editing.problems(content, NAME)]


# Warning signs


@pytest.mark.parametrize("like", [SIGNS[0], "new_back_pain", SIGNS[-1]])
def test_a_sign_begins_as_a_copy_of_another_and_is_the_clinics_own(like: str):
    new = editing.with_sign(CONTENT, like=like, id="cold-foot", text="A cold foot.")
    after = SIGNS.index(like) + 1
    assert ids(new, "red_flag") == [*SIGNS[:after], "cold-foot", *SIGNS[after:]]
    old = VALUES["red_flag"][after - 1]
    assert values(new)["red_flag"][after] == {
        **old, "id": "cold-foot", "text": "A cold foot.", "source": CLINIC,
    }  # fmt: skip
    assert {**values(new), "red_flag": 0} == {**VALUES, "red_flag": 0, "sources": LISTED}
    assert (touched(CONTENT, new)[0], comments(new)) == ([], comments(CONTENT))
    assert editing.problems(new, NAME) == ()
    assert read(editing.without_sign(new, "cold-foot"), NAME).red_flags == read(CONTENT, NAME).red_flags


def test_a_sign_goes_alone_and_a_file_needs_one_that_is_never_cleared():
    new = editing.without_sign(CONTENT, "fall")
    assert ids(new, "red_flag") == [each for each in SIGNS if each != "fall"]
    assert (touched(CONTENT, new)[1], comments(new)) == ([], comments(CONTENT))
    assert editing.problems(new, NAME) == ()
    assert what(editing.without_sign(CONTENT, "new_back_pain")) == [(("red_flag",), "none is never_cleared")]
    with pytest.raises(ValueError, match="no red_flag 'nothing' in this file"):
        editing.without_sign(CONTENT, "nothing")


@pytest.mark.parametrize(("by", "to"), [(-1, 1), (99, 3), (0, 2)])
@pytest.mark.parametrize("table", ["red_flag", "question"])
def test_a_sign_and_a_question_move_and_take_no_comment_along(by: int, to: int, table: str):
    old = small()
    names = ids(old, table)
    move = editing.moved_sign if table == "red_flag" else editing.moved_question
    new = move(old, names[2], by)
    others = [each for each in names if each != names[2]]
    to = to if by < 99 else len(others)
    assert ids(new, table) == [*others[:to], names[2], *others[to:]]
    assert sorted(new.decode().split("\n")) == sorted(old.decode().split("\n"))
    assert (comments(new), new == old) == (comments(old), by == 0)


# Questions


def test_a_question_begins_as_a_copy_that_closes_something():
    new = editing.with_question(CONTENT, like="went_wrong", id="metal", text="Is there metal in your back?")
    assert ids(new, "question")[:2] == ["went_wrong", "metal"]
    made = {"id": "metal", "text": "Is there metal in your back?", "closes": "all", "source": CLINIC}
    assert values(new)["question"][1] == made
    assert (touched(CONTENT, new)[0], comments(new)) == ([], comments(CONTENT))
    assert editing.problems(new, NAME) == ()
    # What one of them tells Coach, no other one tells: the new one closes everything until somebody says what
    helper = editing.with_question(CONTENT, like="helper", id="metal", text="Is there metal in your back?")
    assert values(helper)["question"][-1] == made
    assert editing.problems(helper, NAME) == ()


def test_a_question_can_go_but_a_file_has_one():
    new = small()
    gone = editing.without_question(new, "went_wrong")
    assert (editing.problems(gone, NAME), comments(gone)) == ((), comments(new))
    for each in ids(gone, "question"):
        gone = editing.without_question(gone, each)
    assert [place for place, _what in what(gone)] == [("question",)]


# Numbers to call


def test_a_country_stands_in_its_order_and_waits_for_its_number():
    old, index = small(), 0
    new = editing.with_country(old, "DZ", "Algeria")
    assert ids(new, "emergency", "country") == ["DZ", "VN", "other"]
    assert ids(editing.with_country(old, "ZW", "Zimbabwe"), "emergency", "country") == ["VN", "ZW", "other"]
    assert what(new) == [(("emergency", index, "emergency"), "'' does not fit")]
    assert editing.problems(editing.changed(new, {("emergency", index, "emergency"): "14"}), NAME) == ()
    assert (touched(old, new)[0], comments(new)) == ([], comments(old))
    gone = editing.without_country(new, "DZ")
    assert read(gone, NAME).emergency_numbers == read(old, NAME).emergency_numbers
    assert what(editing.without_country(old, "other")) == [(("emergency",), "no number for other countries")]


# Sources


def test_a_source_gets_the_next_number_and_goes_only_where_nothing_names_it():
    code = editing.next_source(VALUES)
    assert code == "S99"
    new = editing.with_source(CONTENT, code, "Our own leaflet, https://example.org/leaflet.")
    assert values(new) == {
        **VALUES,
        "sources": {**VALUES["sources"], "S99": "Our own leaflet, https://example.org/leaflet."},
    }
    assert (touched(CONTENT, new)[0], editing.problems(new, NAME)) == ([], ())
    assert editing.next_source(values(new)) == "S100"
    assert editing.next_source({"sources": {"S998": "", "S3b": ""}}) == "S4"
    assert editing.without_source(new, code) == CONTENT
    cited = editing.cited(VALUES)
    assert cited["S85"] == 1 + 4 * 3
    assert cited["S99"] == 0
    faults = what(editing.without_source(CONTENT, "S85"))
    assert len(faults) == cited["S85"]
    with pytest.raises(ValueError, match="no source 'S99'"):
        editing.without_source(CONTENT, "S99")


# A test's times


def test_a_test_is_due_once_more_after_the_last_time_and_once_less():
    new = editing.with_checkpoint(CONTENT, TEST)
    times = [
        (each.opens_after.value, each.offered_for.value, each.opens_after.source)
        for each in read(new, NAME).routines[TEST].checkpoints
    ]
    assert times == [(2, 1, "PD"), (6, 1, "PD"), (12, 1, "PD"), (13, 1, CLINIC)]
    assert (touched(CONTENT, new)[0], comments(new)) == ([], comments(CONTENT))
    less = editing.without_checkpoint(CONTENT, TEST)
    assert len(read(less, NAME).routines[TEST].checkpoints) == 2
    assert comments(less) == comments(CONTENT)
    for _n in range(2):
        less = editing.without_checkpoint(less, TEST)
    assert [each["id"] for each in values(less)["routine"] if "checkpoint" in each] == []
    assert [place[2:] for place, _what in what(less)] == [("checkpoint",)]
    first = read(editing.with_checkpoint(less, TEST), NAME).routines[TEST].checkpoints
    assert [(each.opens_after.value, each.offered_for.value) for each in first] == [(2, 1)]
