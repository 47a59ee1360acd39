"""Columns: the declared types and units of a table, and how its rows become a frame where one is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import update_wrapper
from typing import Any, Generic, NamedTuple, ParamSpec, cast

import pandas as pd

P = ParamSpec("P")
Row = tuple[Any, ...]


class FrameColumn(NamedTuple):
    """A column's type in pandas, and its unit or meaning."""

    dtype: str
    unit: str


Columns = Mapping[str, FrameColumn]


def frame(columns: Columns, rows: Iterable[Sequence[object]] = ()) -> pd.DataFrame:
    """Return the rows as a frame with the declared columns and types, even without rows."""
    listed = list(rows)
    by_column = zip(*listed, strict=True) if listed else [() for _name in columns]
    return pd.DataFrame(
        {
            name: pd.array(list(values), dtype=cast("Any", kind.dtype))
            for (name, kind), values in zip(columns.items(), by_column, strict=True)
        }
    )


class Tabled(Generic[P]):
    """What is called as it was declared and returns a frame; `rows` returns the same as plain rows.

    Rows are sent without a frame, which takes several times as long to make as they do.
    """

    def __init__(self, columns: Columns, make: Callable[P, Iterable[Row]]) -> None:
        self.columns = columns
        self._make = make

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        """Return the rows as a frame."""
        return frame(self.columns, self._make(*args, **kwargs))

    def rows(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """Return the rows, each with the columns' values in their order."""
        return list(self._make(*args, **kwargs))


def tabled(columns: Columns) -> Callable[[Callable[P, Iterable[Row]]], Tabled[P]]:
    """Decorate a function that makes the rows of a table with these columns."""

    def decorate(make: Callable[P, Iterable[Row]]) -> Tabled[P]:
        table = Tabled(columns, make)
        update_wrapper(table, make)
        return table

    return decorate
