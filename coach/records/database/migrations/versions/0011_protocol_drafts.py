"""Drafts of protocols, step by step: only ever added to.

On PostgreSQL the staff read them. Each adds what they did themselves: an administrator does not say
whether a draft is right, and nobody says so of a draft that they worked on.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Uuid(), "postgresql")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

# Without a SELECT around it: with one, PostgreSQL refuses the rule below, which reads its own table.
ROLE = "current_setting('app.role', true)"
ACCOUNT = "nullif(current_setting('app.account', true), '')::uuid"
READERS = f"{ROLE} IN ('system', 'physiotherapist', 'administrator')"
OFFICE = f"{ROLE} = 'system'"
MINE = f"account = {ACCOUNT} AND role = {ROLE}"
WORK = f"{MINE} AND {ROLE} IN ('physiotherapist', 'administrator') AND act NOT IN ('agreed', 'change_asked')"
OPINION = (
    f"{MINE} AND {ROLE} = 'physiotherapist' AND act IN ('agreed', 'change_asked') AND NOT EXISTS ("
    "SELECT FROM protocol_draft work WHERE work.draft = protocol_draft.draft AND work.act = 'saved' "
    f"AND work.account = {ACCOUNT})"
)


def upgrade() -> None:
    """Make the table, keep its rows from change, and let it know its rules."""
    op.create_table(
        "protocol_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("draft", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="protocol_draft_pk"),
        sa.UniqueConstraint("draft", "seq", name="protocol_draft_draft_seq_once"),
        sa.CheckConstraint("seq >= 1", name="protocol_draft_seq"),
        sa.CheckConstraint(
            "act IN ('saved', 'agreed', 'change_asked', 'discarded', 'brought_back')",
            name="protocol_draft_act",
        ),
        sa.CheckConstraint("(act = 'saved') = (content IS NOT NULL)", name="protocol_draft_content"),
        sa.CheckConstraint("length(content_digest) = 64 AND length(digest) = 64", name="protocol_draft_hash"),
        sqlite_strict=True,
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER protocol_draft_unchanged BEFORE UPDATE ON protocol_draft "
            "BEGIN SELECT RAISE(ABORT, 'protocol_draft: rows are never changed'); END"
        )
        op.execute(
            "CREATE TRIGGER protocol_draft_kept BEFORE DELETE ON protocol_draft "
            "BEGIN SELECT RAISE(ABORT, 'protocol_draft: rows are never removed'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER protocol_draft_final BEFORE UPDATE OR DELETE ON protocol_draft "
        "FOR EACH ROW EXECUTE FUNCTION entry_is_final()"
    )
    op.execute(
        "CREATE TRIGGER protocol_draft_kept BEFORE TRUNCATE ON protocol_draft "
        "FOR EACH STATEMENT EXECUTE FUNCTION entry_is_final()"
    )
    op.execute("ALTER TABLE protocol_draft ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE protocol_draft FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY protocol_draft_staff ON protocol_draft FOR SELECT USING ({READERS})")
    op.execute(f"CREATE POLICY protocol_draft_office ON protocol_draft FOR INSERT WITH CHECK ({OFFICE})")
    op.execute(f"CREATE POLICY protocol_draft_work ON protocol_draft FOR INSERT WITH CHECK ({WORK})")
    op.execute(f"CREATE POLICY protocol_draft_opinion ON protocol_draft FOR INSERT WITH CHECK ({OPINION})")
