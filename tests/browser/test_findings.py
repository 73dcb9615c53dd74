"""What became of issues found before, noted on a tablet without a network: kept through a kill, sent once with its picture, and seen by the
other of the pair before it covers theirs."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.household_outcomes.operations import record_outcome
from survey.issues.models import HouseholdOutcome
from survey.visits.models import Assignment, Visit
from tests import builders
from tests.browser.field import HOME_READY, crash, open_tablet
from tests.issues import add_reported_issue

WAITING = ".house-issues .badge.warn"


def note(page: Page, kind: str, text: str = "", picture: bytes = b"") -> None:
    """Notes in the open dialog what was found of the first issue, and saves it."""
    part = page.locator(".look-back-issue").first
    part.locator(".look-back-choice", has_text=kind).click()
    part.locator("textarea").fill(text)
    if picture:
        part.locator("input[type=file]").set_input_files({"name": "tap.jpg", "mimeType": "image/jpeg", "buffer": picture})
        expect(part.locator("figure img[src]")).to_have_count(1)
    page.click("#look-back [type=submit]")
    expect(page.locator("#look-back")).to_have_count(0)


@pytest.mark.soak
def test_finding__noted_offline_and_killed__is_sent_once_and_covers_nobody_elses(
    open_page: Callable[..., Page], session: Session, app: Flask, assignment: Assignment
) -> None:
    coordinator = builders.find_or_add_person(session, "coordinator")
    issue = add_reported_issue(session, coordinator, builders.NOW)
    session.commit()
    jpeg = BytesIO()
    Image.new("RGB", (64, 48), "steelblue").save(jpeg, "JPEG")

    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_selector(HOME_READY)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expect(page.locator(".house-asked")).to_have_text("问题回访 0/1")
    page.locator(".house-asked").click()
    expect(page.locator(".look-back-facts")).to_contain_text("由县水利局于六月底前修复管网")
    page.locator(".look-back textarea").fill("没有选")
    page.click("#look-back [type=submit]")
    expect(page.locator(".look-back-problem")).to_contain_text("请选择现在的情况")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.locator(".house-asked").click()
    note(page, "部分解决", "水小", jpeg.getvalue())
    expect(page.locator(WAITING)).to_have_text("待上报")
    page = crash(page)
    open_tablet(page)
    expect(page.locator(".house-asked")).to_have_text("问题回访 1/1")
    expect(page.locator("#outbox-state")).to_have_text("1 项问题回访待上报。")

    # Meanwhile a coordinator hears something else.
    record_outcome(session, coordinator, issue, assignment.household, session.get_one(Visit, assignment.visit_id), "not", builders.NOW)
    session.commit()
    page.context.set_offline(False)
    expect(page.locator(".house-issues .badge.bad")).to_have_text("请核对")
    page.locator(".house-asked").click()
    expect(page.locator(".look-back-conflict")).to_contain_text("未整改到位")
    page.get_by_role("button", name="以本机记录为准").click()
    expect(page.locator(".house-issues .badge")).to_have_count(0)
    expect(page.locator("#outbox-state")).to_have_text("没有等待上报的答卷。")

    session.rollback()
    session.expire_all()
    found = session.scalars(select(HouseholdOutcome)).one()
    assert (found.outcome, found.note, [file.media_type for file in found.files]) == ("partly", "水小", ["image/jpeg"])
    assert found.found_by_id == builders.find_or_add_person(session, "lead1").id
    values = page.evaluate(
        "async () => (await (await import('/static/bundles/lock.js')).$device_database.openDatabase()).getAllKeys('values')"
    )
    assert [key for _, key in values if key.startswith("finding picture")] == []
