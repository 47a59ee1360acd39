"""Everything that can be said has words, and every sentence is whole."""

from __future__ import annotations

import ast
import re
import string
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from coach.domain import decisions
from coach.domain.case import Case
from coach.domain.course import course
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Override, PainLimit, PainWord, PlannedSet, Setting, StopReason
from coach.domain.history import History
from coach.domain.pain import Light
from coach.domain.protocol import Dose, FlagLevel, Protocol
from coach.domain.session import CueKind, schedule
from coach.domain.times import zone
from coach.protocols import loader
from coach.records.database.errors import Reason as Trouble
from coach.text import doses as doses_text
from coach.text import entries as entries_text
from coach.text import errors as errors_text
from coach.text import pain as pain_text
from coach.text import protocol_texts
from coach.text import reasons as reasons_text
from coach.text import session as session_text
from coach.text import times as times_text
from tests.domain.story import Story
from tests.support.protocols import default_text
from tests.support.server import ROOT
from tests.support.words import BERLIN, NOBODY, NOW, PROTOCOL, REASONS

STEPS: dict[type, Any] = {
    decisions.FirstDose: decisions.FirstDose(NOW + timedelta(hours=40)),
    decisions.Halved: decisions.Halved(),
    decisions.Overridden: decisions.Overridden("Doing well", NOW + timedelta(days=3), uuid4()),
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def assert_sentence(text: str) -> None:
    assert text
    assert text == text.strip()
    assert "{" not in text
    assert "None" not in text
    assert text[0].isupper() or text[0] in "“/0123456789", text
    assert text[-1] in ".?!", text


def test_a_share_that_is_no_half_is_not_called_one():
    text = doses_text.step(decisions.Halved(exact=False), BERLIN, now=NOW)
    assert text == "Fewer this time, because your pain went up."
    assert "alf" not in text.replace(doses_text.step(decisions.Halved(), BERLIN, now=NOW), "")


# what is refused


def test_every_fault_has_a_sentence():
    assert set(errors_text.REFUSALS) == set(Fault)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_refusal_is_a_whole_sentence(fault: Fault):
    text = errors_text.REFUSALS[fault]
    detail = dict.fromkeys(placeholders(text), "7")
    assert_sentence(errors_text.refusal(BadValue(fault, **detail)))
    errors_text.refusal(BadValue(fault))  # a detail that is missing is no reason to fail


def raised() -> Iterator[tuple[str, Fault, set[str]]]:
    """Find every place that refuses something: where, with which fault, with which details."""
    for path in sorted((ROOT / "coach").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadValue" and node.args:
                named = node.args[0]
                if isinstance(named, ast.Attribute):
                    where = f"{path.name}:{node.lineno}"
                    yield where, Fault[named.attr], {str(each.arg) for each in node.keywords}


def test_every_refusal_is_given_what_its_sentence_mentions():
    found = list(raised())
    assert len(found) > 30
    for where, fault, given in found:
        assert placeholders(errors_text.REFUSALS[fault]) <= given, (where, fault)


def test_a_zone_with_no_near_name_points_to_the_list():
    for name, near in (("Europe/Lodon", "Europe/London"), ("", ""), ("qqqqqqqq", "")):
        with pytest.raises(BadValue) as refused:
            zone(name)
        sentence = errors_text.refusal(refused.value)
        assert_sentence(sentence)
        assert f"“{name}”" in sentence
        assert near in sentence
        assert ("such as" in sentence) is bool(near)


def test_what_was_entered_stands_in_the_sentence_as_it_is():
    for odd in ("{near}", "{0}", "%s", "<b>", "{value!r}"):
        assert f"“{odd}”" in errors_text.refusal(BadValue(Fault.NOT_A_PHONE_NUMBER, value=odd))


def test_every_reason_why_the_record_cannot_be_used_has_a_sentence():
    assert set(errors_text.UNAVAILABLE) == set(Trouble)
    for why in Trouble:
        sentence = errors_text.unavailable(why, "/home/ada/coach.sqlite3")
        assert_sentence(sentence)
        if why is not Trouble.DISK_FULL:
            assert "/home/ada/coach.sqlite3" in sentence
    assert_sentence(errors_text.unavailable("something new", "/x"))
    assert "{odd}" in errors_text.unavailable("damaged", "/{odd}")


# the gate


def test_the_lists_here_name_every_reason_and_every_step():
    assert set(REASONS) == set(typing.get_args(decisions.Reason))
    assert set(STEPS) == set(typing.get_args(decisions.Step))


@pytest.mark.parametrize("kind", typing.get_args(decisions.Reason), ids=lambda kind: kind.__name__)
def test_every_reason_of_the_gate_has_words(kind: type):
    text = reasons_text.reason(REASONS[kind], Case.of(PROTOCOL, NOBODY))
    assert text
    assert "{" not in text
    assert "None" not in text


def test_the_other_shapes_of_a_reason_have_words_too():
    for why in (
        decisions.NotHome(NOW),
        decisions.TooEarly(None, None),
        decisions.Held("Rest.", NOW, NOW, uuid4()),
    ):
        assert_sentence(reasons_text.reason(why, Case.of(PROTOCOL, NOBODY)))
    for phase in PROTOCOL.phases:
        assert "hour" in reasons_text.reason(decisions.TooEarly(phase, NOW), Case.of(PROTOCOL, NOBODY))


@pytest.mark.parametrize("kind", typing.get_args(decisions.Step), ids=lambda kind: kind.__name__)
def test_every_step_of_a_dose_has_words(kind: type):
    text = doses_text.step(STEPS[kind], BERLIN, now=NOW)
    assert text
    assert "None" not in text
    assert_sentence(doses_text.step(decisions.FirstDose(None), BERLIN, now=NOW))


@pytest.mark.parametrize("hours", [2, 16, 40, 24 * 5, 24 * 9, 24 * 400])
def test_after_until_stands_a_day_and_no_other_preposition(hours: int):
    ends = NOW + timedelta(hours=hours)
    said = [
        doses_text.step(decisions.FirstDose(ends), BERLIN, now=NOW),
        *entries_text.fact(PainLimit(4, ends, "Rest"), PROTOCOL, zone=BERLIN, now=NOW),
    ]
    assert [text for text in said if re.search(r"\b(?:until|since) (?:on|at)\b|,\.", text)] == []
    assert sum("until" in text for text in said) == 2


def test_doses_say_what_is_done_and_how_often():
    routines = PROTOCOL.routines
    assert doses_text.dose(routines["ankle_pumps"], Dose(10, 2, 12, hourly=True)) == "10 times"
    assert doses_text.dose(routines["static_glutes"], Dose(5, 3, 2)) == "5 × 3 seconds"
    assert doses_text.dose(routines["quadriceps"], Dose(8, 2.5, 2)) == "8 × 2.5 seconds, each leg"
    assert doses_text.often(Dose(10, 2, 12, hourly=True)) == "every hour you are awake"
    assert [doses_text.often(Dose(5, 3, n)) for n in (1, 2)] == ["once a day", "2 times a day"]


@pytest.mark.parametrize(
    ("routine", "told"),
    [
        ("ankle_pumps", "Ankle pumps, 8 times"),
        ("quadriceps", "Thigh tightening, 8 × 4 seconds, each leg"),
        ("walking", "Walking, 8 minutes"),
        ("resting_straight", "Resting straight, 8 minutes"),
        ("belly_breathing", "Belly breathing, 8 slow breaths"),
        ("gone", "gone, 8 × 4 seconds"),
    ],
)
def test_an_own_dose_is_told_as_its_exercise_is_counted(routine: str, told: str):
    fact = Override(routine, 8, 4, 2, NOW, NOW + timedelta(days=1), "w")
    set_, why = entries_text.fact(fact, PROTOCOL, zone=BERLIN, now=NOW)
    assert (set_, why) == (f"Your physiotherapist set: {told}, 2 times a day", "w")


# times


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 5, 13, 30, tzinfo=UTC), "opens today at 14:30, in 4 hours"),
        (datetime(2026, 3, 6, 4, 7, tzinfo=UTC), "opens tomorrow, Friday, at 05:07, in 19 hours"),
        (datetime(2026, 3, 5, 9, 8, tzinfo=UTC), "opens today at 10:08, in 1 minute"),
        (datetime(2026, 3, 5, 9, 7, 5, tzinfo=UTC), "opens today at 10:07, in 1 minute"),
        (datetime(2026, 3, 5, 11, 6, tzinfo=UTC), "opens today at 12:06, in 119 minutes"),
        (datetime(2026, 3, 5, 11, 7, tzinfo=UTC), "opens today at 12:07, in 2 hours"),
        (datetime(2026, 3, 5, 23, 0, tzinfo=UTC), "opens tomorrow, Friday, at 00:00, in 14 hours"),
        (datetime(2026, 3, 7, 9, 7, tzinfo=UTC), "opens on Saturday, 7 March, at 10:07, in 2 days"),
        (datetime(2026, 3, 30, 9, 7, tzinfo=UTC), "opens on 30 March at 11:07, in 25 days"),
    ],
)
def test_an_opening_is_said_with_its_day_its_time_and_how_long_it_is(at: datetime, said: str):
    assert times_text.opens(at, BERLIN, now=NOW) == said


