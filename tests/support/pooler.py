"""PgBouncer in transaction mode before the tests' PostgreSQL: each transaction may meet another connection of the server."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.support.postgres import OWNER, SERVING, SUPERUSER, PostgresServer, unprivileged
from tests.support.server import free_port

CONNECTIONS = 3  # of the server, for all clients together: they must share
SETTINGS = f"""[databases]
* = host={{host}}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {{port}}
unix_socket_dir =
auth_type = trust
auth_file = {{users}}
pool_mode = transaction
default_pool_size = {CONNECTIONS}
max_client_conn = 200
query_wait_timeout = 10
"""


def program() -> str | None:
    """Return PgBouncer's program; Debian puts it where only root looks."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def as_somebody() -> dict[str, Any]:
    """Return how to start a program that refuses to run as root, or should not: as an account without rights."""
    if os.geteuid() != 0:
        return {}
    account = unprivileged()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def hand_over(*paths: Path) -> None:
    """Let that account have files."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, unprivileged().pw_uid, unprivileged().pw_gid)


class Pooler:
    """One PgBouncer of the tests' own, on a port of this computer.

    `settings` may be a whole file, in which {port} and {users} are filled in; `roles` are those that may come.
    """

    def __init__(
        self, postgres: PostgresServer, *, settings: str = SETTINGS, roles: Sequence[str] = ()
    ) -> None:
        found = program()
        if found is None:
            raise RuntimeError("PgBouncer is not installed: run `make tools`")
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="coach-pooler-"))
        users = self.folder / "users.txt"
        users.write_text("".join(f'"{role}" ""\n' for role in roles or (OWNER, SERVING, SUPERUSER)))
        file = self.folder / "pgbouncer.ini"
        file.write_text(settings.format(port=self.port, users=users, host=postgres.folder))
        hand_over(self.folder, users, file)
        self.process = subprocess.Popen(
            [found, str(file)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            **as_somebody(),
        )

    def through(self, url: str) -> str:
        """Return the address of a database of the server by way of this."""
        parsed = make_url(url).set(host="127.0.0.1", port=self.port, query={})
        return parsed.render_as_string(hide_password=False)

    def log(self) -> str:
        """Return everything it has said."""
        return (self.folder / "log").read_text(errors="replace")

    def close(self) -> None:
        """Stop it and remove everything."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
