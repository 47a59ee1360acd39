"""What is only read, sent to the browser as one element: each element of a page costs time.

Every text is shown as it stands: nothing in it is taken for markup, so what a user entered may stand
in it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape
from typing import Literal, Self

import streamlit as st

# A phone number in a label, as `phones.js` and `dom.js` find it too.
NUMBER = re.compile(r"(\+?\d(?:[\d\s().\/-]*\d)+)")
# An item of a list: its text, or words in bold and what follows them.
Item = str | tuple[str, str]
Level = Literal["info", "warning", "error"]


class TextBlock:
    """Headings, lines, lists and tables that stand below one another; `show` sends them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.countdowns: dict[str, datetime] = {}

    def title(self, text: str) -> Self:
        """Add the page's title."""
        return self._add("h1", text)

    def header(self, text: str) -> Self:
        """Add the heading of a section."""
        return self._add("h2", text)

    def header_to_call(self, text: str) -> Self:
        """Add the heading of a section that says which number to call."""
        return self._raw(f"<h2><span>{_number_whole(text)}</span></h2>")

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

    def citation(self, text: str, title: str, *, name: str = "") -> Self:
        """Add a paragraph with the English title of a publication in the place of its `{source}`.

        A title is not translated: by it the publication is found. It is marked as English for screen readers.
        """
        named = f' class="{name}"' if name else ""
        cited = f'<cite lang="en" dir="ltr">{escape(title)}</cite>'
        return self._raw(f"<p{named}>{escape(text).replace('{source}', cited)}</p>")

    def notice(self, text: str, level: Level) -> Self:
        """Add a paragraph that stands out; a warning and an error are read out at once."""
        role = "status" if level == "info" else "alert"
        return self._raw(f'<p class="coach-notice coach-{level}" role="{role}">{escape(text)}</p>')

    def items(self, texts: Iterable[Item], *, numbered: bool = False) -> Self:
        """Add a list, numbered if the order matters."""
        tag = "ol" if numbered else "ul"
        items = "".join(f"<li>{_item(each)}</li>" for each in texts)
        return self._raw(f"<{tag}>{items}</{tag}>")

    def folded(self, title: str, lines: Sequence[str], inside: Iterable[str]) -> Self:
        """Add a line that opens to a list: its title in bold, and what is always read below that."""
        told = "".join(f"\n<span>{escape(line)}</span>" for line in lines)
        items = "".join(f"<li>{escape(each)}</li>" for each in inside)
        head = f"<div><strong>{escape(title)}</strong>{told}</div>"
        return self._raw(f"<details><summary>{head}</summary><ul>{items}</ul></details>" if items else head)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Self:
        """Add a small table under its head."""
        names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
        cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return self._raw(f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>")

    def countdown(self, until: datetime, name: str) -> Self:
        """Add a line in which `components.countdowns` counts down to an instant."""
        self.countdowns[name] = until
        return self._raw(f'<div class="coach-countdown" role="timer" data-countdown="{escape(name)}"></div>')

    def anchor(self, name: str) -> Self:
        """Add a place that a link of the page leads to; it takes no room."""
        return self._raw(f'<span id="{escape(name)}"></span>')

    def pairs(self, rows: Iterable[tuple[str, str]]) -> Self:
        """Add names, each with its value beside it."""
        told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
        if told:
            self._raw(f"<dl>{told}</dl>")
        return self

    def moving_picture(self, address: str, alternative: str, *, size: tuple[int, int]) -> Self:
        """Add a drawing that moves where its reader has nothing against motion; a button below it stills it.

        The file is one for both: it moves under the address with "#moves". The browser keeps one picture
        for all addresses that differ after the # alone, so that they differ before it too.
        """
        self._raw('<picture class="coach-moving">')
        self._raw(
            f'<source media="(prefers-reduced-motion: no-preference)" srcset="{escape(address)}&amp;moves#moves">'
        )
        self.picture(address, alternative, size=size)
        return self._raw("</picture>")

    def steps(self, steps: Iterable[tuple[str, Sequence[str]]], *, size: tuple[int, int]) -> Self:
        """Add a numbered list, each step with its pictures, which show what it says."""
        self._raw('<ol class="coach-steps">')
        for text, addresses in steps:
            self._raw(f"<li><span>{escape(text)}</span>")
            for address in addresses:
                self.picture(address, "", size=size)
            self._raw("</li>")
        return self._raw("</ol>")

    def button(self, label: str, name: str, mark: str = "") -> Self:
        """Add a button that a script of the page finds by its name; `mark` is an icon's markup."""
        return self._raw(
            f'<button type="button" class="coach-act {name}">{mark}<span>{escape(label)}</span></button>'
        )

    def picture(self, address: str, alternative: str, *, size: tuple[int, int] | None = None) -> Self:
        """Add a picture of this server, with a text for those who do not see it.

        With its size in pixels, its place is kept free until it is loaded.
        """
        place = f' width="{size[0]}" height="{size[1]}"' if size else ""
        return self._raw(f'<img src="{escape(address)}" alt="{escape(alternative)}"{place}>')

    def row(self, picture: str, name: str, told: str, *, share: float | None, address: str) -> Self:
        """Add a line of a list that leads to an address of this server.

        It has a picture, words, and a ring that is filled by the share that is done, if any.
        """
        words = f'<p class="coach-bold">{escape(name)}</p>' + (f"<p>{escape(told)}</p>" if told else "")
        ring = ""
        if share is not None:
            full = " coach-full" if share >= 1 else ""
            ring = f'<span class="coach-ring{full}" style="{ring_style(share)}" aria-hidden="true"></span>'
        return self._raw(
            f'<a class="coach-row" href="{escape(address)}"><img src="{escape(picture)}" alt=""><div>{words}</div>{ring}</a>'
        )

    def style(self, rules: Mapping[str, str]) -> Self:
        """Say how elements beside the block look: declarations by the key of an element; never a user's text."""
        return self._raw(
            "<style>" + "".join(f".st-key-{key}{{{told}}}" for key, told in rules.items()) + "</style>"
        )

    def call(self, label: str, tel: str) -> Self:
        """Add a phone number as a large link that dials it."""
        return self._link(f"<span>{_number_whole(label)}</span>", f"tel:{tel}", icon="phone")

    def link(self, label: str, address: str, *, name: str = "", role: str = "", icon: str = "") -> Self:
        """Add a link that looks like a button; a script may find it by its name."""
        return self._link(escape(label), address, name=name, role=role, icon=icon)

    def _link(self, label: str, address: str, *, name: str = "", role: str = "", icon: str = "") -> Self:
        classes = f"coach-button {name}".strip()
        acts = f' role="{role}"' if role else ""
        drawn = f' style="--icon:var(--coach-icon-{escape(icon)})"' if icon else ""
        return self._raw(f'<a class="{classes}" href="{escape(address)}"{acts}{drawn}>{label}</a>')

    def add(self, part: TextBlock, name: str) -> Self:
        """Add another block as a group that is styled by its name."""
        self.countdowns |= part.countdowns
        with self.group(name):
            self._parts += part._parts
        return self

    @contextmanager
    def group(self, name: str) -> Iterator[Self]:
        """Put what is added meanwhile into a group that is styled by its name, `coach-{name}`."""
        self._parts.append(f'<div class="coach-{escape(name)}">')
        yield self
        self._parts.append("</div>")

    def drawn(self, markup: str) -> Self:
        """Add a drawing made of elements, by who has escaped every text in it."""
        return self._raw(markup)

    def _add(self, tag: str, text: str, *, name: str = "") -> Self:
        named = f' class="{name}"' if name else ""
        return self._raw(f"<{tag}{named}>{escape(text)}</{tag}>")

    def _raw(self, part: str) -> Self:
        self._parts.append(part)
        return self

    def show(self) -> None:
        """Send what was added as one element, and begin anew; send nothing where nothing was added."""
        if self._parts:
            st.html("".join(['<div class="coach-text">', *self._parts, "</div>"]))
            self._parts = []


def ring_style(share: float) -> str:
    """Return the declaration of how far a ring is filled."""
    return f"--share:{min(share, 1):.0%}"


def _number_whole(label: str) -> str:
    """Return a label as markup in which its phone number never breaks."""
    parts = NUMBER.split(label)
    for n, part in enumerate(parts):
        whole = f'<span class="coach-number" style="--signs:{len(part)}">{escape(part)}</span>'
        parts[n] = whole if n % 2 else escape(part)
    return "".join(parts)


def _item(item: Item) -> str:
    if isinstance(item, str):
        return escape(item)
    bold, rest = item
    return f"<strong>{escape(bold)}</strong>{escape(rest)}"
