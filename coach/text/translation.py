"""What a reader is told of the translation that they read."""

from __future__ import annotations

from coach import i18n
from coach.i18n import _


def draft() -> str:
    """Return that no clinician has read this translation, "" for English and for one that was read."""
    return _("This translation is a draft. No clinician has read it yet.") if i18n.current().is_draft else ""
