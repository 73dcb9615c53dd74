"""What the columns of an exported form are: their names, kinds, labels and choices over all versions of the form. Pure.

A form changes from version to version while its dataset stays one. The newest version decides the order, labels and indicators;
columns that only older versions have follow after, so that no answer is lost.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from questionnaires.columns import Column, Table, tables_of
from questionnaires.lint.aliases import aliases_of
from questionnaires.model import Question, Questionnaire, Repeat
from questionnaires.question_types import QUESTION_TYPES
from survey.intake.texts import DEFAULT_CODE, texts_by_code

SUBMISSION_COLUMNS = (
    ("instance_id", "text"),
    ("form_version", "text"),
    ("visit_id", "text"),
    ("assignment_id", "text"),
    ("household_id", "text"),
    ("household_kind", "text"),
    ("village_code", "text"),
    ("lead_id", "text"),
    ("second_id", "text"),
    ("recorded_as", "category"),
    ("reconciliation", "category"),
    ("device_id", "text"),
    ("started_at", "datetime"),
    ("ended_at", "datetime"),
    ("received_at", "datetime"),
    ("duration_minutes", "decimal"),
)
"""The columns of every submission, in order, with their kinds."""
RECONCILIATION_ENTRY = {
    "name": "reconciliation",
    "kind": "category",
    "label": {"zh": "双份记录的比对", "en": "Reconciliation of two records"},
    "choices": [
        {"name": "joint", "label": {"zh": "两人共用一份记录", "en": "one form filled in together"}},
        {"name": "reconciled", "label": {"zh": "两份记录已比对，取裁定的答案", "en": "two records reconciled: the answers decided"}},
        {"name": "not_reconciled", "label": {"zh": "两份记录尚未比对，暂取主访的", "en": "two records not yet reconciled: the lead's"}},
    ],
}
"""What the codebook says of the column that marks whose answers a row holds."""
REPEAT_COLUMNS = (
    ("instance_id", "text"),
    ("position", "integer"),
    ("parent_position", "integer"),
    ("visit_id", "text"),
    ("village_code", "text"),
    ("household_kind", "text"),
)
"""The columns of every instance of a repeat, in order, with their kinds."""
PARTITION = "county"
PREFILLED = frozenset(("assignment_id", "household_kind", "village_code"))
"""Questions that the tablet fills in from the assignment, which the dataset already has as columns of the submission."""
NAMES_OF_PEOPLE = frozenset(("head_name", "lead_name", "second_name"))
"""Prefilled names, which leave the dataset: whoever may know them finds them by the submission's identifiers."""
POSITION_PARTS = ("latitude", "longitude", "altitude", "accuracy")
PART_LABELS = {
    "latitude": {"zh": "纬度", "en": "latitude"},
    "longitude": {"zh": "经度", "en": "longitude"},
    "altitude": {"zh": "海拔（米）", "en": "altitude (m)"},
    "accuracy": {"zh": "精度（米）", "en": "accuracy (m)"},
}
NUMBERS = frozenset(("integer", "decimal"))
PATHS = re.compile(r"/[\w./-]+")
"""Absolute paths in an expression."""


@dataclass(frozen=True, slots=True)
class BookColumn:
    """One column of a table: its values are those of `source` in the table's rows, or one `part` of them when they are positions."""

    name: str
    kind: str
    question: str
    source: str
    label: Mapping[str, str]
    is_asked: bool
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The label by language code of each choice, by its name."""
    sensitivity: str = ""
    back_check: str = ""
    """What its author says that it gives away of people; "" for nothing said."""
    part: str = ""
    is_prefilled: bool = False
    """Whether the submission has a column of this name, so that both are one."""


@dataclass(frozen=True, slots=True)
class BookTable:
    """One table of a form: `name` is "main" or a repeat's, `record` the columns that every such table has."""

    name: str
    parent: str | None
    record: tuple[tuple[str, str], ...]
    columns: tuple[BookColumn, ...]


@dataclass(frozen=True, slots=True)
class FormBook:
    """One form over all its versions: `newest` speaks for it."""

    newest: Questionnaire
    versions: tuple[str, ...]
    tables: tuple[BookTable, ...]


def make_form_book(questionnaires: Sequence[Questionnaire]) -> FormBook:
    """The tables and columns of one form, from its versions in the order in which they were published (at least one)."""
    tables: dict[str, BookTable] = {}
    for questionnaire in reversed(questionnaires):
        for table in tables_of(questionnaire):
            known = tables.get(table.name)
            read = _book_table(questionnaire, table)
            tables[table.name] = replace(known, columns=_united(known.columns, read.columns)) if known else read
    return FormBook(
        newest=questionnaires[-1], versions=tuple(questionnaire.version for questionnaire in questionnaires), tables=tuple(tables.values())
    )


