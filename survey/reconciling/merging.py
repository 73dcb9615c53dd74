"""The reconciled record: the lead's answers with what was decided put in, computed and judged anew by the questionnaire's engine. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.instance import Finding, check_instance, irrelevant_places, parse_instance, write_instance
from questionnaires.model import Group, Node, Question, Questionnaire, Repeat
from survey.reconciling.alignment import Aligned, align
from survey.reconciling.differences import OTHER, RIGHT, Comparison, Place, is_compared, start_of


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about one answer; `value` is what counts instead of both, as the form's XML writes it (for "other" only)."""

    choice: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule of the questionnaire that the reconciled record breaks, at a node over both records."""

    node: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The reconciled answers, the rules they break, and the nodes of questions that do not apply to them."""

    answers: dict[str, Any]
    broken: tuple[BrokenRule, ...]
    moot: frozenset[str]


Numbers = dict[tuple[str, tuple[int, ...]], tuple[int, ...]]
"""By a repeat's path and the positions in the reconciled record: the numbers of the same entry over both records."""


def reconcile_records(
    questionnaire: Questionnaire, left: Mapping[str, Any], right: Mapping[str, Any], decisions: Mapping[str, Decision], *, now: datetime
) -> Reconciled:
    """The record that the decisions (by node) make of both. What is not decided yet is as the lead recorded it.

    Calculations are computed from the reconciled answers; answers that do not apply to them are gone.
    """
    numbers: Numbers = {}
    merged = _merge(questionnaire.children, left, right, start_of(questionnaire), (), decisions, numbers)
    moot = irrelevant_places(questionnaire, merged, now=now)
    xml = write_instance(questionnaire, merged, instance_id="uuid:reconciled", now=now)
    check = check_instance(questionnaire, parse_instance(xml), now=now)
    around = _repeats_around(questionnaire.children, "")
    return Reconciled(
        answers=check.answers,
        broken=tuple(BrokenRule(_node(finding.path, finding.position, around, numbers), finding) for finding in check.findings),
        moot=frozenset(_node(path, position, around, numbers) for path, position in moot),
    )


def open_nodes(comparisons: tuple[Comparison, ...], decisions: Mapping[str, Decision], moot: frozenset[str]) -> tuple[str, ...]:
    """The nodes of differences that wait for a decision, in the order of the form; what does not apply any more does not wait."""
    return tuple(each.node for each in comparisons if not each.is_agreeing and each.node not in decisions and each.node not in moot)


def _merge(
    children: tuple[Node, ...],
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    place: Place,
    position: tuple[int, ...],
    decisions: Mapping[str, Decision],
    numbers: Numbers,
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for child in children:
        one, other = left.get(child.name), right.get(child.name)
        if isinstance(child, Question):
            value = _decided(child, one, other, decisions.get(f"{place.node}/{child.name}"))
        elif isinstance(child, Group):
            value = _merge(child.children, one or {}, other or {}, place.into(child.name), position, decisions, numbers)
        else:
            value = _merge_repeat(child, one or (), other or (), place, position, decisions, numbers)
        if value not in (None, {}, []):
            merged[child.name] = value
    return merged


def _decided(question: Question, one: Any, other: Any, decision: Decision | None) -> Any:
    if decision is None or not is_compared(question):
        return one
    return decision.value if decision.choice == OTHER else other if decision.choice == RIGHT else one


def _merge_repeat(
    repeat: Repeat,
    left: Any,
    right: Any,
    place: Place,
    position: tuple[int, ...],
    decisions: Mapping[str, Decision],
    numbers: Numbers,
) -> list[dict[str, Any]]:
    merged: list[dict[str, Any]] = []
    for entry in kept_entries(repeat, left, right, place, decisions):
        here = (*position, len(merged) + 1)
        numbers[repeat.path, here] = entry.inside.position
        merged.append(_merge(repeat.children, entry.one, entry.other, entry.inside, here, decisions, numbers))
    return merged


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry of a repeat that stands in the reconciled record: where it stands in both, and what each recorded of it."""

    aligned: Aligned
    inside: Place
    one: Mapping[str, Any]
    other: Mapping[str, Any]


def kept_entries(
    repeat: Repeat, left: Sequence[Any], right: Sequence[Any], place: Place, decisions: Mapping[str, Decision]
) -> Iterator[KeptEntry]:
    """The entries of the reconciled record in its order; of what only one of them recorded, the other side is taken to say the same."""
    for aligned in align(repeat, left, right):
        inside = place.entry(repeat.name, aligned)
        takes_right = inside.node in decisions and decisions[inside.node].choice == RIGHT
        is_kept = aligned.right is not None and takes_right if aligned.left is None else aligned.right is not None or not takes_right
        if is_kept:
            of_left = left[aligned.left] or {} if aligned.left is not None else None
            of_right = right[aligned.right] or {} if aligned.right is not None else None
            one = of_right if of_left is None else of_left
            yield KeptEntry(aligned, inside, one or {}, of_right if of_right is not None else one or {})


def _repeats_around(children: tuple[Node, ...], around: str) -> dict[str, str]:
    """The path of the innermost repeat around each node by the node's path, "" outside repeats."""
    found: dict[str, str] = {}
    for child in children:
        found[child.path] = around
        if not isinstance(child, Question):
            found |= _repeats_around(child.children, child.path if isinstance(child, Repeat) else around)
    return found


def _node(path: str, position: tuple[int, ...], around: Mapping[str, str], numbers: Numbers) -> str:
    """The node over both records of a place in the reconciled one."""
    repeat = around.get(path, "")
    counted = numbers.get((repeat, position), position)
    chain: list[str] = []
    while repeat:
        chain.insert(0, repeat)
        repeat = around.get(repeat, "")
    node = path
    # From the innermost repeat outwards, so that the paths of those outside still fit.
    for outer, number in reversed(list(zip(chain, counted, strict=False))):
        node = node.replace(outer, f"{outer}[{number}]", 1)
    return node
