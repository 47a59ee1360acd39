"""Tells whether a file lies on a network disk, where processes cannot share a SQLite file safely."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")  # Linux; elsewhere nothing is known
# A WAL needs memory that all processes share, and locks that hold (sqlite.org/wal.html).
KINDS = frozenset(
    {"9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)
FUSE = "fuse."
OF_FUSE = frozenset({"ceph", "cephfs", "davfs", "glusterfs", "gvfsd-fuse", "rclone", "s3fs", "sshfs"})

_ESCAPED = re.compile(r"\\([0-7]{3})")


def holds(file: Path, mounts: Path | None = None) -> bool:
    """Tell whether a file is, or would be, on a network disk; False where that cannot be known."""
    try:
        lines = (mounts or MOUNTS).read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    place, deepest, found = file.resolve(), -1, ""
    for line in lines:
        left, _dash, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right.split():
            continue
        mounted = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4]))
        depth = len(mounted.parts)
        # The last of those with the same place lies on top.
        if depth >= deepest and place.is_relative_to(mounted):
            deepest, found = depth, right.split()[0]
    return found in KINDS or (found.startswith(FUSE) and found.removeprefix(FUSE) in OF_FUSE)
