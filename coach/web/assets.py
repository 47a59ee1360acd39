"""Serves the files of `assets/`: scripts, styles, drawings, fonts."""

from pathlib import Path, PurePath

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from coach.config.asset_files import FOLDER

# Listed here because the operating system's table may be wrong; other types are not served.
_TYPES = {
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
_YEAR_S = 31_536_000


class Assets(StaticFiles):
    """Serves the folder: an address with `?v=` is cached for ever, any other is revalidated."""

    def __init__(self, folder: Path = FOLDER) -> None:
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file with its type and how long a browser may keep it."""
        kind = _TYPES.get(PurePath(path).suffix)
        if kind is None or any(part.startswith(".") for part in PurePath(path).parts):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["content-type"] = kind
        versioned = b"v=" in scope["query_string"]
        response.headers["cache-control"] = (
            f"public, max-age={_YEAR_S}, immutable" if versioned else "no-cache"
        )
        return response
