"""What the tablet says by itself in an interview, in both languages: errors, what was removed, where one is, what became of it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.access.checks import CHINESE
from tests.browser.access.hearing import heard, listen
from tests.browser.access.screens import interview_screens, prepare_day
from tests.browser.field import HOME_READY, enter_tablet
from tests.browser.pins import give_keys, give_pin
from tests.builders import find_or_add_person

pytestmark = pytest.mark.soak

SAID = {
    "zh": (
        ("form, answers missing", "status", "本页有 2 处需要处理。"),
        ("form, answers missing", "focus", "您家有几口人？"),
        ("form, wrong answer and a note", "alert", "人口数应在 1 到 20 之间。"),
        ("form, a member removed", "status", "已删除“家庭成员 2”。"),
        ("form, position, picture and signature", "focus", "现场记录"),
        ("summary for the second interviewer", "focus", "副访核对并签名"),
        ("finished, kept without a network", "focus", "已完成，保存在本机，等待上报。"),
        ("list, nothing found", "live", "没有符合条件的农户。"),
    ),
    "en": (
        ("form, answers missing", "status", "2"),
        ("form, answers missing", "focus", "How many members?"),
        ("form, wrong answer and a note", "alert", "Between 1 and 20, please."),
        ("form, a member removed", "status", "was removed."),
        ("finished, kept without a network", "focus", "kept on this device"),
        ("list, nothing found", "live", "No household matches."),
    ),
}
"""The screen, how it is said, and the words that have to be among what is said."""
NOT_OURS = re.compile(r"Opening|户主|第一组|略阳|虚构|中文|副访在另一户")
"""What is said in both languages before the language is known, and what data tell."""


@pytest.mark.parametrize("language", SAID)
def test_interview__heard_and_not_seen__says_what_happens_in_its_language(
    open_page: Callable[..., Page], app: Flask, session: Session, assignment: Assignment, language: str
) -> None:
    prepare_day(app, session)
    lead = find_or_add_person(session, "lead1")
    lead.locale = language
    give_pin(app, session, lead)
    give_keys(app, session)
    page = open_page("lead1", "/", keeps_app=True)
    listen(page)
    page.goto("/tablet/")
    enter_tablet(page)
    page.wait_for_selector(HOME_READY)
    expected = SAID[language]

    def heard_on(screen: str) -> list[dict[str, str]]:
        return heard(page, [(how, words) for on, how, words in expected if on == screen])

    said = {screen: heard_on(screen) for screen in interview_screens(page)}
    page.fill("#task-search", "没有这户")
    said["list, nothing found"] = heard_on("list, nothing found")
    missed = [
        (screen, how, words)
        for screen, how, words in expected
        if not any(each["how"] == how and words in each["words"] for each in said[screen])
    ]
    assert missed == [], said
    if language == "en":
        spoken = {each["words"] for of_screen in said.values() for each in of_screen}
        assert [words for words in spoken if CHINESE.search(words) and not NOT_OURS.search(words)] == []
