"""A protocol file's own drawings: each safe, in one form, with a name of its own, and of some exercise."""

from __future__ import annotations

import pytest

from coach.domain.protocol_changes import DrawingChanged, RoutineAdded, TextChanged
from coach.domain.protocol_diff import difference
from coach.domain.sign_off import values
from coach.protocols.drawings import kit, sanitised
from coach.protocols.loader import ProtocolError, default, read
from tests.support.drawing_samples import ILLUSTRATOR, INKSCAPE, KEPT, svg
from tests.support.protocols import default_text, with_own_drawing

OWN = with_own_drawing("quadriceps", "own_knee", KEPT)


def refusal(text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(ProtocolError) as refused:
        read(text.encode(), "own.toml")
    return {problem.where: (problem.what, problem.allowed) for problem in refused.value.problems}


def test_an_exercise_has_the_drawing_that_the_file_brings():
    protocol = read(OWN.encode(), "own.toml")
    assert protocol.drawings == {"own_knee": KEPT}
    assert protocol.routines["quadriceps"].own_drawing == KEPT
    assert protocol.routines["quadriceps"].drawing == "own_knee"
    assert {each.own_drawing for each in protocol.routines.values() if each.id != "quadriceps"} == {""}


def test_the_kit_has_the_drawings_of_the_exercises():
    assert set(kit()) == {each.drawing for each in default().routines.values()}


# Why it is refused: the text, the place, what is wrong, what is allowed.
BROKEN = {
    "a drawing that is not there": (
        OWN.replace("own_knee = ", "other = "),
        {"routine[2].drawing": ("no drawing 'own_knee'", "other"), "drawings.other": ("no exercise has", "names")},
    ),
    "a drawing that no exercise has": (
        default_text() + f"\n[drawings]\nown_knee = '''{KEPT}'''\n",
        {"drawings.own_knee": ("no exercise has this drawing", "drawings that an exercise names")},
    ),
    "a name that Coach's own drawing has": (
        with_own_drawing("quadriceps", "walking", KEPT),
        {"drawings.walking": ("'walking' is the name of a drawing of Coach", "a name of its own")},
    ),
    "a name that is none": (
        OWN.replace("own_knee = ", '"../knee" = '),
        {'drawings."../knee"': ("no name of a drawing", "small letters"), "routine[2].drawing": ("no drawing", "")},
    ),
    "no text": (
        with_own_drawing("quadriceps", "own_knee", KEPT).replace(f"'''{KEPT}'''", "5"),
        {"drawings.own_knee": ("5 is no text", "a text in quotes")},
    ),
    "what runs": (
        with_own_drawing("quadriceps", "own_knee", svg("<script>1</script>")),
        {"drawings.own_knee": ("It holds a script", "an SVG drawing of lines and shapes")},
    ),
    "what a program wrote": (
        with_own_drawing("quadriceps", "own_knee", INKSCAPE),
        {"drawings.own_knee": ("not in the form in which Coach keeps it", "`python -m coach drawing FILE` prints")},
    ),
    "no table of drawings": (
        'drawings = "knee"\n' + default_text(),
        {"drawings": ("'knee' is no table", "a table")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", BROKEN)
def test_a_file_with_a_bad_drawing_is_refused_with_the_place_and_what_is_allowed(why):
    text, expected = BROKEN[why]
    found = refusal(text)
    assert found.keys() == expected.keys()
    for where, (what, allowed) in expected.items():
        assert what in found[where][0]
        assert allowed in found[where][1]


def test_a_large_drawing_stands_in_a_file_in_short_lines():
    """A line of a protocol file has at most 100 dots."""
    long = sanitised(svg(f'<path d="M1.5 2.5{"l.5-.5" * 800}"/>'))
    assert len(long) > 8_000
    text = with_own_drawing("quadriceps", "own_knee", long)
    assert read(text.encode(), "own.toml").routines["quadriceps"].own_drawing == long


def test_another_drawing_is_one_difference_and_loses_the_signature_of_one_value():
    first = read(OWN.encode(), "own.toml")
    other = read(with_own_drawing("quadriceps", "own_knee", sanitised(ILLUSTRATOR)).encode(), "own.toml")
    assert difference(default(), first) == (DrawingChanged(first.routines["quadriceps"]),)
    assert difference(first, other) == (DrawingChanged(other.routines["quadriceps"]),)
    signed = {each.path: each for each in values(first)}
    assert {each.path for each in values(other) if signed.get(each.path) != each} == {
        "routines.quadriceps.own_drawing"
    }
    assert signed.keys() - {each.path for each in values(default())} == {"routines.quadriceps.own_drawing"}
    assert "<" not in signed["routines.quadriceps.own_drawing"].text
    assert not any(isinstance(each, TextChanged | RoutineAdded) for each in difference(first, default()))
