"""Dates, times and numbers as the reader writes them; Babel knows the names and the signs.

For people only: what is stored, and what programs read, is the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from coach.i18n import current
from coach.i18n.languages import PSEUDO, REGIONS

if TYPE_CHECKING:
    from babel import Locale

#: How a day is written, in CLDR's signs: Babel has the names, but not each of these orders.
DATE, LONG, WEEKDAY, DATED, DATED_LONG, DAY, DAY_LONG, SHORT, SHORT_DAY = range(9)
PATTERNS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "d MMMM", "d MMMM y", "EEEE", "EEEE, d MMMM", "EEEE, d MMMM y", "EEEE d MMMM", "EEEE d MMMM y",
        "d\u00a0MMM", "EEE d\u00a0MMM",
    ),
    "en-US": (
        "MMMM d", "MMMM d, y", "EEEE", "EEEE, MMMM d", "EEEE, MMMM d, y", "EEEE, MMMM d", "EEEE, MMMM d, y",
        "MMM\u00a0d", "EEE, MMM\u00a0d",
    ),
    "es": (
        "d 'de' MMMM", "d 'de' MMMM 'de' y", "EEEE", "EEEE, d 'de' MMMM", "EEEE, d 'de' MMMM 'de' y",
        "EEEE d 'de' MMMM", "EEEE d 'de' MMMM 'de' y", "d\u00a0MMM", "EEE d\u00a0MMM",
    ),
    "de": (
        "d. MMMM", "d. MMMM y", "EEEE", "EEEE, d. MMMM", "EEEE, d. MMMM y", "EEEE, d. MMMM", "EEEE, d. MMMM y",
        "d.\u00a0MMM", "EEE d.\u00a0MMM",
    ),
    "fr": (
        "d MMMM", "d MMMM y", "EEEE", "EEEE d MMMM", "EEEE d MMMM y", "EEEE d MMMM", "EEEE d MMMM y",
        "d\u00a0MMM", "EEE d\u00a0MMM",
    ),
}  # fmt: skip
#: CLDR's signs for a time of day, and those of the charts.
CHART_SIGNS: Mapping[str, str] = {"HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "a": "%p"}
_SIGN = re.compile(r"'[^']*'|[A-Za-z]+")
#: English is written as in Britain, but for these.
MONTH_FIRST = frozenset({"en-US", "en-CA"})


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """Return what Babel knows of a tag; of a made-up language what it knows of English."""
    from babel import Locale

    if tag in PSEUDO:
        return Locale("en", "GB")
    language, _hyphen, region = tag.partition("-")
    return Locale(language, region or REGIONS[language][0])


def locale_tag() -> str:
    """Return the reader's language with its region, such as `en-GB`, as browsers know it."""
    return str(locale_of(current().tag)).replace("_", "-")


def _names(tag: str) -> Locale:
    """Return whose names of days and months are used: in all English "Sep" is short for September."""
    return locale_of("en-US" if tag in PSEUDO or tag.startswith("en") else tag)


def day(which: date, form: int) -> str:
    """Return a day in one of the forms of `PATTERNS`."""
    return _day(current().tag, date(which.year, which.month, which.day), form)


@lru_cache(maxsize=8192)
def _day(tag: str, which: date, form: int) -> str:
    from babel.dates import format_date

    pattern = _patterns(tag)[form]
    if tag.startswith("fr") and which.day == 1:
        pattern = pattern.replace("d", "d'er'", 1)  # the first alone is counted: 1er mai
    return format_date(which, pattern, locale=_names(tag))


def _patterns(tag: str) -> tuple[str, ...]:
    language = "en" if tag in PSEUDO else tag.partition("-")[0]
    return PATTERNS["en-US" if tag in MONTH_FIRST else language]


def short_date_for_charts() -> tuple[list[str], bool, str]:
    """Return the months in short, whether they come before the day, and what stands between."""
    pattern = _patterns(current().tag)[SHORT]
    return short_months(), pattern.startswith("M"), pattern.strip("dM").replace("\u00a0", " ")


