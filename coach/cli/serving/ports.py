"""Ports: refuses one that is in use, and finds free ones for servers behind a balancer."""

from __future__ import annotations

import errno
import os
import random
import socket

from coach.cli.errors import CommandRefused
from coach.i18n import _

HERE = "127.0.0.1"
# Below those that systems give to connections: the port of a server that starts again stays its own.
BEHIND = range(20_000, 32_000)


def refuse_busy(address: str, port: int) -> None:
    """Refuse an address that nothing can listen on now.

    Raises:
        CommandRefused: with the reason.
    """
    trouble = _trouble(address, port)
    if trouble is None:
        return
    if trouble.errno == errno.EADDRINUSE:
        raise CommandRefused(_("Port {port} is in use. Choose another one with --port.").format(port=port))
    told = _("Nothing can listen on {address}, port {port}: {why}.")
    raise CommandRefused(told.format(address=address, port=port, why=trouble.strerror))


def free(count: int) -> list[int]:
    """Return so many ports of this computer that nobody listens on, in no order.

    Raises:
        CommandRefused: there are not so many.
    """
    found: list[int] = []
    # Two that start at the same moment must not look at the same ports.
    for port in random.SystemRandom().sample(BEHIND, len(BEHIND)):
        if _trouble(HERE, port) is None:
            found.append(port)
        if len(found) == count:
            return found
    raise CommandRefused(_("No port of this computer is free."))


def _trouble(address: str, port: int) -> OSError | None:
    """Return why nothing can listen there, None when it can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            if os.name == "posix":  # as servers do; elsewhere it would hide who listens already
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as trouble:
        return trouble
    return None
