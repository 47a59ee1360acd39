"""The charts of one patient's review, each with its finding above and its figures below.

Pain and the calendar of sets are drawn at once. The others are lines that carry their finding, and
are drawn when they are opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pandas as pd
import streamlit as st

from coach.desk.clinic.review import ReviewDesk
from coach.domain import function_tests
from coach.domain.times import local_date
from coach.i18n import _
from coach.i18n.sentences import at_the_start
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
from coach.review.patient import frames, function, tables
from coach.review.patient import function_tests as test_results
from coach.review.patient.columns import frame
from coach.review.patient.frames import Window
from coach.ui.clinic import review_data, review_lists
from coach.ui.parts import charts as chart_parts

BACK = "review-weeks-back"  # the patient, and how many pages of weeks back


def pain(desk: ReviewDesk) -> None:
    """Show the course of pain, or say what it cannot be drawn without."""
    window = frames.window(desk.case, today=desk.today())
    if window is None:
        st.header(_("Pain"), anchor="pain")
        st.text(_("Nothing can be drawn until we know when the procedure was."))
    else:
        _pain(desk, window)


def details(desk: ReviewDesk) -> None:
    """Offer how much was done, change during sessions, function, and when the exercises were open."""
    window = frames.window(desk.case, today=desk.today())
    if window:
        _kept(desk)
        _changes(desk)
        _function(desk)
        _tests(desk)
        _gate(desk, window)


def _pain(desk: ReviewDesk, window: Window) -> None:
    case, today = desk.case, desk.today()
    finding = findings.pain(case, today=today)
    st.header(finding, anchor="pain")
    marks = clinic_frames.marks.rows(case, window, now=desk.now())
    curve = review_data.curve(case, bool(st.session_state.get("review-study")))
    chart_parts.draw(
        clinic_charts.pain,
        {**review_data.pain(case, window, today)._asdict(), "curve": curve}
        | {"marks": chart_parts.packed_rows(clinic_frames.MARKS, marks)},
        alt=_("Pain from 0 to 10, day by day. {finding}").format(finding=finding),
        **asdict(window),
    )
    st.toggle(_("One study’s average"), key="review-study")
    _tables(
        lambda: {
            _("Pain"): tables.pain(
                frames.scores(case.history, window), frames.averages(case.history, window)
            ),
            _("Pain in words"): tables.words(frames.words(case)),
            _("Flags, holds and own doses"): clinic_tables.marks(frame(clinic_frames.MARKS, marks)),
        },
        key="pain",
    )


def days(desk: ReviewDesk) -> None:
    """Show the sets done of sets due, by exercise and day."""
    case, today = desk.case, desk.today()
    known = desk.course()
    if known is None:
        return
    began = local_date(known.procedure.at, case.history.zone)
    back = min(_back(desk), max(0, (today - began).days) // clinic_charts.HEAT_DAYS)
    last = today - timedelta(days=clinic_charts.HEAT_DAYS * back)
    first = max(last - timedelta(days=clinic_charts.HEAT_DAYS - 1), began)
    cells = frames.cells(case, first=first, last=last, today=today, now=desk.now())
    finding = findings.doing(cells)
    st.header(finding, anchor="done")
    chart_parts.draw(
        clinic_charts.heat,
        {"doing": chart_parts.packed_rows(frames.DOING, cells)},
        alt=_("Sets done of sets due, by exercise and day. {finding}").format(finding=finding),
        starts=frames.day_number(first),
        last=frames.day_number(last),
    )
    with st.container(key="review-key", horizontal=True, vertical_alignment="center"):
        chart_parts.draw(clinic_charts.key, {"doing": review_data.key()}, alt=_("What the cells mean."))
        if first > began:
            st.button(_("Earlier"), key="review-earlier", on_click=_turn, args=(desk.patient, back + 1))
        if back:
            st.button(_("Later"), key="review-later", on_click=_turn, args=(desk.patient, back - 1))
    _tables(lambda: {"": tables.doing(frame(frames.DOING, cells))}, key="doing")


def _back(desk: ReviewDesk) -> int:
    """Return how many pages back the viewer went for this patient.

    Another patient begins at today.
    """
    patient, back = st.session_state.get(BACK, (None, 0))
    return int(back) if patient == desk.patient else 0


def _turn(patient: UUID, back: int) -> None:
    st.session_state[BACK] = (patient, back)


def _kept(desk: ReviewDesk) -> None:
    case, today = desk.case, desk.today()
    finding = findings.kept(case, today=today)
    shares = review_data.kept(case, today)
    opened = review_lists.fold("kept", finding, nothing=shares is None)
    if opened and shares is not None:
        with opened:
            chart_parts.draw(
                clinic_charts.kept,
                {"kept": shares},
                alt=_("Done of due in percent, by exercise. {finding}").format(finding=finding),
                partly=case.protocol.rules.partly_from.value,
                on_track=case.protocol.rules.on_track_from.value,
            )
            _tables(lambda: {"": clinic_tables.kept(clinic_frames.kept(case, today=today))}, key="kept")


def _changes(desk: ReviewDesk) -> None:
    finding = findings.changes(desk.history())
    counts = review_data.changes(desk.case)
    opened = review_lists.fold("changes", finding, nothing=counts is None)
    if opened and counts is not None:
        with opened:
            _changes_drawn(desk, finding, counts)


def _changes_drawn(desk: ReviewDesk, finding: str, counts: bytes) -> None:
    chart_parts.draw(
        clinic_charts.changes,
        {"by_routine": counts},
        alt=_("Sessions by change of pain from before to after, by exercise. {finding}").format(
            finding=finding
        ),
    )
    st.text(_("A session with several exercises counts for each of them."))
    _tables(
        lambda: {
            _("By exercise"): clinic_tables.by_routine(clinic_frames.change_by_routine(desk.case)),
            _("Session by session"): tables.changes(frames.changes(desk.history())),
        },
        key="changes",
    )


def _function(desk: ReviewDesk) -> None:
    case = desk.case
    finding = function.clinic_finding(case)
    opened = review_lists.fold("function", finding, anchor="function", nothing=not function.answered(case))
    if not opened:
        return
    with opened:
        scores = chart_parts.function_data(case)
        if scores:
            chart_parts.drawing(scores, finding=finding)
        for sentence in function.ratings(case):
            st.text(sentence)
        if case.protocol.measures:
            st.text(_(case.protocol.measures.attribution))
        _tables(lambda: {"\n".join(function.activities(case)): function.table(case)}, key="function")


def _tests(desk: ReviewDesk) -> None:
    """Offer the results of each test that a physiotherapist released, with the references for it."""
    case = desk.case
    for routine in function_tests.routines(case):
        title = _("{name}: {value}").format(
            name=_(routine.clinical_name), value=test_results.finding(case, routine)
        )
        opened = review_lists.fold(f"test-{routine.id}", at_the_start(title))
        if opened:
            with opened:
                st.text(_(routine.instruction))
                rows = test_results.table(case, routine, now=desk.now())
                review_lists.data(rows, key=f"test-{routine.id}")
                st.text("\n".join([_("References"), *test_results.references(case, routine)]))


def _gate(desk: ReviewDesk, window: Window) -> None:
    opened = review_lists.fold("gate", _("When the exercises were open"))
    if opened:
        with opened:
            _gate_drawn(desk, window)


def _gate_drawn(desk: ReviewDesk, window: Window) -> None:
    stretches = clinic_frames.stretches.rows(desk.case, window, now=desk.now())
    phases = review_data.pain(desk.case, window, desk.today()).phases
    chart_parts.draw(
        clinic_charts.gate,
        {"stretches": chart_parts.packed_rows(clinic_frames.STRETCHES, stretches), "phases": phases},
        alt=_("When each exercise was open, and what closed it. The table below says the same."),
        **asdict(window),
    )
    st.text(
        _(
            "Tall: open. Tall and dark: opened or dosed by a physiotherapist. Low: closed. Line: not in this phase."
        )
    )
    _tables(lambda: {"": clinic_tables.stretches(frame(clinic_frames.STRETCHES, stretches))}, key="gate")


def _tables(make: Callable[[], dict[str, pd.DataFrame]], *, key: str) -> None:
    """Offer the figures of a chart as tables, which are made when they are opened."""
    place = st.expander(_("Show as table"), key=f"review-table-{key}", on_change="rerun")
    if not place.open:
        return
    with place:
        for number, (name, rows) in enumerate(make().items()):
            if len(rows):
                if name:
                    st.text(name)
                review_lists.data(rows, key=f"{key}-{number}")
