"""A second tap while the first is being saved: Streamlit ends the run at its next call, and one act is one entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from coach.domain.facts import Pain
from coach.records.entries import hash_chain
from tests.support.pages import Home, run, tap


@contextmanager
def second_tap_while_saving(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Let the same tap come again in the middle of the first transaction, as a message of the browser does."""
    states = at._tree.get_widget_states()  # noqa: SLF001  Streamlit’s runner has no public way
    taken: list[bool] = []
    digest = hash_chain.digest

    def interrupted(row: Any) -> str:
        context = get_script_run_ctx()
        if not taken and context and context.script_requests:
            again = RerunData(widget_states=states, page_script_hash=context.page_script_hash)
            taken.append(context.script_requests.request_rerun(again))
        return digest(row)

    with monkeypatch.context() as patch:
        patch.setattr(hash_chain, "digest", interrupted)
        yield taken


@pytest.mark.parametrize(
    ("way", "button"),
    [
        (["check-in"], "average_24h-5"),
        (["check-in", "average_24h-5"], "worst_24h-6"),
        (["diary-now"], "diary-5"),
    ],
)
def test_a_run_that_is_interrupted_while_it_saves_stores_exactly_once(
    home: Home, monkeypatch: pytest.MonkeyPatch, way: list[str], button: str
):
    patient = home.settle()
    at = home.open("diary")
    for each in way:
        tap(at, each)
    before, pains = home.size[0], len(patient.history().of(Pain))
    next(each for each in at.button if each.key == button).click()
    with second_tap_while_saving(at, monkeypatch) as taken:
        run(at)
    assert taken == [True]
    assert home.size[0] == before + 1
    assert len(home.patient.history().of(Pain)) == pains + 1
    assert home.patient.installation.store.verify(patient.patient) == []
