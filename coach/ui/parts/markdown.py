"""Markdown lists and tables of the app's own texts; text from elsewhere is escaped first."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>:$~-])")


def escaped(text: str) -> str:
    """Return a text that formats nothing, to stand in a label that Streamlit formats."""
    return _MARKS.sub(r"\\\1", text)


def lines(texts: Iterable[str], *, numbered: bool = False) -> None:
    """Show a list, numbered if the order matters."""
    mark = "1. " if numbered else "- "
    st.write("\n".join(mark + text for text in texts))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Show a small table under its head."""
    all_rows = [head, tuple("---" for _column in head), *rows]
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in all_rows))
