"""The help of commands in the language of the terminal: all of it, in lines as wide as the terminal, and English where none is known."""

import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.cli import COMMANDS, main
from survey.command_help import FILLER, leaves, said, speech, texts_of

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")


def width(line: str) -> int:
    """How many columns of a terminal a line takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def test_help__of_every_command__is_translated() -> None:
    chinese = speech("zh")
    told = [*texts_of(main), *(text for _where, text in COMMANDS.values())]
    assert len(told) > 200
    assert [text for text in told if not CHINESE.search(chinese(text))] == []


def test_said__for_a_command__leaves_the_command_as_it_was() -> None:
    _words, command = next(leaves(main, ()))
    before = command.help
    chinese = said(command, speech("zh"))
    assert CHINESE.search(chinese.help or "")
    assert command.help == before
    assert said(command, speech("fr")).get_short_help_str() == command.get_short_help_str()


def test_help__in_chinese__breaks_lines_where_the_terminal_does() -> None:
    shown = CliRunner().invoke(said(main.commands["backup"], speech("zh")), ["--help"], terminal_width=60).output
    assert FILLER not in shown
    widths = [width(line) for line in shown.splitlines()]
    assert max(widths) <= 60 + 1, "a sign may begin in the last column; click leaves two beside it"
    assert max(widths) >= 58, "lines are filled"


@pytest.mark.parametrize(("locale", "expected", "not_expected"), [("zh_CN.UTF-8", "用法：", "Usage"), ("C.UTF-8", "Usage:", "用法")])
def test_program__at_a_terminal__speaks_its_language(locale: str, expected: str, not_expected: str) -> None:
    surroundings = {**os.environ, "LANG": locale, "LC_ALL": locale, "LANGUAGE": "", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "survey", "ledger", "--help"]
    shown = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=True, encoding="utf-8").stdout
    assert expected in shown
    assert not_expected not in shown
    assert ("输出工作台账" in shown) is (expected == "用法：")


def test_words_of_click__that_people_meet__are_translated() -> None:
    chinese = speech("zh")
    for text in ("Usage:", "Options", "Commands", "Show this message and exit.", "Missing argument", "Error: {message}"):
        assert CHINESE.search(chinese(text)), text
