"""The catalogues: `python -m survey.i18n` collects every text, keeps the translations there are, and compiles them.

The texts are those marked in code and templates, the sentences of `questionnaires/errors.py`, and the words put into them. English is
complete by construction; `catalogue_problems` says what the Chinese lacks.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from questionnaires.errors import ErrorCode
from survey.cli import COMMANDS
from survey.cli import main as commands
from survey.command_help import texts_of
from survey.error_words import error_words, public_helpers
from survey.errors import VALUE_WORDS

ROOT = Path(__file__).parents[1]
LOCALE = "zh"
FOLDER = ROOT / "survey" / "translations" / LOCALE / "LC_MESSAGES"
PO, MO = FOLDER / "messages.po", FOLDER / "messages.mo"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "described": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_setting": (2,),
    "speak": None,
}
SOURCES = {"survey": [("**.py", "python")], "templates": [("**.html", "jinja2.ext.babel_extract")]}
ERROR_FOLDERS = ("questionnaires", "analysis", "survey")
CLICK = ("core.py", "decorators.py", "exceptions.py", "formatting.py", "parser.py", "termui.py", "types.py")
"""Where click, which speaks to people at the terminal, has its own words."""
# A catalogue with the day of its making in it would change whenever it is made.
NO_DAY = datetime(2018, 4, 20, tzinfo=UTC)
HEADER = "# The Chinese texts of Supervision Survey. Made by: python -m survey.i18n"
VARIABLE_HEADERS = ("Generated-By", "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team", "POT-Creation-Date", "PO-Revision-Date")


def collect_texts() -> Catalog:
    """The template: every text of the program with the files it is in, in the order of the texts."""
    template = Catalog(project="Supervision Survey", creation_date=NO_DAY, charset="utf-8")
    for folder, methods in SOURCES.items():
        for name, _line, text, comments, context in extract_from_dir(ROOT / folder, methods, keywords=KEYWORDS):
            # The file alone: line numbers would change with every edit.
            template.add(text, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    for text in (*texts_of(commands), *(told for _where, told in COMMANDS.values())):
        template.add(text, None, [("survey/cli.py", 0)])
    for text in click_texts():
        template.add(text, None, [("click", 0)])
    for code in ErrorCode:
        if not code.value.startswith("retired: "):
            template.add(code.value, None, [("questionnaires/errors.py", 0)])
    for value_name, words in VALUE_WORDS.items():
        for word in words:
            template.add(word, None, [("survey/errors.py", 0)], context=value_name)
    codes = error_codes()
    known = public_helpers(codes)
    for path, text in codes.items():
        for value_name, word in error_words(text, known):
            template.add(word, None, [(path, 0)], context=value_name)
    return template


def error_codes() -> dict[str, str]:
    """The files of code that raise errors, by their names from the root."""
    paths = (path for folder in ERROR_FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def click_texts() -> Iterator[str | tuple[str, ...]]:
    """The words of click itself, which the standard library looks for in our catalogue."""
    folder = Path(click.__file__).parent
    for name in CLICK:
        yield from (text for _line, text, _comments, _context in extract_from_file("python", folder / name))


def updated_catalogue(collected: Catalog) -> Catalog:
    """The Chinese catalogue with every text of the program as it was collected, and nothing that is no longer one."""
    catalogue = read_catalogue()
    catalogue.update(collected, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = NO_DAY
    return catalogue


def read_catalogue() -> Catalog:
    """The Chinese catalogue as it is kept; an empty one when there is none yet."""
    if not PO.exists():
        return Catalog(locale=LOCALE, project="Supervision Survey", creation_date=NO_DAY, revision_date=NO_DAY, fuzzy=False)
    with PO.open("rb") as file:
        catalogue = read_po(file, locale=LOCALE)
    # Without these the headers of the .mo file would name the minute in which it is made.
    catalogue.revision_date = catalogue.creation_date = NO_DAY
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file, the same bytes for the same texts."""
    buffer = io.BytesIO()
    catalogue.header_comment = HEADER
    write_po(buffer, catalogue, sort_output=True, include_lineno=False, width=120)
    lines = buffer.getvalue().splitlines(keepends=True)
    headers = tuple(f'"{name}:'.encode() for name in VARIABLE_HEADERS)
    return b"".join(line for line in lines if not line.startswith(headers))


def mo_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as the .mo file that the program reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def catalogue_problems(collected: Catalog) -> tuple[str, ...]:
    """What stands between the catalogue as it is kept and a complete Chinese program, one line each; empty when nothing does."""
    kept, updated = read_catalogue(), updated_catalogue(collected)
    problems = [f"untranslated: {shown(message)}" for message in texts(updated) if not is_translated(message)]
    problems += [f"other names in braces or per cent signs: {shown(message)}" for message in texts(updated) if not is_faithful(message)]
    if po_bytes(kept) != po_bytes(updated):
        problems.append(f"{PO.relative_to(ROOT)} is not up to date; run: python -m survey.i18n")
    elif not MO.exists() or MO.read_bytes() != mo_bytes(kept):
        problems.append(f"{MO.relative_to(ROOT)} is not up to date; run: python -m survey.i18n")
    return tuple(problems)


def texts(catalogue: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its header."""
    return (message for message in catalogue if message.id)


def shown(message: Message) -> str:
    """A message's English text on one line, with the first file it is in."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{text!r} ({message.locations[0][0] if message.locations else '?'})"


def is_translated(message: Message) -> bool:
    """Whether the message has a translation that a person has approved."""
    strings = (message.string,) if isinstance(message.string, str) else (message.string or ("",))
    return all(strings) and not message.fuzzy


def is_faithful(message: Message) -> bool:
    """Whether the translation fills in exactly the names that the English text does; an untranslated message is."""
    if not is_translated(message):
        return True
    english = (message.id,) if isinstance(message.id, str) else message.id
    chinese = (message.string,) if isinstance(message.string, str) else message.string or ("",)
    return names_in(english[-1]) == names_in(chinese[-1])


def names_in(text: str) -> set[str]:
    """The names that a text fills in, as `%(name)s` or `{name}`."""
    per_cent = {part.split(")")[0] for part in text.split("%(")[1:]}
    return per_cent | {part.split("}")[0].split("!")[0].split(":")[0] for part in text.split("{")[1:] if "}" in part}


def main() -> int:
    """0 after the catalogues are rewritten; what is still untranslated is listed on standard error."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    collected = collect_texts()
    catalogue = updated_catalogue(collected)
    PO.write_bytes(po_bytes(catalogue))
    MO.write_bytes(mo_bytes(read_catalogue()))
    problems = catalogue_problems(collected)
    print(f"{sum(1 for _message in texts(catalogue))} texts, {len(problems)} to be done: {PO.relative_to(ROOT)}")
    print(*problems, sep="\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
