"""The command `serve`: one server, or several behind one port."""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from coach import desk
from coach.cli.errors import CommandRefused
from coach.cli.serving import balancer, ports
from coach.cli.serving.programs import LOOK_EVERY_S, Program, end, until_stopped
from coach.config import data_folder, mode, network_disk
from coach.i18n import _, ngettext

ROOT = Path(__file__).resolve().parents[2]
MOST = 16  # each takes about 200 MB, and up to 15 connections of PostgreSQL


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    envvar="STREAMLIT_SERVER_PORT",
    default=mode.server_port,
    help="Where to open it, in place of the port in the settings.",
)
@click.option("--workers", type=click.IntRange(2, MOST), help="So many servers behind the port, by nginx.")
@click.option(
    "--app",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    default=ROOT / "streamlit_app.py",
    hidden=True,
    help="Another script in place of the app's own, for measurements.",
)
def serve(port: int, workers: int | None, app: Path) -> None:
    """Run Coach until it is stopped (Ctrl+C), with the settings of this checkout.

    One server uses one core of the processor. With --workers several servers share the work on one
    record, and nginx, which must be installed, keeps each browser with one of them. One that ends
    is started again, and its browsers go on with another.
    """
    if os.name != "posix":
        raise CommandRefused(_("On this system start it with: streamlit run streamlit_app.py"))
    address = mode.server_settings()[0]
    ports.refuse_busy(address, port)
    if workers is None:
        env = _settings()
        os.chdir(ROOT)
        os.execve(sys.executable, _server(app, port), env)  # noqa: S606  our own program
    nginx = balancer.program()
    _check()
    with tempfile.TemporaryDirectory(prefix="coach-serve-") as folder, until_stopped() as stopped:
        _run(
            Path(folder),
            stopped,
            nginx=nginx,
            app=app,
            address=address,
            port=port,
            behind=ports.free(workers),
        )
    click.echo(_("Coach has stopped."))


def _check() -> None:
    """Refuse what is not safe with several servers, and do once what each would do at its start."""
    mode.check(*mode.server_settings())
    # Made here, the keys are the same for all servers, and a folder that keeps none is refused.
    data_folder.tries_key()
    if not mode.is_https():
        data_folder.browser_key()
    file = desk.record_file()
    if file is not None and network_disk.holds(file):
        raise CommandRefused(
            _("{file} lies on a network disk, where several servers cannot share it: ").format(file=file)
            + _("move it, use PostgreSQL, or run without --workers.")
        )
    desk.settle()  # an older record is migrated here
    if desk.is_there():
        with suppress(desk.RecordUnavailable):  # the pages say why
            desk.open_installation().store.close()


def _run(
    folder: Path,
    stopped: threading.Event,
    *,
    nginx: str,
    app: Path,
    address: str,
    port: int,
    behind: Sequence[int],
) -> None:
    file = folder / "nginx.conf"
    file.write_text(balancer.settings(folder, address=address, port=port, workers=behind), "utf-8")
    env = _settings() | {"FORWARDED_ALLOW_IPS": balancer.trusted()}
    servers = [
        Program(_("Server {n}").format(n=n), _server(app, each, address=ports.HERE), cwd=ROOT, env=env)
        for n, each in enumerate(behind, 1)
    ]
    before = Program(
        "nginx", [nginx, "-e", "stderr", "-p", str(folder), "-c", str(file)], cwd=folder, env=env
    )
    every = [*servers, before]
    try:
        for each in every:
            each.start()
        _await(every, behind, stopped)
        if not stopped.is_set():
            told = ngettext(
                "{n} server answers at {address}", "{n} servers answer at {address}", len(servers)
            )
            shown = f"[{address}]" if ":" in address else address
            click.echo(told.format(n=len(servers), address=f"http://{shown}:{port}"))
        while not stopped.wait(LOOK_EVERY_S):
            for each in every:
                each.look()
    finally:
        end(servers, [before])  # what the servers still answer gets out


def _await(every: Sequence[Program], behind: Sequence[int], stopped: threading.Event) -> None:
    """Wait until all servers answer.

    Raises:
        CommandRefused: one of the programs has ended.
    """
    silent = list(behind)
    while silent and not stopped.wait(LOOK_EVERY_S):
        for each in every:
            if each.has_ended():
                told = _("{name} has stopped at its start. What it said stands above.")
                raise CommandRefused(told.format(name=each.name))
        silent = [port for port in silent if not _answers(port)]


def _answers(port: int) -> bool:
    """Tell whether a server answers: whatever it says, for it need not know this name of it."""
    connection = http.client.HTTPConnection(ports.HERE, port, timeout=LOOK_EVERY_S)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _server(app: Path, port: int, *, address: str = "") -> list[str]:
    """Return the command that runs one server; without an address it listens where the settings say."""
    options = ["--server.port", str(port), *(["--server.address", address] if address else [])]
    return [sys.executable, "-m", "streamlit", "run", str(app), *options]


def _settings() -> dict[str, str]:
    """Return the environment of a server, which runs in the checkout's folder wherever this was called."""
    env = dict(os.environ)
    if env.get("COACH_HOME"):
        env["COACH_HOME"] = str(Path(env["COACH_HOME"]).expanduser().absolute())
    if env.get("COACH_DATABASE_URL"):
        env["COACH_DATABASE_URL"] = desk.absolute_url()
    return env
