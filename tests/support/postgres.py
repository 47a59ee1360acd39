"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket that only it has.

It has three roles: a superuser, one that owns the tables, and one that serves people; addresses name the last.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from coach.records.database import postgres

SUPERUSER = "coach"
OWNER = "coach_owner"
SERVING = "coach_serving"


def as_role(url: str, role: str) -> str:
    """Return the address of the same database for another role; one of a file stays as it is."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return url
    return parsed.set(username=role).render_as_string(hide_password=False)


def as_owner(url: str) -> str:
    """Return the address for the role that owns the tables."""
    return as_role(url, OWNER)


def as_superuser(url: str) -> str:
    """Return the address for the role that may do anything."""
    return as_role(url, SUPERUSER)


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
        self.account = unprivileged() if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self._has_roles = False
        self.options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        if not durable:
            self.options += " -c fsync=off -c synchronous_commit=off"
        self._run(
            "initdb", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C", "--no-sync"
        )

    def start(self) -> None:
        """Start and wait until it takes connections."""
        log = self.folder / "server.log"
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={self.options}")
        if not self._has_roles:
            for role in (OWNER, SERVING):
                self._client("createuser", "--no-superuser", role)
            self._has_roles = True

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
        return self._database()

    def new_record(self) -> str:
        """Make a database with the tables of a record in it, which is empty, and return its SQLAlchemy address."""
        return self._database(self._prepared)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{SERVING}@/{database}?host={self.folder}"

    @cached_property
    def _prepared(self) -> str:
        url = self.new_database()
        postgres.prepare(as_owner(url), url)
        return str(make_url(url).database)

    def _database(self, template: str = "template1") -> str:
        name = f"coach_{uuid.uuid4().hex[:12]}"
        made = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        with psycopg.connect(
            host=str(self.folder), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as server:
            server.execute(made.format(Identifier(name), Identifier(OWNER), Identifier(template)))
        return self.url(name)

    def _client(self, program: str, *arguments: str) -> None:
        self._run(program, f"--host={self.folder}", f"--username={SUPERUSER}", *arguments, data=False)

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


def unprivileged() -> pwd.struct_passwd:
    """Return an account without rights of its own."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
