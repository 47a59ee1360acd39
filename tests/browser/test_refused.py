"""What the server refused is told until the patient has read it, and never again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.support.browser_steps import heading, see, tap
from tests.support.short_home import Home

PUT = """async (owner) => {
  const { put, uuid7 } = await import('/coach-assets/player/outbox.js');
  const item = () => ({ id: uuid7(), kind: 'set_done', session: uuid7(), payload: {} });
  await put({ ...item(), owner });
  await put({ ...item(), owner: 'somebody else' });
}"""
LEFT = """async (owner) => (await (await import('/coach-assets/player/outbox.js')).refused(owner)).length"""


def test_a_refusal_that_was_read_does_not_come_back(
    short_home: Callable[..., Home], open_page: Callable[..., Page]
):
    home = short_home(procedure=timedelta(hours=60))
    page, owner = open_page("phone"), str(home.desk().patient)
    page.goto(home.server.url + "/healthz")
    page.evaluate(PUT, owner)
    page.goto(home.server.url)
    see(page, "Could not be saved")
    read = page.get_by_role("button", name="I have read this")
    box = read.bounding_box()
    assert box
    assert box["height"] >= 56
    tap(page, "I have read this")
    expect(page.get_by_text("Could not be saved")).to_have_count(0)
    expect(read).to_be_hidden()
    assert page.evaluate(LEFT, owner) == 0
    page.reload()
    heading(page, "You can exercise now")
    page.wait_for_timeout(2_000)
    expect(page.get_by_text("Could not be saved")).to_have_count(0)
    expect(read).to_be_hidden()
