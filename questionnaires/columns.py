"""Which tables and columns the answers to a questionnaire make; `stacking.py` fills them.

The first table, "main", has one row per submission; every repeat has a table with one row per instance.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from questionnaires.engine import MAX_ENGINES, Engine, Plan, engine_of
from questionnaires.model import Choice, Question, Questionnaire, Text
from questionnaires.question_types import QUESTION_TYPES

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` is unique in its table, `kind` is one of `QuestionType.kind`, `question` and `path` say where it comes from.

    A calculation has the kind that its expression gives: "integer", "decimal" or "text".
    """

    name: str
    kind: str
    question: str
    path: str
    label: Text
    choices: tuple[Choice, ...]
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: "main", or a repeat's; `parent` is the name of the table whose rows its rows belong to."""

    name: str
    path: str
    parent: str | None
    columns: tuple[Column, ...]


def tables_of(questionnaire: Questionnaire) -> tuple[Table, ...]:
    """The tables of a questionnaire, "main" first, then every repeat in document order. Notes make no column."""
    return _tables(engine_of(questionnaire))


@lru_cache(maxsize=MAX_ENGINES)
def _tables(engine: Engine) -> tuple[Table, ...]:
    questionnaire, root = engine.questionnaire, engine.root
    repeats = tuple(_repeats(root))
    names = {root.path: MAIN, **_unique_names(repeats, {MAIN})}
    tables = [Table(MAIN, root.path, None, _columns(questionnaire, root))]
    for repeat in repeats:
        parent = _enclosing(repeat)
        tables.append(Table(names[repeat.path], repeat.path, names[parent.path], _columns(questionnaire, repeat)))
    return tuple(tables)


def _repeats(plan: Plan) -> Iterator[Plan]:
    for child in plan.children:
        if child.is_repeat:
            yield child
        if not child.is_question:
            yield from _repeats(child)


def _enclosing(plan: Plan) -> Plan:
    """The repeat around a node, or the root."""
    at = plan.parent
    while at is not None and not at.is_repeat and at.parent is not None:
        at = at.parent
    return plan if at is None else at


def _questions(plan: Plan) -> Iterator[Plan]:
    """The questions that make the columns of a repeat's or the main table: those in its groups, not those in repeats inside it."""
    for child in plan.children:
        if child.is_question:
            if child.kind:
                yield child
        elif not child.is_repeat:
            yield from _questions(child)


def _columns(questionnaire: Questionnaire, plan: Plan) -> tuple[Column, ...]:
    questions = tuple(_questions(plan))
    names = _unique_names(questions, {"position", "parent_position"} if plan.is_repeat else set())
    return tuple(_column(questionnaire, each, names[each.path]) for each in questions)


def _column(questionnaire: Questionnaire, plan: Plan, name: str) -> Column:
    question = plan.node
    if not isinstance(question, Question):
        raise TypeError(f"{plan.path} is no question")
    known = QUESTION_TYPES.get(question.type)
    return Column(
        name=name,
        kind=plan.kind,
        question=question.name,
        path=question.path,
        label=question.called,
        choices=questionnaire.choices.get(question.list_name or "", ()),
        is_asked=bool(question.label) if known is None else known.is_asked,
    )


def _unique_names(plans: tuple[Plan, ...], taken: set[str]) -> dict[str, str]:
    """A name for each node by its path: its own, or where several share one, with the names of the groups around it before it.

    All that share a name are told apart by their groups, so that the name of one does not depend on which comes first.
    """
    parts = {plan.path: plan.path.split("/")[2:] for plan in plans}
    counts = Counter(plan.node.name for plan in plans)
    depth = {path: 1 if counts[names[-1]] == 1 and names[-1] not in taken else 2 for path, names in parts.items()}
    for _ in range(max((len(names) for names in parts.values()), default=0)):
        chosen = {path: "_".join(names[-depth[path] :]) for path, names in parts.items()}
        shared = Counter(chosen.values())
        again = [path for path, name in chosen.items() if (shared[name] > 1 or name in taken) and depth[path] < len(parts[path])]
        if not again:
            break
        for path in again:
            depth[path] += 1
    return _numbered(chosen if parts else {}, taken)


def _numbered(names: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """The names, with a number behind those that even their groups do not tell apart."""
    used, result = set(taken), {}
    for path, name in names.items():
        free, number = name, 2
        while free in used:
            free, number = f"{name}_{number}", number + 1
        used.add(free)
        result[path] = free
    return result
