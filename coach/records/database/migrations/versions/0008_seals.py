"""Seals on tombstones by a key of the record's own, and how many refused tries one line of the audit stands for.

The tombstones that are there already are sealed here.

Revision ID: 0008
"""

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")


def upgrade() -> None:
    """Make the tables, and seal."""
    secret = op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="secret_pk"),
        sqlite_strict=True,
    )
    seal = op.create_table(
        "seal",
        sa.Column("tombstone", KEY, nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tombstone", name="seal_pk"),
        sa.ForeignKeyConstraint(["tombstone"], ["tombstone.id"], name="seal_tombstone_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "tally",
        sa.Column("line", KEY, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("line", name="tally_pk"),
        sqlite_strict=True,
    )
    there = op.get_bind().execute(
        sa.text("SELECT id, patient_hash, erased_at, head_seq, head_hash, erased_by FROM tombstone")
    )
    key = secrets.token_hex(32)
    op.get_bind().execute(secret.insert().values(name="tombstones", value=key))
    for row in there.all():
        mac = _mac(key, [str(row.id), row.patient_hash, _text(row.erased_at), *row[3:]])
        op.get_bind().execute(seal.insert().values(tombstone=row.id, mac=mac))


def _text(at: object) -> str:
    if not isinstance(at, datetime):
        return str(at)
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _mac(key: str, parts: list[object]) -> str:
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
