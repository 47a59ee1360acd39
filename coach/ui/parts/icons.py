"""Icons, drawn in the colour of the text beside them: `assets/ui/icons/`, one grid and one line weight.

The document names each file's address as `--coach-icon-NAME`, which styles and scripts may use as a mask too.
"""

from __future__ import annotations

from coach.config.asset_files import ICONS

__all__ = ["icon"]


def icon(name: str) -> str:
    """Return the markup of an icon; it says nothing to a screen reader, so that words must stand beside it.

    Raises:
        KeyError: there is no such icon.
    """
    if name not in ICONS:
        raise KeyError(name)
    return f'<span class="coach-icon" style="--icon:var(--coach-icon-{name})" aria-hidden="true"></span>'
