"""What a fact refuses, how it is stored and read back, and what counts of many entries."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import facts, free_text, times
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry, History, by_clinician, clinician_account, clinician_author
from coach.domain.payloads import KIND_OF, KINDS, from_payload, to_payload
from tests.domain.story import GLUTES, NOON, QUADS, Story
from tests.support import fact_values

ID = UUID(int=7)

# ---------------------------------------------------------------- there and back

INSTANTS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
TEXTS = st.text(min_size=1, max_size=60).filter(lambda text: free_text.clean(text) != "")
RANGES = fact_values.RANGES | {"needs": st.lists(TEXTS, max_size=4).map(tuple)}


def values(name: str, hint: object) -> st.SearchStrategy:
    if name in RANGES:
        return RANGES[name]
    if isinstance(hint, types.UnionType):
        return st.one_of([values("", option) for option in typing.get_args(hint)])
    if typing.get_origin(hint) is tuple:
        return st.lists(facts_of(typing.get_args(hint)[0]), max_size=4).map(tuple)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    known: dict[object, st.SearchStrategy] = {
        str: TEXTS, bool: st.booleans(), UUID: st.uuids(), datetime: INSTANTS, type(None): st.none(),
    }  # fmt: skip
    return known[hint]


def facts_of(kind: type) -> st.SearchStrategy:
    if kind is facts.BoneHealth:
        return fact_values.bone_answers(TEXTS)
    hints = typing.get_type_hints(kind)
    return st.builds(
        kind, **{field.name: values(field.name, hints[field.name]) for field in dataclasses.fields(kind)}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_comes_back_from_its_payload_as_it_was(kind: str):
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(facts_of(KINDS[kind]))
    def there_and_back(fact: object):
        payload = json.loads(json.dumps(to_payload(fact), allow_nan=False))  # type: ignore[arg-type]
        assert from_payload(kind, payload) == fact

    there_and_back()


def test_every_kind_of_fact_has_one_name():
    assert {KINDS[kind]: kind for kind in KINDS} == dict(KIND_OF)
    assert set(typing.get_args(facts.Fact)) == set(KINDS.values())


def test_an_instant_of_another_zone_is_stored_in_utc():
    payload = {"routine": None, "why": "scan", "until": "2025-06-04T12:00:00+05:30"}
    assert to_payload(from_payload("hold", payload))["until"] == "2025-06-04T06:30:00+00:00"


# ---------------------------------------------------------------- refused


def fault(call, *args, **kwargs) -> Fault:
    with pytest.raises(BadValue) as caught:
        call(*args, **kwargs)
    return caught.value.fault


BAD_SCORES = [11, -1, 3.5, 3.0, math.nan, math.inf, True, False, "7", "", "mildly", [], {}, [3], b"3", 10**30]


@pytest.mark.parametrize("score", BAD_SCORES, ids=repr)
def test_a_pain_score_that_is_none_is_refused(score: object):
    assert fault(facts.Pain, score, facts.PainWhen.NOW) is Fault.PAIN_NOT_A_SCORE
    assert fault(facts.whole_score, score) is Fault.PAIN_NOT_A_SCORE
    assert fault(from_payload, "pain", {"score": score, "when": "now"}) is Fault.PAIN_NOT_A_SCORE


@pytest.mark.parametrize("score", [None, *BAD_SCORES], ids=repr)
def test_an_effort_that_is_none_is_refused(score: object):
    fault(from_payload, "effort", {"session": str(ID), "effort": score})
    assert fault(facts.Effort, ID, score) is Fault.EFFORT_NOT_A_SCORE


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("pain", {"when": "now"}),
        ("pain", {"score": 3}),
        ("pain", {"score": 3, "when": "yesterday"}),
        ("pain", {"score": 3, "when": ["now"]}),
        ("pain", {"score": 3, "when": "now", "session": "me"}),
        ("pain", {"score": 3, "when": "now", "colour": "blue"}),
        ("pain", {}),
        ("pain", []),
        ("pain", "now"),
        ("pain", None),
        ("home_arrival", {"home": "yes"}),
        ("home_arrival", {"home": 1}),
        ("procedure", {"cause": "fall"}),
        ("red_flag", {"flag": 7}),
        ("clinic_agreed", {"question": "q", "who": "", "spoke_at": NOON.isoformat()}),
        ("clinic_agreed", {"question": "q", "who": "  ", "spoke_at": NOON.isoformat()}),
        ("clinic_agreed", {"question": "q", "who": "x" * 201, "spoke_at": NOON.isoformat()}),
        ("clinic_agreed", {"question": "q", "who": "Dr Lee", "spoke_at": "2025-06-04T12:00:00"}),
        ("clinic_agreed", {"question": "q", "who": "Dr Lee", "spoke_at": "noon"}),
        ("clinic_agreed", {"question": "q", "who": "Dr Lee", "spoke_at": 12}),
        ("flag_cleared", {"entry": str(ID), "who": "", "spoke_at": NOON.isoformat()}),
        ("flag_cleared", {"entry": "flag", "who": "Dr Lee", "spoke_at": NOON.isoformat()}),
        ("note", {"session": str(ID), "text": ""}),
        ("note", {"session": str(ID), "text": "x" * 2001}),
        ("void", {"entry": str(ID), "why": " "}),
        ("hold", {"routine": None, "why": ""}),
        ("session_started", {"sets": [[]], "protocol": "p", "version": "1", "digest": "d"}),
        ("session_started", {"sets": [3], "protocol": "p", "version": "1", "digest": "d"}),
        ("session_started", {"sets": "all", "protocol": "p", "version": "1", "digest": "d"}),
        ("unknown", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_bad_payload_is_refused(kind: str, payload: object):
    fault(from_payload, kind, payload)


def a_set(**changes: object) -> dict[str, object]:
    whole = {
        "session": str(ID), "routine": GLUTES, "reps_done": 5, "reps_planned": 5, "hold_s": 3.0, "took_s": 45.0,
        "phase": "second-day",
    }  # fmt: skip
    return whole | changes


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("reps_done", -1, Fault.REPS_OUT_OF_RANGE),
        ("reps_done", 1001, Fault.REPS_OUT_OF_RANGE),
        ("reps_done", 2.5, Fault.UNKNOWN_CHOICE),
        ("reps_done", True, Fault.UNKNOWN_CHOICE),
        ("reps_planned", 0, Fault.REPS_OUT_OF_RANGE),
        ("hold_s", -0.1, Fault.HOLD_OUT_OF_RANGE),
        ("hold_s", 61, Fault.HOLD_OUT_OF_RANGE),
        ("hold_s", math.nan, Fault.HOLD_OUT_OF_RANGE),
        ("took_s", math.inf, Fault.DURATION_OUT_OF_RANGE),
        ("took_s", -1, Fault.DURATION_OUT_OF_RANGE),
        ("took_s", "45", Fault.UNKNOWN_CHOICE),
    ],
)
def test_a_set_with_a_bad_number_is_refused(field: str, value: object, expected: Fault):
    from_payload("set_done", a_set())
    assert fault(from_payload, "set_done", a_set(**{field: value})) is expected


@pytest.mark.parametrize(
    ("reps", "hold_s", "sides"), [(0, 3.0, 1), (5, math.nan, 1), (5, -1.0, 1), (5, 3.0, 3)]
)
def test_a_planned_set_with_a_bad_number_is_refused(reps: int, hold_s: float, sides: int):
    fault(facts.PlannedSet, GLUTES, reps, hold_s, sides)


@pytest.mark.parametrize(
    ("reps", "hold_s", "per_day"), [(0, 3.0, 2), (5, math.nan, 2), (5, 3.0, 0), (5, 3.0, 101)]
)
def test_an_override_with_a_bad_dose_is_refused(reps: int, hold_s: float, per_day: int):
    fault(facts.Override, GLUTES, reps, hold_s, per_day, NOON, NOON + timedelta(days=1), "strong")


def test_an_override_and_a_hold_need_aware_instants_and_a_reason():
    naive = NOON.replace(tzinfo=None)
    assert fault(facts.Override, GLUTES, 5, 3.0, 2, naive, NOON, "strong") is Fault.TIME_WITHOUT_ZONE
    assert fault(facts.Override, GLUTES, 5, 3.0, 2, NOON, naive, "strong") is Fault.TIME_WITHOUT_ZONE
    assert fault(facts.ClinicianHold, None, "scan", naive) is Fault.TIME_WITHOUT_ZONE
    assert fault(facts.Override, GLUTES, 5, 3.0, 2, NOON, NOON, " ") is Fault.TEXT_MISSING
    assert fault(facts.ClinicianHold, None, " ") is Fault.TEXT_MISSING


@pytest.mark.parametrize("fold", [0, 1])
def test_an_instant_in_the_hour_that_comes_twice_is_kept_in_utc(fold: int):
    there = datetime(2025, 10, 26, 1, 30, tzinfo=times.zone("Europe/London"), fold=fold)
    instant = datetime(2025, 10, 26, fold, 30, tzinfo=UTC)
    for fact in (
        facts.Override(GLUTES, 5, 3.0, 2, there, there, "strong", 3),
        facts.ClinicianHold(None, "scan", there),
        facts.ClinicAgreed("q", "Dr Lee", there),
        facts.FlagCleared(ID, "Dr Lee", there),
    ):
        kept = [value for value in vars_of(fact) if isinstance(value, datetime)]
        assert set(kept) == {instant}
        assert from_payload(KIND_OF[type(fact)], to_payload(fact)) == fact


def vars_of(fact: object) -> list[object]:
    return [getattr(fact, field.name) for field in dataclasses.fields(fact)]  # type: ignore[arg-type]


def test_an_entry_needs_aware_instants():
    naive = NOON.replace(tzinfo=None)
    for at, recorded_at in ((naive, NOON), (NOON, naive)):
        with pytest.raises(BadValue):
            Entry(ID, 1, at, "UTC", NOON.date(), recorded_at, "patient", facts.Procedure())


def test_text_is_measured_as_people_write_it():
    assert free_text.plain_text("  e\u0301 ", 1) == "é"
    assert fault(free_text.plain_text, 7, 10) is Fault.TEXT_MISSING
    assert fault(free_text.plain_text, "ab", 1) is Fault.TEXT_TOO_LONG
    assert facts.Note(ID, "x" * 2000).text


# ---------------------------------------------------------------- what counts


def scores(story: Story) -> list[object]:
    return [entry.fact.score for entry in story.history.of(facts.Pain)]


def test_a_voided_entry_does_not_count_but_stays():
    story = Story()
    wrong = story.feels(7, 1)
    story.feels(3, 2)
    void = story.add(facts.Void(wrong, "the wrong day"), 3)
    assert scores(story) == [3]
    assert story.history.voided[wrong].id == void
    assert wrong in story.history.by_id


def test_a_correction_replaces_and_the_old_entry_stays():
    story = Story()
    wrong = story.feels(7, 1)
    right = story.add(facts.Pain(4, facts.PainWhen.NOW), 1, told=2, corrects=wrong)
    assert scores(story) == [4]
    assert story.history.replaced[wrong].id == right
    assert len(story.entries) == 2


def test_of_two_corrections_of_one_entry_the_later_wins():
    story = Story()
    first = story.feels(7, 1)
    story.add(facts.Pain(4, facts.PainWhen.NOW), 1, told=2, corrects=first)
    story.add(facts.Pain(5, facts.PainWhen.NOW), 1, told=3, corrects=first)
    assert scores(story) == [5]


def test_a_correction_of_a_correction_leaves_only_the_last():
    story = Story()
    first = story.feels(7, 1)
    second = story.add(facts.Pain(4, facts.PainWhen.NOW), 1, told=2, corrects=first)
    third = story.add(facts.Pain(5, facts.PainWhen.NOW), 1, told=3, corrects=second)
    story.add(facts.Pain(6, facts.PainWhen.NOW), 1, told=4, corrects=first)
    assert scores(story) == [6]
    assert third in story.history.replaced


def test_voiding_a_correction_does_not_bring_the_old_value_back():
    story = Story()
    first = story.feels(7, 1)
    second = story.add(facts.Pain(4, facts.PainWhen.NOW), 1, told=2, corrects=first)
    story.add(facts.Void(second, "both wrong"), 3)
    assert scores(story) == []


def test_an_entry_of_another_kind_or_from_later_corrects_nothing():
    story = Story()
    pain = story.feels(7, 1)
    story.add(facts.Setting("zone", "UTC"), 2, corrects=pain)
    assert scores(story) == [7]
    story.add(facts.Pain(3, facts.PainWhen.NOW), 3, corrects=UUID(int=4))
    story.add(facts.Pain(2, facts.PainWhen.NOW), 4, corrects=UUID(int=3))
    assert scores(story) == [7, 2]


def test_an_entry_that_names_itself_or_nobody_still_counts():
    story = Story()
    story.add(facts.Pain(3, facts.PainWhen.NOW), 1, corrects=UUID(int=1))
    story.add(facts.Pain(4, facts.PainWhen.NOW), 2, corrects=UUID(int=99))
    assert scores(story) == [3, 4]


def test_a_red_flag_and_what_became_of_it_are_never_voided_or_replaced():
    story = Story()
    flag = story.add(facts.RedFlagYes("fall"), 1)
    mistake = story.add(facts.FlagMistake(flag), 1)
    cleared = story.add(facts.FlagCleared(flag, "Dr Lee", story.instant(2)), 3)
    for entry in (flag, mistake, cleared):
        story.add(facts.Void(entry, "no"), 4)
    story.add(facts.RedFlagYes("chest_pain"), 5, corrects=flag)
    assert [entry.fact.flag for entry in story.history.of(facts.RedFlagYes)] == ["fall", "chest_pain"]
    assert len(story.history.of(facts.FlagMistake)) == len(story.history.of(facts.FlagCleared)) == 1


def test_a_void_cannot_be_voided():
    story = Story()
    pain = story.feels(7, 1)
    void = story.add(facts.Void(pain, "wrong"), 2)
    story.add(facts.Void(void, "right after all"), 3)
    assert scores(story) == []


def test_entries_are_ordered_by_what_they_are_about_and_latest_by_the_telling():
    story = Story()
    story.feels(5, 10)
    story.feels(2, 3)
    assert scores(story) == [2, 5]
    latest = story.history.latest(facts.Pain)
    assert latest is not None
    assert latest.fact.score == 2


def test_the_latest_value_of_a_setting_holds():
    story = Story()
    assert story.history.zone == "UTC"
    story.add(facts.Setting("zone", "Asia/Kolkata"), 5)
    story.add(facts.Setting("zone", "Europe/London"), 1, told=6)
    assert story.history.zone == "Europe/London"


def test_a_session_is_gathered_from_its_small_entries():
    story = Story()
    one = story.trains([GLUTES, QUADS], 1, before=0, after=2, takes_s=60)
    other = story.trains([GLUTES], 5)
    first, second = story.history.sessions
    assert (first.id, second.id) == (one, other)
    assert [done.fact.routine for done in first.sets] == [GLUTES, QUADS]
    assert first.before is not None
    assert first.before.fact.score == 0
    assert first.after is not None
    assert first.ended_at == story.instant(1) + timedelta(seconds=120)
    assert (second.before, second.after, second.effort, second.notes) == (None, None, None, ())
    assert story.history.session(other) == second
    assert story.history.session(UUID(int=99)) is None


def test_a_session_that_was_broken_off_ends_with_its_last_set():
    story = Story()
    session = story.add(facts.SessionStarted((), "p", "1", "d"), 1)
    assert story.history.sessions[0].ended_at == story.instant(1)
    story.add(facts.SetDone(session, GLUTES, 5, 5, 3.0, 90, "second-day"), 1)
    assert story.history.sessions[0].ended_at == story.instant(1) + timedelta(seconds=90)
    assert story.history.sessions[0].finished is None


def test_an_author_leads_back_to_the_account_and_only_a_physiotherapists_does():
    story = Story()
    story.add(facts.Note(ID, "seen"), 1, author=clinician_author(ID))
    story.add(facts.Note(ID, "mine"), 2)
    first, second = story.history.entries
    assert first.author == f"physiotherapist:{ID}"  # stored names never change
    assert (by_clinician(first), by_clinician(second)) == (True, False)
    assert clinician_account(first.author) == ID
    others = (
        "patient",
        "operator",
        str(ID),
        "physiotherapist",
        "physiotherapist:",
        "physiotherapist:nobody",
        f"patient:{ID}",
    )
    assert [clinician_account(author) for author in others] == [None] * len(others)


def test_the_last_place_is_that_of_the_entry_recorded_last_whatever_it_is_about():
    assert History().last_seq == 0
    story = Story()
    story.add(facts.Note(ID, "now"), 5)
    story.add(facts.Note(ID, "told later, of before"), 1)
    assert story.history.last_seq == 2
    assert History(reversed(story.history.entries)).last_seq == 2


def test_a_history_is_never_changed_by_what_comes_after():
    story = Story()
    story.feels(3, 1)
    before = story.history
    story.feels(4, 2)
    after = before.extended(story.entries[1:])
    assert [len(each.of(facts.Pain)) for each in (before, after)] == [1, 2]
    assert after.entries == History(story.entries).entries
