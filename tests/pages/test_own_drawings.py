"""A drawing that a protocol brings is shown wherever those of Coach are."""

from __future__ import annotations

import json
from datetime import timedelta

from PIL import Image
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain import own_drawing
from coach.export.pdf import charts
from coach.protocols import loader
from coach.protocols.drawings import sanitised
from coach.ui.patient import player
from tests.support.drawing_samples import svg
from tests.support.pages import Home, blocks, markup, part, unfold
from tests.support.patient_acts import PUMPS, begin
from tests.support.protocols import with_own_drawing

DRAWN = sanitised(svg('<path d="M1 2L90 40" stroke="black" stroke-width="5"/>'))
ADDRESS = f"/api/drawing?of={own_drawing.key(DRAWN)}"
PUMPING = loader.default().routines[PUMPS]


def settled(home: Home) -> None:
    """Let the protocol in force have a drawing of its own for the ankle pumps."""
    content = with_own_drawing(PUMPS, "own_foot", DRAWN).encode()
    home.settle(hours=60).installation.protocol_registry.put_in_force(
        loader.read(content, "own.toml"),
        content,
        key=new_key(),
        starts_at=home.clock.now - timedelta(days=9),
        made_at=home.clock.now,
        made_by=None,
        why="A drawing.",
    )


def pictures(at: AppTest) -> list[str | None]:
    return [each.get("src") for tag, each in markup(at) if tag == "img"]


def test_today_its_list_and_the_guide_show_an_own_drawing(home: Home):
    settled(home)
    today = home.open()
    assert pictures(today)[0] == ADDRESS
    assert f"--drawing:url({ADDRESS})" in "".join(each.proto.body for each in today.get("html"))
    unfold(today, f"exercise-{PUMPS}")
    assert pictures(today).count(ADDRESS) == 2
    named = f"{PUMPING.name}: {PUMPING.position}"
    assert named in blocks(today, "img")
    guide = part(home.open("guide"), "ankle-pumps")
    assert ADDRESS in pictures(guide)
    assert named in blocks(guide, "img")
    # It does not move, so nothing offers to still it
    assert "source" not in [tag for tag, _attributes in markup(guide)]


def test_a_session_has_an_own_drawing_with_it_and_paper_has_it_as_a_picture(home: Home):
    settled(home)
    begun, patient = begin(home.patient), home.patient
    session = patient.history().session(begun)
    assert session
    (first,) = json.loads(player.written(patient, session))["sets"]
    assert first["drawing"] == own_drawing.on_paper(DRAWN)
    drawn = charts.drawn(patient.protocol.routines[PUMPS])
    assert isinstance(drawn, Image.Image)
    assert drawn.size == (1080, 450)
    assert {drawn.getpixel((0, 0)), drawn.getpixel((540, 20))} == {(255, 255, 255), (233, 239, 237)}
    assert sum(drawn.convert("L").histogram()[:40]) > 1_000  # the line of the drawing, in pixels
