"""Filling in a questionnaire in a real browser: skip logic, messages, languages, repeats, drafts, the list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.device import until_kept
from tests.browser.field import (
    FORM_PATH,
    HOME_READY,
    READY,
    answer_both_pages,
    answer_first_page,
    answer_member,
    choose,
    drafts,
    fill,
    finish,
    go_to_summary,
    open_assignment,
    open_tablet,
    question,
    reload_tablet,
    stored,
)
from tests.builders import add_assignment, add_household, find_or_add_person


def test_interview__from_list_to_server__is_stored_with_what_was_given_beforehand(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    expect(page.locator("#interview-title")).to_have_text("001 户主001")
    expect(question(page, "home/greeting")).to_contain_text("请向户主001说明来意。")
    answer_both_pages(page)
    page.click("#next")
    question(page, "record/place").locator("[data-position=record]").click()
    expect(question(page, "record/place").locator(".position-shown")).to_contain_text("33.33191")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert submission.assignment_id == assignment.id
    assert submission.lead_id == assignment.pair.lead_id
    assert submission.answers["home"] == {"n_members": 3, "water_safe": "yes"}
    assert submission.answers["members"] == [{"m_name": "王大", "m_age": 41}]
    assert submission.answers["record"]["place"]["latitude"] == 33.33191
    assert submission.started_at is not None
    assert submission.ended_at is not None
    open_tablet(page)
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "received")


def test_skip_logic__and_calculation__follow_the_answers(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", f"{FORM_PATH}")
    page.wait_for_selector(READY)
    why = question(page, "home/water_why")
    expect(why).to_be_hidden()
    choose(page, "home/water_safe", "否")
    expect(why).to_be_visible()
    choose(page, "home/water_safe", "否")
    expect(why).to_be_hidden()
    fill(page, "home/n_members", "4")
    fill(page, "home/income_cny", "１2,000")
    expect(question(page, "home/per_head_shown").locator(".question-text")).to_have_text("人均 3000 元")


def test_wrong_answer__is_said_after_leaving_it__in_the_language_of_the_page(
    open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    error = question(page, "home/n_members").locator(".question-error")
    question(page, "home/n_members").locator("input").type("99")
    expect(error).to_be_hidden()
    question(page, "home/n_members").locator("input").blur()
    expect(error).to_have_text("人口数应在 1 到 20 之间。")
    page.select_option("#language", label="English")
    expect(error).to_have_text("Between 1 and 20, please.")
    expect(page.locator("[data-page='0'] h1")).to_have_text("The household")
    expect(page.locator("#next")).to_have_text("Next")
    fill(page, "home/n_members", "9")
    expect(error).to_be_hidden()


def test_next__with_unanswered_required__shows_them_once_and_then_lets_go_on(
    open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    page.click("#next")
    expect(page.locator("[data-page='0']")).to_be_visible()
    expect(question(page, "home/n_members").locator(".question-error")).to_have_text("此题必答。")
    page.click("#next")
    expect(page.locator("[data-page='1']")).to_be_visible()
    go_to_summary(page)
    expect(page.locator("#finish")).to_be_disabled()
    page.locator(".summary-link").first.click()
    expect(page.locator("[data-page='0']")).to_be_visible()


def test_draft__after_reload__has_every_answer_and_its_page(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "9")
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王小", "7")
    until_kept(page, "/m_age", "7")
    reload_tablet(page)
    page.wait_for_selector(READY)
    expect(page.locator("[data-page='1']")).to_be_visible()
    expect(page.locator(".instance-title")).to_have_text(["王大 · 9", "王小 · 7"])
    open_tablet(page)
    expect(page.locator("[data-assignment] .task-state")).to_contain_text("草稿")
    expect(page.locator("[data-assignment] .task-open")).to_have_text("继续填写")


def test_repeat__removed_by_mistake__comes_back_with_undo(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    answer_member(page, 0, "王大", "9")
    choose(page, "members/m_school", "是")
    page.locator("[data-repeat=remove]").click()
    expect(page.locator(".instance")).to_have_count(0)
    expect(page.locator(".repeat-empty")).to_be_visible()
    page.click("#toast button")
    expect(page.locator(".instance-title")).to_have_text("王大 · 9")
    expect(question(page, "members/m_school").locator("input[value=yes]")).to_be_checked()
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王二", "8")
    page.locator("[data-repeat=remove]").first.click()
    page.click("#next")
    expect(question(page, "record/children_shown").locator(".question-text")).to_have_text("十六岁以下 1 人")


def test_list__searched_and_filtered__shows_what_matches(open_page: Callable[..., Page], session: Session, assignment: Assignment) -> None:
    add_assignment(session, assignment.pair, add_household(session, "027"), "field_form")
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(HOME_READY)
    page.fill("#task-search", "027")
    expect(page.locator("[data-assignment]:visible")).to_have_count(1)
    page.fill("#task-search", "nobody")
    expect(page.locator("#no-match")).to_be_visible()
    page.fill("#task-search", "")
    page.click("[data-show=todo]")
    expect(page.locator("[data-assignment]:visible")).to_have_count(2)
    page.click("[data-show=sent]")
    expect(page.locator("[data-assignment]:visible")).to_have_count(0)


@pytest.mark.soak
def test_form__opened_and_left_unanswered__leaves_no_draft(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    page.click("#next")
    page.wait_for_timeout(400)
    open_tablet(page)
    page.wait_for_selector(HOME_READY)
    assert drafts(page) == []
    expect(page.locator("#device")).to_be_hidden()


@pytest.mark.parametrize("is_trial", [True, False], ids=["trial", "interview"])
def test_form__person_whose_language_is_english__is_english_from_the_start(
    open_page: Callable[..., Page], session: Session, assignment: Assignment, is_trial: bool
) -> None:
    find_or_add_person(session, "lead1").locale = "en"
    session.commit()
    page = open_page("lead1", FORM_PATH)
    if not is_trial:
        open_assignment(page)
    page.wait_for_selector(READY)
    expect(page).to_have_title("Household test")
    title = "Practice (invented) · Household test" if is_trial else "Household test"
    expect(page.locator("#interview-title" if is_trial else ".bar-form")).to_have_text(title)
    expect(page.locator("[data-page='0'] h1")).to_have_text("The household")
    expect(question(page, "home/water_safe").locator(".option").first).to_have_text("Yes")
    page.select_option("#language", label="中文")
    expect(page).to_have_title("入户测试")
    expect(page.locator("[data-page='0'] h1")).to_have_text("家庭基本情况")


def test_warning_about_a_page__answers_given__goes_away(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    toast = page.locator("#toast")
    page.click("#next")
    expect(toast).to_contain_text("需要处理")
    fill(page, "home/n_members", "3")
    expect(toast).to_be_visible()
    choose(page, "home/water_safe", "是")
    expect(toast).to_be_hidden()


def test_warning_about_a_page__page_left_all_the_same__goes_away(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    page.click("#next")
    expect(page.locator("#toast")).to_be_visible()
    page.click("#next")
    expect(page.locator("[data-page='1']")).to_be_visible()
    expect(page.locator("#toast")).to_be_hidden()
