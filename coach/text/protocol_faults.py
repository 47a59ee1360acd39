"""What is wrong in a protocol file, in plain words for whoever fills in its form.

The file's own messages are for whoever writes the file by hand: in English, with the keys of the file.
Each of them that a form can come to has its sentence here; any other is told as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coach.i18n import N_, _
from coach.text.protocol_labels import UNIT_NAMES

_Table = tuple[tuple[str, str], ...]

#: What is wrong: the file's message, and the sentence. The first that fits the whole message counts.
WRONG: _Table = (
    # one value
    (r"the text is empty", N_("Nothing is written here.")),
    (r"the text has (?P<n>\d+) characters", N_("This has {n} characters, which is too long.")),
    (r"the text holds a line break or a control character", N_("This holds a line break or a sign that cannot be shown.")),
    (r"the text holds (?P<v>.+), which a page takes for layout", N_("This holds {v}, which a page would take for layout.")),
    (r"unknown placeholder (?P<v>.+)", N_("{v} is not filled in here.")),
    (r"a { or } stands alone", N_("A curly bracket stands alone here.")),
    (r"(?P<v>.*) is no list of texts", N_("Nothing is written here.")),
    (r"(?P<v>'') is no number", N_("A number is missing here.")),
    (r"(?P<v>.+) is (no number|not finite)", N_("{v} is not a number.")),
    (r"(?P<v>.+) is negative", N_("{v} is below 0.")),
    (r"(?P<v>.+) is out of range", N_("{v} cannot be right here.")),
    (r"(?P<v>.+) is no whole number", N_("{v} is not a whole number.")),
    (r"(?P<v>.+) is no text", N_("{v} is not a text.")),
    (r"unknown value (?P<v>.+)|(?P<w>.+) is neither true nor false", N_("This is none of the choices.")),
    (r"unknown source (?P<v>.+)", N_("{v} is not a source.")),
    (r"the source (?P<v>.+) is not listed", N_("The source {v} is not in this protocol’s list.")),
    (r"'(?P<v>.+)' is there twice", N_("“{v}” is there twice.")),
    # doses
    (r"(?P<v>.+) is over the maximum of '.+'", N_("{v} is more than this exercise’s own limit.")),
    (r"(?P<v>.+) is over what a .+ may ever be", N_("{v} is more than Coach ever allows for this kind of exercise.")),
    (r"(?P<v>.+) is over hourly_cap", N_("{v} is more than a day allows while it is hourly.")),
    (r"a hold of 0 s is none", N_("A hold needs more than 0.")),
    (r"an hourly dose is one of every day", N_("What is due every hour is due on every day.")),
    (r"'.+' has no hourly numbers", N_("This exercise has no numbers for every hour.")),
    (r"an hourly dose's times a day are its cap, not (?P<v>.+)", N_("While it is hourly, the sets a day are the most that a day allows, not {v}.")),
    (r"a (maximum|squeeze) is .*", N_("This is never hourly.")),
    # exercises
    (r"missing beside .+", N_("This is missing beside another number that is given.")),
    (r"a squeeze needs time between its sets", N_("There must be time between two sets.")),
    (r"a .+ has no such cue", N_("This kind of exercise has no moment for these words.")),
    (r"no legs change in this exercise", N_("No legs change in this exercise.")),
    (r"missing: the voice would say other words than the screen shows", N_("The voice would say other words than the screen shows.")),
    (r"there is no drawing '(?P<v>.*)'", N_("There is no drawing “{v}”.")),
    # what opens an exercise
    (r"missing: a .+ opens only when it is released", N_("This kind of exercise opens only when it is released.")),
    (r"no pain is below 0, so that it would never hold", N_("No pain is below 0, so that this could never be met.")),
    (r"0 (days|minutes) would hold always", N_("With 0 this would always be met.")),
    (r"no phase has a dose of '.+', so that a release would open nothing", N_("No phase has a dose of it, so that it could never open.")),
    (r"the last phase with a dose of '.+' is over at (?P<v>.+) h: it could never hold", N_("The last phase with a dose of it is over by then, so that it could never open.")),
    (r"no other exercise of this file is a walk, so that it could never hold", N_("No other exercise is a walk, so that this could never be met.")),
    (r"no walk may last (?P<v>.+) minutes, so that it could never hold", N_("No walk lasts that long, so that this could never be met.")),
    (r"a .+ is no test|missing: a test is due at its times alone", N_("A test, and only a test, has times at which it is due.")),
    (r"nobody could (do it|answer) in no time", N_("This needs some time.")),
    (r"it begins before the one above it is over|'.+' opens before '.+' is over", N_("This begins before the one above it is over.")),
    # phases
    (r"'.+' counts from home after '.+' counted from the procedure", N_("A phase that counts from coming home cannot follow one that counts from the procedure.")),
    (r"'.+' opens at (?P<v>.+) h, which is not after '.+'", N_("At {v} hours it does not begin after the phase before it.")),
    (r"the text and rest_rule_until_next disagree", N_("The text names the time of the next phase, {{until}}, exactly if the box below it is ticked.")),
    (r"no phase comes after the last", N_("No phase comes after the last one, so no time of it can be named.")),
    # signs, questions, other tables
    (r"no number for other countries", N_("There are no numbers for other countries.")),
    (r"none is never_cleared", N_("No warning sign is one that is never cleared.")),
    (r"missing: the question closes nothing and tells nothing", N_("A question that closes nothing must tell something.")),
    (r"a question that closes something has none", N_("A question that closes something tells nothing else.")),
    # rules
    (r"\w+ \((?P<v>.+)\) is not below \w+ \((?P<w>.+)\)", N_("{v} is not below {w}, which belongs above it.")),
    (r"(?P<v>.+) is over \w+, so that the rule would never hold", N_("With {v} the rule would never hold.")),
    (r"0 would (make the rule hold always|call every score a change)", N_("With 0 the rule would always hold.")),
    (r"no set has more than all its reps", N_("No set has more than all of it.")),
    (r"(?P<v>.+) of a dose is no smaller dose", N_("This share does not make a dose smaller.")),
    (r"pain is scored in whole numbers", N_("Pain is scored in whole numbers.")),
    (r"the text says half, and rules.amber_reps is (?P<v>.+)", N_("The text says half, and the rule says {v}.")),
    # whatever is not there, or does not have its form
    (r"missing", N_("Something is missing here.")),
    (r"(?P<v>.+) does not fit", N_("{v} does not fit here.")),
)  # fmt: skip

#: What is allowed instead.
ALLOWED: _Table = (
    (r"numbers from (?P<a>\S+) to (?P<b>\S+)", N_("Allowed: from {a} to {b}.")),
    (r"whole numbers from (?P<a>\S+) to (?P<b>\S+)", N_("Allowed: whole numbers from {a} to {b}.")),
    (r"more than 0 and less than 1", N_("Allowed: more than 0 and less than 1.")),
    (r"at most (?P<n>[\d.]+).*", N_("Allowed: at most {n}.")),
    (r"at least (?P<n>[\d.]+).*", N_("Allowed: at least {n}.")),
    (r"more than (?P<n>[\d.]+).*", N_("Allowed: more than {n}.")),
    (r"less than (?P<n>[\d.]+).*", N_("Allowed: less than {n}.")),
    (r"(?P<n>[\d.]+)", N_("Allowed: {n}.")),
    (r"a whole number", N_("Allowed: whole numbers.")),
    (r"a text( in quotes)?|a list (of texts|with at least one text)", N_("Write a text here.")),
    (r"one line of plain text|plain words", N_("Allowed: plain words on one line.")),
    (r"no placeholders here", N_("Allowed: words without curly brackets.")),
    (r"(?P<v>\{\w+\}(, \{\w+\})*)", N_("In curly brackets are allowed: {v}.")),
    (r"leave it out", N_("Leave it empty.")),
    (r"true|\{until\} exactly where rest_rule_until_next is true", N_("Tick the box, or write another text.")),
    (r"false", N_("Leave it without a tick.")),
    (r"both, or none|all three hourly numbers, or none", N_("Fill in all of them, or none.")),
    (r"each \w+ once", N_("Choose another name.")),
    (r"an? \[.+\] in some phase", N_("Give it a dose in a phase.")),
    (r"a source listed under \[sources\]|SEED, .*", N_("Allowed: the short names of this protocol’s sources, such as CLINIC for your own choice.")),
    (r"other words, or a share of 0.5", N_("Write other words, or choose another share.")),
    (r"three numbers such as 1.0.0", N_("Allowed: three numbers with dots, such as 1.0.0.")),
    (r"digits, spaces, brackets and -.*", N_("Allowed: digits, spaces, brackets and -, with a + in front where needed.")),
    (r"phases from home first, then those from the procedure", N_("Put the phases from home first.")),
    (r"one with never_cleared = true: a new fracture", N_("At least one is needed: the sign of a new fracture.")),
    (r"words that .*|a meaning", N_("Choose what it tells.")),
)  # fmt: skip


def sentence(what: str, allowed: str) -> str:
    """Return what is wrong and what is allowed, from the two parts of the file's own message."""
    wrong = _in_words(what, WRONG) or _("This does not fit: {what}.").format(what=what)
    instead = _in_words(allowed, ALLOWED) or _("Allowed: {what}.").format(what=allowed)
    return f"{wrong} {instead}"


def _in_words(message: str, table: Iterable[tuple[str, str]]) -> str:
    for pattern, text in table:
        found = re.fullmatch(pattern, message)
        if found:
            return _(text).format(**{name: _unquoted(value) for name, value in found.groupdict("").items()})
    return ""


def _unquoted(value: str) -> str:
    """Return a value as somebody reads it: a text in quotes, a number with its unit in words."""
    inner = value.removeprefix("'").removesuffix("'")
    if len(value) > 2 and value != inner:
        return f"“{inner}”"
    number, _space, unit = value.partition(" ")
    return f"{number} {_(UNIT_NAMES[unit])}" if unit in UNIT_NAMES else value
