"""The progress report: its figures are the screen's, and nothing in a record can break its pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
import pypdfium2
import pytest
from PIL import Image

from coach import i18n
from coach.domain import facts, gate, outcome
from coach.domain.case import Case
from coach.domain.history import History
from coach.domain.patient_record import PatientRecord
from coach.export.pdf import charts as pdf_charts
from coach.export.pdf import progress_report
from coach.protocols.loader import default
from coach.review.clinic import (
    charts as clinic_charts,
)
from coach.review.clinic import (
    findings,
)
from coach.review.clinic import (
    frames as clinic_frames,
)
from coach.review.clinic import (
    tables as clinic_tables,
)
from coach.review.patient import calendar_chart, charts, frames, tables
from tests.support.pdf_reading import HEAD, boxes, embedded, pages, patient_record, told, whole
from tests.support.review_samples import GLUTES, PUMPS, Record, on_day, plausible

A4, LETTER = (595, 842), (612, 792)
HOSTILE = (
    "W" * 1900,
    "a\n" * 900,
    "{nb} {head} %s </b> **bold** (unbalanced \\ ",
    "\u202egnp.exe\u2066 \u200b\x00\x07 \ud7ff",
    "Żółć İstanbul Ελλάδα Україна 北京 😀 e\u0301",
)


def one_line(text: object) -> str:
    return " ".join(str(text).split())


@pytest.fixture(scope="module")
def weeks() -> tuple[PatientRecord, bytes]:
    """Twelve weeks of somebody, and the report on them."""
    made = patient_record(plausible(84).history, on_day(84, "10:00"))
    return made, progress_report.pdf(made, "a4")


def test_the_first_page_says_what_the_screen_says(weeks: tuple[PatientRecord, bytes]):
    made, pdf = weeks
    protocol, history, first = made.protocol, made.history, pages(pdf)[0]
    for sentence in (
        findings.place(Case.of(protocol, history), now=made.now),
        findings.now_open(gate.decide(Case.of(protocol, history), now=made.now)),
        findings.pain(Case.of(protocol, history), today=made.today),
        findings.kept(Case.of(protocol, history), today=made.today),
        findings.changes(history),
        "Monday 7 September 2026",
        "No red flag was ever reported.",
        f"timed by the player: {len(history.sessions)}, from memory: 0",
        f"Days with exercise: {outcome.active_days(history)}.",
    ):
        assert one_line(sentence) in first


@pytest.mark.parametrize(("days", "seed"), [(3, 1), (9, 2), (20, 3), (45, 4), (84, 5)])
def test_sets_and_shares_are_those_of_the_outcome(days: int, seed: int):
    made = patient_record(plausible(days, seed=seed).history, on_day(days, "11:00"))
    first = pages(progress_report.pdf(made, "letter"))[0]
    for routine in Case.of(made.protocol, made.history).routines:
        said = [routine.name]
        for span in (7, 14):
            on = clinic_frames.last_days(Case.of(made.protocol, made.history), today=made.today, days=span)
            counts = [outcome.day(Case.of(made.protocol, made.history), each)[routine.id] for each in on]
            due = sum(count.due for count in counts)
            share = outcome.adherence(Case.of(made.protocol, made.history), on).by_routine[routine.id]
            band, over = clinic_frames.band(made.protocol, share).value, sum(c.over for c in counts)
            much = f"too much on {over} {'day' if over == 1 else 'days'}"
            said += (
                [
                    f"{sum(c.done if over else min(c.done, c.due) for c in counts)} of {due}",
                    f"{clinic_frames.percent(share)}, {much if over else band}",
                ]
                if due
                else ["not due", "not due"]
            )
        assert " ".join(said) in first


def test_the_first_page_tells_of_too_much_where_a_share_would_hide_it():
    record = Record().set_up()
    for day in range(2, 9):
        for hour in range(8, 19):
            record.session(on_day(day, f"{hour:02}:00"), [GLUTES])
    made = patient_record(record.history, on_day(9, "11:00"))
    first = pages(progress_report.pdf(made, "a4"))[0]
    assert "Too much on 7 days." in first
    due = sum(
        outcome.day(Case.of(made.protocol, made.history), made.today - timedelta(days=n))[GLUTES].due
        for n in range(1, 8)
    )
    assert f"77 of {due} 100 %, too much on 7 days" in first
    assert "100 %, on track" not in first


def test_the_details_hold_every_day_and_the_sessions_that_were_out_of_the_ordinary(
    weeks: tuple[PatientRecord, bytes],
):
    made, pdf = weeks
    text = whole(pdf)
    window = frames.window(Case.of(made.protocol, made.history), today=made.today)
    assert window
    scores = tables.pain(frames.scores(made.history, window), frames.averages(made.history, window))
    for row in scores.itertuples(index=False):
        assert one_line(" ".join(row)) in text
    sessions = clinic_tables.sessions(Case.of(made.protocol, made.history))
    odd = (sessions["Ended"] != "to the end") | (sessions["Light"] != "–") | (sessions["Note"] != "")
    assert 0 < odd.sum() < len(sessions)
    assert all((one_line(when) in text) is told for when, told in zip(sessions["When"], odd, strict=True))


def test_what_the_first_page_says_whole_is_not_said_again(weeks: tuple[PatientRecord, bytes]):
    _made, pdf = weeks
    text = whole(pdf)
    for once in (
        "No red flag was ever reported.",
        "Who changed what, and why",
        "Pain before",
        "Own activities",
    ):
        assert text.count(once) <= 1, once
    assert len(pages(pdf)) == 4


def test_what_the_first_page_cuts_stands_whole_in_the_details():
    record = plausible(6)
    record.add(facts.ClinicianHold(GLUTES, "Because " * 60), on_day(6, "10:00"))
    record.add(
        facts.CourseDetail(facts.Detail.CAUSE, "A fall on the stairs at home, " * 6), on_day(6, "10:01")
    )
    read = pages(progress_report.pdf(patient_record(record.history, on_day(6, "11:00")), "a4"))
    assert read[0].count("Because") < 60
    after = " ".join(read[1:])
    assert after.count("Because") == 60
    assert after.count("A fall on the stairs at home,") == 6


def test_what_the_details_of_the_course_are_called_is_not_cut_where_it_is_longer():
    record = plausible(3)
    for detail in facts.Detail:
        record.add(facts.CourseDetail(detail, "7"), on_day(3, "10:01"))
    made = patient_record(record.history, on_day(3, "11:00"))
    with i18n.speaking("es"):
        names = [name for name, _value in findings.case_facts(made.case, now=made.now)]
        first = pages(progress_report.pdf(made, "a4"))[0]
    assert [name for name in names[: progress_report.CASE_SHOWN] if one_line(name) not in first] == []


def test_done_and_due_by_day_are_the_frames(weeks: tuple[PatientRecord, bytes]):
    made, pdf = weeks
    text = whole(pdf)
    days = tables.doing(
        frames.doing(
            Case.of(made.protocol, made.history),
            first=on_day(1).date(),
            last=made.today,
            today=made.today,
            now=made.now,
        )
    )
    for row in days.itertuples(index=False):
        assert one_line(" ".join(row[1:])) in text.split(one_line(row[0]), 1)[1][:80]


def test_every_page_says_what_it_was_made_from(weeks: tuple[PatientRecord, bytes]):
    made, pdf = weeks
    read = pages(pdf)
    for number, page in enumerate(read, 1):
        assert "Coach is not a medical device" in page
        assert f"Record {HEAD[:12]}, {made.entries} entries" in page
        assert f"Protocol balloon-kyphoplasty {made.protocol.version}, {made.protocol.digest[:12]}" in page
        assert "Made Monday 30 November 2026, 10:00 (Europe/Berlin)" in page
        assert f"Page {number} of {len(read)}" in page
    assert whole(pdf).count(HEAD) == whole(pdf).count(made.protocol.digest) == 1


@pytest.mark.parametrize(("size", "points"), [("a4", A4), ("letter", LETTER)])
def test_sizes_fonts_and_margins(size: str, points: tuple[int, int]):
    made = patient_record(plausible(20).history, on_day(20), name="Łukasz Öztürk-Şahin", reference="R" * 200)
    pdf = progress_report.pdf(made, size)
    assert embedded(pdf) == {True}
    for number, (wide, high), (left, bottom, right, top) in boxes(pdf):
        assert (round(wide), round(high)) == points
        assert left >= 30, number
        assert bottom >= 10, number
        assert right <= wide - 30, number
        assert top <= high - 15, number


def test_names_are_printed_as_they_are_and_what_has_no_sign_is_told():
    plain = patient_record(
        History(), on_day(1), name="Łukasz Öztürk-Şahin Žižková Ñ", reference="Αθήνα Москва"
    )
    text = whole(progress_report.pdf(plain, "a4"))
    assert plain.name in text
    assert plain.reference in text
    assert "\ufffd" not in text
    other = whole(progress_report.pdf(patient_record(History(), on_day(1), name="ខ្មែរ Li"), "a4"))
    assert "\ufffd\ufffd\ufffd\ufffd\ufffd Li" in other
    assert "This paper has no signs for some scripts" in other


def test_what_windows_and_file_lists_show_holds_nothing_of_the_patient(weeks: tuple[PatientRecord, bytes]):
    made, pdf = weeks
    with pypdfium2.PdfDocument(pdf) as document:
        shown = document.get_metadata_dict()
    assert shown["Title"] == "Progress report"
    assert not any(word in " ".join(shown.values()) for word in (made.name, made.reference, "pain", "phase"))


def test_an_empty_history_is_one_page_and_its_record():
    read = pages(progress_report.pdf(patient_record(History(), on_day(1), name="", reference=""), "a4"))
    assert len(read) == 2
    for sentence in ("No name", "No procedure is recorded yet.", "Nothing may start now.", "No red flag"):
        assert sentence in read[0]


def test_flags_holds_stops_and_answers_stand_on_the_first_page():
    record = plausible(6)
    session = record.session(on_day(6, "08:00"), [GLUTES])
    record.add(facts.SessionFinished(session, facts.StopReason.PAIN), on_day(6, "08:02"))
    record.add(facts.RedFlagYes("leg_weakness"), on_day(6, "09:00"))
    record.add(facts.ClinicianHold(GLUTES, "Waits for the X-ray"), on_day(6, "10:00"))
    record.add(facts.Answer("went_wrong", facts.Reply.UNSURE), on_day(6, "10:05"))
    record.add(facts.CourseDetail(facts.Detail.LEVELS, "L1"), on_day(6, "10:06"))
    first = pages(progress_report.pdf(patient_record(record.history, on_day(6, "11:00")), "a4"))[0]
    for said in (
        "Nothing may start now. Closed: red flag not cleared.",
        "Open, emergency, Sun 13 Sep, 09:00: New weakness in a leg",
        "Stopped before the end: 1 of",
        "pain, Sun 13 Sep, 08:00",
        "Hold on Bottom squeeze, until lifted. Waits for the X-ray",
        "Closed by a set-up answer: Did anything go wrong",
        "Levels treated L1",
    ):
        assert said in first


def full_and_hostile() -> Record:
    record = plausible(10)
    for number, text in enumerate(HOSTILE * 2):
        at = on_day(10, f"10:{number:02}")
        session = record.session(at, [PUMPS], before=2, after=3)
        record.add(facts.Note(session, text), at)
        record.add(facts.ClinicianHold(None, text, until=on_day(11)), at)
        record.add(facts.RedFlagYes("leg_weakness"), at)
    for question in default().questions:
        record.add(facts.Answer(question.id, facts.Reply.YES), on_day(10, "10:30"))
    for detail in facts.Detail:
        record.add(facts.CourseDetail(detail, "W" * 200), on_day(10, "10:31"))
    return record


@pytest.mark.slow
@pytest.mark.parametrize("size", ["a4", "letter"])
def test_long_and_hostile_texts_wrap_and_push_nothing_off_a_page(size: str):
    made = patient_record(
        full_and_hostile().history, on_day(10, "12:00"), name="{nb} " + "W" * 195, reference="r" * 200
    )
    pdf = progress_report.pdf(made, size)
    read = pages(pdf)
    assert "from memory: 0." in read[0]  # the last line of the first page
    assert "sets due on these" in read[1]
    assert whole(pdf).count("W") >= 1900 * 4
    for _number, (wide, high), (left, bottom, right, top) in boxes(pdf):
        assert left >= 30
        assert right <= wide - 30
        assert 10 <= bottom <= top <= high - 15
    assert all(f"Page {n} of {len(read)}" in page for n, page in enumerate(read, 1))


def test_the_studys_curve_is_drawn_only_where_it_is_switched_on(monkeypatch: pytest.MonkeyPatch):
    drawn: list[Mapping[str, pd.DataFrame]] = []

    def keep(_which: object, datasets: Mapping[str, pd.DataFrame], **_more: float) -> Image.Image:
        drawn.append(datasets)
        return Image.new("RGB", (100, 50))

    monkeypatch.setattr(pdf_charts, "chart", keep)
    for value in (False, True):
        progress_report.pdf(patient_record(told(facts.Setting("curve", value)), on_day(9)), "a4")
    off, on = (datasets["curve"] for datasets in drawn)
    assert not len(off)
    assert len(on)


@pytest.mark.parametrize("chart", [clinic_charts.pain, calendar_chart.calendar, calendar_chart.key])
def test_a_chart_on_paper_asks_no_browser_for_a_colour_or_a_font(chart):
    said = pdf_charts._specification(chart)  # noqa: SLF001  what is drawn, before it is drawn
    for name in (charts.ACCENT, charts.MORE, charts.TEXT, charts.PAGE, charts.FONT):
        assert json.dumps(name) not in said


def test_a_day_without_a_score_stays_a_gap():
    record = Record().set_up()
    record.pain(1, 0)
    record.pain(3, 4)
    record.pain(3, 5, facts.PainWhen.WORST_24H)
    text = whole(progress_report.pdf(patient_record(record.history, on_day(4)), "a4"))
    assert "Thu 10 Sep 4 5 –" in text
    assert "Wed 9 Sep – – –" in text
    assert "Tue 8 Sep 0 – –" in text
