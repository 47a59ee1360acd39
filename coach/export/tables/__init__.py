"""A record as tables: which columns, and how they are written."""
