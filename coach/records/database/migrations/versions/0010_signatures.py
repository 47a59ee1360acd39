"""What clinicians said about single values of a protocol: only ever added to.

On PostgreSQL everybody may read it, for screens and papers say what is checked; a physiotherapist
may add what they say themselves.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

ROLE = "(SELECT current_setting('app.role', true))"
ACCOUNT = "(SELECT nullif(current_setting('app.account', true), '')::uuid)"
OFFICE = f"{ROLE} IN ('system', 'operator')"
OWN = f"{ROLE} = 'physiotherapist' AND role = 'physiotherapist' AND account = {ACCOUNT}"


def upgrade() -> None:
    """Make the table, keep its rows from change, and let it know its rules."""
    op.create_table(
        "signature",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="signature_pk"),
        sa.CheckConstraint(
            "opinion IN ('agree', 'change', 'not_mine', 'withdrawn')", name="signature_opinion"
        ),
        sa.CheckConstraint("length(hash) = 64 AND length(digest) = 64", name="signature_hash"),
        sqlite_strict=True,
    )
    op.create_index("signature_protocol", "signature", ["protocol", "at"])
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER signature_unchanged BEFORE UPDATE ON signature "
            "BEGIN SELECT RAISE(ABORT, 'signature: rows are never changed'); END"
        )
        op.execute(
            "CREATE TRIGGER signature_kept BEFORE DELETE ON signature "
            "BEGIN SELECT RAISE(ABORT, 'signature: rows are never removed'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER signature_final BEFORE UPDATE OR DELETE ON signature "
        "FOR EACH ROW EXECUTE FUNCTION entry_is_final()"
    )
    op.execute(
        "CREATE TRIGGER signature_kept BEFORE TRUNCATE ON signature "
        "FOR EACH STATEMENT EXECUTE FUNCTION entry_is_final()"
    )
    op.execute("ALTER TABLE signature ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE signature FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY signature_everybody ON signature FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY signature_office ON signature FOR INSERT WITH CHECK ({OFFICE})")
    op.execute(f"CREATE POLICY signature_own ON signature FOR INSERT WITH CHECK ({OWN})")
