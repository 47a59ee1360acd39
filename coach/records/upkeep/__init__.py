"""Backups, archives, verifying and erasing."""
