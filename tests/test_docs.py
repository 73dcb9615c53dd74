"""The documentation is true: generated pages are current, links lead somewhere, commands and make targets exist."""

import re
from pathlib import Path

import click
import pytest

from docs.commands import commands_document
from docs.guide_pictures import FOLDER, LANGUAGES, PICTURES
from survey.cli import main
from survey.command_help import leaves

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guide").glob("*/**/*.md")])
MAIN = ("python", "-m", "survey")
COMMANDS = {words[len(MAIN) :] for words, _command in leaves(main, MAIN)}
OPTIONS = {words[len(MAIN) :]: {name for option in command.params for name in option.opts} for words, command in leaves(main, MAIN)}
COMMAND_LINE = re.compile(r"-m survey ((?:[a-z][a-z-]+ ?)+)([^`\n]*)")
EXAMPLES = [ROOT / "docs" / name for name in ("api.md", "guide/en/analyst.md", "guide/zh/analyst.md", "guide/zh/reference/api.md")]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)[^)]*\)|src=\"(?!https?://)([^\"]+)\"")


def name_of(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("language", "name"), [("en", "docs/commands.md"), ("zh", "docs/guide/zh/reference/commands.md")])
def test_commands_page__in_the_documentation__is_what_the_commands_say(language: str, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == commands_document(language), f"run: python -m docs.commands {language} > {name}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_page__links__lead_to_files(page: Path) -> None:
    targets = [link or source for link, source in LINK.findall(page.read_text(encoding="utf-8"))]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_page__commands_it_names__exist(page: Path) -> None:
    named = re.findall(r"-m survey((?: [a-z][a-z-]+)*)", page.read_text(encoding="utf-8"))
    assert [words for words in named if words and not is_command(tuple(words.split()))] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_page__options_of_commands_it_names__exist(page: Path) -> None:
    lost = []
    for words, rest in COMMAND_LINE.findall(page.read_text(encoding="utf-8")):
        named = tuple(words.split())
        command = next((OPTIONS[named[:length]] for length in range(len(named), 0, -1) if named[:length] in OPTIONS), None)
        if command is not None:
            lost += [(words, option) for option in re.findall(r"--[a-z][a-z-]*", rest.partition(" #")[0]) if option not in command]
    assert lost == []


@pytest.mark.parametrize("page", EXAMPLES, ids=name_of)
def test_example__columns_of_households_in_it__are_questions_of_the_household_form(page: Path) -> None:
    found = re.findall(r"\)\[\"(\w+)\"\]\.|svymean\(~(\w+),", page.read_text(encoding="utf-8"))
    columns = [one or other for one, other in found]
    form = (ROOT / "questionnaires" / "household.md").read_text(encoding="utf-8")
    assert columns
    assert [column for column in columns if f"| {column} |" not in form] == []


def is_command(words: tuple[str, ...]) -> bool:
    """Whether a command line that begins with these words calls a command, or names a group of commands."""
    return any(words[: len(command)] == command or command[: len(words)] == words for command in COMMANDS)


def test_commands__every_option__has_a_meaning() -> None:
    silent = [
        (words, option.name)
        for words, command in leaves(main, MAIN)
        for option in command.params
        if isinstance(option, click.Option) and not (option.help or option.hidden)
    ]
    assert silent == []


def test_makefile__targets_in_the_readme__exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets
    assert {"setup", "demo", "test", "lint", "bench", "help"} <= targets


def test_documentation__every_page__is_in_the_list() -> None:
    listed = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "README.md" and f"]({page.name})" not in listed] == []


def test_guide__its_pictures__are_those_of_the_script_each_shown_and_described() -> None:
    made = sorted(f"{picture.name}.{language}.png" for picture in PICTURES for language in LANGUAGES)
    assert sorted(path.name for path in FOLDER.iterdir()) == made
    shown = []
    for language in LANGUAGES:
        for page in sorted((ROOT / "docs" / "guide" / language).glob("*.md")):
            for described, name in re.findall(r"!\[([^\]]*)\]\(../../pictures/guide/([^)]+)\)", page.read_text(encoding="utf-8")):
                assert described.strip(), (page, name)
                assert name.endswith(f".{language}.png"), (page, name)
                shown.append(name)
    assert sorted(set(shown)) == made
