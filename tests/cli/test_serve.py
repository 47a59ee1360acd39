"""`python -m coach serve`: one server, or two on one record behind one port, with nginx itself and a real browser."""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Page, Response

from coach.cli.serving import balancer
from coach.config import network_disk
from coach.domain.facts import Note
from tests.support.browser_steps import heading, rest, see, tap, until
from tests.support.http import Answer, ask
from tests.support.patient_acts import begin, item
from tests.support.patients import answer_set_up, desk_in
from tests.support.server import AppServer, free_port
from tests.support.workers import Workers

ONE, TWO = "1", "2"  # what the cookie of a server's browsers says


def cookies(answer: Answer) -> dict[str, str]:
    """Return the cookies that an answer sets."""
    carried = SimpleCookie()
    for each in answer.headers.get_all("set-cookie") or []:
        carried.load(each)
    return {name: each.value for name, each in carried.items()}


class House:
    """One patient's home with two servers."""

    def __init__(self, home: Path) -> None:
        self.desk = desk_in(home)
        answer_set_up(self.desk, procedure=timedelta(hours=60), awake=True)
        self.session = begin(self.desk)
        self.servers = Workers(home).start()
        given = cookies(ask(self.servers, "/"))
        self.home = next(f"{name}={value}" for name, value in given.items() if name.startswith("coach-home"))

    def ask(self, path: str, server: str, *items: dict[str, object]) -> Answer:
        """Ask as a browser that stays with that server; with items, send them."""
        headers = {
            "Cookie": f"{self.servers.cookie}={server}; {self.home}",
            "Origin": self.servers.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }
        body = json.dumps({"owner": str(self.desk.patient), "items": items}).encode() if items else None
        return ask(self.servers, path, method="POST" if items else "GET", headers=headers, body=body)

    def send(self, server: str, *items: dict[str, object]) -> Answer:
        """Send items as a phone does, which tries again until it is answered."""
        while (answer := self.ask("/api/outbox", server, *items)).status == 502:
            # Sent to a server that was just ending: nobody knows whether it was stored.
            assert b"Nothing that was saved is lost" in answer.body
            time.sleep(0.1)
        assert answer.status == 200, answer.body
        return answer

    def note(self, text: str) -> dict[str, object]:
        return item(self.session, "note", text=text)

    def notes(self, text: str) -> int:
        """Return how often that note is in the record."""
        return sum(each.fact.text == text for each in self.desk.history().of(Note))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.servers.stop()
    made.desk.installation.store.close()


# two servers


def test_what_one_server_records_the_other_shows_next(house: House):
    for number, (writer, reader) in enumerate(((ONE, TWO), (TWO, ONE))):
        text = f"over the fence {number}"
        before = house.ask("/api/export", reader)
        assert before.status == 200
        assert text.encode() not in before.body
        assert house.ask("/api/outbox", writer, house.note(text)).status == 200
        assert text.encode() in house.ask("/api/export", reader).body


def test_a_browser_stays_with_one_server_and_goes_on_with_the_other_when_that_is_killed(
    house: House, open_page: Callable[..., Page]
):
    page, servers = open_page("phone"), house.servers
    moved: list[str] = []

    def look(response: Response) -> None:
        for each in response.headers_array():
            if each["name"].lower() == "set-cookie" and each["value"].startswith(servers.cookie):
                moved.append(each["value"].partition(";")[0].partition("=")[2])

    page.on("response", look)
    page.goto(f"{servers.url}/diary")
    tap(page, "Enter a paper diary from a file")
    heading(page, "Enter a paper diary")
    own = held(page, servers)
    other = TWO if own == ONE else ONE
    file = {"name": "diary.csv", "mimeType": "text/csv", "buffer": b"date,time,what,score\n"}
    with page.expect_response(lambda answer: answer.request.method == "PUT") as taken:
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    assert taken.value.status == 204
    see(page, "diary.csv")
    with page.expect_download() as template:
        tap(page, "Get an empty file to fill in")
    assert Path(template.value.path()).read_bytes() == house.desk.diary_import.paper_template()
    # It was the same server each time: the other one knows nothing of this session.
    assert moved == [own]
    path = taken.value.url.removeprefix(servers.url)
    refused = house.ask(path, other)
    assert (refused.status, cookies(refused)) == (403, {})

    gone = servers.server(own)
    servers.kill_server(own)
    note = house.note("kept on the phone")
    for _again in range(2):  # as a phone does that heard no answer
        sent = house.send(own, note)
        assert json.loads(sent.body)["ack"] == [note["id"]]
        assert cookies(sent) == {servers.cookie: other}
    assert house.notes("kept on the phone") == 1
    until(page, lambda: held(page, servers) == other)
    page.wait_for_selector(".stApp[data-test-connection-state=CONNECTED]")
    page.wait_for_timeout(1_000)  # after a tap that may be lost the page runs again by itself
    rest(page)
    page.get_by_role("link", name="Guide").first.click()
    heading(page, "Guide")

    # The first one is back, and its browsers stay where they are now.
    until(page, lambda: cookies(house.ask("/healthz", own)) == {})
    assert servers.server(own) not in (None, gone)
    assert "Server " + own + " has stopped (exit code -9) and starts again." in servers.log()
    page.get_by_role("link", name="Diary").first.click()
    heading(page, "Diary")
    assert held(page, servers) == other


