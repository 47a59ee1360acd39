"""Translation by viewer: the English text itself is the key, and the run says in which language it is read.

Each page run, request, e-mail and file says once with `speak` or `speaking` in which language its
reader reads. That holds for the thread, or the task, and for nothing else; nobody else's run sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from coach.i18n.catalogues import Speech, speech
from coach.i18n.languages import ENGLISH, tag, usual

__all__ = [
    "ENGLISH",
    "N_",
    "Speech",
    "_",
    "current",
    "find_elsewhere",
    "ngettext",
    "pgettext",
    "speak",
    "speaking",
    "tag",
    "usual",
]

_spoken: ContextVar[Speech | None] = ContextVar("spoken", default=None)
_elsewhere: list[Callable[[], str]] = []


def find_elsewhere(look: Callable[[], str]) -> None:
    """Say where the language stands when a thread was not told: what a page calls before or without its run."""
    _elsewhere[:] = [look]


def current() -> Speech:
    """Return the language in which this run speaks; English where nobody said so."""
    return _spoken.get() or _unsaid()


def _unsaid() -> Speech:
    return speech(_elsewhere[0]() if _elsewhere else ENGLISH)


def speak(language: str) -> None:
    """Speak this language, by its tag, until the thread or the task ends or speaks another."""
    _spoken.set(speech(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language, by its tag, until the block ends."""
    before = _spoken.set(speech(language))
    try:
        yield
    finally:
        _spoken.reset(before)


def _(message: str) -> str:
    """Return a text in the reader's language."""
    return (_spoken.get() or _unsaid()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form of a text that belongs to a number, in the reader's language."""
    return (_spoken.get() or _unsaid()).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    """Return a text that means something else in another place, in the reader's language."""
    return (_spoken.get() or _unsaid()).pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802  the name that translators' tools know
    """Mark a text for extraction; it is translated where it is shown."""
    return message
