"""The sentences that people read. What stands on one page or in one PDF alone is in that file."""
