"""What people at desks do seldom, by keys alone: accounts, tokens, corrections, full datasets, open answers, drafts that were edited."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import ApiToken, User
from survey.coding.models import Coding
from survey.coding.operations import CodeValues, open_round, save_codes
from survey.corrections.models import Correction
from survey.datasets.models import DatasetRequest
from tests.browser.access.conftest import Sit
from tests.browser.access.keyboard import choose, expect_told, follow, press, send, tab_to, tick, write
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.survey.corrections.corrected import WAGE, add_interviews
from tests.survey.report_files.drafts import accept_another, draft_of_one

pytestmark = pytest.mark.soak

WISHES = ("自来水经常停", "希望修路")
CODES = (CodeValues("water", "饮水", "Water"), CodeValues("road", "道路", "Roads"))


def test_administrator__without_a_mouse__adds_a_person_and_makes_a_token_for_handing_over(sit: Sit, session: Session) -> None:
    page = sit("admin", "/admin/people")
    press(page.locator("main details.card > summary").first)
    write(page.locator("#username"), "keyboard1")
    write(page.locator("#name"), "无鼠标")
    tick(page.locator("main input[name=roles][value=interviewer]"))
    press(page.locator("main details.card [type=submit]").first)
    expect(page.locator("main")).to_contain_text("keyboard1")
    page.goto("/account/programs")
    if not page.locator("#scope").is_visible():
        press(page.locator("main summary").first)
    write(page.locator("#name"), "移交")
    choose(page.locator("#scope"), "移交")
    press(page.locator("main form [type=submit]").first)
    expect(page.locator("main code").first).to_be_visible()
    session.rollback()
    assert session.scalars(select(User.name).where(User.username == "keyboard1")).all() == ["无鼠标"]
    assert session.scalars(select(ApiToken.scope)).all() == ["handover"]


def test_correction__without_a_mouse__is_made_from_the_interview_and_withdrawn(sit: Sit, session: Session) -> None:
    add_interviews(session)
    page = sit("coordinator", "/review/uuid:001")
    follow(page.locator(f"a.correct-answer[href*='{WAGE.replace('/', '%2F')}'], a.correct-answer[href*='{WAGE}']"))
    write(page.locator("#new"), "12000")
    write(page.locator("#reason"), "录音里说的是一万二")
    send(page.locator("form.card button.primary"))
    expect_told(page)
    follow(page.locator("a[href$='/withdraw']"))
    write(page.locator("#reason"), "录音听错了")
    send(page.locator("form.card button.primary"))
    expect_told(page)
    session.rollback()
    [correction] = session.scalars(select(Correction)).all()
    assert (correction.node, correction.withdrawal is not None) == (WAGE, True)


def test_full_dataset__without_a_mouse__is_asked_for_approved_and_fetched(sit: Sit, session: Session) -> None:
    add_interviews(session)
    page = sit("coordinator", "/reports/datasets")
    tab_to(page.locator("main input[name=contents][value=deidentified]"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("main input[name=contents][value=full]")).to_be_checked()
    write(page.locator("#purpose"), "复核收入")
    press(page.locator("[data-dataset] button.primary"))
    expect(page.get_by_text("等待他人批准").or_(page.locator("h2", has_text="完整数据申请")).first).to_be_visible()
    other = sit("admin", "/reports/datasets")
    press(other.locator("button[value=approve]"))
    expect(other.locator(".flash.success").first).to_be_visible()
    page.goto("/reports/datasets")
    with page.expect_download() as download:
        press(page.locator("form[action*='fetch'] button, td form button.primary").first)
    assert download.value.suggested_filename.endswith(".zip")
    session.rollback()
    assert session.scalars(select(DatasetRequest.is_approved)).all() == [True]


def test_open_answers__without_a_mouse__are_coded_one_after_another(sit: Sit, session: Session) -> None:
    version = add_form(session)
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    for number, wish in enumerate(WISHES):
        assignment = add_assignment(session, pair, add_household(session, f"00{number}"))
        given = {"n_members": 3, "wish": wish}
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted", answers=given)
    coordinator, author, other = (find_or_add_person(session, name) for name in ("coordinator", "author", "admin"))
    book = save_codes(session, coordinator, "test_form", "wish", CODES, NOW)
    open_round(session, coordinator, visit, book, author, other, NOW)
    session.commit()
    page = sit("author", f"/visits/{visit.id}/open-answers/test_form/wish/code")
    for number in range(len(WISHES)):
        shown = page.locator("blockquote.answer")
        text = shown.inner_text()
        tick(page.locator(f"main input[name=codes][value={'water' if '水' in text else 'road'}]"))
        send(page.locator("form[data-keys] button.primary"))
        if number + 1 < len(WISHES):
            expect(shown).not_to_have_text(text)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Coding)) == len(WISHES)


def test_edited_draft__without_a_mouse__is_handed_in_and_fetched_anew(sit: Sit, session: Session, app: Flask, tmp_path: Path) -> None:
    document = Document(BytesIO(draft_of_one(session, app)))
    document.paragraphs[3].add_run("此句由审稿人补写。")
    edited = tmp_path / "改过的稿.docx"
    document.save(str(edited))
    accept_another(session)
    page = sit("author", "/reports/files")
    # The browser is told at once that no window is to open, and nobody waits until it knows: so it is told well before the key.
    page.on("filechooser", lambda chooser: chooser.set_files(edited))
    chosen = page.locator("input[type=file]")
    press(chosen)
    expect(chosen).to_have_value(re.compile(edited.name))
    press(page.locator("form button.primary").first)
    expect(page.locator(".differences ins").first).to_be_visible()
    with page.expect_download() as download:
        press(page.get_by_role("link", name="下载更新后的文件"))
    assert download.value.suggested_filename.endswith(".docx")
