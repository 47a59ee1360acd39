"""Every file of assets/ that a page or a script asks the browser to load is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from coach.config.asset_files import ICONS, SIGNS, address, icon_addresses, sign_icons
from coach.protocols import loader
from coach.ui.parts import empty_states, icons
from tests.support.server import ROOT

ASSETS = ROOT / "assets"
FOLDERS = "|".join(sorted(path.name for path in ASSETS.iterdir() if path.is_dir()))
FILE = re.compile(rf"(?:{FOLDERS})/[\w/-]+\.[a-z0-9]+")


def expanded(node: ast.JoinedStr, loop: ast.comprehension | None) -> Iterator[str]:
    """Yield what a pattern such as f"player/{name}.js" stands for in a loop over written names."""
    assert loop is not None, f"line {node.lineno}: this name cannot be looked up"
    for name in ast.literal_eval(loop.iter):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else name for part in node.values)


def named(source: str) -> set[str]:
    """Return the files of assets/ that a module names, also those whose names it puts together."""
    tree = ast.parse(source)
    loops: dict[ast.AST, ast.comprehension] = {
        inner: node.generators[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp)
        for inner in ast.walk(node.elt)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and FILE.fullmatch(node.value):
            found.add(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("assets.address", "assets.stub"):
            asked = node.args[0]
            if isinstance(asked, ast.JoinedStr):
                found |= set(expanded(asked, loops.get(asked)))
    return found


def imported(script: str) -> set[str]:
    """Return the scripts beside it that a script imports."""
    found = set(re.findall(r"(?:from|import\() *['`]\./([\w.]+\.js)", script))
    for names in re.findall(r"\[([^\]]*)\]\.map\(\(name\) => import\(`\./\$\{name\}\.js", script):
        found |= {f"{name}.js" for name in re.findall(r"'(\w+)'", names)}
    return found


def test_every_file_that_a_page_names_is_there():
    names = {name: path for path in (ROOT / "coach").rglob("*.py") for name in named(path.read_text("utf-8"))}
    assert {name for name in names if not (ASSETS / name).is_file()} == set()
    assert {"player/player.js", "player/screens.js", "ui/guard.js", "player/player.css"} <= names.keys()


def test_every_script_that_a_script_imports_is_beside_it():
    scripts = sorted(ASSETS.rglob("*.js"))
    missing = {
        f"{path.name}: {name}"
        for path in scripts
        for name in imported(path.read_text("utf-8"))
        if not (path.parent / name).is_file()
    }
    assert missing == set()
    assert "session_record.js" in imported((ASSETS / "player" / "player.js").read_text("utf-8"))


def test_a_file_that_is_gone_is_seen_however_it_is_named():
    source = 'a = assets.stub("ui/gone.js")\nb = [assets.address(f"player/{n}.js") for n in ("dom", "gone")]'
    assert named(source) == {"ui/gone.js", "player/dom.js", "player/gone.js"}
    script = "import { a } from './gone.js';\n['one', 'two'].map((name) => import(`./${name}.js${v}`));"
    assert imported(script) == {"gone.js", "one.js", "two.js"}


def test_a_drawing_is_as_dark_as_the_player_draws_it():
    """A picture does not see the page's colours, so each drawing carries the dark ones itself."""
    colours = re.compile(r"(--coach-[a-z-]+): (#[0-9a-f]{6})")
    player = (ASSETS / "player" / "player.css").read_text("utf-8")
    dark = player.partition(".coach[data-theme='dark'] {")[2].partition("}")[0]
    drawings = sorted((ASSETS / "drawings").glob("*.svg"))
    assert {each.drawing for each in loader.default().routines.values()} == {each.stem for each in drawings}
    for path in drawings:
        style = path.read_text("utf-8").partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
        own = dict(colours.findall(style))
        used = set(re.findall(r"var\((--coach-[a-z-]+)", path.read_text("utf-8")))
        assert own.pop("--coach-accent")
        assert own == dict(colours.findall(dark)), path.name
        assert used <= own.keys() | {"--coach-accent"}, path.name


def test_every_scene_of_today_is_drawn_and_has_the_dark_colours_of_its_figure():
    source = (ROOT / "coach" / "ui" / "patient" / "first_thing.py").read_text("utf-8")
    asked = set(re.findall(r'(?:return|_card\(|scene =|else) ?"(\w+)"', source)) | {"done"}
    scenes = {path.stem: path.read_text("utf-8") for path in (ASSETS / "scenes").glob("*.svg")}
    assert asked == scenes.keys()
    figure = (ASSETS / "drawings" / "ankle_pumps.svg").read_text("utf-8")
    dark = set(re.findall(r"(--coach-[a-z-]+): (#[0-9a-f]{6})", figure))
    for name, drawn in scenes.items():
        assert dark <= set(re.findall(r"(--coach-[a-z-]+): (#[0-9a-f]{6})", drawn)), name


def test_the_pictures_of_states_and_of_getting_up_are_of_one_family():
    states = {ASSETS / name for name in empty_states.PICTURES.values()}
    assert states == set((ASSETS / "drawings" / "states").iterdir())
    moves = [
        each for name in ("getting_up", "daily_moves") for each in (ASSETS / "drawings" / name).iterdir()
    ]
    drawn = sorted([*states, *moves])
    for path in drawn:
        text = path.read_text("utf-8")
        dark = text.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
        used = set(re.findall(r"var\((--coach-[a-z-]+)", text))
        assert used <= set(re.findall(r"(--coach-[a-z-]+): #", dark)), path.name
        assert 'stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"' in text, path.name
    assert len(drawn) == 15


ICON = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" '
    r'stroke="#000" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">.*</svg>\n'
)


def test_every_icon_has_one_grid_and_one_line_weight():
    """An icon is a mask, so that its own colour is never seen; what is filled in it has no line of its own."""
    for path in sorted((ASSETS / "ui" / "icons").iterdir()):
        drawn = path.read_text("utf-8")
        assert ICON.fullmatch(drawn), path.name
        assert "stroke-width" not in drawn.partition(">")[2], path.name
        assert drawn.count('fill="#000"') == drawn.count('fill="#000" stroke="none"'), path.name


def test_every_icon_that_is_asked_for_is_drawn():
    asked = {
        name
        for path in (ROOT / "coach").rglob("*.py")
        for name in re.findall(r'\bicons?\.icon\("(\w+)"\)', path.read_text("utf-8"))
    }
    for pattern in ("*.css", "*.js"):
        for path in ASSETS.rglob(pattern):
            asked |= set(re.findall(r"var\(--coach-icon-(\w+)", path.read_text("utf-8")))
    assert asked - ICONS == set()
    with pytest.raises(KeyError):
        icons.icon("unicorn")


def test_the_document_names_the_address_of_every_icon():
    sheet = icon_addresses()
    assert sheet.count("--coach-icon-") == len(ICONS)
    assert f"--coach-icon-home:url({address('ui/icons/home.svg')})" in sheet


def test_each_warning_sign_has_an_icon_that_is_drawn():
    protocol = loader.default()
    assert protocol.red_flags.keys() == SIGNS.keys()
    assert set(SIGNS.values()) <= ICONS
    assert "[class*=-leg_clot]{--sign:var(--coach-sign-leg_clot)}" in sign_icons()
