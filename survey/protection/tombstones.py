"""An interview without what tells who somebody is: its answers, and its XML as it was received. Pure; figures stay as they are."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from lxml import etree

from questionnaires.instance import parse_instance
from questionnaires.model import Question, Questionnaire
from survey.protection.answers import ERASED, NAME, NUMBER, TEXT, changed_answers, class_of_question

TEXTS = (NAME, NUMBER, TEXT)
"""Of these a tombstone tells that something was answered; positions and files leave nothing."""
REPLACED_TYPES = frozenset(("text", "barcode", "calculate", "hidden", "username", "email", "phonenumber", "deviceid"))
"""Questions whose answer may be any text, so that a tombstone can stand in its place; others are left without an answer."""

Entry = tuple[str, int]
"""One entry of a repeat: the repeat's path and the position, counted from 1."""


def personal_classes(questionnaire: Questionnaire) -> dict[str, str]:
    """The class of every question that tells of people, by its path."""
    classes = {question.path: class_of_question(questionnaire, question) for question in questionnaire.questions()}
    return {path: told for path, told in classes.items() if told}


def erased_answers(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with a tombstone in place of every name, number and text that somebody typed, and without positions and files."""

    def erase(question: Question, told: str, _value: Any) -> Any:
        return _tombstone(question, told) or None

    return changed_answers(questionnaire, answers, erase)


def erased_xml(questionnaire: Questionnaire, xml: bytes) -> bytes:
    """The XML with the same put in place of the same answers; structure, choices and numbers that are figures stay."""
    classes, questions = personal_classes(questionnaire), {each.path: each for each in questionnaire.questions()}
    root = parse_instance(xml)
    _erase_below(root, f"/{etree.QName(root).localname}", classes, questions)
    return etree.tostring(root, encoding="utf-8")


def _erase_below(element: etree._Element, path: str, classes: Mapping[str, str], questions: Mapping[str, Question]) -> None:
    for child in element:
        below = f"{path}/{etree.QName(child).localname}"
        if below in classes and (child.text or "").strip():
            child.text = _tombstone(questions[below], classes[below])
        _erase_below(child, below, classes, questions)


def _tombstone(question: Question, told: str) -> str:
    return ERASED if told in TEXTS and question.type in REPLACED_TYPES else ""


def entries_named(questionnaire: Questionnaire, answers: Mapping[str, Any], is_named: Callable[[str], bool]) -> tuple[Entry, ...]:
    """The entries of repeats outside other repeats in which a question for a name was answered with one of which this holds."""
    classes = personal_classes(questionnaire)
    return tuple(_entries(classes, answers, "/" + _root_name(questionnaire), is_named))


def _root_name(questionnaire: Questionnaire) -> str:
    return next((node.path.split("/")[1] for node in questionnaire.children), "data")


def _entries(classes: Mapping[str, str], answers: Mapping[str, Any], path: str, is_named: Callable[[str], bool]) -> list[Entry]:
    found: list[Entry] = []
    for key, value in answers.items():
        below = f"{path}/{key}"
        if isinstance(value, dict):
            found += _entries(classes, value, below, is_named)
        elif isinstance(value, list):
            for position, entry in enumerate(value, start=1):
                if isinstance(entry, dict) and _is_of(classes, entry, below, is_named):
                    found.append((below, position))
    return found


def _is_of(classes: Mapping[str, str], entry: Mapping[str, Any], path: str, is_named: Callable[[str], bool]) -> bool:
    for key, value in entry.items():
        if isinstance(value, dict) and _is_of(classes, value, f"{path}/{key}", is_named):
            return True
        if classes.get(f"{path}/{key}") == NAME and isinstance(value, str) and is_named(value):
            return True
    return False


def erased_entries(
    questionnaire: Questionnaire, answers: Mapping[str, Any], xml: bytes, entries: Collection[Entry]
) -> tuple[dict[str, Any], bytes]:
    """Answers and XML with only these entries of repeats erased."""
    classes, questions = personal_classes(questionnaire), {each.path: each for each in questionnaire.questions()}
    root = parse_instance(xml)
    told = _copied(answers)
    for path, position in entries:
        steps = path.split("/")[2:]
        _erase_entry(told, steps, position, path, classes, questions)
        for element in _elements(root, steps)[position - 1 : position]:
            _erase_below(element, path, classes, questions)
    return told, etree.tostring(root, encoding="utf-8")


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _elements(root: etree._Element, steps: Collection[str]) -> list[etree._Element]:
    found = [root]
    for step in steps:
        found = [child for element in found for child in element if etree.QName(child).localname == step]
    return found


def _erase_entry(
    answers: dict[str, Any], steps: list[str], position: int, path: str, classes: Mapping[str, str], questions: Mapping[str, Question]
) -> None:
    place: Any = answers
    for step in steps[:-1]:
        place = place[step]
    _erase_values(place[steps[-1]][position - 1], path, classes, questions)


def _erase_values(entry: dict[str, Any], path: str, classes: Mapping[str, str], questions: Mapping[str, Question]) -> None:
    for key, value in entry.items():
        below = f"{path}/{key}"
        if below in classes and value not in (None, ""):
            entry[key] = _tombstone(questions[below], classes[below]) or None
        elif isinstance(value, dict):
            _erase_values(value, below, classes, questions)
