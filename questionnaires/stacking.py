"""The answers of submissions to one questionnaire in its tables: of many as columns at once, of one as rows.

Whoever writes files of many needs columns, and making these of rows takes several times as long as making them of the answers.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from questionnaires.columns import MAIN, tables_of
from questionnaires.engine import Plan, engine_of
from questionnaires.model import Questionnaire

MAX_LAYOUTS = 32
"""How many questionnaires' layouts are kept."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows of one table, column by column, in the order of the submissions; None where there is no answer.

    `owners` says of each row to which submission it belongs, counted from 0. A row of a repeat has its place in `positions`, counted from 1
    over the whole submission so that it is a key, and in `parent_positions` that of the row around it in the parent's table (None under
    "main"). Rows of "main" have neither.
    """

    columns: dict[str, list[Any]]
    owners: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    parent_positions: list[int | None] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """The rows one by one, those of a repeat with `position` and `parent_position`, which are names of none of its columns."""
        keys: dict[str, list[Any]] = {"position": self.positions, "parent_position": self.parent_positions} if self.positions else {}
        columns = {**keys, **self.columns}
        return [{name: values[at] for name, values in columns.items()} for at in range(len(self.owners))]


def stack_answers(questionnaire: Questionnaire, answers: Sequence[Mapping[str, Any]]) -> dict[str, Stack]:
    """The rows of all these submissions by table name, every table with all of its columns."""
    layout = _layout_of(questionnaire)
    stacks = {name: Stack({column: [] for column in columns}) for name, columns in layout.columns.items()}
    stacks[MAIN].owners.extend(range(len(answers)))
    _stack(layout.root, MAIN, answers, stacks)
    return stacks


def rows_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of one submission by table name; a row has every column of its table, None where there is no answer."""
    return {name: stack.rows() for name, stack in stack_answers(questionnaire, [answers]).items()}


def _stack(part: "_Part", table: str, values: Sequence[Mapping[str, Any]], stacks: Mapping[str, Stack]) -> None:
    """Nothing; the columns of a part and of what is inside it are in the stacks. `values` are what its rows hold at this part."""
    columns = stacks[table].columns
    for name, column in part.columns.items():
        columns[column] = [each.get(name) for each in values]
    for name, repeated, child in part.inner:
        if repeated is None:
            _stack(child, table, [each.get(name) or NOTHING for each in values], stacks)
        else:
            _stack(child, repeated, _entries(stacks[table], name, values, stacks[repeated]), stacks)


def _entries(parent: Stack, name: str, values: Sequence[Mapping[str, Any]], stack: Stack) -> list[Mapping[str, Any]]:
    """What each entry of a repeat holds; the stack knows whose they are and counts them over each submission."""
    entries: list[Mapping[str, Any]] = []
    position, counted = 0, -1
    for row, each in enumerate(values):
        found = each.get(name)
        if not found:
            continue
        owner = parent.owners[row]
        if owner != counted:
            position, counted = 0, owner
        for entry in found:
            position += 1
            entries.append(entry or NOTHING)
            stack.owners.append(owner)
            stack.positions.append(position)
            stack.parent_positions.append(parent.positions[row] if parent.positions else None)
    return entries


@dataclass(frozen=True, slots=True)
class _Part:
    """What a group or repeat holds itself: the column of each of its questions by node name, and in document order the groups and repeats
    inside it as (node name, table or None for a group, part)."""

    columns: Mapping[str, str]
    inner: tuple[tuple[str, str | None, "_Part"], ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How answers become rows: `questionnaire` is what it was made of, `columns` are the names of each table's, in document order."""

    questionnaire: Questionnaire
    root: _Part
    columns: Mapping[str, tuple[str, ...]]


_LAYOUTS: OrderedDict[str, _Layout] = OrderedDict()


def _layout_of(questionnaire: Questionnaire) -> _Layout:
    """The layout of a questionnaire; made once, for an export asks very often."""
    known = _LAYOUTS.get(questionnaire.xform)
    if known is None or known.questionnaire is not questionnaire:
        tables = tables_of(questionnaire)
        names = {column.path: column.name for table in tables for column in table.columns}
        part = _part(engine_of(questionnaire).root, names, {table.path: table.name for table in tables})
        columns = {table.name: tuple(column.name for column in table.columns) for table in tables}
        known = _LAYOUTS[questionnaire.xform] = _Layout(questionnaire, part, columns)
        while len(_LAYOUTS) > MAX_LAYOUTS:
            _LAYOUTS.popitem(last=False)
    return known


def _part(plan: Plan, columns: Mapping[str, str], tables: Mapping[str, str]) -> _Part:
    asked = [child for child in plan.children if child.is_question]
    around = [child for child in plan.children if not child.is_question]
    return _Part(
        {child.node.name: columns[child.path] for child in asked if child.path in columns},
        tuple((child.node.name, tables.get(child.path), _part(child, columns, tables)) for child in around),
    )
