"""What the first visit of each page would otherwise wait for: the pages' code, and the charts, which Altair compiles.

A chart takes longer to compile than a page takes to run some ten times. All of it is made on a thread of
its own once the server answers, so that neither the start nor anybody who comes meanwhile waits for it.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import os
import pkgutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from coach import ui
from coach.domain import times

OFF = "COACH_NO_WARMING"  # set for a server that ends soon, such as a test's
PAUSE_S = 0.005  # between two pieces, in which those who came meanwhile are answered first

if TYPE_CHECKING:
    from altair import LayerChart

_log = logging.getLogger(__name__)


def warm_up() -> None:
    """Make it all, piece by piece; what cannot be made is left to the page, which says so."""
    if os.environ.get(OFF):
        return
    try:
        for _made in _pieces():
            time.sleep(PAUSE_S)
    except Exception as error:  # noqa: BLE001  nobody is to lose a server for it
        _log.warning("The pages are not ready ahead of their first visit: %s", type(error).__name__)


def _pieces() -> Iterator[object]:
    for name in modules():
        yield importlib.import_module(name)
    yield times.zone_names()
    # Streamlit asks at its first element who called it; Python then looks for the source of every module.
    yield inspect.stack()
    from coach.ui.parts.charts import specification

    for chart in charts():
        yield specification(chart)


def modules() -> list[str]:
    """Return the names of all modules of the screen."""
    return [found.name for found in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}.") if not found.ispkg]


def charts() -> tuple[Callable[[], LayerChart], ...]:
    """Return the charts of all pages, those of a patient first."""
    from coach.review.clinic import charts as dense
    from coach.review.patient import charts as plain
    from coach.review.patient import function_chart

    of_patients = (plain.pain, plain.changes, function_chart.function)
    return *of_patients, dense.pain, dense.heat, dense.key, dense.kept, dense.changes, dense.gate
