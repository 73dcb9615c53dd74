"""Prints the page of commands from the commands themselves: `python -m docs.commands > docs/commands.md`, and in Chinese
`python -m docs.commands zh > docs/guide/zh/reference/commands.md`. A test keeps both true."""

import sys
from dataclasses import dataclass

import click

from survey.cli import main
from survey.command_help import Say, leaves, paragraphs, said, speech


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says around the commands in one language; `default` has a gap for the value, and `between` parts sentences."""

    head: str
    columns: str
    required: str
    default: str
    between: str


WORDS = {
    "en": Words(
        """# Commands

Made by `python -m docs.commands` from the commands' own help; a test keeps it true. Every command answers `--help`, in the language of the
terminal, says what is wrong in one line on standard error, and then exits with 1 (with 2 when the command line itself is wrong). Settings
come from the environment: [settings.md](settings.md). The analyst's command, `python -m analysis`, needs none of this; see
[bundle.md](bundle.md).
""",
        "| option | meaning |",
        "Required.",
        "Default: {}.",
        " ",
    ),
    "zh": Words(
        """# 命令

本页由 `python -m docs.commands zh` 从命令自带的帮助生成，由测试保证与程序一致。每个命令都可加 `--help`，
以终端的语言显示帮助；出错时在标准错误输出中用一行说明，并以 1 退出（命令行本身写错的以 2 退出）。
设置从环境变量读取，见[设置](settings.md)。分析人员用的命令 `python -m analysis` 不需要这些，见[数据包](bundle.md)。
""",
        "| 选项 | 含义 |",
        "必填。",
        "默认：{}。",
        "",
    ),
}


def command_section(words: tuple[str, ...], command: click.Command, page: Words) -> str:
    """The section about one command: how it is called, what it does, and its options."""
    parameters = command.params
    arguments = [each.make_metavar(click.Context(command)) for each in parameters if isinstance(each, click.Argument)]
    lines = [f"## `{' '.join((*words, *arguments))}`", "", "\n\n".join(paragraphs(command.help)), ""]
    options = [each for each in parameters if isinstance(each, click.Option) and not each.hidden]
    if options:
        lines += [page.columns, "|---|---|", *(option_row(command, option, page) for option in options), ""]
    return "\n".join(lines)


def option_row(command: click.Command, option: click.Option, page: Words) -> str:
    """One option as a row of the table, with its default where it has one."""
    name = ", ".join(option.opts)
    if not option.is_flag:
        name += f" {option.make_metavar(click.Context(command))}"
    notes = [option.help or ""]
    if option.required:
        notes.append(page.required)
    elif option.show_default and option.default is not None:
        notes.append(page.default.format(option.default))
    return f"| `{name.replace('|', ', ')}` | {page.between.join(note for note in notes if note)} |"


def commands_document(language: str = "en") -> str:
    """The whole page."""
    page, say = WORDS[language], speech(language)
    return "\n".join([page.head, *_sections(page, say)])


def _sections(page: Words, say: Say) -> list[str]:
    return [command_section(words, said(command, say), page) for words, command in leaves(main, ("python", "-m", "survey"))]


if __name__ == "__main__":
    sys.stdout.write(commands_document(*sys.argv[1:]))
