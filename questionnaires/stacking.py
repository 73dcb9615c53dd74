"""The answers of many submissions to one questionnaire as columns: the rows that `columns.rows_of` gives of each, made at once.

Whoever writes files of them needs columns, and making these of rows takes several times as long as making them of the answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from questionnaires.columns import MAIN, Part, layout_of
from questionnaires.model import Questionnaire

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows of one table, column by column, in the order of the submissions; None where there is no answer.

    `owners` says of each row to which submission it belongs, counted from 0. Rows of a repeat have the `positions` and `parent_positions`
    that `rows_of` gives them; those of "main" have none.
    """

    owners: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    parent_positions: list[int | None] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)


def stack_answers(questionnaire: Questionnaire, answers: Sequence[Mapping[str, Any]]) -> dict[str, Stack]:
    """The rows of all these submissions by table name, every table with all of its columns."""
    layout = layout_of(questionnaire)
    stacks = {name: Stack() for name in layout.empty}
    stacks[MAIN].owners.extend(range(len(answers)))
    _stack(layout.root, MAIN, answers, stacks)
    return stacks


def _stack(part: Part, table: str, values: Sequence[Mapping[str, Any]], stacks: Mapping[str, Stack]) -> None:
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
