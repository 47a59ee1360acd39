"""Row-level security on PostgreSQL: each role sees only its rows. SQLite has none.

Each transaction first sets who acts: app.role, app.account and app.patient. Without them no row is
visible. The owner of the tables is bound too.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Each is asked once for a statement, not once for a row.
ROLE = "(SELECT current_setting('app.role', true))"
ACCOUNT = "(SELECT nullif(current_setting('app.account', true), '')::uuid)"
OWN = "(SELECT nullif(current_setting('app.patient', true), '')::uuid)"

OFFICE = f"{ROLE} IN ('system', 'operator')"
ADMINISTRATOR = f"{ROLE} = 'administrator'"
SELF = f"{ROLE} IN ('household', 'patient') AND {{patient}} = {OWN}"
# A patient of the physiotherapist's teams, never the own record.
TEAMS = f"SELECT membership.team FROM membership WHERE membership.account = {ACCOUNT}"  # noqa: S608
TEAM = f"{ROLE} = 'physiotherapist' AND {{patient}} IS DISTINCT FROM {OWN} AND team IN ({TEAMS})"
# One whom `person` shows them: its own rule is the one above.
THEIRS = (
    f"{ROLE} = 'physiotherapist' AND EXISTS (SELECT FROM person WHERE person.patient = {{table}}.{{patient}})"
)

RECORDS = ("entry", "caseload", "standing")
GUARDED = ("patient", "person", "membership", "audit", "looked", *RECORDS)


def upgrade() -> None:
    """Let the tables know their rules."""
    if op.get_context().dialect.name != "postgresql":
        return
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        _rule(table, "office", "ALL", OFFICE)
    for table in RECORDS:
        _rule(table, "self", "ALL", SELF)
        _rule(table, "team", "ALL", THEIRS)
    _rule("looked", "team", "ALL", f"{THEIRS} AND account = {ACCOUNT}")
    _rule("person", "administrator", "ALL", ADMINISTRATOR)
    _rule("person", "team", "ALL", TEAM)
    _rule("person", "self", "SELECT", SELF)
    _rule("person", "household", "INSERT", f"{ROLE} = 'household' AND {{patient}} = {OWN}")
    # A new patient belongs to a physiotherapist's team only once the row in `person` exists.
    _rule("patient", "enter", "INSERT", f"{ROLE} IN ('administrator', 'physiotherapist') OR {SELF}")
    _rule("patient", "administrator", "SELECT", ADMINISTRATOR)
    _rule("patient", "self", "SELECT", SELF)
    _rule("patient", "team", "SELECT", THEIRS)
    # Locking a row needs UPDATE; the check lets no row be changed.
    _rule("patient", "lock_self", "UPDATE", SELF, check="false")
    _rule("patient", "lock_team", "UPDATE", THEIRS, check="false")
    # A sign-in looks up the teams before anybody acts.
    _rule("membership", "everybody", "SELECT", "true")
    _rule("membership", "administrator_adds", "INSERT", ADMINISTRATOR)
    _rule("membership", "administrator_removes", "DELETE", ADMINISTRATOR)
    _rule("audit", "administrator", "SELECT", ADMINISTRATOR)


def _rule(table: str, name: str, command: str, rule: str, *, check: str = "") -> None:
    """Let through what the rule says, beside what other rules of the table let through."""
    rule = rule.format(table=table, patient="id" if table == "patient" else "patient")
    using = "" if command == "INSERT" else f" USING ({rule})"
    checking = "" if command in ("SELECT", "DELETE") else f" WITH CHECK ({check or rule})"
    op.execute(f"CREATE POLICY {table}_{name} ON {table} FOR {command}{using}{checking}")