def _book_table(questionnaire: Questionnaire, table: Table) -> BookTable:
    record = SUBMISSION_COLUMNS if table.parent is None else REPEAT_COLUMNS
    taken = {PARTITION, *(name for name, _ in record)}
    columns: list[BookColumn] = []
    for column in _book_columns(questionnaire, table):
        is_prefilled = column.name in PREFILLED and column.name in taken and column.kind in ("text", "category")
        name = column.name
        while name in taken and not is_prefilled:
            name = f"{name}_answered"
        taken.add(name)
        columns.append(replace(column, name=name, is_prefilled=is_prefilled))
    return BookTable(table.name, table.parent, record, tuple(columns))


def _book_columns(questionnaire: Questionnaire, table: Table) -> Iterator[BookColumn]:
    for column in table.columns:
        if not column.kind or (column.question in NAMES_OF_PEOPLE and not column.is_asked):
            continue
        book = _book_column(questionnaire, column)
        if column.kind == "position":
            yield from (_position_part(book, part) for part in POSITION_PARTS)
        else:
            yield book


def _book_column(questionnaire: Questionnaire, column: Column) -> BookColumn:
    return BookColumn(
        name=column.name,
        kind=column.kind,
        question=column.question,
        source=column.name,
        label=texts_by_code(questionnaire, column.label),
        is_asked=column.is_asked,
        choices={choice.name: texts_by_code(questionnaire, choice.label) for choice in column.choices},
        sensitivity=questionnaire.sensitivity.get(column.path, ""),
        back_check=questionnaire.back_checks.get(column.path, ""),
    )


def _position_part(column: BookColumn, part: str) -> BookColumn:
    words = PART_LABELS[part]
    label = {code: f"{text} · {words.get(code, words['en'])}" for code, text in column.label.items()}
    return replace(column, name=f"{column.name}_{part}", kind="decimal", label=label, part=part)


def _united(newer: Sequence[BookColumn], older: Sequence[BookColumn]) -> tuple[BookColumn, ...]:
    columns = {column.name: column for column in newer}
    for column in older:
        known = columns.get(column.name)
        if known is None:
            columns[column.name] = column
            continue
        kind = known.kind if known.kind == column.kind else _common_kind(known.kind, column.kind)
        columns[column.name] = replace(known, kind=kind, choices={**known.choices, **_absent(column.choices, known.choices)})
    return tuple(columns.values())


def _common_kind(one: str, other: str) -> str:
    return "decimal" if {one, other} == NUMBERS else "text"


def _absent(older: Mapping[str, Mapping[str, str]], newer: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {name: label for name, label in older.items() if name not in newer}


def codebook_entry(book: FormBook) -> dict[str, Any]:
    """The form's entry in `codebook.json`; every text is a mapping from language code to text."""
    newest = book.newest
    aliases = _aliases(book)
    paths = {question.path: question.name for question in newest.questions()}
    return {
        "title": texts_by_code(newest, newest.title),
        "versions": list(book.versions),
        "told_of": newest.told_of,
        "languages": [language.code or DEFAULT_CODE for language in newest.languages],
        "submission_columns": [RECONCILIATION_ENTRY],
        "tables": [
            {
                "name": table.name,
                "alias": aliases.get(table.name, table.name),
                "parent": table.parent,
                "columns": [_column_entry(column, aliases) for column in table.columns],
            }
            for table in book.tables
        ],
        "indicators": [{**asdict(each), "label": texts_by_code(newest, each.label)} for each in newest.indicators],
        "issue_rules": [
            {
                "name": rule.name,
                "title": texts_by_code(newest, rule.title),
                "area": rule.area,
                "level": rule.level,
                "severity": rule.severity,
                "questions": sorted({*rule.evidence, *(paths[found] for found in PATHS.findall(rule.when) if found in paths)}),
            }
            for rule in newest.issue_rules
        ],
        "compared": [{**asdict(item), "label": texts_by_code(newest, item.label)} for item in newest.compared],
    }


def _aliases(book: FormBook) -> Mapping[str, str]:
    """A name that SPSS, Stata and R take for each table and column whose own they garble, the one that the check of the form proposes."""
    questions = (
        node.name for node in book.newest.walk() if isinstance(node, Repeat) or (isinstance(node, Question) and _makes_column(node))
    )
    columns = (column.name for table in book.tables for column in table.columns)
    return aliases_of((*questions, *(table.name for table in book.tables), *columns))


def _makes_column(question: Question) -> bool:
    known = QUESTION_TYPES.get(question.type)
    return known is None or known.kind != ""


def _column_entry(column: BookColumn, aliases: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": column.name,
        "alias": aliases.get(column.name, column.name),
        "kind": column.kind,
        "question": column.question,
        "label": dict(column.label),
        "choices": [{"name": name, "label": dict(label)} for name, label in column.choices.items()],
        "is_asked": column.is_asked,
        **({"sensitivity": column.sensitivity} if column.sensitivity else {}),
        **({"back_check": column.back_check} if column.back_check else {}),
    }
