"""A paper diary's file in words: its faults and its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from coach.domain.date_reading import DayOrder
from coach.domain.diary_import import Amiss, PaperLine, ReadAs, Wrong
from coach.domain.facts import PainWhen, PainWord
from coach.domain.protocol import Protocol as Protocols
from coach.i18n import N_, _, ngettext
from coach.i18n.sentences import listed
from coach.text import pain as pain_text
from coach.text import times as times_text

AMISS: Mapping[Amiss, str] = {
    Amiss.EMPTY: N_("The file is empty."),
    Amiss.TOO_LARGE: N_("The file is larger than {most} MB. Split it into smaller ones."),
    Amiss.TOO_MANY_LINES: N_("From here on there are more than {most} lines. Split the file into smaller ones."),
    Amiss.SPREADSHEET: N_("This is a spreadsheet’s own file or an archive ({kind}), not a CSV file. Open it, choose “Save as” and “CSV UTF-8”, then take that file."),
    Amiss.NOT_UTF8: N_("This line has letters that cannot be read. Save the file as “CSV UTF-8”."),
    Amiss.NUL: N_("There is a sign here that no text has. Is it a table? Save it again as “CSV UTF-8”."),
    Amiss.QUOTES: N_("The quote marks do not fit together. One is opened and not closed, or stands alone."),
    Amiss.OWN_TABLE: N_("This is a table that Coach has made. A paper diary has other columns. To take in a whole record, use the archive of export-all."),
    Amiss.NO_HEADER: N_("The first line must name the columns: {known}."),
    Amiss.WIDE_TABLE: N_("This table has a column for each exercise. Write a line for each instead, under the columns {known}."),
    Amiss.UNKNOWN_COLUMN: N_("The column “{value}” is not known here. There are: {known}."),
    Amiss.COLUMN_NAMELESS: N_("Column {n} has no name, and something stands in it. Name it, or empty it."),
    Amiss.COLUMN_TWICE: N_("The column “{value}” is there twice."),
    Amiss.COLUMN_MISSING: N_("The column “{value}” is missing."),
    Amiss.NO_LINES: N_("There is nothing in the file below the names of the columns."),
    Amiss.TOO_MANY_CELLS: N_("This line has {n} cells, but there are {most} columns. Put a note with a comma in double quotes."),
    Amiss.DAY_MISSING: N_("The date is missing."),
    Amiss.DAY_UNREADABLE: N_("“{value}” is not a date that can be read. Write it like 2026-03-05."),
    Amiss.NO_SUCH_DAY: N_("There is no day {value}."),
    Amiss.DAY_ORDER: N_("In “{value}” the day or the month may come first. Say which it is in this file, or write dates like 2026-03-05."),
    Amiss.DAY_ORDER_MIXED: N_("“{value}” has day and month the other way round than line {first}. Write all dates in one way."),
    Amiss.CLOCK_MISSING: N_("The time is missing."),
    Amiss.NOT_A_CLOCK_TIME: N_("“{value}” is not a time that can be read. Write it like 08:30 or 20:15."),
    Amiss.CLOCK_HALF: N_("“{value}” may be in the morning or in the evening, for other lines say am or pm. Write it here too."),
    Amiss.TIME_SKIPPED: N_("{value} did not exist: the clocks were put forward. Write a time an hour later."),
    Amiss.YEAR_OUT_OF_RANGE: N_("{value}: the year cannot be right."),
    Amiss.IN_FUTURE: N_("{value} lies ahead."),
    Amiss.BEFORE_PROCEDURE: N_("{value} is before the end of the procedure."),
    Amiss.NO_PROCEDURE: N_("No procedure is recorded yet. Answer the first questions, then come back."),
    Amiss.FORMULA: N_("“{value}” is a formula. Write what it shows."),
    Amiss.WHAT_MISSING: N_("It does not say what was done or asked."),
    Amiss.WHAT_UNKNOWN: N_("“{value}” is not known here. Did you mean: {near}?"),
    Amiss.REPS_MISSING: N_("The number of times (reps) is missing."),
    Amiss.REPS_WRONG: N_("“{value}” times (reps) cannot be. Write a whole number from 1 to {high}."),
    Amiss.REPS_MANY: N_("“{value}” times (reps) at one go? A whole day has at most {high} in the plan. Write each time that you did it on a line of its own."),
    Amiss.REPS_WITH_PAIN: N_("A pain score has no number of times (reps). Write the pain under “score”."),
    Amiss.SCORE_MISSING: N_("The score is missing. Write a whole number from 0 to 10, or leave the line out."),
    Amiss.SCORE_WRONG: N_("“{value}” is no pain score. Write a whole number from 0 to 10."),
    Amiss.SCORE_WITH_EXERCISE: N_("An exercise has no pain score. Write the pain on a line of its own: pain_before or pain_after."),
    Amiss.NOTE_TOO_LONG: N_("The note has {length} characters or more. At most {limit} fit."),
    Amiss.NOTE_WITHOUT_EXERCISE: N_("A note belongs to exercises. Write it on the line of one."),
    Amiss.PAIN_WITHOUT_EXERCISE: N_("There is no exercise at {value} that this pain score could belong to. Give both the same time, or write pain_now."),
    Amiss.WORST_BELOW_AVERAGE: N_("The worst of this day ({worst}) is below its average ({average}). One of the two cannot be right."),
    Amiss.TWICE: N_("This is on line {first} already."),
    Amiss.CONTRADICTS: N_("Line {first} says something else about the same time."),
    Amiss.RECORDED_OTHERWISE: N_("Something else is in your diary for {value} already. Correct it there, or leave this line out."),
    Amiss.TAKEN_BACK: N_("You took back the exercises of {value}. Enter this in the diary by hand."),
}  # fmt: skip


def amiss(wrong: Wrong) -> str:
    """Return a fault with its place, such as "Line 7: The time is missing.".

    It may contain text of the file: show it as plain text, never as Markdown.
    """
    said = _(AMISS[wrong.why]).format_map({name: str(value) for name, value in wrong.detail.items()})
    return said if wrong.line is None else _("Line {n}: {what}").format(n=wrong.line, what=said)


SEPARATORS: Mapping[str, str] = {
    ";": N_("Between the cells stand semicolons."),
    "\t": N_("Between the cells stand tabs."),
    "|": N_("Between the cells stand bars (|)."),
}


def read_as(found: ReadAs) -> list[str]:
    """Return a sentence for each ambiguity of a file; they contain text of the file."""
    told = []
    if found.day and found.order is DayOrder.DAY_FIRST:
        text = _("In dates the day comes first: {text} is {day}.")
        told.append(text.format(text=found.day_text, day=times_text.long_date(found.day)))
    elif found.day:
        text = _("In dates the month comes first: {text} is {day}.")
        told.append(text.format(text=found.day_text, day=times_text.long_date(found.day)))
    if found.morning:
        text = _(
            "Times count to 24: {text} is in the morning. For the evening add 12, or write am and pm on every line."
        )
        told.append(text.format(text=found.morning))
    if found.joined:
        text = ngettext(
            "{n} pain score of before or after has a time of its own. It is taken with the exercises nearest to it.",
            "{n} pain scores of before and after have times of their own. They are taken with the exercises nearest to them.",
            found.joined,
        )
        told.append(text.format(n=found.joined))
    if found.separator:
        told.append(_(SEPARATORS[found.separator]))
    if found.encoding:
        text = _("The letters are those of {name}. Look whether your notes are right.")
        told.append(text.format(name=found.encoding))
    if found.titles:
        text = ngettext(
            "{n} line above the names of the columns is left out.",
            "{n} lines above the names of the columns are left out.",
            found.titles,
        )
        told.append(text.format(n=found.titles))
    return told


def what(line: PaperLine, protocol: Protocols) -> str:
    """Return what a line is about."""
    if line.is_pain:
        return pain_text.pain_question(PainWhen(line.what))
    return _(protocol.routines[line.what].name)


def how_much(line: PaperLine, protocol: Protocols) -> str:
    """Return a line's number in words, as reps or as pain."""
    if line.is_pain:
        score = pain_text.score(line.score, protocol)
        return score if isinstance(line.score, PainWord) else _("{score} of 10").format(score=score)
    if protocol.routines[line.what].sides == 2:
        return ngettext("{n} time, each leg", "{n} times, each leg", line.reps).format(n=line.reps)
    return ngettext("{n} time", "{n} times", line.reps).format(n=line.reps)


