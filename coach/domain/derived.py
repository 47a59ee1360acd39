"""Caches values derived from an immutable value, in that value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_NOTHING = object()


class Keeper:
    """An immutable value with a cache of derived values; none may depend on "now".

    Browser sessions share histories, so several threads may ask at once. Each may compute the same
    value, but all get the one that was stored first.
    """

    def __init__(self) -> None:
        self._kept: dict[object, Any] = {}

    def keep(self, key: object, make: Callable[[*Ts], T], *args: *Ts) -> T:
        """Return the value under a key; computed by `make(*args)` the first time."""
        found: T = self._kept.get(key, _NOTHING)
        if found is _NOTHING:
            # Atomic: of two threads the first one's value stays
            found = self._kept.setdefault(key, make(*args))
        return found


K = TypeVar("K", bound=Keeper)


def derived(make: Callable[[K, *Ts], T]) -> Callable[[K, *Ts], T]:
    """Decorate a function to cache its result in its first argument, by the other arguments.

    The function must return an immutable value: a tuple, not a list or a generator. Its other
    arguments are hashable and take few values.
    """

    @wraps(make)
    def once(of: K, *args: *Ts) -> T:
        key = (make, args) if args else make
        found: T = of._kept.get(key, _NOTHING)  # noqa: SLF001  the gate asks often: this is `keep` without its call
        return of.keep(key, make, of, *args) if found is _NOTHING else found

    return once
