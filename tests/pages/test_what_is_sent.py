"""What a run of a page sends to the browser: few messages, nothing of what is folded away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from coach.demo import patient as demo_patient
from coach.desk.installation import clock
from coach.protocols import loader
from tests.support.pages import (
    Home,
    blocks,
    buttons,
    frame_part,
    headers,
    overhear,
    run,
    title,
    unfold,
)
from tests.support.patients import desk_in
from tests.support.server import ROOT

# Of the page alone; what every page sends stands around it.
MOST_MESSAGES, MOST_BYTES = 20, 9_000

MORNING = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)  # where this patient lives

Sent = Callable[[AppTest], list[ForwardMsg]]


@pytest.fixture(scope="module")
def six_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of the demo's patient, six weeks after the procedure, with all four exercises due."""
    folder = tmp_path_factory.mktemp("six-weeks")
    with clock.showing(lambda: MORNING):
        patient = desk_in(folder)
        demo_patient.write(patient)
    patient.installation.store.close()
    return folder / "coach.sqlite3"


@pytest.fixture
def today(home: Home, six_weeks: Path) -> AppTest:
    home.clock.now = MORNING
    home.folder.mkdir(parents=True, exist_ok=True)
    copy(six_weeks, home.folder / "coach.sqlite3")
    return home.open()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Return what a run sends for the page's own elements, on the way to the browser."""
    messages: list[ForwardMsg] = []
    overhear(monkeypatch, messages.append)

    def listened(at: AppTest) -> list[ForwardMsg]:
        messages.clear()
        run(at)
        return [each for each in messages if each.metadata.active_script_hash and _is_of_the_page(each)]

    return listened


def _is_of_the_page(message: ForwardMsg) -> bool:
    element = message.delta.new_element
    component = element.bidi_component.component_name
    return message.WhichOneof("type") == "delta" and (not component or component in OF_TODAY)


OF_TODAY = {"coach_countdowns"}


@pytest.mark.parametrize(
    ("page", "least", "most", "most_bytes"), [("diary", 15, 45, 14_000), ("progress", 8, 15, 9_000)]
)
def test_diary_and_progress_are_few_messages_and_few_bytes(home, today, sent, page, least, most, most_bytes):
    messages = sent(home.open(page))
    assert least < len(messages) <= most
    assert sum(each.ByteSize() for each in messages) <= most_bytes


def test_today_is_few_messages_and_few_bytes(today: AppTest, sent: Sent):
    assert "start-all" in buttons(today)
    assert headers(today) == ["Your exercises", "Your pain"]
    messages = sent(today)
    assert len(messages) <= MOST_MESSAGES
    assert sum(each.ByteSize() for each in messages) <= MOST_BYTES


def test_a_closed_row_of_today_sends_nothing_and_an_opened_one_its_own(today: AppTest, sent: Sent):
    closed = sent(today)
    assert [each.label.split("  \n")[0] for each in today.expander] == [
        "**Ankle pumps**", "**Bottom squeeze**", "**Thigh tightening**", "**Tummy tightening**", "**Where you are**",
    ]  # fmt: skip
    assert all("0 of 3 today" in each.label for each in today.expander[:4])
    assert "coach-course" not in " ".join(each.body for each in today.html)
    assert not any(each.children for each in today.expander)
    steps = loader.default().routines["static_glutes"].steps
    assert not set(steps) & set(blocks(today))
    unfold(today, "exercise-static_glutes")
    assert [bool(each.children) for each in today.expander] == [False, True, False, False, False]
    assert set(steps) <= set(blocks(today))
    assert {"only-static_glutes", "easier-static_glutes"} <= set(buttons(today))
    assert "only-ankle_pumps" not in buttons(today)
    opened = sent(today)
    assert set(steps) <= set(blocks(today)), "it stays open"
    assert 0 < len(opened) - len(closed) <= 5


def test_a_tap_in_an_open_row_counts_also_on_a_server_that_has_just_started(today: AppTest):
    unfold(today, "exercise-static_glutes")
    (row,) = [each for each in today.expander if each.proto.expanded]
    (only,) = [each for each in today.button if each.key == "only-static_glutes"]
    told = WidgetStates()
    told.widgets.append(WidgetState(id=row.proto.id, bool_value=True))
    told.widgets.append(WidgetState(id=only.id, trigger_value=True))
    again = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    again._run(told)  # noqa: SLF001  as a browser does that was connected before
    assert not again.exception
    assert title(again) == "Do you have any of these?"


def test_a_run_with_nothing_new_sends_the_same(today: AppTest, sent: Sent):
    first, second = ([each.hash for each in sent(today)] for _run in range(2))
    assert first == second


@pytest.mark.parametrize("part", ["timeline", "numbers"])
def test_a_closed_part_of_the_guide_sends_nothing(home: Home, part: str):
    home.settle()
    at = home.open("guide")
    at.query_params["part"] = part
    run(at)
    folded = [each for each in at.expander if not each.children]
    assert len(folded) >= 4
    before = len(blocks(at))
    unfold(at)
    assert all(each.children for each in at.expander)
    assert len(blocks(at)) > before + len(folded)


def test_what_is_carried_for_a_lost_server_is_made_once_and_follows_the_record(home: Home):
    patient = home.settle()
    at = home.open()
    carried = frame_part(at, "help")
    assert carried
    assert [each["tel"] for each in carried["phones"]] == ["112", "+49305550100"]
    assert frame_part(run(at), "help") == carried
    patient.settings.set("clinic_phone", "020 7946 0000")
    carried = frame_part(run(at), "help")
    assert carried
    assert [each["tel"] for each in carried["phones"]] == ["112", "02079460000"]


def test_the_scale_of_pain_comes_and_goes_without_the_screen_before(today: AppTest, sent: Sent):
    def words(messages: list[ForwardMsg]) -> bytes:
        return b"\n".join(each.SerializeToString() for each in messages)

    exercises, question = b"Your exercises", b"How bad is your back pain"
    today.button(key="score-now").click()
    scale = words(sent(today))
    assert question in scale
    assert exercises not in scale
    today.button(key="score-back").click()
    back = words(sent(today))
    assert exercises in back
    assert question not in back
