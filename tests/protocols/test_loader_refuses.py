"""A bad protocol file is refused with file, key path, what is wrong and what is allowed."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from coach.protocols.loader import DEFAULT, Problem, ProtocolError, load, read
from tests.support.protocols import default_text

TEXT = default_text()
SECOND_DAY_QUADS = """[phase.dose.quadriceps]
reps = { value = 5, unit = "reps", source = "PD", note = "Each leg." }
hold = { value = 3, unit = "s", source = "PD" }
per_day = { value = 2, unit = "sets/day", source = "PD" }"""
HOME, PROCEDURE = 'anchor = "home_arrival"\n', 'anchor = "procedure_end"\n'
FIRST_DAY = "opens_after = { value = 5,"
HOURLY = 'per_day = { value = 12, unit = "sets/day", source = "PD" }\nhourly = true'
GLUTES_GAP = 'gap = { value = 2, unit = "h", source = "PD" }\nsources = "S11, S21'
FIRST_DOSE_HOLD = 'hold = { value = 3, unit = "s", source = "PD" }'
SECOND_DAY = 'opens_after = { value = 24, unit = "h", source = "PD"'
QUADS_REPS = "phase[3].dose.quadriceps.reps"


def refusal(tmp_path: Path, text: str | bytes) -> ProtocolError:
    path = tmp_path / "protocol.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProtocolError) as caught:
        load(path)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    assert str(path) in str(caught.value)
    return caught.value


def problem_at(error: ProtocolError, where: str) -> Problem:
    found = [problem for problem in error.problems if problem.where == where]
    assert found, str(error)
    return found[0]


def changed(old: str, new: str) -> str:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1)


def measured(old: str, new: str) -> str:
    """Change something of the outcome questions."""
    before, measures, after = TEXT.partition("[measures]")
    assert old in after, old
    return before + measures + after.replace(old, new, 1)


def quads(old: str, new: str) -> str:
    """Change the thigh tightening's dose of the second day."""
    assert old in SECOND_DAY_QUADS, old
    return changed(SECOND_DAY_QUADS, SECOND_DAY_QUADS.replace(old, new, 1))


def maximum(routine: str, name: str, value: str) -> str:
    """Change one number of a routine's own maximum."""
    before, found, after = TEXT.partition(f'id = "{routine}"')
    assert found
    head, block, rest = after.partition("[routine.maximum]\n")
    rest = re.sub(rf"(?m)^({name} = {{ value = )[0-9.]+", rf"\g<1>{value}", rest, count=1)
    return before + found + head + block + rest


