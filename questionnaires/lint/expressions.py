"""Problems of expressions: what is no XPath, what calls a function that does not exist, and what goes round in a circle."""

from collections.abc import Iterator
from typing import Any

from questionnaires.engine import build_engine, sources_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.rewrite import checked_function
from questionnaires.expressions.runaway import runs_away, time_power
from questionnaires.expressions.scope import Scope, scope_of
from questionnaires.expressions.xpath import Literal, arguments_of, calls_in, parse_expression
from questionnaires.lint.authored import REFERENCE, Authored, SurveyRow, cell, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.model import Questionnaire

_COLUMNS = ("relevant", "constraint", "calculation", "required", "choice_filter", "repeat_count")
MOST_POWER = 3
"""A pattern whose time grows with a higher power of the answer's length is refused; with this one a thousand signs take seconds."""


def expression_problems(authored: Authored, questionnaire: Questionnaire) -> Iterator[Problem]:
    """The problems of a form that converts: every expression compiled as it will be evaluated, then the circles among them."""
    rows = {each.path: each for each in authored.survey if not each.is_end}
    scope = scope_of(questionnaire)
    is_sound = True
    for node in questionnaire.walk():
        at = rows.get(tuple(node.path.split("/")[2:]))
        for column, text in sources_of(node):
            try:
                compile_expression(text, node.path, scope, node.name, is_filter=column == "choice_filter")
            except SurveyError as error:
                is_sound = False
                yield _bad(at, column, error)
            else:
                yield from _runaway(at, column, text)
    if questionnaire.instance_name:
        yield from _instance_name_problems(questionnaire.instance_name, authored, scope)
    if is_sound:
        yield from _circles(questionnaire, {each.name: each for each in reversed(authored.survey) if each.name})


def _instance_name_problems(expression: str, authored: Authored, scope: Scope) -> Iterator[Problem]:
    row = next(iter(authored.workbook.rows("settings")), None)
    try:
        compile_expression(expression, f"/{scope.root}/meta/instanceName", scope, "instance_name")
    except SurveyError as error:
        place = (None, "instance_name", expression) if row is None else (row.number, "instance_name", cell(row, "instance_name"))
        yield make_problem("bad_expression", "settings", *place, detail=str(error.values.get("detail", error)))


def _bad(at: SurveyRow | None, column: str, error: SurveyError) -> Problem:
    detail = str(error.values.get("detail", error))
    if at is None:
        return make_problem("bad_expression", "survey", None, column, str(error.values.get("expression", "")), detail=detail)
    return make_problem("bad_expression", "survey", at.row.number, header_of(at.row, column), cell(at.row, column), detail=detail)


def _runaway(at: SurveyRow | None, column: str, text: str) -> Iterator[Problem]:
    """The patterns in an expression that would stop a tablet, and those that are not written in it, of which nobody can say."""
    place = (at.row.number, header_of(at.row, column), cell(at.row, column)) if at else (None, column, text)
    for arguments in arguments_of(parse_expression(text), "regex"):
        told = arguments[1] if len(arguments) > 1 else None
        if not isinstance(told, Literal):
            yield from [make_problem("pattern_of_answers", "survey", *place)] if told else []
            continue
        pattern = told.text[1:-1]
        if runs_away(pattern) or time_power(pattern) > MOST_POWER:
            yield make_problem("runaway_pattern", "survey", *place, pattern=pattern)
        elif time_power(pattern) == MOST_POWER:
            yield make_problem("slow_pattern", "survey", *place, pattern=pattern)


def _circles(questionnaire: Questionnaire, named: dict[str, SurveyRow]) -> Iterator[Problem]:
    try:
        engine = build_engine(questionnaire)
    except SurveyError as error:
        if error.code is not ErrorCode.CIRCULAR_EXPRESSION:
            return
        cycle = str(error.values["cycle"])
        at = named.get(cycle.split(" → ")[0])
        column = "calculation" if at and cell(at.row, "calculation") else "relevant"
        place: tuple[Any, ...] = (at.row.number, header_of(at.row, column), cell(at.row, column)) if at else ()
        yield make_problem("circular", "survey", *place, cycle=cycle)
        return
    for paths in engine.codependent:
        names = [path.rpartition("/")[2] for path in paths]
        at = named.get(names[0])
        yield make_problem("codependent", "survey", at.row.number if at else None, "relevant", cycle=" → ".join([*names, names[0]]))


def syntax_problems(authored: Authored) -> Iterator[Problem]:
    """The problems of a form that does not convert, as far as an expression shows them without the rest of the form."""
    for each in authored.survey:
        for column in _COLUMNS:
            text = cell(each.row, column)
            if not text or (column == "required" and text.lower() in ("yes", "no", "true", "false")):
                continue
            detail = syntax_error(text)
            if detail:
                yield make_problem("bad_expression", "survey", each.row.number, header_of(each.row, column), text, detail=detail)


def syntax_error(text: str) -> str:
    """What is wrong with an expression as its author wrote it, "" when nothing can be told from the expression alone."""
    try:
        for name, n_arguments in calls_in(parse_expression(REFERENCE.sub(" /data/answer ", text))):
            checked_function(name, n_arguments)
    except SurveyError as error:
        return str(error.values.get("detail", error))
    return ""
