"""The difference between two protocols misses nothing and invents nothing, and has words."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest

from coach.domain import protocol_changes as d
from coach.domain.protocol import Protocol, Quantity, Routine, Rules
from coach.domain.protocol_changes import Difference
from coach.domain.protocol_diff import difference
from coach.domain.protocol_impact import General
from coach.protocols import loader
from coach.text import protocol_labels
from coach.text import protocols as protocols_text
from tests.support.protocols import default_text

OLD = loader.default()
TEXT = default_text()

Put = Callable[[Any], Any]


def read(text: str) -> Protocol:
    return loader.read(text.encode(), "p.toml")


def changed(*pairs: tuple[str, str]) -> Protocol:
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read(text)


def but(**other: Any) -> Protocol:
    return dataclasses.replace(OLD, **other)


def said(new: Protocol, old: Protocol = OLD) -> list[str]:
    return [protocols_text.difference(each) for each in difference(old, new)]


def places(value: Any, put: Put, path: str = "") -> Iterator[tuple[str, Any, Put]]:
    """Yield every leaf of a protocol: its place, its value, and what puts another one there."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)

            def replaced(new: Any, name: str = field.name, whole: Any = value) -> Any:
                return put(dataclasses.replace(whole, **{name: new}))

            yield from places(old, replaced, f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key in value:

            def keyed(new: Any, key: str = key, whole: Any = value) -> Any:
                return put(MappingProxyType({k: new if k == key else v for k, v in whole.items()}))

            yield from places(value[key], keyed, f"{path}.{key}")
    elif isinstance(value, tuple):
        for n, item in enumerate(value):

            def nth(new: Any, n: int = n, whole: Any = value) -> Any:
                return put((*whole[:n], new, *whole[n + 1 :]))

            yield from places(item, nth, f"{path}[{n}]")
    else:
        yield path, value, put


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(each for each in type(value) if each is not value)
    if isinstance(value, int | float):
        return value + 1
    if value is None:
        return Quantity(3, "h", "PD")
    return value + "x"


def protocols_with_one_change() -> Iterator[tuple[str, Protocol]]:
    """Yield the protocol with each of its values changed, one at a time, and the place of that value."""
    for place, value, put in places(OLD, lambda new: new):
        if place == ".digest" or (isinstance(value, Enum) and len(type(value)) == 1):
            continue
        if place.endswith(".unit"):
            new = "min" if value != "min" else "s"
        elif place.endswith(".source") and isinstance(value, str):
            new = "GPK" if value != "GPK" else "PD"
        else:
            new = another(value)
        yield place, put(new)


@cache
def changes() -> tuple[tuple[str, tuple[Difference, ...]], ...]:
    """Every value of the protocol changed, one at a time: its place, and what is told."""
    return tuple((place, difference(OLD, new)) for place, new in protocols_with_one_change())


@pytest.mark.slow
def test_every_value_that_is_changed_is_told() -> None:
    assert len(changes()) > 1400
    silent = [place for place, told in changes() if not told]
    assert silent == []
    for place, told in changes():
        for each in told:
            sentence = protocols_text.difference(each)
            assert sentence, place
            assert not re.search(r"\{(\w+)\}", sentence), place


@pytest.mark.slow
def test_the_same_is_told_of_protocols_that_share_no_part() -> None:
    apart = read(TEXT)
    for (place, told), (_place, new) in [*zip(changes(), protocols_with_one_change(), strict=True)][::40]:
        assert difference(apart, new) == told, place
        assert difference(new, apart) == difference(new, OLD), place


def test_what_is_left_out_or_added_or_moved_is_told() -> None:
    for name in ("routines", "red_flags", "emergency_numbers", "plain_words", "sources", "notices", "guide"):
        whole = getattr(OLD, name)
        for key in whole:
            less = but(**{name: {k: v for k, v in whole.items() if k != key}})
            assert difference(OLD, less), (name, key)
            assert difference(less, OLD), (name, key)
        turned = but(**{name: dict(reversed(whole.items()))})
        assert difference(OLD, turned), name
    for name in ("phases", "questions", "curves", "pain_words", "effort_words"):
        whole = getattr(OLD, name)
        for n in range(len(whole)):
            less = but(**{name: whole[:n] + whole[n + 1 :]})
            assert difference(OLD, less), (name, n)
            assert difference(less, OLD), (name, n)
        if len(whole) > 1:
            assert difference(OLD, but(**{name: whole[::-1]})), name


def test_outcome_questions_that_are_asked_otherwise_or_not_at_all_are_told() -> None:
    assert said(but(measures=None)) == ["No outcome questions are asked any more."]
    assert said(OLD, but(measures=None)) == ["Outcome questions are asked now."]
    later = ("offered_for = { value = 2", "offered_for = { value = 3")
    assert said(changed(later)) == [
        "The outcome questions “6 weeks after” are asked from 6 weeks after the procedure on for 3 weeks,"
        " with the rating of change instead of from 6 weeks after the procedure on for 2 weeks,"
        " with the rating of change."
    ]
    assert OLD.measures
    fewer = but(measures=dataclasses.replace(OLD.measures, occasions=OLD.measures.occasions[:-1]))
    assert said(fewer) == ["The outcome questions “12 weeks after” are not asked any more."]
    assert said(changed(("detectable_mean = { value = 2", "detectable_mean = { value = 3"))) == [
        "A change of the mean of activities counts from: 3 points instead of 2 points."
    ]


def test_questions_about_bone_health_that_are_asked_otherwise_or_not_at_all_are_told() -> None:
    assert said(but(bone_health=None)) == ["No questions about bone health are asked any more."]
    assert said(OLD, but(bone_health=None)) == ["Questions about bone health are asked now."]
    assert said(changed(("offered_for = { value = 4", "offered_for = { value = 5"))) == [
        "The questions about bone health “Week 6” are asked from 6 weeks after the procedure on for 5 weeks,"
        " and no treatment is a reason in the caseload instead of from 6 weeks after the procedure on for 4 weeks,"
        " and no treatment is a reason in the caseload."
    ]
    assert OLD.bone_health
    fewer = but(bone_health=dataclasses.replace(OLD.bone_health, occasions=OLD.bone_health.occasions[:-1]))
    assert said(fewer) == ["The questions about bone health “Week 12” are not asked any more."]


def test_a_file_that_says_the_same_in_other_spaces_has_no_difference() -> None:
    same = read("# Our own remark.\n\n" + TEXT.replace("value = 48,", "value = 48.0,"))
    assert same.digest != OLD.digest
    assert difference(OLD, same) == ()
    assert difference(OLD, OLD) == ()


def test_a_routine_that_opens_later_is_told_in_hours() -> None:
    new = changed(
        ('value = 48, unit = "h", source = "SEED, PD"', 'value = 72, unit = "h", source = "SEED, PD"')
    )
    assert said(new) == [
        "Tummy tightening opens at 72 h instead of 48 h.",
        "Belly breathing opens at 72 h instead of 48 h.",
        "Resting straight opens at 72 h instead of 48 h.",
        f"The phase “{OLD.phases[4].name}” opens at 72 h instead of 48 h.",
    ]


def test_a_routine_that_no_phase_opens_is_told() -> None:
    text = re.sub(r"(?s)\[phase\.dose\.transversus_abdominis\]\n(?:[a-z_]+ = .*?\n)+", "", TEXT)
    told = said(read(text))
    assert told[0] == "Tummy tightening does not open any more."
    assert f"Tummy tightening is closed in “{OLD.phases[4].name}”." in told
    assert said(OLD, read(text))[0] == (
        "Tummy tightening opens at 48 h after the procedure; it did not open before."
    )


def test_what_a_release_waits_for_and_when_a_test_is_due_are_rules() -> None:
    bridge, test = OLD.routines["small_bridge"], OLD.routines["five_sit_to_stand"]
    release = bridge.release
    assert release
    assert release.earliest

    def routine(which: Routine, **other: Any) -> Protocol:
        return but(routines=dict(OLD.routines) | {which.id: dataclasses.replace(which, **other)})

    later = dataclasses.replace(
        release, earliest=Quantity(release.earliest.value + 24, "h", "PD"), walked=None, walked_days=None
    )
    assert said(routine(bridge, release=later)) == [
        "Small bridge: of its release “Not before, counted from the procedure” is 528 h instead of 504 h.",
        "Small bridge: of its release “Walked at a time” is no such number instead of 15 min.",
        "Small bridge: of its release “Walked so on days in a row” is no such number instead of 3 days.",
    ]
    assert said(routine(bridge, release=None)) == ["Small bridge waits for no release any more."]
    assert said(OLD, routine(bridge, release=None)) == ["Small bridge waits for a release now."]
    assert said(routine(test, checkpoints=test.checkpoints[:2])) == [
        "Five times up is due otherwise: from 2 weeks after the procedure on for 1 weeks"
        " and from 6 weeks after the procedure on for 1 weeks."
    ]
    for new in (later, None):
        assert all(isinstance(each, General) for each in difference(OLD, routine(bridge, release=new)))
    assert isinstance(difference(OLD, routine(test, checkpoints=()))[0], General)


def test_a_walk_is_told_in_minutes() -> None:
    walk = "[phase.dose.walking]\nminutes = { value = "
    minutes = TEXT[TEXT.index(walk) + len(walk) :].split(",")[0]
    assert said(changed((f"{walk}{minutes}", f"{walk}7"))) == [
        f"Walking in “Second day”: 7 minutes, 2 times a day instead of {minutes} minutes, 2 times a day."
    ]


def test_a_number_is_told_with_its_unit() -> None:
    new = changed(("pain_limit = { value = 6", "pain_limit = { value = 5"))
    assert said(new) == ["Pain closes the tightening exercises from: 5 of 10 instead of 6 of 10."]
    new = changed(("partly_from = { value = 0.5", "partly_from = { value = 0.6"))
    assert said(new) == ["Partly done is from this share of the dose on: 60 % instead of 50 %."]


def test_other_words_are_told_with_their_place_and_both_texts() -> None:
    new = changed(('breathing = "Breathe as usual."', 'breathing = "Keep breathing."'))
    (only,) = difference(OLD, new)
    assert isinstance(only, d.TextChanged)
    assert (only.old, only.new) == (("Breathe as usual.",), ("Keep breathing.",))
    assert said(new) == ["Other words at routines.ankle_pumps.breathing."]
    assert protocols_text.before_and_after([only]) == [
        {
            "Place": "routines.ankle_pumps.breathing",
            "Before": "Breathe as usual.",
            "After": "Keep breathing.",
        }
    ]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            "amber_reps",
            "After an amber light the next times are this share of the plan’s: 75 % instead of 50 %.",
        ),
        (
            "easier_reps",
            "The times of “easier today”, where nothing smaller came before, are this share of the plan’s:"
            " 75 % instead of 50 %.",
        ),
    ],
)
def test_another_share_of_a_dose_is_told(rule: str, sentence: str) -> None:
    number = dataclasses.replace(getattr(OLD.rules, rule), value=0.75)
    assert said(but(rules=dataclasses.replace(OLD.rules, **{rule: number}))) == [sentence]


