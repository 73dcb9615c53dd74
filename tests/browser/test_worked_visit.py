"""The worked visit of the guide, played from its text by people who know nothing but that text, on a demonstration of their own.

The steps are read from `worked_visit.md` of each language: whatever stands there in bold is pressed or written into, whatever stands there
in italics has to appear. Nothing is read from the database, and no address is known but that of the first page.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.access.by_keys import ByKeys
from tests.browser.conftest import DEMO_PASSWORD, TABLET, WIDE, serving
from tests.browser.field import ENTERED, PATIENCE_MS, enter_tablet
from tests.browser.newcomer import Newcomer
from tests.browser.test_household import ANSWER_PAGE
from tests.guide import Step, Token, read_steps
from tests.word_files import open_word

pytestmark = pytest.mark.soak

MOST_PAGES = 60
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SIGNING_IN = {"zh": ("中文", "用户名", "密码", "登录"), "en": ("English", "User name", "Password", "Sign in")}
"""What is pressed for the language, and the words of the sign-in page."""
TITLES = {"zh": "办事有人要好处", "en": "Favours asked for"}
"""The title of the issue that the report tells of, in its language."""
Arrive = Callable[[str, bool, str], Newcomer]


@pytest.fixture
def arrive(browser: Browser, demo_app: Flask) -> Iterator[Arrive]:
    """A function that seats a person of the demonstration at a computer or a tablet, where they sign in, in a language, and stay.

    Who reads Chinese has no mouse.
    """
    seats: dict[tuple[str, bool], Newcomer] = {}
    contexts: list[BrowserContext] = []
    with serving(demo_app) as address:

        def arrive(username: str, is_on_tablet: bool, language: str) -> Newcomer:
            if (username, is_on_tablet) not in seats:
                width, height = TABLET if is_on_tablet else WIDE
                size = {"width": width, "height": height}
                context = browser.new_context(base_url=address, viewport=size, locale=LOCALES[language], reduced_motion="reduce")
                contexts.append(context)
                page = context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                page.goto("/")
                newcomer = ByKeys(page) if language == "zh" else Newcomer(page)
                shown, name, password, sign_in = SIGNING_IN[language]
                newcomer.press(shown)
                newcomer.write(name, username)
                newcomer.write(password, DEMO_PASSWORD)
                newcomer.press(sign_in)
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
        page.keyboard.press("Control+Enter")
        if summary.is_visible():
            break
    assert page.locator(".summary-message").all_text_contents() == []


def take(newcomer: Newcomer, step: Step, folder: Path) -> None:
    """Takes one step of the guide, word by word."""
    tokens, page = step.tokens, newcomer.page
    for number, token in enumerate(tokens):
        before, after = tokens[number - 1] if number else None, tokens[number + 1] if number + 1 < len(tokens) else None
        match token, after:
            case Token("press"), Token("act", "downloaded"):
                # Drafting takes longer than any page.
                with page.expect_download(timeout=4 * PATIENCE_MS) as download:
                    newcomer.press(token.text, stays=True)
                download.value.save_as(folder / "draft.docx")
            case Token("act", "typed again"), _:
                assert before is not None
                enter_tablet(page, before.text)
            case Token("act", "second's PIN"), Token("value"):
                sign_as_second(page, after.text)
            case Token("act", "cut off"), _:
                page.context.set_offline(True)
            case Token("act", "connected"), _:
                page.context.set_offline(False)
            case Token("act", "loaded anew"), Token("press"):
                newcomer.load_anew_for(after.text)
            case Token("act", "all answered"), _:
                answer_all(page)
            case _:
                newcomer.follow(token, after)


@pytest.mark.parametrize("language", LOCALES)
def test_worked_visit__by_the_guides_own_words__goes_from_the_invitation_to_the_look_back(
    arrive: Arrive, tmp_path: Path, record_property: Callable[[str, object], None], language: str
) -> None:
    clicks: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    steps = read_steps(language)
    for step in steps:
        newcomer = arrive(step.username, step.is_on_tablet, language)
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
    assert TITLES[language] in text
