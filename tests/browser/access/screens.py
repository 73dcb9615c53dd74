"""The tablet's screens one after another, each in a state that an interviewer meets: for whatever is to be asked of every one of them."""

import re
from collections.abc import Iterator

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.device import until_kept
from tests.browser.field import FORM_PATH, HOME_READY, OUTCOME, begin, enter_tablet, open_tablet, question
from tests.browser.pins import PIN, give_pin
from tests.builders import NOW, find_or_add_person
from tests.issues import add_reported_issue
from tests.survey.tablet.forms import WIDGETS_FORM, widget_files

SECOND_PIN = "602915"
PROBLEM = ".opening.bad"
FORMS = "**/tablet/forms/**"
SCRIPTS = re.compile(r"/bundles/(?:app|form)\.js")
WIDGET_PAGES = ("typed", "scales", "days", "choices", "table", "media", "places", "texts", "fields", "plots")


def publish_widgets(app: Flask, session: Session) -> QuestionnaireVersion:
    """The published form that has a question of every appearance."""
    with app.app_context():
        beside = Beside(current_storage(), widget_files())
    return publish_questionnaire(session, None, WIDGETS_FORM.encode(), "widgets.md", NOW, beside)


def prepare_day(app: Flask, session: Session) -> None:
    """An issue in the village of the household, to be asked about there, and a second interviewer who can sign."""
    add_reported_issue(session, find_or_add_person(session, "coordinator"), NOW)
    give_pin(app, session, find_or_add_person(session, "second1"), SECOND_PIN)


def list_screens(page: Page) -> Iterator[str]:
    """The list of households and what opens from it; the page is at /tablet/."""
    page.wait_for_selector(HOME_READY)
    yield "list"
    page.click("#download")
    page.wait_for_selector("#package[data-state=complete]")
    yield "list, package complete"
    page.fill("#task-search", "没有这户")
    expect(page.locator("#no-match")).to_be_visible()
    yield "list, nothing found"
    page.fill("#task-search", "")
    page.click("#open-menu")
    expect(page.locator("#menu")).to_be_visible()
    yield "menu"
    page.keyboard.press("Escape")
    page.locator(".task-unmet").first.click()
    page.click("#unmet [type=submit]")
    expect(page.locator(".unmet-problem")).not_to_be_empty()
    yield "why there is no interview, with an error"
    page.keyboard.press("Escape")
    page.locator(".house-asked").first.click()
    page.locator("#look-back textarea").first.fill("没有选")
    page.click("#look-back [type=submit]")
    expect(page.locator(".look-back-problem")).not_to_be_empty()
    yield "look-back of an issue, with an error"
    page.keyboard.press("Escape")
    page.click("#lock-now")
    page.wait_for_selector("#lock .lock-key")
    yield "lock"
    page.keyboard.type("000000")
    # Until it has been checked, and that has been said, no other PIN is taken.
    expect(page.locator("#lock .lock-state.is-bad")).not_to_be_empty()
    yield "lock, wrong PIN"
    enter_tablet(page, PIN)


def interview_screens(page: Page) -> Iterator[str]:
    """An interview of the field form from its first page to what lies in the outbox; the page is at /tablet/."""
    open_tablet(page)
    begin(page)
    yield "form"
    page.click("#next")
    expect(page.locator(".question-error:visible").first).to_be_visible()
    yield "form, answers missing"
    members = question(page, "home/n_members")
    members.locator("input.control").fill("99")
    members.locator("input.control").blur()
    expect(members.locator(".question-error")).to_be_visible()
    members.locator(".note-open").click()
    members.locator(".note-field").fill("户口簿不在家")
    yield "form, wrong answer and a note"
    members.locator("input.control").fill("3")
    page.locator("[data-path='/data/home/water_safe'] .option").first.click()
    until_kept(page, "/water_safe")
    page.click("#open-contents")
    expect(page.locator("#contents")).to_be_visible()
    yield "contents"
    page.keyboard.press("Escape")
    page.click("#open-help")
    expect(page.locator("#help")).to_be_visible()
    yield "settings and help"
    page.keyboard.press("Escape")
    page.click("#next")
    card = page.locator(".instance").first
    card.locator("[data-path$='/m_name'] input").fill("王大")
    card.locator("[data-path$='/m_age'] input").fill("41")
    page.locator(".repeat-add").click()
    expect(page.locator(".instance")).to_have_count(2)
    yield "form, members"
    page.locator("[data-repeat=remove]").last.click()
    expect(page.locator("#toast")).to_be_visible()
    yield "form, a member removed"
    page.click("#next")
    expect(question(page, "record/house")).to_be_visible()
    yield "form, position, picture and signature"
    page.click("#next")
    expect(page.locator("#finish")).to_be_visible()
    expect(page.locator("#summary-title")).to_be_focused()
    yield "summary"
    page.click("#finish")
    page.wait_for_selector("#summary[data-outcome=awaiting]")
    expect(page.locator("#second-title")).to_be_focused()
    yield "summary for the second interviewer"
    page.click("#countersign")
    page.wait_for_selector("#lock .lock-key")
    yield "PIN of the second interviewer"
    page.locator("#lock .lock-actions button").last.click()
    page.context.set_offline(True)
    page.click("#without-second summary")
    page.fill("#second-reason", "副访在另一户")
    page.click("#finish-alone")
    page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")
    yield "finished, kept without a network"
    page.context.set_offline(False)
    open_tablet(page)
    yield "list with an outbox"


def opening_screens(page: Page) -> Iterator[str]:
    """What is seen until the list or a form is there, and in the place of a form that cannot be; the page is at /tablet/."""
    open_tablet(page)
    page.route(FORMS, lambda route: route.abort())
    page.locator(".task-open").first.click()
    page.wait_for_selector(PROBLEM)
    yield "form, not without a network"
    page.unroute(FORMS)
    open_tablet(page)
    begin(page)
    other = page.context.new_page()
    other.goto(page.url)
    enter_tablet(other)
    other.locator(f"{PROBLEM} button").click()
    page.wait_for_selector(PROBLEM)
    yield "form, taken over by another window"
    page.route(SCRIPTS, lambda route: route.abort())
    for address in ("/tablet/", FORM_PATH):
        page.goto(address)
        expect(page.locator(".opening [role=status]")).to_be_visible()
        yield f"still opening: {address}"


def widget_screens(page: Page) -> Iterator[str]:
    """Every page of the form of widgets; the page is at the form, tried out."""
    for number, name in enumerate(WIDGET_PAGES):
        page.click("#open-contents")
        page.locator(".contents-entry").nth(number).click()
        yield f"questions: {name}"