def test_every_rule_and_every_number_has_words() -> None:
    rules = {field.name for field in dataclasses.fields(Rules)} - {"first_dose"}
    assert set(protocol_labels.RULES) == rules
    assert {each for (name, _new) in protocol_labels.PHASE_RULES for each in [name]} == {
        "rest_rule_until_next",
        "done_after_overnight",
        "review_due",
    }


@pytest.mark.slow
def test_the_kinds_of_difference_all_come_about() -> None:
    kinds = {type(each) for _place, told in changes() for each in told}
    kinds |= {type(each) for each in difference(OLD, but(measures=None))}
    kinds |= {type(each) for each in difference(OLD, but(bone_health=None))}
    for name in ("routines", "phases", "red_flags", "questions"):
        whole = getattr(OLD, name)
        less: Any = whole[1:] if isinstance(whole, tuple) else dict(list(whole.items())[1:])
        fewer = but(**{name: less})
        turned = whole[::-1] if isinstance(whole, tuple) else dict(reversed(whole.items()))
        for one, two in ((OLD, fewer), (fewer, OLD), (OLD, but(**{name: turned}))):
            kinds |= {type(each) for each in difference(one, two)}
    assert kinds == set(typing.get_args(Difference))


@pytest.mark.parametrize(
    ("patients", "today", "sentence"),
    [
        (0, 0, "Affects nobody now."),
        (1, 0, "Affects 1 patient, none today."),
        (14, 3, "Affects 14 patients, 3 of them today."),
        (14, 0, "Affects 14 patients, none of them today."),
    ],
)
def test_whom_it_affects_is_told(patients: int, today: int, sentence: str) -> None:
    assert protocols_text.affects(patients, today=today) == sentence


