"""What commands say of themselves in the language of the terminal (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`), else in English.

Click asks the standard library for its own words; ours lie in the same catalogue, that of the pages.
"""

import gettext
import inspect
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from pathlib import Path

import click

TRANSLATIONS = Path(__file__).parent / "translations"
DOMAIN = "messages"
"""Where the standard library looks for words unless it is told otherwise, as click leaves it."""
FILLER = "\ue000"
"""Stands behind each wide sign while lines are broken, so that it counts as the two columns that it takes."""

Say = Callable[[str], str]


def speak_as_the_terminal() -> None:
    """Let click's words and ours be looked for in the catalogue from now on."""
    gettext.bindtextdomain(DOMAIN, str(TRANSLATIONS))


def speech(language: str) -> Say:
    """The function that says a text in a language; a text that the catalogue lacks stays English."""
    return gettext.translation(DOMAIN, TRANSLATIONS, [language], fallback=True).gettext


def paragraphs(help_text: str | None) -> list[str]:
    """The paragraphs of a command's help, each on one line, which is what the catalogue holds."""
    return [" ".join(part.split()) for part in inspect.cleandoc(help_text or "").split("\n\n") if part.strip()]


def leaves(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, those of inner groups included, with the words that call it, in the order of the words."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from leaves(command, (*words, name))
        else:
            yield (*words, name), command


def texts_of(command: click.Command) -> Iterator[str]:
    """Every text of a command's help, those of the commands below it included."""
    yield from paragraphs(command.help)
    if command.short_help:
        yield command.short_help
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from texts_of(each)


def said(command: click.Command, say: Say = gettext.gettext) -> click.Command:
    """A copy of the command that says its help as `say` does; what lies below a group is copied when it is asked for."""
    copied = copy(command)
    told = [say(each) for each in paragraphs(command.help)]
    copied.help = "\n\n".join(told) or None
    if command.short_help:
        copied.short_help = say(command.short_help)
    elif told and told != paragraphs(command.help):
        copied.short_help = told[0].partition("。")[0] + "。"
    copied.params = [said_option(each, say) if isinstance(each, click.Option) else each for each in command.params]
    copied.context_class = TerminalContext
    return copied


def said_option(option: click.Option, say: Say) -> click.Option:
    """A copy of the option with its help so."""
    copied = copy(option)
    copied.help = option.help and say(option.help)
    return copied


class WideFormatter(click.HelpFormatter):
    """Breaks lines where they are as wide as the terminal, whose columns a Chinese sign takes two of."""

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(_filled(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names and what each means."""
        super().write_dl([(name, _filled(told)) for name, told in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        """What was written."""
        return super().getvalue().replace(FILLER, "")


class TerminalContext(click.Context):
    """The context of a command that people call from a terminal."""

    formatter_class = WideFormatter


def _filled(text: str) -> str:
    return "".join(sign + FILLER if unicodedata.east_asian_width(sign) in "WF" else sign for sign in text)