def test_where_a_person_must_act_no_opening_is_said():
    assert times_text.opens(None, BERLIN, now=NOW) == ""


def test_the_day_is_that_of_the_patients_zone():
    late = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    assert times_text.moment(late, "UTC", now=NOW) == "today at 23:30"
    assert times_text.moment(late, BERLIN, now=NOW) == "tomorrow, Friday, at 00:30"
    assert times_text.moment(late, "Pacific/Auckland", now=NOW) == "tomorrow, Friday, at 12:30"
    assert times_text.moment(late, "America/New_York", now=NOW) == "today at 18:30"


def test_where_in_the_course_counts_the_day_of_the_procedure_as_zero():
    known = course(PROTOCOL, Story().begins().history)
    assert known is not None
    ended = known.procedure.at
    said = [
        times_text.where_in_course(known, "Europe/London", now=ended + timedelta(hours=hours))
        for hours in (0, 1, 20, 71, 72, 24 * 7, 24 * 84)
    ]
    assert said == [
        "Day 0, 0 hours after your procedure",
        "Day 0, 1 hour after your procedure",
        "Day 1, 20 hours after your procedure",
        "Day 3, 71 hours after your procedure",
        "Day 3, week 1 after your procedure",
        "Day 7, week 2 after your procedure",
        "Day 84, week 13 after your procedure",
    ]


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=5), timedelta(days=266)])
def test_hours_are_not_counted_to_a_procedure_that_lies_ahead(ahead: timedelta):
    known = course(PROTOCOL, Story().begins().history)
    assert known is not None
    said = times_text.where_in_course(known, "Europe/London", now=known.procedure.at - ahead)
    assert said == "The procedure lies ahead."


