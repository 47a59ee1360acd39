"""The command line: how this installation is doing, whether a protocol file is good, a look at sample data."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import click

import coach
from coach import desk
from coach.cli import (
    backup,
    erase,
    export,
    future,
    import_,
    prepare,
    remind,
    users,
)
from coach.cli.errors import Commands, Refused
from coach.config import capacity, mode
from coach.demo import clinic as demo_clinic
from coach.demo import patient as demo_patient
from coach.desk.installation import clock
from coach.domain.times import zone, zone_names
from coach.i18n import _
from coach.protocols import loader
from coach.records.database import engine
from coach.records.database.errors import Reason, RecordUnavailable
from coach.records.entries.store import Store
from coach.records.upkeep import health as record_health
from coach.text import errors as errors_text
from coach.text import startup

ROOT = Path(__file__).resolve().parents[1]
PORT = 8502  # not the app's: what a browser keeps for the real record belongs to that address
ROOM_NEEDED = 100_000_000  # bytes
SESSIONS_NEEDED = 50  # a clinic of forty patients and those who look after them
REFUSED = 2

Finding = tuple[bool, str]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(coach.__version__, prog_name="Coach")
def main() -> None:
    """Coach: daily exercises after balloon kyphoplasty, from the first hour at home."""


main.add_command(users.user)
main.add_command(prepare.prepare)
main.add_command(backup.backup)
main.add_command(backup.restore)
main.add_command(backup.verify)
main.add_command(backup.rebuild)
main.add_command(future.run)
main.add_command(remind.run)
main.add_command(erase.erase)
main.add_command(erase.export_all)
main.add_command(erase.import_all)
main.add_command(import_.import_)
main.add_command(export.export)
main.add_command(export.export_clinic)


# doctor


@main.command("doctor")
def look_over() -> None:
    """Say how this installation and its record are doing. Changes nothing.

    Each line begins with "ok", or with "look" where something needs looking at. Exit code 0 when
    all is well, 1 otherwise.
    """
    well = True
    for fine, sentence in _findings():
        click.echo(f"{'ok' if fine else 'look':<6}{sentence}")
        well = well and fine
    sys.exit(0 if well else 1)


def _findings() -> Iterator[Finding]:
    yield (
        True,
        _("Coach {coach} runs on Python {python} with Streamlit {streamlit}.").format(
            coach=coach.__version__, python=platform.python_version(), streamlit=version("streamlit")
        ),
    )
    yield _protocol_loads()
    yield _zones_are_there()
    try:
        health = record_health.report(desk.database_url(), now=clock.now())
    except RecordUnavailable as trouble:
        yield False, errors_text.unavailable(trouble.reason, trouble.where)
        return
    if health.backend == "sqlite":
        yield _library(health)
    yield from _record(health)
    yield _starts(health)
    yield _room()


def _room() -> Finding:
    """Tell how many files a server of this account may open, and how many browser sessions that is enough for."""
    fits = capacity.of(capacity.allowed())
    return fits.sessions >= SESSIONS_NEEDED, _(
        "A server may open {files} files here: room for {sessions} browser sessions at once."
    ).format(files=fits.files, sessions=fits.sessions)


def _starts(health: record_health.Health) -> Finding:
    """Tell whether a server with these settings would start on this record."""
    try:
        mode.check(*mode.server_settings())
        if health.kind is not None:
            mode.fits(health.kind, health.patients or 0)
    except mode.Unsafe as unsafe:
        return False, startup.unsafe(unsafe.why, unsafe.name)
    if mode.is_clinic():
        return True, _("A server starts in clinic mode: everybody signs in.")
    return True, _("A server starts in home mode: one patient, this computer only, no sign-in.")


def _protocol_loads() -> Finding:
    try:
        protocol = loader.default()
    except loader.ProtocolError as refused:
        return False, _("The protocol is refused: {problem}").format(problem=refused.problems[0])
    return True, _(
        "The protocol {id} {version} loads: {routines} exercises, {phases} phases, {flags} warning signs."
    ).format(
        id=protocol.id,
        version=protocol.version,
        routines=len(protocol.routines),
        phases=len(protocol.phases),
        flags=len(protocol.red_flags),
    )


def _zones_are_there() -> Finding:
    names = zone_names()
    try:
        zone(demo_patient.ZONE)
    except (ValueError, OSError):
        return False, _("Time zones are missing; install the package tzdata.")
    return True, _("Time zones: {n} are known, from tzdata {version} or this system.").format(
        n=len(names), version=version("tzdata")
    )


def _library(health: record_health.Health) -> Finding:
    told = {"version": health.library, "mode": health.journal}
    if health.sound:
        text = _("SQLite {version} is free of the fault that can lose writes when its log restarts; ")
        return True, (text + _("the journal mode is {mode}.")).format(**told)
    text = _("SQLite {version} has the fault that can lose writes when its log restarts (fixed in 3.51.3, ")
    more = _("3.50.7 and 3.44.6), so the record uses the journal mode {mode}, which is safe from it.")
    return True, (text + more).format(**told)


def _record(health: record_health.Health) -> Iterator[Finding]:
    trouble = health.trouble
    if trouble and _is_new(trouble):
        yield True, _("There is no record yet. It will be {where}.").format(where=health.where)
    elif trouble:
        yield False, errors_text.unavailable(trouble.reason, trouble.where)
    else:
        yield (
            health.revision == health.newest or health.backend == "sqlite",
            _("The record {where} opens. Its tables are at revision {revision} of {newest}.").format(
                where=health.where, revision=health.revision, newest=health.newest
            ),
        )
    if health.integrity:
        told = {"n": len(health.integrity), "first": health.integrity[0]}
        yield (
            False,
            _("A full check of the record found damage, such as: {first}. Restore a backup.").format(**told),
        )
    elif health.integrity is not None:
        yield True, _("A full check of the record found no damage.")
    if health.chain:
        text = _("Entries were changed or lost. {first} Restore a backup.")
        yield False, text.format(first=health.chain[0])
    elif health.chain is not None:
        yield True, _("Every entry is as it was recorded: the chain of hashes is whole.")
    if health.ahead:
        late = _(
            "{n} entries lie later than now, from while a clock stood ahead. See: python -m coach future"
        )
        yield False, late.format(n=health.ahead)
    elif health.ahead is not None:
        yield True, _("Nothing was recorded later than now.")
    if health.mode is not None and trouble is None and os.name == "posix":
        if health.mode & 0o077:
            yield (
                False,
                _("Other accounts on this computer may open the record; allow it to yourself only (0600)."),
            )
        else:
            yield True, _("Only your account may open the record.")
    if health.backend == "postgresql" and trouble is None:
        yield True, _("The database role is bound by the rules of the tables.")
    if health.free is not None:
        text = _("{free} are free on its disk.") if health.free >= ROOM_NEEDED else _("Only {free} are free.")
        yield health.free >= ROOM_NEEDED, text.format(free=_size(health.free))


def _is_new(trouble: RecordUnavailable) -> bool:
    """Tell whether nothing was ever recorded here; a log without its file is something else."""
    file = Path(trouble.where)
    left = any(Path(f"{file}{tail}").exists() for tail in ("-wal", "-journal"))
    return trouble.reason is Reason.MISSING and file.parent.is_dir() and not left


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


# check-protocol


@main.command("check-protocol")
@click.argument("file", type=click.Path(path_type=Path))
def check_protocol(file: Path) -> None:
    """Say whether FILE is a protocol that Coach can use, or everything that is wrong with it.

    Each problem names the file, the place in it, what is wrong and what is allowed. Exit code 0
    for a good file, 2 otherwise.
    """
    try:
        protocol = loader.load(file)
    except loader.ProtocolError as refused:
        for problem in refused.problems:
            click.echo(f"{problem.file}: {problem}", err=True)
        sys.exit(REFUSED)
    click.echo(
        _(
            "ok: {file} is {id} {version} with {routines} exercises, {phases} phases, {flags} warning signs, "
            "{questions} questions and {sources} sources."
        ).format(
            file=file,
            id=protocol.id,
            version=protocol.version,
            routines=len(protocol.routines),
            phases=len(protocol.phases),
            flags=len(protocol.red_flags),
            questions=len(protocol.questions),
            sources=len(protocol.sources),
        )
    )


# demo


@main.command("demo")
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=PORT, show_default=True, help="Where to open it."
)
@click.option(
    "--build-only",
    type=click.Path(file_okay=False, path_type=Path),
    hidden=True,
    help="Only write the sample into this folder.",
)
def show_demo(port: int, build_only: Path | None) -> None:
    """Open the app on a temporary record: a clinic of 40 sample patients, seen from both sides.

    The record is deleted when the demo is stopped (Ctrl+C). Your own record is not touched.
    """
    if build_only:
        click.echo(_("The sample is in {file}").format(file=_make_sample(build_only)))
        return
    _refuse_busy(port)
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
    """Write the sample into a folder and return its file; a record that is there stays as it is."""
    file = folder / "coach.sqlite3"
    if file.exists():
        raise Refused(_("{file} exists already. Name an empty folder.").format(file=file))
    try:
        store = Store.open(engine.file_url(file.absolute()))
        try:
            demo_patient.write(desk.Office(store).household())
        finally:
            store.close()
    except RecordUnavailable as trouble:
        raise Refused(errors_text.unavailable(trouble.reason, trouble.where)) from None
    return file


def _make_clinic(folder: Path) -> None:
    """Write the sample clinic into a folder, and say how far it is where somebody is watching."""

    def said(done: int, count: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == count else ""
            text = _("{n} of {m} patients").format(n=done, m=count)
            click.echo(f"\r{text}{end}", err=True, nl=False)

    try:
        store = Store.open(engine.file_url((folder / "coach.sqlite3").absolute()))
        try:
            demo_clinic.write(desk.Office(store, clinic=True), said=said)
        finally:
            store.close()
    except RecordUnavailable as trouble:
        raise Refused(errors_text.unavailable(trouble.reason, trouble.where)) from None


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refused(
                _("Port {port} is in use. Choose another one with --port.").format(port=port)
            ) from None


@contextmanager
def _ending_orderly() -> Iterator[None]:
    """Let both Ctrl+C and a polite request to end lead to the clean-up."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Both are set: whoever starts this in the background has Ctrl+C ignored.
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
            raise Refused(_("The app has stopped by itself. What it said stands above."))
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main(prog_name="python -m coach")
