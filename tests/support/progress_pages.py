"""The page Progress: its charts, and what they are given."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pandas as pd
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from coach.desk import PatientDesk
from coach.desk.installation.recording import new_key
from coach.desk.patient.diary import PastSet
from coach.domain.times import local
from tests.support.pages import Home


def drawn(at: AppTest) -> list[dict[str, Any]]:
    """Return each chart on the page: its specification, its data sets and its description."""
    return [
        {
            "spec": json.loads(each.proto.spec),
            "data": {d.name: convert_arrow_bytes_to_pandas_df(d.data.data) for d in each.proto.datasets},
            "alt": each.proto.alt,
        }
        for each in at.get("vega_lite_chart")
    ]


def with_data(at: AppTest, name: str) -> list[pd.DataFrame]:
    """Return the data sets of that name, in the order of the charts."""
    return [each["data"][name] for each in drawn(at) if name in each["data"]]


def calendars(at: AppTest) -> dict[str, list[str]]:
    """Return what each cell of each routine's calendar says, by the routine's name."""
    found: dict[str, list[str]] = {}
    for each in at.get("html"):
        for name, table in re.findall(
            r"<section><h3>(.*?)</h3>(.*?)</section>", str(getattr(each, "value", ""))
        ):
            cells = re.findall(r"<td>(?!</td>)(.*?)</td>", table)
            found[name] = [re.sub("<[^>]*>", "", cell) for cell in cells]
    return found


def live(home: Home, days: int) -> PatientDesk:
    """Let a patient check in each evening and exercise each morning for some days."""
    patient = home.patient
    for day in range(days):
        patient.diary.check_in(average=max(0, 5 - day), worst=max(0, 6 - day), key=new_key())
        wall = local(home.clock.now, patient.zone).replace(tzinfo=None) - timedelta(minutes=40)
        done = [PastSet("ankle_pumps", 10), PastSet("static_glutes", 5)]
        patient.diary.log_past(wall, done, before=3, after=2, effort=None, note="", key=new_key())
        if day < days - 1:
            home.clock.goes_on(hours=24)
    return patient
