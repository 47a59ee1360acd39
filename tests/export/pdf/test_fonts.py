"""What can be printed: every sign has a shape, or is told to lack one."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from coach.export.pdf import fonts


@given(st.text())
def test_whatever_is_printed_has_a_sign_in_one_of_the_fonts(text: str):
    paths = (fonts.FACES[""], *fonts.FALLBACKS.values())
    known = frozenset().union(*map(fonts.signs, paths)) | {ord(sign) for sign in "\n" + fonts.JOINERS}
    assert all(ord(sign) in known for sign in fonts.printable(text))


def test_both_faces_have_the_same_signs():
    assert fonts.signs(fonts.FACES[""]) == fonts.signs(fonts.FACES["B"])


def test_nothing_vanishes_but_signs_without_a_shape():
    assert fonts.printable("Łukasz Öztürk-Şahin, ß, Ğ, ő") == "Łukasz Öztürk-Şahin, ß, Ğ, ő"
    assert fonts.printable("e\u0301") == "é"
    assert fonts.printable("北aភ😀") == "北a\ufffd\ufffd"
    assert fonts.printable("a\u202eb\u200bc\td") == "abc d"


def test_the_libraries_wait_until_they_are_asked_for():
    code = "import sys, coach.export.formats; sys.exit(any(m in sys.modules for m in ('fpdf', 'vl_convert', 'altair')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
