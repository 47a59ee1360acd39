"""The append-only record of each patient."""
