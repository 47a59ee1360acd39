"""What the first load of a page brings: from memory, compressed once, and known before the page runs."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from coach.web import bundle, file_cache
from coach.web.file_cache import FileCache
from tests.support.http import ask
from tests.support.server import ROOT, AppServer

COMPRESSED = {"Accept-Encoding": "br;q=0.5, GZIP"}
DOCUMENT = {"Accept": "text/html"}
GUARD = "/coach-assets/ui/guard.js?v=1"


def of_streamlit(name: str) -> str:
    """Return the address of one of Streamlit's files by the beginning of its name."""
    (found,) = (bundle.folder() / "static").glob(f"*/{name}.*")
    return f"/static/{found.parent.name}/{found.name}"


def on_disk(address: str) -> bytes:
    name = address.partition("?")[0]
    if name.startswith("/coach-assets/"):
        return (ROOT / "assets" / name.removeprefix("/coach-assets/")).read_bytes()
    return (bundle.folder() / name.removeprefix("/")).read_bytes()


@pytest.mark.parametrize("address", [GUARD, "protobuf"])
def test_a_script_is_sent_compressed_and_kept_for_ever(house: AppServer, address: str):
    address = address if address.startswith("/") else of_streamlit(address)
    answer = ask(house, address, headers=COMPRESSED)
    assert answer.status == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"]
    assert answer.headers["content-length"] == str(len(answer.body))
    assert gzip.decompress(answer.body) == on_disk(address)


@pytest.mark.parametrize(
    ("address", "reads"),
    [(GUARD, ""), (GUARD, "br"), *(("protobuf", each) for each in ("", "br", "gzip;q=0", "gzip; q=0.0"))],
)
def test_who_does_not_read_what_is_compressed_gets_the_file(house: AppServer, address: str, reads: str):
    address = address if address.startswith("/") else of_streamlit(address)
    answer = ask(house, address, headers={"Accept-Encoding": reads})
    assert answer.headers["content-encoding"] is None
    assert answer.body == on_disk(address)
    assert "accept-encoding" in answer.headers["vary"].lower()


def test_a_file_that_the_browser_has_is_not_sent_again(house: AppServer):
    address = of_streamlit("react-dom")
    tag = ask(house, address, headers=COMPRESSED).headers["etag"]
    again = ask(house, address, headers={**COMPRESSED, "If-None-Match": f'"other", {tag}'})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    plain = ask(house, address)
    assert plain.headers["etag"] != tag  # two files under one address: their tags differ


def test_a_part_of_a_file_is_a_part_of_the_file_itself(house: AppServer):
    address = of_streamlit("react-dom")
    answer = ask(house, address, headers={**COMPRESSED, "Range": "bytes=0-9"})
    assert answer.headers["content-encoding"] is None
    assert answer.body == on_disk(address)[:10]


@pytest.mark.parametrize(
    "address",
    [
        "/static/js/nothing.BsWL4Kly.js",
        "/static/../index.html",
        "/static/js/..%2f..%2findex.html",
        "/static/",
    ],
)
def test_what_is_no_file_of_the_page_is_not_kept(house: AppServer, address: str):
    answer = ask(house, address, headers=COMPRESSED)
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert answer.headers["content-type"] != "text/javascript; charset=utf-8"


# the document


def document(house: AppServer, path: str = "/") -> str:
    return ask(house, path, headers=DOCUMENT).body.decode()


def test_the_document_is_sent_compressed_and_is_the_same_one(house: AppServer):
    answer = ask(house, "/progress", headers=DOCUMENT | COMPRESSED)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["set-cookie"]
    assert gzip.decompress(answer.body).decode() == document(house, "/progress")


def test_the_document_names_what_every_page_loads(house: AppServer):
    page = document(house)
    named = re.findall(r'<link rel="(?:module)?preload" [^>]*href="(/[^"]+)"', page)
    assert any("latin-400" in each for each in named)
    assert any("/Button." in each for each in named)
    for address in named:
        answer = ask(house, address)
        assert answer.status == 200
        assert not answer.headers["content-type"].startswith("text/html")
    assert "SourceSans" not in page  # the other look's typeface


