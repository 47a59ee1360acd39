"""SQLite records for tests: what takes long to make is made once and copied after that."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from coach.records.store import Store

_kept = tempfile.TemporaryDirectory(prefix="coach-records-", ignore_cleanup_errors=True)


def place() -> Path:
    """Return a new folder for a record to copy from, kept until the tests are over."""
    return Path(tempfile.mkdtemp(dir=_kept.name))


def opened(path: Path) -> Store:
    """Open the record of a file; where there is no file, an empty one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_empty(), path)
    return Store.open(f"sqlite:///{path}")


@cache
def _empty() -> Path:
    path = place() / "empty.sqlite3"
    Store.open(f"sqlite:///{path}").close()
    return path
