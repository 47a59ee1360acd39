"""Permissions, and the means of authentication: passwords, invitations, rate limits, tokens."""
