"""PgBouncer in transaction mode before the tests' PostgreSQL: each transaction may meet another connection of the server."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from tests.support.postgres import OWNER, SERVING, SUPERUSER, PostgresServer, unprivileged
from tests.support.server import free_port

CONNECTIONS = 3  # of the server, for all clients together: they must share


def program() -> str | None:
    """Return PgBouncer's program; Debian puts it where only root looks."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Pooler:
    """One PgBouncer of the tests' own, on a port of this computer."""

    def __init__(self, postgres: PostgresServer) -> None:
        found = program()
        if found is None:
            raise RuntimeError("PgBouncer is not installed: run `make tools`")
        self.program = found
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="coach-pooler-"))
        users = self.folder / "users.txt"
        users.write_text("".join(f'"{role}" ""\n' for role in (OWNER, SERVING, SUPERUSER)))
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = host={postgres.folder}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
            f"default_pool_size = {CONNECTIONS}\nmax_client_conn = 200\nquery_wait_timeout = 10\n"
        )
        # PgBouncer refuses to run as root.
        account = unprivileged() if os.geteuid() == 0 else None
        if account:
            for path in (self.folder, users, settings):
                os.chown(path, account.pw_uid, account.pw_gid)
        self.process = subprocess.Popen(
            [self.program, str(settings)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
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