@pytest.mark.parametrize(
    ("days", "hours_before", "week"),
    [(0, 0, 1), (6, 0, 1), (7, 3, 1), (7, 0, 2), (8, 0, 2), (13, 0, 2), (14, 3, 2), (14, 0, 3)],
)
def test_the_week_on_a_screen_is_that_of_the_phase(days: int, hours_before: int, week: int):
    known = course(PROTOCOL, Story().begins().history)
    assert known is not None
    now = known.procedure.at + timedelta(days=days, hours=-hours_before)
    assert known.week_at(now) == week
    span = known.span_at(now)
    begun = {"second-week": 2, "weeks-3-6": 3}
    assert begun.get(span.phase.id if span else "", 1) == week
    said = times_text.where_in_course(known, "Europe/London", now=now)
    assert said.startswith(f"Day {days}, ")
    assert days < 3 or said == f"Day {days}, week {week} after your procedure"


# the protocol's texts, with the numbers to call


def patient(**settings: str) -> History:
    story = Story()
    for name, value in settings.items():
        story.add(Setting(name, value), 0)
    return story.history


def test_every_text_of_the_protocol_is_whole_with_and_without_numbers():
    free = {"until", "days"}
    for told in (NOBODY, patient(country="GB", clinic_phone="020 7946 0000")):
        for name, notice in PROTOCOL.notices.items():
            assert placeholders(protocol_texts.protocol_text(Case.of(PROTOCOL, told), name)) <= free, name
            assert placeholders(notice) <= {"emergency", "clinic", "advice_line", "lift", *free}
        for phase in PROTOCOL.phases:
            for line in (*phase.do, *phase.dont, phase.rest_rule):
                assert placeholders(protocol_texts.filled(line, Case.of(PROTOCOL, told))) <= free


