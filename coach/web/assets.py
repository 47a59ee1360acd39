"""Serves the files of `assets/`: scripts, styles, drawings, fonts."""

from pathlib import Path, PurePath

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from coach.web.file_cache import IMMUTABLE, TYPES, FileCache

FOLDER = Path(__file__).resolve().parents[2] / "assets"


class Assets(StaticFiles):
    """Serves the folder: an address with `?v=` is cached for ever, any other is revalidated."""

    def __init__(self, folder: Path = FOLDER) -> None:
        super().__init__(directory=folder)
        self._files = FileCache(folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file with its type and how long a browser may keep it."""
        kind = TYPES.get(PurePath(path).suffix)
        if kind is None or any(part.startswith(".") for part in PurePath(path).parts):
            raise HTTPException(404)
        versioned = b"v=" in scope["query_string"]
        if versioned and scope["method"] in ("GET", "HEAD"):
            kept = await self._files.answer(path, Headers(scope=scope))
            if kept is not None:
                return kept
        response = await super().get_response(path, scope)
        response.headers["content-type"] = kind
        response.headers["cache-control"] = IMMUTABLE if versioned else "no-cache"
        return response
