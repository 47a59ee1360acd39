"""`python -m coach.i18n`: brings the catalogues up to date with coach.pot, and says what is wrong with them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po

from coach.i18n import checks
from coach.i18n.catalogues import TEMPLATE, for_readers, read
from coach.i18n.languages import DRAFT, ENGLISH, NAMES, NOT_OFFERED, path

HEAD = f"""\
# Coach in {{name}} ({{language}}).
# {DRAFT}
# {NOT_OFFERED}: delete this line once every text has a translation."""


def brought_up_to_date(file: Path, language: str, template: Catalog) -> bytes:
    """Return a catalogue with the texts of the template; what is unchanged keeps its translation."""
    catalog = read(file) if file.exists() else _new(language)
    catalog.update(template, no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, catalog, width=0, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().splitlines(keepends=True)
    # Without the dates nothing changes where no text did
    return b"".join(
        line for line in lines if not line.startswith((b'"POT-Creation-Date', b'"PO-Revision-Date'))
    )


def _new(language: str) -> Catalog:
    head = HEAD.format(name=NAMES[language], language=language)
    return Catalog(language, project="Coach", header_comment=head, fuzzy=False)


def main() -> int:
    """Bring every catalogue up to date; print its faults; return how many there are, at most 1."""
    template, wrong = for_readers(read(TEMPLATE)), 0
    for language in NAMES:
        if language == ENGLISH:
            continue
        file = path(language)
        content = brought_up_to_date(file, language, template)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
        catalog = read(file)
        found = checks.faults(catalog)
        missing = len(checks.untranslated(catalog))
        print(f"{language}: {len(catalog)} texts, {missing} without a translation, {len(found)} faults")
        print("".join(f"  {fault}\n" for fault in found), end="")
        wrong += len(found)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
