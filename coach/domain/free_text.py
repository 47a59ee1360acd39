"""Free text that somebody wrote: cleaned in one way wherever it is taken in, and seen by people, or no text at all."""

from __future__ import annotations

import re
import unicodedata

from coach.domain.errors import BadValue, Fault

# Line ends of other systems and of Unicode, which a screen or a table may take for something else.
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls but for line end and tab, what turns the direction of all that stands beside it, and halves of letters.
_STEERING = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
# Letters, marks and symbols by their category, of which a screen shows nothing.
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def clean(text: str) -> str:
    """Return the text composed (NFC) and trimmed, without signs that steer a screen or a printer.

    Where nothing of it can be seen it is empty. Line ends and tabs stay.
    """
    if text.isascii() and text.isprintable():  # nearly all texts; this runs for every entry that is read
        return text.strip()
    found = unicodedata.normalize("NFC", _STEERING.sub("", _LINE_ENDS.sub("\n", text))).strip()
    return found if can_be_seen(found) else ""


def plain_text(value: object, limit: int) -> str:
    """Return the text as `clean` makes it; longer than `limit` characters is refused."""
    if not isinstance(value, str):
        raise BadValue(Fault.TEXT_MISSING)
    text = clean(value)
    if len(text) > limit:
        raise BadValue(Fault.TEXT_TOO_LONG, length=len(text), limit=limit)
    return text


def can_be_seen(text: str) -> bool:
    """Tell whether anything of a text shows on a screen."""
    return any(unicodedata.category(sign)[0] not in "CZ" and not _BLANK.match(sign) for sign in text)


def one_line(value: object, limit: int) -> str:
    """Return a name in one line, as `clean` makes it; empty where nothing of it can be seen, a long one is refused."""
    text = value if isinstance(value, str) else ""
    return plain_text(" ".join(clean(text).split()), limit)


NOTE_LIMIT = 2000


LINE_LIMIT = 200


MESSAGE_LIMIT = 1000


ACTIVITY_LIMIT = 80


def tidied(fact: object, name: str, limit: int = NOTE_LIMIT) -> str:
    """Keep a text of a fact as people may see it (`free_text.clean`), whoever wrote it and however long ago."""
    raw = getattr(fact, name)
    text = plain_text(raw, limit)
    if text != raw:
        object.__setattr__(fact, name, text)
    return text


def needed(fact: object, name: str, limit: int = LINE_LIMIT) -> None:
    """As `_tidied`; no text at all is refused.

    A text that was recorded before invisible signs were refused is empty here, and the entry can be read. It cannot be
    recorded again: what does not read back as it is written is refused (`records.rows.to_row`).
    """
    raw = getattr(fact, name)
    if not tidied(fact, name, limit) and not (isinstance(raw, str) and raw.strip()):
        raise BadValue(Fault.TEXT_MISSING)
