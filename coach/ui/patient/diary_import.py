"""Importing a paper diary: the file's format, a preview, and one button that saves all of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.patient.diary_file import MOST_LINES
from coach.desk.patient.diary_import import PaperRefused
from coach.desk.patient.diary_merge import PaperFile
from coach.domain import date_reading
from coach.domain.date_reading import DayOrder
from coach.domain.diary_import import PAIN, Amiss
from coach.i18n import _, ngettext
from coach.i18n.sentences import in_a_row
from coach.text import diary_import as diary_import_text
from coach.text import pain as pain_text
from coach.text import times as times_text
from coach.ui.parts import markdown, time_zone

LINES_SHOWN = 8
WRONG_SHOWN = 20
MOST_MB = 1
FILES = ("csv", "tsv", "txt", "xlsx", "xls", "ods")


def show(patient: PatientDesk, leave: Callable[[str], None]) -> None:
    """Ask for the file and show a preview; `leave` ends the screen with a message."""
    st.title(_("Enter a paper diary"))
    st.text(
        _(
            "Did you write down your exercises and your pain by hand? Type them into a table and choose the file here. "
            "You see what it holds before anything is saved."
        )
    )
    _how(patient)
    # Workbooks can be chosen too: the page says what to do with one; a filtered picker would only
    # grey it out.
    file = st.file_uploader(
        _("Your file (CSV, at most 1 MB)"), type=FILES, max_upload_size=MOST_MB, key="paper-file"
    )
    if file is None:
        return
    content = file.getvalue()
    paper, order = patient.diary_import.read_paper(content), None
    unsure = next((wrong for wrong in paper.wrong if wrong.why is Amiss.DAY_ORDER), None)
    if unsure:
        order = _ask_order(str(unsure.detail["value"]), file.file_id)
        if order is None:
            return
        paper = patient.diary_import.read_paper(content, order)
    many = bool(paper.wrong) and all(wrong.why is Amiss.REPS_MANY for wrong in paper.wrong)
    if many:
        many = _ask_many(paper, file.file_id)
        if not many:
            return
        paper = patient.diary_import.read_paper(content, order, many=True)
    if paper.wrong:
        _wrong(paper)
    elif not paper.moments:
        st.info(_("Everything in this file is in your diary already. There is nothing to save."))
    else:
        _preview(patient, paper)
        # This act needs no key: its entries' keys follow from the lines, so a second tap adds
        # nothing.
        if st.button(_("Save these"), key="paper-save", type="primary", width="stretch"):
            _save(patient, content, order, leave, many=many)


def _how(patient: PatientDesk) -> None:
    st.download_button(
        _("Get an empty file to fill in"), patient.diary_import.paper_template(), file_name="paper-diary.csv", mime="text/csv",
        on_click="ignore", key="paper-template", width="stretch",
    )  # fmt: skip
    with st.expander(_("How to fill it in"), key="paper-how"):
        st.text(_("One line for each exercise and each pain score, with the columns:"))
        markdown.table(
            (_("Column"), _("What to write")),
            [
                ("`date`", _("The day, like 2026-03-05 or 5.3.2026")),
                (
                    "`time`",
                    _("The time you started, like 08:30 or 20:15. Or 8:15 pm, with am or pm on each line"),
                ),
                ("`what`", _("The exercise or the pain, as named below")),
                ("`reps`", _("How many times; where one leg works at a time, with each leg")),
                ("`score`", _("Pain from 0 to 10")),
                ("`note`", _("Your own words about how it went; may be empty")),
            ],
        )
        st.text(
            _(
                "What you did in one go has the same date and time on each line. At most {n} lines fit in a file."
            ).format(n=MOST_LINES)
        )
        exercises = in_a_row(_(routine.name) for routine in patient.case.routines)
        st.text(_("For an exercise write its name: {names}. For pain write:").format(names=exercises))
        markdown.table(
            (_("Write"), _("for")),
            [(f"`{name}`", pain_text.pain_question(when)) for name, when in PAIN.items()],
        )


def _ask_order(text: str, file: str) -> DayOrder | None:
    """Ask once per file how to read dates in which day and month could be swapped."""
    days = date_reading.read(text)
    st.header(_("Which day is meant?"))
    st.text(_("Your file has the date {text}. This is asked once, for all dates in it.").format(text=text))
    return st.pills(
        _("Which day is meant?"),
        list(days),
        format_func=lambda order: times_text.long_date(days[order]),
        key=f"paper-order-{file}",
        label_visibility="collapsed",
    )


def _ask_many(paper: PaperFile, file: str) -> bool:
    """Ask once per file whether its very high numbers are right; they are accepted if so."""
    st.header(_("Are these numbers right?"))
    with st.container(key="paper-many", gap="xsmall"):
        for sentence in diary_import_text.said(paper.wrong, WRONG_SHOWN):
            st.text(sentence)
    return st.checkbox(_("Yes, I did that many in one go"), key=f"paper-many-{file}")


def _wrong(paper: PaperFile) -> None:
    text = ngettext(
        "Nothing is saved: {n} thing in this file is not right. Correct the file, then choose it again.",
        "Nothing is saved: {n} things in this file are not right. Correct the file, then choose it again.",
        len(paper.wrong),
    )
    st.error(text.format(n=len(paper.wrong)))
    with st.container(key="paper-wrong", gap="xsmall"):
        for sentence in diary_import_text.said(paper.wrong, WRONG_SHOWN):
            st.text(sentence)


def _preview(patient: PatientDesk, paper: PaperFile) -> None:
    protocol = patient.protocol
    st.header(_("New in this file"))
    with st.container(key="panel-paper", gap="xsmall"):
        st.text(diary_import_text.counted(paper))
        for sentence in diary_import_text.read_as(paper.read_as):
            st.text(sentence)
        left_out = diary_import_text.there(paper)
        if left_out:
            st.text(left_out)
        today, last = patient.today(), None
        for line in paper.added[:LINES_SHOWN]:
            if line.wall != last:
                st.subheader(
                    diary_import_text.when(line, today=today, zone=paper.elsewhere(line, patient.zone))
                )
                last = line.wall
            for text in diary_import_text.lines(line, protocol):
                st.text(text)
        more = len(paper.added) - LINES_SHOWN
        if more > 0:
            st.text(ngettext("And {n} more line.", "And {n} more lines.", more).format(n=more))


def _save(
    patient: PatientDesk, content: bytes, order: DayOrder | None, leave: Callable[[str], None], *, many: bool
) -> None:
    with time_zone.refusals():
        try:
            with st.spinner(_("Saving …")):
                kept = patient.diary_import.keep_paper(content, order, many=many)
        except PaperRefused:  # an entry was recorded meanwhile: the page shows what is wrong now
            st.rerun()
        leave(_("Saved: {what}.").format(what=diary_import_text.counted(kept)))
