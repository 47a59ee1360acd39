"""Visits: what a viewer had seen before the present visit, so that a reload shows the same news.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add both columns; a visit from before them has nothing before it that is known."""
    op.add_column("looked", sa.Column("before_seq", sa.Integer()))
    op.add_column("looked", sa.Column("before_at", INSTANT))
