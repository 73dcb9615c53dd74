"""Two interviewers on one tablet: the second looks through, changes and signs; each with a record of their own; and asked-about answers."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.audit_log import read_audit_log
from survey.db import session_scope, utc_now
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Countersignature, Flag, Submission
from survey.review.asking_operations import note_query
from survey.review.operations import return_submission
from survey.storage import Storage
from survey.visits.models import Assignment, Visit
from tests.browser.field import (
    OUTCOME,
    answer_first_page,
    answer_member,
    arrived,
    begin,
    choose,
    drafts,
    fill,
    finish,
    finish_alone,
    go_to_summary,
    open_assignment,
    open_tablet,
    question,
    reload_tablet,
    stored,
)
from tests.browser.pins import give_pin
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.survey.tablet.forms import FIELD_FORM

SECOND_PIN = "602915"
RULES = """
| issue_rules |
|  | name  | title::中文 (zh) | title::English (en) | when | area | level | severity | evidence |
|  | water | 饮水不安全 | Unsafe water | ${water_safe} = 'no' | water | village | high | water_why |
"""


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of three of the pair lead1 and second1, to be asked with the field form, which has a rule for issues."""
    version = add_form(session, FIELD_FORM + RULES)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session), "field_form")
    session.commit()
    return assignment


def hand_over(page: Page) -> None:
    """Answers the household's form as the lead does, and finishes."""
    open_assignment(page)
    fill(page, "home/n_members", "4")
    choose(page, "home/water_safe", "否")
    choose(page, "home/water_why", "取水远")
    answer_second_page(page)
    go_to_summary(page)
    page.click("#finish")
    page.wait_for_selector("#summary[data-outcome=awaiting]")


def answer_second_page(page: Page) -> None:
    """The least that the page of members asks for."""
    page.click("#next")
    answer_member(page, 0, "王大", "41")


def enter_pin(page: Page, pin: str) -> None:
    """Types a PIN on the second's screen."""
    page.wait_for_selector("#lock[data-view=second_pin] .lock-key")
    page.keyboard.type(pin)


def test_second__on_the_leads_tablet__looks_changes_and_signs_with_their_pin(
    app: Flask, open_page: Callable[..., Page], assignment: Assignment, session: Session
) -> None:
    second = find_or_add_person(session, "second1")
    give_pin(app, session, second, SECOND_PIN)
    page = open_page("lead1", "/tablet/")
    hand_over(page)
    summary = page.locator("#summary")
    for text in ("饮水不安全", "花名册：3", "没有记录位置", "second1"):
        expect(summary).to_contain_text(text)
    reload_tablet(page)
    page.wait_for_selector("#summary[data-outcome=awaiting]")
    open_tablet(page)
    expect(page.locator("[data-assignment] .badge, [data-assignment] .state").first).to_contain_text("待副访")
    begin(page)
    page.get_by_role("button", name="您家有几口人").first.click()
    fill(page, "home/n_members", "3")
    go_to_summary(page)
    expect(summary).to_contain_text("副访改动的答案（1 题）")
    expect(summary).to_contain_text("4 → 现为 3")
    page.click("#countersign")
    enter_pin(page, "602916")
    expect(page.locator("#lock .lock-state")).to_contain_text("不对")
    enter_pin(page, SECOND_PIN)
    page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")
    [submission] = arrived(page, session)
    signature = session.scalars(select(Countersignature)).one()
    assert (signature.user_id, signature.is_verified, signature.reason) == (second.id, True, "")
    [change] = signature.changes
    assert (change["node"], change["old"], change["new"]) == ("/data/home/n_members", "4", "3")
    assert submission.answers["home"]["n_members"] == 3
    assert "not_countersigned" not in {flag.check for flag in submission.flags}


@pytest.mark.soak
def test_second__who_is_not_there__is_named_with_the_reason_and_the_lead_may_take_it_back(
    app: Flask, open_page: Callable[..., Page], assignment: Assignment, session: Session
) -> None:
    page = open_page("lead1", "/tablet/")
    hand_over(page)
    expect(page.locator("#countersign")).to_be_disabled()
    expect(page.locator("#summary")).to_contain_text("尚未设置 PIN")
    page.click("#hand-back")
    fill(page, "home/n_members", "5")
    assert [card["state"] for card in drafts(page)] == ["draft"]
    finish(page)
    [submission] = arrived(page, session)
    assert submission.answers["home"]["n_members"] == 5
    assert session.scalars(select(Countersignature.changes)).one() == []
    assert session.scalars(select(Flag.value).where(Flag.check == "not_countersigned")).one() == "副访在另一户"


