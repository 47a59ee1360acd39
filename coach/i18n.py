"""Translation: the English text itself is the key."""

import gettext as _gettext
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"

_catalog = _gettext.translation("coach", LOCALE, languages=["en"], fallback=True)

_ = _catalog.gettext
ngettext = _catalog.ngettext
pgettext = _catalog.pgettext


def N_(message: str) -> str:  # noqa: N802  the name that translators' tools know
    """Mark a text for extraction; it is translated where it is shown."""
    return message
