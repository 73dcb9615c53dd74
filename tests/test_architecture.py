"""The rules of ARCHITECTURE.md that a machine can check: who may import whom, how long things are, where imports stand."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("questionnaires", "analysis", "survey", "benchmarks", "docs", "tests")
MAY_IMPORT = {
    "questionnaires": {"questionnaires"},
    "analysis": {"analysis", "questionnaires"},
    "survey": {"survey", "analysis", "questionnaires"},
}
OUTER_LIBRARIES = {"flask", "flask_babel", "flask_security", "flask_wtf", "wtforms", "sqlalchemy", "alembic"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def sources() -> list[Path]:
    """Every Python file of the project."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a file imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file, parsed once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_files__anywhere__are_short_and_have_a_name_that_says_something() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > MAX_FILE_LINES} == {}
    assert [name_of(path) for path in sources() if path.name in ("util.py", "utils.py", "helpers.py")] == []


def test_imports__anywhere__stand_at_module_level_and_are_absolute() -> None:
    problems = []
    for path in sources():
        tree = tree_of(path)
        top_level = set(map(id, tree.body))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top_level:
                problems.append(f"{name_of(path)}:{node.lineno}: an import below module level")
            if isinstance(node, ast.ImportFrom) and node.level:
                problems.append(f"{name_of(path)}:{node.lineno}: a relative import")
    assert problems == []


def test_functions__anywhere__are_short() -> None:
    problems = []
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    problems.append(f"{name_of(path)}:{node.lineno}: {node.name} has {length} lines")
    assert problems == []


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_package__imports__only_what_its_row_allows(package: str) -> None:
    wrong = []
    for path in (ROOT / package).rglob("*.py"):
        for module in imported_modules(tree_of(path)):
            top = module.split(".")[0]
            is_ours = top in PACKAGES
            if (is_ours and top not in MAY_IMPORT[package]) or (package != "survey" and top in OUTER_LIBRARIES):
                wrong.append(f"{name_of(path)} imports {module}")
    assert wrong == []


def test_migrations__imports__nothing_of_the_application() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in (ROOT / "survey" / "migrations" / "versions").glob("*.py")
        for module in imported_modules(tree_of(path))
        if module.split(".")[0] in PACKAGES
    ]
    assert wrong == []


def test_views__anywhere__hold_no_sql() -> None:
    wrong = [
        name_of(path)
        for path in (ROOT / "survey").rglob("*views.py")
        if {"select", "update", "delete", "insert"} & names_from(path, "sqlalchemy")
    ]
    assert wrong == []


def names_from(path: Path, package: str) -> set[str]:
    """What a file imports by name from a package."""
    imports = (
        node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package
    )
    return {alias.name for node in imports for alias in node.names}


def test_operations__anywhere__never_commit() -> None:
    wrong = [name_of(path) for path in (ROOT / "survey").rglob("*.py") if path.name != "db.py" and ".commit()" in path.read_text("utf-8")]
    assert wrong == []


def test_templates__anywhere__have_no_inline_script_or_style() -> None:
    problems = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text):
            problems.append(f"{name_of(path)}: an inline script")
        if re.search(r"<style|\sstyle=|\son[a-z]+=", text):
            problems.append(f"{name_of(path)}: an inline style or handler")
    assert problems == []


def test_static_files__of_our_own__are_short() -> None:
    own = [path for path in (ROOT / "survey" / "static").rglob("*.[jc]s*") if "vendor" not in path.parts]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in own}
    assert {name: length for name, length in lengths.items() if length > MAX_FILE_LINES} == {}


def test_types__of_everything_that_runs__are_checked_strictly_and_ignored_one_by_one() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    held = (*MAY_IMPORT, "flask", "sqlalchemy", "wtforms")
    eased = [name for each in settings["overrides"] for name in each["module"] if name.startswith(held)]
    programs = [path for path in sources() if name_of(path).split("/")[0] in MAY_IMPORT]
    whole_or_nameless = re.compile(r"# (type: ignore(?!\[)|mypy:)")

    assert (set(settings["files"]), settings["strict"], eased) == (set(MAY_IMPORT), True, [])
    assert [name_of(path) for path in programs if whole_or_nameless.search(path.read_text(encoding="utf-8"))] == []
