"""What one revision of a draft says otherwise than another, value by value."""

from __future__ import annotations

from typing import Any

from coach.domain.draft_changes import ValueChange, changes

FIVE = {"value": 5, "unit": "reps", "source": "PD"}
SIX = {"value": 6, "unit": "reps", "source": "CLINIC"}
OLD: dict[str, Any] = {
    "title": "One",
    "rules": {"limit": FIVE},
    "routine": [{"id": "a", "name": "A", "steps": ["x", "y"]}, {"id": "b", "name": "B", "steps": []}],
    "phase": [{"id": "p", "dose": {"a": {"reps": FIVE}, "b": {"reps": FIVE}}}],
    "emergency": [{"country": "AR", "emergency": "107"}],
    "curve": [{"point": [{"mean": FIVE}, {"mean": FIVE}]}],
}


def test_a_file_says_nothing_otherwise_than_itself():
    assert changes(OLD, OLD) == ()
    assert changes({}, {}) == ()


def test_numbers_texts_and_lists_are_told_where_they_stand_now():
    new = OLD | {
        "title": "Two",
        "rules": {"limit": SIX},
        "routine": [OLD["routine"][1], {"id": "a", "name": "A", "steps": ["x"]}],
        "curve": [{"point": [{"mean": FIVE}, {"mean": SIX}, {"mean": SIX}]}],
    }
    assert changes(OLD, new) == (
        ValueChange(("title",), "One", "Two"),
        ValueChange(("rules", "limit"), FIVE, SIX),
        ValueChange(("routine",), ["a", "b"], ["b", "a"]),
        ValueChange(("routine", 1, "steps"), ["x", "y"], ["x"]),
        ValueChange(("curve", 0, "point", 1, "mean"), FIVE, SIX),
        ValueChange(("curve", 0, "point", 2), None, {"mean": SIX}),
    )


def test_what_came_and_what_went_is_one_change_with_all_that_it_holds():
    new = OLD | {
        "routine": [OLD["routine"][1], {"id": "c", "name": "C"}],
        "phase": [{"id": "p", "dose": {"b": {"reps": SIX}}, "review_due": False}],
        "emergency": [{"country": "AR", "emergency": "911"}],
        "drawings": {"own": "<svg/>"},
    }
    del new["title"]
    assert changes(OLD, new) == (
        ValueChange(("title",), "One", None),
        ValueChange(("routine", 0), OLD["routine"][0], None, gone=True),
        ValueChange(("routine", 1), None, {"id": "c", "name": "C"}),
        ValueChange(("phase", 0, "dose", "a"), {"reps": FIVE}, None),
        ValueChange(("phase", 0, "dose", "b", "reps"), FIVE, SIX),
        ValueChange(("phase", 0, "review_due"), None, False),
        ValueChange(("emergency", 0, "emergency"), "107", "911"),
        ValueChange(("drawings",), None, {"own": "<svg/>"}),
    )


def test_the_second_of_two_with_one_id_is_told_too():
    twins = [{"id": "a", "n": 1}, {"id": "a", "n": 2}]
    assert changes({"routine": twins[:1]}, {"routine": twins}) == (
        ValueChange(("routine", 1), None, twins[1]),
    )


def test_a_file_that_is_built_otherwise_is_compared_too():
    assert changes({"routine": "none", "rules": [1]}, {"routine": [{"id": "a"}], "rules": {}}) == (
        ValueChange(("routine",), "none", [{"id": "a"}]),
        ValueChange(("rules",), [1], {}),
    )
