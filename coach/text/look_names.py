"""The words for how the pages look."""

from __future__ import annotations

from collections.abc import Mapping

from coach.domain import looks
from coach.i18n import _


def words(name: str) -> Mapping[str, str]:
    """Return the words for each choice of a setting, the usual one first."""
    if name == looks.TEXT_SIZE:
        return {"usual": _("Usual"), "large": _("Large"), "largest": _("Very large")}
    return {"device": _("Like this device"), "light": _("Always light"), "dark": _("Always dark")}
