"""Streamlit's own words in the reader's language; it has them in English alone.

`assets/ui/streamlit.js` puts the translations where Streamlit writes them. That each of them is still
one of Streamlit's is held by `tests/pages/test_streamlit_words.py`.
"""

from __future__ import annotations

import json

from coach.i18n import N_, _
from coach.text.kept import cached_in_words

WORDS = (
    N_("Skip to main content"),
    # fields to choose in
    N_("Choose an option"),
    N_("Open"),
    N_("No results"),
    N_("No options to select"),
    N_("Clear value"),
    N_("Clear entry"),
    N_("Clear"),
    # fields to write in
    N_("Press Enter to apply"),
    N_("Press Enter to submit form"),
    N_("Press Ctrl+Enter to apply"),
    N_("Press Ctrl+Enter to submit form"),
    N_("Press ⌘+Enter to apply"),
    N_("Press ⌘+Enter to submit form"),
    N_("Show password"),
    N_("Hide password"),
    N_("This field is required."),
    N_("Increment"),
    N_("Decrement"),
    # days
    N_("Choose date"),
    N_("Choose date, {label}"),
    N_("Clear date"),
    N_("Selected Date: {date}"),
    N_("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    N_("Previous month"),
    N_("Next month"),
    N_("Empty"),
    N_("year"),
    N_("month"),
    N_("day"),
    N_("year, {label}"),
    N_("month, {label}"),
    N_("day, {label}"),
    N_("yyyy"),
    N_("mm"),
    N_("dd"),
    # files
    N_("Upload"),
    N_("file upload"),
    N_("Drag and drop a file here"),
    N_("{size}MB per file"),
    N_("Uploading..."),
    N_("Upload failed"),
    N_("Remove {name}"),
    N_("Add files"),
    N_("add icon"),
    # what only a screen reader says
    N_("progress"),
    N_("visualization"),
    N_("group mark container"),
    N_("Close"),
    N_("Dismiss"),
)


@cached_in_words
def told() -> str:
    """Return the words that are others in the reader's language, as the browser is given them; "" for none."""
    others = {english: said for english in WORDS if (said := _(english)) != english}
    return json.dumps(others) if others else ""
