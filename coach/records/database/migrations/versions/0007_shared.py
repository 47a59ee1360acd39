"""Shared by several servers: tokens that name patients in addresses, and request counts.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
OFFICE = "(SELECT current_setting('app.role', true)) IN ('system', 'operator')"


def upgrade() -> None:
    """Make both tables; only "system" may read which patient a token names."""
    op.create_table(
        "ticket",
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("account", KEY),
        sa.Column("patient", KEY, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="ticket_pk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="ticket_patient_fk"),
        sqlite_strict=True,
    )
    op.create_index("ticket_made", "ticket", ["made_at"])
    op.create_table(
        "rate",
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("whose", name="rate_pk"),
        sqlite_strict=True,
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE ticket ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE ticket FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY ticket_office ON ticket FOR ALL USING ({OFFICE}) WITH CHECK ({OFFICE})")
