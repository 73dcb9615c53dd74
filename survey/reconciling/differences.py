"""Two records of one interview question by question: what agrees, what differs, and what only one of them has. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.model import Group, Node, Question, Questionnaire, Repeat
from questionnaires.question_types import QUESTION_TYPES
from survey.intake.media import FILE_TYPES
from survey.reconciling.alignment import Aligned, align
from survey.reconciling.tolerances import Tolerances, is_same

LEFT, RIGHT, OTHER = "left", "right", "other"
"""The lead's record, the second's, and neither."""
UNCOMPARED_TYPES = FILE_TYPES | {"note", "acknowledge"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question of an interview as both recorded it, or one entry of a repeat that only one of them has (`question` is None).

    `node` is the path with the numbers of entries over both records; `left_node` and `right_node` are where the answer stands in each,
    "" where the entry is absent. `section` is the name of the outermost group around it, "" outside groups.
    """

    node: str
    section: str
    question: Question | None
    repeat: Repeat | None
    position: tuple[int, ...]
    left: Any
    right: Any
    left_node: str
    right_node: str
    is_agreeing: bool

    @property
    def is_one_sided(self) -> bool:
        """Whether only one of them recorded something."""
        return self.left is None or self.right is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk over two records is: the paths around it over both, in the first and in the second, and the section."""

    node: str
    left_node: str
    right_node: str
    position: tuple[int, ...] = ()
    section: str = ""

    def into(self, name: str) -> "Place":
        """The place inside a group."""
        return Place(f"{self.node}/{name}", f"{self.left_node}/{name}", f"{self.right_node}/{name}", self.position, self.section or name)

    def entry(self, name: str, aligned: Aligned) -> "Place":
        """The place inside one entry of a repeat; "" in the record that does not have it."""
        left = f"{self.left_node}/{name}[{aligned.left + 1}]" if aligned.left is not None else ""
        right = f"{self.right_node}/{name}[{aligned.right + 1}]" if aligned.right is not None else ""
        node = f"{self.node}/{name}[{aligned.number}]"
        return Place(node, left, right, (*self.position, aligned.number), self.section or name)


def compare_records(
    questionnaire: Questionnaire, left: Mapping[str, Any], right: Mapping[str, Any], tolerances: Tolerances
) -> tuple[Comparison, ...]:
    """Every question that at least one of them answered and that can differ, in the order of the form."""
    return tuple(_compare(questionnaire.children, left, right, start_of(questionnaire), tolerances))


def start_of(questionnaire: Questionnaire) -> Place:
    """Where a walk over two records of the questionnaire begins."""
    root = next((node.path.rpartition("/")[0] for node in questionnaire.children), "")
    return Place(root, root, root)


def is_compared(question: Question) -> bool:
    """Whether two people can record something different: no calculation, nothing filled in by the tablet, no file, no mere assent."""
    known = QUESTION_TYPES.get(question.type)
    is_asked = bool(question.label) and (known is None or known.is_asked)
    return is_asked and not question.calculation and not question.read_only and question.type not in UNCOMPARED_TYPES


def is_blank(value: Any) -> bool:
    """Whether nothing was recorded."""
    return value is None or value in ("", [], {})


def _compare(
    children: tuple[Node, ...], left: Mapping[str, Any], right: Mapping[str, Any], place: Place, tolerances: Tolerances
) -> Iterator[Comparison]:
    for child in children:
        one, other = left.get(child.name), right.get(child.name)
        if isinstance(child, Question):
            if is_compared(child) and not (is_blank(one) and is_blank(other)):
                yield _compare_answer(child, one, other, place, tolerances)
        elif isinstance(child, Group):
            yield from _compare(child.children, one or {}, other or {}, place.into(child.name), tolerances)
        else:
            for aligned in align(child, one or (), other or ()):
                yield from _compare_entry(child, aligned, one or (), other or (), place.entry(child.name, aligned), tolerances)


def _compare_answer(question: Question, one: Any, other: Any, place: Place, tolerances: Tolerances) -> Comparison:
    left, right = (None if is_blank(value) else value for value in (one, other))
    return Comparison(
        node=f"{place.node}/{question.name}",
        section=place.section,
        question=question,
        repeat=None,
        position=place.position,
        left=left,
        right=right,
        left_node=f"{place.left_node}/{question.name}",
        right_node=f"{place.right_node}/{question.name}",
        is_agreeing=left is not None and right is not None and is_same(question, left, right, tolerances),
    )


def _compare_entry(repeat: Repeat, aligned: Aligned, left: Any, right: Any, place: Place, tolerances: Tolerances) -> Iterator[Comparison]:
    if aligned.left is not None and aligned.right is not None:
        yield from _compare(repeat.children, left[aligned.left] or {}, right[aligned.right] or {}, place, tolerances)
        return
    yield Comparison(
        node=place.node,
        section=place.section,
        question=None,
        repeat=repeat,
        position=place.position,
        left=left[aligned.left] or {} if aligned.left is not None else None,
        right=right[aligned.right] or {} if aligned.right is not None else None,
        left_node=place.left_node,
        right_node=place.right_node,
        is_agreeing=False,
    )
