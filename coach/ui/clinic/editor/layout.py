"""Which fields each part of the editor has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coach.desk.clinic import protocol_edits as edits
from coach.domain.protocol import Anchor, RoutineKind
from coach.i18n import N_
from coach.text.protocol_labels import CHOICES, SAYS
from coach.text.protocol_places import Place
from coach.ui.clinic.editor.fields import Field, Kind

ANCHORS = {each.value: SAYS[each] for each in Anchor}

TEXTS = ("name", "clinical_name", "why", "position", "instruction", "breathing", "effort", "feels_like")
LISTS = ("aliases", "steps", "faults", "stop_when")
NUMBERS = {
    "gap": "h",
    "tighten": "s",
    "hourly_gap": "min",
    "hourly_cap": "sets/day",
    "hourly_met_at": "sets/day",
}
CRITERIA = {
    "earliest": "h", "pain_now_below": "NRS", "pain_average_below": "NRS", "without_red": "d",
    "walked": "min", "walked_days": "d",
}  # fmt: skip
CUES: Mapping[RoutineKind, tuple[str, ...]] = {
    RoutineKind.PUMP: ("point", "pull"),
    RoutineKind.SQUEEZE: ("work", "hold", "let_go"),
    RoutineKind.MOVE: ("work", "let_go"),
    RoutineKind.STAND: ("work", "hold", "let_go"),
    RoutineKind.WALK: ("work",),
    RoutineKind.REST: ("work",),
    RoutineKind.BREATHE: ("work", "let_go"),
    RoutineKind.TEST: ("work",),
}
SPOKEN = {
    "work": ("_first", "_said"),
    "point": ("_first", "_said"),
    "pull": ("_first", "_said"),
    "let_go": ("_said",),
}
# The rules, in groups by what they are about
RULE_GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "doses": (N_("Doses"), (
        "first_dose_for", "first_dose_again_after", "first_dose_after_red_flag", "set_counts_from", "amber_reps",
        "easier_reps", "easier_hold", "partly_from", "on_track_from", "over_doing_above",
    )),
    "session": (N_("The session"), (
        "check_holds_for", "session_open_for", "get_ready", "get_ready_most", "rest_at_least", "change_legs",
        "between_routines",
    )),
    "day": (N_("Day and night"), (
        "home_fallback", "night_begins", "night_ends", "day_ends", "morning_ends", "lift_most",
    )),
    "pain": (N_("Pain and lights"), (
        "pain_limit", "own_limit_most", "pain_closes_for", "amber_rise", "red_rise", "row_within",
        "red_light_closes_for", "high_pain_days", "high_pain_after", "drowsy_asked_for", "drowsy_closes_for",
    )),
    "signs": (N_("Warning signs"), ("mistake_within", "emergency_cleared_after")),
    "clinic": (N_("For the clinic: who needs somebody, and how things go"), (
        "silent_after", "not_begun_after", "hold_asks_after", "review_asks_after", "plan_lasts_most",
        "pain_up_by", "pain_up_over", "rising_by", "rising_over", "rising_needs", "low_over", "low_needs",
        "better_points", "better_percent", "better_window", "better_needs",
    )),
}  # fmt: skip
FIRST_DOSE = {"reps": "reps", "hold": "s", "per_day": "sets/day"}


def texts(place: Place) -> list[Field]:
    """Return the texts of an exercise, in the order in which a patient reads them."""
    order = (
        "name", "clinical_name", "aliases", "why", "position", "steps", "instruction", "breathing", "effort",
        "feels_like", "faults", "stop_when", "sources",
    )  # fmt: skip
    return [Field((*place, each), Kind.LINES if each in LISTS else Kind.TEXT) for each in order]


def numbers(place: Place, routine: Mapping[str, Any]) -> list[Field]:
    """Return an exercise's limits and times; those that only some have may be empty."""
    kind = kind_of(routine)
    fields = [
        Field((*place, "maximum", name), Kind.NUMBER, unit)
        for name, unit in dose_units(kind, weekly=False).items()
    ]
    needed = kind in (RoutineKind.PUMP, RoutineKind.SQUEEZE, RoutineKind.STAND)
    fields += [
        Field(
            (*place, name), Kind.NUMBER, unit, optional=name != "gap" and not (name == "tighten" and needed)
        )
        for name, unit in NUMBERS.items()
    ]
    return [
        *fields,
        *_checkpoints(place, routine),
        Field(
            (*place, "sides"),
            Kind.CHOICE,
            counts=True,
            options=CHOICES["sides"],
        ),
    ]


