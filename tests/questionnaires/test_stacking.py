"""Answers as columns: the rows that `rows_of` gives, whatever is there and whatever is missing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.columns import tables_of
from questionnaires.stacking import Stack, rows_of, stack_answers
from tests.questionnaires.forms import form

NESTED = form(
    "text | name | N",
    "begin group | house | H",
    "integer | m2 | M",
    "begin repeat | rooms | R",
    "text | use | U",
    "begin group | wall | W",
    "text | of | O",
    "end group",
    "begin repeat | beds | B",
    "integer | cm | C",
    "end repeat",
    "end repeat",
    "end group",
    "begin repeat | fields | F",
    "integer | mu | M",
    "end repeat",
)


def some(**children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a group may hold: nothing at all, or some of its children."""
    return st.none() | st.fixed_dictionaries({}, optional=children)


def several(entry: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(entry, max_size=3)


TEXT, NUMBER = st.none() | st.sampled_from("ab"), st.none() | st.integers(0, 9)
ROOM = some(use=TEXT, wall=some(of=TEXT), beds=several(some(cm=NUMBER)))
ANSWERS = st.fixed_dictionaries(
    {}, optional={"name": TEXT, "house": some(m2=NUMBER, rooms=several(ROOM)), "fields": several(some(mu=NUMBER))}
)


def unstacked(stack: Stack, owner: int, is_repeat: bool) -> list[dict[str, Any]]:
    """The rows of one submission as `rows_of` gives them."""
    rows = []
    for at in (at for at, each in enumerate(stack.owners) if each == owner):
        keys = {"position": stack.positions[at], "parent_position": stack.parent_positions[at]} if is_repeat else {}
        rows.append({**keys, **{name: values[at] for name, values in stack.columns.items()}})
    return rows


@settings(max_examples=60, deadline=None)
@given(st.lists(ANSWERS, max_size=4))
def test_stack__of_any_answers__holds_the_rows_of_each_submission(answers: list[dict[str, Any]]) -> None:
    stacks = stack_answers(NESTED, answers)
    for owner, each in enumerate(answers):
        found = {table.name: unstacked(stacks[table.name], owner, table.parent is not None) for table in tables_of(NESTED)}
        assert found == rows_of(NESTED, each)
    assert all(len(values) == len(stack.owners) for stack in stacks.values() for values in stack.columns.values())
