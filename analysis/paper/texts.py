"""A questionnaire's texts as plain lines: without markup, with something readable where an answer would be shown. Pure."""

import re
from collections.abc import Callable

OUTPUT = re.compile(r"\$\{([^}]*)\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
HEADING = re.compile(r"(?m)^#{1,6} +")
EMPHASIS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1(?![\w*_])")
OWN_NUMBER = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十百]+(?:、|部分[：:]?|[.．])|[（(][一二三四五六七八九十百\d]+[)）]|\d{1,2}\s?[.、)]\s?(?!\d))\s*"
)
BLANK = "＿＿＿＿"


def plain_text(text: str, show_output: Callable[[str], str] = lambda _: BLANK) -> str:
    """The text without Markdown and tags, its lines kept; `show_output` gives what stands for an expression that the text shows."""
    pieces = OUTPUT.split(text)
    shown = "".join(show_output(piece) if number % 2 else piece for number, piece in enumerate(pieces))
    shown = LINK.sub(r"\1 (\2)", TAG.sub("", shown))
    shown = EMPHASIS.sub(r"\2", EMPHASIS.sub(r"\2", HEADING.sub("", shown)))
    return "\n".join(line.strip() for line in shown.splitlines() if line.strip())


def without_number(title: str) -> str:
    """The title without a number that its author has put before it ("一、", "2. ")."""
    return OWN_NUMBER.sub("", title, count=1) or title


def width_of(text: str) -> float:
    """How wide the text is printed, in Chinese characters; a Latin letter counts half."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.5 for letter in text)
