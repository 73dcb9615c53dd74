"""What corrections make of an interview's answers, computed and judged by the questionnaire's engine. Pure.

One corrected answer moves others: calculations are made anew, and answers that do not apply any more are gone. That is worked out from
the stored answers and all corrections that count, whatever order they came in, and never kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.instance import Finding, check_instance, parse_instance, write_instance
from questionnaires.model import Node, Question, Questionnaire, Repeat
from questionnaires.typed_values import to_xml_text
from survey.reconciling.differences import is_compared


@dataclass(frozen=True, slots=True)
class Place:
    """One answer of an interview: its node with positions, the question, and the answer as the form's XML writes it, "" for none."""

    node: str
    question: Question
    position: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that follows from corrections, as it is stored and as it counts."""

    node: str
    question: Question
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Effect:
    """The answers that count, what else changed with the corrected ones, and what stands against it.

    `broken` are the rules that the corrected record breaks and the stored one does not; `missing` are the nodes of questions that apply
    now and must be answered; `resized` is the repeat that would have more or fewer entries, which corrections cannot give it.
    """

    answers: dict[str, Any]
    follows: tuple[Change, ...]
    broken: tuple[Finding, ...]
    missing: tuple[str, ...]
    resized: Repeat | None


def is_correctable(question: Question) -> bool:
    """Whether somebody answered it by telling something: no calculation, nothing that the tablet filled in, no file."""
    return is_compared(question)


def places_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Place]:
    """Every question with its answer by node, once for each entry of the repeats around it, in the order of the form."""
    root = next((node.path.rpartition("/")[0] for node in questionnaire.children), "")
    return {place.node: place for place in _places(questionnaire.children, answers, root, ())}


def effect_of(questionnaire: Questionnaire, stored: Mapping[str, Any], values: Mapping[str, str], *, now: datetime) -> Effect:
    """What the answers are with `values` by node in place of the stored ones; `now` is when the interview arrived."""
    before, after = (_settled(questionnaire, answers, now) for answers in (stored, _with(questionnaire, stored, values)))
    known = {(each.path, each.position, each.code) for each in before[1]}
    broken = [each for each in after[1] if (each.path, each.position, each.code) not in known]
    nodes = {(place.question.path, place.position): node for node, place in places_of(questionnaire, after[0]).items()}
    corrected = set(values)
    return Effect(
        answers=after[0],
        follows=tuple(_follows(places_of(questionnaire, before[0]), places_of(questionnaire, after[0]), values)),
        broken=tuple(each for each in broken if each.code != "required" or nodes.get((each.path, each.position)) in corrected),
        missing=tuple(
            node for each in broken if each.code == "required" and (node := nodes.get((each.path, each.position), "")) not in corrected
        ),
        resized=_resized(questionnaire.children, before[0], after[0]),
    )


def _settled(questionnaire: Questionnaire, answers: Mapping[str, Any], now: datetime) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    xml = write_instance(questionnaire, answers, instance_id="uuid:corrected", now=now)
    check = check_instance(questionnaire, parse_instance(xml), now=now)
    return check.answers, check.findings


def _places(children: tuple[Node, ...], answers: Mapping[str, Any], around: str, position: tuple[int, ...]) -> Iterator[Place]:
    for child in children:
        value, node = answers.get(child.name), f"{around}/{child.name}"
        if isinstance(child, Question):
            yield Place(node, child, position, to_xml_text(value))
        elif isinstance(child, Repeat):
            for number, each in enumerate(value or (), start=1):
                yield from _places(child.children, each or {}, f"{node}[{number}]", (*position, number))
        else:
            yield from _places(child.children, value or {}, node, position)


def _with(questionnaire: Questionnaire, answers: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    root = next((node.path.rpartition("/")[0] for node in questionnaire.children), "")
    return _put(questionnaire.children, answers, root, values)


def _put(children: tuple[Node, ...], answers: Mapping[str, Any], around: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The answers with the values put in; groups that nothing was answered in come and go with their answers, entries stay."""
    made: dict[str, Any] = {}
    for child in children:
        value, node = answers.get(child.name), f"{around}/{child.name}"
        if isinstance(child, Question):
            found: Any = values.get(node, value)
        elif isinstance(child, Repeat):
            found = [_put(child.children, each or {}, f"{node}[{number}]", values) for number, each in enumerate(value or (), start=1)]
        else:
            found = _put(child.children, value or {}, node, values)
        if found not in (None, "", {}, []):
            made[child.name] = found
    return made


def _follows(old: Mapping[str, Place], new: Mapping[str, Place], values: Mapping[str, str]) -> Iterator[Change]:
    for node, place in old.items():
        wanted = values.get(node, place.text)
        text = new[node].text if node in new else ""
        if text != wanted and place.question.type != "note" and not _says_the_same(place.question, text, wanted):
            yield Change(node, place.question, place.text, text)


def _says_the_same(question: Question, one: str, other: str) -> bool:
    """Whether two texts write the same number, "5" and "5.0"."""
    if question.type not in ("integer", "decimal", "range", "calculate"):
        return False
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _resized(children: tuple[Node, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Repeat | None:
    """The first repeat that has another number of entries than before."""
    for child in children:
        one, other = before.get(child.name), after.get(child.name)
        if isinstance(child, Question):
            continue
        if not isinstance(child, Repeat):
            found = _resized(child.children, one or {}, other or {})
        elif len(one or ()) != len(other or ()):
            return child
        else:
            pairs = zip(one or (), other or (), strict=True)
            found = next((each for left, right in pairs if (each := _resized(child.children, left or {}, right or {}))), None)
        if found is not None:
            return found
    return None
