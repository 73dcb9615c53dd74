"""Prints `docs/commands.md` from the commands themselves: `python -m docs.commands > docs/commands.md`. A test keeps it true."""

import inspect
import sys
from collections.abc import Iterator

import click

from survey.cli import main

HEAD = """# Commands

Made by `python -m docs.commands` from the commands' own help; a test keeps it true. Every command answers `--help`, says what is wrong
in one line on standard error, and then exits with 1 (with 2 when the command line itself is wrong). Settings come from the environment:
[settings.md](settings.md). The analyst's command, `python -m analysis`, needs none of this; see [bundle.md](bundle.md).
"""


def leaves(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, those of inner groups included, with the words that call it, in the order of the words."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from leaves(command, (*words, name))
        else:
            yield (*words, name), command


def command_section(words: tuple[str, ...], command: click.Command) -> str:
    """The section about one command: how it is called, what it does, and its options."""
    parameters = command.params
    arguments = [each.make_metavar(click.Context(command)) for each in parameters if isinstance(each, click.Argument)]
    paragraphs = (" ".join(text.split()) for text in inspect.cleandoc(command.help or "").split("\n\n"))
    lines = [f"## `{' '.join((*words, *arguments))}`", "", "\n\n".join(paragraphs), ""]
    options = [each for each in parameters if isinstance(each, click.Option)]
    if options:
        lines += ["| option | meaning |", "|---|---|", *(option_row(command, option) for option in options), ""]
    return "\n".join(lines)


def option_row(command: click.Command, option: click.Option) -> str:
    """One option as a row of the table, with its default where it has one."""
    name = ", ".join(option.opts)
    if not option.is_flag:
        name += f" {option.make_metavar(click.Context(command))}"
    notes = [option.help or ""]
    if option.required:
        notes.append("Required.")
    elif option.show_default and option.default is not None:
        notes.append(f"Default: {option.default}.")
    return f"| `{name.replace('|', ', ')}` | {' '.join(note for note in notes if note)} |"


def commands_document() -> str:
    """The whole page."""
    sections = (command_section(words, command) for words, command in leaves(main, ("python", "-m", "survey")))
    return "\n".join([HEAD, *sections])


if __name__ == "__main__":
    sys.stdout.write(commands_document())
