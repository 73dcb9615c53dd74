"""Whether a condition can ever be true, told from the choices and limits of the questions it reads, without any answers.

Every value that could make a difference is tried: each choice that the condition names and one that it does not, each number it names and
its neighbours, and no answer. What cannot be known is neither true nor false, so "never" is only said where it is certain.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan

from questionnaires.expressions.values import to_text
from questionnaires.expressions.xpath import Binary, Call, Expression, Literal, Negation, Path, parse_expression
from questionnaires.model import Node, Question, Questionnaire, Repeat

MAX_COMBINATIONS = 2_000
"""Conditions over more combinations than this have their widest questions taken as unknown."""

Value = str | float | bool | None
"""None is what cannot be known."""
Answers = Mapping[str, Value]
Condition = tuple[Expression, str]
"""A tree and the path of the node it belongs to."""
_SELECTED = ("selected", "is-selected")


@dataclass(slots=True)
class Possibilities:
    """What the questions of one form can hold; `never_asked` are the paths whose answers are always empty."""

    questionnaire: Questionnaire
    nodes: Mapping[str, Node]
    never_asked: set[str] = field(default_factory=set)

    def can_hold(self, conditions: Sequence[Condition], properties: Mapping[str, str] | None = None) -> bool:
        """Whether all conditions can be true at once; `properties` are those of the choice that a choice filter is asked about."""
        named = sorted({path for tree, context in conditions for path in self._paths(tree, context, properties is not None)})
        literals = [text for tree, _ in conditions for text in literals_in(tree)] + list((properties or {}).values())
        domains = {path: self.domain(path, literals) for path in named}
        domains = {path: values for path, values in domains.items() if values is not None}
        while _product(domains) > MAX_COMBINATIONS:
            domains.pop(max(domains, key=lambda path: len(domains[path] or ())))
        for values in itertools.product(*(each or () for each in domains.values())):
            answers = dict(zip(domains, values, strict=True))
            if all(self._truth(tree, context, answers, properties) is not False for tree, context in conditions):
                return True
        return False

    def domain(self, path: str, literals: Sequence[str]) -> tuple[Value, ...] | None:
        """The values of a question that can make a difference to conditions with these literals; None when they cannot be known."""
        node = self.nodes.get(path)
        if path in self.never_asked:
            return ("",)
        if not isinstance(node, Question) or node.preload or node.dynamic_default or node.trigger or node.default:
            return None
        if node.calculation:
            outcomes = _outcomes(_parsed(node.calculation))
            return None if outcomes is None else ("", *sorted(outcomes))
        if node.type == "select_one":
            names = choice_names(self.questionnaire, node)
            if names is None:
                return None
            mentioned = [name for name in names if name in literals or _number(name) in map(_number, literals)]
            other = next((name for name in names if name not in mentioned), None)
            return ("", *mentioned, *(() if other is None else (other,)))
        if node.type in ("integer", "decimal"):
            return ("", *self._numbers(node, literals))
        return None

    def _numbers(self, node: Question, literals: Sequence[str]) -> Iterator[Value]:
        limit = _parsed(node.constraint) if node.constraint else None
        texts = [*literals, *(literals_in(limit) if limit is not None else ())]
        step = 1.0 if node.type == "integer" else 0.5
        points = sorted({_number(text) + shift for text in texts if not isnan(_number(text)) for shift in (-step, 0.0, step)} | {0.0, 1e9})
        for point in points:
            if node.type == "integer" and point != int(point):
                continue
            if limit is None or self._truth(limit, node.path, {node.path: point}, None) is not False:
                yield point

    def _paths(self, tree: Expression, context: str, is_filter: bool) -> Iterator[str]:
        for each in parts_of(tree):
            if isinstance(each, Path):
                path = resolve(each, context, is_filter)
                if path is not None and not self._crosses(path, context):
                    yield path

    def _crosses(self, path: str, context: str) -> bool:
        """Whether the path leads into a repeat that the reader is not in, where it stands for many answers."""
        steps = path.split("/")
        around = ("/".join(steps[:count]) for count in range(2, len(steps)))
        return any(isinstance(self.nodes.get(each), Repeat) and not (context + "/").startswith(each + "/") for each in around)

    def _truth(self, tree: Expression, context: str, answers: Answers, properties: Mapping[str, str] | None) -> bool | None:
        value = self._value(tree, context, answers, properties)
        if value is None or isinstance(value, bool):
            return value
        return value != "" if isinstance(value, str) else value != 0 and not isnan(value)

    def _value(self, tree: Expression, context: str, answers: Answers, properties: Mapping[str, str] | None) -> Value:
        match tree:
            case Literal(text):
                return text[1:-1] if text[0] in "'\"" else float(text)
            case Path():
                if properties is not None and not tree.absolute and tree.start is None and len(tree.steps) == 1:
                    return properties.get(tree.steps[0].test, "")
                path = resolve(tree, context, properties is not None)
                return None if path is None else answers.get(path)
            case Binary(("and" | "or") as operator, left, right):
                sides = (self._truth(left, context, answers, properties), self._truth(right, context, answers, properties))
                decisive = operator == "or"
                return decisive if decisive in sides else None if None in sides else not decisive
            case Binary(operator, left, right):
                return _compare(operator, self._value(left, context, answers, properties), self._value(right, context, answers, properties))
            case Call("not", (inner,)):
                truth = self._truth(inner, context, answers, properties)
                return None if truth is None else not truth
            case Call("true" | "false" as name, ()):
                return name == "true"
            case Call("string" | "boolean" | "number" | "int" as name, (inner,)):
                return _converted(name, self._value(inner, context, answers, properties))
            case Call(name, (asked, wanted)) if name in _SELECTED:
                return self._selected(asked, wanted, context, answers, properties)
        return None

    def _selected(
        self, asked: Expression, wanted: Expression, context: str, answers: Answers, properties: Mapping[str, str] | None
    ) -> bool | None:
        value, held = self._value(wanted, context, answers, properties), self._value(asked, context, answers, properties)
        if value is None:
            return None
        if held is not None:
            return to_text(value) in to_text(held).split()
        path = resolve(asked, context, properties is not None) if isinstance(asked, Path) else None
        node = self.nodes.get(path or "")
        names = choice_names(self.questionnaire, node) if isinstance(node, Question) else None
        return False if path in self.never_asked or (names is not None and to_text(value) not in names) else None


def possibilities_of(questionnaire: Questionnaire) -> Possibilities:
    """What the questions of a form can hold, with the paths of all that can never be asked."""
    nodes = {node.path: node for node in questionnaire.walk()}
    found = Possibilities(questionnaire, nodes)
    conditions = {path: conditions_of(path, nodes) for path in nodes}
    grew = True
    while grew:
        newly = {path for path in nodes.keys() - found.never_asked if conditions[path] and not found.can_hold(conditions[path])}
        found.never_asked |= newly
        grew = bool(newly)
    return found


def conditions_of(path: str, nodes: Mapping[str, Node]) -> tuple[Condition, ...]:
    """What must be true for the node at a path to be asked: its own condition and those of all around it."""
    steps = path.split("/")
    around = ("/".join(steps[:count]) for count in range(3, len(steps) + 1))
    relevants = ((nodes[each].relevant, each) for each in around if each in nodes)
    return tuple((_parsed(relevant), each) for relevant, each in relevants if relevant)


def choice_names(questionnaire: Questionnaire, question: Question) -> frozenset[str] | None:
    """The names of all choices of a question; None when it has no list or the list is not known beforehand."""
    if question.list_name is None or question.type.endswith("_from_file") or question.list_name not in questionnaire.choices:
        return None
    return frozenset(choice.name for choice in questionnaire.choices[question.list_name])


def resolve(path: Path, context: str, is_filter: bool = False) -> str | None:
    """The absolute path of the question that a location path means at a node; None for anything but plain steps.

    In a choice filter only absolute paths and those that begin at `current()` lead to questions.
    """
    is_current = path.start == Call("current", ()) and not path.start_predicates
    if (path.start is not None and not is_current) or any(step.predicates or step.descends for step in path.steps):
        return None
    if is_filter and not path.absolute and not is_current:
        return None
    at = [] if path.absolute else context.split("/")[1:]
    for step in path.steps:
        if step.test == "..":
            if not at:
                return None
            at.pop()
        elif step.test != ".":
            if not step.test.replace("_", "a").replace("-", "a").replace(".", "a").isalnum():
                return None
            at.append(step.test)
    return "/" + "/".join(at)


def parts_of(tree: Expression) -> Iterator[Expression]:
    """The tree and everything in it that is not inside a predicate."""
    yield tree
    match tree:
        case Binary(_, left, right):
            yield from parts_of(left)
            yield from parts_of(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from parts_of(argument)
        case Negation(operand):
            yield from parts_of(operand)


def literals_in(tree: Expression) -> list[str]:
    """The texts and numbers written in a tree, without quotes."""
    return [each.text.strip("'\"") for each in parts_of(tree) if isinstance(each, Literal)]


def _parsed(text: str) -> Expression:
    return parse_expression(text)


def _outcomes(tree: Expression) -> set[str] | None:
    """The texts that a calculation can give; None when they cannot be listed."""
    match tree:
        case Literal(text):
            return {text[1:-1] if text[0] in "'\"" else to_text(float(text))}
        case Call("if", (_, yes, no)):
            first, second = _outcomes(yes), _outcomes(no)
            return None if first is None or second is None else first | second
    return None


def _product(domains: Mapping[str, Sequence[Value] | None]) -> int:
    n_combinations = 1
    for values in domains.values():
        n_combinations *= len(values or ())
    return n_combinations


def _compare(operator: str, left: Value, right: Value) -> Value:
    if (
        left is None
        or right is None
        or isinstance(left, bool)
        or isinstance(right, bool)
        or operator not in ("=", "!=", "<", "<=", ">", ">=")
    ):
        return None
    if operator in ("=", "!="):
        is_text = isinstance(left, str) and isinstance(right, str)
        return (left == right if is_text else _number(left) == _number(right)) is (operator == "=")
    first, second = _number(left), _number(right)
    if any(isnan(number) and value != "" for number, value in ((first, left), (second, right))):
        return None
    return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[operator]


def _converted(name: str, value: Value) -> Value:
    if value is None:
        return None
    if name == "string":
        return to_text(value)
    if name == "boolean":
        return value if isinstance(value, bool) else value not in ("", 0.0)
    number = _number(value)
    return number if isnan(number) or name == "number" else float(int(number))


def _number(value: str | float) -> float:
    if not isinstance(value, str):
        return float(value)
    try:
        return float(value)
    except ValueError:
        return nan
