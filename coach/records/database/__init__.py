"""The database: SQLite or PostgreSQL, its schema and its migrations."""