def clock(at: time) -> str:
    """Return a time of day as it stands on the reader's clock: 14:30, or 2:30 PM."""
    return _clock(current().tag, at.hour, at.minute)


@lru_cache(maxsize=8192)
def _clock(tag: str, hour: int, minute: int) -> str:
    from babel.dates import format_time

    return format_time(time(hour, minute), "short", locale=locale_of(tag))


def hour(which: int) -> str:
    """Return a full hour as it stands on the reader's clock: 15:00, or 3 PM."""
    return _hour(current().tag, which)


@lru_cache(maxsize=1024)
def _hour(tag: str, which: int) -> str:
    from babel.dates import format_skeleton

    return format_skeleton("h", time(which), locale=locale_of(tag)) if twelve_hours() else clock(time(which))


def twelve_hours() -> bool:
    """Tell whether the reader's clock has twelve hours, with am and pm."""
    return "a" in str(locale_of(current().tag).time_formats["short"].pattern)


def clock_for_charts() -> str:
    """Return how a time of day is written, in the signs of the charts: %H:%M, or %-I:%M %p."""
    pattern = str(locale_of(current().tag).time_formats["short"].pattern)
    return _SIGN.sub(lambda found: CHART_SIGNS.get(found[0], found[0].strip("'")), pattern)


def locale_for_charts() -> dict[str, dict[str, Any]]:
    """Return how charts write numbers and, where the clock has twelve hours, its halves."""
    known = locale_of(current().tag)
    signs = known.number_symbols["latn"]
    number: dict[str, Any] = {
        "decimal": signs["decimal"], "thousands": signs["group"], "grouping": [3], "currency": ["", ""]
    }  # fmt: skip
    if not twelve_hours() or current().language == "en":
        return {"number": number}
    days, months = (
        {width: [names[n] for n in sorted(names)] for width, names in of["format"].items()}
        for of in (known.days, known.months)
    )

    def from_sunday(names: list[str]) -> list[str]:
        return [names[-1], *names[:-1]]

    return {
        "number": number,
        "time": {
            "dateTime": "%x, %X", "date": "%x", "time": "%X",
            "periods": [known.day_periods["format"]["abbreviated"][half] for half in ("am", "pm")],
            "days": from_sunday(days["wide"]), "shortDays": from_sunday(days["abbreviated"]),
            "months": months["wide"], "shortMonths": months["abbreviated"],
        },
    }  # fmt: skip


def short_months() -> list[str]:
    """Return the months in short, from January."""
    return [_month_or_day(current().tag, date(2024, month, 1), "LLL") for month in range(1, 13)]


def short_weekdays() -> list[str]:
    """Return the days of the week in short, from Monday."""
    return [_month_or_day(current().tag, date(2024, 1, day), "ccc") for day in range(1, 8)]


@lru_cache(maxsize=1024)
def _month_or_day(tag: str, which: date, pattern: str) -> str:
    from babel.dates import format_date

    return format_date(which, pattern, locale=_names(tag))


def number(value: float) -> str:
    """Return a number without zeros that say nothing: 3, 0.5, or 0,5."""
    text = str(value) if isinstance(value, int) else f"{value:g}"
    return text.replace(".", _sign(current().tag)) if "." in text else text


def signed(change: float) -> str:
    """Return a change with its sign and one place: +1.5, −0,5, and 0 without one."""
    said = f"{abs(change):.1f}".replace(".", _sign(current().tag))
    return said if not round(change, 1) else f"{'+' if change > 0 else '−'}{said}"


@lru_cache(maxsize=256)
def _sign(tag: str) -> str:
    return str(locale_of(tag).number_symbols["latn"]["decimal"])


def grouped(count: int) -> str:
    """Return a large count, its thousands set apart."""
    from babel.numbers import format_decimal

    return format_decimal(count, locale=locale_of(current().tag))


def counts_in_pounds() -> bool | None:
    """Tell whether the reader weighs in pounds; None where the region is not known."""
    tag = current().tag
    if tag.endswith("-US"):
        return True
    return None if tag == "en" or tag in PSEUDO else False
