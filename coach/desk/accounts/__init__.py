"""Accounts, signing in, and the secret address of a calendar."""
