"""The bench can speak to the real server, alone and as a crowd; it measures nothing here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from tests.bench import clinics, crowd, load, records, servers
from tests.bench.crowd import Plan, User
from tests.bench.wire import Visitor
from tests.support.server import ROOT, AppServer

pytestmark = pytest.mark.slow


def plan(server: AppServer, *users: User, least: int = 0, come_s: float = 20.0) -> Plan:
    pids = tuple(servers.pids(server))
    return Plan(server.url, users, pids, think_s=0.05, window_s=0.5, come_s=come_s, least=least)


def test_reruns_over_the_web_socket_are_finished_of_one_visitor_and_of_two_at_once(
    app_server: Callable[..., AppServer], tmp_path: Path
):
    home = tmp_path / "home"
    records.past(home, 10)
    made = servers.coach(home)
    server = app_server(entry=made.entry, home=home, env=made.env)
    with Visitor(server.url) as visitor:
        first, again = visitor.run(), visitor.run()
    assert first.finished == again.finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert (first.fault, again.fault) == ("", "")
    assert visitor.place == ""
    assert again.elements > 10
    at_home = User("patient", routed=True)
    seen = load.drive(plan(server, at_home, User("come and go", routed=True), least=4))
    assert seen.errors == {}
    assert seen.sessions_completed >= 2
    assert len(seen.rerun_time_ms) == sum(number for act, number in seen.acts.items() if act != "outbox") > 2
    assert min(seen.rerun_time_ms) > 0
    assert 0 < seen.memory_rss_mb_start <= seen.memory_rss_mb_peak
    assert seen.cpu_ms > 0
    line = dict(zip(load.HEADS, load.row("two at home", seen), strict=True))
    assert (line["users"], line["err"]) == ("2", "0")


def test_everybody_of_a_grown_clinic_is_let_in_and_nobody_else(
    app_server: Callable[..., AppServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "bench"))
    monkeypatch.setattr(clinics, "PATIENTS", 5)
    small, large = tmp_path / "small", tmp_path / "large"
    small.mkdir()
    clinics.small(small)
    clinics.grown(small, large, 3)
    patients = clinics.patients(large)
    assert len(patients) == 15
    patient, staff = clinics.sign_in_patients(large, patients[:1]), clinics.sign_in_staff(large, 1)
    made = servers.busy_clinic(large)
    server = app_server(entry=made.entry, home=large, env=made.env)
    with Visitor(server.url, cookie=staff[0].cookie) as visitor:
        seen = visitor.run()
    assert seen.finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert seen.elements >= clinics.LEAST_ELEMENTS
    with pytest.raises(InvalidStatus):  # whoever has no session opens nothing
        Visitor(server.url)
    physiotherapist = User(
        "physiotherapist",
        cookie=staff[0].cookie,
        routed=True,
        patients=tuple(patients),
        source=load.source(0),
    )
    own = User("patient", cookie=patient[0].cookie, routed=True, source=load.source(100))
    staff_at_work = load.drive(plan(server, physiotherapist, least=3))
    assert staff_at_work.errors == {}
    assert {"caseload", "review"} <= staff_at_work.acts.keys()
    stranger = User("patient", cookie=f"{patient[0].cookie}x", routed=True)
    refused = load.drive(plan(server, own, stranger, come_s=2))
    assert load.errors(refused) > 1
    assert any("refused with 403" in kind for kind in refused.errors)
    assert not load.is_fine(refused)


def test_a_page_that_fails_is_an_error(app_server: Callable[..., AppServer]):
    server = app_server(entry=ROOT / "tests" / "support" / "apps" / "failing.py")
    failing = load.drive(plan(server, User("again"), come_s=2))
    assert any("the page failed" in kind for kind in failing.errors)
    assert failing.rerun_time_ms == []


def test_only_this_computer_is_loaded_and_only_by_so_many(tmp_path: Path):
    asked, answer = tmp_path / "plan.json", tmp_path / "answer.json"
    asked.write_text(json.dumps(asdict(Plan("http://192.0.2.1:8501", (User("again"),), ()))))
    with pytest.raises(SystemExit, match="on this computer"):
        crowd.main(str(asked), str(answer))
    assert not answer.exists()
    with pytest.raises(ValueError, match="at most"):
        load.drive(Plan("http://127.0.0.1:1", (User("again"),) * (load.MOST_USERS + 1), ()))
