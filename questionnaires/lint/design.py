"""Problems of a design that converts but cannot work in the field: what is never asked or offered, and conditions that mean something else.

Only for forms whose expressions are sound; everything here is a doubt, none of it prevents publishing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questionnaires.engine import sources_of
from questionnaires.errors import SurveyError
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.scope import Scope, scope_of
from questionnaires.expressions.xpath import Binary, Call, Expression, Literal, Path, parse_expression
from questionnaires.lint.authored import Authored, SurveyRow, cell, header_of, is_number, suggestion
from questionnaires.lint.possible import Possibilities, choice_names, parts_of, possibilities_of, resolve
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.model import Choice, Group, Node, Question, Questionnaire
from questionnaires.question_types import MULTIPLE_TYPES, QUESTION_TYPES
from questionnaires.reader import resolve_references
from questionnaires.xform import paths_of

MAX_PAGE_QUESTIONS = 14
"""More questions than this are spread over several pages of the tablet, unless a group's appearance keeps them together."""

_CONDITIONS = ("relevant", "constraint", "required", "when")
_NUMERIC_OPERATORS = frozenset({"<", "<=", ">", ">=", "+", "-", "*", "div", "mod"})
_KINDS_WITHOUT_TRUTH = ("str", "num", "int", "date", "token")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an expression stands: in which cell, and at which node it is evaluated."""

    sheet: str
    row: int | None
    header: str
    text: str
    column: str
    context: str

    def problem(self, code: str, **details: str) -> Problem:
        """The problem of a kind at this place."""
        return make_problem(code, self.sheet, self.row, self.header, self.text, **details)


def design_problems(authored: Authored, questionnaire: Questionnaire) -> Iterator[Problem]:
    """The doubts about a form that converts and whose every expression compiles."""
    rows = {each.path: each for each in authored.survey if not each.is_end}
    possible = possibilities_of(questionnaire)
    yield from _never_asked(questionnaire, possible, rows)
    yield from _never_offered(authored, questionnaire, possible)
    yield from _long_pages(questionnaire, rows)
    scope = scope_of(questionnaire)
    for place, expression in _expressions(authored, questionnaire, rows, scope):
        yield from _doubts(place, expression, questionnaire, scope)


def _row_of(node: Node, rows: dict[tuple[str, ...], SurveyRow]) -> SurveyRow | None:
    return rows.get(tuple(node.path.split("/")[2:]))


def _never_asked(questionnaire: Questionnaire, possible: Possibilities, rows: dict[tuple[str, ...], SurveyRow]) -> Iterator[Problem]:
    for node in questionnaire.walk():
        at = _row_of(node, rows)
        if node.path not in possible.never_asked or at is None:
            continue
        header = header_of(at.row, "relevant")
        if node.path.rpartition("/")[0] not in possible.never_asked:
            yield make_problem("never_asked", "survey", at.row.number, header, cell(at.row, "relevant"))
        elif isinstance(node, Question) and node.required:
            yield make_problem("required_never_asked", "survey", at.row.number, header_of(at.row, "required"), node.name)


def _never_offered(authored: Authored, questionnaire: Questionnaire, possible: Possibilities) -> Iterator[Problem]:
    rows = authored.choices()
    for list_name, choices in questionnaire.choices.items():
        askers = [question for question in questionnaire.questions() if question.list_name == list_name]
        filters = [question for question in askers if question.choice_filter and not question.type.endswith("_from_file")]
        if not askers or len(filters) < len(askers):
            continue
        offered = _Offered(filters, possible)
        for row, choice in zip(rows.get(list_name, ()), choices, strict=False):
            if choice not in offered and cell(row, "name") == choice.name:
                yield make_problem(
                    "never_offered", "choices", row.number, header_of(row, "name"), choice.name, name=choice.name, list=list_name
                )


class _Offered:
    """The choices that at least one of some filters lets through; asked once for each combination of cells that the filters read."""

    def __init__(self, filters: Sequence[Question], possible: Possibilities) -> None:
        self.possible = possible
        self.filters = [(question, parse_expression(str(question.choice_filter))) for question in filters]
        self.columns = sorted({column for _, tree in self.filters for column in _columns_in(tree)})
        self.known: dict[tuple[str, ...], bool] = {}

    def __contains__(self, choice: Choice) -> bool:
        cells = {"name": choice.name, **choice.properties}
        key = tuple(cells.get(column, "") for column in self.columns)
        if key not in self.known:
            properties = dict(zip(self.columns, key, strict=True))
            self.known[key] = any(self.possible.can_hold([(tree, question.path)], properties) for question, tree in self.filters)
        return self.known[key]


def _columns_in(tree: Expression) -> Iterator[str]:
    for each in parts_of(tree):
        if isinstance(each, Path) and not each.absolute and each.start is None and len(each.steps) == 1:
            yield each.steps[0].test


def _long_pages(questionnaire: Questionnaire, rows: dict[tuple[str, ...], SurveyRow]) -> Iterator[Problem]:
    for node in questionnaire.walk():
        at = _row_of(node, rows)
        if not isinstance(node, Group) or "field-list" not in node.appearance or at is None:
            continue
        count = _n_asked(node)
        if count > MAX_PAGE_QUESTIONS:
            place = ("survey", at.row.number, header_of(at.row, "appearance"), cell(at.row, "appearance"))
            yield make_problem("long_page", *place, name=node.name, count=str(count), limit=str(MAX_PAGE_QUESTIONS))


def _n_asked(node: Node) -> int:
    if isinstance(node, Question):
        known = QUESTION_TYPES.get(node.type)
        return int(known is not None and known.is_asked and known.kind != "")
    return sum(_n_asked(child) for child in node.children)


def _expressions(
    authored: Authored, questionnaire: Questionnaire, rows: dict[tuple[str, ...], SurveyRow], scope: Scope
) -> Iterator[tuple[_Place, str]]:
    """Every expression of the form and of its issue rules, with its place."""
    for node in questionnaire.walk():
        at = _row_of(node, rows)
        for column, expression in sources_of(node) if at is not None else ():
            header = header_of(at.row, column) if at else column
            yield _Place("survey", at.row.number if at else None, header, cell(at.row, column) if at else "", column, node.path), expression
    names = paths_of(questionnaire.walk())
    root = "/" + questionnaire.children[0].path.split("/")[1]
    for row in authored.workbook.rows("issue_rules"):
        when = cell(row, "when")
        try:
            expression = resolve_references(when, names)
            compile_expression(expression, root, scope, "when")
        except (KeyError, SurveyError):
            continue  # `figure_problems` tells of it.
        yield _Place("issue_rules", row.number, "when", when, "when", root), expression


def _doubts(place: _Place, expression: str, questionnaire: Questionnaire, scope: Scope) -> Iterator[Problem]:
    tree = parse_expression(expression)
    is_filter = place.column == "choice_filter"
    if place.column in _CONDITIONS:
        kind = compile_expression(expression, place.context, scope, place.column).kind
        if kind in _KINDS_WITHOUT_TRUTH:
            yield place.problem("not_a_condition")
    for each in parts_of(tree):
        match each:
            case Binary(("=" | "!="), left, right):
                for asked, other in ((left, right), (right, left)):
                    question = _question(asked, place.context, is_filter, scope)
                    if question is not None and isinstance(other, Literal):
                        yield from _comparison(place, question, other.text, questionnaire)
            case Binary(operator, left, right) if operator in _NUMERIC_OPERATORS:
                for side in (left, right):
                    question = _question(side, place.context, is_filter, scope)
                    if question is not None and _is_text(question, questionnaire):
                        yield place.problem("text_as_number", question=question.name)
            case Call(("selected" | "is-selected"), (asked, Literal(text))):
                question = _question(asked, place.context, is_filter, scope)
                if question is not None:
                    yield from _membership(place, question, text, questionnaire)


def _question(tree: Expression, context: str, is_filter: bool, scope: Scope) -> Question | None:
    """The question that a path means; None for anything else."""
    path = resolve(tree, context, is_filter) if isinstance(tree, Path) else None
    node = scope.nodes.get(path) if path is not None else None
    return node if isinstance(node, Question) else None


def _comparison(place: _Place, question: Question, literal: str, questionnaire: Questionnaire) -> Iterator[Problem]:
    is_quoted, value = literal[0] in "'\"", literal.strip("'\"")
    if question.type in ("integer", "decimal", "range") and is_quoted and value and not is_number(value):
        yield place.problem("number_as_text", question=question.name, value=value)
    elif question.type in MULTIPLE_TYPES and value:
        yield place.problem("compare_multiple", question=question.name, value=value)
    else:
        yield from _membership(place, question, literal, questionnaire)


def _membership(place: _Place, question: Question, literal: str, questionnaire: Questionnaire) -> Iterator[Problem]:
    names, value = choice_names(questionnaire, question), literal.strip("'\"")
    if names is None or not value or value in names or (literal[0] not in "'\"" and any(_is_same(name, value) for name in names)):
        return
    close = suggestion(value, tuple(sorted(names)))
    yield place.problem("value_never_chosen", question=question.name, value=value, meant=f" ({close}?)" if close else "")


def _is_text(question: Question, questionnaire: Questionnaire) -> bool:
    """Whether a question's answers are words; of a select, whether any of its choices' names is one."""
    if question.type == "text":
        return not {"numbers", "thousands-sep"} & set(question.appearance)
    names = choice_names(questionnaire, question)
    return names is not None and not all(is_number(name) for name in names)


def _is_same(name: str, value: str) -> bool:
    return is_number(name) and float(name) == float(value)
