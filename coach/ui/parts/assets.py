"""Addresses of files in `assets/`; they change with the files' content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[3] / "assets"


@cache
def version(folder: str) -> str:
    """Return a short hash over all files of a folder, so that changed files are loaded again."""
    digest = hashlib.sha256()
    for path in sorted((ASSETS / folder).iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def address(path: str) -> str:
    """Return the address of an asset, such as player/player.js, on this server."""
    return f"/coach-assets/{path}?v={version(path.rsplit('/', 1)[0])}"


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
    """Return the address of one of the four drawings, as a picture that is light or dark as its page is."""
    return address(f"drawings/{name}.svg")


@cache
def drawing(name: str) -> str:
    """Return one of the four drawings as SVG text."""
    return (ASSETS / "drawings" / f"{name}.svg").read_text("utf-8")
