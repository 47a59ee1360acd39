"""The command `doctor`: whether Coach can run here, and the state of the record."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

import coach
from coach import desk
from coach.config import capacity, mode
from coach.demo import patient as demo_patient
from coach.desk.installation import clock
from coach.domain.times import zone, zone_names
from coach.i18n import _
from coach.protocols import loader
from coach.records.database.errors import Reason, RecordUnavailable
from coach.records.upkeep import health as record_health
from coach.text import errors as errors_text
from coach.text import startup

ROOM_NEEDED = 100_000_000  # bytes


SESSIONS_NEEDED = 50  # a clinic of forty patients and those who look after them


Finding = tuple[bool, str]


@click.command("doctor")
def doctor() -> None:
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
    """Return how many files a server of this account may open, and the sessions that allows."""
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
    """Tell whether nothing was ever recorded here; a WAL without its file is a fault."""
    file = Path(trouble.where)
    left = any(Path(f"{file}{tail}").exists() for tail in ("-wal", "-journal"))
    return trouble.reason is Reason.MISSING and file.parent.is_dir() and not left


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
