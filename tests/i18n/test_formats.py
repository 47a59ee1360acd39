"""Dates, times and numbers as each reader writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from coach import i18n
from coach.domain.case import Case
from coach.domain.facts import Setting
from coach.i18n import formats, languages
from coach.review.clinic import charts as clinic_charts
from coach.review.patient import charts, function_chart
from coach.text import protocol_texts, short_dates, times
from tests.domain.story import PROTOCOL, Story

AT = datetime(2026, 5, 1, 14, 5, tzinfo=UTC)
NEXT = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "date_said", "long", "point", "clock", "short", "half", "grouped"),
    [
        ("en", "1 May", "1 May 2026", "Monday 7 September, 08:00", "14:05", "Mon 7\u00a0Sep", "0.5", "12,345"),
        ("en-US", "May 1", "May 1, 2026", "Monday, September 7, 8:00\u202fAM", "2:05\u202fPM", "Mon, Sep\u00a07", "0.5",
         "12,345"),
        ("de", "1. Mai", "1. Mai 2026", "Montag, 7. September, 08:00", "14:05", "Mo. 7.\u00a0Sept.", "0,5", "12.345"),
        ("es", "1 de mayo", "1 de mayo de 2026", "lunes 7 de septiembre, 8:00", "14:05", "lun 7\u00a0sept", "0,5",
         "12.345"),
        ("es-MX", "1 de mayo", "1 de mayo de 2026", "lunes 7 de septiembre, 8:00\u202fa.m.", "2:05\u202fp.m.",
         "lun 7\u00a0sep", "0.5", "12,345"),
        ("fr", "1er mai", "1er mai 2026", "lundi 7 septembre, 08:00", "14:05", "lun. 7\u00a0sept.", "0,5",
         "12\u202f345"),
    ],
)  # fmt: skip
def test_each_language_writes_them_its_own_way(
    tag: str, date_said: str, long: str, point: str, clock: str, short: str, half: str, grouped: str
):
    with i18n.speaking(tag):
        assert times.date_words(AT) == date_said
        assert times.long_date(AT) == long
        assert times.point(NEXT, "UTC", now=AT) == point
        assert times.clock(AT) == times.clock(time(14, 5)) == clock
        assert short_dates.day_words(NEXT.date()) == short
        assert formats.number(0.5) == half
        assert formats.number(3.0) == "3"
        assert formats.grouped(12345) == grouped


def test_charts_have_the_same_names_and_the_same_order():
    with i18n.speaking("en-US"):
        months, month_first, between = formats.short_date_for_charts()
        assert (months[8], month_first, between) == ("Sep", True, " ")
    with i18n.speaking("de"):
        months, month_first, between = formats.short_date_for_charts()
        assert (months[4], month_first, between) == ("Mai", False, ". ")
        assert formats.short_weekdays()[0] == "Mo"


@pytest.mark.parametrize(
    ("tag", "clock", "decimal", "halves"),
    [
        ("en", "%H:%M", ".", None),
        ("en-US", "%-I:%M\u202f%p", ".", None),
        ("de", "%H:%M", ",", None),
        ("es", "%-H:%M", ",", None),
        ("es-MX", "%-I:%M\u202f%p", ".", ["a.m.", "p.m."]),
        ("fr", "%H:%M", ",", None),
        ("fr-CA", "%H h %M", ",", None),
    ],
)
def test_every_chart_writes_times_and_numbers_as_the_page_does(
    tag: str, clock: str, decimal: str, halves: list[str] | None
):
    with i18n.speaking(tag):
        assert formats.clock_for_charts() == clock
        for chart in (charts.pain, charts.changes, function_chart.function, clinic_charts.kept):
            locale = chart().to_dict()["config"]["locale"]
            assert locale["number"]["decimal"] == decimal
            assert locale.get("time", {}).get("periods") == halves


@pytest.mark.parametrize(
    ("tag", "country", "said"),
    [
        ("en", "", "4.5 kg (9 lb)"), ("en-US", "", "9 lb"), ("de", "", "4,5 kg"), ("en-AU", "", "4.5 kg"),
        ("en", "US", "9 lb"), ("en", "GB", "4.5 kg"), ("en-US", "US", "9 lb"), ("de", "EU", "4,5 kg"),
        ("en-US", "other", "4.5 kg (9 lb)"), ("en-GB", "other", "4.5 kg (9 lb)"), ("en-US", "EU", "4.5 kg (9 lb)"),
        ("es-MX", "US", "4.5 kg (9 lb)"),
    ],
)  # fmt: skip
def test_a_weight_is_said_as_the_reader_weighs_and_both_ways_where_that_is_not_known(
    tag: str, country: str, said: str
):
    told = Story()
    if country:
        told.add(Setting("country", country), 0)
    protocol = replace(
        PROTOCOL, rules=replace(PROTOCOL.rules, lift_most=replace(PROTOCOL.rules.lift_most, value=4.5))
    )
    case = Case.of(protocol, told.history)
    with i18n.speaking(tag):
        for text in (
            "{lift}",
            "4.5 kg (9 lb)",
        ):  # written as a number of the protocol, or as its author wrote it
            assert protocol_texts.filled(text, case).replace(",", ".") == said.replace(",", ".")


def test_every_language_and_region_has_every_form():
    regions = [
        f"{language}-{region}" for language, others in languages.REGIONS.items() for region in others[1:]
    ]
    for tag in (*languages.NAMES, *languages.PSEUDO, *regions):
        with i18n.speaking(tag):
            said = [formats.day(date(2026, 9, 7), form) for form in range(9)]
            assert all(said)
            assert formats.clock(time(8, 0))
            assert len(set(formats.short_months())) == 12
            assert len(set(formats.short_weekdays())) == 7
