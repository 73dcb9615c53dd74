"""The screens of the tablet, each state of them that an interviewer meets, in both languages.

Each screen is looked through for everything at once: rules of axe-core, names, every size, theme and type. Colours have no language, so
they are looked at on the Chinese screens only.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.access.checks import axe_findings, name_findings
from tests.browser.access.largest import largest_type_findings
from tests.browser.access.screens import interview_screens, list_screens, opening_screens, prepare_day, publish_widgets, widget_screens
from tests.browser.field import READY
from tests.browser.looking import language_findings, look_findings, theme_findings
from tests.builders import add_pair, add_visit

TYPE_SIZE = "parseFloat(getComputedStyle(document.querySelector('.question-text')).fontSize)"
Record = Callable[[str, object], None]

pytestmark = pytest.mark.soak


def look_through(page: Page, screens: Callable[[Page], Iterator[str]], language: str, record_property: Record) -> None:
    """Look at every screen, and fail with what is found on any of them."""
    page.emulate_media(reduced_motion="reduce")
    found = {}
    drawn: set[str] = set()
    for screen in screens(page):
        found[screen] = [*axe_findings(page, without_colours=language != "zh"), *name_findings(page, language)]
        found[screen] += [*look_findings(page, drawn), *language_findings(page, language)]
        if language == "zh":
            found[screen] += theme_findings(page)
        found[screen] += [f"largest type: {each}" for each in largest_type_findings(page)]
    record_property("screens", len(found))
    assert {screen: each for screen, each in found.items() if each} == {}


@pytest.mark.parametrize("screens", [list_screens, interview_screens])
def test_tablet__screens_of_a_day__serve_everybody(
    open_page: Callable[..., Page],
    app: Flask,
    session: Session,
    language: str,
    assignment: Assignment,
    screens: Callable[[Page], Iterator[str]],
    record_property: Record,
) -> None:
    prepare_day(app, session)
    look_through(open_page("lead1", "/tablet/", keeps_app=True), screens, language, record_property)


def test_tablet__until_it_is_opened_and_where_it_cannot_be__serves_everybody(
    open_page: Callable[..., Page], language: str, assignment: Assignment, record_property: Record
) -> None:
    look_through(open_page("lead1", "/tablet/"), opening_screens, language, record_property)


def test_tablet__every_kind_of_question__serves_everybody(
    open_page: Callable[..., Page], app: Flask, session: Session, language: str, record_property: Record
) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    look_through(page, widget_screens, language, record_property)


def test_tablet__largest_type__is_chosen_in_the_settings_and_stays(open_page: Callable[..., Page], app: Flask, session: Session) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    before = page.evaluate(TYPE_SIZE)
    page.click("#open-help")
    page.click("[data-comfort=type-largest]")
    page.reload()
    page.wait_for_selector(READY)
    assert page.evaluate(TYPE_SIZE) >= 1.25 * before
    assert page.locator("html.type-largest").count() == 1
