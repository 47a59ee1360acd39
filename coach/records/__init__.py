"""The memory: one append-only table of entries, on SQLite at home and on PostgreSQL in a clinic."""
