"""What is only read, sent to the browser as one element: each element of a page costs time.

Every text is shown as it stands: nothing in it is taken for markup, so what a user entered may stand
in it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Self

import streamlit as st


class TextBlock:
    """Headings, lines, lists and tables that stand below one another; `show` sends them."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def title(self, text: str) -> Self:
        """Add the page's title."""
        return self._add("h1", text)

    def header(self, text: str) -> Self:
        """Add the heading of a section."""
        return self._add("h2", text)

    def subheader(self, text: str) -> Self:
        """Add the heading of a part of a section."""
        return self._add("h3", text)

    def text(self, text: str) -> Self:
        """Add a paragraph; line breaks stay."""
        return self._add("p", text)

    def bold(self, text: str) -> Self:
        """Add a paragraph in bold."""
        return self._add("p", text, name="coach-bold")

    def caption(self, text: str) -> Self:
        """Add a paragraph of lesser weight."""
        return self._add("p", text, name="coach-caption")

    def items(self, texts: Iterable[str], *, numbered: bool = False) -> Self:
        """Add a list, numbered if the order matters."""
        tag = "ol" if numbered else "ul"
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        self._parts.append(f"<{tag}>{items}</{tag}>")
        return self

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Self:
        """Add a small table under its head."""
        names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
        cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        self._parts.append(f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>")
        return self

    def pairs(self, rows: Iterable[tuple[str, str]]) -> Self:
        """Add names, each with its value beside it."""
        told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
        if told:
            self._parts.append(f"<dl>{told}</dl>")
        return self

    def picture(self, address: str, alternative: str) -> Self:
        """Add a picture of this server, with a text for those who do not see it."""
        self._parts.append(f'<img src="{escape(address)}" alt="{escape(alternative)}">')
        return self

    @contextmanager
    def group(self, name: str) -> Iterator[Self]:
        """Put what is added meanwhile into a group that is styled by its name, `coach-{name}`."""
        self._parts.append(f'<div class="coach-{escape(name)}">')
        yield self
        self._parts.append("</div>")

    def _add(self, tag: str, text: str, *, name: str = "") -> Self:
        named = f' class="{name}"' if name else ""
        self._parts.append(f"<{tag}{named}>{escape(text)}</{tag}>")
        return self

    def show(self) -> None:
        """Send what was added as one element; nothing where nothing was."""
        if self._parts:
            st.html("".join(['<div class="coach-text">', *self._parts, "</div>"]))
