"""Chromium as people run it, spoken to directly.

Playwright tells every page that it is seen and has the focus, and switches the throttling of hidden
tabs off. Here a tab behind another one is hidden, and its timers are slowed down.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.support import browser

START_S = 30
ANSWER_S = 30


class Chromium:
    """One running browser, without a window, in a profile of its own; a phone's width."""

    def __init__(self, program: str) -> None:
        self._stack = ExitStack()
        profile = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="coach-chromium-", ignore_cleanup_errors=True)
        )
        flags = ["--headless=new", "--remote-debugging-port=0", "--window-size=390,844", "--lang=en-GB"]
        self._process = subprocess.Popen(
            [program, *browser.FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(self._end)
        told = Path(profile) / "DevToolsActivePort"
        until = time.monotonic() + START_S
        while not (told.exists() and told.read_text().strip()):
            if time.monotonic() > until or self._process.poll() is not None:
                self.close()
                raise RuntimeError("Chromium did not start")
            time.sleep(0.05)
        self._address = f"http://127.0.0.1:{int(told.read_text().split()[0])}"

    def open(self) -> Tab:
        """Open a tab in front of the others, on an empty page."""
        asked = urllib.request.Request(f"{self._address}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(asked, timeout=ANSWER_S) as answer:
            target = json.load(answer)
        with urllib.request.urlopen(f"{self._address}/json/activate/{target['id']}", timeout=ANSWER_S):
            return Tab(target["webSocketDebuggerUrl"], self._stack)

    def close(self) -> None:
        """End it."""
        self._stack.close()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)


class Tab:
    """One tab: runs scripts in its page."""

    def __init__(self, address: str, stack: ExitStack) -> None:
        self._socket = stack.enter_context(connect(address, max_size=None, ping_interval=None))
        self._number = 0

    def go(self, url: str, *, script: str) -> None:
        """Load a page, with a script that runs before the page's own."""
        self._ask("Page.enable")
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=script)
        self._ask("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Return what a script says, as a tap of the user's; a promise is waited for."""
        told = self._ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(
                told["exceptionDetails"].get("exception", {}).get("description", "script failed")
            )
        return told["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script says yes."""
        ends = time.monotonic() + ANSWER_S
        while not self.run(script):
            if time.monotonic() > ends:
                raise RuntimeError(f"never came true: {script}")
            time.sleep(0.1)

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWER_S))
            if answer.get("id") != self._number:
                continue  # an event
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            return dict(answer["result"])
