"""The pages of physiotherapists and administrators."""
