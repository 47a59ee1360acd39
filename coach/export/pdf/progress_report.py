"""The progress report: one page that a doctor reads in a minute, then the details.

What the first page says whole is not said again behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pandas as pd
from PIL import Image

from coach.domain import decisions as gate_decisions
from coach.domain import function_tests, gate, measures, outcome
from coach.domain.facts import Cause, Source
from coach.domain.patient_record import PatientRecord
from coach.domain.plan import in_force
from coach.domain.times import local_date
from coach.export.pdf import charts as pdf_charts
from coach.export.pdf import document, progress_tables
from coach.export.pdf.document import Page
from coach.i18n import _, ngettext
from coach.i18n.sentences import at_the_start, in_a_row, listed
from coach.review.clinic import (
    charts as clinic_charts,
)
from coach.review.clinic import (
    findings,
    tables,
)
from coach.review.clinic import (
    frames as clinic_frames,
)
from coach.review.patient import frames, function
from coach.review.patient import function_tests as test_results
from coach.text import day_counts as counts_text
from coach.text import entries as entries_text
from coach.text import plan_states, short_dates
from coach.text import times as times_text
from coach.text.clinic_entries import EntryTold, told_alone

PAIN_PX = 1000  # px; the chart fills the page's width, so this sets the size of its text
SPANS = (7, 14)  # days of adherence on the first page
FLAGS_SHOWN, PLAN_SHOWN, STOPS_SHOWN, CLOSING_SHOWN = 3, 4, 3, 2
CASE_COLUMNS, CASE_SHOWN = 2, 8
REST_MM = 117.0  # mm that follow the chart on the first page, at most
TEST_MM = 4.5  # mm more for each test


def pdf(patient_record: PatientRecord, size: str) -> bytes:
    """Return the report on "a4" or "letter" paper."""
    paper = Page(patient_record, size, title=_("Progress report"), about=document.called(patient_record))
    course = _who(paper)
    _pain(paper)
    _kept(paper)
    _function(paper)
    _flags(paper)
    plan = _plan(paper)
    course &= _closed_by_answers(paper)
    _reported(paper)
    progress_tables.show(paper, plan=not plan, course=not course)
    return paper.finished()


# who and where


def _who(paper: Page) -> bool:
    """Print who and where in the course; return whether all details of the course were printed whole."""
    made = paper.patient_record
    paper.say(_("Progress report"), size=17, bold=True, after=0, role="H1")
    paper.put(made.name or _("No name"), paper.epw, size=13, bold=True)
    paper.ln(6)
    if made.reference:
        paper.put(_("Reference: {text}").format(text=made.reference), paper.epw, size=9.5)
        paper.ln(5)
    known = made.case.course
    place = findings.place(made.case, now=made.now)
    if known:
        ended = times_text.whole_day(local_date(known.procedure.at, made.zone))
        place = _("{place}; procedure on {day}").format(place=place, day=ended)
    paper.say(place, size=11, bold=True)
    if known and known.first.fact.cause is not Cause.FIRST:
        anew = told_alone(EntryTold(known.first.at, known.first, None), made.case)
        paper.say(f"{anew}. {known.first.fact.why}"[:300])
    facts = findings.case_facts(made.case, now=made.now)
    width = paper.epw / CASE_COLUMNS
    paper.font(9)
    longest = max((paper.get_string_width(name) for name, _value in facts[:CASE_SHOWN]), default=0)
    named = min(max(30, longest + 2), width / 2)
    whole = len(facts) <= CASE_SHOWN
    for start in range(0, min(len(facts), CASE_SHOWN), CASE_COLUMNS):
        for name, value in facts[start : start + CASE_COLUMNS]:
            with paper.paragraph():
                paper.put(name, named, size=9)
                paper.put(value, width - named - 2, size=9, bold=True)
                whole &= paper.fits(value, width - named - 2, size=9, bold=True)
            paper.set_x(paper.get_x() + 2)
        paper.ln(4.2)
    bones = findings.bone_health(made.case)
    if bones:
        paper.say(_("Bone health, as the patient said: {what}.").format(what=bones), after=0.3)
    decisions = gate.decide(made.case, now=made.now)
    closed = [
        plan_states.closed(why)
        for each in decisions.values()
        if isinstance(each, gate_decisions.Locked)
        for why in each.told
    ]
    said = findings.now_open(decisions)
    if closed:
        why = _("Closed: {why}.").format(why=listed(dict.fromkeys(closed)))
        said = f"{said} {why}"
    paper.say(said, after=0.3)
    return whole


# pain


def _pain(paper: Page) -> None:
    made = paper.patient_record
    finding = findings.pain(made.case, today=made.today)
    paper.heading(finding)
    drawn = _pain_chart(made)
    if drawn is None:
        paper.say(_("Nothing can be drawn until we know when the procedure was."))
        return
    _picture(paper, drawn, _("Pain from 0 to 10, day by day. {finding}").format(finding=finding))
    paper.say(findings.changes(made.history), after=0)


def _pain_chart(made: PatientRecord) -> Image.Image | None:
    case = made.case
    window = frames.window(case, today=made.today)
    if window is None:
        return None
    study = case.history.settings.get("curve") is True
    datasets = {
        "scores": frames.scores(case.history, window),
        "averages": frames.averages(case.history, window),
        "phases": frames.phases(case, window),
        "levels": frames.levels(case, today=made.today),
        "curve": frames.curve(case, shown=study),
        "marks": clinic_frames.marks(case, window, now=made.now),
        "did": clinic_frames.did(case.history, window),
    }
    return pdf_charts.chart(clinic_charts.pain, datasets, width_px=PAIN_PX, **asdict(window))


def _picture(paper: Page, drawn: Image.Image, said: str) -> None:
    """Print the chart as wide as the page, or smaller to leave space for the rest.

    `said` is its alt text.
    """
    rest = REST_MM + TEST_MM * len(function_tests.routines(paper.patient_record.case))
    height = min(paper.epw * drawn.height / drawn.width, paper.room - rest)
    paper.figure(drawn, alt=said, w=height * drawn.width / drawn.height, h=height)


# done of due


def _kept(paper: Page) -> None:
    made = paper.patient_record
    paper.heading(findings.kept(made.case, today=made.today))
    rows = kept(made)
    if len(rows):
        paper.listed(rows, (2.2, 1.3, 2.5, 1.3, 2.5), size=9)


def kept(made: PatientRecord) -> pd.DataFrame:
    """Return sets done of due and adherence by exercise, over the last 7 and 14 whole days."""
    columns: dict[str, list[str]] = {}
    for days in SPANS:
        on = clinic_frames.last_days(made.case, today=made.today, days=days)
        if not on:
            return pd.DataFrame()
        rows = frames.doing(made.case, first=on[0], last=on[-1], today=made.today)
        adherence = outcome.adherence(made.case, on)
        columns[_("Exercise")] = list(dict.fromkeys(rows["name"]))
        heading = ngettext("Sets, {n} day", "Sets, {n} days", days).format(n=days)
        columns[heading] = [_sets(mine) for _routine, mine in rows.groupby("routine", sort=False)]
        columns[_("Share, {n} days").format(n=days)] = [
            _share(made, adherence.by_routine[str(routine)], adherence.over[str(routine)])
            for routine in dict.fromkeys(rows["routine"])
        ]
    return pd.DataFrame(columns)


def _sets(rows: pd.DataFrame) -> str:
    """Return the sets done of sets due, and the days of what is for some days of the week."""
    said = []
    for each in (rows[rows["days"] == 1], rows[rows["days"] > 1]):
        due = int(each["due"].sum())
        # After over-doing all sets done are printed: capped by day, the figure would look as if all
        # had been right.
        counted = each["done"] if each["over"].any() else each[["done", "due"]].min(axis=1)
        done, weekly = int(counted.sum()), bool((each["days"] > 1).any())
        if due:
            said.append(
                counts_text.in_days(done, due) if weekly else _("{done} of {due}").format(done=done, due=due)
            )
    return in_a_row(said) or _("not due")


def _share(made: PatientRecord, share: float | None, over: int) -> str:
    band = _(findings.BANDS[clinic_frames.band(made.protocol, share)])
    return findings.share(clinic_frames.percent(share), band, over)


# what went wrong, and what was changed


def _flags(paper: Page) -> None:
    made = paper.patient_record
    paper.heading(_("Red flags and stops"), room=15)
    flags = tables.flags(made.case, made.authors, now=made.now)
    if not len(flags):
        paper.say(_("No red flag was ever reported."), after=0.3)
    for sign, level, since, _age, state, _contact, why in flags.head(FLAGS_SHOWN).itertuples(index=False):
        # A line is cut at its end: what and since when stand before the words of a sign.
        said = _("{state}, {level}, {since}: {sign}").format(
            sign=sign, level=level, since=since, state=at_the_start(state)
        )
        _line(paper, f"{said} {why}", bold=state == _("open"))
    _more(paper, len(flags) - FLAGS_SHOWN)
    _line(paper, stops(made))


def stops(made: PatientRecord) -> str:
    """Print how many sessions of this course were stopped early, and why the last ones were."""
    known = made.case.course
    since = known.procedure.at if known else None
    sessions = [each for each in made.history.sessions if since is None or each.started.at >= since]
    stopped = [
        (short_dates.moment_words(each.started), _(findings.STOPS[each.finished.fact.stop_reason]))
        for each in sessions
        if each.finished and each.finished.fact.stop_reason
    ]
    if not stopped:
        return ngettext(
            "No stop in {n} session.", "No stop in {n} sessions.", len(sessions)
        ).format(n=len(sessions))  # fmt: skip
    listed = "; ".join(f"{why}, {when}" for when, why in reversed(stopped[-STOPS_SHOWN:]))
    return ngettext(
        "Stopped before the end: {m} of {n} session ({listed}).",
        "Stopped before the end: {m} of {n} sessions (the last: {listed}).",
        len(sessions),
    ).format(m=len(stopped), n=len(sessions), listed=listed)


def _plan(paper: Page) -> bool:
    """Print the latest changes; return whether every change was printed whole."""
    made = paper.patient_record
    paper.heading(_("Who changed what, and why"), room=15)
    changed = tables.plan(made.case, made.authors)
    whole = len(changed) <= PLAN_SHOWN
    for when, who, what, why in changed.head(PLAN_SHOWN).itertuples(index=False):
        said = _("{when}, {who}: {what}. {why}").format(when=when, who=who, what=what, why=why)
        whole &= _line(paper, said)
    if not len(changed):
        _line(paper, _("Nobody has changed anything yet."))
    _more(paper, len(changed) - PLAN_SHOWN)
    return whole


def _closed_by_answers(paper: Page) -> bool:
    """Print the set-up answers that close something; return whether all were printed whole."""
    closing = list(_closing(paper.patient_record))
    whole = [_line(paper, text, bold=True) for text in closing[:CLOSING_SHOWN]]
    _more(paper, len(closing) - CLOSING_SHOWN)
    return all(whole) and len(closing) <= CLOSING_SHOWN


def _closing(made: PatientRecord) -> Iterator[str]:
    for question, reply in in_force(made.case, now=made.now).answers:
        yield _("Closed by a set-up answer: {question} {reply}.").format(
            question=_(question.text), reply=entries_text.reply(reply.fact.reply)
        )


def _function(paper: Page) -> None:
    """Print the patient's activities, the rating of the back and the results of tests, if any was asked."""
    made = paper.patient_record
    if measures.results(made.case):
        paper.heading(function.clinic_finding(made.case), room=15)
        for rating in function.ratings(made.case)[:1]:
            _line(paper, rating)
    for routine in function_tests.routines(made.case):
        told = test_results.finding(made.case, routine)
        _line(paper, at_the_start(_("{name}: {value}").format(name=_(routine.clinical_name), value=told)))


def _reported(paper: Page) -> None:
    made = paper.patient_record
    sources = [clinic_frames.source(each) for each in made.history.sessions]
    by_hand = sum(source is Source.DIARY for source in sources)
    paper.ln(1)
    told = _(
        "Pain and exercises are as the patient told them. Sessions timed by the player: {n}, from memory: {m}."
    )
    days = _("Days with exercise: {n}.").format(n=outcome.active_days(made.history))
    paper.say(f"{told.format(n=len(sources) - by_hand, m=by_hand)} {days}", size=9)


def _line(paper: Page, text: str, *, bold: bool = False) -> bool:
    """Print one line; return whether it was printed whole."""
    height = paper.font(9, bold=bold)
    paper.put(text, paper.epw, size=9, bold=bold)
    paper.ln(height)
    return paper.fits(text, paper.epw, size=9, bold=bold)


def _more(paper: Page, rest: int) -> None:
    if rest > 0:
        _line(paper, ngettext("{n} more in the details.", "{n} more in the details.", rest).format(n=rest))
