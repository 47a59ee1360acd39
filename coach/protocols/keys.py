"""The keys that a protocol file of schema 1 has, with the unit of each number."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.protocol import Quantity
from coach.protocols.reading import IN_ADVICE, NO_PLACEHOLDERS, NUMBERS_TO_CALL, LaterKey

MEANINGS = ("overnight", "strong_painkillers", "helper")

RULES: Mapping[str, str] = {
    "home_fallback": "h",
    "set_counts_from": "share",
    "first_dose_for": "h",
    "first_dose_again_after": "d",
    "first_dose_after_red_flag": "h",
    "rest_at_least": "s",
    "change_legs": "s",
    "get_ready": "s",
    "between_routines": "s",
    "day_ends": "local time (h)",
    "over_doing_above": "share",
    "on_track_from": "share",
    "partly_from": "share",
    "check_holds_for": "min",
    "drowsy_asked_for": "h",
    "drowsy_closes_for": "h",
    "red_light_closes_for": "h",
    "pain_limit": "NRS",
    "pain_closes_for": "h",
    "amber_rise": "NRS points",
    "red_rise": "NRS points",
    "row_within": "d",
    "morning_ends": "local time (h)",
    "high_pain_days": "d",
    "high_pain_after": "h",
    "easier_hold": "s",
    "better_points": "NRS points",
    "better_percent": "percent",
    "better_window": "d",
    "better_needs": "d",
    "mistake_within": "min",
    "emergency_cleared_after": "h",
    "silent_after": "h",
    "session_open_for": "h",
    "pain_up_by": "NRS points",
    "pain_up_over": "d",
    "low_over": "d",
    "low_needs": "d",
    "own_limit_most": "NRS",
    "plan_lasts_most": "d",
}

# Optional keys: a file written before they existed is read with the values of the protocol that
# comes with Coach.
LATER_RULES: Mapping[str, str] = {
    "night_begins": "local time (h)",
    "night_ends": "local time (h)",
    "rising_by": "NRS points",
    "rising_over": "d",
    "rising_needs": "d",
    "not_begun_after": "h",
    "hold_asks_after": "d",
    "review_asks_after": "d",
    "lift_most": "kg",
    "get_ready_most": "s",
}

# Optional keys: a file written before they existed means what the code did then,
# whatever the protocol that comes with Coach says today: a stored file's doses must not change.
DECLARED_RULES: Mapping[str, Quantity] = {
    "amber_reps": Quantity(0.5, "share", "PD", "What every file without this number meant."),
    "easier_reps": Quantity(0.5, "share", "PD", "What every file without this number meant."),
}

# What may speak for a release of a routine.
CRITERIA: Mapping[str, str] = {
    "earliest": "h",
    "pain_now_below": "NRS",
    "pain_average_below": "NRS",
    "without_red": "d",
    "walked": "min",
    "walked_days": "d",
}

NOTICES = (
    "what_this_is", "what_this_is_not", "no_promise", "default_plan", "reads_home", "reads_clinic",
    "reads_days", "no_clinic_number", "no_advice_line", "home_assumed", "helper_beside", "set_up_closed",
    "toilet_first", "pillows", "adult_24h", "get_up", "brace", "ice", "painkillers", "pump_awake",
    "weeks_bone", "bend_and_lift", "breathing", "settles", "drowsy_question", "drowsy_closed",
    "high_pain_closed", "light_green", "light_amber", "light_red", "light_unsettled", "light_missing",
    "sharp_pain", "two_high_days", "flag_confirm", "flag_closed", "flag_mistake", "clearing_question",
    "never_cleared", "nobody_answers", "clearly_better", "curve_label", "self_reported", "review_due",
    "risk_intro",
)  # fmt: skip
NOTICE_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "reads_clinic": NUMBERS_TO_CALL | {"days"},
    "bend_and_lift": IN_ADVICE,
    "reads_days": NO_PLACEHOLDERS,
    "no_clinic_number": NO_PLACEHOLDERS,
    "no_advice_line": NO_PLACEHOLDERS,
}
GUIDE = (
    "what_it_is", "risk_factors", "timeline", "getting_up", "words", "numbers",
    *map(LaterKey, ("daily_moves", "hip_hinge", "turn_and_reach")),
)  # fmt: skip
