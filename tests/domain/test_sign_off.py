"""Sign-off: a signature holds while the value is the one that was signed, and for nothing else."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from coach.domain.protocol import Protocol
from coach.domain.sign_off import (
    NOT_SIGNED,
    Opinion,
    SignOff,
    Value,
    ValueState,
    of_plan,
    sign_off,
    value_hash,
    values,
)
from coach.protocols import loader
from tests.support.protocols import default_text
from tests.support.signing import MEYER, SIGNED, all_signed, changed, signed

SHIPPED = loader.default()
VALUES = values(SHIPPED)
KIM = UUID(int=12)
GLUTES = "phases.second-day.doses.static_glutes.reps"
SECTIONS = list(dict.fromkeys(each.section for each in VALUES))


def value(path: str = GLUTES, protocol: Protocol = SHIPPED) -> Value:
    return next(each for each in values(protocol) if each.path == path)


def stands(found: SignOff, path: str = GLUTES) -> ValueState:
    return next(each.state for each in found.values if each.value.path == path)


def quantities(found: Any) -> Iterator[tuple[float, str]]:
    """Yield every number of a file that has a unit."""
    if isinstance(found, dict) and {"value", "unit"} <= found.keys():
        yield float(found["value"]), found["unit"]
    for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from quantities(each)


def texts(found: Any, name: str = "") -> Iterator[str]:
    """Yield every text of a file that is no name, source or note."""
    if isinstance(found, dict) and {"value", "unit"} <= found.keys():
        return
    if isinstance(found, dict):
        for key, each in found.items():
            if key not in NOT_SIGNED:
                yield from texts(each, key)
    elif isinstance(found, list):
        for each in found:
            yield from texts(each, name)
    elif isinstance(found, str) and found:
        yield found


def test_no_number_of_the_file_is_left_out():
    file = tomllib.loads(default_text())
    found: Counter[tuple[float, str]] = Counter()
    units = {unit for _value, unit in quantities(file)}
    for each in VALUES:
        number, _space, unit = each.text.partition(" ")
        if unit in units and number.replace(".", "").isdigit():
            found[float(number), unit] += 1
    # The loader adds numbers of its own, such as the minute that a walk counts by: they are signed too
    assert Counter(quantities(file)) - found == Counter()


def test_no_text_of_the_file_is_left_out():
    known = {line for each in VALUES for line in each.text.split("\n")}
    assert [
        text for text in texts(tomllib.loads(default_text())) if " ".join(text.split()) not in known
    ] == []


def test_each_value_has_a_path_of_its_own():
    assert max(Counter(each.path for each in VALUES).values()) == 1
    assert value() == Value(GLUTES, "5 reps", "PD", value_hash(GLUTES, "5 reps"))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_value_that_is_changed_loses_its_signature_alone_and_put_back_has_it_again(section: str):
    signatures, hashes, after = all_signed(SHIPPED), {each.path: each.hash for each in VALUES}, SHIPPED
    mine = [each.path for each in VALUES if each.section == section]
    for path in mine:
        one = {each.path: each.hash for each in values(changed(SHIPPED, path))}
        assert {each for each in one.keys() | hashes if one.get(each) != hashes.get(each)} == {path}
        after = changed(after, path)
    assert sign_off(SHIPPED, signatures).of().is_whole
    found = sign_off(after, signatures)
    assert {each.value.path for each in found.values if each.state is ValueState.CHANGED} == set(mine)
    assert found.of(section).checked == 0
    assert found.of().checked == len(VALUES) - len(mine)


def test_how_the_file_is_written_and_where_its_numbers_come_from_changes_nothing():
    text = default_text()
    for old, new in (
        (f'version = "{SHIPPED.version}"', 'version   = "2.3.4" # another'),
        ('value = 48, unit = "h", source = "SEED, PD"', 'value = 48.0, unit = "h", source = "PD"'),
        ("Breathe as usual.", "Breathe  as usual. "),
        ('[sources]\nSEED = "', '[sources]\nSEED = "See '),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    assert sign_off(loader.read(text.encode(), "other.toml"), all_signed(SHIPPED)).of().is_whole


def test_nothing_is_checked_before_somebody_signs():
    found = sign_off(SHIPPED, ())
    assert {each.state for each in found.values} == {ValueState.NOT_CHECKED}
    assert (found.of().checked, found.of().of, found.of().is_whole) == (0, len(VALUES), False)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([Opinion.AGREE], ValueState.CHECKED),
        ([Opinion.AGREE, Opinion.WITHDRAWN], ValueState.NOT_CHECKED),
        ([Opinion.WITHDRAWN, Opinion.AGREE], ValueState.CHECKED),
        ([Opinion.CHANGE], ValueState.CHANGE_ASKED),
        ([Opinion.CHANGE, Opinion.AGREE], ValueState.CHECKED),
        ([Opinion.AGREE, Opinion.CHANGE], ValueState.CHANGE_ASKED),
        ([Opinion.NOT_MINE], ValueState.NOT_CHECKED),
        ([Opinion.AGREE, Opinion.NOT_MINE], ValueState.NOT_CHECKED),
    ],
)
def test_the_last_word_of_a_clinician_counts(said: list[Opinion], state: ValueState):
    words = [signed(value(), each, hours=n) for n, each in enumerate(said)]
    assert stands(sign_off(SHIPPED, words)) is state
    assert stands(sign_off(SHIPPED, words[::-1])) is state


def test_who_asks_for_a_change_is_not_outvoted_and_who_cannot_judge_takes_nothing_away():
    agree = signed(value())
    assert (
        stands(sign_off(SHIPPED, [agree, signed(value(), Opinion.CHANGE, by=KIM)])) is ValueState.CHANGE_ASKED
    )
    for opinion in (Opinion.NOT_MINE, Opinion.WITHDRAWN):
        assert (
            stands(sign_off(SHIPPED, [agree, signed(value(), opinion, by=KIM, hours=1)]))
            is ValueState.CHECKED
        )


def test_a_signature_of_a_former_value_that_was_taken_back_was_no_check():
    words = [signed(value()), signed(value(), Opinion.WITHDRAWN, hours=1)]
    assert stands(sign_off(changed(SHIPPED, GLUTES), words)) is ValueState.NOT_CHECKED


def test_signatures_of_another_protocol_or_place_do_not_count():
    other = signed(value(), protocol="another")
    moved = signed(value(), path="phases.first-week.doses.static_glutes.reps")
    assert sign_off(SHIPPED, [other, moved]).of().checked == 0
    assert value_hash("a", "5 reps") != value_hash("b", "5 reps")


def test_a_summary_names_who_signed_the_latest_first_and_when_last():
    words = [signed(value()), signed(value("rules.pain_limit"), by=KIM, hours=2)]
    found = sign_off(SHIPPED, words).of(GLUTES, "rules.pain_limit")
    assert (found.checked, found.of, found.names) == (2, 2, ("B. Kim", "A. Meyer"))
    assert found.last == signed(value(), hours=2).at != SIGNED
    assert words[0].account == MEYER
    assert not sign_off(SHIPPED, words).of(GLUTES, "rules.pain_closes_for").is_whole


def test_a_place_is_no_prefix_of_a_name():
    found = sign_off(SHIPPED, ())
    assert found.of("rules.first_dose").of == 4
    assert found.of("rules.first").of == 0


def test_a_plan_rests_on_its_doses_limits_beginnings_and_rules():
    found = sign_off(SHIPPED, ())
    places = of_plan(SHIPPED, phases=["second-day"], routines=["static_glutes"])
    paths = {each.value.path for each in found.values} & {
        GLUTES,
        "routines.static_glutes.maximum.hold",
        "routines.static_glutes.gap",
        "phases.first-week.opens_after",
        "phases.first-week.anchor",
        "rules.first_dose.reps",
        "rules.amber_reps",
    }
    assert len(paths) == 7
    assert all(found.of(path).of == 1 for path in paths)
    whole = found.of(*places).of
    assert all(found.of(*places, path).of == whole for path in paths)
    assert found.of(*places, "routines.quadriceps").of > whole


def test_a_plan_rests_on_no_dose_of_another_exercise():
    found = sign_off(SHIPPED, ())
    places = of_plan(SHIPPED, phases=["weeks-3-6"], routines=["static_glutes"])
    whole = found.of(*places).of
    at = "phases.weeks-3-6"
    for name in ("doses.static_glutes", "do", "rest_rule", "opens_after"):
        assert found.of(f"{at}.{name}").of
        assert found.of(*places, f"{at}.{name}").of == whole
    assert found.of(*places, f"{at}.doses.heel_raises").of > whole


def test_what_nobody_could_sign_is_refused_and_not_left_out():
    @dataclass(frozen=True)
    class Strange:
        what: object

    strange = replace(SHIPPED, guide={"new": Strange(object())})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="object cannot be signed"):
        values(strange)
