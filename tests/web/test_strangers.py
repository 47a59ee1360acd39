"""What a clinic's server takes from strangers, and how much of it from those who have signed in."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from coach.desk.installation.recording import new_key
from coach.records.database import engine
from coach.records.entries.metadata import Metadata
from coach.web import connections, sockets
from tests.bench.wire import Visitor
from tests.support.clinic_team import PASSWORD, clinic, patient, patient_with_password, team
from tests.support.http import Answer, ask
from tests.support.patient_acts import item
from tests.support.server import BEHIND_ENCRYPTION, AppServer

pytestmark = pytest.mark.slow

ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
POSTS = 60


@dataclass(frozen=True)
class Place:
    """A clinic's server behind encryption, as strangers and one patient reach it."""

    server: AppServer
    ada: UUID
    login: str

    def enter(self) -> str:
        """Return the cookie of the patient, who has signed in anew."""
        fields = urlencode({"login": self.login, "password": PASSWORD}).encode()
        answer = self.post("/sign-in", fields, "application/x-www-form-urlencoded")
        assert answer.status == 303, answer.body
        return (answer.headers["set-cookie"] or "").partition(";")[0]

    def post(self, path: str, body: bytes, kind: str, cookie: str = "") -> Answer:
        headers = {
            "Origin": self.server.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": kind,
            "Cookie": cookie,
        }
        return ask(self.server, path, method="POST", headers=headers, body=body)

    def socket(self, cookie: str, session: str = "") -> ClientConnection:
        """Open a web socket as Streamlit's page does; `session` goes on with another."""
        asked = [Subprotocol("streamlit"), Subprotocol("token")]
        return connect(
            self.server.url.replace("http", "ws", 1) + sockets.STREAM,
            origin=Origin(self.server.url),
            additional_headers={"Cookie": cookie},
            subprotocols=[*asked, Subprotocol(session)] if session else asked,
            max_size=None,
        )

    def refusal(self, cookie: str) -> Response:
        """Return the answer to a web socket that is not opened."""
        with pytest.raises(InvalidStatus) as refused, self.socket(cookie):
            pass
        return refused.value.response

    def descriptors(self) -> int:
        assert self.server.process
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))  # noqa: PTH208  it is no folder of files


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("clinic")
    installation = clinic(folder)
    Metadata(installation.store).say("mode", "clinic")
    ada = patient(installation, team(installation))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(folder))
        login = patient_with_password(installation, ada)
    installation.store.close()
    server = AppServer(folder, env=BEHIND_ENCRYPTION).start()
    yield Place(server, ada, login)
    server.stop()


# who gets in


@pytest.mark.parametrize("cookie", ["", "__Host-coach=guess", "x=y"])
def test_strangers_open_no_web_socket(place: Place, cookie: str):
    assert place.refusal(cookie).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "GET"])
def test_strangers_send_no_file(place: Place, method: str):
    path = f"{sockets.UPLOADS}{uuid4()}/{uuid4()}"
    assert ask(place.server, path, method=method, body=b"x" * 2_000_000).status == 401


def test_strangers_fetch_no_file_of_a_page(place: Place):
    assert ask(place.server, "/media/x.csv").status == 404


def test_a_page_that_asks_for_no_file_gets_none(place: Place):
    cookie = place.enter()
    with Visitor(place.server.url, cookie=cookie) as visitor:
        visitor.run()
        for path in (f"{sockets.UPLOADS}{visitor.session}/{uuid4()}", visitor.ask_for_a_file("diary.csv")):
            refused = ask(place.server, path, method="PUT", headers={"Cookie": cookie}, body=b"x")
            assert refused.status == 403


def test_who_was_signed_out_opens_no_web_socket(place: Place):
    cookie = place.enter()
    with place.socket(cookie):
        pass
    assert place.post("/sign-out", b"", "application/x-www-form-urlencoded", cookie).status == 303
    assert place.refusal(cookie).status_code == 403


# how much


