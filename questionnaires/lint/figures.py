"""Problems of the two sheets of our own: indicators and issue rules that name what is not there or say what has no meaning."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.engine import compile_rule
from questionnaires.errors import SurveyError
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.scope import Scope, scope_of
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from questionnaires.lint.authored import REFERENCE, Authored, SurveyRow, cell, header_of, is_number, suggestion, translations
from questionnaires.lint.expressions import syntax_error
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.model import AREAS, QUANTILE_KINDS, TOLD_OF, IssueRule, Question, Questionnaire
from questionnaires.question_types import QUESTION_TYPES
from questionnaires.reader import resolve_references
from questionnaires.sheets import Row
from questionnaires.xform import paths_of

KINDS = ("share", "mean", "total", "ratio", "median", "quantile", "distribution", "function")
LEVELS = ("household", "village", "township", "county", "city", "province")
SEVERITIES = ("low", "medium", "high", "acute")
HOUSEHOLD_KINDS = ("registered", "lifted_out", "marginal", "ordinary")
_NUMERIC = ("integer", "decimal")
_OF_NUMBERS = ("mean", "total", "ratio", *QUANTILE_KINDS)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the checks of the two sheets look things up in; without `scope` the form does not convert and kinds are not known."""

    named: dict[str, SurveyRow]
    choices: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    scope: Scope | None
    paths: dict[str, str]


def figure_problems(authored: Authored, questionnaire: Questionnaire | None) -> Iterator[Problem]:
    """The problems of the sheets `indicators` and `issue_rules`."""
    figures = _Figures(
        named=authored.named(),
        choices={name: tuple(cell(row, "name") for row in rows) for name, rows in authored.choices().items()},
        kinds={} if questionnaire is None else _kinds(questionnaire),
        scope=None if questionnaire is None else scope_of(questionnaire),
        paths={} if questionnaire is None else paths_of(questionnaire.walk()),
    )
    for row in authored.workbook.rows("settings"):
        yield from _word_problems("settings", row, "told_of", TOLD_OF, is_needed=False)
    seen: dict[tuple[str, str], int] = {}
    for sheet, check, title in (("indicators", _indicator_problems, "label"), ("issue_rules", _rule_problems, "title")):
        for row in authored.workbook.rows(sheet):
            name = cell(row, "name")
            if not name:
                yield make_problem("missing_name", sheet, row.number, "name")
            elif (sheet, name) in seen:
                yield make_problem("duplicate_name", sheet, row.number, "name", name, name=name, other=str(seen[sheet, name]))
            seen.setdefault((sheet, name), row.number)
            if not any(translations(row, title).values()):
                yield make_problem("missing_title", sheet, row.number, title, column=title)
            yield from _word_problems(sheet, row, "area", AREAS)
            yield from check(row, figures)


def _kinds(questionnaire: Questionnaire) -> dict[str, str]:
    """The kind of column of every question; that of a calculation as far as it compiles."""
    scope, kinds = scope_of(questionnaire), {}
    for question in questionnaire.questions():
        known = QUESTION_TYPES.get(question.type)
        kinds[question.name] = known.kind if known else "text"
        if question.type == "calculate" and question.calculation:
            kinds[question.name] = _calculated_kind(question, question.calculation, scope)
    return kinds


def _calculated_kind(question: Question, calculation: str, scope: Scope) -> str:
    try:
        kind = compile_expression(calculation, question.path, scope, question.name).kind
    except SurveyError:
        return ""
    return "decimal" if kind in ("int", "num") else "" if kind == "str" else "text"


def _word_problems(sheet: str, row: Row, column: str, allowed: tuple[str, ...], *, is_needed: bool = True) -> Iterator[Problem]:
    word = cell(row, column)
    if word and word not in allowed:
        yield make_problem("unknown_word", sheet, row.number, column, word, word=word, column=column, allowed=", ".join(allowed))
    elif not word and is_needed:
        yield make_problem("missing_cell", sheet, row.number, column, column=column, owner=cell(row, "name") or sheet)


def _gap_problems(row: Row) -> Iterator[Problem]:
    text = cell(row, "gap_between")
    kinds, allowed = text.split(), ", ".join(HOUSEHOLD_KINDS)
    for word in kinds:
        if word not in HOUSEHOLD_KINDS:
            yield make_problem(
                "unknown_word", "indicators", row.number, "gap_between", word, word=word, column="gap_between", allowed=allowed
            )
            return
    if kinds and (len(kinds) != 2 or kinds[0] == kinds[1] or cell(row, "of")):
        yield make_problem("not_two_kinds", "indicators", row.number, "gap_between", text, value=text, allowed=allowed)


def _indicator_problems(row: Row, figures: _Figures) -> Iterator[Problem]:
    yield from _word_problems("indicators", row, "kind", KINDS)
    yield from _word_problems("indicators", row, "good", ("high", "low"), is_needed=False)
    threshold = cell(row, "threshold")
    if threshold and not is_number(threshold):
        yield make_problem("not_a_number", "indicators", row.number, "threshold", threshold, value=threshold)
    minimum_n = cell(row, "minimum_n")
    if minimum_n and not minimum_n.isdecimal():
        yield make_problem("not_a_number", "indicators", row.number, "minimum_n", minimum_n, value=minimum_n)
    yield from _gap_problems(row)
    yield from _word_problems("indicators", row, "is_part", ("yes", "no"), is_needed=False)
    if cell(row, "is_part") == "yes" and cell(row, "kind") != "ratio":
        yield make_problem("part_of_no_ratio", "indicators", row.number, "is_part", "yes", kind=cell(row, "kind"))
    kind, repeat = cell(row, "kind"), _bare(cell(row, "of"))
    if repeat and (repeat not in figures.named or not figures.named[repeat].is_repeat):
        yield make_problem("unknown_repeat", "indicators", row.number, "of", repeat, name=repeat)
        return
    if kind == "quantile":
        yield from _level_problems(row)
    if kind == "function":
        yield from _function_problems(row, repeat, figures)
        return
    for column in ("numerator", "denominator") if kind == "ratio" else ("variable",):
        name = _bare(cell(row, column))
        if not name:
            yield make_problem("missing_cell", "indicators", row.number, column, column=column, owner=kind or "indicators")
            continue
        yield from _variable_problems(row, column, name, kind, repeat, figures)


