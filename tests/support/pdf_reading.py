"""Reading paper back: a PDF's pages as text and boxes, and patient_records to print."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pypdfium2
import pypdfium2.raw as pdfium

from coach.domain.facts import Fact
from coach.domain.history import History
from coach.domain.patient_record import PatientRecord
from coach.protocols.loader import default
from tests.support.review_samples import PROCEDURE, Record

HEAD = "ab12cd34" * 8


def patient_record(
    history: History, now: datetime, *, name: str = "Ada Example", reference: str = "R-1"
) -> PatientRecord:
    """Return what a paper is made from."""
    return PatientRecord(
        patient=UUID(int=7),
        protocol=default(),
        history=history,
        now=now,
        head=HEAD if history.entries else "",
        entries=len(history.entries),
        name=name,
        reference=reference,
        authors={"physiotherapist:1": "Pat Sample"},
        followed=True,
    )


def told(*facts: Fact, at: datetime = PROCEDURE) -> History:
    """Return a history of the set-up and these facts."""
    record = Record().set_up()
    for fact in facts:
        record.add(fact, at)
    return record.history


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, with single spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def whole(pdf: bytes) -> str:
    """Return the text of all pages in one line."""
    return " ".join(pages(pdf))


def boxes(pdf: bytes) -> Iterator[tuple[int, tuple[float, float], tuple[float, float, float, float]]]:
    """Yield page number, the page's size, and left, bottom, right, top of each text and picture (points)."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            for each in page.get_objects():
                if each.type in (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE):
                    yield number, page.get_size(), each.get_bounds()


def text_sizes(pdf: bytes) -> Iterator[tuple[float, float, float]]:
    """Yield for each piece of text its bottom, the page's height and the size of its letters (points)."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            for each in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT]):
                size = ctypes.c_float()
                assert pdfium.FPDFTextObj_GetFontSize(each.raw, size)
                yield each.get_bounds()[1], page.get_height(), size.value


def embedded(pdf: bytes) -> set[bool]:
    """Return whether the fonts of all texts are in the file."""
    with pypdfium2.PdfDocument(pdf) as document:
        return {
            bool(pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(each.raw)))
            for page in document
            for each in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT])
        }
