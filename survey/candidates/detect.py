"""Candidates for issues, as the rules of the questionnaire find them in one submission. Pure: nothing is read or stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.instance import Check, Given, given_answers
from questionnaires.model import IssueRule, Questionnaire
from survey.intake.texts import texts_by_code


@dataclass(frozen=True, slots=True)
class DetectedIssue:
    """One rule that holds for one submission; `title` is by language code, `evidence` maps question names to answers.

    The evidence of a question inside a repeat is the list of its answers, in the order of the repeat; unanswered ones are left out.
    """

    rule: str
    title: dict[str, str]
    area: str
    level: str
    severity: str
    evidence: dict[str, Any]


def detect_issues(questionnaire: Questionnaire, check: Check) -> tuple[DetectedIssue, ...]:
    """What the questionnaire's `issue_rules` found in an instance that was checked."""
    given = given_answers(questionnaire, check.answers) if check.rules else ()
    return tuple(_detected(questionnaire, rule, given) for rule in check.rules)


def _detected(questionnaire: Questionnaire, rule: IssueRule, given: Iterable[Given]) -> DetectedIssue:
    return DetectedIssue(
        rule=rule.name,
        title=texts_by_code(questionnaire, rule.title),
        area=rule.area,
        level=rule.level,
        severity=rule.severity,
        evidence=_evidence(rule, given),
    )


def evidence_of(questionnaire: Questionnaire, rule: IssueRule, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to a rule's questions of evidence, by question name."""
    return _evidence(rule, given_answers(questionnaire, answers))


def _evidence(rule: IssueRule, given: Iterable[Given]) -> dict[str, Any]:
    wanted = set(rule.evidence)
    evidence: dict[str, Any] = {}
    for question, positions, value in given:
        if question.name not in wanted:
            continue
        if positions:
            evidence.setdefault(question.name, []).append(value)
        else:
            evidence[question.name] = value
    return evidence
