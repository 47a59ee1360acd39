"""A letter that asks a family doctor or fracture liaison service to consider bone health.

It says what is recorded and no more. What is not recorded is a line to fill in by hand. Answers of
the patient are marked as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from coach.domain import bone_health, pain_change
from coach.domain.course import first_of_chain, procedures
from coach.domain.facts import BoneHealth, BoneStep, Cause, CourseDetail, Detail, Procedure
from coach.domain.history import Entry
from coach.domain.measures import told_in_course
from coach.domain.patient_record import PatientRecord
from coach.domain.times import local_date
from coach.export.pdf import document
from coach.export.pdf.document import PT_MM, Page
from coach.i18n import N_, _
from coach.i18n.sentences import in_a_sentence
from coach.review.clinic import findings
from coach.text import bone_health as bone_health_text
from coach.text import estimates
from coach.text import times as times_text

EDGE_MM = 24.0
TEXT_PT, SMALL_PT, TITLE_PT = 10.0, 8.5, 15.0
LABEL_MM, GAP_MM = 46.0, 1.2
STEP_MM, WHEN_MM = 56.0, 40.0
WRITE_MM = 8.0  # the height of a row that is filled in by hand
ADDRESS_LINES = 3
BOX_MM = 3.4
SIGNED_MM = 50.0  # what must not be torn from the signature

STEPS = {
    BoneStep.TREATMENT: N_("Bone-strengthening treatment"),
    BoneStep.SCAN: N_("Bone density scan (DXA)"),
    BoneStep.APPOINTMENT: N_("Appointment about bone health"),
}
#: Details that the clinic may have recorded and that bear on bone health.
RECORDED = {
    Detail.FALLS: N_("Falls"),
    Detail.STEROID: N_("Steroid"),
}


def pdf(patient_record: PatientRecord, size: str) -> bytes:
    """Return the letter on "a4" or "letter" paper."""
    paper = Page(
        patient_record,
        size,
        title=_("Letter about bone health"),
        about=document.called(patient_record),
        edge=EDGE_MM,
    )
    _head(paper)
    _who(paper)
    _reported(paper)
    _request(paper)
    _signature(paper)
    return paper.finished()


# from whom, to whom, about whom


def _head(paper: Page) -> None:
    made = paper.patient_record
    day = times_text.long_date(made.today)
    for line in filter(None, (made.clinic_name, made.clinic_phone)):
        paper.say(line, size=TEXT_PT, after=0)
    if made.followed and not made.clinic_name:
        _line(paper, _("Sender"), "")
    paper.ln(3)
    paper.say(_("To: family doctor or fracture liaison service"), size=TEXT_PT, after=0)
    for _number in range(ADDRESS_LINES):
        _blank(paper, paper.edge, LABEL_MM * 2)
    paper.ln(2)
    paper.put(day, paper.epw, size=TEXT_PT)
    paper.ln(9)
    paper.say(_("Bone health after balloon kyphoplasty"), size=TITLE_PT, bold=True, after=3, role="H1")


def _who(paper: Page) -> None:
    made = paper.patient_record
    details = _details(made)
    _line(paper, _("Patient"), made.name)
    _line(paper, _("Date of birth"), "")
    if made.reference:
        _line(paper, _("Reference"), made.reference)
    _line(paper, _("Balloon kyphoplasty"), _procedure(made))
    _line(paper, _("Levels treated"), details.get(Detail.LEVELS, ""))
    _line(paper, _("Cause"), details.get(Detail.CAUSE, ""))
    for detail, name in RECORDED.items():
        if details.get(detail):
            _line(paper, _(name), details[detail])
    fracture = _new_fracture(made)
    if fracture:
        _line(paper, _("New fracture"), _("recorded; the course began again on {day}").format(day=fracture))
    paper.ln(4)


def _details(made: PatientRecord) -> dict[Detail, str]:
    """Return what the clinic recorded; levels and cause only if they are those of this course."""
    every = sorted(made.history.of(CourseDetail), key=lambda each: each.seq)
    present = {entry.id for entry in told_in_course(made.case, CourseDetail)}
    of_the_course = (Detail.LEVELS, Detail.CAUSE)
    return {
        entry.fact.detail: entry.fact.text
        for entry in every
        if entry.fact.detail not in of_the_course or entry.id in present
    }


def _procedure(made: PatientRecord) -> str:
    """Return when the latest procedure was, as exactly as it is recorded, or ""."""
    done = [each for each in procedures(made.history) if _cause(made, each) is not Cause.NEW_FRACTURE]
    return _day(done[-1], made) if done else ""


def _new_fracture(made: PatientRecord) -> str:
    """Return the day of a new fracture's course if it is the present one, or ""."""
    known = made.case.course
    if known is None or known.first.fact.cause is not Cause.NEW_FRACTURE:
        return ""
    return _day(known.procedure, made)


