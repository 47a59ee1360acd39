"""The migrations make the tables that the program reads and writes."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from coach.records.database import engine, migrations, schema
from coach.records.entries.store import Store
from tests.support.postgres import as_owner


def test_the_migrations_make_the_tables_of_the_schema(store: Store, url: str):
    direct = engine.build(engine.parse(as_owner(url)))
    with direct.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    direct.dispose()


def test_the_sqlite_tables_are_the_schemas_to_the_letter(path: Path):
    Store.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as raw:
        made = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    for table in schema.metadata.tables.values():
        wanted = str(CreateTable(table).compile(dialect=sqlite.dialect()))
        assert _parts(made[table.name]) == _parts(wanted)
        assert made[table.name].strip().endswith("STRICT")


def _parts(statement: str) -> set[str]:
    """Return columns and constraints; a column that was added later shares the line of the one before it."""
    lines = (re.sub(r"\s+", " ", line).strip(" ,") for line in statement.strip().splitlines())
    return {part for line in lines for part in re.split(r", (?=\w+ [A-Z]+\b)", line)}


def test_the_newest_revision_is_known_without_alembic():
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [migrations.HEAD]
    assert {each.revision for each in script.walk_revisions()} == migrations.KNOWN