def held(page: Page, servers: Workers) -> str:
    """Return which server a browser stays with."""
    return next(each["value"] for each in page.context.cookies() if each["name"] == servers.cookie)


def test_a_second_one_on_the_same_port_is_refused(house: House, coach: Callable[..., Result]):
    refused = coach("serve", "--workers", "2", "--port", house.servers.port)
    assert (refused.exit_code, refused.stdout) == (2, "")
    port = house.servers.port
    assert refused.stderr == f"Error: Port {port} is in use. Choose another one with --port.\n"


def test_a_signal_ends_every_program_and_leaves_nothing(house: House):
    servers = house.servers
    running, process = servers.programs(), servers.process
    assert process
    assert len(running) == 4  # two servers, nginx and the one that works for it
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert servers.log().endswith("Coach has stopped.\n")
    assert [pid for pid in running if Path(f"/proc/{pid}").exists()] == []
    assert servers.folder() is None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", servers.port)) != 0


# one server


class One(AppServer):
    """One server, started from a folder that is not the checkout, for a home whose name is relative to it."""

    warm = False

    def __init__(self, home: Path) -> None:
        super().__init__(home, env={"COACH_HOME": "a home"})

    def command(self) -> list[str]:
        """Return the command that runs it."""
        there = (
            f"import os, runpy; os.chdir({str(self.home)!r}); runpy.run_module('coach', run_name='__main__')"
        )
        return [sys.executable, "-c", there, "serve", "--port", str(self.port)]


def test_one_server_has_the_settings_of_the_checkout_wherever_it_is_started(tmp_path: Path):
    server = One(tmp_path).start()
    try:
        assert "coach-home" in (ask(server, "/").headers["set-cookie"] or "")
        assert ask(server, "/", headers={"Host": "evil.example"}).status == 403
        assert (tmp_path / "a home" / "browser-key").exists()
        assert server.process
        with socket.socket() as probe:  # other addresses of this computer are not listened on
            assert probe.connect_ex(("127.0.0.2", server.port)) != 0
    finally:
        server.stop()


# what is refused


def test_without_nginx_several_servers_are_refused(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(balancer, "PLACES", (str(tmp_path),))
    said = (
        "Error: nginx, which stands before several servers, is not installed. "
        "Install it, or run without --workers.\n"
    )
    refused = coach("serve", "--workers", "2", "--port", free_port())
    assert (refused.exit_code, refused.stderr) == (2, said)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"COACH_MODE": "both"}, "COACH_MODE must be home or clinic."),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "At home Coach is for this computer only"),
        ({"STREAMLIT_SERVER_ADDRESS": "192.0.2.1"}, "Nothing can listen on 192.0.2.1, port "),
        ({"STREAMLIT_SERVER_PORT": "many"}, "'many' is not a valid integer range."),
        ({"COACH_HOME": "/dev/null/home"}, "/dev/null/home cannot be used: Not a directory."),
        ({"COACH_DATABASE_URL": "mysql://x/y"}, "mysql"),
    ],
)
def test_what_is_not_safe_or_cannot_be_is_refused_before_anything_starts(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
):
    for name, value in ({"STREAMLIT_SERVER_PORT": str(free_port())} | settings).items():
        monkeypatch.setenv(name, value)
    refused = coach("serve", "--workers", "2")
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("count", ["1", "0", "17", "two"])
def test_a_number_of_servers_that_cannot_be_is_refused(coach: Callable[..., Result], count: str):
    refused = coach("serve", "--workers", count)
    assert refused.exit_code == 2
    assert "Invalid value for '--workers'" in refused.stderr


def test_a_record_on_a_network_disk_is_not_shared_by_several(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"22 1 0:21 / / rw - ext4 /dev/vda rw\n23 22 0:22 / {tmp_path} rw - nfs4 disk:/coach rw\n"
    )
    monkeypatch.setattr(network_disk, "MOUNTS", mounts)
    refused = coach("serve", "--workers", "2", "--port", free_port())
    assert refused.exit_code == 2
    assert "coach.sqlite3 lies on a network disk, where several servers cannot share it" in refused.stderr
    assert not (tmp_path / "home" / "coach.sqlite3").exists()


def test_a_network_disk_is_known_by_what_lies_on_top(tmp_path: Path):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 0:21 / / rw - ext4 /dev/vda rw\n"
        "23 22 0:22 / /far rw shared:1 - cifs //disk/far rw\n"
        "24 23 0:23 / /far/near rw - tmpfs none rw\n"
        "25 22 0:24 / /with\\040blank rw - fuse.sshfs me@there: rw\n"
        "26 22 0:25 / /over rw - ext4 /dev/vdb rw\n"
        "27 22 0:26 / /over rw - nfs4 disk:/over rw\n"
        "not a line\n"
    )
    far = ["/far/a", "/far/b/c.sqlite3", "/with blank/c", "/over/c"]
    near = ["/srv/c", "/far/near/c", "/farther/c", "/with"]
    assert [place for place in far + near if network_disk.holds(Path(place), mounts)] == far
    assert not network_disk.holds(Path("/far/a"), tmp_path / "nothing")
