"""People, sign-in, the audit, the clinic's protocols and the projection of the caseload.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

FINAL = ("audit", "protocol_file", "in_force")  # only ever added to


def upgrade() -> None:
    """Make the tables, and keep those that are only added to from change."""
    op.create_table(
        "about",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="about_pk"),
        sqlite_strict=True,
    )
    op.create_table(
        "team",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="team_pk"),
        sa.UniqueConstraint("name", name="team_name_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("staff_role", sa.Text(), nullable=True),
        sa.Column("patient", KEY, nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("oidc", sa.Text(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="account_pk"),
        sa.CheckConstraint("staff_role IN ('physiotherapist', 'administrator')", name="account_staff_role"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="account_patient_fk"),
        sa.UniqueConstraint("login", name="account_login_once"),
        sa.UniqueConstraint("oidc", name="account_oidc_once"),
        sa.UniqueConstraint("patient", name="account_patient_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "membership",
        sa.Column("team", KEY, nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.PrimaryKeyConstraint("team", "account", name="membership_pk"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="membership_account_fk"),
        sa.ForeignKeyConstraint(["team"], ["team.id"], name="membership_team_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "person",
        sa.Column("patient", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("team", KEY, nullable=True),
        sa.Column("lead", KEY, nullable=True),
        sa.PrimaryKeyConstraint("patient", name="person_pk"),
        sa.ForeignKeyConstraint(["lead"], ["account.id"], name="person_lead_fk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="person_patient_fk"),
        sa.ForeignKeyConstraint(["team"], ["team.id"], name="person_team_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "invitation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="invitation_pk"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="invitation_account_fk"),
        sa.UniqueConstraint("code_hash", name="invitation_code_hash_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="sign_in_pk"),
        sa.CheckConstraint("stage IN ('ticket', 'second_factor', 'full')", name="sign_in_stage"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="sign_in_account_fk"),
        sqlite_strict=True,
    )
    op.create_index("sign_in_account", "sign_in", ["account"])
    op.create_table(
        "attempt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("login_hash", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="attempt_pk"),
        sqlite_strict=True,
    )
    op.create_index("attempt_address", "attempt", ["address_hash", "at"])
    op.create_index("attempt_at", "attempt", ["at"])
    op.create_index("attempt_login", "attempt", ["login_hash", "at"])
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account", KEY, nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("patient", KEY, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_pk"),
        sa.CheckConstraint("outcome IN ('allowed', 'refused')", name="audit_outcome"),
        sqlite_strict=True,
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_index("audit_patient", "audit", ["patient", "at"])
    op.create_table(
        "looked",
        sa.Column("account", KEY, nullable=False),
        sa.Column("patient", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", "patient", name="looked_pk"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="looked_account_fk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="looked_patient_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "protocol_file",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", KEY, nullable=True),
        sa.PrimaryKeyConstraint("digest", name="protocol_file_pk"),
        sqlite_strict=True,
    )
    op.create_table(
        "in_force",
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="in_force_pk"),
        sa.ForeignKeyConstraint(["digest"], ["protocol_file.digest"], name="in_force_digest_fk"),
        sqlite_strict=True,
    )
    op.create_table(
        "caseload",
        sa.Column("patient", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=True),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("patient", name="caseload_pk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="caseload_patient_fk"),
        sqlite_strict=True,
    )
    op.create_index("caseload_digest", "caseload", ["digest"])
    op.execute("INSERT INTO caseload SELECT id, 0, '', NULL, 1, '', '[]' FROM patient")
    op.create_table(
        "standing",
        sa.Column("patient", KEY, nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("until_at", INSTANT, nullable=False),
        sa.Column("team", KEY, nullable=True),
        sa.Column("lead", KEY, nullable=True),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("patient", "from_at", name="standing_pk"),
        sa.ForeignKeyConstraint(["lead"], ["account.id"], name="standing_lead_fk"),
        sa.ForeignKeyConstraint(["patient"], ["patient.id"], name="standing_patient_fk"),
        sa.ForeignKeyConstraint(["team"], ["team.id"], name="standing_team_fk"),
        sqlite_strict=True,
    )
    order = [
        "team",
        "state",
        "rank",
        "since",
        "name_key",
        "patient",
        "from_at",
        "until_at",
        "lead",
        "reasons",
    ]
    op.create_index("standing_order", "standing", order)
    count = ["team", "state", "reasons", "from_at", "until_at", "lead"]
    op.create_index("standing_count", "standing", count)
    for table in FINAL:
        for statement in _final(table):
            op.execute(statement)


def _final(table: str) -> tuple[str, ...]:
    if op.get_context().dialect.name == "sqlite":
        return (
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never changed'); END",
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never removed'); END",
        )
    return (
        f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION entry_is_final()",
        f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION entry_is_final()",
    )
