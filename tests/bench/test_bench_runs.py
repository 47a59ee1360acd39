"""The bench can speak to the real server; it measures nothing here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from tests.bench import clinics, records, servers
from tests.bench.wire import Visitor
from tests.support.server import AppServer

pytestmark = pytest.mark.slow


def test_one_rerun_over_the_web_socket_is_finished(app_server: Callable[..., AppServer], tmp_path):
    home = tmp_path / "home"
    records.past(home, 10)
    made = servers.coach(home)
    server = app_server(entry=made.entry, home=home, env=made.env)
    with Visitor(server.url) as visitor:
        first, again = visitor.run(), visitor.run()
    assert first.finished == again.finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert visitor.place == ""
    assert again.elements > 10


def test_a_physiotherapist_of_a_grown_clinic_is_let_in(
    app_server: Callable[..., AppServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "bench"))
    monkeypatch.setattr(clinics, "PATIENTS", 5)
    small, large = tmp_path / "small", tmp_path / "large"
    small.mkdir()
    clinics.small(small)
    clinics.grown(small, large, 3)
    cookie = clinics.cookie(large)
    made = servers.clinic(large)
    server = app_server(entry=made.entry, home=large, env=made.env)
    with Visitor(server.url, cookie=cookie) as visitor:
        seen = visitor.run()
    assert seen.finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert seen.elements >= clinics.LEAST_ELEMENTS
    with pytest.raises(InvalidStatus):  # whoever has no session opens nothing
        Visitor(server.url)
