"""Reminders: a secret address for calendar programs, and e-mail where a patient asked for it.

On PostgreSQL both are the patient's own. The role of a calendar's secret reads that patient's
entries.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

ROLE = "(SELECT current_setting('app.role', true))"
OWN = "(SELECT nullif(current_setting('app.patient', true), '')::uuid)"
OFFICE = f"{ROLE} IN ('system', 'operator')"
SELF = f"{ROLE} IN ('household', 'patient') AND patient = {OWN}"
CALENDAR = f"{ROLE} = 'calendar' AND patient = {OWN}"


def upgrade() -> None:
    """Make both tables and let them know their rules."""
    op.create_table(
        "calendar_address",
        sa.Column("patient", KEY, nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT),
        sa.PrimaryKeyConstraint("patient", name="calendar_address_pk"),
        sa.UniqueConstraint("secret_hash", name="calendar_address_secret_hash_once"),
        sa.CheckConstraint("length(secret_hash) = 64", name="calendar_address_secret_hash"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="calendar_address_patient_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "mail_reminder",
        sa.Column("patient", KEY, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("stop_secret", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("code_ends_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("sent_for", sa.Text(), nullable=False),
        sa.Column("claimed_for", sa.Text(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.PrimaryKeyConstraint("patient", name="mail_reminder_pk"),
        sa.UniqueConstraint("stop_secret", name="mail_reminder_stop_secret_once"),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name="mail_reminder_hour"),
        sa.CheckConstraint("claims >= 0", name="mail_reminder_claims"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="mail_reminder_patient_fk"),
        sqlite_strict=True,
    )
    if op.get_context().dialect.name == "postgresql":
        for table in ("calendar_address", "mail_reminder"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            for name, rule in (("office", OFFICE), ("self", SELF)):
                op.execute(
                    f"CREATE POLICY {table}_{name} ON {table} FOR ALL USING ({rule}) WITH CHECK ({rule})"
                )
        op.execute(f"CREATE POLICY entry_calendar ON entry FOR SELECT USING ({CALENDAR})")
