"""The scripts of components, and the drawings."""

from __future__ import annotations

from functools import cache

from coach.config.asset_files import FOLDER, address

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


def drawing_address(name: str) -> str:
    """Return the address of a drawing of an exercise, as a picture that is light or dark as its page is."""
    return address(f"drawings/{name}.svg")


def scene_address(name: str) -> str:
    """Return the address of one of the drawings of a state of Today."""
    return address(f"scenes/{name}.svg")


@cache
def drawing(name: str) -> str:
    """Return the drawing of an exercise as SVG text."""
    return (FOLDER / "drawings" / f"{name}.svg").read_text("utf-8")
