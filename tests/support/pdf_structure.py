"""What a PDF says of its own structure, as pdfium reads it: elements with their texts, and pieces that belong to none."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

ARTIFACT = "Artifact"


@dataclass
class Tag:
    """An element on one page: what it is, what it is called aloud, its own text, and its parts."""

    role: str
    page: int
    alt: str
    actual: str
    text: str
    parts: list[Tag] = field(default_factory=list)

    def all(self) -> Iterator[Tag]:
        """Yield the element and everything in it."""
        yield self
        for part in self.parts:
            yield from part.all()

    def read(self) -> str:
        """Return the text of the element and of what is in it."""
        return " ".join(filter(None, [self.text, *(part.read() for part in self.parts)]))


def tree(pdf: bytes) -> list[Tag]:
    """Return the outermost elements of all pages, in order."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            texts = _texts(page)
            root = pdfium.FPDF_StructTree_GetForPage(page)
            for n in range(pdfium.FPDF_StructTree_CountChildren(root)):
                top = pdfium.FPDF_StructTree_GetChildAtIndex(root, n)  # the document
                count = pdfium.FPDF_StructElement_CountChildren(top)
                kids = (pdfium.FPDF_StructElement_GetChildAtIndex(top, m) for m in range(count))
                found += [_tag(kid, number, texts) for kid in kids if kid]
            pdfium.FPDF_StructTree_Close(root)
    return [tag for tag in found if any(part.text or part.alt for part in tag.all())]


def loose(pdf: bytes) -> list[tuple[int, str]]:
    """Return the pieces of all pages that are neither furniture nor in the tree, as page and kind."""
    held = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            for each in page.get_objects():
                marks = pdfium.FPDFPageObj_CountMarks(each.raw)
                names = {_said(_name, pdfium.FPDFPageObj_GetMark(each.raw, n)) for n in range(marks)}
                if ARTIFACT not in names and pdfium.FPDFPageObj_GetMarkedContentID(each.raw) < 0:
                    held.append((number, pdfium.FPDFPageObj_GetType(each.raw)))
    return [(page, str(kind)) for page, kind in held]


def _texts(page: pypdfium2.PdfPage) -> dict[int, str]:
    """Return the text of each marked piece of a page."""
    on = page.get_textpage()
    texts: dict[int, str] = {}
    for each in page.get_objects():
        number = pdfium.FPDFPageObj_GetMarkedContentID(each.raw)
        if each.type == pdfium.FPDF_PAGEOBJ_TEXT and number >= 0:
            texts[number] = texts.get(number, "") + _said(_text, each.raw, on)
    return texts


def _tag(element: Any, page: int, texts: dict[int, str]) -> Tag:
    count = pdfium.FPDF_StructElement_CountChildren(element)
    numbers = [pdfium.FPDF_StructElement_GetChildMarkedContentID(element, n) for n in range(count)]
    kids = [pdfium.FPDF_StructElement_GetChildAtIndex(element, n) for n in range(count)]
    return Tag(
        role=_said(pdfium.FPDF_StructElement_GetType, element),
        page=page,
        alt=_said(pdfium.FPDF_StructElement_GetAltText, element),
        actual=_said(pdfium.FPDF_StructElement_GetActualText, element),
        text=" ".join(texts[n].strip() for n in numbers if n in texts),
        parts=[_tag(kid, page, texts) for kid in kids if kid],
    )


def _text(piece: Any, on: Any, buffer: Any, size: int) -> int:
    """Read a piece's text as the other questions of pdfium are answered."""
    place = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    return int(pdfium.FPDFTextObj_GetText(piece, on, place, size))


def _name(mark: Any, buffer: Any, size: int) -> int:
    length = ctypes.c_ulong(0)
    assert pdfium.FPDFPageObjMark_GetName(
        mark, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size, length
    )
    return length.value


def _said(ask: Callable[..., Any], *about: Any) -> str:
    """Return a text that pdfium writes into a place of ours."""
    buffer = ctypes.create_string_buffer(8192)
    size = ask(*about, buffer, len(buffer))
    return buffer.raw[: max(0, int(size) - 2)].decode("utf-16-le")
