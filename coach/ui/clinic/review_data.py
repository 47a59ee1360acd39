"""The data of the review's charts and lists, in the form in which they are sent.

They follow from a case, and are kept with it: a run with nothing new converts nothing. What depends
on the present instant is not here.
"""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import NamedTuple

import pyarrow as pa
from streamlit import dataframe_util

from coach.domain.case import Case
from coach.review.clinic import frames as clinic_frames
from coach.review.clinic import tables as clinic_tables
from coach.review.patient import calendar_chart, frames
from coach.review.patient.frames import Window
from coach.text.kept import cached_in_words, derived_in_words
from coach.ui.parts.charts import packed, packed_rows, sent

Names = tuple[tuple[str, str], ...]  # authors with their names


class PainData(NamedTuple):
    """The data sets of the chart of pain that do not depend on the present instant."""

    scores: bytes
    averages: bytes
    phases: bytes
    levels: bytes
    did: bytes


@derived_in_words
def pain(case: Case, shown: Window, today: date) -> PainData:
    """Return scores, averages, phases, levels and sessions within a window."""
    return PainData(
        sent(frames.scores, case.history, shown),
        sent(frames.averages, case.history, shown),
        sent(frames.phases, case, shown),
        sent(frames.levels, case, today=today),
        sent(clinic_frames.did, case.history, shown),
    )


@derived_in_words
def curve(case: Case, switched_on: bool) -> bytes:  # noqa: FBT001  positional: it is part of the key
    """Return one study's average, or no rows while it is switched off."""
    return sent(frames.curve, case, shown=switched_on)


@derived_in_words
def kept(case: Case, today: date) -> bytes | None:
    """Return the adherence up to a day, None if nothing was due."""
    rows = clinic_frames.kept.rows(case, today=today)
    shares = [share for _id, _name, _days, share, *_told in rows]
    return None if all(map(isnan, shares)) else packed_rows(clinic_frames.KEPT, rows)


@derived_in_words
def changes(case: Case) -> bytes | None:
    """Return the changes of pain by exercise, None without a scored session."""
    rows = clinic_frames.change_by_routine.rows(case)
    return packed_rows(clinic_frames.BY_ROUTINE, rows) if any(sessions for *_told, sessions in rows) else None


@cached_in_words
def key() -> bytes:
    """Return what the cells of the calendar mean."""
    return packed(calendar_chart.key_frame())


@derived_in_words
def sessions(case: Case) -> pa.Table:
    """Return the list of the sessions."""
    return dataframe_util.convert_pandas_df_to_arrow_table(clinic_tables.sessions(case))


@derived_in_words
def plan(case: Case, authors: Names) -> pa.Table:
    """Return the list of who changed what, with the authors' names."""
    return dataframe_util.convert_pandas_df_to_arrow_table(clinic_tables.plan(case, dict(authors)))
