"""The guide as tests read it: its pages, the words of the program that it names, and the steps of the worked visit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from myst_parser.slugs import github_slugify

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
ACTIONS = {
    "typed again": ("再输入一次", "twice"),
    "cut off": ("断开网络", "Cut the network off"),
    "connected": ("恢复网络", "Switch the network on"),
    "all answered": ("照问卷逐题回答", "Answer every question"),
    "second's PIN": ("输入副访的 PIN", "types their PIN"),
    "downloaded": ("下载 Word 初稿", "open the Word file"),
    "loaded anew": ("刷新页面", "load the page anew"),
}
"""What somebody does in the worked visit that is no press and no writing, and the words for it in its texts."""
DONE = {words: action for action, languages in ACTIONS.items() for words in languages}
TOKEN = re.compile(
    r"\*\*(?:「(?P<press>[^」]+)」|“(?P<press_en>[^”]+)”|`(?P<data>[^`]+)`)\*\*"
    r"|\*(?:「(?P<see>[^」]+)」|“(?P<see_en>[^”]+)”|`(?P<at>[^`]+)`)\*"
    rf"|`(?P<value>[^`]+)`|(?P<act>{'|'.join(DONE)})"
)
KINDS = {"press_en": "press", "data": "press", "see_en": "see"}
SENTENCE_ENDS = re.compile(r"。|\. ")
"""Between a field and what is written into it no sentence ends."""
PART = re.compile(r"^(##|###|\d+\.) +(.*)$", re.MULTILINE)
PERSON = re.compile(r"[（(](\w+)[，,] *(电脑|平板|computer|tablet)[）)]")


@dataclass(frozen=True, slots=True)
class Token:
    """One marked word: what is pressed or written into, seen, looked at, typed (into no field), or done.

    `is_data` if it is no word of the program.
    """

    kind: str
    text: str
    is_data: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of the worked visit: its stage, who takes it (their user name), whether on a tablet, and its marked words."""

    stage: str
    username: str
    is_on_tablet: bool
    tokens: tuple[Token, ...]


def read_page(language: str, name: str) -> str:
    """The Markdown of a page of the guide."""
    return (GUIDE / language / f"{name}.md").read_text(encoding="utf-8")


def read_tokens(text: str) -> tuple[Token, ...]:
    """The marked words in their order."""
    tokens, end = [], 0
    for each in TOKEN.finditer(text):
        name = each.lastgroup or ""
        kind = KINDS.get(name, name)
        if kind == "value" and SENTENCE_ENDS.search(text[end : each.start()]):
            kind = "typed"
        tokens.append(Token(kind, DONE[each[name]] if kind == "act" else each[name], name in ("data", "value", "at")))
        end = each.end()
    return tuple(tokens)


def words_by_section(language: str, chapter: str) -> Iterator[tuple[str, str]]:
    """The place of a section on its page, and a word of the program that is pressed there; in the order of the page."""
    place = ""
    for line in read_page(language, chapter).splitlines():
        if line.startswith("## "):
            place = github_slugify(line[3:])
        yield from ((place, token.text) for token in read_tokens(line) if token.kind == "press" and not token.is_data)


def read_steps(language: str) -> list[Step]:
    """The steps of the worked visit in their order."""
    stage, username, is_on_tablet, steps = "", "", False, []
    for mark, text in PART.findall(read_page(language, "worked_visit")):
        if mark == "##":
            stage = text
        elif mark == "###":
            person = PERSON.search(text)
            assert person is not None, f"nobody is named in {text}"
            username, is_on_tablet = person[1], person[2] in ("平板", "tablet")
        else:
            steps.append(Step(stage, username, is_on_tablet, read_tokens(text)))
    return steps
