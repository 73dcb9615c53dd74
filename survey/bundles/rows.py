"""Interviews as the columns of a bundle's files. Pure: it is given what was read, and writes nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson

from questionnaires.columns import MAIN
from questionnaires.model import Questionnaire
from questionnaires.stacking import Stack, stack_answers
from survey.bundles.codebook import BookColumn, BookTable, FormBook
from survey.db import AnyRow

TIMING_COLUMNS = (("instance_id", "text"), ("question", "text"), ("path", "text"), ("entry", "integer"), ("seconds", "decimal"))

Columns = dict[str, list[Any]]


def file_columns(table: BookTable) -> list[tuple[str, str]]:
    """The columns of a table's files with their kinds, in order."""
    return [*table.record, *((column.name, column.kind) for column in table.columns if not column.is_prefilled)]


def columns_of_interviews(
    records: Sequence[AnyRow], questionnaires: Mapping[str, Questionnaire], book: FormBook
) -> dict[str, tuple[int, Columns]]:
    """How many rows these interviews have in each table of their form, and those by column; records are rows of `read_chunk`."""
    found: dict[str, tuple[int, Columns]] = {}
    for version_id, group in groupby(records, key=attrgetter("questionnaire_version_id")):
        run = list(group)
        reconciled = [decoded(record.reconciled_answers) for record in run]
        answers = [each or decoded(record.answers) or {} for each, record in zip(reconciled, run, strict=True)]
        stacks = stack_answers(questionnaires[version_id], answers)
        heads = _heads(run, stacks[MAIN].columns.get("household_kind"), reconciled)
        for table in book.tables:
            stack = stacks.get(table.name)
            if stack is None or not stack.owners:
                continue
            columns = _columns(table, heads, stack)
            if table.name in found:
                n_rows, before = found[table.name]
                for name, values in columns.items():
                    before[name].extend(values)
                found[table.name] = (n_rows + len(stack.owners), before)
            else:
                found[table.name] = (len(stack.owners), columns)
    return found


def timing_columns(timed: Sequence[tuple[str, Mapping[str, Sequence[float]]]]) -> Columns:
    """How long each question of these interviews was in hand, a row per entry in repeats, `entry` counted from 1."""
    columns: Columns = {name: [] for name, _ in TIMING_COLUMNS}
    for instance_id, by_path in timed:
        for path in sorted(by_path):
            seconds = by_path[path]
            n = len(seconds)
            columns["instance_id"].extend([instance_id] * n)
            columns["question"].extend([path.rpartition("/")[2]] * n)
            columns["path"].extend([path] * n)
            columns["entry"].extend(range(1, n + 1))
            columns["seconds"].extend(seconds)
    return columns


def decoded(answers: str | None) -> dict[str, Any] | None:
    """The answers that a JSON text holds; ours is quick, the standard library's also takes numbers that are none, such as NaN."""
    if answers is None:
        return None
    try:
        found: dict[str, Any] | None = orjson.loads(answers)
    except orjson.JSONDecodeError:
        found = json.loads(answers)
    return found


def _heads(records: Sequence[AnyRow], kinds: Sequence[str | None] | None, reconciled: Sequence[object]) -> Columns:
    """The submissions' own columns; the kind of household is the one of the interview rather than the one the frame has by now."""
    heads: Columns = dict(zip(records[0]._fields, map(list, zip(*records, strict=True)), strict=True))
    if kinds is not None:
        heads["household_kind"] = [said or known for said, known in zip(kinds, heads["household_kind"], strict=True)]
    heads["duration_minutes"] = [_minutes(*times) for times in zip(heads["started_at"], heads["ended_at"], strict=True)]
    heads["reconciliation"] = [
        _reconciliation(record.records, is_reconciled=each is not None) for record, each in zip(records, reconciled, strict=True)
    ]
    return heads


def _reconciliation(records: str | None, *, is_reconciled: bool) -> str:
    """Whether the answers are those of one form filled in together, of both records reconciled, or the lead's until that is done."""
    if is_reconciled:
        return "reconciled"
    return "not_reconciled" if records == "independent" else "joint"


def _minutes(started_at: datetime | None, ended_at: datetime | None) -> float | None:
    return (ended_at - started_at) / timedelta(minutes=1) if started_at and ended_at else None


def _columns(table: BookTable, heads: Columns, stack: Stack) -> Columns:
    """The columns of one table's rows; a column that only other versions of the form have is empty."""
    own: Columns = {} if table.parent is None else {"position": stack.positions, "parent_position": stack.parent_positions}
    columns: Columns = {}
    for name, _kind in table.record:
        head = heads[name] if name not in own else []
        columns[name] = own[name] if name in own else [head[owner] for owner in stack.owners]
    nothing = [None] * len(stack.owners)
    for column in table.columns:
        if not column.is_prefilled:
            columns[column.name] = _values(column, stack.columns.get(column.source) or nothing)
    return columns


def _values(column: BookColumn, values: Sequence[Any]) -> list[Any]:
    return [value.get(column.part) if value else None for value in values] if column.part else list(values)
