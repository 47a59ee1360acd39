"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket that only it has."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

USER = "coach"


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where several are installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


class PostgresServer:
    """A server that may be stopped hard and started again; `durable` makes its commits reach the disk."""

    def __init__(self, *, durable: bool = False) -> None:
        found = binaries()
        if found is None:
            raise RuntimeError("PostgreSQL is not installed: run `make tools`")
        self.binaries = found
        self.folder = Path(tempfile.mkdtemp(prefix="coach-pg-"))
        self.data = self.folder / "data"
        # PostgreSQL refuses to run as root.
        self.account = _unprivileged() if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        if not durable:
            self.options += " -c fsync=off -c synchronous_commit=off"
        self._run(
            "initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync"
        )

    def start(self) -> None:
        """Start and wait until it takes connections."""
        log = self.folder / "server.log"
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={self.options}")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is what a crash looks like."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def close(self) -> None:
        """Stop it and remove everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self) -> str:
        """Make an empty database and return its SQLAlchemy address."""
        name = f"coach_{uuid.uuid4().hex[:12]}"
        self._run("createdb", f"--host={self.folder}", f"--username={USER}", name, data=False)
        return self.url(name)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: str, data: bool = True) -> None:
        where = [f"--pgdata={self.data}"] if data else []
        done = subprocess.run(
            [self.binaries / program, *where, *arguments],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "tools.log").open("ab"),
            user=self.account and self.account.pw_uid,
            group=self.account and self.account.pw_gid,
            extra_groups=[] if self.account else None,
            check=False,
        )
        if done.returncode:
            said = (self.folder / "tools.log").read_text(errors="replace")
            raise RuntimeError(f"{program} failed:\n{said}")


def _unprivileged() -> pwd.struct_passwd:
    """Return an account without rights of its own."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
