"""The worked visit of the guide, played from its Chinese text by people who know nothing but that text, on a demonstration of their own.

The steps are read from `docs/guide/zh/worked_visit.md`: whatever stands there in bold is pressed or written into, whatever stands there in
italics has to appear. Nothing is read from the database, and no address is known but that of the first page.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import DEMO_PASSWORD, TABLET, WIDE, serving
from tests.browser.field import ENTERED, PATIENCE_MS, enter_tablet
from tests.browser.newcomer import Newcomer
from tests.browser.test_household import ANSWER_PAGE
from tests.guide import Step, Token, read_steps
from tests.word_files import open_word

pytestmark = [
    pytest.mark.soak,
    # The draw is by chance: where it brings a household first that has an older issue of the demonstration, too, the last stage asks about
    # both, which the text does not tell. Until it does, the visit is played when somebody asks for it.
    pytest.mark.skipif("SURVEY_WORKED_VISIT" not in os.environ, reason="the worked visit is played with SURVEY_WORKED_VISIT=1"),
]

MOST_PAGES = 60
Arrive = Callable[[str, bool], Newcomer]


@pytest.fixture
def arrive(browser: Browser, demo_app: Flask) -> Iterator[Arrive]:
    """A function that seats a person of the demonstration at a computer or a tablet, where they sign in and stay signed in."""
    seats: dict[tuple[str, bool], Newcomer] = {}
    contexts: list[BrowserContext] = []
    with serving(demo_app) as address:

        def arrive(username: str, is_on_tablet: bool) -> Newcomer:
            if (username, is_on_tablet) not in seats:
                width, height = TABLET if is_on_tablet else WIDE
                context = browser.new_context(base_url=address, viewport={"width": width, "height": height}, locale="zh-CN")
                contexts.append(context)
                page = context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                page.goto("/")
                newcomer = Newcomer(page)
                newcomer.write("用户名", username)
                newcomer.write("密码", DEMO_PASSWORD)
                newcomer.press("登录")
                seats[username, is_on_tablet] = newcomer
            return seats[username, is_on_tablet]

        yield arrive
        for context in contexts:
            context.close()


def sign_as_second(page: Page, pin: str) -> None:
    """Types the second's PIN on the screen that asks them to sign."""
    page.wait_for_selector("#lock[data-view=second_pin] .lock-key")
    page.keyboard.type(pin)
    page.wait_for_selector(ENTERED)


def answer_all(page: Page) -> None:
    """Answers every required question that is left, page by page, to the page that says what is lacking: nothing."""
    summary = page.locator("#summary")
    for _ in range(MOST_PAGES):
        assert page.evaluate(ANSWER_PAGE) == ""
        page.click("#next")
        if summary.is_visible():
            break
    assert page.locator(".summary-message").all_text_contents() == []


def take(newcomer: Newcomer, step: Step, folder: Path) -> None:
    """Takes one step of the guide, word by word."""
    tokens, page = step.tokens, newcomer.page
    for number, token in enumerate(tokens):
        before, after = tokens[number - 1] if number else None, tokens[number + 1] if number + 1 < len(tokens) else None
        match token, after:
            case Token("press"), Token("act", "下载 Word 初稿"):
                # Drafting takes longer than any page.
                with page.expect_download(timeout=4 * PATIENCE_MS) as download:
                    newcomer.press(token.text, stays=True)
                download.value.save_as(folder / "draft.docx")
            case Token("act", "再输入一次"), _:
                assert before is not None
                enter_tablet(page, before.text)
            case Token("act", "输入副访的 PIN"), Token("value"):
                sign_as_second(page, after.text)
            case Token("act", "断开网络"), _:
                page.context.set_offline(True)
            case Token("act", "恢复网络"), _:
                page.context.set_offline(False)
            case Token("act", "刷新页面"), Token("press"):
                newcomer.load_anew_for(after.text)
            case Token("act", "照问卷逐题回答"), _:
                answer_all(page)
            case _:
                newcomer.follow(token, after)


def test_worked_visit__by_the_guides_own_words__goes_from_the_invitation_to_the_look_back(
    arrive: Arrive, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    clicks: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    steps = read_steps("zh")
    for step in steps:
        newcomer = arrive(step.username, step.is_on_tablet)
        before = newcomer.n_clicks, newcomer.n_entries
        take(newcomer, step, tmp_path)
        clicks[step.stage] += newcomer.n_clicks - before[0]
        entries[step.stage] += newcomer.n_entries - before[1]
    n_steps = Counter(step.stage for step in steps)
    for stage in n_steps:
        record_property(stage, f"{n_steps[stage]} steps {clicks[stage]} clicks {entries[stage]} fields")
    record_property("all", f"{len(steps)} steps {clicks.total()} clicks {entries.total()} fields")
    text = "\n".join(paragraph.text for paragraph in open_word(tmp_path / "draft.docx").paragraphs)
    assert "略阳县" in text
    assert "办事有人要好处" in text