@pytest.mark.parametrize(
    ("affected", "today", "sentence"),
    [
        (0, 0, "It changes nothing that a patient may do."),
        (4, 0, "It concerns 4 of 9 patients. Today it changes nothing that they may do."),
        (4, 3, "It concerns 4 of 9 patients. Today it changes what 3 of them may do."),
    ],
)
def test_whom_all_of_it_concerns_is_told(affected: int, today: int, sentence: str) -> None:
    assert protocols_text.reaches(affected, of=9, today=today) == sentence
    later = protocols_text.reaches(affected, of=9, today=today, at_once=False)
    assert later == sentence.replace("Today", "On that day")


def test_a_later_day_is_not_called_today() -> None:
    assert protocols_text.affects(14, today=3, at_once=False) == (
        "Affects 14 patients, 3 of them on that day."
    )
    assert protocols_text.affects(0, today=0, at_once=False) == "Affects nobody then."


def test_the_words_of_a_cue_are_told_with_what_was_there_before() -> None:
    old = read(re.sub(r"(?m)^\[routine\.cues\]\n(?:\w+ = .*\n)+", "", TEXT))
    told = [each for each in difference(old, OLD) if isinstance(each, d.TextChanged)]
    assert len(told) == len(difference(old, OLD)) == 83
    assert "New words at routines.transversus_abdominis.cues.work." in said(OLD, old)
    new = changed(('work_said = "Draw in a little."', 'work_said = "Draw it in."'))
    assert protocols_text.before_and_after(difference(OLD, new)) == [  # type: ignore[arg-type]
        {
            "Place": "routines.transversus_abdominis.cues.work_said",
            "Before": "Draw in a little.",
            "After": "Draw it in.",
        }
    ]
