"""What `codebook.json` says of the forms of a bundle: tables, columns, choices, indicators and issue rules, as frozen records.

Texts are mappings from language code ("zh", "en", "default") to text. Nothing here reads files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from questionnaires.model import Choice, ComparedItem, ComparedQuestion, Indicator, Text, text_in

MAIN = "main"
NUMERIC_KINDS = ("integer", "decimal")
CHOICE_KINDS = ("category", "multi")
_INDICATOR_FIELDS = tuple(each.name for each in fields(Indicator))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: a question, or a value that nobody is asked for (`is_asked` false)."""

    name: str
    kind: str
    question: str
    label: Text
    choices: tuple[Choice, ...]
    is_asked: bool
    sensitivity: str = ""
    """What the column gives away of people, one of `analysis.exports.sensitivity.SAID`; "" where nobody said so."""
    back_check: str = ""
    """"1", "2" or "3": how far answers that are asked for twice may differ; "" where nobody said so."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a form: "main" with a row per submission, or a repeat with a row per instance."""

    name: str
    parent: str | None
    columns: tuple[Column, ...]

    def find(self, question: str) -> Column | None:
        """The column of the question with this name, or of this name itself, or None."""
        by_question = next((column for column in self.columns if column.question == question), None)
        return by_question or next((column for column in self.columns if column.name == question), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One issue rule: when it was true for a submission, a candidate was raised."""

    name: str
    title: Text
    area: str
    level: str
    severity: str
    questions: tuple[str, ...] = ()
    """The questions that it looks at; figures of these differ between places with and without it by construction."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form over all its versions."""

    form_id: str
    title: Text
    versions: tuple[str, ...]
    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]
    issue_rules: tuple[Rule, ...]
    compared: tuple[ComparedItem, ...] = ()
    """What this form and others tell of one thing; labels are by language code."""
    code_books: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """By open question, the codes that its answers are given."""
    told_of: str = ""
    """"village" or "county" where it is filled in once for such a place (a county's in whichever village that was noted); "" where it tells
    of people."""

    @property
    def is_of_county(self) -> bool:
        """Whether its figures say nothing of single villages."""
        return self.told_of == "county"

    def table(self, name: str) -> Table | None:
        """The table of this name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def table_of(self, indicator: Indicator) -> Table | None:
        """The table whose rows the indicator counts: a repeat's for figures per person, else the main one; None if there is none."""
        return self.table(indicator.of or MAIN)


def label_in(text: Text, language: str, otherwise: str = "") -> str:
    """The text in the language with this code, else in any the form has, else `otherwise`."""
    return text_in(text, language) or otherwise


def parse_form(form_id: str, entry: Mapping[str, Any]) -> Form:
    """The form of one entry of the codebook; KeyError, TypeError or ValueError when the entry is not as `docs/bundle.md` says."""
    return Form(
        form_id=form_id,
        title=dict(entry["title"]),
        versions=tuple(entry["versions"]),
        tables=tuple(_table(table) for table in entry["tables"]),
        indicators=tuple(_indicator(indicator) for indicator in entry["indicators"]),
        issue_rules=tuple(
            Rule(rule["name"], dict(rule["title"]), rule["area"], rule["level"], rule["severity"], tuple(rule.get("questions", ())))
            for rule in entry["issue_rules"]
        ),
        compared=tuple(_compared(item) for item in entry.get("compared", ())),
        code_books={
            question: tuple(Choice(code["name"], dict(code["label"])) for code in codes)
            for question, codes in entry.get("code_books", {}).items()
        },
        told_of=str(entry.get("told_of", "")),
    )


def _compared(entry: Mapping[str, Any]) -> ComparedItem:
    questions = tuple(ComparedQuestion(**question) for question in entry["questions"])
    return ComparedItem(**{**entry, "label": dict(entry["label"]), "questions": questions})


def _table(entry: Mapping[str, Any]) -> Table:
    columns = tuple(
        Column(
            name=column["name"],
            kind=column["kind"],
            question=column["question"],
            label=dict(column["label"]),
            choices=tuple(Choice(choice["name"], dict(choice["label"])) for choice in column["choices"]),
            is_asked=bool(column["is_asked"]),
            sensitivity=str(column.get("sensitivity", "")),
            back_check=str(column.get("back_check", "")),
        )
        for column in entry["columns"]
    )
    return Table(entry["name"], entry["parent"], columns)


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    known = {name: entry[name] for name in _INDICATOR_FIELDS if name in entry}
    tuples = {name: tuple(known.get(name) or ()) for name in ("values", "gap_between")}
    return Indicator(**{**known, **tuples})
