"""A draft that its author edited, in a real browser: handed in, its changes listed, and fetched with the figures of today."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from docx import Document
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE
from tests.survey.report_files.drafts import accept_another, draft_of_one
from tests.word_files import open_word


def test_edited_draft__handed_in_on_the_page__comes_back_with_its_words_and_figures_of_today(
    open_page: Callable[..., Page], session: Session, app: Flask, tmp_path: Path
) -> None:
    document = Document(BytesIO(draft_of_one(session, app)))
    document.paragraphs[3].add_run("此句由审稿人补写。")
    edited, fresh = tmp_path / "改过的稿.docx", tmp_path / "fresh.docx"
    document.save(str(edited))
    accept_another(session)
    page = open_page("author", "/reports/files", WIDE)
    page.locator("input[type=file]").set_input_files(edited)
    page.locator("form button.primary").click()
    expect(page.locator(".differences del", has_text="1").first).to_be_visible()
    expect(page.locator(".differences ins", has_text="2").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载更新后的文件").click()
    download.value.save_as(fresh)
    words = "".join(paragraph.text for paragraph in open_word(fresh).paragraphs)
    assert "此句由审稿人补写。" in words
    assert "2户" in words