# Why it is refused: the broken text, the key path, what is wrong, what is allowed.
BROKEN = {
    "not a number": (
        changed("home_fallback = { value = 2,", "home_fallback = { value = nan,"),
        "rules.home_fallback.value",
        "nan is not finite",
        "numbers from 0 to 100000",
    ),
    "infinite": (
        changed(SECOND_DAY, SECOND_DAY.replace("24", "inf")),
        "phase[3].opens_after.value",
        "inf is not finite",
        "from 0",
    ),
    "a boolean for a number": (
        quads("value = 5", "value = true"),
        f"{QUADS_REPS}.value",
        "true is no number",
        "whole numbers from 1",
    ),
    "a text for a number": (
        quads("value = 5", 'value = "5"'),
        f"{QUADS_REPS}.value",
        "'5' is no number",
        "whole numbers",
    ),
    "negative": (quads("value = 5", "value = -5"), f"{QUADS_REPS}.value", "-5 is negative", "from 1 to 1000"),
    "half a rep": (
        quads("value = 5", "value = 4.5"),
        f"{QUADS_REPS}.value",
        "4.5 is no whole number",
        "whole numbers",
    ),
    "no reps": (quads("value = 5", "value = 0"), f"{QUADS_REPS}.value", "0 is out of range", "from 1"),
    "a huge number": (
        quads("value = 5", "value = 1" + "0" * 400),
        f"{QUADS_REPS}.value",
        "a huge number is out of range",
        "1000",
    ),
    "a bare number": (
        quads('{ value = 5, unit = "reps", source = "PD", note = "Each leg." }', "5"),
        QUADS_REPS,
        "5 has no unit and no source",
        'unit = "reps"',
    ),
    "no unit": (quads(' unit = "reps",', ""), f"{QUADS_REPS}.unit", "missing", "reps"),
    "no source": (quads('source = "PD", note', "note"), f"{QUADS_REPS}.source", "missing", "SEED, PD, GPK"),
    "an unknown unit": (
        quads('"s"', '"seconds"'),
        "phase[3].dose.quadriceps.hold.unit",
        "the unit 'seconds' is unknown",
        "s",
    ),
    "a unit that does not fit": (
        quads('"s"', '"min"'),
        "phase[3].dose.quadriceps.hold.unit",
        "the unit 'min' does not fit here",
        "s",
    ),
    "an unknown source": (
        quads('"PD"', '"my uncle"'),
        f"{QUADS_REPS}.source",
        "unknown source 'my uncle'",
        "numbered source",
    ),
    "a source that is not listed": (
        quads('"PD"', '"S99"'),
        f"{QUADS_REPS}.source",
        "S99 is not listed",
        "[sources]",
    ),
    "an unknown key in a number": (
        quads("note =", "nota ="),
        f"{QUADS_REPS}.nota",
        "unknown key",
        "note (did you mean that?)",
    ),
    "an unknown key in a dose": (
        quads("per_day", "per_dya"),
        "phase[3].dose.quadriceps.per_dya",
        "unknown key",
        "per_day",
    ),
    "an unknown key in the rules": (
        changed("pain_limit", "pain_limits"),
        "rules.pain_limits",
        "unknown key",
        "pain_limit",
    ),
    "a missing rule": (
        re.sub(r"(?m)^pain_limit = .*\n", "", TEXT),
        "rules.pain_limit",
        "missing",
        '{ value, unit = "NRS", source }',
    ),
    "an unknown key at the top": (
        changed("title =", 'titel = "x"\ntitle ='),
        "titel",
        "unknown key",
        "title",
    ),
    "no rules": (
        changed("[rules]", "[ruels]").replace("[rules.first_dose]", "[ruels.first_dose]"),
        "rules",
        "missing",
        "a table",
    ),
    "a newer schema": (
        changed("schema = 1", "schema = 2"),
        "schema",
        "made for a newer Coach (schema 2)",
        "1",
    ),
    "no schema": (changed("schema = 1\n", ""), "schema", "missing", "whole numbers from 1"),
    "schema as text": (changed("schema = 1", 'schema = "1"'), "schema", "'1' does not fit", "whole numbers"),
    "a version in words": (changed('"1.1.0"', '"latest"'), "version", "'latest' does not fit", "1.0.0"),
    "phases out of order": (
        changed('value = 48, unit = "h", source = "SEED, PD"', 'value = 12, unit = "h", source = "SEED, PD"'),
        "phase[4].opens_after.value",
        "'first-week' opens at 12 h, which is not after 'second-day'",
        "more than 24 h",
    ),
    "a phase from home after one from the procedure": (
        changed(f"{PROCEDURE}{SECOND_DAY}", f"{HOME}{SECOND_DAY}").replace(
            f"{HOME}{FIRST_DAY}", f"{PROCEDURE}{FIRST_DAY}"
        ),
        "phase[3].anchor",
        "'second-day' counts from home after 'first-day' counted from the procedure",
        "phases from home first",
    ),
    "an unknown anchor": (
        changed('anchor = "home_arrival"', 'anchor = "breakfast"'),
        "phase[0].anchor",
        "unknown value 'breakfast'",
        "procedure_end, home_arrival",
    ),
    "an unknown routine": (
        quads("dose.quadriceps]", "dose.quadricep]"),
        "phase[3].dose.quadricep",
        "unknown routine 'quadricep'",
        "quadriceps, resting_straight, ",
    ),
    "reps over the maximum": (
        quads("value = 5", "value = 13"),
        f"{QUADS_REPS}.value",
        "13 reps is over the maximum of 'quadriceps'",
        "at most 12 reps",
    ),
    "a hold over the maximum": (
        quads("value = 3", "value = 10.5"),
        "phase[3].dose.quadriceps.hold.value",
        "10.5 s is over the maximum of 'quadriceps'",
        "at most 10 s",
    ),
    "too often a day": (
        quads("value = 2", "value = 5"),
        "phase[3].dose.quadriceps.per_day.value",
        "5 sets/day is over the maximum of 'quadriceps'",
        "at most 4 sets/day",
    ),
    "a hold of nothing": (
        quads("value = 3", "value = 0"),
        "phase[3].dose.quadriceps.hold.value",
        "a hold of 0 s is none",
        "more than 0 s",
    ),
    "an hourly squeeze": (
        quads('unit = "sets/day", source = "PD" }', 'unit = "sets/day", source = "PD" }\nhourly = true'),
        "phase[3].dose.quadriceps.hourly",
        "'quadriceps' has no hourly numbers",
        "false",
    ),
    "an hourly dose beside its cap": (
        changed(HOURLY, HOURLY.replace("12", "8")),
        "phase[1].dose.ankle_pumps.per_day.value",
        "an hourly dose's times a day are its cap, not 8",
        "12",
    ),
    "a squeeze without a gap": (
        changed(GLUTES_GAP, GLUTES_GAP.partition("\n")[2]),
        "routine[1].gap",
        "missing",
        'unit = "h"',
    ),
    "a squeeze with a gap of nothing": (
        changed(GLUTES_GAP, GLUTES_GAP.replace("2", "0", 1)),
        "routine[1].gap.value",
        "a squeeze needs time between its sets",
        "more than 0 h",
    ),
    "an hourly number left out": (
        re.sub(r"(?m)^hourly_cap = .*\n", "", TEXT),
        "routine[0].hourly_cap",
        "missing beside hourly_gap",
        "all three hourly numbers, or none",
    ),
    "three legs": (
        changed("sides = 2", "sides = 3"),
        "routine[2].sides",
        "3 does not fit",
        "whole numbers from 1 to 2",
    ),
    "a drawing outside its folder": (
        changed('drawing = "quadriceps"', 'drawing = "../quadriceps"'),
        "routine[2].drawing",
        "'../quadriceps' does not fit",
        "the name of a drawing, in small letters, digits and _",
    ),
    "one routine twice": (
        changed('id = "static_glutes"', 'id = "ankle_pumps"'),
        "routine[1].id",
        "'ankle_pumps' is there twice",
        "each id once",
    ),
    "one phase twice": (
        changed('id = "bed-rest"', 'id = "flat-hour"'),
        "phase[1].id",
        "'flat-hour' is there twice",
        "each id once",
    ),
    "one red flag twice": (
        changed('id = "breathless"', 'id = "chest_pain"'),
        "red_flag[1].id",
        "'chest_pain' is there twice",
        "each id once",
    ),
    "one meaning twice": (
        changed('meaning = "helper"', 'meaning = "overnight"'),
        "question[7].meaning",
        "'overnight' is there twice",
        "each meaning once",
    ),
    "an unknown level": (
        changed('level = "urgent"', 'level = "soon"'),
        "red_flag[13].level",
        "unknown value 'soon'",
        "emergency, urgent, ask",
    ),
    "an unknown placeholder": (
        changed(
            "Cannot lie flat? Call your clinic: {clinic}.", "Cannot lie flat? Call your clinic: {clinc}."
        ),
        "phase[0].do[2]",
        "unknown placeholder {clinc}",
        "{clinic}",
    ),
    "a placeholder that reaches inside": (
        changed("Say when it began.", "{emergency.__class__}"),
        "red_flag[5].advice[0]",
        "unknown placeholder {emergency.__class__}",
        "{emergency}",
    ),
    "a lone bracket": (
        changed("Say when it began.", "Say when it began {."),
        "red_flag[5].advice[0]",
        "a { or } stands alone",
        "{clinic}",
    ),
    "an empty text": (
        changed('why = "Works the big muscles of your bottom without moving your back."', 'why = " "'),
        "routine[1].why",
        "the text is empty",
        "a text",
    ),
    "an empty list": (
        re.sub(r"advice = \[\"Call .*\]", "advice = []", TEXT, count=1),
        "red_flag[0].advice",
        "a list is no list of texts",
        "at least one text",
    ),
    "two lines in one text": (
        changed("One full hour flat", "One full\\nhour flat"),
        "phase[0].opens_after.note",
        "a line break",
        "one line",
    ),
    "a rest rule without its end": (
        changed("Lie flat on your back until {until}.", "Lie flat on your back."),
        "phase[0].rest_rule",
        "the text and rest_rule_until_next disagree",
        "{until} exactly where",
    ),
    "no word at 10": (
        changed('10 = "Worst pain you can imagine"', '9 = "Worst pain you can imagine"'),
        "pain_words.10",
        "missing",
        "a text",
    ),
    "a word at 11": (changed('10 = "Worst', '11 = "x"\n10 = "Worst'), "pain_words.11", "unknown key", "10"),
    "function scored to 20": (
        changed("as_before = { value = 10", "as_before = { value = 9"),
        "measures.as_before.value",
        "scores from 0 to 10",
        "10",
    ),
    "every change of function detectable": (
        changed("detectable_mean = { value = 2", "detectable_mean = { value = 0"),
        "measures.detectable_mean.value",
        "every score a change",
        "more than 0",
    ),
    "an answer of the change question left out": (
        changed('much_worse = "Much worse"\n', ""),
        "measures.change_words.much_worse",
        "missing",
        "a text",
    ),
    "outcome questions that overlap": (
        measured('opens_after = { value = 2, unit = "weeks"', 'opens_after = { value = 0.5, unit = "weeks"'),
        "measures.occasion[1].opens_after.value",
        "'week-2' opens before 'baseline' is over",
        "at least 1 weeks",
    ),
    "outcome questions for no time": (
        measured("offered_for = { value = 1", "offered_for = { value = 0"),
        "measures.occasion[0].offered_for.value",
        "in no time",
        "more than 0",
    ),
    "a change asked for at the baseline": (
        changed("asks_change = false", "asks_change = true"),
        "measures.occasion[0].asks_change",
        "the first occasion is the baseline",
        "false",
    ),
    "an occasion twice": (
        changed('id = "week-6"', 'id = "week-2"'),
        "measures.occasion[2].id",
        "'week-2' is there twice",
        "each id once",
    ),
    "bone health asked twice in one week": (
        changed('name = "Week 6"\nopens_after = { value = 6,', 'name = "Week 6"\nopens_after = { value = 3,'),
        "bone_health.occasion[1].opens_after.value",
        "'week-6' opens before 'week-2' is over",
        "at least 4 weeks",
    ),
    "bone health at a time without a source": (
        changed(
            'name = "Week 12"\nopens_after = { value = 12, unit = "weeks", source = "PD" }',
            'name = "Week 12"\nopens_after = { value = 12, unit = "weeks" }',
        ),
        "bone_health.occasion[2].opens_after.source",
        "missing",
        "PD",
    ),
    "bone health without a question": (
        changed('scan_question = "Have you had a bone density scan?"\n', ""),
        "bone_health.scan_question",
        "missing",
        "a text",
    ),
    "bone health that tells the clinic perhaps": (
        changed("tells_clinic = false", 'tells_clinic = "perhaps"'),
        "bone_health.occasion[0].tells_clinic",
        "neither true nor false",
        "true or false",
    ),
    "a curve that goes back in time": (
        changed('value = 30, unit = "d", source = "S85"', 'value = 2, unit = "d", source = "S85"'),
        "curve[0].point[2].after.value",
        "2 d does not come after 3 d",
        "in the order of their days",
    ),
    "pain of 11 in a curve": (
        changed("value = 7.4", "value = 11"),
        "curve[0].point[0].mean.value",
        "11 is out of range",
        "from 0 to 10",
    ),
    "a country in words": (
        changed('country = "GB"', 'country = "England"'),
        "emergency[34].country",
        "'England' does not fit",
        "two capital letters",
    ),
    "no number for other countries": (
        changed(
            'country = "other"\nname = "Another country"\nemergency = ""',
            'country = "JO"\nname = "Jordan"\nemergency = "911"',
        ),
        "emergency",
        "no number for other countries",
        "other",
    ),
    "letters in a phone number": (
        changed('"999"\nadvice = "111"', '"call 999"\nadvice = "111"'),
        "emergency[34].emergency",
        "'call 999' does not fit",
        "digits",
    ),
    "amber above red": (
        changed("amber_rise = { value = 2", "amber_rise = { value = 3"),
        "rules.amber_rise.value",
        "amber_rise (3) is not below red_rise (3)",
        "less than 3",
    ),
    "partly above on track": (
        changed("partly_from = { value = 0.5", "partly_from = { value = 0.9"),
        "rules.partly_from.value",
        "partly_from (0.9) is not below on_track_from (0.8)",
        "less than 0.8",
    ),
    "better needs more days than it looks at": (
        changed("better_needs = { value = 3", "better_needs = { value = 8"),
        "rules.better_needs.value",
        "8 d is over better_window, so that the rule would never hold",
        "at most 7 d",
    ),
    "little done needs more days than it looks at": (
        changed("low_needs = { value = 3", "low_needs = { value = 8"),
        "rules.low_needs.value",
        "8 d is over low_over, so that the rule would never hold",
        "at most 7 d",
    ),
    "silence from the first moment on": (
        changed("silent_after = { value = 48", "silent_after = { value = 0"),
        "rules.silent_after.value",
        "0 would make the rule hold always",
        "more than 0",
    ),
    "half a point as the highest personal limit": (
        changed("own_limit_most = { value = 7", "own_limit_most = { value = 0.5"),
        "rules.own_limit_most.value",
        "pain is scored in whole numbers",
        "a whole number",
    ),
    "a pain limit of 11": (
        changed("pain_limit = { value = 6", "pain_limit = { value = 11"),
        "rules.pain_limit.value",
        "11 is out of range",
        "from 0 to 10",
    ),
    "a day of 25 hours": (
        changed("day_ends = { value = 22", "day_ends = { value = 25"),
        "rules.day_ends.value",
        "25 is out of range",
        "whole numbers from 0 to 23",
    ),
    "a day that ends at 24": (
        changed("day_ends = { value = 22", "day_ends = { value = 24"),
        "rules.day_ends.value",
        "24 is out of range",
        "whole numbers from 0 to 23",
    ),
    "a day that ends at half past": (
        changed("day_ends = { value = 22", "day_ends = { value = 21.5"),
        "rules.day_ends.value",
        "21.5 is no whole number",
        "whole numbers from 0 to 23",
    ),
    "a morning that ends at 24": (
        changed("morning_ends = { value = 12", "morning_ends = { value = 24"),
        "rules.morning_ends.value",
        "24 is out of range",
        "whole numbers from 0 to 23",
    ),
    "a morning that ends at half past": (
        changed("morning_ends = { value = 12", "morning_ends = { value = 11.5"),
        "rules.morning_ends.value",
        "11.5 is no whole number",
        "whole numbers from 0 to 23",
    ),
    "a set that never counts": (
        changed("set_counts_from = { value = 0.5", "set_counts_from = { value = 1.5"),
        "rules.set_counts_from.value",
        "no set has more than all its reps",
        "at most 1",
    ),
    "a set that counts with nothing done": (
        changed("set_counts_from = { value = 0.5", "set_counts_from = { value = 0"),
        "rules.set_counts_from.value",
        "0 would make the rule hold always",
        "more than 0",
    ),
    "nothing left after an amber light": (
        changed("amber_reps = { value = 0.5", "amber_reps = { value = 0"),
        "rules.amber_reps.value",
        "0 of a dose is no smaller dose",
        "more than 0 and less than 1",
    ),
    "no less after an amber light": (
        changed("amber_reps = { value = 0.5", "amber_reps = { value = 1"),
        "rules.amber_reps.value",
        "1 of a dose is no smaller dose",
        "more than 0 and less than 1",
    ),
    "an easier dose that is none": (
        changed("easier_reps = { value = 0.5", "easier_reps = { value = 1.5"),
        "rules.easier_reps.value",
        "1.5 of a dose is no smaller dose",
        "more than 0 and less than 1",
    ),
    "words that say half where the rule says another share": (
        changed("amber_reps = { value = 0.5", "amber_reps = { value = 0.75"),
        "notices.light_amber",
        "the text says half, and rules.amber_reps is 0.75",
        "other words, or a share of 0.5",
    ),
    "half a point of pain": (
        changed("pain_limit = { value = 6", "pain_limit = { value = 5.5"),
        "rules.pain_limit.value",
        "pain is scored in whole numbers",
        "a whole number",
    ),
    "an emergency that may be cleared at once": (
        changed("emergency_cleared_after = { value = 24", "emergency_cleared_after = { value = 0"),
        "rules.emergency_cleared_after.value",
        "0 would make the rule hold always",
        "more than 0",
    ),
    "a cue of the other kind of exercise": (
        changed('point = "Point away"', 'point = "Point away"\nhold = "Hold"'),
        "routine[0].cues.hold",
        "a pump has no such cue",
        "leave it out",
    ),
    "a cue that is not one": (
        changed('hold = "Hold"', 'holds = "Hold"'),
        "routine[1].cues.holds",
        "unknown key",
        "hold (did you mean that?)",
    ),
    "a cue that says other words than the screen": (
        changed('work = "Press down"\n', ""),
        "routine[2].cues.work",
        "missing: the voice would say other words than the screen shows",
        "a text",
    ),
    "a cue too long to be read at a glance": (
        changed('work = "Press down"', 'work = "Press your knee down now"'),
        "routine[2].cues.work",
        "the text has 24 characters",
        "at most 20",
    ),
    "a cue too long to be said in time": (
        changed('work_said = "Press down."', f'work_said = "{"down " * 13}"'),
        "routine[2].cues.work_said",
        "the text has 65 characters",
        "at most 60",
    ),
    "words for a change of legs where none change": (
        changed('work = "Squeeze"', 'work = "Squeeze"\nchange_said = "Now the other leg."'),
        "routine[1].cues.change_said",
        "no legs change in this exercise",
        "leave it out",
    ),
    "a walk that is done lying": (
        changed('id = "walking"\nkind = "walk"', 'id = "walking"\nkind = "walk"\nposture = "lying"'),
        "routine[11].posture",
        "a walk is not done lying",
        "standing, or leave it out",
    ),
    "a posture that there is not": (
        changed('posture = "sitting"', 'posture = "kneeling"'),
        "routine[12].posture",
        "unknown value",
        "lying, sitting, standing",
    ),
    "a cue that is empty": (
        changed('work = "Press down"', 'work = ""'),
        "routine[2].cues.work",
        "the text is empty",
        "a text",
    ),
    "cues that are no table": (
        re.sub(r"\[routine\.cues\]\n(?:\w+ = .*\n)+", 'cues = "Point away"\n', TEXT, count=1),
        "routine[0].cues",
        "'Point away' is no table",
        "a table",
    ),
    "a squeeze with too many reps as its maximum": (
        maximum("static_glutes", "reps", "13"),
        "routine[1].maximum.reps.value",
        "13 reps is over what a squeeze may ever be",
        "at most 12 reps",
    ),
    "a squeeze with too long a hold as its maximum": (
        maximum("quadriceps", "hold", "10.5"),
        "routine[2].maximum.hold.value",
        "10.5 s is over what a squeeze may ever be",
        "at most 10 s",
    ),
    "a squeeze too often a day as its maximum": (
        maximum("transversus_abdominis", "per_day", "5"),
        "routine[3].maximum.per_day.value",
        "5 sets/day is over what a squeeze may ever be",
        "at most 4 sets/day",
    ),
    "pumps with too many reps as their maximum": (
        maximum("ankle_pumps", "reps", "31"),
        "routine[0].maximum.reps.value",
        "31 reps is over what a pump may ever be",
        "at most 30 reps",
    ),
    "pumps too often a day as their maximum": (
        maximum("ankle_pumps", "per_day", "13"),
        "routine[0].maximum.per_day.value",
        "13 sets/day is over what a pump may ever be",
        "at most 12 sets/day",
    ),
    "no flag for a new fracture": (
        changed("never_cleared = true\n", ""),
        "red_flag",
        "none is never_cleared",
        "never_cleared = true",
    ),
    "a first dose over the maximum hold": (
        changed(FIRST_DOSE_HOLD, FIRST_DOSE_HOLD.replace("3", "11")),
        "rules.first_dose.hold.value",
        "11 s is over the maximum of",
        "at most 10 s",
    ),
    "a question that closes nothing and tells nothing": (
        changed('meaning = "helper"\n', ""),
        "question[7].meaning",
        "closes nothing and tells nothing",
        "a meaning",
    ),
    "a notice left out": (re.sub(r"(?m)^ice = .*\n", "", TEXT), "notices.ice", "missing", "a text"),
    "a source of a kind nobody knows": (
        changed('S1 = "Kypho', 'X1 = "Kypho'),
        "sources.X1",
        "unknown kind of source 'X1'",
        "SEED, PD, GPK",
    ),
    "no phases": (
        TEXT[: TEXT.index("[[phase]]")] + TEXT[TEXT.index("[[red_flag]]") :],
        "phase",
        "missing",
        "at least one [[phase]]",
    ),
    "no routines": (
        TEXT[: TEXT.index("[[routine]]")] + TEXT[TEXT.index("[[phase]]") :],
        "routine",
        "missing",
        "at least one [[routine]]",
    ),
    "routines as a text": (
        'routine = "four"\n' + TEXT[: TEXT.index("[[routine]]")] + TEXT[TEXT.index("[[phase]]") :],
        "routine",
        "'four' is no list of tables",
        "at least one [[routine]]",
    ),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_protocol_is_refused_with_its_key_path_and_a_sentence(tmp_path, why):
    text, where, what, allowed = BROKEN[why]
    error = refusal(tmp_path, text)
    problem = problem_at(error, where)
    assert what in problem.what
    assert allowed in problem.allowed
    assert f"{where}: {problem.what}. Allowed: {problem.allowed}." in str(error)


ONE_FAULT = set(BROKEN) - {
    # These break what others stand on, so that more than one line is right.
    "an unknown key in a dose", "an unknown key in the rules", "no rules", "an unknown routine", "no routines",
    "routines as a text", "a source of a kind nobody knows", "one routine twice", "no word at 10",
    "a phase from home after one from the procedure", "one meaning twice", "a first dose over the maximum hold",
}  # fmt: skip


@pytest.mark.parametrize("why", sorted(ONE_FAULT))
def test_one_fault_gives_one_problem(tmp_path, why):
    error = refusal(tmp_path, BROKEN[why][0])
    assert len(error.problems) == 1, str(error)


def test_all_problems_are_told_at_once(tmp_path):
    text = changed("schema = 1\n", 'schema = 1\nnew = "x"\n')
    text = text.replace("pain_limit = { value = 6", "pain_limit = { value = 60")
    text = text.replace("amber_rise = { value = 2", "amber_rise = { value = 3")
    text = text.replace('"999"\nadvice = "111"', '"nine"\nadvice = "111"')
    error = refusal(tmp_path, text)
    places = {problem.where for problem in error.problems}
    assert places == {"new", "rules.pain_limit.value", "rules.amber_rise.value", "emergency[34].emergency"}
    assert len(str(error).splitlines()) == 5


def test_a_missing_file_is_refused(tmp_path):
    path = tmp_path / "nowhere.toml"
    with pytest.raises(ProtocolError, match=r"nowhere\.toml.*\n.*cannot be read \(No such file"):
        load(path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ProtocolError, match="cannot be read"):
        load(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path):
    error = refusal(tmp_path, b"schema = 1\n" + 'title = "Fußgymnastik"\n'.encode("latin-1"))
    assert error.problems[0].what == "the file is not UTF-8"
    assert error.problems[0].line == 2


def test_a_syntax_error_is_refused_with_its_line(tmp_path):
    error = refusal(tmp_path, 'schema = 1\nid = "x"\nversion = = 2\n')
    assert error.problems[0].line == 3
    assert "this is not TOML" in error.problems[0].what
    assert "line 3: this is not TOML" in str(error)


def test_a_key_given_twice_is_refused(tmp_path):
    error = refusal(tmp_path, changed("title =", 'title = "Twice"\ntitle ='))
    assert "this is not TOML" in error.problems[0].what


def test_a_file_over_one_mebibyte_is_refused(tmp_path):
    error = refusal(tmp_path, TEXT + "# " + "x" * 1024 * 1024)
    assert (error.problems[0].what, error.problems[0].allowed) == ("the file is too large", "at most 1 MiB")


def test_deep_nesting_is_refused(tmp_path):
    error = refusal(tmp_path, "a = " + "[" * 100_000 + "]" * 100_000)
    assert error.problems[0].what == "the file is nested too deeply"


def test_a_number_too_long_to_read_is_refused(tmp_path):
    error = refusal(tmp_path, "schema = " + "9" * 5000)
    assert "this is not TOML" in error.problems[0].what


def test_an_empty_file_is_refused(tmp_path):
    assert problem_at(refusal(tmp_path, ""), "schema").what == "missing"


@pytest.mark.parametrize("text", ["\ufeff" + TEXT, TEXT.replace("\n", "\r\n")], ids=["BOM", "CRLF"])
def test_files_as_other_editors_save_them_are_read(tmp_path, text):
    path = tmp_path / "protocol.toml"
    path.write_bytes(text.encode())
    assert load(path).id == "balloon-kyphoplasty"


VALUES = ["true", "nan", "-1", "1e300", '""', "[]", "{}", "[[1]]", "2020-01-01", '"{"', "9" * 400]


@pytest.mark.parametrize("seed", range(150))
def test_whatever_stands_in_a_line_the_loader_answers_with_a_protocol_or_a_refusal(tmp_path, seed):
    chance = random.Random(seed)
    lines = TEXT.splitlines()
    for n in chance.sample(range(len(lines)), 3):
        key = lines[n].partition(" = ")[0]
        lines[n] = chance.choice(["", f"{key} = {chance.choice(VALUES)}", lines[n].replace("value", "valu")])
    path = tmp_path / "protocol.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    answer = None
    try:
        load(path)
    except ProtocolError as refused:
        answer = refused
    assert answer is None or str(path) in str(answer)


@pytest.mark.parametrize("line", ["a." * 99_990 + "a = 1", "[" + "a." * 99_990 + "a]"])
def test_a_key_of_many_parts_is_refused_before_it_costs_anything(line: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(f"schema = 1\n{line}".encode(), "upload.toml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.what) == ("upload.toml", 2, "the line has too many dots")


def test_the_same_bytes_are_the_same_protocol_from_a_file_or_not() -> None:
    assert read(DEFAULT.read_bytes(), "upload.toml") == load(DEFAULT)


@pytest.mark.parametrize(
    "text",
    [
        "Stop at sharp pain. ![](https://example.org/x.png)",
        "[hidden]: # (Stop at sharp pain.)",
        "<!-- Stop at sharp pain. -->",
        "<img src='https://example.org/x.png'>",
        "[Tap here](https://example.org)",
        ":small[Stop at sharp pain.]",
        "~~Stop at sharp pain.~~",
        "$\\\\phantom{Stop at sharp pain.}$",
        "`Stop`",
        "# Stop",
        "> Stop",
        "- Stop",
        "1. Stop",
        "Stop | go on",
    ],
)
def test_a_text_that_a_page_would_take_for_layout_is_refused(tmp_path: Path, text: str):
    broken = re.sub(r'(?m)^sharp_pain = ".*"$', lambda _found: f'sharp_pain = "{text}"', TEXT)
    assert broken != TEXT
    found = problem_at(refusal(tmp_path, broken), "notices.sharp_pain")
    assert "layout" in found.what


@pytest.mark.parametrize(
    "text", ["Pain < 3 is fine, > 5 is not.", "2 * 5 times", "-1 °C; $5", "a_b, {emergency}"]
)
def test_a_text_with_plain_signs_is_taken(tmp_path: Path, text: str):
    path = tmp_path / "protocol.toml"
    path.write_text(re.sub(r'(?m)^sharp_pain = ".*"$', lambda _found: f'sharp_pain = "{text}"', TEXT))
    assert load(path).notices["sharp_pain"] == text