def test_every_red_flag_has_a_card_with_the_number_to_call():
    told = patient(country="GB", clinic_phone="020 7946 0000")
    assert len(PROTOCOL.red_flags) == 19
    for flag in PROTOCOL.red_flags.values():
        card = protocol_texts.card(flag, Case.of(PROTOCOL, told))
        calls = [phone["tel"] for phone in card["phones"]]
        expected = ["999", "02079460000"] if flag.level is FlagLevel.EMERGENCY else ["02079460000"]
        assert calls == expected
        assert ("999" in card["title"]) is (flag.level is FlagLevel.EMERGENCY)
        assert flag.text in card["said"]
        assert card["lines"]
        assert not any("{" in line for line in card["lines"])


def test_without_any_number_a_card_links_to_nothing_and_says_where_to_find_it():
    for flag in PROTOCOL.red_flags.values():
        card = protocol_texts.card(flag, Case.of(PROTOCOL, NOBODY))
        assert card["phones"] == []
        assert "{" not in card["title"]


def test_the_emergency_number_can_be_the_patients_own():
    told = patient(country="GB", emergency_phone="+44 1632 960000")
    assert protocol_texts.numbers(Case.of(PROTOCOL, told))["emergency"] == "+44 1632 960000"
    assert protocol_texts.numbers(Case.of(PROTOCOL, patient(country="GB")))["advice_line"] == "111"


@pytest.mark.parametrize(
    ("number", "dialled"),
    [("+49 (30) 555-01 00", "+49305550100"), ("112", "112"), ("12", ""), ("call me", ""), ("", "")],
)
def test_a_link_dials_digits_and_nothing_else(number: str, dialled: str):
    assert protocol_texts.tel(number) == dialled


# pain and the session


def test_scores_have_labels_and_zero_is_not_missing():
    assert [value for value, _, _ in pain_text.pain_choices(PROTOCOL, plain_words=False)] == list(range(11))
    worded = [n for n, _, words in pain_text.pain_choices(PROTOCOL, plain_words=False) if words]
    assert worded == [0, 3, 5, 7, 10]
    assert [value for value, _, _ in pain_text.pain_choices(PROTOCOL, plain_words=True)] == list(PainWord)
    assert (pain_text.score(0, PROTOCOL), pain_text.score(None, PROTOCOL)) == ("0", "not known")
    assert all(pain_text.score(word, PROTOCOL) for word in PainWord)


def test_every_light_and_every_stop_reason_has_words():
    assert pain_text.light(None, Case.of(PROTOCOL, NOBODY)) == ""
    said = [pain_text.light(each, Case.of(PROTOCOL, NOBODY)) for each in Light]
    assert len({*said, ""}) == 3
    assert len({session_text.stop_reason(why) for why in StopReason}) == len(StopReason)


