"""The forms in which a record leaves."""
