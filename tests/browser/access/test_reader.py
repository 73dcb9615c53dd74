"""What a screen reader needs of the tablet, found by listening to one: a place for digits, questions that say their state, one alarm."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from survey.visits.models import Assignment
from tests.browser.access.screens import WIDGET_PAGES, publish_widgets
from tests.browser.field import READY, choose, fill, open_assignment, open_tablet, question
from tests.browser.pins import PIN
from tests.builders import NOW, add_pair, add_visit
from tests.survey.tablet.forms import CAPTURE_FORM, capture_files

OpenPage = Callable[..., Page]


def test_pin__typed_into_its_field__is_counted_aloud_and_opens_the_list_at_its_title(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/", keeps_app=True)
    page.goto("/tablet/")
    field = page.get_by_role("textbox", name="设置 6 位数字 PIN")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(
        "lead1 本机上的答卷、照片和名单都用它加密，每次打开都要输入。请记牢，不要告诉别人，也不要写在平板上。"
    )
    # A screen reader hands over characters, and not always the keys they came by.
    page.keyboard.insert_text("2")
    expect(page.locator("#lock [role=status]")).to_have_text("已输入 1 位，共 6 位")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text("x")
    expect(page.locator("#lock [role=status]")).to_have_text("已输入 0 位，共 6 位")
    expect(field).to_have_value("")
    open_tablet(page, PIN)
    expect(page.get_by_role("heading", name="我的农户")).to_be_focused()


def test_questions__unanswered_and_wrong__say_so_and_only_an_answer_aloud(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/", keeps_app=True)
    open_assignment(page)
    members = question(page, "home/n_members").locator("input.control")
    water = question(page, "home/water_safe").get_by_role("radiogroup")
    for control in (members, water):
        expect(control).to_have_attribute("aria-required", "true")
        expect(control).not_to_have_attribute("aria-invalid", "true")
    page.click("#next")
    for control in (members, water):
        expect(control).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".question-error:visible")).to_have_count(2)
    expect(page.locator(".question-error[role=alert]:visible")).to_have_count(0)
    expect(members).to_be_focused()
    expect(members).to_have_accessible_description("按户口簿填写 此题必答。")
    expect(page.locator(".question output")).to_have_count(0)
    fill(page, "home/n_members", "99")
    expect(question(page, "home/n_members").locator(".question-error[role=alert]")).to_have_text("人口数应在 1 到 20 之间。")
    fill(page, "home/n_members", "3")
    choose(page, "home/water_safe", "是")
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def test_question__gone_to_from_the_contents__is_begun_with_what_can_have_the_focus(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/", keeps_app=True)
    page.context.set_geolocation({"latitude": 33.3, "longitude": 106.1, "accuracy": 90})
    open_assignment(page)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(2).click()
    place = question(page, "record/place")
    page.click("#open-contents")
    page.click("[data-list=open]")
    page.locator("#contents .summary-link", has_text="位置").click()
    record = place.locator("[data-position=record]")
    expect(record).to_be_focused()
    # The button alone would not say for which question it is.
    expect(page.get_by_role("group", name="位置").locator("[data-position=record]")).to_be_focused()
    record.press("Enter")
    shown = place.locator(".position-shown")
    expect(shown).to_contain_text("90")
    # What goes by every second is seen only.
    expect(shown.locator("[aria-hidden=true]")).to_contain_text("秒")


def test_order__changed_by_keys__names_what_is_moved_and_says_where_it_is(open_page: OpenPage, app: Flask, session: Session) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(WIDGET_PAGES.index("choices")).click()
    order = question(page, "choices_page/order")
    first = order.locator(".rank li").first
    name = str(first.locator(".rank-text").inner_text()).strip()
    down = first.get_by_role("button", name=f"下移 {name}")
    down.press("Enter")
    expect(order.get_by_role("button", name=f"下移 {name}")).to_be_focused()
    expect(order.get_by_role("status")).to_contain_text(f"{name}：第 2 位")


def test_members__removed__are_named_by_the_button_that_removes_them(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/", keeps_app=True)
    open_assignment(page)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    page.locator(".repeat-add").click()
    expect(page.get_by_role("button", name="删除 家庭成员 2")).to_be_visible()
    page.get_by_role("button", name="删除 家庭成员 1").click()
    expect(page.get_by_role("button", name="删除 家庭成员 1")).to_be_visible()
    undo = page.locator("#toast button")
    undo.press("Enter")
    expect(page.locator(".repeat-add")).to_be_focused()
    expect(page.get_by_role("button", name="删除 家庭成员 2")).to_be_visible()


def test_search_of_choices__typed_into__says_how_many_were_found_and_what_was_chosen(
    open_page: OpenPage, app: Flask, session: Session
) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(WIDGET_PAGES.index("choices")).click()
    town = question(page, "choices_page/town")
    box, told = town.get_by_role("combobox"), town.locator(".search-box [role=status]")
    box.fill("没有这个镇")
    expect(told).to_have_text("没有符合的选项。")
    box.fill("第12镇")
    expect(told).to_have_text("找到 1 项")
    box.press("Enter")
    expect(told).to_have_text("第12镇（虚构）")
    expect(box).to_be_focused()


def test_choices_on_a_sheet__gone_to_by_keys__say_their_question_and_are_in_sight(
    open_page: OpenPage, app: Flask, session: Session
) -> None:
    with app.app_context():
        beside = Beside(current_storage(), capture_files())
    publish_questionnaire(session, None, CAPTURE_FORM.encode(), "capture.md", NOW, beside)
    session.commit()
    page = open_page("lead1", "/tablet/forms/capture/1")
    page.wait_for_selector(READY)
    sheet = question(page, "kept/well").get_by_role("radiogroup", name="水井").first
    first = sheet.get_by_role("radio", name="上井", exact=True)
    first.focus()
    # Its tip is its name: besides another name, it would be read once more.
    expect(first).to_have_accessible_description("")
    zoom = question(page, "kept/well").get_by_role("button", name="放大")
    for _ in range(4):
        zoom.press("Enter")
    last = sheet.get_by_role("radio", name="水渠", exact=True)
    last.focus()
    expect(last).to_be_focused()
    is_in_sight = """each => {
      const [box, sheet] = [each, each.closest("svg")].map((one) => one.getBoundingClientRect());
      return box.right > sheet.left && box.left < sheet.right && box.bottom > sheet.top && box.top < sheet.bottom;
    }"""
    assert last.evaluate(is_in_sight)
    last.press("Enter")
    expect(last).to_be_checked()
    expect(last).to_be_focused()
