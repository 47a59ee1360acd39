"""What is wrong with a translation, as far as a program can see it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from string import Formatter
from typing import TYPE_CHECKING

from coach.i18n.languages import DRAFT, NOT_OFFERED

if TYPE_CHECKING:
    from babel.messages import Catalog, Message

#: The share of texts that an offered language may still show in English.
MOST_MISSING = 0.02

#: How code names a thing: what is shown is not written so.
_KEY = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&\w+;")
_LINK = re.compile(r"\]\(([^)]*)\)")
_ENDS = ".?!:…"
_MARKS = ("**", "`", "%", "\n", "_", "#", "|")


def faults(catalog: Catalog) -> list[str]:
    """Return what is wrong with a catalogue, one sentence each; none for a good one."""
    found = list(_of_the_head(catalog))
    for message in catalog:
        if message.id:
            found += [f"{_text(message)[:60]!r}: {fault}" for fault in _of(message, catalog)]
    return found


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts that are shown in English, because they have no translation."""
    return [_text(each) for each in catalog if each.id and not all(_forms(each))]


def _of_the_head(catalog: Catalog) -> Iterator[str]:
    if DRAFT not in catalog.header_comment:
        yield f"its head does not say: {DRAFT}"
    missing = len(untranslated(catalog))
    if missing > MOST_MISSING * len(catalog) and NOT_OFFERED not in catalog.header_comment:
        yield f"{missing} texts have no translation, and its head does not say: {NOT_OFFERED}"
    if not missing and NOT_OFFERED in catalog.header_comment:
        yield f"nothing is missing: take the line with {NOT_OFFERED!r} out of its head"


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _forms(message: Message) -> Sequence[str]:
    given = message.string or ""
    return (given,) if isinstance(given, str) else tuple(given)


def _of(message: Message, catalog: Catalog) -> Iterator[str]:
    if _KEY.fullmatch(_text(message)):
        yield "it looks like a key of the code, not like a text: what is given to _() must be the text itself"
    if message.fuzzy:
        yield "it is marked as fuzzy: translate it again, and take the mark away"
    forms = _forms(message)
    if not any(forms):
        return
    if isinstance(message.id, str):
        yield from _between((message.id,), forms[0])
        return
    if len(forms) != catalog.num_plurals or not all(forms):
        yield f"it needs {catalog.num_plurals} plural forms"
        return
    for form in forms:
        yield from _between(tuple(message.id), form)


def _between(english: tuple[str, ...], said: str) -> Iterator[str]:
    """Yield what differs between a translation and the English text, or both of its plural forms."""
    try:
        same = _placeholders(said) in [_placeholders(each) for each in english]
    except ValueError:
        same = False
    if not same:
        yield f"other placeholders in {said!r}"
    if _numbers(said) not in [_numbers(each) for each in english]:
        yield f"other numbers in {said!r}"
    for name, read in (("tags", _TAG.findall), ("links", _LINK.findall)):
        if Counter(read(said)) not in [Counter(read(each)) for each in english]:
            yield f"other {name} in {said!r}"
    for mark in _MARKS:
        if _outside(said).count(mark) not in [_outside(each).count(mark) for each in english]:
            yield f"another number of {mark!r} in {said!r}"
    if _edges(said) not in [_edges(each) for each in english]:
        yield f"it begins or ends with other spaces: {said!r}"
    if _end(said) not in [_end(each) for each in english]:
        yield f"it ends otherwise: {said!r}"
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") and sign != "\n" for sign in said):
        yield f"a sign that cannot be seen in {said!r}"


def _placeholders(text: str) -> Counter[str]:
    """Return the placeholders with what they say of their form.

    Raises:
        ValueError: a bracket stands alone.
    """
    if "{" not in text and "}" not in text:
        return Counter()
    return Counter(
        f"{name}!{how}:{form}" for _before, name, form, how in Formatter().parse(text) if name is not None
    )


def _outside(text: str) -> str:
    """Return a text without its placeholders, whose names may hold a mark."""
    return re.sub(r"\{[^{}]*\}", "", text)


def _numbers(text: str) -> Counter[str]:
    return Counter(each.replace(",", ".") for each in _NUMBER.findall(_outside(text)))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _end(text: str) -> str:
    last = text.rstrip()[-1:]
    return last if last in _ENDS else ""
