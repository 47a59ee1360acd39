"""A wire between Chromium and the server that breaks at a chosen message, and a patient who goes on regardless."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Error, Locator, Page

from tests.support.browser_steps import START

OUT_S = 1.5
PATIENCE_S = 2.0  # before a tap that did nothing is tried again
RELOAD_S = 20.0  # before a screen with nothing to tap, or with nothing that helps, is loaded again
AT_MOST_S = 600.0

Act = Callable[[Locator], None]

# Tells the test which entries the server has acknowledged.
LISTEN = """(() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (String(asked[0]).endsWith('/api/outbox') && answer.status === 200) {
      answer.clone().json().then(({ ack }) => window.coachTold(ack)).catch(() => {});
    }
    return answer;
  };
})()"""


class Wire:
    """Passes everything on in both directions; what one end sends at once is a message, counted once armed."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream = upstream_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._armed = False
        self._out_until = 0.0
        self.messages = 0
        self.cut_at = 0
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut_at: int) -> None:
        """Count from here on; the message of that number is lost, and every connection with it (0: none is)."""
        with self._lock:
            self.messages, self.cuts, self.cut_at, self._armed = 0, 0, cut_at, True

    def disarm(self) -> None:
        """Pass everything on, at once."""
        with self._lock:
            self._armed, self._out_until = False, 0.0

    def close(self) -> None:
        """Close everything."""
        self._listening.close()
        with self._lock:
            self._break()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            with self._lock:
                out = time.monotonic() < self._out_until
            if out:
                _reset(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._upstream), timeout=5)
            except OSError:
                _reset(near)
                continue
            for end in (near, far):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while message := one.recv(1 << 16):
                if self._is_lost():
                    return
                other.sendall(message)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._ends -= {one, other}

    def _is_lost(self) -> bool:
        with self._lock:
            if not self._armed:
                return False
            self.messages += 1
            if self.messages != self.cut_at:
                return False
            self.cuts += 1
            self._out_until = time.monotonic() + OUT_S
            self._break()
            return True

    def _break(self) -> None:
        for end in self._ends:
            _reset(end)
        self._ends.clear()


def _reset(end: socket.socket) -> None:
    """Close a connection as a broken one: at once, without a goodbye."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()


@dataclass
class Told:
    """What a browser was told is stored."""

    acknowledged: set[str] = field(default_factory=set)

    def listen(self, context: BrowserContext) -> None:
        """Hear every answer to the player, in every page."""
        context.expose_binding("coachTold", lambda _source, ids: self.acknowledged.update(ids))
        context.add_init_script(LISTEN)


def play(page: Page, *, note: str) -> int:
    """Do a whole session from Today to Today, tapping whatever is there to be tapped; return how many reloads it took.

    Raises:
        TimeoutError: it does not come to its end.
    """
    taps: list[tuple[Locator, Act]] = []
    taps.append((page.get_by_test_id("save"), lambda button: _write(page, button, note)))
    for test_id in ("pain-3", "effort-3", "resume", "start"):
        taps.append((page.get_by_test_id(test_id).locator("visible=true"), _tap))
    for name in (START, "None of these", "Nothing new", "4", "Carry on"):
        taps.append((page.get_by_role("button", name=name, exact=True), _tap))
    home = page.get_by_test_id("back-to-today")
    over = page.get_by_role("heading", name="Nothing to do just now")
    playing = page.get_by_test_id("cue-label")
    last_s, until, reloads = time.monotonic(), time.monotonic() + AT_MOST_S, 0
    tapped: dict[str, float] = {}
    latest = ""
    there: list[tuple[Locator, Act]]
    while time.monotonic() < until:
        page.wait_for_timeout(150)
        if over.count():
            return reloads
        now = time.monotonic()
        if home.count():
            there = (
                [(home, _tap)] if page.get_by_test_id("saved-state").all_inner_texts() == ["Saved"] else []
            )
        else:
            there = [(found, act) for found, act in taps if found.count()]
        if playing.count():
            last_s = now
        for found, act in there[:1]:
            if now - tapped.get(str(found), 0.0) > PATIENCE_S:
                # The same thing again and again: whoever gets nowhere loads the page again.
                last_s = now if str(found) != latest else last_s
                latest = str(found)
                tapped[latest] = now
                with suppress(Error):  # it is gone, or dead for as long as there is no connection
                    act(found.first)
        if now - last_s > RELOAD_S:
            reloads, last_s = reloads + 1, now
            with suppress(Error):
                page.reload()
    raise TimeoutError(page.locator("body").inner_text())


def _tap(button: Locator) -> None:
    button.click(timeout=2_000)


def _write(page: Page, button: Locator, note: str) -> None:
    page.get_by_test_id("note").fill(note, timeout=2_000)
    _tap(button)