def test_every_cue_shows_or_says_something():
    plan = schedule(
        PROTOCOL,
        [PlannedSet(each.id, 3, 3.0, each.sides) for each in PROTOCOL.routines.values()],
    )
    assert {cue.kind for cue in plan.cues} == set(CueKind)
    for cue in plan.cues:
        label, say = session_text.cue(cue, plan, PROTOCOL)
        assert label or say
        assert "{" not in label + say


WITHOUT_CUES = re.sub(r"(?m)^\[routine\.cues\]\n(?:\w+ = .*\n)+", "", default_text())


def cues(protocol: Protocol, routine: str) -> list[tuple[str, str]]:
    """Return what two reps of a routine show and say, without its counts."""
    plan = schedule(protocol, [PlannedSet(routine, 2, 3.0, 1)])
    return [session_text.cue(each, plan, protocol) for each in plan.cues if each.rep and each.count is None]


def test_every_routine_is_told_in_its_own_words():
    assert cues(PROTOCOL, "static_glutes")[:2] == [("Squeeze", "Breathe out and squeeze."), ("Hold", "")]
    assert cues(PROTOCOL, "quadriceps") == [
        ("Press down", "Breathe out and press down."), ("Hold", ""), ("Let go", "Let go."),
        ("Press down", "Press down."), ("Hold", ""), ("Let go", "Let go."),
    ]  # fmt: skip
    assert cues(PROTOCOL, "transversus_abdominis") == [
        ("Draw in", "Breathe out and draw in."), ("Hold lightly", ""), ("Let go", "Let go slowly."),
        ("Draw in", "Draw in a little."), ("Hold lightly", ""), ("Let go", "Let go slowly."),
    ]  # fmt: skip
    assert cues(PROTOCOL, "ankle_pumps")[0] == ("Point away", "Point your feet away.")


SMALL_WORDS = {"and", "to", "them", "lightly", "let", "go", "hold"}


def test_only_what_is_a_squeeze_is_called_one():
    for routine in PROTOCOL.routines.values():
        told = " ".join([*routine.steps, routine.instruction, routine.breathing, routine.name]).lower()
        for shown, said in cues(PROTOCOL, routine.id):
            assert ("squeeze" in f"{shown} {said}".lower()) <= ("squeeze" in told), routine.id
            # Each word of it stands in the routine's own steps, in whatever order.
            words = {word.strip(".,") for word in f"{shown} {said}".lower().split()}
            assert words - {word.strip(".,:") for word in told.split()} <= SMALL_WORDS, routine.id
    patient_texts = [*PROTOCOL.notices.values(), *PROTOCOL.guide["timeline"]]
    assert not [text for text in patient_texts if re.search("squeezes", text)]


def test_a_file_without_words_at_its_cues_loads_and_has_words_that_are_right_for_every_exercise():
    stored = loader.read(WITHOUT_CUES.encode(), "stored.toml")
    for routine in ("static_glutes", "quadriceps", "transversus_abdominis"):
        assert cues(stored, routine)[:3] == [
            ("Tighten", "Breathe out and tighten."), ("Hold", ""), ("Let go", "Let go."),
        ]  # fmt: skip
    assert cues(stored, "ankle_pumps") == cues(PROTOCOL, "ankle_pumps")


def test_what_the_screen_shows_is_said_where_a_file_has_no_other_words():
    text = re.sub(r"(?m)^work_(first|said) = .*\n", "", default_text())
    own = loader.read(text.encode(), "own.toml")
    assert cues(own, "transversus_abdominis")[0] == ("Draw in", "Draw in.")


def test_numbers_are_counted_aloud():
    assert [session_text.count_word(n) for n in (1, 3, 10, 30, 31)] == ["one", "three", "ten", "thirty", "31"]


def test_no_sentence_here_is_meant_for_programmers():
    for text in (*errors_text.REFUSALS.values(), *errors_text.UNAVAILABLE.values()):
        assert not re.search(r"[Ee]rror|exception|invalid|null|NaN|traceback", text), text
