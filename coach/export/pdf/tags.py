"""A tagged PDF: what each piece of a page is (heading, paragraph, list, table, figure), for those who have it read aloud.

fpdf2 2.8.9 tags pictures alone, all of them side by side. Here every line of text and every drawing belongs to an element of
one tree, in the order of reading, and what is only furniture (heads and feet of pages, rules) is marked as an artifact.
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

#: Which column or row a heading cell of a table is about.
SCOPES = {"column": "<</O /Table /Scope /Column>>", "row": "<</O /Table /Scope /Row>>"}


class Element(StructElem):
    """One element of the tree. The attributes with short names are keys of the PDF."""

    def __init__(self, role: str, parent: StructElem, page: int, there: PDFObject) -> None:
        super().__init__(struct_type=f"/{role}", parent=parent, kids=[], page_number=page)
        self.pg = there  # type: ignore[assignment]  # fpdf2 gives it to the outermost alone, and late
        self._there = there
        self.a: str | None = None
        self.actual_text: PDFString | None = None

    def begins_on(self, page: PDFObject) -> bool:
        """Tell whether that is the page on which the element begins."""
        return self._there is page


@dataclass(frozen=True, slots=True)
class MarkedContent:
    """A piece of content on a later page than the one on which its element begins."""

    page: PDFObject
    number: int

    def serialize(self, **_ignored: object) -> str:
        """Return the reference as it stands in the file; the page has its number by then."""
        return f"<</Type /MCR /Pg {self.page.ref} /MCID {self.number}>>"


class Tree(StructureTreeBuilder):
    """The tree of a document; fpdf2 asks it for its objects when it writes the file."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def begin(self, role: str, parent: StructElem, page: int, there: PDFObject) -> Element:
        """Return a new element, the last child of its parent so far; it begins on that page."""
        element = Element(role, parent, page, there)
        parent.k.append(element)
        self.elements.append(element)
        return element

    def mark(self, element: Element, page: int, there: PDFObject) -> tuple[int, int]:
        """Return the number of a new piece of content on a page, and the page's own number in the tree."""
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
        """Whether what is printed now is no part of what is read."""
        return self._furniture

    @contextmanager
    def tagged(self, role: str, *, alt: str = "", actual: str = "", scope: str = "") -> Iterator[Element]:
        """Let what is printed meanwhile be an element: `alt` says what a picture shows, `actual` what letters mean."""
        parent = self._now or self.tree.doc_struct_elem
        element = self.tree.begin(role, parent, self.page, self.pages[self.page])
        element.alt = PDFString(alt) if alt else None
        element.actual_text = PDFString(actual) if actual else None
        element.a = SCOPES.get(scope)
        with self.within(element):
            yield element

    @contextmanager
    def within(self, element: Element) -> Iterator[None]:
        """Let what is printed meanwhile belong to an element that was begun before."""
        before, self._now = self._now, element
        try:
            yield
        finally:
            self._now = before

    @contextmanager
    def paragraph(self, *, actual: str = "") -> Iterator[None]:
        """Let what is printed meanwhile be a paragraph, unless it is part of something already."""
        part = self._now is not None
        with self.tagged("Span" if part else "P", actual=actual) if self._tells(actual) else nullcontext():
            yield

    def _tells(self, actual: str) -> bool:
        """Tell whether what comes needs an element of its own."""
        return not self._furniture and (self._now is None or bool(actual))

    @contextmanager
    def furniture(self) -> Iterator[None]:
        """Let what is printed meanwhile be no part of what is read."""
        before, self._furniture = self._furniture, True
        try:
            yield
        finally:
            self._furniture = before

    @contextmanager
    def marked(self) -> Iterator[None]:
        """Mark what is printed meanwhile, which must not go on over the end of the page."""
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
        """Print a line, marked; where it needs a new page, the page comes first."""
        turned = self._perform_page_break_if_need_be(self.font_size if h is None else h)
        seen = any(fragment.characters for fragment in text_line.fragments)
        with self.marked() if seen else nullcontext():
            return super()._render_styled_text_line(text_line, h, *args, **kwargs) or turned