def test_a_message_has_a_length(place: Place):
    with place.socket(place.enter()) as opened:
        opened.send(b"x" * (connections.MOST_MESSAGE + 1))
        with pytest.raises(ConnectionClosedError) as closed:
            while True:
                opened.recv(timeout=20)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1009


def test_a_session_has_a_few_sockets_and_closed_ones_are_given_back(place: Place):
    cookie = place.enter()
    with ExitStack() as opened:
        for _each in range(sockets.MOST_OF_A_SESSION):
            opened.enter_context(place.socket(cookie))
        refused = place.refusal(cookie)
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        document = ask(place.server, "/", headers={"Cookie": cookie, "Accept": "text/html"})
        assert document.status == 503
        assert document.headers["retry-after"]
        assert b"Close some" in document.body
        with place.socket(place.enter()):  # another session's
            pass
    with place.socket(cookie):
        assert ask(place.server, "/", headers={"Cookie": cookie, "Accept": "text/html"}).status == 200


def test_sessions_that_are_gone_hold_no_descriptors(place: Place):
    cookie = place.enter()
    visit(place, cookie)
    before = place.descriptors()
    for _again in range(10):
        visit(place, cookie)
        with place.socket(cookie):  # whose page never ran
            pass
    wait_until(lambda: place.descriptors() <= before + 2)


def visit(place: Place, cookie: str) -> None:
    with Visitor(place.server.url, cookie=cookie) as visitor:
        visitor.run()


def wait_until(holds: Callable[[], bool]) -> None:
    for _again in range(400):
        if holds():
            return
        threading.Event().wait(0.05)
    assert holds()


def test_a_session_goes_on_where_its_connection_broke_and_no_log_names_it(place: Place):
    cookie = place.enter()
    with Visitor(place.server.url, cookie=cookie) as visitor:
        visitor.run()
        session = visitor.session
        with Visitor(place.server.url, cookie=cookie, session=session) as again:
            again.run()
            assert again.session == session
    with Visitor(place.server.url, cookie=cookie, session=session) as later:
        later.run()
        assert later.session == session
    log = place.server.log()
    assert "already connected" in log
    assert not ID.findall(log)


# what is told


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/metrics?families=x", "/_stcore/script-health-check", "/_stcore/agent", "/_stcore"]
)  # fmt: skip
def test_the_inner_doors_are_closed(place: Place, path: str):
    cookie = place.enter()
    for headers in ({}, {"Cookie": cookie}):
        assert ask(place.server, path, headers=headers).status == 404


def test_what_pages_need_is_there(place: Place):
    for path in ("/_stcore/health", "/_stcore/host-config", "/sign-in"):
        assert ask(place.server, path).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/healthz", "/_stcore/metrics", "/_stcore/upload_file/a/b"]
)
def test_answers_insist_on_encryption_and_name_no_server(place: Place, path: str):
    headers = ask(place.server, path).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["server"] is None


# while the record is held


def test_a_held_record_holds_up_neither_health_nor_files_nor_the_sign_in_page(place: Place):
    cookie, answers = place.enter(), list[int]()
    before = place.descriptors()

    def post() -> None:
        said = json.dumps({"owner": str(place.ada), "items": [item(new_key(), "no_red_flags")]})
        answers.append(place.post("/api/outbox", said.encode(), "application/json", cookie).status)

    posts = [threading.Thread(target=post) for _each in range(POSTS)]
    with closing(engine.driver().connect(place.server.home / "coach.sqlite3")) as held:
        held.isolation_level = None
        held.execute("BEGIN IMMEDIATE")
        for each in posts:
            each.start()
        wait_until(lambda: place.descriptors() >= before + POSTS)
        for path in ("/healthz", "/_stcore/health", "/coach-assets/fonts/OFL.txt", "/sign-in"):
            assert ask(place.server, path).status == 200
        assert answers == []  # they wait all the while
        held.execute("ROLLBACK")
    for each in posts:
        each.join(60)
    assert set(answers) <= {200, 503}
    assert 200 in answers
