"""Signing in as a person does it in a browser."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.browser_steps import heading, tap
from tests.support.clinic_team import (
    PASSWORD,
)


def sign_in(page: Page, address: str, login: str, password: str = PASSWORD) -> None:
    page.goto(address)
    heading(page, "Sign in")
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(password)
    tap(page, "Sign in")
