"""A page that waits for something in a browser: it is not loaded again and again under its reader, and opens what it waited for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from survey.guide.kept import guide_folder
from tests.browser.access.checks import axe_findings
from tests.browser.conftest import WIDE

pytestmark = pytest.mark.soak


PAGE = '<!doctype html>\n<html lang="zh-CN">\n<head><title>指南</title></head><body><h1>第一页</h1></body></html>\n'


@pytest.fixture
def guide(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder in which the guide of this version will lie."""
    before = app.extensions["survey.settings"]
    app.extensions["survey.settings"] = replace(before, guide=str(tmp_path / "guides"))
    yield guide_folder(str(tmp_path / "guides"))
    app.extensions["survey.settings"] = before


def test_page__that_waits__is_renewed_in_place_and_opens_what_it_waited_for(open_page: Callable[..., Page], guide: Path) -> None:
    page = open_page("coordinator", "/guide/zh/index.html", WIDE)
    assert axe_findings(page) == []
    page.evaluate("window.isTheSame = true")
    with page.expect_response("**/guide/zh/index.html"):
        pass
    assert page.evaluate("window.isTheSame"), "it was asked after, not loaded again"
    folder = guide.with_name("tmp")
    for language in ("zh", "en"):
        (folder / language).mkdir(parents=True)
        (folder / language / "index.html").write_text(PAGE, encoding="utf-8")
    folder.rename(guide)
    expect(page.locator("h1")).to_have_text("第一页")
