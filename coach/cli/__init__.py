"""The commands of `python -m coach`, one file for each."""
