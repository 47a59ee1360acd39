"""Erasure: an entry goes only while its patient is being erased, and a tombstone is left.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

SQLITE = (
    "DROP TRIGGER entry_kept",
    "CREATE TRIGGER entry_kept BEFORE DELETE ON entry "
    "WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.patient = OLD.patient) "
    "BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END",
    "CREATE TRIGGER tombstone_unchanged BEFORE UPDATE ON tombstone "
    "BEGIN SELECT RAISE(ABORT, 'tombstone: rows are never changed'); END",
    "CREATE TRIGGER tombstone_kept BEFORE DELETE ON tombstone "
    "BEGIN SELECT RAISE(ABORT, 'tombstone: rows are never removed'); END",
)
# The table is named with its schema: no temporary one of that name may stand in its place.
POSTGRESQL = (
    "CREATE FUNCTION entry_may_go() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ DECLARE going boolean; BEGIN "
    "EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.erasing WHERE patient = $1)', TG_TABLE_SCHEMA) "
    "INTO going USING OLD.patient; "
    "IF NOT going THEN RAISE EXCEPTION 'entries are never changed or removed'; END IF; "
    "RETURN OLD; END $$",
    "DROP TRIGGER entry_final ON entry",
    "CREATE TRIGGER entry_final BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION entry_is_final()",
    "CREATE TRIGGER entry_going BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_may_go()",
    "CREATE TRIGGER tombstone_final BEFORE UPDATE OR DELETE ON tombstone "
    "FOR EACH ROW EXECUTE FUNCTION entry_is_final()",
    "CREATE TRIGGER tombstone_kept BEFORE TRUNCATE ON tombstone "
    "FOR EACH STATEMENT EXECUTE FUNCTION entry_is_final()",
)


def upgrade() -> None:
    """Make both tables, find what replaces an entry by an index, and let go of who is erased."""
    op.create_table(
        "tombstone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("patient_hash", sa.Text(), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="tombstone_pk"),
        sa.UniqueConstraint("patient_hash", name="tombstone_patient_hash_once"),
        sa.CheckConstraint("length(patient_hash) = 64", name="tombstone_patient_hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "erasing",
        sa.Column("patient", KEY, nullable=False),
        sa.PrimaryKeyConstraint("patient", name="erasing_pk"),
        sqlite_strict=True,
    )
    there = sa.text("supersedes IS NOT NULL")
    op.create_index("entry_supersedes", "entry", ["supersedes"], sqlite_where=there, postgresql_where=there)
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
