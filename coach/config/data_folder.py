"""The data folder of this installation, and the keys that are stored in it."""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

_KEY_BYTES = 32
_OWNER_ALONE = 0o600
_KEY_LENGTH = 43  # characters of 32 bytes in URL-safe base64, without padding

_known: dict[Path, tuple[tuple[int, ...], str]] = {}  # each key with the state of its file


def data_folder() -> Path:
    """Return the folder that holds the record; created with mode 0700 if it does not exist.

    `COACH_HOME` overrides the platform's folder for application data.

    Raises:
        OSError: the folder cannot be created.
    """
    folder = _place()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.chmod(0o700)
    except OSError as trouble:
        if trouble.errno != errno.EROFS:  # a read-only disk: its permissions stay as they are
            raise
    return folder


def _place() -> Path:
    named = os.environ.get("COACH_HOME")
    try:
        return Path(named or platformdirs.user_data_dir("coach", appauthor=False)).expanduser()
    except RuntimeError:  # "~name" of an unknown account
        raise FileNotFoundError(errno.ENOENT, "no such home", named) from None


def browser_key() -> str:
    """Return the 256-bit secret that this home's browsers send as a cookie; it survives restarts.

    Raises:
        OSError: the key can be neither read nor written.
    """
    return _kept("browser-key")


def tries_key() -> str:
    """Return the key for digests of sign-in attempts.

    `COACH_SECRET` sets it for several servers.

    Raises:
        OSError: the key can be neither read nor written.
    """
    return os.environ.get("COACH_SECRET") or _kept("tries-key")


def _kept(name: str) -> str:
    """Return the secret in a file of the data folder, created if missing.

    Every run of a page asks for it: a file that is as it was is not read again.
    """
    path = _place() / name
    known = _known.get(path)
    if known and known[0] == _state(path):
        return known[1]
    data_folder()
    key = _read(path)
    if key is None:
        with _alone_in(path.parent):
            if _read(path) is None:  # else another server has made it meanwhile
                path.unlink(missing_ok=True)
                _write_once(path, secrets.token_urlsafe(_KEY_BYTES))
        key = _read(path)
    if key is None:
        raise OSError(f"{path} holds no key")
    if stat.S_IMODE(path.stat().st_mode) != _OWNER_ALONE:  # else every other server would read it again
        path.chmod(_OWNER_ALONE)
    state = _state(path)
    if state and _read(path) == key:
        _known[path] = (state, key)
    return key


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes out of such a block while it runs; Windows has no such lock for folders."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _state(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is written, replaced or given other permissions; () without one."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _read(path: Path) -> str | None:
    """Return the key in a file, or None if it is missing or damaged."""
    try:
        key = path.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return key if len(key) == _KEY_LENGTH else None


def _write_once(path: Path, key: str) -> None:
    """Write a key file atomically; if two servers start together, the first one's key stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "w") as file:
        file.write(key)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
