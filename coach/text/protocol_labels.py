"""What the parts and values of a protocol are called, for the staff."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain.protocol import Anchor, Closes, FlagLevel
from coach.domain.sign_off import Opinion
from coach.i18n import N_

UNITS: Mapping[str, str] = {
    "s": N_("{n} s"),
    "min": N_("{n} min"),
    "h": N_("{n} h"),
    "d": N_("{n} days"),
    "weeks": N_("{n} weeks"),
    "reps": N_("{n} times"),
    "sets": N_("{n} sets"),
    "sets/day": N_("{n} sets a day"),
    "days/week": N_("{n} days a week"),
    "NRS": N_("{n} of 10"),
    "NRS points": N_("{n} points"),
    "local time (h)": N_("{n}:00"),
    "kg": N_("{n} kg"),
    "degC": N_("{n} °C"),
    "activities": N_("{n} activities"),
    "PSFS": N_("{n} of 10"),
    "PSFS points": N_("{n} points"),
}
RULES: Mapping[str, str] = {
    "home_fallback": N_("Home, where nobody said when, is assumed after the procedure by"),
    "set_counts_from": N_("A set counts from this share of its times on"),
    "first_dose_for": N_("The first dose holds for"),
    "first_dose_again_after": N_("The first dose comes again after a pause of"),
    "first_dose_after_red_flag": N_("After a cleared warning sign the first dose holds for"),
    "rest_at_least": N_("Rest between two repetitions is at least"),
    "change_legs": N_("Time to change legs"),
    "get_ready": N_("Time to get ready"),
    "get_ready_most": N_("Time to get ready, where the voice tells the position, at most"),
    "between_routines": N_("Pause between two exercises"),
    "day_ends": N_("A day asks for what fits before"),
    "over_doing_above": N_("Over-doing is more than this share of the dose"),
    "on_track_from": N_("On track is from this share of the dose on"),
    "partly_from": N_("Partly done is from this share of the dose on"),
    "check_holds_for": N_("The check before a session holds for"),
    "drowsy_asked_for": N_("Sleepiness is asked about after the procedure for"),
    "drowsy_closes_for": N_("Sleepiness closes the exercises for"),
    "red_light_closes_for": N_("A red light closes the tightening exercises for"),
    "pain_limit": N_("Pain closes the tightening exercises from"),
    "pain_closes_for": N_("High pain closes the tightening exercises for"),
    "amber_rise": N_("Pain up after a session is amber from"),
    "red_rise": N_("Pain up after a session is red from"),
    "amber_reps": N_("After an amber light the next times are this share of the plan’s"),
    "row_within": N_("Two ambers are one red within"),
    "morning_ends": N_("The next morning ends at"),
    "high_pain_days": N_("High pain on so many days in a row needs the clinic"),
    "high_pain_after": N_("Days of high pain count after the procedure from"),
    "easier_reps": N_(
        "The times of “easier today”, where nothing smaller came before, are this share of the plan’s"
    ),
    "easier_hold": N_("The longest hold of “easier today”"),
    "better_points": N_("Clearly better is down by"),
    "better_percent": N_("Clearly better is also down by"),
    "better_window": N_("Better or not is told over"),
    "better_needs": N_("Better or not needs scores on"),
    "mistake_within": N_("A warning sign told by mistake can be taken back within"),
    "emergency_cleared_after": N_("An emergency sign stays closed for at least"),
    "silent_after": N_("Silence is a reason to call after"),
    "session_open_for": N_("A session that was started can be carried on for"),
    "pain_up_by": N_("Pain is up where it is above the own usual by"),
    "pain_up_over": N_("The own usual pain is that of the last"),
    "low_over": N_("Little done is told over the last"),
    "low_needs": N_("Little done needs something due on"),
    "own_limit_most": N_("A personal pain limit is at most"),
    "night_begins": N_("Nothing is proposed from"),
    "night_ends": N_("Exercises are proposed from"),
    "plan_lasts_most": N_("A change of the plan lasts at most"),
    "rising_by": N_("Pain has risen slowly where it is above its lowest usual by"),
    "rising_over": N_("A slow rise is looked for over the last"),
    "rising_needs": N_("The usual pain of a slow rise is that of"),
    "not_begun_after": N_("A set-up that is not finished needs somebody after"),
    "hold_asks_after": N_("A hold on everything is looked at again after"),
    "review_asks_after": N_("A review that is due needs somebody after"),
    "lift_most": N_("Nothing heavier is lifted, until a clinic allows more, than"),
}
NUMBERS: Mapping[str, str] = {
    "gap": N_("{routine}: the least time between two sets is {new} instead of {old}."),
    "hourly_gap": N_(
        "{routine}: while it is hourly, the least time between two sets is {new} instead of {old}."
    ),
    "hourly_cap": N_("{routine}: while it is hourly, a day allows {new} instead of {old}."),
    "hourly_met_at": N_("{routine}: while it is hourly, a day asks for {new} instead of {old}."),
    "tighten": N_("{routine}: the time to tighten is {new} instead of {old}."),
}
PHASE_RULES: Mapping[tuple[str, bool], str] = {
    ("rest_rule_until_next", True): N_("“{phase}”: its rest rule names the time of the next phase now."),
    ("rest_rule_until_next", False): N_(
        "“{phase}”: its rest rule no longer names the time of the next phase."
    ),
    ("done_after_overnight", True): N_("“{phase}” counts as done after a night in hospital now."),
    ("done_after_overnight", False): N_("“{phase}” no longer counts as done after a night in hospital."),
    ("review_due", True): N_("“{phase}” makes a review due now."),
    ("review_due", False): N_("“{phase}” no longer makes a review due."),
}
MEASURES: Mapping[str, str] = {
    "activities_most": N_("Activities that somebody may name"),
    "unable": N_("The lowest score of an activity"),
    "as_before": N_("The highest score of an activity"),
    "detectable_mean": N_("A change of the mean of activities counts from"),
    "detectable_single": N_("A change of one activity counts from"),
}
NAMES: Mapping[str, str] = {
    "id": N_("The protocol's id is {new} instead of {old}."),
    "version": N_("Version {new} instead of {old}."),
    "title": N_("The title is “{new}” instead of “{old}”."),
}
LEVELS: Mapping[FlagLevel, str] = {
    FlagLevel.EMERGENCY: N_("emergency"),
    FlagLevel.URGENT: N_("urgent"),
    FlagLevel.ASK: N_("ask the clinic"),
}
CLOSES: Mapping[Closes, str] = {
    Closes.ALL: N_("A yes closes everything."),
    Closes.SQUEEZES: N_("A yes closes the tightening exercises."),
    Closes.NOTHING: N_("A yes closes nothing."),
}
ORDERS: Mapping[str, str] = {
    "routines": N_("The exercises come in another order."),
    "phases": N_("The phases come in another order."),
    "red_flags": N_("The warning signs come in another order."),
    "questions": N_("The set-up questions come in another order."),
    "measures.occasions": N_("The occasions of the outcome questions come in another order."),
    "bone_health.occasions": N_("The occasions of the questions about bone health come in another order."),
}
# The parts and values of a protocol on the list of checked values
SECTIONS: Mapping[str, str] = {
    "title": N_("Title"),
    "rules": N_("Rules"),
    "red_flags": N_("Warning signs"),
    "questions": N_("Set-up questions"),
    "curves": N_("Studies"),
    "emergency_numbers": N_("Numbers to call"),
    "measures": N_("Outcome questions"),
    "pain_words": N_("Words for pain"),
    "plain_words": N_("Pain in plain words"),
    "effort_words": N_("Words for effort"),
    "notices": N_("Notices"),
    "bone_health": N_("Bone health"),
    "guide": N_("Guide"),
}
FIELDS: Mapping[str, str] = {
    "reps": N_("Repetitions"),
    "hold": N_("Hold"),
    "per_day": N_("Sets a day"),
    "hourly": N_("Every hour"),
    "first_dose": N_("First dose"),
    "maximum": N_("Never more than"),
    "gap": N_("Least time between two sets"),
    "hourly_gap": N_("Least time between two sets, while hourly"),
    "hourly_cap": N_("Most sets a day, while hourly"),
    "hourly_met_at": N_("Sets that a day asks for, while hourly"),
    "tighten": N_("Time to tighten"),
    "sides": N_("Sides that take turns"),
    "kind": N_("Kind of exercise"),
    "name": N_("Name"),
    "clinical_name": N_("Clinical name"),
    "aliases": N_("Also called"),
    "own_drawing": N_("Own drawing"),
    "why": N_("Why"),
    "position": N_("Position"),
    "steps": N_("Steps"),
    "instruction": N_("Instruction"),
    "breathing": N_("Breathing"),
    "effort": N_("Effort"),
    "feels_like": N_("What it feels like"),
    "faults": N_("Common mistakes"),
    "stop_when": N_("Stop when"),
    "cues": N_("Words of the session"),
    "anchor": N_("Counted from"),
    "opens_after": N_("Begins after"),
    "rest_rule": N_("Rest rule"),
    "do": N_("Do"),
    "dont": N_("Do not"),
    "next_change": N_("What comes next"),
    "text": N_("Text"),
    "level": N_("How urgent"),
    "advice": N_("What to do"),
    "closes": N_("What a yes closes"),
    "emergency": N_("Emergency number"),
}
SAYS: Mapping[str, str] = {
    "yes": N_("Yes"),
    "no": N_("No"),
    Anchor.PROCEDURE_END: N_("The end of the procedure"),
    Anchor.HOME_ARRIVAL: N_("Coming home"),
}
OPINIONS: Mapping[Opinion, str] = {
    Opinion.AGREE: N_("I agree"),
    Opinion.CHANGE: N_("I agree, with a change needed"),
    Opinion.NOT_MINE: N_("Not mine to judge"),
    Opinion.WITHDRAWN: N_("I take back what I said"),
}
