"""The configuration of an installation: mode, limits of the process, data folder and keys."""
