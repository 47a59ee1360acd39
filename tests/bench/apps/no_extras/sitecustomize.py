"""Hides what `pip install streamlit` alone does not bring: uvloop, httptools and orjson cannot be imported here."""

import sys
from importlib.machinery import ModuleSpec


class _Hidden:
    """Finds nothing under these names, and lets nobody after it look for them."""

    names = frozenset({"uvloop", "httptools", "orjson"})

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, _Hidden())
