"""A catalogue for each language, read from its .po file when somebody first speaks it.

Nothing is compiled beforehand, so no compiled file can be out of date. A text that has no
translation, or only a doubtful ("fuzzy") one, is shown in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING

from coach.i18n import pseudo
from coach.i18n.languages import DRAFT, ENGLISH, FOLDER, LONGER, MIRRORED, RIGHT_TO_LEFT, path

if TYPE_CHECKING:
    from babel.messages import Catalog

TEMPLATE = FOLDER / "coach.pot"

#: Files whose texts operators read in a terminal or a log.
ENGLISH_ONLY = ("coach/cli/", "coach/text/startup.py", "coach/text/backup.py")

NO_BREAK = "\N{NO-BREAK SPACE}"
FRENCH_SPACE = re.compile(r" (?=[;?!»]|:(?:\W|$))|(?<=«) ")

Key = str | tuple[str, str]  # a text, or its context and the text


def _english(n: int) -> int:
    return int(n != 1)


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """How one reader is spoken to: the language, and its texts.

    Attributes:
        tag: the language and, where it matters, the region, such as `de` or `en-US`.
        texts: the translations by the English text.
        plurals: the translations that depend on a number, by the English singular.
        form: which of them a number takes.
        is_draft: whether no clinician has read these translations.
        is_pseudo: whether the texts are made up, for developers.
    """

    tag: str
    texts: Mapping[Key, str] = field(default_factory=dict)
    plurals: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = _english
    is_draft: bool = False
    is_pseudo: bool = False

    @property
    def language(self) -> str:
        """The language without a region."""
        return self.tag.partition("-")[0]

    @property
    def direction(self) -> str:
        """`rtl` for a language that is written from the right to the left, else `ltr`."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def gettext(self, message: str) -> str:
        """Return a text in this language."""
        return self.texts.get(message, message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return the form of a text that belongs to a number."""
        forms = self.plurals.get(one)
        return forms[self.form(n)] if forms else (one if n == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        """Return a text that means something else in another place."""
        return self.texts.get((context, message), message)


@cache
def speech(tag: str) -> Speech:
    """Return how a reader of that tag is spoken to."""
    language = tag.partition("-")[0]
    if tag in (LONGER, MIRRORED):
        return _pseudo(tag)
    if language == ENGLISH or not path(language).exists():
        return Speech(tag)
    texts, plurals, form, is_draft = _known(language)
    return Speech(tag, texts, plurals, form, is_draft=is_draft)


@cache
def _known(
    language: str,
) -> tuple[Mapping[Key, str], Mapping[Key, tuple[str, ...]], Callable[[int], int], bool]:
    """Return texts, plurals, and which form a number takes, and whether the catalogue is a draft."""
    catalog = read(path(language))
    texts: dict[Key, str] = {}
    plurals: dict[Key, tuple[str, ...]] = {}
    for message in catalog:
        given = message.string or ""
        said = (given,) if isinstance(given, str) else tuple(given)
        if language == "fr":
            said = tuple(map(french_spaces, said))
        if not message.id or message.fuzzy or not all(said):
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        key = (message.context, first) if message.context else first
        if isinstance(message.id, str):
            texts[key] = said[0]
        else:
            plurals[key] = said
            texts.setdefault(key, said[0])
    return texts, plurals, c2py(catalog.plural_expr), DRAFT in catalog.header_comment


def french_spaces(text: str) -> str:
    """Return a French text with spaces at its double punctuation at which no line breaks."""
    return FRENCH_SPACE.sub(NO_BREAK, text)


def read(file: Path) -> Catalog:
    """Return a catalogue, or the template, as Babel reads it."""
    from babel.messages.pofile import read_po  # imported late: who reads English needs none of it

    with file.open("rb") as opened:
        return read_po(opened)


def for_readers(template: Catalog) -> Catalog:
    """Return a template without what the command line alone says: that is for operators, in English."""
    kept = type(template)()
    for message in template:
        if not all(file.startswith(ENGLISH_ONLY) for file, _line in message.locations) or not message.id:
            kept[message.id] = message
    return kept


def _pseudo(tag: str) -> Speech:
    """Return a pseudo-language: what stands in the template, and nothing else, made longer or mirrored."""
    texts: dict[Key, str] = {}
    plurals: dict[Key, tuple[str, ...]] = {}
    disguise = pseudo.longer if tag == LONGER else pseudo.mirrored
    for message in read(TEMPLATE):
        if not message.id:
            continue
        if isinstance(message.id, str):
            key = (message.context, message.id) if message.context else message.id
            texts[key] = disguise(message.id)
        else:
            plurals[message.id[0]] = tuple(map(disguise, message.id))
            texts.setdefault(message.id[0], disguise(message.id[0]))
    return Speech(tag, texts, plurals, is_pseudo=True)
