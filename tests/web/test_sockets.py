"""How many browser sessions there may be at once, and what the next one is told."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.responses import HTMLResponse
from starlette.types import Message, Receive, Scope, Send

from coach.config.capacity import Capacity
from coach.web import sign_in, sockets
from coach.web.sockets import BrowserSessions, Full, Places

HEADERS = ((b"host", b"127.0.0.1"),)


def scope(kind: str, path: str, address: str = "10.0.0.1") -> Scope:
    return {
        "type": kind, "method": "GET", "path": path, "headers": list(HEADERS), "client": (address, 1),
        "query_string": b"", "extensions": {"websocket.http.response": {}},
    }  # fmt: skip


class House:
    """The bounds of a home around an app whose sockets stay open until they are let go."""

    def __init__(self, sessions: int) -> None:
        self.let_go = asyncio.Event()
        self.open = 0
        capacity = Capacity(files=64, sessions=sessions, connections=9)
        self.bounds = BrowserSessions(self._app, capacity, lambda *_asked: False)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await HTMLResponse("a page")(scope, receive, send)
            return
        self.open += 1
        await self.let_go.wait()

    async def ask(self, asked: Scope) -> list[Message]:
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        await self.bounds(asked, receive, send)
        return said

    async def hold(self, addresses: Iterable[str]) -> list[asyncio.Task[list[Message]]]:
        held = [asyncio.create_task(self.ask(scope("websocket", sockets.STREAM, each))) for each in addresses]
        await asyncio.sleep(0)
        return held


def apart(act: Coroutine[Any, Any, None]) -> None:
    """Run it on a thread of its own: this one may have an event loop of a browser's."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, act).result()


def headers(said: list[Message]) -> dict[bytes, bytes]:
    return dict(said[0]["headers"])


def test_one_more_than_fits_is_told_to_come_back_and_then_fits():
    async def go() -> None:
        house = House(sessions=2)
        held = await house.hold(["10.0.0.1", "10.0.0.2"])
        page = await house.ask(scope("http", "/"))
        assert page[0]["status"] == 503
        assert headers(page)[b"retry-after"] == b"30"
        assert b"Many people use Coach just now" in page[1]["body"]
        assert b"Do not wait for Coach" in page[1]["body"]
        socket = await house.ask(scope("websocket", sockets.STREAM))
        assert socket[0]["status"] == 503
        house.let_go.set()
        await asyncio.gather(*held)
        page = await house.ask(scope("http", "/"))
        assert page[0]["status"] == 200

    apart(go())


def test_one_address_does_not_take_every_place(monkeypatch: pytest.MonkeyPatch):
    async def go() -> None:
        monkeypatch.setattr(sockets, "MOST_OF_AN_ADDRESS", 3)
        house = House(sessions=50)
        held = await house.hold(["10.0.0.1"] * 5 + ["10.0.0.2"])
        assert house.open == 4
        house.let_go.set()
        await asyncio.gather(*held)

    apart(go())


def stranger(address: str, **headers: str) -> Scope:
    asked = scope("websocket", sockets.STREAM, address)
    asked["headers"] = [*HEADERS, *((name.encode(), value.encode()) for name, value in headers.items())]
    return asked


OWN = {"origin": "http://127.0.0.1"}


@pytest.mark.parametrize(
    ("offered", "headers", "opened"),
    [(True, OWN, sockets.MOST_STRANGERS_OF_AN_ADDRESS), (True, {}, 0), (False, OWN, 0)],
)
def test_strangers_open_a_few_sockets_on_the_way_to_their_organisation(
    monkeypatch: pytest.MonkeyPatch, offered: bool, headers: dict[str, str], opened: int
):
    async def go() -> None:
        house = House(sessions=500)
        asked = [asyncio.create_task(house.ask(stranger("10.0.0.1", **headers))) for _each in range(9)]
        await asyncio.sleep(0.01)
        assert house.open == opened
        more = [asyncio.create_task(house.ask(stranger(f"10.0.1.{n}", **headers))) for n in range(99)]
        said = await asyncio.gather(*asked, *more)  # none of them stays
        assert house.open <= sockets.MOST_STRANGERS
        assert all(each[0]["type"] != "websocket.accept" for each in said)
        assert house.bounds.places.taken("strangers") == 0

    monkeypatch.setenv("COACH_MODE", "clinic")
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.org")
    monkeypatch.setattr(sockets, "STRANGER_S", 0.05)
    sign_in.offer_organisation(offered=offered)
    try:
        apart(go())
    finally:
        sign_in.offer_organisation(offered=False)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/join"])
def test_the_plain_pages_need_no_place(path: str):
    async def go() -> None:
        house = House(sessions=1)
        held = await house.hold(["10.0.0.1"])
        assert (await house.ask(scope("http", path)))[0]["status"] == 200
        house.let_go.set()
        await asyncio.gather(*held)

    apart(go())


def test_places_are_given_back_whatever_happens():
    places = Places()
    with pytest.raises(ZeroDivisionError), places.take({"all": 1}):
        raise ZeroDivisionError
    with places.take({"all": 1, "one": 1}), pytest.raises(Full), places.take({"all": 2, "one": 1}):
        pass
    assert places.taken("all") == 0
    assert len(places._taken) == 0  # noqa: SLF001  how much is held in memory is seen nowhere else
