"""Pictures for PDFs: the screen's charts and drawings, in colours that differ as greys too."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert as vlc
from PIL import Image

from coach.domain import own_drawing
from coach.domain.protocol import Routine
from coach.export.pdf import fonts
from coach.review.patient import calendar_chart, charts
from coach.text.kept import cached_in_words

DRAWINGS = Path(__file__).resolve().parents[3] / "assets" / "drawings"
# On screen the browser resolves the charts' colours; in a PDF they are those of the light theme, on
# white.
COLOURS = {charts.ACCENT: "#0b5d66", charts.MORE: "#b4540a", charts.TEXT: "#000000", charts.PAGE: "#ffffff"}
FACE = f"{fonts.FAMILY}, sans-serif"
DRAWING_SCALE = 3  # pixels for each unit of a drawing: about 340 dpi in print
SHARP = 1.6  # pixels of the picture for each px of the chart: at least 200 dpi in print
GRID_PX = 7 * calendar_chart.CELL_PX


@cached_in_words
def _specification(chart: Callable[[], alt.LayerChart]) -> str:
    """Return a chart's specification for PDFs as JSON, compiled at its first use."""
    return json.dumps(_for_paper(chart().to_dict()))


def _for_paper(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _for_paper(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_for_paper(each) for each in value]
    if isinstance(value, str):
        return FACE if value == charts.FONT else COLOURS.get(value, value)
    return value


def chart(
    which: Callable[[], alt.LayerChart],
    datasets: Mapping[str, pd.DataFrame],
    *,
    width_px: int,
    **parameters: float,
) -> Image.Image:
    """Return a chart drawn with data sets, each under its name in the chart."""
    drawn = json.loads(_specification(which))
    drawn["width"] = width_px
    drawn["params"] = _parameters(parameters)
    drawn["datasets"] = {name: _rows(rows) for name, rows in datasets.items()}
    return _picture(drawn)


def calendars(days: pd.DataFrame, *, starts_on: int) -> Image.Image:
    """Return one picture with the calendars of all routines, two in a row, below their legend."""
    key = json.loads(_specification(calendar_chart.key)) | {"width": 2 * GRID_PX}
    datasets = {"key": _rows(calendar_chart.key_frame())}
    grids: list[dict[str, Any]] = []
    for name, rows in days.groupby("name", sort=False):
        place = f"doing-{len(grids)}"
        datasets[place] = _rows(rows[calendar_chart.CELL_FIELDS])
        title = {"text": name, "anchor": "start", "font": FACE, "fontSize": 17, "fontWeight": "normal"}
        grid = json.loads(_specification(calendar_chart.calendar)) | {"width": GRID_PX, "title": title}
        grids.append(_part(grid, place))
    config = json.loads(_specification(calendar_chart.calendar))["config"]
    drawn = {
        "$schema": alt.SCHEMA_URL,
        "vconcat": [_part(key, "key"), {"concat": grids, "columns": 2, "spacing": 36}],
        "params": _parameters({"starts_on": starts_on}),
        "datasets": datasets,
        "config": config,
        "padding": 4,
    }
    return _picture(drawn)


def _part(specification: dict[str, Any], data: str) -> dict[str, Any]:
    """Return a chart as part of a larger one, with its data set renamed."""
    alone = ("$schema", "config", "params", "padding", "autosize", "usermeta", "datasets")
    part = {name: value for name, value in specification.items() if name not in alone}
    return json.loads(json.dumps(part).replace('{"name": "doing"}', json.dumps({"name": data})))  # type: ignore[no-any-return]


def _parameters(values: Mapping[str, float]) -> list[dict[str, object]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _rows(frame: pd.DataFrame) -> Any:
    """Return a frame as rows; an unknown number is null."""
    return json.loads(frame.to_json(orient="records"))


def _picture(specification: dict[str, Any]) -> Image.Image:
    _fonts_once()
    specification["config"]["background"] = "white"
    svg = vlc.vegalite_to_svg(specification, vl_version="6.4")
    return Image.open(io.BytesIO(vlc.svg_to_png(svg, scale=SHARP))).convert("RGB")


@cache
def _fonts_once() -> None:
    vlc.register_font_directory(str(fonts.FOLDER))


def drawn(routine: Routine) -> io.BytesIO | Image.Image:
    """Return the drawing of an exercise: one of Coach as SVG, one of the protocol as a picture.

    A protocol's may have anything that browsers draw, of which fpdf2 knows a part.
    """
    if not routine.own_drawing:
        return io.BytesIO(drawing(routine.drawing))
    text = _without_style(own_drawing.on_paper(routine.own_drawing))
    text = text.replace(
        "<rect", '<rect width="100%" height="100%" fill="#fff"/><rect', 1
    )  # behind round corners
    return Image.open(io.BytesIO(vlc.svg_to_png(text, scale=DRAWING_SCALE))).convert("RGB")


@cache
def drawing(name: str) -> bytes:
    """Return one of the drawings as SVG, with fixed colours."""
    text = (DRAWINGS / f"{name}.svg").read_text("utf-8")
    return re.sub(r"var\([^,()]+,\s*(#[0-9a-f]+)\)", r"\1", _without_style(text)).encode()


def _without_style(svg: str) -> str:
    return re.sub(r"<title></title>|<style>.*?</style>", "", svg)
