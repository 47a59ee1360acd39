"""Patients and their entries, which the database itself keeps from change.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")

SQLITE = (
    "CREATE TRIGGER entry_unchanged BEFORE UPDATE ON entry "
    "BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END",
    "CREATE TRIGGER entry_kept BEFORE DELETE ON entry "
    "BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION entry_is_final() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'entries are never changed or removed'; END $$",
    "CREATE TRIGGER entry_final BEFORE UPDATE OR DELETE ON entry "
    "FOR EACH ROW EXECUTE FUNCTION entry_is_final()",
    "CREATE TRIGGER entry_kept BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION entry_is_final()",
)


def upgrade() -> None:
    """Make both tables and the triggers."""
    op.create_table(
        "patient",
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="patient_pk"),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("patient", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("local_date", DAY, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("supersedes", KEY, nullable=True),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="entry_pk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="entry_patient_fk"),
        sa.ForeignKeyConstraint(["supersedes"], ["entry.id"], name="entry_supersedes_fk"),
        sa.UniqueConstraint("patient", "seq", name="entry_patient_seq_once"),
        sa.CheckConstraint("seq >= 1", name="entry_seq"),
        sa.CheckConstraint("(seq = 1) = (prev_hash = '')", name="entry_chain"),
        sa.CheckConstraint("length(hash) = 64", name="entry_hash"),
        sa.CheckConstraint("kind <> '' AND zone <> '' AND author <> ''", name="entry_words"),
        sa.CheckConstraint("payload LIKE '{%}'", name="entry_payload"),
        sqlite_strict=True,
    )
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
