"""Who is acting; PostgreSQL gets it in each transaction and shows only the rows that are theirs.

SQLite has no row-level security; there this changes nothing. Where nobody acts, PostgreSQL shows no
patient at all, not even to the owner of the tables.
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
    """Who acts: a role of the access table or "system", the account, and the own patient record."""

    role: str
    account: UUID | None = None
    patient: UUID | None = None


SYSTEM = Acting("system")  # Coach itself: sign-in, audit, projection

_ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)
_TELL = text(
    "SELECT set_config('app.role', :role, true), set_config('app.account', :account, true), "
    "set_config('app.patient', :patient, true)"
)


def current() -> Acting | None:
    """Return who is acting in this thread, or None."""
    return _ACTING.get()


class acting_as:  # noqa: N801  read as `with acting_as(actor):`
    """Set who acts in this thread until the block ends."""

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
    """Tell PostgreSQL who acts; the setting ends with the transaction."""
    if connection.dialect.name == "postgresql" and (who := _ACTING.get()):
        connection.execute(_TELL, _plain(who))


def become(connection: Connection, who: Acting | None) -> None:
    """Change who acts, or set nobody, for the rest of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TELL, _plain(who or Acting("")))


@contextmanager
def within(connection: Connection, who: Acting) -> Iterator[None]:
    """Change who acts for a part of a transaction.

    After an exception in that part the transaction must not go on.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(_TELL, _plain(who))
    yield
    connection.execute(_TELL, _plain(_ACTING.get() or Acting("")))


def _plain(who: Acting) -> dict[str, str]:
    return {"role": who.role, "account": str(who.account or ""), "patient": str(who.patient or "")}
