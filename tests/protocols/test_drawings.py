"""A clinic's own drawing comes through as lines and shapes alone, or is refused with one plain sentence."""

from __future__ import annotations

import re

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from coach.protocols import drawings
from coach.protocols.drawings import LIMIT, sanitised
from tests.support.drawing_samples import KEPT, LEFT_OUT, REFUSED, SHAPE, USUAL, svg

ALLOWED = {"svg", "g", "path", "line", "circle", "ellipse", "rect", "polygon", "polyline"}
# What no drawing that is kept may have anywhere in its text.
NEVER = re.compile(
    r"(?i)script|href|url|data:|style|\bon\w+=|&|!|\?|@|\\|xmlns:|http(?!://www\.w3\.org/2000/svg\")"
)
VALUES = re.compile(r"[\w #.()-]*")


def assert_harmless(text: str) -> None:
    assert not NEVER.search(text), text
    assert len(text) <= LIMIT
    assert all(len(line) <= 100 for line in text.split("\n"))
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ALLOWED
        assert not {"id", "style"} & set(element.keys())
        assert all(VALUES.fullmatch(value) for value in element.attrib.values())
        assert set(element.get("class", "").split()) <= set(drawings.CLASSES)
    assert root.get("viewBox")
    assert sanitised(text) == text


@pytest.mark.parametrize("program", USUAL)
def test_a_drawing_of_a_usual_program_comes_through(program):
    given_, left = USUAL[program]
    assert sanitised(given_) == left
    assert_harmless(left)


def test_a_drawing_of_coach_that_was_changed_comes_through():
    for name in drawings.kit():
        text = (drawings.FOLDER / f"{name}.svg").read_text("utf-8")
        assert_harmless(sanitised(text))


@pytest.mark.parametrize("why", REFUSED)
def test_what_runs_loads_moves_or_cannot_be_kept_is_refused(why):
    text, said = REFUSED[why]
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        sanitised(text)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence) < 160


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_the_picture_does_not_need_is_left_out(what):
    assert sanitised(LEFT_OUT[what]) == KEPT


def test_there_are_many_vectors():
    assert len(REFUSED) >= 60


def _element(name: str, attributes: dict[str, str], inside: list[str]) -> str:
    told = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{told}>{''.join(inside)}</{name}>"


ATTRIBUTE = st.sampled_from(
    [
        "fill",
        "style",
        "d",
        "class",
        "id",
        "onload",
        "href",
        "xlink:href",
        "transform",
        "points",
        "r",
        "viewBox",
        "x",
        "clip-path",
    ]
)
VALUE = st.one_of(
    st.sampled_from(
        ["url(#a)", "javascript:alert(1)", "M1 2L3 4", "M1 1a1 1 0 011 1z", "red", "#FFF", "fill:red;stroke:url(x)", "muscle on",
         "1e5", "-.5", "rotate(5)", "0 0 9 9", "1,2 3,4", "rgb(1,2,3)", "data:text/html,x", "fill:#00f;stroke-width:2px", "50%"]
    ),
    st.text(alphabet="MLacz0123456789.,-+eE ()#%;:\\/*{}url", max_size=20),
)  # fmt: skip
NAME = st.sampled_from(
    [
        "g",
        "path",
        "rect",
        "circle",
        "polygon",
        "defs",
        "script",
        "style",
        "use",
        "a",
        "image",
        "title",
        "x:y",
        "svg",
        "text",
        "animate",
    ]
)
NODE = st.recursive(
    st.builds(
        lambda text: text, st.sampled_from(["", "x", SHAPE, "<!-- x -->", "<style>.a{fill:red}</style>"])
    ),
    lambda inner: st.builds(
        _element, NAME, st.dictionaries(ATTRIBUTE, VALUE, max_size=4), st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(NODE, min_size=1, max_size=4))
def test_whatever_comes_through_is_harmless_and_stays_as_it_is(nodes):
    try:
        text = sanitised(svg("".join(nodes) + SHAPE, 'xmlns:x="urn:x"'))
    except ValueError:
        return
    assert_harmless(text)


@given(st.sampled_from([*LEFT_OUT.values(), *(text for text, _said in USUAL.values())]), st.data())
def test_a_broken_file_is_refused_with_a_sentence_or_harmless(text, data):
    at = data.draw(st.integers(0, len(text)))
    put = data.draw(
        st.sampled_from(
            [
                "<",
                ">",
                '"',
                "&",
                "url(",
                "<script>",
                "\x00",
                "<!DOCTYPE svg>",
                " onload='1' ",
                "]]>",
                "9" * 400,
            ]
        )
    )
    broken = text[:at] + put + text[at + data.draw(st.integers(0, 3)) :]
    try:
        kept = sanitised(broken)
    except ValueError:
        with pytest.raises(ValueError, match=r"\.$"):
            sanitised(broken)
    else:
        assert_harmless(kept)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("MmLlHhVvCcSsQqTtAaZz"),
            st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=7, max_size=7),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_path_keeps_its_commands_and_its_numbers(commands):
    takes = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
    drawn = [("M", [1.0, 2.0])]
    for letter, values in commands:
        taken = values[: takes[letter.upper()]]
        if letter in "Aa":
            taken[3:5] = [float(value > 0) for value in taken[3:5]]
        drawn.append((letter, taken))
    told = "".join(
        letter
        + ",".join(
            repr(value) if n not in (3, 4) or letter not in "Aa" else str(int(value))
            for n, value in enumerate(values)
        )
        for letter, values in drawn
    )
    root = ElementTree.fromstring(sanitised(svg(f'<path d="{told}"/>')))
    kept = [
        (piece[0], [float(each) for each in piece[1:].split()])
        for piece in re.findall(r"[A-Za-z][^A-Za-z]*", root[0].get("d", ""))
    ]
    assert [letter for letter, _values in kept] == [letter for letter, _values in drawn]
    for (_one, mine), (_two, theirs) in zip(kept, drawn, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-5, abs=1e-6)
