"""What the document names in advance is what the page then uses: nothing is loaded twice, or for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browser import complaints
from tests.support.server import AppServer

NAMED = "links => links.map(link => link.href)"
LOADED = "() => performance.getEntriesByType('resource').map(each => each.name)"


def test_what_the_document_names_is_loaded_once(house: AppServer, open_page: Callable[..., Page]):
    page = open_page("phone")
    faults = complaints(page)
    page.goto(house.url)
    expect(page.locator("html[data-coach-ready=true]")).to_be_attached()
    page.get_by_role("heading").first.wait_for()
    named = page.locator("link[rel=preload], link[rel=modulepreload]").evaluate_all(NAMED)
    loaded = Counter(page.evaluate(LOADED))
    assert {address: loaded[address] for address in named} == dict.fromkeys(named, 1)
    assert any("BidiComponent" in address for address in named)
    assert [fault for fault in faults if "preload" in fault] == []