def _level_problems(row: Row) -> Iterator[Problem]:
    level = cell(row, "p")
    if not level:
        yield make_problem("missing_cell", "indicators", row.number, "p", column="p", owner="quantile")
    elif not is_number(level) or not 0 < float(level) < 1:
        yield make_problem("not_a_level", "indicators", row.number, "p", level, value=level)


def _function_problems(row: Row, repeat: str, figures: _Figures) -> Iterator[Problem]:
    """What a figure asked for by name lacks: the function itself, its repeat, its questions."""
    name = cell(row, "name")
    function = FIGURE_FUNCTIONS.get(name)
    if function is None:
        known = ", ".join(FIGURE_FUNCTIONS)
        yield make_problem("unknown_word", "indicators", row.number, "name", name, word=name, column="name", allowed=known)
        return
    if function.is_of_repeat and not repeat:
        yield make_problem("missing_cell", "indicators", row.number, "of", column="of", owner=name)
    for needed in function.questions:
        question = figures.named.get(needed)
        if question is None or question.is_group:
            close = suggestion(needed, figures.named)
            yield make_problem(
                "unknown_question", "indicators", row.number, "name", needed, name=needed, meant=f" ({close}?)" if close else ""
            )
        elif question.repeats:
            yield make_problem("inside_repeat", "indicators", row.number, "name", needed, name=needed, repeat=question.repeats[-1])


def _variable_problems(row: Row, column: str, name: str, kind: str, repeat: str, figures: _Figures) -> Iterator[Problem]:
    place = ("indicators", row.number, column, name)
    question = figures.named.get(name)
    if question is None or question.is_group:
        close = suggestion(name, figures.named)
        yield make_problem("unknown_question", *place, name=name, meant=f" ({close}?)" if close else "")
        return
    inner = question.repeats[-1] if question.repeats else ""
    if repeat and inner != repeat:
        yield make_problem("outside_repeat", *place, name=name, repeat=repeat)
    elif inner and not repeat:
        yield make_problem("inside_repeat", *place, name=name, repeat=inner)
    column_kind = figures.kinds.get(name, "")
    if kind in _OF_NUMBERS and column_kind and column_kind not in _NUMERIC:
        yield make_problem("not_numeric", *place, name=name, kind=kind)
    elif kind == "distribution" and not question.list_name and question.type != "calculate":
        yield make_problem("not_selected", *place, name=name)
    elif kind == "share":
        yield from _value_problems(row, name, question, figures)


def _value_problems(row: Row, name: str, question: SurveyRow, figures: _Figures) -> Iterator[Problem]:
    header = header_of(row, "values") if cell(row, "values") else header_of(row, "value")
    values = (cell(row, "values") or cell(row, "value")).split()
    if not values:
        yield make_problem("missing_cell", "indicators", row.number, "values", column="values", owner="share")
    allowed = figures.choices.get(question.list_name, ())
    if not allowed:
        return
    if cell(question.row, "type").rstrip().endswith("or_other"):
        allowed = (*allowed, "other")
    for value in values:
        if value not in allowed:
            yield make_problem("not_a_choice", "indicators", row.number, header, value, value=value, name=name, allowed=", ".join(allowed))


def _rule_problems(row: Row, figures: _Figures) -> Iterator[Problem]:
    yield from _word_problems("issue_rules", row, "level", LEVELS)
    yield from _word_problems("issue_rules", row, "severity", SEVERITIES)
    for name in (_bare(word) for word in cell(row, "evidence").replace(",", " ").replace(";", " ").split()):
        if name not in figures.named:
            close = suggestion(name, figures.named)
            meant = f" ({close}?)" if close else ""
            yield make_problem("unknown_question", "issue_rules", row.number, "evidence", name, name=name, meant=meant)
    when = cell(row, "when")
    if not when:
        yield make_problem("missing_cell", "issue_rules", row.number, "when", column="when", owner=cell(row, "name") or "issue_rules")
        return
    place = ("issue_rules", row.number, "when", when)
    unknown = [name for name in dict.fromkeys(REFERENCE.findall(when)) if name.strip() not in {*figures.named, "instanceID"}]
    for name in unknown:
        close = suggestion(name.strip(), figures.named)
        yield make_problem("unknown_reference", *place, name=name, meant=f" ({close}?)" if close else "")
    detail = syntax_error(when)
    if not detail and not unknown and figures.scope is not None:
        detail = _rule_error(row, when, figures.scope, figures.paths)
    if detail:
        yield make_problem("bad_expression", *place, detail=detail)


def _rule_error(row: Row, when: str, scope: Scope, paths: dict[str, str]) -> str:
    known = {**paths, "instanceID": f"/{scope.root}/meta/instanceID"}
    try:
        expression = resolve_references(when, known)
        compile_rule(IssueRule(name=cell(row, "name"), title={}, when=expression, area="", level="", severity=""), scope)
    except SurveyError as error:
        return str(error.values.get("detail", error))
    return ""


def _bare(name: str) -> str:
    return REFERENCE.sub(r"\1", name).strip()
