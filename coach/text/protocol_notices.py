"""What the notices of a protocol are called, for whoever writes them; in groups by where they are read."""

from __future__ import annotations

from collections.abc import Mapping

from coach.i18n import N_

#: Each notice of a protocol file, in the groups of the editor.
GROUPS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "coach": (
        N_("What Coach is, and who reads"),
        {
            "what_this_is": N_("What Coach is"),
            "what_this_is_not": N_("What Coach is not"),
            "no_promise": N_("No promise"),
            "default_plan": N_("The plan is a default"),
            "reads_home": N_("Who reads, at home"),
            "reads_clinic": N_("Who reads, in a clinic"),
            "reads_days": N_("On which days a clinic reads"),
            "self_reported": N_("These are own reports"),
        },
    ),
    "call": (
        N_("Whom to call"),
        {
            "no_clinic_number": N_("Instead of an unknown number of the clinic"),
            "no_advice_line": N_("Instead of an unknown advice line"),
            "nobody_answers": N_("Nobody picks up"),
            "two_high_days": N_("Days of high pain in a row"),
        },
    ),
    "begin": (
        N_("Before and while exercising"),
        {
            "home_assumed": N_("The time at home is assumed"),
            "helper_beside": N_("Only with a helper"),
            "set_up_closed": N_("A set-up answer closes exercises"),
            "drowsy_question": N_("Sleepy: the question"),
            "drowsy_closed": N_("Sleepy: what it closes"),
            "high_pain_closed": N_("High pain: what it closes"),
            "pump_awake": N_("Ankle pumps only while awake"),
            "breathing": N_("Keep breathing"),
            "settles": N_("A little discomfort settles"),
            "sharp_pain": N_("Sharp pain"),
        },
    ),
    "day": (
        N_("Daily life"),
        {
            "toilet_first": N_("Toilet first"),
            "pillows": N_("Pillows"),
            "adult_24h": N_("An adult for the first day"),
            "get_up": N_("How to get up"),
            "brace": N_("Brace and dressing"),
            "ice": N_("Ice"),
            "painkillers": N_("Painkillers"),
            "bend_and_lift": N_("Bending and lifting"),
            "weeks_bone": N_("Bone treatment"),
            "review_due": N_("A review is due"),
            "risk_intro": N_("Before the risk factors"),
        },
    ),
    "lights": (
        N_("After a session"),
        {
            "light_green": N_("Green light"),
            "light_amber": N_("Amber light"),
            "light_red": N_("Red light"),
            "light_unsettled": N_("Red light by the next morning"),
            "light_missing": N_("No score"),
            "clearly_better": N_("Clearly better"),
            "curve_label": N_("Beside a study’s curve"),
        },
    ),
    "signs": (
        N_("Around warning signs"),
        {
            "flag_confirm": N_("Is that so?"),
            "flag_closed": N_("A warning sign closes all"),
            "flag_mistake": N_("Tapped by mistake"),
            "clearing_question": N_("Before a sign is cleared"),
            "never_cleared": N_("A sign that is never cleared"),
        },
    ),
}
NAMES: Mapping[str, str] = {name: told for _title, names in GROUPS.values() for name, told in names.items()}
