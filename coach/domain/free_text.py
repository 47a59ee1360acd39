"""Free text that people write: one way of cleaning it, and refusing text that cannot be seen."""

from __future__ import annotations

import re
import unicodedata

from coach.domain.errors import BadValue, Fault

# Line breaks of other systems and of Unicode, which screens and tables may treat in other ways.
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters except line break and tab, bidirectional controls, and lone surrogates.
_STEERING = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
# Characters of visible categories that show nothing on a screen.
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def clean(text: str) -> str:
    """Return the text composed (NFC) and trimmed, without control characters.

    "" if nothing of it can be seen. Line breaks and tabs stay.
    """
    # The fast path for nearly all texts; this runs for every entry that is read
    if text.isascii() and text.isprintable():
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
    """Tell whether a text has any visible character."""
    return any(unicodedata.category(sign)[0] not in "CZ" and not _BLANK.match(sign) for sign in text)


def one_line(value: object, limit: int) -> str:
    """Return a cleaned name on one line; "" if nothing can be seen; too long is refused."""
    text = value if isinstance(value, str) else ""
    return plain_text(" ".join(clean(text).split()), limit)


NOTE_LIMIT = 2000


LINE_LIMIT = 200


MESSAGE_LIMIT = 1000


ACTIVITY_LIMIT = 80


def tidied(fact: object, name: str, limit: int = NOTE_LIMIT) -> str:
    """Clean a text field of a fact (`free_text.clean`), for new and for old entries."""
    raw = getattr(fact, name)
    text = plain_text(raw, limit)
    if text != raw:
        object.__setattr__(fact, name, text)
    return text


def needed(fact: object, name: str, limit: int = LINE_LIMIT) -> None:
    """As `tidied`, but an empty text is refused.

    A text that was recorded before invisible characters were refused becomes empty here, and the
    entry can be read. It cannot be recorded again: a draft that does not read back equal is refused
    (`coach.records.entries.rows.to_row`).
    """
    raw = getattr(fact, name)
    if not tidied(fact, name, limit) and not (isinstance(raw, str) and raw.strip()):
        raise BadValue(Fault.TEXT_MISSING)
