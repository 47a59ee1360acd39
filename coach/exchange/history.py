"""The plain history: everything that was recorded, in its order, as JSON."""

from __future__ import annotations

import json

from coach.domain.dossier import Dossier
from coach.domain.history import to_payload
from coach.domain.moments import local


def content(dossier: Dossier) -> bytes:
    """Return every entry as it was recorded, with those that were corrected or taken back; UTF-8."""
    protocol = dossier.protocol
    plain = {
        "format": "coach-history",
        "version": 1,
        "patient": str(dossier.patient),
        "exported_at": dossier.now.isoformat(),
        "protocol": {"id": protocol.id, "version": protocol.version, "digest": protocol.digest},
        "head": {"seq": dossier.entries, "hash": dossier.head},
        "entries": [
            {
                "id": str(entry.id),
                "seq": entry.seq,
                "kind": entry.kind,
                "at": entry.at.isoformat(),
                "zone": entry.zone,
                "local_date": entry.local_date.isoformat(),
                "local_time": local(entry.at, entry.zone).isoformat(),
                "recorded_at": entry.recorded_at.isoformat(),
                "author": entry.author,
                "supersedes": str(entry.supersedes) if entry.supersedes else None,
                "fact": to_payload(entry.fact),  # type: ignore[arg-type]
            }
            for entry in dossier.history.entries
        ],
    }
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=1).encode()
