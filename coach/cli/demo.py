"""The command `demo`: the app on a temporary record with sample data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from coach import desk
from coach.cli.errors import CommandRefused
from coach.cli.serving import ports
from coach.demo import clinic as demo_clinic
from coach.demo import patient as demo_patient
from coach.i18n import _
from coach.records.database import engine
from coach.records.entries.store import Store

ROOT = Path(__file__).resolve().parents[2]


# Not the app's port: a browser's stored items for the real record belong to that address
PORT = 8502


@click.command("demo")
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=PORT, show_default=True, help="Where to open it."
)
@click.option(
    "--build-only",
    type=click.Path(file_okay=False, path_type=Path),
    hidden=True,
    help="Only write the sample into this folder.",
)
def demo(port: int, build_only: Path | None) -> None:
    """Open the app on a temporary record: a clinic of 42 sample patients, seen from both sides.

    The record is deleted when the demo is stopped (Ctrl+C). Your own record is not touched.
    """
    if build_only:
        click.echo(_("The sample is in {file}").format(file=_make_sample(build_only)))
        return
    ports.refuse_busy(ports.HERE, port)
    with _ending_orderly(), tempfile.TemporaryDirectory(prefix="coach-demo-") as folder:
        click.echo(_("Making sample data ..."))
        _make_clinic(Path(folder))
        click.echo(
            _("Coach opens at {address} with sample data (stop it with Ctrl+C)").format(
                address=f"http://127.0.0.1:{port}"
            )
        )
        _serve(Path(folder), port)


def _make_sample(folder: Path) -> Path:
    """Write the sample into a folder and return its file; an existing record is not changed."""
    file = folder / "coach.sqlite3"
    if file.exists():
        raise CommandRefused(_("{file} exists already. Name an empty folder.").format(file=file))
    store = Store.open(engine.file_url(file.absolute()))
    try:
        demo_patient.write(desk.household(desk.Installation(store)))
    finally:
        store.close()
    return file


def _make_clinic(folder: Path) -> None:
    """Write the sample clinic into a folder, with progress messages on a terminal."""

    def said(done: int, count: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == count else ""
            text = _("{n} of {m} patients").format(n=done, m=count)
            click.echo(f"\r{text}{end}", err=True, nl=False)

    store = Store.open(engine.file_url((folder / "coach.sqlite3").absolute()))
    try:
        demo_clinic.write(desk.Installation(store, clinic=True), said=said)
    finally:
        store.close()


@contextmanager
def _ending_orderly() -> Iterator[None]:
    """Make Ctrl+C and SIGTERM lead to the clean-up."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both are set, because a process started in the background ignores SIGINT.
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        click.echo(_("The demo has ended and its data are deleted."))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(folder: Path, port: int) -> None:
    """Run the app on the record in that folder until it is stopped."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
    where = {"COACH_HOME": str(folder), "COACH_MODE": "clinic", "COACH_SAMPLE": "1"}
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py")]
    server = subprocess.Popen(  # noqa: S603  our own program
        [*command, "--server.port", str(port)], cwd=ROOT, env=kept | where, stdout=subprocess.DEVNULL
    )
    try:
        if server.wait():
            raise CommandRefused(_("The app has stopped by itself. What it said stands above."))
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
