"""The last resort of a tablet that cannot send: its encrypted file, imported by the server, and the draft in it on another tablet."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.db import session_scope
from survey.intake.sealed_operations import import_sealed
from survey.visits.models import Assignment
from tests.browser.device import until_kept
from tests.browser.field import READY, answer_both_pages, answer_first_page, begin, finish, open_tablet, question, stored
from tests.builders import NOW, add_assignment, add_household

pytestmark = pytest.mark.soak


def test_export__of_a_finished_interview_and_a_draft__is_received_and_goes_on_on_another_tablet(
    open_page: Callable[..., Page], session: Session, app: Flask, assignment: Assignment
) -> None:
    add_assignment(session, assignment.pair, add_household(session, "002"), "field_form")
    session.commit()
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector("body[data-ready=home]")
    page.click("#download")
    expect(page.locator("#package")).to_have_attribute("data-state", "complete")
    # The answers of this server are lost from here on, as those of one that cannot be reached any more.
    page.route("**/openrosa/submission", lambda route: route.abort())
    begin(page)
    answer_both_pages(page, "3")
    finish(page)
    open_tablet(page)
    begin(page, 1)
    answer_first_page(page, "5")
    until_kept(page, "/n_members", "5")
    until_kept(page, "/water_safe")
    open_tablet(page)
    page.click(".outbox-export summary")
    with page.expect_download() as downloading:
        page.click("#export-unsent")
    data = Path(downloading.value.path()).read_bytes()
    assert "王大".encode() not in data
    with app.test_request_context(), session_scope(app) as importing:
        imported = import_sealed(importing, None, BytesIO(data), "unsent.sealed", app.extensions["survey.storage"], NOW)
    assert [each.outcome for each in imported.interviews] in (["stored", "recovered"], ["recovered", "stored"])
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [3]

    other = open_page("lead1", "/tablet/")
    other.wait_for_selector("body[data-ready=home]")
    other.click("#take-recovered")
    expect(other.locator("#outbox")).to_contain_text("已取到本机")
    open_tablet(other)
    other.locator("[data-state=draft] .task-open").click()
    other.wait_for_selector(READY)
    expect(question(other, "home/n_members").locator("input")).to_have_value("5")
