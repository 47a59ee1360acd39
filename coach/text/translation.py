"""In which language a patient reads, and what a reader is told of the translation."""

from __future__ import annotations

from collections.abc import Mapping

from coach import i18n
from coach.domain import languages
from coach.domain.facts import SettingValue
from coach.i18n import _


def tag_of(settings: Mapping[str, SettingValue], *, asked: str | None = None) -> str:
    """Return the tag in which the patient of these settings reads.

    Args:
        settings: the patient's settings.
        asked: what their browser asks for; None where there is none, and what it asked for when they
            agreed to reminders stands in for it.
    """
    return i18n.tag(
        languages.asked(settings) if asked is None else asked,
        choice=languages.chosen(settings),
        country=languages.country(settings),
    )


def draft() -> str:
    """Return that no clinician has read this translation, "" for English and for one that was read."""
    return _("This translation is a draft. No clinician has read it yet.") if i18n.current().is_draft else ""