@pytest.mark.parametrize(
    ("language", "soon", "late"),
    [
        ("en", "One moment …", "Do you need help right now? Call the emergency number, or your clinic."),
        (
            "de",
            "Einen Moment …",
            "Brauchen Sie sofort Hilfe? Rufen Sie die Notrufnummer oder Ihre Klinik an.",
        ),
    ],
)
def test_until_the_page_is_there_the_document_shows_a_drawing_and_what_to_do(
    house: AppServer, language: str, soon: str, late: str
):
    page = ask(house, "/", headers=DOCUMENT | {"Accept-Language": language}).body.decode()
    opening = page.partition('<div id="coach-opening"')[2].partition("</div>")[0]
    assert soon in opening
    assert late in opening
    (picture,) = re.findall(r'<img src="([^"]+)"', opening)
    assert ask(house, picture).status == 200
    assert page.index("coach-opening") < page.index('id="root"')


def test_the_installed_streamlit_says_which_scripts_its_parts_need():
    known = bundle.parts()
    assert {Path(name).name.partition(".")[0] for name in known} >= {Path(part).stem for part in bundle.PARTS}
    assert all((bundle.folder() / name).is_file() for name in known)
    begun = (bundle.folder() / "index.html").read_text("utf-8")
    assert not [name for name in known if name in begun]


@pytest.mark.parametrize(
    "said", [None, "", "[]", "{}", '{"index.html": {"isEntry": true, "imports": ["_x"]}}']
)
def test_where_streamlit_says_it_otherwise_the_page_finds_them_by_itself(
    said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if said is not None:
        (tmp_path / "manifest.json").write_text(said)
    monkeypatch.setattr(bundle, "folder", lambda: tmp_path)
    assert bundle.parts.__wrapped__() == ()


# the memory


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read and compressed, in order."""
    names: list[str] = []
    read: Callable[[Path], object] = file_cache._read  # noqa: SLF001

    def counted(file: Path) -> object:
        names.append(file.name)
        return read(file)

    monkeypatch.setattr(file_cache, "_read", counted)
    return names


def bodies(files: FileCache, *paths: str) -> list[bytes | None]:
    """Ask for files, all at once."""

    async def answers() -> list[bytes | None]:
        headers = Headers({"accept-encoding": "gzip"})
        got = await asyncio.gather(*(files.answer(path, headers) for path in paths))
        return [gzip.decompress(each.body) if each else None for each in got]

    with ThreadPoolExecutor(1) as apart:  # Chromium's driver keeps an event loop in the thread of the tests
        return apart.submit(asyncio.run, answers()).result()


def test_a_file_is_compressed_once_however_many_ask_at_once(tmp_path: Path, reads: list[str]):
    (tmp_path / "a.js").write_bytes(b"one")
    files = FileCache(tmp_path)
    assert bodies(files, *["a.js"] * 20) == [b"one"] * 20
    assert bodies(files, "a.js") == [b"one"]
    assert reads == ["a.js"]


def test_a_file_that_changed_is_read_again_and_one_that_is_gone_is_not_sent(tmp_path: Path):
    (tmp_path / "a.js").write_bytes(b"one")
    files = FileCache(tmp_path)
    assert bodies(files, "a.js") == [b"one"]
    (tmp_path / "a.js").write_bytes(b"another")
    assert bodies(files, "a.js") == [b"another"]
    (tmp_path / "a.js").unlink()
    assert bodies(files, "a.js") == [None]


def test_the_memory_has_an_end(tmp_path: Path, reads: list[str]):
    for name in ("a.js", "b.js"):
        (tmp_path / name).write_bytes(b"one")
    files = FileCache(tmp_path, most=1)
    assert [bodies(files, "a.js"), bodies(files, "b.js"), bodies(files, "a.js")] == [
        [b"one"],
        [None],
        [b"one"],
    ]
    assert reads == ["a.js"]


@pytest.mark.parametrize("path", ["../secret.js", "x/../../secret.js", "{}/secret.js"])
def test_no_file_outside_of_the_folder_is_read(tmp_path: Path, path: str):
    (tmp_path / "secret.js").write_bytes(b"secret")
    (tmp_path / "inside" / "x").mkdir(parents=True)
    assert bodies(FileCache(tmp_path / "inside"), path.format(tmp_path)) == [None]
