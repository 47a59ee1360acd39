"""Page layout: sizes, fonts, head and foot of pages, paragraphs and tables across pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from typing import Any

import pandas as pd
from fpdf.enums import XPos, YPos
from fpdf.prefs import ViewerPreferences
from PIL import Image

from coach import i18n
from coach.domain.patient_record import PatientRecord
from coach.export.pdf import fonts
from coach.export.pdf.tags import Element, TaggedPDF
from coach.i18n import _, ngettext
from coach.text import protocol_texts, translation
from coach.text import times as times_text

MARGIN_MM, TOP_MM, FOOT_MM = 13.0, 15.0, 22.0
PT_MM = 25.4 / 72
LEADING = 1.25
SMALL_PT = 7.5
GREY = 90
HASH_SHOWN = 12
GAP_MM = 3.0  # mm between the foot and the number of the page
PAGES = "{nb}"  # fpdf2 replaces it with the number of pages


class Page(TaggedPDF):
    """A document about one patient.

    All text goes through `put`, `say` and `listed`, which print any text.
    """

    def __init__(
        self, patient_record: PatientRecord, size: str, *, title: str, about: str, edge: float = MARGIN_MM
    ) -> None:
        super().__init__(format=size, unit="mm")
        self.edge = edge  # mm to the left and the right of everything
        self.patient_record = patient_record
        self.heading_text = title
        self.about = about
        self.lacking = False
        for style, path in fonts.FACES.items():
            self.add_font(fonts.FAMILY, style, path)
        self._widths: dict[tuple[str, str, float], float] = {}
        self.set_margins(edge, TOP_MM)
        self.set_auto_page_break(auto=True, margin=FOOT_MM)
        self.c_margin = 0
        # Window titles and file lists show these, so they say nothing about the patient.
        self.set_title(title)
        self.set_creator("Coach")
        self.set_lang(i18n.current().tag)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_creation_date(patient_record.now)
        self.add_page()

    # one line

    def font(self, size_pt: float, *, bold: bool = False) -> float:
        """Set the font size and return the height of a line (mm)."""
        self.set_font(fonts.FAMILY, "B" if bold else "", size_pt)
        self._set_on_page()
        return size_pt * PT_MM * LEADING

    def add_page(self, *args: Any, **kwargs: Any) -> None:
        """Begin a page; in the middle of a paragraph its font is kept."""
        super().add_page(*args, **kwargs)
        self._set_on_page()

    def _set_on_page(self) -> None:
        """Write the font into the page before the first line needs it.

        fpdf2 2.8.9 writes it with the first line that uses it. If that line is entirely in the
        fallback font, it does so inside a graphics state that it restores after the line, but
        believes the font is set: the next lines are then printed with the numbers of one font and
        the shapes of another.
        """
        if self.page and self.current_font and not self.current_font_is_set_on_page:
            self._out(self._set_font_for_page(self.current_font, self.font_size_pt))

    def clean(self, text: str) -> str:
        """Return the printable form of a text.

        Missing characters are noted at the end of the document.
        """
        shown = fonts.printable(text).replace(PAGES, "{ nb }")
        missing = [name for name in fonts.fallbacks(shown) if name not in self.fonts]
        for name in missing:
            self.add_font(name, "", fonts.FALLBACKS[name])
        if missing:
            self.set_fallback_fonts(
                [name for name in fonts.FALLBACKS if name in self.fonts], exact_match=False
            )
        self.lacking = self.lacking or fonts.LACKING in shown
        self._shape(shown)
        return shown

    def _shape(self, shown: str) -> None:
        """Switch text shaping on for the next text if its script needs it.

        The document's language is left-to-right, so right-to-left names are embedded in it.
        """
        if fonts.needs_shaping(shown):
            self.set_text_shaping(use_shaping_engine=True, direction="ltr")
        else:
            self.set_text_shaping(use_shaping_engine=False)

    def put(self, text: str, width: float, *, size: float, bold: bool = False, align: str = "L") -> None:
        """Print one line, cut with an ellipsis if it does not fit.

        The position stays on the line.
        """
        height = self.font(size, bold=bold)
        shown = self.fitted(text, width)
        with self.paragraph(actual=spoken(shown)):
            self.cell(width, height, shown, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def fits(self, text: str, width: float, *, size: float, bold: bool = False) -> bool:
        """Tell whether `put` would print a text whole."""
        self.font(size, bold=bold)
        return not self.fitted(text, width).endswith("…") or text.rstrip().endswith("…")

    def fitted(self, text: str, width: float) -> str:
        """Return a text on one line in the current font, cut to a width (mm)."""
        shown = self.clean(" ".join(text[:1000].split()))
        if self.get_string_width(shown) <= width:
            return shown
        while shown and self.get_string_width(shown + "…") > width:
            shown = shown[: -max(1, len(shown) // 20)]
        return shown.rstrip() + "…"

    # paragraphs

    def say(
        self,
        text: str,
        *,
        size: float = 9.5,
        bold: bool = False,
        indent: float = 0,
        after: float = 0.8,
        link: str = "",
        role: str = "",
    ) -> None:
        """Print a paragraph, or an element of another `role`, over the width of the page.

        `indent` and `after` in mm.

        In a viewer a click on it opens the `link`.
        """
        height = self.font(size, bold=bold)
        self.set_x(self.l_margin + indent)
        shown = self.clean(text)
        with self.tagged(role, actual=spoken(shown)) if role else self.paragraph(actual=spoken(shown)):
            self.multi_cell(0, height, shown, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, link=link)
        self.ln(after)

    def points(self, lines: Iterable[str], *, size: float, after: float = 0.8) -> None:
        """Print a bulleted list."""
        with self.tagged("L"):
            for line in lines:
                with self.tagged("LI"):
                    self.say(f"•\u00a0{line}", size=size, after=after, role="LBody")

    def figure(
        self, picture: Image.Image | io.BytesIO, *, alt: str, w: float, h: float, y: float | None = None
    ) -> None:
        """Print a picture; `alt` is its text for screen readers."""
        if y is None:
            self._perform_page_break_if_need_be(h)
        with self.tagged("Figure", alt=self.clean(alt)), self.marked():
            self.image(picture, x=self.l_margin, y=y, w=w, h=h)

    @property
    def room(self) -> float:
        """The remaining height of the page (mm)."""
        return float(self.page_break_trigger - self.get_y())

    def heading(
        self, text: str, *, size: float = 12, room: float = 25, link: str = "", role: str = "H2"
    ) -> None:
        """Print a heading.

        On a new page if less than `room` mm are left for it and what follows.
        """
        if self.room < room:
            self.add_page()
        self.ln(2)
        self.say(text, size=size, bold=True, after=0.6, link=link, role=role)

    def lines(self, text: str, width: float) -> list[str]:
        """Return a text broken to a width (mm) in the current font.

        A word that is too wide is split.
        """
        line, broken = "", []
        for word in self.clean(text).split():
            longer = f"{line} {word}" if line else word
            if self._wide(longer) <= width:
                line = longer
                continue
            broken.append(line)
            while self._wide(word) > width:
                fits = next(n for n in range(len(word), 0, -1) if n == 1 or self._wide(word[:n]) <= width)
                broken.append(word[:fits])
                word = word[fits:]
            line = word
        return [each for each in (*broken, line) if each] or [""]

    def _wide(self, text: str) -> float:
        key = (text, self.font_style, self.font_size_pt)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(text)
        return self._widths[key]

    # tables

    def listed(self, rows: pd.DataFrame, shares: Sequence[float], *, size: float = 8) -> None:
        """Print a table over the page's width; a row may break across pages."""
        unit = self.epw / sum(shares)
        widths = [share * unit for share in shares]
        with self.tagged("Table"):
            self._head(rows, widths, size)
            height = self.font(size)
            for row in rows.itertuples(index=False):
                cells = [self.lines(str(cell), width - 1.5) for cell, width in zip(row, widths, strict=True)]
                tall = len(max(cells, key=len))
                if tall < 8 and tall * height > self.room:
                    self._head_again(rows, widths, size)
                with self.cells("TD", row) as parts:
                    for line in zip_longest(*cells, fillvalue=""):
                        if height > self.room:
                            self._head_again(rows, widths, size)
                        self._row(line, widths, height, parts)
                self._rule(0.1)
        self.ln(1.5)

    @contextmanager
    def cells(self, role: str, texts: Iterable[object]) -> Iterator[list[Element]]:
        """Begin a table row and yield its cells, one for each text, to be filled line by line."""
        scope = "column" if role == "TH" else ""
        with self.tagged("TR"):
            parts = []
            for text in texts:
                with self.tagged(role, scope=scope, actual=spoken(self.clean(str(text)))) as part:
                    parts.append(part)
            yield parts

    def _head_again(self, rows: pd.DataFrame, widths: Sequence[float], size: float) -> None:
        """Repeat a table's head on a new page, as an artifact: screen readers have read it."""
        self.add_page()
        with self.furniture():
            self._head(rows, widths, size)
        self.font(size)

    def _head(self, rows: pd.DataFrame, widths: Sequence[float], size: float) -> None:
        height = self.font(size, bold=True)
        heads = [self.lines(str(name), width - 1.5) for name, width in zip(rows.columns, widths, strict=True)]
        if self.is_furniture:
            for line in zip_longest(*heads, fillvalue=""):
                self._row(line, widths, height)
        else:
            with self.cells("TH", rows.columns) as parts:
                for line in zip_longest(*heads, fillvalue=""):
                    self._row(line, widths, height, parts)
        self._rule(0.4)

    def _row(
        self, line: Sequence[str], widths: Sequence[float], height: float, parts: Sequence[Element] = ()
    ) -> None:
        x = self.edge
        for number, (text, width) in enumerate(zip(line, widths, strict=True)):
            if text:
                self._shape(text)
                self.set_x(x)
                with self.within(parts[number]) if parts else nullcontext():
                    self.cell(width, height, text)
            x += width
        self.ln(height)

    def _rule(self, thick: float) -> None:
        self.set_line_width(thick)
        self.rule(self.get_y() + 0.3)
        self.ln(0.7)

    def rule(self, y: float) -> None:
        """Draw a line over the width of the page."""
        with self.furniture(), self.marked():
            self.line(self.edge, y, self.edge + self.epw, y)

    # head and foot

    def header(self) -> None:
        """Print the patient's name on every page but the first, which has it in full."""
        if self.page_no() == 1:
            return
        with self._furnished():
            self.set_y(7)
            self.put(self.about, self.epw - 50, size=9, bold=True)
            self.put(self.heading_text, 50, size=9, align="R")
        self.set_xy(self.edge, TOP_MM)

    @contextmanager
    def _furnished(self) -> Iterator[None]:
        """Print page furniture, then restore the text shaping that was on."""
        before = self.text_shaping
        with self.furniture():
            yield
        self.text_shaping = before

    def footer(self) -> None:
        """Print what the document was made from, and that Coach is no medical device."""
        with self._furnished():
            self.set_y(-FOOT_MM + 4)
            self._rule(0.2)
            self.set_text_color(GREY)
            height = self.font(SMALL_PT)
            # Cleaned before it is filled in: the sign for the number of pages is no text.
            page = self.clean(_("Page {n} of {m}")).format(n=self.page_no(), m=PAGES)
            room = self.epw - self.get_string_width(page) - GAP_MM
            beside = None  # the lowest line that leaves room for the number of the page
            for text in self._foot():
                self.put(text, self.epw, size=SMALL_PT)
                if beside is None or self.get_string_width(self.fitted(text, self.epw)) <= room:
                    beside = self.get_y()
                self.ln(height)
            self._shape(page)
            self.set_xy(self.edge, beside or self.get_y())
            self.cell(self.epw, height, page, align="R")
            self.set_text_color(0)

    def _foot(self) -> Iterator[str]:
        made = self.patient_record
        entries = ngettext("{n} entry", "{n} entries", made.entries).format(n=made.entries)
        yield protocol_texts.protocol_text(made.case, "what_this_is_not")
        yield _("Record {head}, {entries}  ·  Protocol {name} {version}, {digest}").format(
            head=short(made.head) or _("empty"), entries=entries, name=made.protocol.id,
            version=made.protocol.version, digest=short(made.protocol.digest),
        )  # fmt: skip
        when = _("Made {when}").format(when=times_text.long_moment(made.now, made.zone))
        yield "  ·  ".join(filter(None, [when, translation.draft()]))

    def finished(self) -> bytes:
        """Return the PDF."""
        if self.lacking:
            self.say(_("This paper has no signs for some scripts: {sign} stands in their place.").format(
                sign=fonts.LACKING
            ), size=8)  # fmt: skip
        return bytes(self.output())


def spoken(shown: str) -> str:
    """Return the text for screen readers if shaping changes its letters in the PDF, else ""."""
    return shown if fonts.needs_shaping(shown) else ""


def short(hash_: str) -> str:
    """Return the first characters of a hash, enough to compare by eye."""
    return hash_[:HASH_SHOWN]


def called(patient_record: PatientRecord) -> str:
    """Return the patient's name and reference, as far as they are known."""
    return "  ·  ".join(filter(None, [re.sub(r"\s+", " ", patient_record.name), patient_record.reference]))
