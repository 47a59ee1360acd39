"""Many users at once, in a process of their own: each a browser's tab over the web socket, cookies included.

    python -m tests.bench.crowd PLAN ANSWER

It reads a plan (`tests/bench/load.py` writes it), lets its users come, measures for a while, lets them
go and writes what it saw; both files are JSON. It goes to loopback addresses alone, ends by itself, and
counts whatever goes wrong as an error. The names of what is measured are those of Streamlit's own load
tests (`e2e_playwright/load_testing` in its repository), where they have one.
"""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any, Self
from urllib.parse import urlsplit

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.bench import walks
from tests.bench.processes import Processes
from tests.bench.tab import Run, Tab
from tests.bench.wire import protocols, stream

AT_ONCE = 4  # users who come at the same time, so that a first load is one and not a queue
SAMPLED_S = 0.25
AGAIN_S = 1.0  # after an error, until that user comes again
LEAVE_S = 15


@dataclass(frozen=True, slots=True)
class User:
    """Who comes: the kind of walk, the page, the cookie, and the loopback address that they come from.

    A server counts how many come from one address, as a browser's limit for everybody behind it.
    """

    walk: str
    page: str = ""
    cookie: str = ""
    source: str = "127.0.0.1"
    routed: bool = False
    patients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to let come to a server, and how long."""

    url: str
    users: tuple[User, ...]
    pids: tuple[int, ...]  # the server's processes, whose processor time and memory is counted
    think_s: float = 0.0  # on average, between an answer and the next act
    window_s: float = 10.0  # for which it is measured once everybody is there
    come_s: float = 60.0  # for which the last of them is waited for
    answer_s: float = 60.0  # for which one answer is waited for
    least: int = 0  # runs that are measured however long they take, within another `come_s`


@dataclass(slots=True)
class Seen:
    """What came of it; times in ms, memory in MB."""

    users: int = 0
    sessions_completed: int = 0
    sessions_failed: int = 0
    initial_load_time_ms: list[float] = field(default_factory=list)
    rerun_time_ms: list[float] = field(default_factory=list)
    post_time_ms: list[float] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)
    act_time_ms: dict[str, list[float]] = field(default_factory=dict)  # by the name of the act
    errors: Counter[str] = field(default_factory=Counter)
    duration_seconds: float = 0.0
    cpu_ms: float = 0.0  # of the server, in the window
    crowd_cpu_ms: float = 0.0  # of this process, in the window
    memory_rss_mb_start: float = 0.0
    memory_rss_mb_peak: float = 0.0
    memory_rss_mb_end: float = 0.0
    #: The memory each time it was looked at, with the number of sessions that had come until then.
    memory: list[tuple[int, float]] = field(default_factory=list)


class Crowd:
    """Everybody who comes, and what is known of it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seen = Seen(users=len(plan.users))
        self.measuring = False
        self.there = 0
        self.opened = 0
        self.may_come = asyncio.Semaphore(AT_ONCE)
        self.all_there = asyncio.Event()
        self.processes = Processes(plan.pids)

    async def go(self) -> Seen:
        """Let everybody come, measure, let everybody go."""
        seen, plan = self.seen, self.plan
        seen.memory_rss_mb_start = self.processes.memory_mb()
        watching = asyncio.create_task(self._watch())
        users = [asyncio.create_task(self._user(user, n)) for n, user in enumerate(plan.users)]
        with suppress(TimeoutError):
            async with asyncio.timeout(plan.come_s):
                await self.all_there.wait()
        self.all_there.set()
        began, used, own = time.monotonic(), self.processes.used_ms(), time.process_time()
        self.measuring = True
        await asyncio.sleep(plan.window_s)
        while len(seen.rerun_time_ms) < plan.least and time.monotonic() - began < plan.window_s + plan.come_s:
            await asyncio.sleep(SAMPLED_S)
        self.measuring = False
        seen.duration_seconds = time.monotonic() - began
        seen.cpu_ms = self.processes.used_ms() - used
        seen.crowd_cpu_ms = (time.process_time() - own) * 1000
        for task in users:
            task.cancel()
        await asyncio.wait(users, timeout=LEAVE_S)
        watching.cancel()
        seen.memory_rss_mb_end = self.processes.memory_mb()
        seen.memory_rss_mb_peak = max([seen.memory_rss_mb_start, *(mb for _n, mb in seen.memory)])
        if self.there < len(users):
            seen.errors["never came to its first page"] += len(users) - self.there
        return seen

    async def _watch(self) -> None:
        while True:
            self.seen.memory.append((self.opened, self.processes.memory_mb()))
            await asyncio.sleep(SAMPLED_S)

    async def _user(self, user: User, number: int) -> None:
        """Come, act and think until told to go; after an error come again."""
        dice, first = Random(number), True
        while True:
            try:
                async with AsyncExitStack() as stack:
                    async with self.may_come:
                        seat = await stack.enter_async_context(Seat(self, user, dice))
                        await seat.arrive()
                    if first:
                        first = False
                        await self._everybody()
                        await asyncio.sleep(dice.uniform(0, self.plan.think_s))
                    await seat.stay()
                self.seen.sessions_completed += 1
            except asyncio.CancelledError:
                self.seen.sessions_completed += not first
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is counted, and the others go on
                self.seen.sessions_failed += 1
                self.seen.errors[_named(error)] += 1
                await asyncio.sleep(AGAIN_S)

    async def _everybody(self) -> None:
        self.there += 1
        if self.there == len(self.plan.users):
            self.all_there.set()
        await self.all_there.wait()

    def took(self, times: list[float], act: str, took_ms: float, fault: str) -> None:
        """Keep how long an answer took; one with a fault is an error at any time."""
        if fault:
            self.seen.errors[f"{act}: {fault}"] += 1
        elif self.measuring:
            times.append(took_ms)
            self.seen.acts[act] += 1
            self.seen.act_time_ms.setdefault(act, []).append(took_ms)


