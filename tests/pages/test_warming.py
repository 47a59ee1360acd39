"""What the first visit of a page would wait for is made once the server answers, and by nobody who waits."""

from __future__ import annotations

import ast
import asyncio
import inspect
import logging
import threading

import pytest
from streamlit import string_util

from coach import web
from coach.ui.parts import charts, navigation
from coach.ui.shell import warming
from tests.support.server import ROOT


def test_every_chart_that_a_page_draws_is_compiled_ahead(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(warming.OFF, raising=False)
    compiled: list[object] = []
    monkeypatch.setattr(charts, charts.specification.__name__, compiled.append)
    warming.warm_up()
    assert compiled == list(warming.charts())
    drawn = {
        ast.unparse(call.args[0])
        for file in (ROOT / "coach" / "ui").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == charts.draw.__name__
    }
    assert sorted(each.rpartition(".")[2] for each in drawn) == sorted(
        chart.__name__ for chart in warming.charts()
    )


@pytest.mark.parametrize("name", navigation.TITLES)
def test_what_a_page_imports_is_imported_ahead(name: str):
    ahead = warming.modules()
    for each in ast.walk(ast.parse(navigation.file(name).read_text())):
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("coach.ui"):
            named = {each.module, *(f"{each.module}.{found.name}" for found in each.names)}
            assert named & set(ahead), named


def test_the_server_answers_meanwhile(monkeypatch: pytest.MonkeyPatch):
    begun, go_on = threading.Event(), threading.Event()

    def long() -> None:
        begun.set()
        go_on.wait(10)

    async def lives() -> bool:
        async with web.lifespan(None, warm_up=long):
            return await asyncio.to_thread(begun.wait, 10) and not go_on.is_set()

    try:
        assert asyncio.run(lives())
    finally:
        go_on.set()


def test_a_server_that_ends_soon_spends_nothing_on_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(warming.OFF, "1")
    monkeypatch.setattr(warming, "modules", lambda: pytest.fail("it is made"))
    warming.warm_up()


def test_a_chart_that_cannot_be_compiled_is_left_to_its_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken() -> None:
        raise ValueError("not this")

    monkeypatch.delenv(warming.OFF, raising=False)
    monkeypatch.setattr(warming, "charts", lambda: (broken,))
    with caplog.at_level(logging.WARNING):
        warming.warm_up()
    assert "not ready" in caplog.text
    assert "not this" not in caplog.text


def test_streamlit_reads_its_list_of_signs_where_we_do():
    assert "from streamlit.emojis import" in inspect.getsource(string_util.is_emoji)
    assert "streamlit.emojis" in web._WARM  # noqa: SLF001
