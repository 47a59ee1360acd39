"""The pages of a physiotherapist and of an administrator."""
