"""The database: one append-only table of entries, on SQLite at home and PostgreSQL in a clinic."""
