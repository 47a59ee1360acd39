"""This installation's place on the computer: the data folder and the keys that are kept there."""

import errno
import os
import secrets
from pathlib import Path

import platformdirs

_KEY_BYTES = 32
_KEY_LENGTH = 43  # of 32 bytes in URL-safe base64, without padding


def data_folder() -> Path:
    """Return the folder that holds the record, made for its owner alone when it is not there.

    `COACH_HOME` names another one than the platform's own.

    Raises:
        OSError: the folder cannot be made.
    """
    named = os.environ.get("COACH_HOME")
    try:
        folder = Path(named or platformdirs.user_data_dir("coach", appauthor=False)).expanduser()
    except RuntimeError:  # ~somebody who is not there
        raise FileNotFoundError(errno.ENOENT, "no such home", named) from None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.chmod(0o700)
    except OSError as trouble:
        if trouble.errno != errno.EROFS:  # on a disk that can only be read it stays as it is
            raise
    return folder


def browser_key() -> str:
    """Return the 256-bit secret that this home's browsers carry as a cookie; it outlives restarts.

    Raises:
        OSError: the key can be neither read nor written.
    """
    return _kept("browser-key")


def tries_key() -> str:
    """Return the secret under which tries to sign in are counted; `COACH_SECRET` names one for several servers.

    Raises:
        OSError: the key can be neither read nor written.
    """
    return os.environ.get("COACH_SECRET") or _kept("tries-key")


def _kept(name: str) -> str:
    """Return the secret in a file of the data folder, made when it is not there."""
    path = data_folder() / name
    key = _read(path)
    if key is None:
        path.unlink(missing_ok=True)
        _write_once(path, secrets.token_urlsafe(_KEY_BYTES))
        key = _read(path)
    if key is None:
        raise OSError(f"{path} holds no key")
    path.chmod(0o600)
    return key


def _read(path: Path) -> str | None:
    """Return the key in a file, or None when there is none or it is damaged."""
    try:
        key = path.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return key if len(key) == _KEY_LENGTH else None


def _write_once(path: Path, key: str) -> None:
    """Put a key in place whole; when two servers start together, the first one's stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
