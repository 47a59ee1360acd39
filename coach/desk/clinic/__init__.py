"""The use cases of a physiotherapist and of an administrator."""