def _cause(made: PatientRecord, entry: Entry[Procedure]) -> Cause:
    return first_of_chain(made.history, entry).fact.cause


def _day(entry: Entry[Procedure], made: PatientRecord) -> str:
    day = _date(entry.at, made)
    if estimates.day_is_known(entry.fact.earliest, entry.at, made.zone):
        return day
    return _("day not known, at the latest {moment}").format(moment=day)


def _date(at: datetime, made: PatientRecord) -> str:
    return times_text.long_date(local_date(at, made.zone))


# what was reported


def _reported(paper: Page) -> None:
    made = paper.patient_record
    latest = bone_health.latest(made.case)
    hello = _("Dear colleague,") if made.followed else _("Dear Doctor,")
    paper.say(hello, size=TEXT_PT, after=2)
    paper.say(_why(made, answered=bool(latest)), size=TEXT_PT, after=2)
    heads = (_("What was asked"), _("Answer"), _("When"))
    widths = (STEP_MM, paper.epw - STEP_MM - WHEN_MM, WHEN_MM)
    paper.set_line_width(0.2)
    with paper.tagged("Table"):
        with paper.cells("TH", heads) as parts:
            for part, text, width in zip(parts, heads, widths, strict=True):
                with paper.within(part):
                    paper.put(text, width, size=SMALL_PT, bold=True)
        paper.ln(5.2)
        paper.rule(paper.get_y() - 0.5)
        for step, name in STEPS.items():
            _row(paper, [_(name), *_told(made, latest.get(step))], widths)
    paper.ln(2)
    for text in _remarks(made, answered=bool(latest)):
        paper.say(text, size=TEXT_PT, after=1.5)


def _why(made: PatientRecord, *, answered: bool) -> str:
    if made.followed:
        about = _(
            "I am writing about the bone health of this patient, who uses Coach, a guided exercise program, after "
            "the procedure above."
        )
        told = _("The patient answered there what is arranged:")
    else:
        about = _(
            "I am writing about my bone health. I use Coach, a guided exercise program, after the procedure above."
        )
        told = _("I answered there what is arranged:")
    nothing = _("No answer about bone treatment is recorded there. By hand:")
    return f"{about} {told if answered else nothing}"


def _told(made: PatientRecord, told: Entry[BoneHealth] | None) -> tuple[str, str]:
    """Return an answer and when it was given, or two cells to fill in by hand."""
    if told is None:
        return "", ""
    occasion = bone_health_text.occasion(told.fact.occasion, made.protocol)
    return bone_health_text.reported(told.fact), f"{occasion}\n{_date(told.at, made)}"