def _checkpoints(place: Place, routine: Mapping[str, Any]) -> list[Field]:
    """Return when a test is due; no other exercise has such times."""
    listed = routine.get("checkpoint")
    return [
        Field((*place, "checkpoint", n, name), Kind.NUMBER, "weeks")
        for n in range(len(listed) if isinstance(listed, list) else 0)
        for name in ("opens_after", "offered_for")
    ]


def release(place: Place) -> list[Field]:
    """Return what speaks for a release of an exercise."""
    inside = (*place, "release")
    return [
        Field((*inside, "by"), Kind.CHOICE, options=CHOICES["by"]),
        *(Field((*inside, name), Kind.NUMBER, unit, optional=True) for name, unit in CRITERIA.items()),
    ]


def cues(place: Place, routine: Mapping[str, Any]) -> list[Field]:
    """Return the words of a session for each part of a repetition of this kind."""
    names = [name + ending for name in CUES[kind_of(routine)] for ending in ("", *SPOKEN.get(name, ()))]
    names += ["position_said", *(["change_said"] if routine.get("sides") == 2 else [])]
    return [Field((*place, "cues", name), Kind.TEXT, optional=True) for name in names]


def dose(place: Place, kind: RoutineKind, *, hourly: bool) -> list[Field]:
    """Return the fields of a dose in a phase; only what has hourly numbers can be due every hour."""
    fields = [
        Field((*place, name), Kind.NUMBER, unit, optional=name == "days_per_week")
        for name, unit in dose_units(kind, weekly=True).items()
    ]
    return [*fields, Field((*place, "hourly"), Kind.FLAG)] if hourly else fields


def dose_units(kind: RoutineKind, *, weekly: bool) -> Mapping[str, str]:
    """Return the numbers of a dose of a kind of exercise, each with its unit."""
    counted = {"minutes": "min"} if kind.in_minutes else {"reps": "reps", "hold": "s"}
    return {**counted, "per_day": "sets/day", **({"days_per_week": "days/week"} if weekly else {})}


def phase(place: Place) -> list[Field]:
    """Return when a phase begins, and its texts."""
    return [
        Field((*place, "name"), Kind.TEXT),
        Field((*place, "opens_after"), Kind.NUMBER, "h"),
        Field((*place, "anchor"), Kind.CHOICE, options=ANCHORS),
        Field((*place, "rest_rule"), Kind.TEXT),
        Field((*place, "rest_rule_until_next"), Kind.FLAG),
        Field((*place, "do"), Kind.LINES),
        Field((*place, "dont"), Kind.LINES),
        Field((*place, "next_change"), Kind.TEXT),
        Field((*place, "done_after_overnight"), Kind.FLAG),
        Field((*place, "review_due"), Kind.FLAG),
        Field((*place, "sources"), Kind.TEXT),
    ]


def rules(group: str) -> list[Field]:
    """Return the rules of a group."""
    names = RULE_GROUPS[group][1]
    fields = [Field(("rules", name), Kind.NUMBER, edits.unit_of(("rules", name)) or "") for name in names]
    if group != "doses":
        return fields
    return [
        Field(("rules", "first_dose", name), Kind.NUMBER, unit) for name, unit in FIRST_DOSE.items()
    ] + fields


def sign(place: Place) -> list[Field]:
    """Return the fields of a warning sign."""
    return [
        Field((*place, "text"), Kind.TEXT),
        Field((*place, "level"), Kind.CHOICE, options=CHOICES["level"]),
        Field((*place, "advice"), Kind.LINES),
        Field((*place, "event"), Kind.FLAG),
        Field((*place, "never_cleared"), Kind.FLAG),
        Field((*place, "source"), Kind.TEXT),
    ]


def question(place: Place) -> list[Field]:
    """Return the fields of a set-up question."""
    return [
        Field((*place, "text"), Kind.TEXT),
        Field((*place, "closes"), Kind.CHOICE, options=CHOICES["closes"]),
        Field((*place, "meaning"), Kind.CHOICE, options=CHOICES["meaning"], optional=True),
        Field((*place, "source"), Kind.TEXT),
    ]


def country(place: Place) -> list[Field]:
    """Return the fields of a country's numbers to call; there may be none to ask for advice."""
    return [
        Field((*place, "emergency"), Kind.TEXT),
        Field((*place, "advice"), Kind.TEXT),
        Field((*place, "name"), Kind.TEXT),
        Field((*place, "source"), Kind.TEXT),
    ]


def kind_of(routine: Mapping[str, Any]) -> RoutineKind:
    """Return an exercise's kind; that of most where the file names none that there is."""
    named = str(routine.get("kind"))
    return RoutineKind(named) if named in set(RoutineKind) else RoutineKind.SQUEEZE
