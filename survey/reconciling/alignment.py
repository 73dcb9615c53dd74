"""Which entry of a repeat in one record is which in the other: by a question that names it, else by position. Pure.

Interviewers list the members of a household in different orders, and one of them forgets somebody. Entries are put together by their
name or number if the repeat asks for one; of those left over, two belong together when most of what else was recorded is equal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.model import Group, Question, Repeat
from questionnaires.question_types import QUESTION_TYPES
from survey.reconciling.tolerances import Tolerances, is_same, normalised

KEY_NAMES = re.compile(r"(?:^|_)(?:name|number|no|id|code|key)$|姓名|名称|编号")
KEY_TYPES = frozenset(("text", "barcode", "integer"))
ALIKE_SHARE = 0.6
"""Entries under different names are the same one when this share of their other answers is equal."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aligned:
    """One entry of a repeat over both records: where it stands in each (from 0; None where it is absent), and its number over both.

    The first record's entries keep their numbers; those that only the second has are counted on from there.
    """

    number: int
    left: int | None
    right: int | None


def align(repeat: Repeat, left: Sequence[Entry], right: Sequence[Entry]) -> tuple[Aligned, ...]:
    """The entries of both records, each with its counterpart if there is one."""
    key = key_question(repeat)
    partners = _by_key(repeat, key, left, right) if key else {number: number for number in range(min(len(left), len(right)))}
    matched = set(partners.values())
    both = [Aligned(number + 1, number, partners.get(number)) for number in range(len(left))]
    extra = [number for number in range(len(right)) if number not in matched]
    return (*both, *(Aligned(len(left) + count, None, number) for count, number in enumerate(extra, start=1)))


def key_question(repeat: Repeat) -> Question | None:
    """The first question of the repeat that names its entries by a text or number; None if it asks for nothing of the kind."""
    return next(
        (
            question
            for question in own_questions(repeat)
            if question.type in KEY_TYPES and question.label and not question.calculation and KEY_NAMES.search(question.name)
        ),
        None,
    )


def own_questions(node: Group | Repeat) -> Iterator[Question]:
    """The questions of a group or of each entry of a repeat, those in its groups included, those of repeats inside it left out."""
    for child in node.children:
        if isinstance(child, Question):
            yield child
        elif isinstance(child, Group):
            yield from own_questions(child)


def value_in(repeat: Repeat, entry: Entry, question: Question) -> Any:
    """The answer of an entry to one of its own questions."""
    at: Any = entry
    for name in question.path.removeprefix(f"{repeat.path}/").split("/"):
        at = at.get(name) if isinstance(at, Mapping) else None
    return at


def _by_key(repeat: Repeat, key: Question, left: Sequence[Entry], right: Sequence[Entry]) -> dict[int, int]:
    names = {side: [normalised(str(value_in(repeat, entry, key) or "")) for entry in entries] for side, entries in enumerate((left, right))}
    partners: dict[int, int] = {}
    for number, name in enumerate(names[0]):
        taken = set(partners.values())
        same = [other for other, other_name in enumerate(names[1]) if name and other_name == name and other not in taken]
        if same:
            # Two of one name: the one at the same place if it is free, else the first.
            partners[number] = number if number in same else same[0]
    _match_alike(repeat, key, left, right, partners)
    return partners


def _match_alike(repeat: Repeat, key: Question, left: Sequence[Entry], right: Sequence[Entry], partners: dict[int, int]) -> None:
    """Adds to `partners` the entries left over that are alike in everything but the name, the most alike first."""
    free = set(range(len(right))) - set(partners.values())
    candidates = [
        (_alike(repeat, key, left[number], right[other]), -abs(number - other), number, other)
        for number in range(len(left))
        if number not in partners
        for other in free
    ]
    for share, _distance, number, other in sorted(candidates, reverse=True):
        if share >= ALIKE_SHARE and number not in partners and other in free:
            partners[number] = other
            free.remove(other)


def _alike(repeat: Repeat, key: Question, left: Entry, right: Entry) -> float:
    """The share of equal answers among those that both entries have, names and what nobody was asked left aside."""
    n_same = n_both = 0
    for question in own_questions(repeat):
        known = QUESTION_TYPES.get(question.type)
        one, other = value_in(repeat, left, question), value_in(repeat, right, question)
        if question is key or not question.label or one is None or other is None or (known and not known.is_asked):
            continue
        n_both += 1
        n_same += is_same(question, one, other, Tolerances())
    return n_same / n_both if n_both else 0.0
