"""The protocol that comes with Coach holds what the clinical decisions say, number by number."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from coach.domain.facts import Change
from coach.domain.protocol import SOURCE, UNITS, Anchor, Closes, Dose, FlagLevel, Quantity, RoutineKind
from coach.protocols import loader, translatable_texts
from coach.protocols.keys import DECLARED_RULES, LATER_RULES
from coach.protocols.loader import DEFAULT, ProtocolError, default, load, read
from coach.ui.patient import sources
from tests.support.protocols import default_text, short_doses

PROTOCOL = default()

PUMPS, GLUTES, QUADS, TUMMY = "ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"
HOME, PROCEDURE = Anchor.HOME_ARRIVAL, Anchor.PROCEDURE_END
HOURLY = 12  # sets a day at most, while hourly

# Phase, anchor, hours; then (reps, hold in seconds, times a day) of pumps, glutes, quadriceps and tummy.
TABLE = [
    ("flat-hour", HOME, 0, None, None, None, None),
    ("bed-rest", HOME, 1, (10, 2, HOURLY), None, None, None),
    ("first-day", HOME, 5, (10, 2, HOURLY), None, None, None),
    ("second-day", PROCEDURE, 24, (10, 2, HOURLY), (5, 3, 2), (5, 3, 2), None),
    ("first-week", PROCEDURE, 48, (10, 2, 3), (8, 5, 2), (8, 5, 2), (5, 3, 2)),
    ("second-week", PROCEDURE, 168, (20, 2, 3), (10, 5, 3), (10, 5, 3), (8, 5, 2)),
    ("weeks-3-6", PROCEDURE, 336, (20, 2, 3), (10, 5, 3), (10, 5, 3), (10, 5, 3)),
    ("weeks-7-12", PROCEDURE, 1008, (20, 2, 3), (10, 5, 3), (10, 5, 3), (10, 5, 3)),
    ("after-week-12", PROCEDURE, 2016, (20, 2, 1), (10, 5, 1), (10, 5, 1), (10, 5, 1)),
]

RULES = {
    "home_fallback": (2, "h"),
    "set_counts_from": (0.5, "share"),
    "first_dose_for": (48, "h"),
    "first_dose_again_after": (7, "d"),
    "first_dose_after_red_flag": (48, "h"),
    "rest_at_least": (3, "s"),
    "change_legs": (10, "s"),
    "get_ready": (5, "s"),
    "get_ready_most": (30, "s"),
    "between_routines": (30, "s"),
    "day_ends": (22, "local time (h)"),
    "over_doing_above": (1.2, "share"),
    "on_track_from": (0.8, "share"),
    "partly_from": (0.5, "share"),
    "check_holds_for": (30, "min"),
    "drowsy_asked_for": (24, "h"),
    "drowsy_closes_for": (1, "h"),
    "red_light_closes_for": (24, "h"),
    "pain_limit": (6, "NRS"),
    "pain_closes_for": (2, "h"),
    "amber_rise": (2, "NRS points"),
    "red_rise": (3, "NRS points"),
    "amber_reps": (0.5, "share"),
    "row_within": (7, "d"),
    "morning_ends": (12, "local time (h)"),
    "high_pain_days": (2, "d"),
    "high_pain_after": (48, "h"),
    "easier_reps": (0.5, "share"),
    "easier_hold": (3, "s"),
    "better_points": (2, "NRS points"),
    "better_percent": (30, "percent"),
    "better_window": (7, "d"),
    "better_needs": (3, "d"),
    "mistake_within": (10, "min"),
    "emergency_cleared_after": (24, "h"),
    "silent_after": (48, "h"),
    "session_open_for": (3, "h"),
    "pain_up_by": (2, "NRS points"),
    "pain_up_over": (3, "d"),
    "low_over": (7, "d"),
    "low_needs": (3, "d"),
    "own_limit_most": (7, "NRS"),
    "plan_lasts_most": (28, "d"),
    "night_begins": (22, "local time (h)"),
    "night_ends": (7, "local time (h)"),
    "rising_by": (2, "NRS points"),
    "rising_over": (14, "d"),
    "rising_needs": (3, "d"),
    "not_begun_after": (48, "h"),
    "hold_asks_after": (7, "d"),
    "review_asks_after": (7, "d"),
    "lift_most": (2, "kg"),
}


#: When each occasion of the outcome questions opens and for how long it is offered (weeks), and whether change is rated.
OCCASIONS = [
    ("baseline", 0, 1, False),
    ("week-2", 2, 1, True),
    ("week-6", 6, 2, True),
    ("week-12", 12, 3, True),
]
MEASURES = {
    "activities_most": (3, "activities"),
    "unable": (0, "PSFS"),
    "as_before": (10, "PSFS"),
    "detectable_mean": (2, "PSFS points"),
    "detectable_single": (3, "PSFS points"),
}


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every leaf of a protocol with its path; a quantity is one leaf."""
    if dataclasses.is_dataclass(value) and not isinstance(value, Quantity | type):
        for field in dataclasses.fields(value):
            yield from walk(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from walk(item, f"{path}.{key}")
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from walk(item, f"{path}[{n}]")
    else:
        yield path, value


MAY_BE_EMPTY = re.compile(
    r"\.emergency_numbers\.\w+\.advice|\.emergency_numbers\.other\.emergency|\.questions\[\d+\]\.meaning|\.routines\.\w+\.cues\.\w+"
    r"|\.routines\.\w+\.own_drawing"
)
NOT_READ_BY_PATIENTS = re.compile(
    r"\.(id|version|digest|source|sources|kind|posture|drawing|own_drawing|anchor|level|closes|meaning|country|by)$|^\.sources\.|\.emergency_numbers\."
)
LEAVES = list(walk(PROTOCOL))
TEXTS = {path: value for path, value in LEAVES if isinstance(value, str)}
FOR_PATIENTS = {path: text for path, text in TEXTS.items() if not NOT_READ_BY_PATIENTS.search(path)}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_each_phase_opens_when_and_at_the_doses_that_the_table_says(row):
    name, anchor, hours, *doses = row
    phase = PROTOCOL.phases[TABLE.index(row)]
    assert (phase.id, phase.anchor, phase.opens_after.value, phase.opens_after.unit) == (
        name,
        anchor,
        hours,
        "h",
    )
    expected = {
        routine: Dose(dose[0], dose[1], dose[2], hourly=dose[2] == HOURLY)
        for routine, dose in zip((PUMPS, GLUTES, QUADS, TUMMY), doses, strict=True)
        if dose
    }
    assert {name: dose.plain for name, dose in phase.doses.items() if name not in RELEASED} == expected


#: Closed until released. When it may open (hours), then (reps or minutes, seconds, times a day, days a week) in the
#: phases from the second day on; None: no dose.
RELEASED = {
    "belly_breathing": (48, None, (5, 4, 3, 7), (5, 4, 3, 7), (5, 4, 3, 7), (5, 4, 3, 7), None),
    "resting_straight": (48, None, (5, 60, 2, 7), (10, 60, 2, 7), (10, 60, 2, 7), (10, 60, 2, 7), (10, 60, 1, 7)),
    "back_press": (336, None, None, None, (5, 3, 1, 7), (10, 5, 1, 7), (10, 5, 1, 7)),
    "small_bridge": (504, None, None, None, (5, 3, 1, 7), (5, 5, 2, 7), (5, 5, 1, 7)),
    "sit_to_stand": (336, None, None, None, (5, 3, 2, 7), (10, 3, 1, 3), (12, 3, 1, 3)),
    "heel_raises": (672, None, None, None, (8, 2, 1, 3), (12, 2, 1, 3), (12, 2, 1, 3)),
    "balance_corner": (840, None, None, None, (3, 10, 1, 7), (3, 30, 2, 7), (3, 30, 2, 7)),
    "walking": (24, (5, 60, 2, 7), (10, 60, 2, 7), (15, 60, 2, 7), (20, 60, 1, 7), (20, 60, 1, 7), (20, 60, 1, 7)),
    "shoulder_blades": (840, None, None, None, (8, 3, 1, 7), (12, 5, 1, 7), (12, 5, 1, 3)),
    "five_sit_to_stand": (336, None, None, None, (1, 60, 1, 7), (1, 60, 1, 7), (1, 60, 1, 7)),
}  # fmt: skip


@pytest.mark.parametrize("name", RELEASED)
def test_each_exercise_that_needs_a_release_has_its_time_and_its_doses(name: str):
    routine, (earliest, *doses) = PROTOCOL.routines[name], RELEASED[name]
    assert routine.release
    assert routine.release.earliest
    assert routine.release.earliest.value == earliest
    found = [phase.doses.get(name) for phase in PROTOCOL.phases]
    assert found[:3] == [None, None, None]
    for written, expected in zip(found[3:], doses, strict=True):
        dose = written.plain if written else None
        assert expected == (dose and (dose.reps, dose.hold_s, dose.per_day, dose.days_per_week))


def test_a_release_of_what_loads_the_back_is_proposed_by_pain_lights_and_walking():
    for name in RELEASED:
        release, kind = PROTOCOL.routines[name].release, PROTOCOL.routines[name].kind
        assert release
        found = (release.pain_average_below, release.without_red, release.walked, release.walked_days)
        loads = kind.loads and kind is not RoutineKind.WALK
        assert [each.value for each in found if each] == ([4, 7, 15, 3] if loads else [])


def test_the_timed_test_is_due_in_weeks_2_6_and_12():
    checkpoints = PROTOCOL.routines["five_sit_to_stand"].checkpoints
    assert [(each.opens_after.value, each.offered_for.value) for each in checkpoints] == [
        (2, 1),
        (6, 1),
        (12, 1),
    ]


def test_there_are_nine_phases_and_the_four_routines_come_first_in_the_order_of_a_session():
    assert len(PROTOCOL.phases) == len(TABLE) == 9
    assert list(PROTOCOL.routines) == [PUMPS, GLUTES, QUADS, TUMMY, *RELEASED]
    names = [routine.name for routine in PROTOCOL.routines.values() if routine.release is None]
    assert names == ["Ankle pumps", "Bottom squeeze", "Thigh tightening", "Tummy tightening"]


def test_every_rule_has_the_number_that_was_decided():
    rules = {
        field.name: getattr(PROTOCOL.rules, field.name)
        for field in dataclasses.fields(PROTOCOL.rules)
        if field.name != "first_dose"
    }
    assert {name: (quantity.value, quantity.unit) for name, quantity in rules.items()} == RULES
    assert PROTOCOL.rules.first_dose.plain == Dose(reps=5, hold_s=3, per_day=2)


@pytest.mark.parametrize(
    ("routine", "maximum", "sides", "kind"),
    [
        (PUMPS, Dose(30, 3, 12), 1, RoutineKind.PUMP),
        (GLUTES, Dose(12, 10, 4), 1, RoutineKind.SQUEEZE),
        (QUADS, Dose(12, 10, 4), 2, RoutineKind.SQUEEZE),
        (TUMMY, Dose(12, 10, 4), 1, RoutineKind.SQUEEZE),
    ],
)
def test_each_routine_has_its_hard_maximum_sides_and_gap(routine, maximum, sides, kind):
    it = PROTOCOL.routines[routine]
    assert (it.maximum.plain, it.sides, it.kind) == (maximum, sides, kind)
    assert (it.gap.value, it.gap.unit, it.tighten.value, it.tighten.unit) == (2, "h", 2, "s")


def test_what_is_done_out_of_bed_is_told_by_its_kind_and_for_one_squeeze_by_its_posture():
    out = [name for name, it in PROTOCOL.routines.items() if it.out_of_bed]
    assert out == [
        "sit_to_stand",
        "heel_raises",
        "balance_corner",
        "walking",
        "shoulder_blades",
        "five_sit_to_stand",
    ]
    assert [name for name, it in PROTOCOL.routines.items() if it.posture] == ["shoulder_blades"]


def test_only_ankle_pumps_are_hourly_with_their_cap_gap_and_what_a_day_asks_for():
    pumps = PROTOCOL.routines[PUMPS]
    hourly = [pumps.hourly_gap, pumps.hourly_cap, pumps.hourly_met_at]
    assert [(number.value, number.unit) for number in hourly if number] == [
        (50, "min"),
        (12, "sets/day"),
        (6, "sets/day"),
    ]
    for routine in (GLUTES, QUADS, TUMMY):
        assert PROTOCOL.routines[routine].hourly_cap is None


def test_the_clinics_wording_finds_both_routines_it_names():
    wording = "Transabdominal and quadriceps settling"
    assert [name for name, it in PROTOCOL.routines.items() if wording in it.aliases] == [QUADS, TUMMY]


def test_only_the_rest_phases_count_as_done_after_a_night_in_hospital():
    assert [phase.id for phase in PROTOCOL.phases if phase.done_after_overnight] == ["flat-hour", "bed-rest"]
    assert [phase.id for phase in PROTOCOL.phases if phase.review_due] == ["after-week-12"]


def test_the_rest_rules_of_the_first_hours_come_from_the_clinics_page():
    for phase in PROTOCOL.phases[:3]:
        assert phase.opens_after.source == "SEED"


def test_the_reference_curve_is_the_studys():
    curve = next(curve for curve in PROTOCOL.curves if curve.source == "S85")
    points = [(point.after.value, point.mean.value, point.sd and point.sd.value) for point in curve.points]
    assert points == [(0, 7.4, 1.9), (3, 4.1, 2.8), (30, 3.4, 2.5), (365, 3.0, 2.8)]


EMERGENCY = {
    "chest_pain", "breathless", "collapse", "hard_to_wake", "confused", "stroke_signs", "bleeding",
    "head_injury_thinner", "allergy", "leg_weakness", "both_legs", "saddle_numbness", "fever_shaking",
}  # fmt: skip
SAME_DAY = {"new_leg_tingling", "leg_clot", "infection", "new_back_pain", "fall"}


def test_red_flags_have_the_level_that_was_decided():
    by_level = {level: {f.id for f in PROTOCOL.red_flags.values() if f.level is level} for level in FlagLevel}
    assert by_level == {
        FlagLevel.EMERGENCY: EMERGENCY,
        FlagLevel.URGENT: SAME_DAY,
        FlagLevel.ASK: {"not_settling"},
    }
    assert [flag.id for flag in PROTOCOL.red_flags.values() if flag.never_cleared] == ["new_back_pain"]


def test_what_happened_is_told_from_symptoms_and_an_older_file_means_symptoms():
    events = [flag.id for flag in PROTOCOL.red_flags.values() if flag.event]
    assert events == ["collapse", "head_injury_thinner", "fall"]
    older = loader.read(default_text().replace("event = true\n", "").encode(), "older.toml")
    assert not any(flag.event for flag in older.red_flags.values())


def test_every_card_says_whom_to_call():
    for flag in PROTOCOL.red_flags.values():
        advice = " ".join(flag.advice)
        assert "{clinic}" in advice, flag.id
        if flag.level is FlagLevel.EMERGENCY:
            assert flag.advice[0].startswith("Call {emergency} now"), flag.id
        if flag.level is FlagLevel.URGENT:
            assert "Does no one pick up within 30 minutes? Then go to an emergency department." in flag.advice
    assert "Do not rub it. Do not pump your ankles." in PROTOCOL.red_flags["leg_clot"].advice


def test_set_up_questions_close_what_was_decided():
    assert {question.id: (question.closes, question.meaning) for question in PROTOCOL.questions} == {
        "went_wrong": (Closes.ALL, ""),
        "tumour_or_three": (Closes.SQUEEZES, ""),
        "recent_event": (Closes.SQUEEZES, ""),
        "heart_or_vessels": (Closes.SQUEEZES, ""),
        "leg_clot_or_injury": (Closes.ALL, ""),
        "overnight": (Closes.NOTHING, "overnight"),
        "strong_painkillers": (Closes.NOTHING, "strong_painkillers"),
        "helper": (Closes.NOTHING, "helper"),
    }


def test_numbers_to_call_are_the_countrys():
    numbers = {code: (it.emergency, it.advice) for code, it in PROTOCOL.emergency_numbers.items()}
    decided = {"US": "911", "CA": "911", "AU": "000", "NZ": "111"} | dict.fromkeys(
        ("IE", "EU", "CH", "IN", "ZA"), "112"
    )
    own = {"JP": "119", "BR": "192", "NO": "113", "CN": "120", "MX": "911", "SG": "995", "TH": "1669"}
    expected = {code: (number, "") for code, number in (decided | own).items()} | {"GB": ("999", "111")}
    assert expected.items() <= numbers.items()


def test_no_number_is_given_for_a_country_that_is_not_in_the_list():
    """112 rings in some countries and in others nowhere: nobody is told a number that may be wrong."""
    assert PROTOCOL.emergency_numbers["other"].emergency == ""
    assert all(it.emergency for code, it in PROTOCOL.emergency_numbers.items() if code != "other")
    listed = default_text()
    with pytest.raises(ProtocolError, match="emergency"):
        read(listed.replace('emergency = "911"', 'emergency = ""', 1).encode(), "a listed one without")


AFTER_A_DAY = ["second-day", "first-week", "second-week", "weeks-3-6", "weeks-7-12", "after-week-12"]


def test_what_is_not_to_be_lifted_or_bent_does_not_end_by_itself():
    told = {phase.id: (" ".join(phase.do), " ".join(phase.dont)) for phase in PROTOCOL.phases}
    for phase in AFTER_A_DAY[1:]:
        assert "Lift no more than {lift} until your clinic says you may lift more." in told[phase][0], phase
    for phase in ["first-day", *AFTER_A_DAY]:
        assert "Do not bend or twist your back" in told[phase][1], phase
    assert "2 kg" not in DEFAULT.read_text(encoding="utf-8"), "a number has its unit and its source"


def test_nobody_drives_on_strong_painkillers():
    told = {phase.id: phase.dont for phase in PROTOCOL.phases}
    assert all("Do not drive while you take strong painkillers." in told[phase] for phase in AFTER_A_DAY)


def test_wherever_pumps_are_hourly_the_list_says_only_while_awake():
    hourly = [phase for phase in PROTOCOL.phases if any(dose.hourly for dose in phase.doses.values())]
    assert [phase.id for phase in hourly] == ["bed-rest", "first-day", "second-day"]
    assert all("Do ankle pumps every hour, only while you are awake." in phase.do for phase in hourly)


def test_what_a_squeeze_feels_like_does_not_contradict_what_often_goes_wrong():
    glutes = PROTOCOL.routines["static_glutes"]
    assert "Your hips lift off the bed: squeeze less." in glutes.faults
    assert "Your hips stay on the bed." in glutes.feels_like
    assert "rise" not in glutes.feels_like


def test_new_pain_at_the_side_or_waist_is_a_warning_sign_like_new_back_pain():
    assert "at your side or waist" in PROTOCOL.red_flags["new_back_pain"].text


def test_pain_has_its_words_at_0_3_5_7_and_10():
    assert [score for score, _ in PROTOCOL.pain_words] == [0, 3, 5, 7, 10]
    assert PROTOCOL.pain_words[0][1] == "No pain"
    assert PROTOCOL.pain_words[-1][1] == "Worst pain you can imagine"
    assert list(PROTOCOL.plain_words) == ["none", "mild", "medium", "bad", "worst"]


def test_the_outcome_questions_come_at_the_start_and_after_2_6_and_12_weeks():
    assert PROTOCOL.measures
    occasions = PROTOCOL.measures.occasions
    assert [
        (it.id, it.opens_after.value, it.offered_for.value, it.asks_change) for it in occasions
    ] == OCCASIONS
    assert {it.unit for occasion in occasions for it in (occasion.opens_after, occasion.offered_for)} == {
        "weeks"
    }


def test_bone_health_is_asked_after_2_6_and_12_weeks_and_the_clinic_hears_of_the_later_two():
    assert PROTOCOL.bone_health
    occasions = PROTOCOL.bone_health.occasions
    assert [(it.id, it.opens_after.value, it.offered_for.value, it.tells_clinic) for it in occasions] == [
        ("week-2", 2, 2, False),
        ("week-6", 6, 4, True),
        ("week-12", 12, 8, True),
    ]


def test_the_function_scale_has_the_ends_and_the_smallest_changes_of_its_source():
    assert PROTOCOL.measures
    numbers = {name: getattr(PROTOCOL.measures, name) for name in MEASURES}
    assert {name: (number.value, number.unit) for name, number in numbers.items()} == MEASURES
    assert all("S56" in number.source for number in numbers.values())
    assert PROTOCOL.measures.function_words == (
        (0, "Unable to do it"),
        (10, "As well as before my back trouble"),
    )


def test_the_function_scale_names_its_authors_and_whose_activities_they_are():
    assert PROTOCOL.measures
    words = PROTOCOL.measures.attribution
    assert all(name in words for name in ("Stratford", "Gill", "Westaway", "Binkley", "1995"))
    assert words.endswith("The activities are each person’s own.")


def test_the_change_question_has_seven_answers_from_best_to_worst():
    assert PROTOCOL.measures
    assert list(PROTOCOL.measures.change_words) == list(Change)
    assert list(PROTOCOL.measures.change_words.values()) == [
        "Very much better", "Much better", "A little better", "About the same", "A little worse", "Much worse",
        "Very much worse",
    ]  # fmt: skip


def test_no_licensed_instrument_is_named():
    licensed = re.compile(r"\b(Oswestry|ODI|PROMIS|Borg|EQ-5D|SF-36|Roland)\b", re.IGNORECASE)
    assert [path for path, text in TEXTS.items() if licensed.search(text)] == []


def test_every_number_has_a_unit_and_a_source():
    quantities = [(path, value) for path, value in LEAVES if isinstance(value, Quantity)]
    assert len(quantities) > 150
    for path, quantity in quantities:
        assert quantity.unit in UNITS, path
        assert SOURCE.fullmatch(quantity.source), path
        assert set(quantity.source.split(", ")) <= set(PROTOCOL.sources), path


def test_no_text_is_empty():
    assert [
        path for path, text in TEXTS.items() if not text.strip() and not MAY_BE_EMPTY.fullmatch(path)
    ] == []


def test_no_text_promises_that_exercises_prevent_fractures():
    promises = re.compile(
        r"\b(prevent|protect|keeps? you from|avoid\w* .*fractures?|stronger bones?|strengthen\w* your back)",
        re.I,
    )
    found = {path: text for path, text in FOR_PATIENTS.items() if promises.search(text)}
    assert found == {
        ".notices.no_promise": "These exercises may not keep you from breaking a bone again. No one can promise that."
    }


@pytest.mark.parametrize(
    "word", ["fail", "fails", "failed", "missed", "compliance", "gate", "patient", "patients"]
)
def test_words_that_patients_never_read(word):
    pattern = re.compile(rf"\b{word}\b", re.IGNORECASE)
    named = {".measures.attribution"}  # a scale's own name
    assert [path for path, text in FOR_PATIENTS.items() if pattern.search(text) and path not in named] == []


def test_no_card_says_what_a_symptom_might_be():
    guesses = re.compile(
        r"\b(clot|embolism|infection|fracture|stroke|heart attack|could be|may be|might be)\b", re.I
    )
    lines = [line for flag in PROTOCOL.red_flags.values() for line in (flag.text, *flag.advice)]
    assert [line for line in lines if guesses.search(line)] == []


def test_sentences_are_short():
    long = {
        path: sentence
        for path, text in FOR_PATIENTS.items()
        for sentence in re.split(r"(?<=[.?!:;]) ", text)
        if len(sentence.split()) > 24
    }
    assert long == {}


def test_notices_say_the_words_that_must_be_there():
    notices = PROTOCOL.notices
    assert notices["reads_home"] == "Nobody else sees this. To tell your clinic, call {clinic}."
    assert notices["helper_beside"] == "Exercise only with your helper at your side."
    assert notices["drowsy_question"] == "Are you sleepy or dizzy?"
    assert notices["two_high_days"].startswith(
        "Call your clinic today. Pain this high for two days needs their advice."
    )
    assert notices["curve_label"] == "One study’s average, not your goal."
    assert "not a medical device" in notices["what_this_is_not"]
    assert notices["risk_intro"].startswith("The clinic lists these risk factors.")


def test_the_guide_explains_the_clinics_wording_and_lists_its_risk_factors():
    assert any("Transabdominal and quadriceps settling" in line for line in PROTOCOL.guide["words"])
    assert len(PROTOCOL.guide["risk_factors"]) == 6
    assert 2 <= len(PROTOCOL.guide["what_it_is"]) <= 4


def test_the_digest_is_that_of_the_file():
    assert PROTOCOL.digest == hashlib.sha256(DEFAULT.read_bytes()).hexdigest()


def test_the_protocol_cannot_be_changed_after_loading():
    with pytest.raises(TypeError):
        PROTOCOL.notices["ice"] = "no"  # type: ignore[index]


def test_every_text_a_patient_reads_goes_to_the_translators():
    with DEFAULT.open("rb") as file:
        found = list(translatable_texts.extract(file, (), (), options={}))
    extracted = {message for _, _, message, _ in found}
    assert set(FOR_PATIENTS.values()) - {""} <= extracted
    assert all(name.name in extracted for name in PROTOCOL.emergency_numbers.values())
    titles = {text for code, text in PROTOCOL.sources.items() if code not in sources.OWN_CODES}
    assert not extracted & (titles | set(PROTOCOL.routines) | {"911", "PD"})
    assert {PROTOCOL.sources[code] for code in sources.OWN_CODES & PROTOCOL.sources.keys()} <= extracted
    lines = default_text().splitlines()
    assert all(message.replace('"', '\\"') in lines[line - 1] for line, _, message, _ in found)


def test_short_doses_are_a_protocol_that_loads(tmp_path: Path):
    protocol = load(short_doses(tmp_path))
    counted = [each.id for each in protocol.routines.values() if not each.kind.in_minutes]
    counted.remove("five_sit_to_stand")
    doses = [phase.doses[name] for phase in protocol.phases for name in counted if name in phase.doses]
    assert {(dose.reps.value, dose.hold.value) for dose in doses} == {(2, 1)}
    assert protocol.routines[QUADS].maximum.plain == Dose(12, 10, 4)
    assert protocol.rules.get_ready.value == 1


def test_a_file_from_before_the_night_is_read_with_the_night_that_comes_with_coach():
    text = DEFAULT.read_text(encoding="utf-8")
    old = re.sub(r"(?m)^night_(begins|ends) = .*\n", "", text)
    assert old != text
    rules = read(old.encode(), "an older file").rules
    assert (rules.night_begins, rules.night_ends) == (PROTOCOL.rules.night_begins, PROTOCOL.rules.night_ends)
    moved = text.replace("night_ends = { value = 7", "night_ends = { value = 9")
    assert read(moved.encode(), "moved").rules.night_ends.value == 9
    with pytest.raises(ProtocolError, match="night_ends"):
        read(text.replace("night_ends = { value = 7", "night_ends = { value = 23").encode(), "too late")


def test_a_file_from_before_a_number_was_thought_of_goes_on_loading_and_is_read_with_the_number_of_today():
    text = default_text()
    for name in LATER_RULES:
        text = re.sub(rf"(?m)^{name} = .*\n", "", text)
        assert f"{name} =" not in text
    old = read(text.encode(), "old.toml").rules
    assert all(getattr(old, name) == getattr(PROTOCOL.rules, name) for name in LATER_RULES)


def test_a_file_from_before_a_smaller_dose_was_its_own_to_give_means_a_half_whatever_coach_says_today(
    monkeypatch,
):
    lines = re.compile(r"(?m)^(amber|easier)_reps = .*\n")
    text = default_text()
    assert len(lines.findall(text)) == len(DECLARED_RULES) == 2
    old = lines.sub("", text).encode()
    today = re.sub(r"(?m)^((?:amber|easier)_reps = \{ value = )0.5", r"\g<1>0.9", text)
    today = today.replace("Next time you do half as many.", "Next time you do fewer.")
    monkeypatch.setattr(loader, "default", lambda: read(today.encode(), "another day's"))
    known = read(old, "old.toml")
    assert (known.rules.amber_reps.value, known.rules.easier_reps.value) == (0.5, 0.5)
    assert known.digest == hashlib.sha256(old).hexdigest()
    assert read(today.encode(), "today.toml").rules.amber_reps.value == 0.9
