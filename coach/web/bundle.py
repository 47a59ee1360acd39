"""The scripts of Streamlit's page: from memory, compressed, and known before they are asked for.

Streamlit reads each file from the disk in parts at each request, and sends it uncompressed: 2.6 MB
before the first word is on the screen. What is not as expected is left to Streamlit.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.web.file_cache import FileCache

ADDRESS = "/static/"
# A file whose name has a hash of its content: under this address it never changes.
_HASHED = re.compile(r"(?:css|js|media)/[\w.-]+\.[\w-]{8}\.(?:css|js|woff2|png|svg)")
# The parts of Streamlit's page that it loads only when an element needs them, and nearly every page does.
PARTS = (
    "elements/Html/Html.tsx",
    "elements/PageLink/PageLink.tsx",
    "widgets/BidiComponent/BidiComponent.tsx",
    "widgets/Button/Button.tsx",
)


@cache
def folder() -> Path:
    """Return the folder of the files that the installed Streamlit serves."""
    spec = importlib.util.find_spec("streamlit")
    if spec is None or spec.origin is None:
        raise RuntimeError("Streamlit is not installed")
    return Path(spec.origin).parent / "static"


class StreamlitFiles:
    """Answers for the files of Streamlit's page; it holds nothing of anybody, and anybody may load it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = FileCache(folder() / "static")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(ADDRESS):
            await self.app(scope, receive, send)
            return
        name = path.removeprefix(ADDRESS)
        if scope["method"] in ("GET", "HEAD") and _HASHED.fullmatch(name):
            answer = await self.files.answer(name, Headers(scope=scope))
            if answer is not None:
                await answer(scope, receive, send)
                return

        async def send_varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header("accept-encoding")
            await send(message)

        await self.app(scope, receive, send_varying)


@cache
def parts() -> tuple[str, ...]:
    """Return the paths of the scripts that every page needs beside those that Streamlit's document names.

    None where the installed Streamlit says it in another way: the page then finds them later by itself.
    """
    try:
        known = json.loads((folder() / "manifest.json").read_text("utf-8"))
        begun = {name for name, each in known.items() if each.get("isEntry")}
        begun |= {name for entry in begun for name in _imports(known, entry)}
        wanted = [name for part in PARTS for name in known if name.endswith(f"/{part}")]
        needed = dict.fromkeys(name for part in wanted for name in (part, *_imports(known, part)))
        files = [str(known[name]["file"]) for name in needed if name not in begun]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ()
    return tuple(file for file in files if _HASHED.fullmatch(file.removeprefix("static/")))


def _imports(known: dict[str, Any], name: str) -> Iterator[str]:
    """Yield what a script imports, and what that imports."""
    seen: set[str] = set()
    open_ = [name]
    while open_:
        for each in known[open_.pop()].get("imports", ()):
            if each not in seen:
                seen.add(each)
                open_.append(each)
                yield each
