"""A drawing that a clinic's protocol brings, in the player: it is seen, and it is a picture and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from coach.domain.protocol import Dose
from coach.domain.routine import RoutineKind
from coach.protocols.drawings import sanitised
from tests.support.drawing_samples import LEFT_OUT, REFUSED
from tests.support.player_alone import begun, opened

# Everything that is left out of a drawing, in one, around a muscle that works
PARTS = [text.partition(">")[2].rpartition("</svg>")[0] for text in LEFT_OUT.values() if "<?" not in text]
HOSTILE = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" style="position:fixed;inset:0;z-index:99">
{"".join(PARTS)}
<circle class="muscle stApp" id="place" cx="50" cy="50" r="40" fill="#0b5d66"/><rect x="500" width="900" height="900"/></svg>"""
WHERE = """root => {
  const found = ['.drawing', '.drawing circle', '.drawing rect[x="500"]'].map((each) => root.querySelector(each));
  const [paper, at] = found.map((each) => each.getBoundingClientRect());
  const middle = (at.top + at.bottom) / 2;
  const seen = (x) => found.indexOf(root.getRootNode().elementFromPoint(x, middle));
  return {
    inside: at.left > paper.left && at.right < paper.right && at.top > paper.top && at.bottom < paper.bottom,
    width: at.width / paper.width,
    circle: seen((at.left + at.right) / 2) === 1,
    cut: seen(paper.right - 20) !== 2,
    marks: root.querySelectorAll('.drawing [id], .drawing [onclick]').length,
    opacity: Number(getComputedStyle(found[1]).opacity),
  };
}"""


@pytest.mark.browser
def test_a_session_shows_an_own_drawing_and_nothing_of_a_hostile_file_runs(
    tmp_path: Path, open_context: Callable[..., BrowserContext]
):
    for text, _said in REFUSED.values():
        with pytest.raises(ValueError, match=r"\.$"):
            sanitised(text)
    desk, session = begun(tmp_path / "home", RoutineKind.MOVE, Dose(2, 30, 1), own_drawing=sanitised(HOSTILE))
    context = open_context("phone")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("dialog", lambda dialog: asked.append(dialog.message))
    page = opened(context, desk, session)
    player = page.locator(".coach")
    width = pytest.approx(0.8 * 138 / 360, rel=0.02)
    first = {"inside": True, "width": width, "circle": True, "cut": True, "marks": 0, "opacity": 1}
    assert player.evaluate(WHERE) == first
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("ready")).to_be_visible()
    expect(player.get_by_role("img", name="The move")).to_be_visible()
    page.wait_for_timeout(1_500)  # the muscle that does not work yet fades
    assert player.evaluate(WHERE)["opacity"] == pytest.approx(0.38, abs=0.05)
    assert all(url.startswith(("http://player.test/", "blob:", "data:")) for url in asked), asked