@pytest.mark.soak
def test_independent_records__each_on_their_own_tablet__see_nothing_of_each_other(
    app: Flask, open_page: Callable[..., Page], assignment: Assignment, session: Session
) -> None:
    session.get_one(Visit, assignment.visit_id).records = "independent"
    for username in ("lead1", "second1"):
        give_pin(app, session, find_or_add_person(session, username))
    for username, n_members in (("lead1", "4"), ("second1", "3")):
        page = open_page(username, "/tablet/")
        open_tablet(page)
        expect(page.locator("[data-assignment]").first).not_to_contain_text("已上报")
        open_assignment(page)
        expect(question(page, "home/n_members").locator("input.control")).to_have_value("")
        answer_first_page(page, n_members)
        answer_second_page(page)
        go_to_summary(page)
        page.click("#finish")
        page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")
        assert page.locator("#countersign").count() == 0
        expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
        page.context.close()
    assert [(each.recorded_as, each.answers["home"]["n_members"]) for each in stored(session)] == [("lead", 4), ("second", 3)]
    assert session.scalars(select(Flag).where(Flag.check == "repeated_assignment")).all() == []


@pytest.mark.soak
def test_returned_interview__with_a_question_about_an_answer__shows_it_there_until_something_is_done(
    app: Flask, open_page: Callable[..., Page], assignment: Assignment, session: Session
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page, "4")
    answer_second_page(page)
    finish(page)
    [first] = arrived(page, session)
    session.rollback()
    with session_scope(app) as writing:
        coordinator, found = find_or_add_person(writing, "coordinator"), writing.get_one(Submission, first.instance_id)
        questionnaire = load_questionnaire(found.questionnaire)
        note_query(writing, coordinator, found, questionnaire, "/data/home/n_members", "户口本上是三口人", utc_now())
        note_query(writing, coordinator, found, questionnaire, "/data/record/n_children", "孩子少了一个", utc_now())
        return_submission(writing, coordinator, found, "请看题旁的提问", utc_now())
    open_tablet(page)
    expect(page.locator(".task-reason")).to_contain_text("请看题旁的提问")
    begin(page)
    # What is computed stands at no question.
    expect(page.locator("#banner")).to_contain_text("孩子少了一个")
    asked = question(page, "home/n_members").locator(".answer-query")
    expect(asked).to_contain_text("户口本上是三口人")
    expect(asked).to_contain_text("请更正")
    page.click("#open-contents")
    page.click("[data-list=asked]")
    expect(page.locator("#contents-list .summary-link")).to_have_count(1)
    page.locator("#contents-list .summary-link").click()
    go_to_summary(page)
    for text in ("协调员询问的 1 题还没有更正", "孩子少了一个"):
        expect(page.locator("#summary")).to_contain_text(text)
    page.locator("#summary .summary-link", has_text="您家有几口人").click()
    fill(page, "home/n_members", "3")
    expect(asked).to_contain_text("已更正")
    finish(page)
    [_, edit] = arrived(page, session)
    assert (edit.deprecated_id, edit.answers["home"]["n_members"]) == (first.instance_id, 3)
    office = open_page("coordinator", f"/review/{edit.instance_id}")
    shown = office.locator("[id='/data/home/n_members']")
    for text in ("3", "户口本上是三口人", "4"):
        expect(shown).to_contain_text(text)
    shown.get_by_role("button", name="了结此问").click()
    expect(shown.locator(".answer-query.resolved")).to_contain_text("户口本上是三口人")
    expect(shown.get_by_role("button", name="了结此问")).to_have_count(0)


@pytest.mark.soak
def test_log__of_an_answer_that_the_second_changes__names_them(
    app: Flask, open_page: Callable[..., Page], assignment: Assignment, session: Session
) -> None:
    page = open_page("lead1", "/tablet/")
    hand_over(page)
    page.get_by_role("button", name="您家有几口人").first.click()
    fill(page, "home/n_members", "3")
    go_to_summary(page)
    finish_alone(page)
    [submission] = arrived(page, session)
    [log] = [file for file in submission.attachments if file.name == "audit.csv"]
    storage: Storage = app.extensions["survey.storage"]
    text = storage.get(log.sha256).decode()
    assert read_audit_log(text.encode())
    rows = [line for line in text.splitlines() if "/data/home/n_members" in line and line.startswith("question")]
    assert rows[0].split(",")[-1] == "lead1"
    assert rows[-1].split(",")[-1] == "second1"


@pytest.mark.soak
def test_absence__being_explained_when_the_page_is_drawn_anew__keeps_its_reason(
    open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    hand_over(page)
    page.click("#without-second summary")
    page.fill("#second-reason", "副访在另一户")
    for language in ("English", "中文"):
        page.select_option("#language", label=language)
        expect(page.locator("#without-second")).to_have_attribute("open", "")
        expect(page.locator("#second-reason")).to_have_value("副访在另一户")
        expect(page.locator("#finish-alone")).to_be_enabled()
