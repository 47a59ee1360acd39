"""The settings that an installation starts with, and the folder that it keeps its data in."""
