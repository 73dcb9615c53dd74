"""Somebody at a desk who has no mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.access.keyboard import catch_choosers
from tests.browser.conftest import WIDE

Sit = Callable[[str, str], Page]


@pytest.fixture
def sit(open_page: Callable[..., Page]) -> Sit:
    """A function that opens an address for somebody who is signed in and has no mouse, at the same desk as before."""
    pages: dict[str, Page] = {}

    def sit(username: str, path: str) -> Page:
        if username in pages:
            pages[username].goto(path)
            return pages[username]
        page = pages[username] = open_page(username, path, WIDE)
        page.emulate_media(reduced_motion="reduce")
        catch_choosers(page)
        return page

    return sit
