"""What is derived from a value that never changes, computed once and kept with that value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_NOTHING = object()


class Keeper:
    """A value that never changes and keeps what is derived from it; nothing kept may depend on "now".

    Sessions share histories, so several threads may ask at once. Each may compute the same thing, but all of them
    get the one that was there first.
    """

    def __init__(self) -> None:
        self._kept: dict[object, Any] = {}

    def keep(self, key: object, make: Callable[[*Ts], T], *args: *Ts) -> T:
        """Return what is kept under a key; where nothing is yet, `make(*args)` makes it."""
        found: T = self._kept.get(key, _NOTHING)
        if found is _NOTHING:
            found = self._kept.setdefault(key, make(*args))  # one step: of two threads the first one's stays
        return found


K = TypeVar("K", bound=Keeper)


def derived(make: Callable[[K, *Ts], T]) -> Callable[[K, *Ts], T]:
    """Keep what a function returns for a value, and for its other arguments where it has any.

    The function returns what nobody changes: a tuple, not a list or a generator. Its other arguments are hashable
    and take few values.
    """

    @wraps(make)
    def once(of: K, *args: *Ts) -> T:
        key = (make, args) if args else make
        found: T = of._kept.get(key, _NOTHING)  # noqa: SLF001  the gate asks often: this is `keep` without its call
        return of.keep(key, make, of, *args) if found is _NOTHING else found

    return once
