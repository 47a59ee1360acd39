"""The names of exercises and pain questions in a paper diary."""

from __future__ import annotations

import difflib
import re

from coach.domain.diary_import import PAIN
from coach.domain.protocol import Protocol

NEAREST = 3
_LONGEST = 64


class Names:
    """The names in a protocol and their ids; a name that two exercises share has none."""

    def __init__(self, protocol: Protocol) -> None:
        found: dict[str, str] = {}
        shared = set()
        for routine in protocol.routines.values():
            for name in {
                _plain(each) for each in (routine.id, routine.name, routine.clinical_name, *routine.aliases)
            }:
                if name in found:
                    shared.add(name)
                found[name] = routine.id
        self._ids = frozenset(protocol.routines)
        self._names = {name: of for name, of in found.items() if name not in shared} | dict(PAIN)
        self._choices = sorted({*PAIN, *protocol.routines})

    def known(self, said: str) -> str | None:
        """Return the id of a name, or None; an id as the template writes it is always known."""
        exact = said.strip()
        return exact if exact in self._ids else self._names.get(_plain(said))

    def near(self, said: str) -> list[str]:
        """Return the names most similar to a word; all names if none is similar."""
        found = difflib.get_close_matches(_plain(said[:_LONGEST]), sorted(self._names), n=NEAREST, cutoff=0.5)
        return list(dict.fromkeys(written(self._names[name]) for name in found)) or self._choices


def _plain(name: str) -> str:
    """Return a name for comparison: lower case, one underscore between words."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def written(what: str) -> str:
    """Return the name of an exercise or pain question in a file."""
    return next((name for name, when in PAIN.items() if when is what), str(what))