def when(line: PaperLine, *, today: date, zone: str = "") -> str:
    """Return day and time of a line: "5 March, 08:30", with year and zone if they differ."""
    said = times_text.date_near_and_time(line.wall, today=today)
    return f"{said} ({zone.replace('_', ' ')})" if zone else said


def lines(line: PaperLine, protocol: Protocols) -> tuple[str, ...]:
    """Return a line in words, its note last; show it as plain text, never as Markdown."""
    told = _("{name}: {value}").format(name=what(line, protocol), value=how_much(line, protocol))
    return (told, _("Note: {text}").format(text=line.note)) if line.note else (told,)


class Holds(Protocol):
    """How much of a file is new, and how many lines are recorded already."""

    @property
    def sets(self) -> int:
        """New sets of exercises."""

    @property
    def scores(self) -> int:
        """New pain scores."""

    @property
    def notes(self) -> int:
        """New notes."""

    @property
    def days(self) -> Sequence[date]:
        """The days of the new entries."""

    @property
    def there(self) -> int:
        """Lines that are recorded already."""


def counted(holds: Holds) -> str:
    """Return how much is new, such as "3 exercises, 2 pain scores and 1 note on 2 days"."""
    parts = [
        text.format(n=n)
        for n, text in (
            (holds.sets, ngettext("{n} exercise", "{n} exercises", holds.sets)),
            (holds.scores, ngettext("{n} pain score", "{n} pain scores", holds.scores)),
            (holds.notes, ngettext("{n} note", "{n} notes", holds.notes)),
        )
        if n
    ]
    days = len(holds.days)
    return ngettext("{what} on {n} day", "{what} on {n} days", days).format(what=listed(parts), n=days)


def there(holds: Holds) -> str:
    """Return how many lines are recorded already, or ""."""
    text = ngettext(
        "{n} line is in the diary already and is left out.",
        "{n} lines are in the diary already and are left out.",
        holds.there,
    )
    return text.format(n=holds.there) if holds.there else ""


def said(found: Iterable[Wrong], most: int) -> list[str]:
    """Return the first faults as sentences, and how many more there are."""
    sentences = [amiss(wrong) for wrong in found]
    more = len(sentences) - most
    if more > 0:
        return [*sentences[:most], ngettext("And {n} more.", "And {n} more.", more).format(n=more)]
    return sentences
