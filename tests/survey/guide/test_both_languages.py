"""What is written twice says the same: each page of the reference has a Chinese one of the same build, code, tables, links and numbers."""

import re
from collections import Counter
from pathlib import PurePosixPath
from posixpath import dirname, normpath

import pytest

from survey.guide.sources import SHARED, list_sources
from tests.guide import GUIDE

ROOT = GUIDE.parents[1]
GENERATED = ("commands", "settings", "rights", "data_levels", "xlsform_coverage", "licences")
"""Pages that a program writes in both languages; a test of each compares it with what the program writes."""
STANDING = {source.path: source.stands_for for source in list_sources(ROOT, "zh") if source.stands_for}
PAIRS = sorted((english, chinese) for chinese, english in STANDING.items() if PurePosixPath(english).stem not in GENERATED)
BLOCK = re.compile(r"^( *)```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}[^\n]*\n)+", re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\]\((?![a-z]+:)([^()#\s]*)(#?)[^()\s]*\)")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
ITEM = re.compile(r"^ *(?:-|\d+\.) ", re.MULTILINE)
TABLE = re.compile(r"(?:^\|.*\n?)+", re.MULTILINE)
REMARK = re.compile(r"\s#.*$", re.MULTILINE)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)*")


def read(path: str) -> str:
    """The Markdown of a page."""
    return (ROOT / path).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """The page without its blocks of code."""
    return INDENTED.sub("", BLOCK.sub("", text))


def code_of(text: str) -> list[str]:
    """The blocks of code, without their remarks and with blanks as one."""
    blocks = [found[2] for found in BLOCK.finditer(text)] + INDENTED.findall(BLOCK.sub("", text))
    return [" ".join(REMARK.sub("", block).split()) for block in blocks]


def build_of(text: str) -> list[object]:
    """The levels of its headings, how many entries its lists have below each, and rows and columns of its tables, in their order."""
    parts = [len(mark) for mark in HEADING.findall(text)], [len(ITEM.findall(part)) for part in re.split(r"^#+ ", text, flags=re.MULTILINE)]
    tables = [(table.strip().count("\n") + 1, table.split("\n")[0].replace(r"\|", "").count("|")) for table in TABLE.findall(text)]
    return [*parts, tables]


def links_of(path: str, text: str) -> Counter[tuple[str, str]]:
    """To which pages it leads, each under the name of the English one, and whether to a place on them."""
    found = [(normpath(f"{dirname(path)}/{file}") if file else "", sign) for file, sign in LINK.findall(text)]
    return Counter((STANDING.get(file, file).replace("/zh/", "/en/"), sign) for file, sign in found)


def names_in(text: str) -> set[str]:
    """What stands in the lines as code, with blanks as one."""
    return {" ".join(found.split()) for found in INLINE.findall(prose(text))}


def is_told(number: str, text: str) -> bool:
    """Whether a Chinese page has the number, in digits or counted in 万."""
    n_10k, rest = divmod(int(number), 10_000) if number.isdigit() else (0, 1)
    return number in numbers_of(text) or (n_10k > 0 and rest == 0 and ("万" if n_10k == 1 else f"{n_10k} 万") in text)


def numbers_of(text: str) -> set[str]:
    """The numbers written in digits, outside code and links, without what parts their thousands."""
    return {found.replace(",", "").rstrip(".") for found in NUMBER.findall(INLINE.sub("", LINK.sub("", prose(text))))}


def test_reference__every_page__has_a_chinese_one() -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {*SHARED}
    assert {f"docs/{name}.md" for name in pages} == set(STANDING.values())


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_page__in_chinese__is_built_as_the_english_one(english: str, chinese: str) -> None:
    one, other = read(english), read(chinese)
    assert build_of(prose(other)) == build_of(prose(one))
    assert code_of(other) == code_of(one)
    assert links_of(chinese, prose(other)) == links_of(english, prose(one))


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_page__in_chinese__has_every_name_and_number_of_the_english_one(english: str, chinese: str) -> None:
    one, other = read(english), read(chinese)
    names, told = names_in(one), names_in(other)
    assert (sorted(names - told), sorted(told - names)) == ([], [])
    assert [number for number in sorted(numbers_of(one)) if not is_told(number, other)] == []
