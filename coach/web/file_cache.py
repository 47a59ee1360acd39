"""Files that are sent from memory, text compressed once and not at each request."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

#: By the ending of a file, listed here because the operating system's table may be wrong.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".woff2": "font/woff2",
}
IMMUTABLE = "public, max-age=31536000, immutable"
_COMPRESSED = {".css", ".js", ".json", ".svg", ".txt"}
_LEVEL = 9
_LARGEST = 8_000_000  # bytes of one file; a larger one is read from the disk each time
_MOST = 24_000_000  # bytes in memory; what comes after that is read from the disk each time


@dataclass(frozen=True, slots=True)
class _InMemory:
    """One file as it was on the disk at that time and size."""

    changed_ns: int
    size: int
    body: bytes
    headers: dict[str, str]


class FileCache:
    """The files of a folder, each read and compressed when it is first asked for."""

    def __init__(self, folder: Path, most: int = _MOST) -> None:
        self._folder = folder
        self._most = most
        self._kept: dict[str, _InMemory] = {}
        self._taken = 0
        self._making: dict[str, asyncio.Task[_InMemory]] = {}

    async def answer(self, path: str, headers: Headers) -> Response | None:
        """Return the answer to a request for a file that never changes under its address.

        None if the file is to be served in another way: it is unknown or too large, or the client
        wants a part of it or cannot read what is compressed.

        Args:
            path: the path inside the folder.
            headers: those of the request.
        """
        kind = PurePath(path).suffix
        if kind not in TYPES or "range" in headers or (kind in _COMPRESSED and not reads_gzip(headers)):
            return None
        if PurePath(path).is_absolute() or ".." in PurePath(path).parts:
            return None
        kept = await self._found(path)
        if kept is None:
            return None
        if kept.headers["etag"] in headers.get("if-none-match", ""):
            unchanged = {name: value for name, value in kept.headers.items() if name != "content-encoding"}
            return Response(status_code=304, headers=unchanged)
        return Response(kept.body, headers=kept.headers)

    async def _found(self, path: str) -> _InMemory | None:
        try:
            found = (self._folder / path).stat()
        except OSError:
            return None
        kept = self._kept.get(path)
        if kept and (kept.changed_ns, kept.size) == (found.st_mtime_ns, found.st_size):
            return kept
        if found.st_size > _LARGEST or self._taken >= self._most:
            return None
        # Whoever asks for the same file meanwhile waits for the same work
        making = self._making.get(path)
        if making is None:
            making = asyncio.create_task(run_in_threadpool(_read, self._folder / path))
            self._making[path] = making
            making.add_done_callback(lambda done: self._keep(path, done))
        try:
            return await asyncio.shield(making)
        except OSError:
            return None

    def _keep(self, path: str, done: asyncio.Task[_InMemory]) -> None:
        del self._making[path]
        if done.cancelled() or done.exception():
            return
        before = self._kept.pop(path, None)
        self._taken += len(done.result().body) - (len(before.body) if before else 0)
        self._kept[path] = done.result()


def _read(file: Path) -> _InMemory:
    """Read a file and compress it, on a thread."""
    found = file.stat()
    body = file.read_bytes()
    headers = {"content-type": TYPES[file.suffix], "cache-control": IMMUTABLE}
    digest = hashlib.sha256(body).hexdigest()[:24]
    if file.suffix in _COMPRESSED:
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding", "etag": f'"{digest}-gzip"'}
    else:
        headers["etag"] = f'"{digest}"'
    return _InMemory(found.st_mtime_ns, found.st_size, body, headers)


def reads_gzip(headers: Headers) -> bool:
    """Tell whether a client reads gzip."""
    for each in headers.get("accept-encoding", "").split(","):
        coding, _semicolon, weight = each.partition(";")
        if coding.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
