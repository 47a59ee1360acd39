"""The words for how loud and how fast a session sounds."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain import sounds
from coach.i18n import _


def words(name: str) -> Mapping[str, str]:
    """Return the words for each choice of a setting, the usual one first."""
    if name == sounds.VOLUME:
        return {"loud": _("Loud"), "medium": _("Medium"), "quiet": _("Quiet")}
    return {"usual": _("Usual"), "slower": _("Slower"), "faster": _("Faster")}
