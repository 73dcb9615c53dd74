"""The log of corrections as a bundle holds it: every entry of the interviews that count, and after those of one interview what follows.

What follows from corrections (a calculation, an answer that does not apply any more) is worked out here with the questionnaire's engine,
so that whoever reads the bundle needs none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.columns import MAIN, tables_of
from questionnaires.model import Node, Question, Questionnaire, Repeat
from survey.bundles.codebook import make_form_book
from survey.bundles.queries import Scope
from survey.corrections.effect import Place
from survey.corrections.models import Correction
from survey.corrections.queries import Record, load_records
from survey.intake.models import Submission

COLUMNS = (
    ("correction_id", "text"),
    ("instance_id", "text"),
    ("form_id", "text"),
    ("table", "text"),
    ("position", "integer"),
    ("column", "text"),
    ("question", "text"),
    ("node", "text"),
    ("old", "text"),
    ("new", "text"),
    ("reason", "text"),
    ("by", "text"),
    ("at", "datetime"),
    ("is_consequence", "flag"),
    ("withdrawn", "flag"),
    ("withdrawn_reason", "text"),
    ("withdrawn_by", "text"),
    ("withdrawn_at", "datetime"),
)
AT_ONCE = 200
Row = Mapping[str, Any]
Entries = Mapping[tuple[str, tuple[int, ...]], int]
Columns = Mapping[str, tuple[str, str, str]]
"""By a question's path: its table, that table's path in the form, and its column there; a position's without the part."""


def stream_log(session: Session, scope: Scope) -> Iterator[Row]:
    """The entries by interview and time; what follows from them comes after those of its interview. Interviews without one are not read."""
    statement = (
        select(Correction.instance_id)
        .join(Submission, Submission.instance_id == Correction.instance_id)
        .where(*scope.accepted())
        .distinct()
        .order_by(Correction.instance_id)
    )
    ids = list(session.scalars(statement))
    columns: dict[str, Columns] = {}
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        records = load_records(session, set(chunk))
        for instance_id in chunk:
            record = records[instance_id]
            version = record.submission.questionnaire_version_id
            if version not in columns:
                columns[version] = _columns_of(record.questionnaire)
            yield from _rows(record, columns[version])


def _rows(record: Record, columns: Columns) -> Iterator[Row]:
    entries = _entries(record.questionnaire.children, record.stored, (), {})
    for correction in record.corrections:
        place = record.places.get(correction.node)
        where = _where(columns, place, entries) if place else None
        if where is None:
            # The stored record no longer has this answer; the entry is told all the same, and is applied nowhere.
            where = {"table": MAIN, "position": None, "column": correction.question}
        withdrawal = correction.withdrawal
        yield {
            **_empty(record),
            **where,
            "correction_id": correction.id,
            "question": correction.question,
            "node": correction.node,
            "old": correction.old or None,
            "new": correction.new or None,
            "reason": correction.reason,
            "by": correction.corrected_by_id,
            "at": correction.corrected_at,
            "withdrawn": withdrawal is not None,
            "withdrawn_reason": withdrawal.reason if withdrawal else None,
            "withdrawn_by": withdrawal.withdrawn_by_id if withdrawal else None,
            "withdrawn_at": withdrawal.withdrawn_at if withdrawal else None,
        }
    if record.chosen:
        latest = max(each.corrected_at for each in record.chosen.values())
        for change in record.effect.follows:
            place = record.places.get(change.node)
            where = _where(columns, place, entries) if place else None
            if place is not None and where is not None:
                told = {"question": change.question.name, "node": change.node, "old": place.text or None, "new": change.new or None}
                yield {**_empty(record), **where, **told, "at": latest, "is_consequence": True}


def _empty(record: Record) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(name for name, _ in COLUMNS)
    told = {"instance_id": record.submission.instance_id, "form_id": record.submission.form_id}
    return {**empty, **told, "is_consequence": False, "withdrawn": False}


def _where(columns: Columns, place: Place, entries: Entries) -> dict[str, Any] | None:
    """Table, position and column of an answer; None for what the dataset has no column of."""
    found = columns.get(place.question.path)
    if found is None:
        return None
    table, path, column = found
    return {"table": table, "position": entries.get((path, place.position)), "column": column}


def _columns_of(questionnaire: Questionnaire) -> Columns:
    book = {table.name: table for table in make_form_book((questionnaire,)).tables}
    found: dict[str, tuple[str, str, str]] = {}
    for table in tables_of(questionnaire):
        names = {each.source: each.source if each.part else each.name for each in book[table.name].columns if not each.is_prefilled}
        found |= {each.path: (table.name, table.path, names[each.name]) for each in table.columns if each.name in names}
    return found


def _entries(
    children: tuple[Node, ...], answers: Mapping[str, Any], position: tuple[int, ...], counts: dict[str, int]
) -> dict[tuple[str, tuple[int, ...]], int]:
    """The number of every entry of a repeat over the whole interview, by the repeat's path and the positions that lead to it."""
    found: dict[tuple[str, tuple[int, ...]], int] = {}
    for child in children:
        value = answers.get(child.name)
        if isinstance(child, Question):
            continue
        if not isinstance(child, Repeat):
            found |= _entries(child.children, value or {}, position, counts)
            continue
        for number, each in enumerate(value or (), start=1):
            counts[child.path] = counts.get(child.path, 0) + 1
            found[child.path, (*position, number)] = counts[child.path]
            found |= _entries(child.children, each or {}, (*position, number), counts)
    return found
