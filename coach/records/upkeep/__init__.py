"""Backups, archives, verification and erasure, for the operator."""
