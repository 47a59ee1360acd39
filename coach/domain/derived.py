"""Keeps what is derived from a history, or from a case, in it; an extended one takes it over.

A derived value names the kinds of fact that it follows from. When a history is extended by new
entries, what follows from none of their kinds is taken over as it is. A value that can be
`continued` is continued by the new entries if they are the last of their kinds; all else is made
again when it is next asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple, cast

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

#: How many entries of each kind counted when a value was derived that is to be continued.
Sizes = Mapping[type, int]

_Key = tuple[Any, ...]  # a rule and its arguments, or what a keeper is kept under

READINGS = 2  # keepers kept in a keeper that follow it: the cases of the latest protocols

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class News:
    """What new entries changed: the kinds of fact of which other entries count now.

    Of those in `moved`, an earlier entry counts no more, or a new one is not the last by its instant.
    """

    touched: frozenset[type]
    moved: frozenset[type]


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """How a value is made, the kinds that it follows from (None: any), and how it is continued."""

    make: Callable[..., Any]
    reads: frozenset[type] | None
    grow: Callable[..., Any] | None = None
    by: frozenset[type] = frozenset()

    def stays(self, news: News) -> bool:
        """Tell whether a value is the same after the news."""
        return self.reads is not None and self.reads.isdisjoint(news.touched)

    def grows(self, news: News) -> bool:
        """Tell whether a value can be continued by the news, or stays."""
        if self.grow is None or self.reads is None:
            return False
        return (self.reads & news.touched) <= self.by and self.by.isdisjoint(news.moved)


class Keeper:
    """An immutable value with a cache of derived values; none may depend on "now".

    Browser sessions share histories, so several threads may ask at once. Each may compute the same
    value, but all get the one that was stored first.
    """

    def __init__(self) -> None:
        self._kept: dict[_Key, Any] = {}
        self._earlier: dict[_Key, tuple[Any, Sizes]] = {}

    def keep(self, key: _Key, make: Callable[[*Ts], T], *args: *Ts) -> T:
        """Return the value under a key; computed by `make(*args)` the first time."""
        found: T = self._kept.get(key, _NOTHING)
        if found is _NOTHING:
            # Atomic: of two threads the first one's value stays
            found = self._kept.setdefault(key, make(*args))
        return found

    def derive(self, key: _Key) -> Any:
        """Return a derived value that is not kept yet: what was known earlier is continued."""
        rule, args = key
        old = self._earlier.get(key)
        value = rule.grow(self, *old, *args) if rule.grow and old else rule.make(self, *args)
        value = self._kept.setdefault(key, value)
        self._earlier.pop(key, None)
        return value

    def size(self, kind: type) -> int:
        """Return how many entries of a kind count."""
        raise NotImplementedError

    def follows(self, other: Any, news: News) -> Keeper:
        """Return this value for what extends the keeper that it is kept in."""
        raise NotImplementedError

    def take_over(self, base: Keeper, news: News) -> None:
        """Take over what a value derived that this one extends, as far as the news leave it true."""
        # This order: what another thread derives meanwhile is in one of the two
        earlier, kept = list(base._earlier.items()), list(base._kept.items())
        self._earlier |= {key: old for key, old in earlier if key[0].grows(news)}
        followers: list[tuple[_Key, Keeper]] = []
        sizes: dict[_Rule, Sizes] = {}
        for key, value in kept:
            rule = key[0] if key else None
            if isinstance(rule, _Rule):
                self._earlier.pop(key, None)
                if rule.stays(news):
                    self._kept[key] = value
                elif rule.grows(news):
                    if rule not in sizes:
                        sizes[rule] = {kind: base.size(kind) for kind in rule.by}
                    self._earlier[key] = value, sizes[rule]
            elif isinstance(value, Keeper):
                followers.append((key, value))
        for key, follower in followers[-READINGS:]:
            self._kept[key] = follower.follows(self, news)


K = TypeVar("K", bound=Keeper)


def derived(make: Callable[[K, *Ts], T]) -> Callable[[K, *Ts], T]:
    """Decorate a function to cache its result in its first argument, by the other arguments.

    The function must return an immutable value: a tuple, not a list or a generator. Its other
    arguments are hashable and take few values. It may follow from any entry: see `derived_from`.
    """
    return _once(make, _Rule(make, None))


def derived_from(*kinds: type) -> Callable[[Callable[[K, *Ts], T]], Callable[[K, *Ts], T]]:
    """Decorate as `derived` does a function whose result follows from entries of these kinds alone."""

    def decorate(make: Callable[[K, *Ts], T]) -> Callable[[K, *Ts], T]:
        return _once(make, _Rule(make, frozenset(kinds)))

    return decorate


def continued(
    *kinds: type, by: tuple[type, ...], start: object
) -> Callable[[Callable[[K, T, Sizes, *Ts], T]], Callable[[K, *Ts], T]]:
    """Decorate as `derived_from` a function that continues an earlier result by the entries since then.

    They are of the kinds `by`, and more than the sizes that it is given; the first time it is given
    `start` and no sizes at all. It may read those kinds and `kinds`, and changes nothing that it is given.
    """
    none = dict.fromkeys(by, 0)

    def decorate(more: Callable[[K, T, Sizes, *Ts], T]) -> Callable[[K, *Ts], T]:
        @wraps(more)
        def make(of: K, *args: *Ts) -> T:
            return more(of, cast("T", start), none, *args)

        return _once(make, _Rule(make, frozenset((*kinds, *by)), more, frozenset(by)))

    return decorate


def _once(make: Callable[[K, *Ts], T], rule: _Rule) -> Callable[[K, *Ts], T]:
    @wraps(make)
    def once(of: K, *args: *Ts) -> T:
        key = rule, args
        found: T = of._kept.get(key, _NOTHING)  # noqa: SLF001  the gate asks often: this is `derive` without its call
        return of.derive(key) if found is _NOTHING else found

    once.rule = rule  # type: ignore[attr-defined]
    return once