class Seat:
    """One user in one browser session."""

    def __init__(self, crowd: Crowd, user: User, dice: Random) -> None:
        self.crowd, self.user, self.dice = crowd, user, dice
        self.tab = Tab(crowd.plan.url, user.page, routed=user.routed)
        self.due = dice.random()  # at 1 it is time to look at Diary or Progress
        self._cookie = user.cookie
        self._stack = AsyncExitStack()
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_gone: object) -> None:
        await self._stack.aclose()

    async def arrive(self) -> None:
        """Load the page as a browser does: its document, which may give a cookie, the socket, the first run."""
        began = time.perf_counter()
        async with asyncio.timeout(self.crowd.plan.answer_s):
            await asyncio.to_thread(self._document)
            self._socket = await self._stack.enter_async_context(
                connect(
                    stream(self.tab.url),
                    origin=Origin(self.tab.url),
                    additional_headers={"Cookie": self._cookie} if self._cookie else None,
                    subprotocols=protocols(),
                    max_size=None,
                    ping_interval=None,
                    close_timeout=2,
                    local_addr=(self.user.source, 0),
                )
            )
        self.crowd.opened += 1
        done = await self._run()
        took_ms = (time.perf_counter() - began) * 1000
        if done.fault:
            raise RuntimeError(done.fault)
        if self.user.routed and self.tab.place != self.user.page:
            raise RuntimeError(f"led to {self.tab.place or 'the start page'}")
        self.crowd.seen.initial_load_time_ms.append(took_ms)

    async def stay(self) -> None:
        """Act and think, for ever or as long as this kind of user stays."""
        step = walks.WALKS[self.user.walk]
        while await step(self):
            think_s = self.crowd.plan.think_s
            await asyncio.sleep(self.dice.uniform(0.5 * think_s, 1.5 * think_s))

    async def run(self, act: str, **asked: Any) -> None:
        """Let the page run, under the name of an act."""
        began = time.perf_counter()
        done = await self._run(**asked)
        took_ms = (time.perf_counter() - began) * 1000
        self.crowd.took(self.crowd.seen.rerun_time_ms, act, took_ms, done.fault)

    async def post(self, act: str, path: str, body: Mapping[str, object]) -> tuple[int, bytes]:
        """Send JSON as the page's script does; return status and answer."""
        began = time.perf_counter()
        async with asyncio.timeout(self.crowd.plan.answer_s):
            status, answer = await asyncio.to_thread(self._ask, "POST", path, json.dumps(body).encode())
        fault = "" if status == 200 else f"answered with {status}"
        self.crowd.took(self.crowd.seen.post_time_ms, act, (time.perf_counter() - began) * 1000, fault)
        return status, answer

    async def _run(self, **asked: Any) -> Run:
        if self._socket is None:
            raise RuntimeError("not connected")
        async with asyncio.timeout(self.crowd.plan.answer_s):
            await self._socket.send(self.tab.ask(**asked))
            while True:
                done = self.tab.hear(await self._socket.recv(decode=False))
                if done:
                    return done

    def _document(self) -> None:
        self._ask("GET", f"/{self.user.page}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        address = urlsplit(self.tab.url)
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Origin": self.tab.url}
        connection = http.client.HTTPConnection(
            str(address.hostname),
            address.port,
            timeout=self.crowd.plan.answer_s,
            source_address=(self.user.source, 0),
        )
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            given = [each.partition(";")[0] for each in answer.headers.get_all("set-cookie", [])]
            self._cookie = "; ".join(filter(None, [self._cookie, *given]))
            return answer.status, answer.read()
        finally:
            connection.close()


def _named(error: Exception) -> str:
    if isinstance(error, InvalidStatus):
        return f"the web socket was refused with {error.response.status_code}"
    return f"{type(error).__name__}: {error}".rstrip(": ")[:120]


def main(plan_file: str, answer_file: str) -> None:
    """Read a plan, do it, write what was seen."""
    given = json.loads(Path(plan_file).read_text())
    users = tuple(User(**{**user, "patients": tuple(user["patients"])}) for user in given.pop("users"))
    plan = Plan(**given | {"users": users, "pids": tuple(given["pids"])})
    if not ipaddress.ip_address(urlsplit(plan.url).hostname or "").is_loopback:
        raise SystemExit("Only a server on this computer is loaded.")

    async def go() -> Seen:
        return await Crowd(plan).go()

    seen = uvloop.run(go())
    Path(answer_file).write_text(json.dumps({each.name: getattr(seen, each.name) for each in fields(seen)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
