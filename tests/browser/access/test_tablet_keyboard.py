"""An interview on the tablet from the PIN to the second interviewer's signature, by the keys of a keyboard alone."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import Countersignature
from survey.issues.models import HouseholdOutcome
from survey.outcomes.models import AssignmentOutcome
from survey.visits.models import Assignment
from tests.browser.access.keyboard import choose_next, press, set_day, tab_to, tick, write
from tests.browser.access.screens import SECOND_PIN, prepare_day, publish_widgets
from tests.browser.field import HOME_READY, OUTCOME, READY, arrived, question
from tests.builders import add_pair, add_visit

pytestmark = pytest.mark.soak


def answer(page: Page, path: str, label: str) -> None:
    """Choose one of a question's choices."""
    tick(question(page, path).get_by_label(label, exact=True))


def member(page: Page, number: int, name: str, age: str) -> None:
    """Write name and age of a member."""
    card = page.locator(".instance").nth(number)
    write(card.locator("[data-path$='/m_name'] input"), name)
    write(card.locator("[data-path$='/m_age'] input"), age)


def to_next_page(page: Page, shown: Locator) -> None:
    """To the page after this one, on which something is seen."""
    page.keyboard.press("Control+Enter")
    expect(shown).to_be_visible()


def open_day(open_page: Callable[..., Page], app: Flask, session: Session) -> Page:
    """The list of a day's households on the tablet, whose holder does not touch it."""
    prepare_day(app, session)
    page = open_page("lead1", "/tablet/")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_selector(HOME_READY)
    return page


def test_interview__without_touch__is_filled_in_finished_and_countersigned(
    open_page: Callable[..., Page], app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_day(open_page, app, session)
    press(page.locator(".task-open").first)
    page.wait_for_selector(READY)
    write(question(page, "home/n_members").locator("input.control"), "3")
    answer(page, "home/water_safe", "否")
    answer(page, "home/water_why", "取水远")
    answer(page, "home/water_why", "水质差")
    to_next_page(page, page.locator(".repeat-add"))
    member(page, 0, "王大", "41")
    press(page.locator(".repeat-add"))
    expect(page.locator(".instance .instance-toggle").nth(1)).to_be_focused()
    member(page, 1, "王二", "39")
    press(page.locator("[data-repeat=remove]").nth(1))
    expect(page.locator(".repeat-add")).to_be_focused()
    expect(page.locator(".instance")).to_have_count(1)
    to_next_page(page, question(page, "record/house"))
    to_next_page(page, page.locator("#finish"))
    press(page.locator("#finish"))
    page.wait_for_selector("#summary[data-outcome=awaiting]")
    press(page.locator("#countersign"))
    page.wait_for_selector("#lock .lock-key")
    page.keyboard.type(SECOND_PIN)
    page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")
    expect(page.locator("#summary h1")).to_be_focused()
    [submission] = arrived(page, session)
    assert submission.answers["home"]["water_why"] == ["far", "dirty"]
    assert [each["m_name"] for each in submission.answers["members"]] == ["王大"]
    assert session.scalars(select(Countersignature.is_verified)).all() == [True]


def test_list__without_touch__keeps_the_focus_at_the_household_that_something_is_noted_of(
    open_page: Callable[..., Page], app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_day(open_page, app, session)
    press(page.locator(".house-asked"))
    tick(page.locator("#look-back input[value=fixed]"))
    write(page.locator("#look-back textarea"), "现场看过")
    press(page.locator("#look-back [type=submit]"))
    expect(page.locator("#look-back")).to_have_count(0)
    press(page.locator(".task-unmet"))
    tick(page.locator("#unmet input[value=absent]"))
    write(page.locator("#unmet-note"), "晚上再来")
    press(page.locator("#unmet [type=submit]"))
    expect(page.locator("[data-outcome=told]")).to_be_visible()
    expect(page.locator("#outbox-state")).to_have_text("没有等待上报的答卷。")
    expect(page.locator(".task-unmet")).to_be_focused()
    session.rollback()
    assert session.scalars(select(HouseholdOutcome.outcome)).all() == ["fixed"]
    assert session.scalars(select(AssignmentOutcome.note)).all() == ["晚上再来"]


def test_questions__days_drop_downs_orders_and_scales__are_answered_by_keys(
    open_page: Callable[..., Page], app: Flask, session: Session
) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_selector(READY)
    press(question(page, "typed/pigs").locator("[data-step='1']"))
    expect(question(page, "typed/pigs").locator("input")).to_have_value("1")
    to_next_page(page, question(page, "scales/plain_range"))
    choose_next(question(page, "scales/pick").locator("select"))
    tab_to(question(page, "scales/plain_range").locator("input"), key="Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(question(page, "scales/plain_range").locator(".range-value")).not_to_have_text("未答")
    to_next_page(page, question(page, "days/day"))
    write(question(page, "days/day").locator("[data-part=year]"), "2018")
    choose_next(question(page, "days/day").locator("[data-part=month]"), 2)
    choose_next(question(page, "days/day").locator("[data-part=day]"), 3)
    set_day(question(page, "days/calendar").locator("input"))
    assert question(page, "days/calendar").locator("input").input_value()
    to_next_page(page, question(page, "choices_page/order"))
    choose_next(question(page, "choices_page/dropped").locator("select"))
    down = question(page, "choices_page/order").locator("li", has_text="红").locator("[data-move='1']")
    press(down)
    expect(down).to_be_focused()
    expect(question(page, "choices_page/order").locator("li").nth(1)).to_contain_text("红")
