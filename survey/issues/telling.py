"""What a piece of evidence says to whoever reads the page: names that it quotes are masked for those who are shown none.

A piece keeps its lines as they were said, label and words. Which of them tell who somebody is says the questionnaire that was asked: by the
node of an answer, by the label of a line of a candidate.
"""

from collections.abc import Mapping
from typing import Any

from questionnaires.model import Questionnaire, text_in
from survey.db import current_session
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.issues.models import IssueEvidence
from survey.protection.answers import class_of_question
from survey.protection.reading import readable_answer

BETWEEN = " · "
"""Stands between the answers of several members in one line."""


def readable_lines(row: IssueEvidence, language: str, *, is_now: bool = False) -> list[tuple[str, str]]:
    """Label and words of each line, as it was told when it was added, or `is_now`; in Chinese where it has none in `language`."""
    told = (row.told_now if is_now else row.told) or {}
    by_language = told.get("lines") or {}
    code = language if by_language.get(language) else "zh"
    lines = [(label, words) for label, words in by_language.get(code) or ()]
    submission = current_session().get(Submission, row.instance_id) if row.instance_id and lines else None
    if submission is None:
        return lines
    questionnaire = load_questionnaire(submission.questionnaire)
    if row.kind == "answer":
        tells = _class_at(questionnaire, row.question or "")
        return [(label, _readable(tells, words)) for label, words in lines]
    by_label = _classes_by_label(questionnaire, code)
    return [(label, _readable(by_label.get(label, ""), words)) for label, words in lines]


def _class_at(questionnaire: Questionnaire, node: str) -> str:
    name = node.rpartition("/")[2]
    return next((class_of_question(questionnaire, each) for each in questionnaire.questions() if each.name == name), "")


def _classes_by_label(questionnaire: Questionnaire, code: str) -> Mapping[str, str]:
    """Of questions of one label, one that tells who somebody is counts."""
    language = questionnaire.language(code)
    found: dict[str, str] = {}
    for question in questionnaire.questions():
        label = text_in(question.called, language) or question.name
        found[label] = class_of_question(questionnaire, question) or found.get(label, "")
    return found


def _readable(tells: str, words: Any) -> str:
    return BETWEEN.join(str(readable_answer(tells, each)) for each in str(words).split(BETWEEN))
