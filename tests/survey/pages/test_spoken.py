"""What templates would give a screen reader to say: no bare signs, no names where none may be, numbers apart from words, heads of rows.

Each rule was found by listening to the pages with one (docs/access.md).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[3] / "templates"
SIGNS = re.compile("[←→↑↓↶‹›×✓✔✎★☆▾▸⚠]")
UNSPOKEN = re.compile(
    r"\{#.*?#\}|\{\{ sign\(.*?\) \}\}|_\('(?:[^'\\]|\\.)*'|<(\w+)\b[^>]*aria-hidden=\"true\"[^>]*>.*?</\1>|\{% macro arrow.*?endmacro",
    re.DOTALL,
)
"""What is hidden from a screen reader, and what is said as part of a sentence (the way through a device's settings)."""
NAMELESS = re.compile(r"<(?:span|p|div|del|ins|small|strong|code|kbd|time)\b(?![^>]*\brole=)[^>]*\baria-label=")
GLUED = re.compile(r"[^\s>](?:<span class=\"count\"|\{% if [^%]*%\}<span class=\"count\")")
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
WITHOUT_HEADS = {
    "datasets/index.html": "who took what, by time",
    "draws/parts.html": "replacements, by time",
    "draws/public.html": "replacements in their order",
    "imports.html": "rows come from the pages that import",
    "instruments/_changes.html": "changes, none with a name",
    "instruments/_sheets.html": "a sheet as its author sees it",
    "instruments/check.html": "problems, none with a name",
    "proof/index.html": "heads of the log, by number",
    "reminders/groups.html": "what was sent, by time",
    "report_files/_format.html": "findings of a file, none with a name",
    "report_files/_trace.html": "numbers of a file, none with a name",
    "responsible/opinions.html": "opinions, by day",
    "visits/_progress.html": "its rows come from a macro, and have heads",
}
"""Templates with a table whose rows have nothing that names them, each with the reason."""


def sources() -> Iterator[tuple[str, str]]:
    """Every template by its path below templates/, with its text."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8")


def test_signs__in_templates__are_not_spoken() -> None:
    found = [
        f"{name}: {line.strip()[:120]}" for name, text in sources() for line in UNSPOKEN.sub("", text).splitlines() if SIGNS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("rule", [NAMELESS, GLUED], ids=["nameless", "glued"])
def test_templates__always__keep_names_and_numbers_apart(rule: re.Pattern[str]) -> None:
    assert [f"{name}: {found.group()[:120]}" for name, text in sources() for found in rule.finditer(text)] == []


def test_tables__with_rows_that_have_a_name__say_it() -> None:
    lacking = {name for name, text in sources() for table in TABLE.findall(text) if "<tbody" in table and 'scope="row"' not in table}
    assert lacking == set(WITHOUT_HEADS)
