"""Tagged PDF: marks headings, paragraphs, lists, tables and figures for screen readers.

fpdf2 2.8.9 tags pictures alone, in a flat list. Here every line of text and every drawing belongs
to an element of one tree, in reading order, and page furniture (heads and feet of pages, rules) is
marked as an artifact.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from fpdf import FPDF
from fpdf.line_break import TextLine
from fpdf.structure_tree import StructElem, StructureTreeBuilder
from fpdf.syntax import PDFObject, PDFString

#: Whether a header cell of a table is for its column or its row.
SCOPES = {"column": "<</O /Table /Scope /Column>>", "row": "<</O /Table /Scope /Row>>"}


class Element(StructElem):
    """One element of the tree. Attributes with short names are PDF keys."""

    def __init__(self, role: str, parent: StructElem, page: int, there: PDFObject) -> None:
        super().__init__(struct_type=f"/{role}", parent=parent, kids=[], page_number=page)
        self.pg = there  # type: ignore[assignment]  # fpdf2 gives it to the outermost alone, and late
        self._there = there
        self.a: str | None = None
        self.actual_text: PDFString | None = None

    def begins_on(self, page: PDFObject) -> bool:
        """Tell whether the element begins on that page."""
        return self._there is page


@dataclass(frozen=True, slots=True)
class MarkedContent:
    """Content of an element on a later page than the one it begins on."""

    page: PDFObject
    number: int

    def serialize(self, **_ignored: object) -> str:
        """Return the reference as PDF text; the page has its object number by then."""
        return f"<</Type /MCR /Pg {self.page.ref} /MCID {self.number}>>"


class Tree(StructureTreeBuilder):
    """The tree of a document; fpdf2 iterates over its objects when it writes the file."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def begin(self, role: str, parent: StructElem, page: int, there: PDFObject) -> Element:
        """Return a new element, appended to its parent; it begins on that page."""
        element = Element(role, parent, page, there)
        parent.k.append(element)
        self.elements.append(element)
        return element

    def mark(self, element: Element, page: int, there: PDFObject) -> tuple[int, int]:
        """Return the number of a new marked content on a page, and the page's key in the tree."""
        place = self.spid_per_page_number.setdefault(page, len(self.spid_per_page_number))
        pieces = self.struct_tree_root.parent_tree.nums[place]
        number = len(pieces)
        pieces.append(element)
        element.k.append(number if element.begins_on(there) else MarkedContent(there, number))
        return number, place

    def __iter__(self) -> Iterator[PDFObject]:
        """Yield every object of the tree, its root first."""
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.struct_tree_root.parent_tree
        yield from self.elements


class TaggedPDF(FPDF):
    """A document whose text and pictures all belong to its tree, or are artifacts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = Tree()
        self.struct_builder = self.tree
        self._now: Element | None = None
        self._furniture = False

    @property
    def is_furniture(self) -> bool:
        """Whether the current output is furniture, which is not read aloud."""
        return self._furniture

    @contextmanager
    def tagged(self, role: str, *, alt: str = "", actual: str = "", scope: str = "") -> Iterator[Element]:
        """Make the output of the block an element.

        `alt` describes a picture, `actual` is the text of shaped letters.
        """
        parent = self._now or self.tree.doc_struct_elem
        element = self.tree.begin(role, parent, self.page, self.pages[self.page])
        element.alt = PDFString(alt) if alt else None
        element.actual_text = PDFString(actual) if actual else None
        element.a = SCOPES.get(scope)
        with self.within(element):
            yield element

    @contextmanager
    def within(self, element: Element) -> Iterator[None]:
        """Add the output of the block to an element that was begun before."""
        before, self._now = self._now, element
        try:
            yield
        finally:
            self._now = before

    @contextmanager
    def paragraph(self, *, actual: str = "") -> Iterator[None]:
        """Make the output of the block a paragraph, unless it is inside another element."""
        part = self._now is not None
        with self.tagged("Span" if part else "P", actual=actual) if self._tells(actual) else nullcontext():
            yield

    def _tells(self, actual: str) -> bool:
        """Tell whether the next output needs an element of its own."""
        return not self._furniture and (self._now is None or bool(actual))

    @contextmanager
    def furniture(self) -> Iterator[None]:
        """Mark the output of the block as furniture."""
        before, self._furniture = self._furniture, True
        try:
            yield
        finally:
            self._furniture = before

    @contextmanager
    def marked(self) -> Iterator[None]:
        """Mark the output of the block, which must not cross the end of the page."""
        if self._furniture:
            self._out("/Artifact BMC")
        elif self._now is None:
            msg = "Something is printed that belongs to nothing."
            raise RuntimeError(msg)
        else:
            number, place = self.tree.mark(self._now, self.page, self.pages[self.page])
            self.pages[self.page].struct_parents = place
            self._out(f"{self._now.s} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    def _render_styled_text_line(
        self, text_line: TextLine, h: float | None = None, *args: Any, **kwargs: Any
    ) -> bool:
        """Print a marked line; a page break, if needed, comes before the mark."""
        turned = self._perform_page_break_if_need_be(self.font_size if h is None else h)
        seen = any(fragment.characters for fragment in text_line.fragments)
        with self.marked() if seen else nullcontext():
            return super()._render_styled_text_line(text_line, h, *args, **kwargs) or turned
