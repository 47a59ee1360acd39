"""Keeps what holds words: once for each language in which somebody reads it.

Where a value holds words, `derived`, `functools.cache` and `keep` would show one reader's language
to the next: above the domain these are used instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, TypeVarTuple

from coach import i18n
from coach.domain.derived import Keeper, derived

K = TypeVar("K", bound=Keeper)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def derived_in_words(make: Callable[[K, *Ts], T]) -> Callable[[K, *Ts], T]:
    """Decorate as `derived` does a function whose result holds words."""

    @derived
    def once(of: K, _spoken: str, *args: *Ts) -> T:
        return make(of, *args)

    @wraps(make)
    def in_words(of: K, *args: *Ts) -> T:
        return once(of, i18n.current().tag, *args)

    return in_words


def cached_in_words(make: Callable[[*Ts], T]) -> Callable[[*Ts], T]:
    """Decorate as `functools.cache` does a function whose result holds words."""

    @cache
    def once(_spoken: str, *args: Any) -> T:
        return make(*args)

    @wraps(make)
    def in_words(*args: *Ts) -> T:
        return once(i18n.current().tag, *args)

    return in_words


def keep_words(of: Keeper, key: tuple[Any, ...], make: Callable[[*Ts], T], *args: *Ts) -> T:
    """Return what holds words and is kept under a key; made by `make(*args)` the first time."""
    return of.keep((*key, i18n.current().tag), make, *args)
