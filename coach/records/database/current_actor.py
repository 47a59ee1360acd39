"""Who is acting, told to PostgreSQL at the beginning of each transaction: its own rules show what is theirs alone.

A file has one owner and no such rules; there this changes nothing. Where nobody acts, PostgreSQL shows no
patient at all, to the tables' owner neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

__all__ = ["SYSTEM", "Acting", "acting_as", "current", "tell", "within"]


class Acting(NamedTuple):
    """Somebody who acts: in a role of the access rule or as "system", by which account, with which own record."""

    role: str
    account: UUID | None = None
    patient: UUID | None = None


SYSTEM = Acting("system")  # Coach itself, for nobody in particular

_ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)
_TELL = text(
    "SELECT set_config('app.role', :role, true), set_config('app.account', :account, true), "
    "set_config('app.patient', :patient, true)"
)


def current() -> Acting | None:
    """Return who is acting in this thread, None where nobody is."""
    return _ACTING.get()


class acting_as:  # noqa: N801  read as `with acting.as_(somebody):`
    """Let somebody act until the block ends."""

    __slots__ = ("_before", "_who")

    def __init__(self, who: Acting) -> None:
        self._who = who

    def __enter__(self) -> None:
        self._before: Token[Acting | None] = _ACTING.set(self._who)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ACTING.reset(self._before)


def tell(connection: Connection) -> None:
    """Tell PostgreSQL who acts in this transaction; it forgets it at the end."""
    if connection.dialect.name == "postgresql" and (who := _ACTING.get()):
        connection.execute(_TELL, _plain(who))


def become(connection: Connection, who: Acting | None) -> None:
    """Tell PostgreSQL that somebody else, or nobody, acts in this transaction from here on."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TELL, _plain(who or Acting("")))


@contextmanager
def within(connection: Connection, who: Acting) -> Iterator[None]:
    """Let somebody else act for a part of a transaction, which must not go on after an exception in it."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(_TELL, _plain(who))
    yield
    connection.execute(_TELL, _plain(_ACTING.get() or Acting("")))


def _plain(who: Acting) -> dict[str, str]:
    return {"role": who.role, "account": str(who.account or ""), "patient": str(who.patient or "")}
