"""The list of pages as it is kept says to Streamlit and to the browser what `st.navigation` says."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from coach.ui.parts import navigation
from coach.ui.shell import page_list
from tests.support.pages import overhear

STARTS = ("today", "caseload", "patients")
PLACES = [name.replace("_", "-") for name in navigation.TITLES]


def _app() -> None:
    """Choose a page, and say which one and what Streamlit then takes for the list."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from coach.ui.shell import page_list

    manager = get_script_run_ctx().pages_manager  # type: ignore[union-attr]
    if "named" in st.session_state:
        manager.set_script_intent("", st.session_state["named"])
    name, page = page_list.choose()
    st.session_state["chosen"] = (
        name, page.url_path, page._can_be_called, manager.get_pages(), manager.current_page_script_hash
    )  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the runs of pages tell the browser about the list."""
    found: list[bytes] = []

    def told(message: ForwardMsg) -> None:
        if message.WhichOneof("type") in ("navigation", "page_not_found"):
            found.append(message.SerializeToString(deterministic=True))

    overhear(monkeypatch, told)
    return found


def _chosen(start: str, *, address: str = "", named: str | None = None) -> tuple[Any, ...]:
    at = AppTest.from_function(_app)
    at.session_state[navigation.START] = start
    at._page_hash = calc_hash(address) if address else ""
    if named is not None:
        at.session_state["named"] = named
    at.run()
    assert not at.exception
    chosen: tuple[Any, ...] = at.session_state["chosen"]
    return chosen


@pytest.mark.parametrize("start", STARTS)
def test_the_list_that_is_kept_says_what_streamlit_says(
    start: str, told: list[bytes], monkeypatch: pytest.MonkeyPatch
):
    page_list._kept.clear()
    ways = [{"address": place} for place in (*PLACES, "")] + [{"named": "diary"}, {"named": ""}]
    by_streamlit = []
    for way in ways:
        page_list._kept.clear()
        by_streamlit.append(_chosen(start, **way))
    said = told.copy()
    told.clear()
    monkeypatch.setattr(st, "navigation", None)  # whoever asked it now would fail
    assert [_chosen(start, **way) for way in ways] == by_streamlit
    assert told == said
    assert {name for name, *_more in by_streamlit} == set(navigation.TITLES)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("named", [*STARTS, "nowhere"])
def test_the_start_pages_own_name_and_an_address_of_no_page_lead_to_it_without_a_dialog(
    start: str, named: str, told: list[bytes]
):
    expected = named if named in STARTS else start
    page_list._kept.clear()
    for _time in range(2):  # asked of Streamlit, and from what is kept
        assert _chosen(start, named=named)[0] == expected
    kinds = [ForwardMsg.FromString(each).WhichOneof("type") for each in told]
    assert kinds == ["navigation"] * 2


def test_when_streamlit_has_changed_it_is_asked_itself(told: list[bytes], monkeypatch: pytest.MonkeyPatch):
    page_list._kept.clear()
    first = _chosen("today", address="diary")
    monkeypatch.delattr(ScriptRunContext, "set_mpa_v2_page")
    monkeypatch.setattr(st, "navigation", lambda pages, position: pages[0])
    assert _chosen("today")[0] == "today"
    assert first[0] == "diary"


def test_a_kept_page_is_never_the_one_that_runs():
    page_list._kept.clear()
    for _time in range(2):
        _chosen("today", address="diary")
        assert not any(
            page._can_be_called for kept in page_list._kept.values() for page in kept.pages.values()
        )
