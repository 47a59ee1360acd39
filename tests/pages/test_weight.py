"""What a run of Diary and of Progress sends on a record of six weeks: few messages, few bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1.element_tree import parse_tree_from_messages

from coach import desk
from tests.bench import records
from tests.support.pages import Home
from tests.support.patients import clock_at

#: The most messages and bytes of a run, without what every page sends alike.
MOST = {"diary": (60, 25_000)}
OF_EVERY_PAGE = ("new_session", "navigation", "page_config_changed")
ENTRIES = 1200  # six weeks with three sessions a day


@pytest.fixture(scope="module")
def six_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six-weeks")
    records.past(folder, ENTRIES)
    desk.forget()
    return folder


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[ForwardMsg]:
    """Every message of the latest run."""
    kept: list[ForwardMsg] = []

    def keep(messages: list[ForwardMsg], *more: Any, **named: Any) -> object:
        kept[:] = messages
        return parse_tree_from_messages(messages, *more, **named)

    monkeypatch.setattr("streamlit.testing.v1.local_script_runner.parse_tree_from_messages", keep)
    return kept


@pytest.mark.parametrize("page", MOST)
def test_a_run_is_light_on_six_weeks(page: str, six_weeks: Path, sent: list[ForwardMsg], monkeypatch):
    monkeypatch.setenv("COACH_HOME", str(six_weeks))
    with clock_at(records.NOW):
        Home(six_weeks).open(page)
    messages, size = MOST[page]
    assert 20 < len(sent) <= messages
    own = [each for each in sent if not of_every_page(each)]
    assert sum(each.ByteSize() for each in own) <= size
    desk.forget()


def of_every_page(message: ForwardMsg) -> bool:
    """Tell whether every page has this message, which a browser keeps from run to run if it is large."""
    element = message.delta.new_element
    return (
        message.WhichOneof("type") in OF_EVERY_PAGE
        or "<style" in element.html.body
        or element.bidi_component.component_name == "coach_help"
    )
