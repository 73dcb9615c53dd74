"""The guide says what the program says: every word that it quotes is on a page or on the tablet, and both languages tell the same steps."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from myst_parser.slugs import github_slugify

from survey.i18n import PO
from tests.guide import GUIDE, Token, read_page, read_steps, read_tokens, words_by_section

WORDS = Path(__file__).parent.parent / "survey" / "static" / "tablet" / "screen" / "words"
ENTRY = re.compile(r'^    (\w+):\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
LANGUAGES = ("en", "zh")
JOINTS = re.compile(r"(Confirm|确认)(?:: |：)(.+)")
PAGES = sorted(path.stem for path in (GUIDE / "zh").glob("*.md"))


@cache
def program_texts() -> tuple[tuple[str, str], ...]:
    """Every text of the program as (English, Chinese): those of the pages, and those of the tablet."""
    return tuple((*_page_texts(), *_tablet_texts()))


def _page_texts() -> Iterator[tuple[str, str]]:
    with PO.open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield tuple(text if isinstance(text, str) else text[0] for text in (message.id, message.string))


def _tablet_texts() -> Iterator[tuple[str, str]]:
    for path in WORDS.glob("*.js"):
        chinese, _, english = path.read_text(encoding="utf-8").partition("\n  en: {")
        translated = dict(ENTRY.findall(chinese))
        yield from ((text, translated[key]) for key, text in ENTRY.findall(english) if key in translated)


def is_said(word: str, text: str, kind: str) -> bool:
    """Whether a page may show this word for this text: as a whole where it is pressed, within it where it is only seen."""
    fixed = [part for part in PLACEHOLDER.split(text) if part.strip()]
    if kind == "see" and any(word in part for part in fixed):
        return True
    if fixed and text.startswith(fixed[0]) and word == fixed[0].strip() or word == text:
        return True
    # Only what begins as the text does can be the text with its gaps filled.
    return bool(fixed) and word.startswith(fixed[0][:2]) and bool(re.fullmatch(".*".join(map(re.escape, PLACEHOLDER.split(text))), word))


def split(token: Token) -> list[Token]:
    """The texts that a button is made of: "Confirm: …" and what is confirmed, else the one."""
    joint = JOINTS.match(token.text)
    return [Token(token.kind, text, token.is_data) for text in joint.groups()] if joint else [token]


def is_translated(english: Token, chinese: Token) -> bool:
    """Whether the program has one text that is the one word in English and the other in Chinese."""
    return any(
        is_said(english.text, source, english.kind) and is_said(chinese.text, text, chinese.kind) for source, text in program_texts()
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_word__that_the_guide_quotes__stands_in_the_program(page: str, language: str) -> None:
    known = [texts[LANGUAGES.index(language)] for texts in program_texts()]
    marked = [token for token in read_tokens(read_page(language, page)) if token.kind in ("press", "see") and not token.is_data]
    quoted = [part for token in marked for part in split(token)]
    assert [token.text for token in quoted if not any(is_said(token.text, text, token.kind) for text in known)] == []


@pytest.mark.parametrize("page", sorted({*PAGES} - {"worked_visit"}))
def test_word__that_a_section_has_pressed_in_english__is_one_that_it_has_pressed_in_chinese(page: str) -> None:
    sections = [[*dict.fromkeys(re.findall(r"^## (.+)$", read_page(language, page), re.MULTILINE))] for language in LANGUAGES]
    assert len(sections[0]) == len(sections[1])
    number_of = [{github_slugify(heading): number for number, heading in enumerate(each, 1)} for each in sections]
    chinese = {(number_of[1].get(place, 0), word) for place, word in words_by_section("zh", page)}
    lost = []
    for place, word in words_by_section("en", page):
        number = number_of[0].get(place, 0)
        meant = [text for source, text in program_texts() if is_said(word, source, "press")]
        if not any(is_said(other, text, "press") for at, other in chinese if at == number for text in meant):
            lost.append((place, word))
    assert lost == []


def test_pages__of_both_languages__are_the_same() -> None:
    assert [path.stem for path in sorted((GUIDE / "en").glob("*.md"))] == PAGES


def test_worked_visit__in_english__has_the_steps_of_the_chinese_one() -> None:
    chinese, english = read_steps("zh"), read_steps("en")
    assert [(step.username, step.is_on_tablet) for step in english] == [(step.username, step.is_on_tablet) for step in chinese]
    for one, other in zip(english, chinese, strict=True):
        assert [(token.kind, token.is_data) for token in one.tokens] == [(token.kind, token.is_data) for token in other.tokens], other
        done = [[token.text for token in step.tokens if token.kind == "act"] for step in (one, other)]
        assert done[0] == done[1]
        marked = [[token for token in step.tokens if not token.is_data and token.kind != "act"] for step in (one, other)]
        words = [[part for token in tokens for part in split(token)] for tokens in marked]
        assert [pair for pair in zip(*words, strict=True) if not is_translated(*pair)] == []


def test_worked_visit__told_to_a_newcomer__has_every_kind_of_step() -> None:
    steps = read_steps("zh")
    kinds = {token.kind for step in steps for token in step.tokens}
    assert kinds == {"press", "value", "see", "at", "typed", "act"}
    assert {step.username for step in steps} == {"coordinator", "lead1", "second1", "county", "author"}
    assert len({step.stage for step in steps}) == 9
