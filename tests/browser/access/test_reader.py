"""What a screen reader needs of the tablet, found by listening to one: a place for digits, questions that say their state, one alarm."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from survey.visits.models import Assignment
from tests.browser.field import choose, fill, open_assignment, open_tablet, question
from tests.browser.pins import PIN

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
