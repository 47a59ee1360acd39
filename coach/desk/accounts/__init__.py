"""Accounts, sign-in, and the secret address of a calendar."""
