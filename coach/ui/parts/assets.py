"""The scripts of components, and the drawings."""

from __future__ import annotations

from functools import cache

from coach.config.asset_files import FOLDER, address
from coach.domain import own_drawing
from coach.domain.protocol import Routine

__all__ = ["address", "drawing", "stub"]


def stub(path: str) -> str:
    """Return the script of a component: it loads the real module from this server once.

    Streamlit runs the script again at each rerun; the browser then has the module already. If the
    server does not answer, it retries under another address, as browsers remember a failed one.
    """
    return f"""let module;
const load = (n) => import(new URL('{address(path)}' + (n ? '&again=' + n : ''), location.origin).href).catch(
  () => new Promise((resolve) => setTimeout(resolve, 1000)).then(() => load(n + 1)),
);
export default function (component) {{
  let leave = () => {{}};
  let left = false;
  (module ??= load(0)).then(({{ default: mount }}) => {{
    leave = mount(component) ?? leave;
    if (left) leave();
  }});
  return () => {{ left = true; leave(); }};
}}"""


def drawing_address(routine: Routine) -> str:
    """Return the address of the drawing of an exercise, one of Coach or one of its protocol.

    Coach's own are light or dark as their page is; a protocol's are light, and dimmed on a dark page.
    """
    if routine.own_drawing:
        return f"/api/drawing?of={own_drawing.key(routine.own_drawing)}"
    return kit_address(routine.drawing)


def kit_address(name: str) -> str:
    """Return the address of one of Coach's own drawings of exercises."""
    return address(f"drawings/{name}.svg")


def scene_address(name: str) -> str:
    """Return the address of one of the drawings of a state of Today."""
    return address(f"scenes/{name}.svg")


def drawing(routine: Routine) -> str:
    """Return the drawing of an exercise as SVG text, to stand in a page."""
    return own_drawing.on_paper(routine.own_drawing) if routine.own_drawing else _of_coach(routine.drawing)


@cache
def _of_coach(name: str) -> str:
    return (FOLDER / "drawings" / f"{name}.svg").read_text("utf-8")
