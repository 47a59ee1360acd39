"""Two servers of one record behind one port, with nginx itself and a real browser."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response

from coach.domain.facts import Note
from tests.support.browser_steps import go_by_more, heading, rest, see, tap, until
from tests.support.http import Answer, ask
from tests.support.patient_acts import begin, item
from tests.support.patients import answer_set_up, desk_in
from tests.support.workers import Workers

# All of them want the same two servers, so all go where the one with the browser goes.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("chromium")]

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
    go_by_more(page, "Guide")
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