def _row(paper: Page, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Print a row of the table; without an answer it is high enough to write one."""
    height = paper.font(TEXT_PT)
    cells = [
        [line for part in text.split("\n") for line in paper.lines(part, width - 2)]
        for text, width in zip(texts, widths, strict=True)
    ]
    tall = max(len(lines) for lines in cells) * height if texts[1] else WRITE_MM
    if tall + 2 > paper.room:
        paper.add_page()
    top, x = paper.get_y() + 0.8, paper.edge
    with paper.cells("TD", texts) as parts:
        for part, lines, width in zip(parts, cells, widths, strict=True):
            with paper.within(part):
                for number, line in enumerate(filter(None, lines)):
                    paper.set_xy(x, top + number * height)
                    paper.put(line, width - 1, size=TEXT_PT)
            x += width
    paper.set_xy(paper.edge, top + tall + 1)
    paper.rule(paper.get_y())


def _remarks(made: PatientRecord, *, answered: bool) -> Iterator[str]:
    """Yield what kind of answers these are, what the clinic recorded, and the course of pain."""
    if answered:
        yield (
            _("These are the patient’s own answers. No clinician has checked them.")
            if made.followed
            else _("These are my own answers. No clinician has checked them.")
        )
    known = bone_health.clinic_knows(made.case)
    if known:
        yield _("Bone treatment as the clinic recorded it on {day}: {text}").format(
            day=_date(known.recorded_at, made), text=known.fact.text
        )
    if pain_change.averages_since_procedure(made.case):
        pain = findings.pain(made.case, today=made.today)
        yield _("As reported, on a scale from 0 to 10: {finding}").format(finding=in_a_sentence(pain))


# what is asked for


def _request(paper: Page) -> None:
    if paper.patient_record.followed:
        asked = _(
            "Please consider an assessment of this patient’s bone health, with a bone density scan and treatment where "
            "indicated, if these are not arranged yet. Please let us know what is planned."
        )
    else:
        asked = _(
            "Please consider an assessment of my bone health, with a bone density scan and treatment where indicated, "
            "if these are not arranged yet. Please let me know what is planned."
        )
    paper.ln(1)
    paper.say(asked, size=TEXT_PT, bold=True, after=3)


def _signature(paper: Page) -> None:
    if paper.room < SIGNED_MM:
        paper.add_page()
    followed = paper.patient_record.followed
    if followed and bone_health.latest(paper.patient_record.case):
        _tick(paper, _("I have checked these answers with the patient on"))
    paper.say(_("With kind regards,"), size=TEXT_PT, after=9)
    for label in (
        _("Signature"),
        _("Name and profession") if followed else _("Name"),
        _("Phone"),
    ):
        _line(paper, label, "")


def _tick(paper: Page, text: str) -> None:
    """Print a box to tick, its text, and a line for a date."""
    top = paper.get_y()
    with paper.tagged("Figure", alt=_("Box to tick")), paper.marked():
        paper.rect(paper.edge, top + 0.5, BOX_MM, BOX_MM)
    paper.set_x(paper.edge + BOX_MM + 2)
    paper.font(TEXT_PT)
    wide = paper.get_string_width(paper.clean(text)) + 2
    paper.put(text, wide, size=TEXT_PT)
    _rule(paper, paper.get_x(), top, paper.edge + paper.epw - paper.get_x())
    paper.set_xy(paper.edge, top + 9)


# a line of the letter


def _line(paper: Page, label: str, text: str) -> None:
    """Print a name and its value, or a line to write it by hand."""
    height, top = paper.font(TEXT_PT), paper.get_y()
    if not text:
        top += 1.5  # space to write
        paper.set_y(top)
    paper.put(label, LABEL_MM - 2, size=TEXT_PT)
    wide = paper.epw - LABEL_MM
    x = paper.edge + LABEL_MM
    if not text:
        _rule(paper, x, top, wide)
        paper.set_xy(paper.edge, top + height + 2 * GAP_MM)
        return
    paper.font(TEXT_PT, bold=True)
    for number, line in enumerate(paper.lines(text, wide)):
        paper.set_xy(x, top + number * height)
        paper.put(line, wide + 1, size=TEXT_PT, bold=True)
    paper.set_xy(paper.edge, paper.get_y() + height + GAP_MM)


def _blank(paper: Page, x: float, wide: float) -> None:
    top = paper.get_y() + 1
    _rule(paper, x, top, wide)
    paper.set_xy(paper.edge, top + paper.font(TEXT_PT) + GAP_MM)


def _rule(paper: Page, x: float, top: float, wide: float) -> None:
    """Draw a line to write on, where the text of a line that begins at `top` would stand."""
    y = top + TEXT_PT * PT_MM * 1.1
    paper.set_line_width(0.2)
    with paper.furniture(), paper.marked():
        paper.line(x, y, x + wide, y)
