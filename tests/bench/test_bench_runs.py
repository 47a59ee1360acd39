"""The bench can speak to the real server; it measures nothing here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench import records, servers
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
