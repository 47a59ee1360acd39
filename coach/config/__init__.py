"""The configuration of an installation: mode, limits of the process, data folder, disks and keys."""
