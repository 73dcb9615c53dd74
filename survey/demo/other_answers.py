"""The invented answers of the questionnaires beside the household's and the archive check, by `other_forms.toml`, which tells its rules."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from questionnaires.model import Node, Question, Questionnaire, Repeat
from survey.demo.chance import any_of, happens, pick, pick_some

FIRST_SHARE = 0.7
"""How often a choice that nothing is told of is the first of its list."""
NONE, CHECKED = "none", "OK"


@cache
def told_answers() -> Mapping[str, Any]:
    """What other_forms.toml tells."""
    with Path(__file__).with_name("other_forms.toml").open("rb") as file:
        return tomllib.load(file)


def invent_answers(questionnaire: Questionnaire, rng: Random, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answers by name, `given` among them, and those of each entry of the form's repeat; writing leaves out what is not relevant."""
    told = told_answers()[questionnaire.form_id]
    repeat = next((node for node in questionnaire.walk() if isinstance(node, Repeat)), None)
    inside = _questions_in(repeat) if repeat else ()
    answers = dict(given)
    for question in questionnaire.questions():
        if question not in inside:
            _answer(questionnaire, question, rng, told, answers)
    entries: list[dict[str, Any]] = []
    times = told["repeat"]["times"] if repeat else 0
    for _number in range(answers[times] if isinstance(times, str) else times):
        entries.append({})
        for question in inside:
            _answer(questionnaire, question, rng, told["repeat"], entries[-1])
    return answers, entries


def _questions_in(node: Node) -> tuple[Question, ...]:
    if isinstance(node, Question):
        return (node,)
    return tuple(question for child in node.children for question in _questions_in(child))


def _answer(questionnaire: Questionnaire, question: Question, rng: Random, told: Mapping[str, Any], answers: dict[str, Any]) -> None:
    """Nothing; the answer to the question is among the answers where there is one to give."""
    if question.name in answers:
        return
    if question.type == "acknowledge":
        answers[question.name] = CHECKED
    elif question.name in told:
        answers[question.name] = _value(question, rng, told[question.name], answers, _choices(questionnaire, question))
    elif question.type in ("select_one", "select_multiple"):
        first, *others = _choices(questionnaire, question)
        chosen = first if not others or happens(rng, FIRST_SHARE) else any_of(rng, others)
        answers[question.name] = [chosen] if question.type == "select_multiple" else chosen


def _choices(questionnaire: Questionnaire, question: Question) -> tuple[str, ...]:
    return tuple(choice.name for choice in questionnaire.choices.get(question.list_name or "", ()))


def _value(question: Question, rng: Random, told: Any, answers: Mapping[str, Any], choices: tuple[str, ...]) -> Any:
    if isinstance(told, list):
        if isinstance(told[0], str):
            return any_of(rng, told)
        low, high = told
        return rng.randint(low, high) if isinstance(low, int) else round(rng.uniform(low, high), 1)
    if not isinstance(told, dict):
        return told
    if "rest" in told:
        return told["rest"] - sum(answers[name] for name in told["of"])
    if "of" in told:
        part = answers[told["of"]] * rng.uniform(told["from"], told["to"])
        return int(part) if question.type == "integer" else int(part * 10) / 10
    if question.type == "select_multiple":
        return pick_some(rng, told, NONE if NONE in choices else next(iter(told)))
    chosen = pick(rng, told)
    return int(chosen) if question.type == "integer" else chosen
