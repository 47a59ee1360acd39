"""The tables and the column types that read the same on SQLite and on PostgreSQL.

One file, because it is one list: everything that is stored is read here from top to bottom.
"""

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
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeEngine

from coach.domain.times import utc

Reader = Callable[[Any], Any]

# "Coac": the application id in the header of every SQLite file of Coach
APPLICATION_ID = 0x436F6163

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
    """An instant: ISO text with Z on SQLite, `timestamptz` on PostgreSQL.

    Naive ones are refused.
    """

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


class MaybeUTCDateTime(UTCDateTime):
    """An instant, or none."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Return what reads a stored value."""
        return _maybe if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _maybe(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


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
# Erasing looks up for each entry whether another one refers to it.
_replaces = text("supersedes IS NOT NULL")
Index("entry_supersedes", entry.c.supersedes, sqlite_where=_replaces, postgresql_where=_replaces)

# Values of the whole record, such as its mode: one home's, or a clinic's.
about = Table(
    "about",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

# People: who may sign in, which team looks after whom. Health data is in `entry` alone.
team = Table(
    "team",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    UniqueConstraint("name"),
    sqlite_strict=True,
)

account = Table(
    "account",
    metadata,
    Column("id", Key, primary_key=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("staff_role", Text),
    Column("patient", Key, ForeignKey("patient.id")),
    Column("password_hash", Text),
    Column("totp_secret", Text),
    Column("totp_step", Integer, nullable=False),
    Column("oidc", Text),
    Column("made_at", UTCDateTime, nullable=False),
    Column("disabled_at", MaybeUTCDateTime),
    # In which language staff read; a patient's stands in their record
    Column("language", Text),
    UniqueConstraint("login"),
    UniqueConstraint("patient"),
    UniqueConstraint("oidc"),
    CheckConstraint("staff_role IN ('physiotherapist', 'administrator')", name="staff_role"),
    sqlite_strict=True,
)

membership = Table(
    "membership",
    metadata,
    Column("team", Key, ForeignKey("team.id"), primary_key=True),
    Column("account", Key, ForeignKey("account.id"), primary_key=True),
    sqlite_strict=True,
)

# A clinic's patient as administrators see them: name and reference, no health data.
person = Table(
    "person",
    metadata,
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("team", Key, ForeignKey("team.id")),
    Column("lead", Key, ForeignKey("account.id")),
    sqlite_strict=True,
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_hash", Text, nullable=False),
    Column("account", Key, ForeignKey("account.id"), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("used_at", MaybeUTCDateTime),
    Column("revoked_at", MaybeUTCDateTime),
    UniqueConstraint("code_hash"),
    sqlite_strict=True,
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account", Key, ForeignKey("account.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("ended_at", MaybeUTCDateTime),
    CheckConstraint("stage IN ('ticket', 'second_factor', 'full')", name="stage"),
    Index("sign_in_account", "account"),
    sqlite_strict=True,
)

# Attempts to sign in; login and network address are keyed digests.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("login_hash", Text, nullable=False),
    Column("address_hash", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Index("attempt_login", "login_hash", "at"),
    Index("attempt_address", "address_hash", "at"),
    Index("attempt_at", "at"),
    sqlite_strict=True,
)

# Who saw or changed what, and what was refused; no clinical content. Append-only.
audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("account", Key),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("patient", Key),
    Column("outcome", Text, nullable=False),
    CheckConstraint("outcome IN ('allowed', 'refused')", name="outcome"),
    Index("audit_at", "at"),
    Index("audit_patient", "patient", "at"),
    sqlite_strict=True,
)

# The last entry of a patient that a viewer has seen, and the last one seen before the present
# visit.
looked = Table(
    "looked",
    metadata,
    Column("account", Key, ForeignKey("account.id"), primary_key=True),
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("before_seq", Integer),
    Column("before_at", MaybeUTCDateTime),
    sqlite_strict=True,
)

# The clinic's protocol files, and from when each is in force. Append-only.
protocol_file = Table(
    "protocol_file",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("added_by", Key),
    sqlite_strict=True,
)

in_force = Table(
    "in_force",
    metadata,
    Column("id", Key, primary_key=True),
    Column("digest", Text, ForeignKey("protocol_file.digest"), nullable=False),
    Column("starts_at", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("made_by", Key),
    Column("why", Text, nullable=False),
    sqlite_strict=True,
)

# What clinicians said about single values of a protocol; no health data. Append-only.
signature = Table(
    "signature",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("account", Key, nullable=False),
    Column("role", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("path", Text, nullable=False),
    # The value as it was shown, and the hash over path and value that was signed
    Column("value", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("opinion", Text, nullable=False),
    Column("note", Text, nullable=False),
    # Hash over all other columns
    Column("digest", Text, nullable=False),
    CheckConstraint("opinion IN ('agree', 'change', 'not_mine', 'withdrawn')", name="opinion"),
    CheckConstraint("length(hash) = 64 AND length(digest) = 64", name="hash"),
    Index("signature_protocol", "protocol", "at"),
    sqlite_strict=True,
)

# What was done to drafts of protocols, step by step; no health data. Append-only.
protocol_draft = Table(
    "protocol_draft",
    metadata,
    Column("id", Key, primary_key=True),
    Column("draft", Key, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("account", Key, nullable=False),
    Column("role", Text, nullable=False),
    Column("act", Text, nullable=False),
    # Digest of the protocol that the draft is a copy of
    Column("based_on", Text, nullable=False),
    # Id, title and version as they stood in the content
    Column("protocol", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Text, nullable=False),
    # The content that was saved, or that the step speaks of: its digest, and with "saved" itself
    Column("content_digest", Text, nullable=False),
    Column("content", Text),
    Column("note", Text, nullable=False),
    # Hash over all other columns but the content
    Column("digest", Text, nullable=False),
    UniqueConstraint("draft", "seq"),
    CheckConstraint("seq >= 1", name="seq"),
    CheckConstraint(
        "act IN ('saved', 'agreed', 'change_asked', 'discarded', 'brought_back')",
        name="act",
    ),
    CheckConstraint("(act = 'saved') = (content IS NOT NULL)", name="content"),
    CheckConstraint("length(content_digest) = 64 AND length(digest) = 64", name="hash"),
    sqlite_strict=True,
)

# The projection that a caseload is read from: stored with the entries, and computed again from
# them.
caseload = Table(
    "caseload",
    metadata,
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
    # Digest of the protocols it was computed with; "" when it must be computed again
    Column("digest", Text, nullable=False),
    Column("last_at", MaybeUTCDateTime),
    Column("active", Integer, nullable=False),
    Column("card", Text, nullable=False),
    Column("needs", Text, nullable=False),
    Index("caseload_digest", "digest"),
    sqlite_strict=True,
)

# The state of a clinic's patient over [from_at, until_at) if nothing more is recorded; at any
# instant one row holds. Both indexes cover the queries of a caseload's page and counts, in the
# order of their columns.
standing = Table(
    "standing",
    metadata,
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("from_at", UTCDateTime, primary_key=True),
    Column("until_at", UTCDateTime, nullable=False),
    Column("team", Key, ForeignKey("team.id")),
    Column("lead", Key, ForeignKey("account.id")),
    Column("name_key", Text, nullable=False),
    Column("state", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("reasons", Text, nullable=False),
    Index(
        "standing_order",
        *("team", "state", "rank", "since", "name_key", "patient"),
        *("from_at", "until_at", "lead", "reasons"),
    ),
    Index("standing_count", "team", "state", "reasons", "from_at", "until_at", "lead"),
    sqlite_strict=True,
)

# The secret address under which calendar programs read a patient's times; only its digest is
# stored.
calendar_address = Table(
    "calendar_address",
    metadata,
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("secret_hash", Text, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("read_at", MaybeUTCDateTime),
    UniqueConstraint("secret_hash"),
    CheckConstraint("length(secret_hash) = 64", name="secret_hash"),
    sqlite_strict=True,
)

# A patient's e-mail address and local hour for reminders; of sent e-mails only the day is stored.
mail_reminder = Table(
    "mail_reminder",
    metadata,
    Column("patient", Key, ForeignKey("patient.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("stop_secret", Text, nullable=False),
    Column("code_hash", Text, nullable=False),  # digest of the code that confirms the address
    Column("code_ends_at", UTCDateTime, nullable=False),
    Column("confirmed_at", MaybeUTCDateTime),
    # The local day of the last e-mail; "" before the first
    Column("sent_for", Text, nullable=False),
    Column("claimed_for", Text, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("claimed_at", MaybeUTCDateTime),
    UniqueConstraint("stop_secret"),
    CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
    CheckConstraint("claims >= 0", name="claims"),
    sqlite_strict=True,
)

# Tokens that name patients in addresses: digests, each for one account and a limited time.
ticket = Table(
    "ticket",
    metadata,
    Column("name_hash", Text, primary_key=True),
    Column("account", Key),
    Column("patient", Key, ForeignKey("patient.id"), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Index("ticket_made", "made_at"),
    sqlite_strict=True,
)

# Requests counted since an instant, by a keyed digest of the sender.
rate = Table(
    "rate",
    metadata,
    Column("whose", Text, primary_key=True),
    Column("begun_at", UTCDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    sqlite_strict=True,
)

# Erased patients, by a digest of the identifier: restoring an older backup leaves them out.
# Append-only.
tombstone = Table(
    "tombstone",
    metadata,
    Column("id", Key, primary_key=True),
    Column("patient_hash", Text, nullable=False),
    Column("erased_at", UTCDateTime, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("erased_by", Text, nullable=False),
    UniqueConstraint("patient_hash"),
    CheckConstraint("length(patient_hash) = 64", name="patient_hash"),
    sqlite_strict=True,
)

# Secrets of the record, which the serving role cannot read.
secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)

# Seals that show that Coach made a tombstone for this record.
seal = Table(
    "seal",
    metadata,
    Column("tombstone", Key, ForeignKey("tombstone.id"), primary_key=True),
    Column("mac", Text, nullable=False),
    sqlite_strict=True,
)

# How many refused attempts of an hour one line of the audit stands for.
tally = Table(
    "tally",
    metadata,
    Column("line", Key, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_strict=True,
)

# Patients whose entries may be deleted; has a row only inside the transaction that erases them.
erasing = Table(
    "erasing",
    metadata,
    Column("patient", Key, primary_key=True),
    sqlite_strict=True,
)
