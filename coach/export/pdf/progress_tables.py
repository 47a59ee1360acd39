"""The report from page two on: weeks, scores by day, sessions, red flags, changes, record."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from coach.domain import function_tests, sign_off
from coach.domain.patient_record import PatientRecord
from coach.domain.plan import in_force
from coach.domain.times import local_date
from coach.export.pdf import charts
from coach.export.pdf.document import Page
from coach.i18n import _
from coach.i18n.sentences import at_the_start
from coach.review.clinic import findings
from coach.review.clinic import tables as clinic_tables
from coach.review.patient import frames, function, tables
from coach.review.patient import function_tests as test_results
from coach.review.patient.columns import frame
from coach.text import entries as entries_text
from coach.text import sign_off as sign_off_text

WEEKS = timedelta(weeks=12)
CALENDAR_MM = 0.2  # mm for each px


def show(paper: Page, *, plan: bool, course: bool) -> None:
    """Print the details that the first page leaves out.

    Args:
        paper: the report.
        plan: whether the first page does not say every change.
        course: whether it does not say every detail of the course and every closing answer.
    """
    made = paper.patient_record
    paper.add_page()
    _weeks(paper)
    _days(paper)
    _function(paper)
    _tests(paper)
    flags = clinic_tables.flags(made.case, made.authors, now=made.now)
    _table(paper, _("Red flags"), flags, (3, 1.3, 1.8, 1.1, 2.5, 2, 2.6))
    if plan:
        changed = clinic_tables.plan(made.case, made.authors)
        _table(paper, _("Who changed what, and why"), changed, (2, 2, 4, 5))
    _sessions(paper)
    if course:
        _course(paper)
    _record(paper)


def _table(paper: Page, title: str, rows: pd.DataFrame, shares: tuple[float, ...]) -> None:
    if len(rows):
        paper.heading(title)
        paper.listed(rows, shares)


def _weeks(paper: Page) -> None:
    """Print the calendars of done and due of four weeks, as the screen shows them."""
    made = paper.patient_record
    weeks = frames.weeks(made.case, today=made.today)
    if weeks is None:
        return
    cells = frames.cells(
        made.case, first=weeks.first, last=weeks.last, today=made.today,
        starts_on=weeks.starts_on, now=made.now,
    )  # fmt: skip
    finding = findings.doing(cells)
    paper.heading(finding)
    drawn = charts.calendars(frame(frames.DOING, cells), starts_on=weeks.starts_on)
    width = drawn.width / charts.SHARP * CALENDAR_MM
    said = _("Sets done of sets due, by exercise and day. {finding}").format(finding=finding)
    paper.figure(drawn, alt=said, w=width, h=width * drawn.height / drawn.width)


def _days(paper: Page) -> None:
    """Print pain and sets done of due for each day of the last twelve weeks, the newest first."""
    made = paper.patient_record
    window, known = (
        frames.window(made.case, today=made.today),
        made.case.course,
    )
    if window and known:
        scores = tables.pain(frames.scores(made.history, window), frames.averages(made.history, window))
        scores = scores.astype("str")
        first = max(made.today - WEEKS, min(local_date(known.procedure.at, made.zone), made.today))
        done = frames.doing(made.case, first=first, last=made.today, today=made.today, now=made.now)
        rows = tables.doing(done).merge(scores, how="left", on=_("Day")).fillna(tables.NOTHING)
        rows = rows[[_("Day"), *(name for name in scores if name != _("Day")), *rows.columns[1:-3]]]
        title = _("Day by day, the last 12 weeks: pain from 0 to 10, and sets done of sets due")
        _table(paper, title, rows, (1.2, 1.25, 1.05, 2.2, *(1.1,) * (len(rows.columns) - 4)))
    words = tables.words(frames.words(made.case)).head(WEEKS.days)
    _table(paper, _("Pain in words"), words, (2, 3, 4))


def _function(paper: Page) -> None:
    """Print the outcome measures by occasion, and the activities in the patient's own words."""
    made = paper.patient_record
    rows = function.table(made.case)
    if len(rows):
        shares = (1.6, 1.4, 0.8, 0.9, *(1.1,) * (len(rows.columns) - 5), 2)
        _table(paper, _("Own activities"), rows, shares)
        for activity in function.activities(made.case):
            paper.say(activity, size=8, after=0)


def _tests(paper: Page) -> None:
    """Print the results of each test that was released, with the references for it; nothing is judged."""
    made = paper.patient_record
    for routine in function_tests.routines(made.case):
        rows = test_results.table(made.case, routine, now=made.now)
        _table(paper, at_the_start(_(routine.clinical_name)), rows, (1, 2, 3))
        paper.say(_(routine.instruction), size=8, after=0)
        titles = "; ".join(test_results.references(made.case, routine))
        paper.say(_("{name}: {value}").format(name=_("References"), value=titles), size=8)


def _sessions(paper: Page) -> None:
    """Print the sessions of twelve weeks that ended early, gave a light or have a note.

    The scores and sets of all others stand in the table by day.
    """
    made = paper.patient_record
    rows = clinic_tables.sessions(made.case)
    since = [made.now - each.started.at for each in reversed(made.history.sessions)]
    told = (
        (rows[_("Ended")] != _("to the end")) | (rows[_("Light")] != tables.NOTHING) | (rows[_("Note")] != "")
    )
    shown = [ago <= WEEKS and special for ago, special in zip(since, told, strict=True)]
    title = _("Sessions of the last 12 weeks with a stop, a light or a note")
    _table(paper, title, rows[shown], (2.7, 1.5, 1.1, 0.9, 0.9, 1, 2, 4.9, 1, 1.3))


def _course(paper: Page) -> None:
    """Print all details of the course, and every answer that closes something."""
    made = paper.patient_record
    paper.heading(_("Course"))
    for question, reply in in_force(made.case, now=made.now).answers:
        paper.say(f"{_(question.text)} {entries_text.reply(reply.fact.reply)}", after=0)
    for name, value in findings.case_facts(made.case, now=made.now):
        paper.say(_("{name}: {value}").format(name=name, value=value), after=0)


def _record(paper: Page) -> None:
    """Print the full hashes once: by them one can check later that the record is the same."""
    made: PatientRecord = paper.patient_record
    paper.heading(_("The record"))
    paper.say(_("Hash of the latest entry: {hash}").format(hash=made.head or _("empty")), size=8, after=0)
    paper.say(_("Digest of the protocol: {hash}").format(hash=made.protocol.digest), size=8, after=0)
    phases = [phase.id for phase in made.protocol.phases]
    places = sign_off.of_plan(made.protocol, phases=phases, routines=[each.id for each in made.case.routines])
    found = made.sign_off.of(*places, "red_flags", "measures", "curves")
    paper.say(sign_off_text.of_protocol(found, made.zone), size=8)
