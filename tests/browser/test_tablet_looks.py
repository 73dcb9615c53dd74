"""The screens of the tablet at every size and theme, in each state that an interviewer meets: nothing cut off, covered, small or faint."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.access.screens import interview_screens, list_screens, prepare_day, publish_widgets, widget_screens
from tests.browser.field import READY
from tests.browser.looking import language_findings, look_findings
from tests.builders import add_pair, add_visit

pytestmark = pytest.mark.soak


def look_at_all(page: Page, screens: Iterator[str], language: str) -> None:
    """Look at every screen, and fail with what is found on any of them."""
    page.emulate_media(reduced_motion="reduce")
    drawn: set[str] = set()
    found = {screen: [*look_findings(page, drawn), *language_findings(page, language)] for screen in screens}
    assert {screen: each for screen, each in found.items() if each} == {}


@pytest.mark.parametrize("screens", [list_screens, interview_screens])
def test_tablet__screens_of_a_day__are_whole(
    open_page: Callable[..., Page],
    app: Flask,
    session: Session,
    language: str,
    assignment: Assignment,
    screens: Callable[[Page], Iterator[str]],
) -> None:
    prepare_day(app, session)
    page = open_page("lead1", "/tablet/", keeps_app=True)
    look_at_all(page, screens(page), language)


def test_tablet__every_kind_of_question__is_whole(open_page: Callable[..., Page], app: Flask, session: Session, language: str) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    look_at_all(page, widget_screens(page), language)
