"""The two tables and the column types that read the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from coach.domain.moments import utc

Reader = Callable[[Any], Any]

APPLICATION_ID = 0x436F6163  # "Coac", in the header of every SQLite file of ours

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
    }
)


def instant_text(instant: datetime) -> str:
    """Return the instant as ISO text in UTC with microseconds and Z; naive ones are refused."""
    return utc(instant).isoformat(timespec="microseconds")[:-6] + "Z"


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: ISO text with Z on SQLite, `timestamptz` on PostgreSQL; naive is refused."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of that database."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(DateTime(timezone=True) if native else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what the driver stores."""
        if value is None:
            return None
        return utc(value) if dialect.name == "postgresql" else instant_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Return what reads a stored value; no column of instants is ever null."""
        return (
            datetime.fromisoformat if dialect.name == "sqlite" else super().result_processor(dialect, coltype)
        )


class LocalDate(TypeDecorator[date]):
    """A calendar day: ISO text on SQLite, `date` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of that database."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Return what the driver stores."""
        return value.isoformat() if value and dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Return what reads a stored value; no column of days is ever null."""
        native = super().result_processor(dialect, coltype)
        return date.fromisoformat if dialect.name == "sqlite" else native


class Key(TypeDecorator[UUID]):
    """A UUID: text on SQLite, `uuid` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of that database."""
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Return what the driver stores."""
        return str(value) if value and dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Return what reads a stored value."""
        native = super().result_processor(dialect, coltype)
        return _uuid if dialect.name == "sqlite" else native


patient = Table(
    "patient",
    metadata,
    Column("id", Key, primary_key=True),
    Column("created_at", UTCDateTime, nullable=False),
    sqlite_strict=True,
)

entry = Table(
    "entry",
    metadata,
    Column("id", Key, primary_key=True),
    Column("patient", Key, ForeignKey("patient.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("zone", Text, nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("supersedes", Key, ForeignKey("entry.id")),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("patient", "seq"),
    CheckConstraint("seq >= 1", name="seq"),
    CheckConstraint("(seq = 1) = (prev_hash = '')", name="chain"),
    CheckConstraint("length(hash) = 64", name="hash"),
    CheckConstraint("kind <> '' AND zone <> '' AND author <> ''", name="words"),
    CheckConstraint("payload LIKE '{%}'", name="payload"),
    sqlite_strict=True,
)
