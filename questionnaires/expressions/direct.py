"""Expressions of the commonest shapes as Python functions, because one evaluation by libxml2 has its price however small the expression.

What is taken: the answers of `reached.py`, every function that Python answers, operators, `if()`, plain tests of texts, sums and counts.
Anything else (predicates, axes, choice lists, several nodes compared) stays with libxml2. Both ways mean the same: the tree is the one
that libxml2 would get, and whatever its result hangs on (text, number or truth value, node-set or text) is told from the tree
beforehand, never from the answers.
"""

import math
import operator as operators
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.expressions.reached import Get, NotTaken, entries_of, text_of_one, texts_of
from questionnaires.expressions.rewrite import COMPARISON, PREFIX
from questionnaires.expressions.scope import Scope
from questionnaires.expressions.values import is_holding, to_boolean, to_text
from questionnaires.expressions.xpath import Binary, Call, Expression, Literal, Negation, Path

TEXT, NUMBER, TRUTH, NODES = "text", "number", "truth", "nodes"
_KINDS: Mapping[str, str] = {"int": NUMBER, "num": NUMBER, "bool": TRUTH, "str": TEXT, "date": TEXT}
_NATIVE: Mapping[str, str] = {
    "not": TRUTH,
    "true": TRUTH,
    "false": TRUTH,
    "boolean": TRUTH,
    "contains": TRUTH,
    "starts-with": TRUTH,
    "string": TEXT,
    "concat": TEXT,
    "number": NUMBER,
    "string-length": NUMBER,
    "sum": NUMBER,
    "count": NUMBER,
}
"""The functions of libxml2 that are repeated here, with what they give."""
_NEED_NODES = frozenset({"position", "once", "if"})
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
_COMPUTE: Mapping[str, Callable[[float, float], float]] = {"+": operators.add, "-": operators.sub, "*": operators.mul}
_XPATH_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\r\n]*")


MAX_DEPTH = 100
"""Deeper nesting stays with libxml2, which keeps its own stack."""


def xpath_number(text: str) -> float:
    """The number that XPath's own conversion reads from a text, not-a-number where it reads none."""
    if text.isdigit() and text.isascii():
        return float(text)
    match = _XPATH_NUMBER.fullmatch(text)
    return math.nan if match is None else float(match[1])


def divided(left: float, right: float) -> float:
    """The quotient as floating-point numbers have it, infinite for a division by zero."""
    if right:
        return left / right
    return math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """The remainder with the sign of the dividend; not-a-number for a division by zero."""
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


@dataclass(frozen=True, slots=True)
class Directly:
    """Makes functions of the expressions of one node, whose path is `context`; every method raises NotTaken."""

    scope: Scope
    context: str

    def result(self, tree: Expression) -> Get:
        """What gives the value as libxml2 would return it, except that a node-set is the list of its texts."""
        match self.type_of(tree):
            case "text":
                return self.text(tree)
            case "number":
                return self.number(tree)
            case "truth":
                return self.truth(tree)
            case "nodes":
                return self.nodes(tree)
        return self.chosen(tree, self.result)

    def type_of(self, tree: Expression) -> str | None:
        """What an expression gives; None for an `if()` whose two results differ."""
        match tree:
            case Literal(text):
                return TEXT if text[0] in "'\"" else NUMBER
            case Negation():
                return NUMBER
            case Binary(operator):
                if operator == "|":
                    raise NotTaken
                return TRUTH if operator in _COMPARE or operator in ("and", "or") else NUMBER
            case Path():
                return NODES
            case Call("odk-if", (_, yes, no)):
                kinds = {self.type_of(yes), self.type_of(no)}
                return kinds.pop() if len(kinds) == 1 else None
            case Call(name) if name in _NATIVE:
                return _NATIVE[name]
            case Call(name):
                return self.function(name)[0]
        raise NotTaken

    def function(self, name: str) -> tuple[str, Callable[..., Any]]:
        """What a function of ours gives, and the function."""
        own = name.removeprefix(PREFIX)
        if own == COMPARISON:
            return TRUTH, is_holding
        if own == "text":
            return TEXT, to_text
        known = FUNCTIONS.get(own)
        if name == own or known is None or known.call is None or known.kind not in _KINDS or own in _NEED_NODES:
            raise NotTaken
        return _KINDS[known.kind], known.call

    def called(self, tree: Call) -> Get:
        """A function of ours with its arguments."""
        call = self.function(tree.name)[1]
        arguments = [self.result(each) for each in tree.arguments]
        match arguments:
            case []:
                return lambda _at: call()
            case [one]:
                return lambda at: call(one(at))
            case [one, two]:
                return lambda at: call(one(at), two(at))
        return lambda at: call(*[each(at) for each in arguments])

    def chosen(self, tree: Expression, made: Callable[[Expression], Get]) -> Get:
        """An `if()`, each of whose results is `made` as what is wanted of it."""
        match tree:
            case Call("odk-if", (condition, yes, no)):
                holds, left, right = self.truth(condition), made(yes), made(no)
                return lambda at: left(at) if holds(at) else right(at)
        raise NotTaken

    def truth(self, tree: Expression) -> Get:
        """The truth value; a node-set has it for being there."""
        match self.type_of(tree), tree:
            case None, _:
                return self.chosen(tree, self.truth)
            case "text" | "number", _:
                get = self.result(tree)
                return lambda at: to_boolean(get(at))
            case "nodes", _:
                get = self.nodes(tree)
                return lambda at: bool(get(at))
            case _, Binary("and", left, right):
                one, two = self.truth(left), self.truth(right)
                return lambda at: one(at) and two(at)
            case _, Binary("or", left, right):
                one, two = self.truth(left), self.truth(right)
                return lambda at: one(at) or two(at)
            case _, Binary(operator, left, right):
                return self.compared(operator, left, right)
            case _, Call("odk-if"):
                return self.chosen(tree, self.truth)
            case _, Call(name, arguments) if name in _NATIVE:
                return self.native_truth(name, arguments)
            case _, Call():
                return self.called(tree)
        raise NotTaken

    def native_truth(self, name: str, arguments: tuple[Expression, ...]) -> Get:
        """One of libxml2's own tests."""
        if name in ("true", "false"):
            return lambda _at: name == "true"
        if name in ("not", "boolean"):
            holds = self.truth(arguments[0])
            return holds if name == "boolean" else lambda at: not holds(at)
        whole, part = self.text(arguments[0]), self.text(arguments[1])
        if name == "starts-with":
            return lambda at: whole(at).startswith(part(at))
        if isinstance(arguments[1], Literal):
            word = part(None)
            return lambda at: word in whole(at)
        return lambda at: part(at) in whole(at)

    def compared(self, operator: str, left: Expression, right: Expression) -> Get:
        """A comparison: of truth values where one is, else of numbers where one is or an order is asked for, else of texts."""
        kinds = {self.type_of(left), self.type_of(right)}
        if None in kinds or (TRUTH in kinds and operator not in ("=", "!=")):
            raise NotTaken
        compare = _COMPARE[operator]
        made = self.truth if TRUTH in kinds else self.number if NUMBER in kinds or operator not in ("=", "!=") else self.text
        one = made(left)
        if isinstance(right, Literal):
            value = made(right)(None)
            return lambda at: compare(one(at), value)
        two = made(right)
        return lambda at: compare(one(at), two(at))

    def number(self, tree: Expression) -> Get:
        """The value as XPath turns it into a number."""
        match self.type_of(tree), tree:
            case None, _:
                return self.chosen(tree, self.number)
            case "text" | "nodes", _:
                written = self.text(tree)
                return lambda at: xpath_number(written(at))
            case "truth", _:
                holds = self.truth(tree)
                return lambda at: float(holds(at))
            case _, Literal(text):
                value = float(text)
                return lambda _at: value
            case _, Negation(operand):
                get = self.number(operand)
                return lambda at: 0.0 - get(at)
            case _, Binary(operator, left, right):
                one, two = self.number(left), self.number(right)
                compute = _COMPUTE.get(operator, divided if operator == "div" else remainder)
                return lambda at: compute(one(at), two(at))
            case _, Call("odk-if"):
                return self.chosen(tree, self.number)
            case _, Call(name, arguments) if name in _NATIVE:
                return self.native_number(name, arguments)
            case _, Call():
                return self.called(tree)
        raise NotTaken

    def native_number(self, name: str, arguments: tuple[Expression, ...]) -> Get:
        """One of libxml2's own functions that give a number."""
        if len(arguments) != 1:
            raise NotTaken
        if name == "number":
            return self.number(arguments[0])
        if name == "string-length":
            written = self.text(arguments[0])
            return lambda at: float(len(written(at)))
        if name == "count":
            found = self.counted(arguments[0])
            return lambda at: float(len(found(at)))
        texts = self.nodes(arguments[0])
        return lambda at: float(sum(map(xpath_number, texts(at))))

    def text(self, tree: Expression) -> Get:
        """The value as a text. A number would be written by libxml2 its own way, which the tree avoids wherever it matters."""
        match self.type_of(tree), tree:
            case "number", _:
                raise NotTaken
            case None, _:
                return self.chosen(tree, self.text)
            case "truth", _:
                holds = self.truth(tree)
                return lambda at: "true" if holds(at) else "false"
            case _, Literal(text):
                value = text[1:-1]
                return lambda _at: value
            case _, Path():
                return text_of_one(tree, self.context, self.scope)
            case _, Call("odk-if"):
                return self.chosen(tree, self.text)
            case _, Call("string", (argument,)):
                return self.text(argument)
            case _, Call("concat", (Literal("' '"), argument, Literal("' '"))):
                one = self.text(argument)
                return lambda at: f" {one(at)} "
            case _, Call("concat", arguments):
                parts = [self.text(each) for each in arguments]
                return lambda at: "".join([part(at) for part in parts])
            case _, Call(name) if name not in _NATIVE:
                return self.called(tree)
        raise NotTaken

    def counted(self, tree: Expression) -> Get:
        """What there are so many of: instances of a repeat, or answers."""
        try:
            if isinstance(tree, Path):
                return entries_of(tree, self.context, self.scope)
        except NotTaken:
            pass
        return self.nodes(tree)

    def nodes(self, tree: Expression) -> Get:
        """The texts of a node-set."""
        return texts_of(tree, self.context, self.scope) if isinstance(tree, Path) else self.chosen(tree, self.nodes)


def depth_of(tree: Expression) -> int:
    """How deeply operators and functions are nested."""
    match tree:
        case Call(_, arguments):
            return 1 + max(map(depth_of, arguments), default=0)
        case Binary(_, left, right):
            return 1 + max(depth_of(left), depth_of(right))
        case Negation(operand):
            return 1 + depth_of(operand)
    return 0


def directly(tree: Expression, context: str, scope: Scope) -> tuple[Get | None, Get | None]:
    """What gives the result of a rewritten tree at an answer, and what tells whether it holds; None where it stays with libxml2."""
    if depth_of(tree) > MAX_DEPTH:
        return None, None
    made = Directly(scope, context)
    found: list[Get | None] = []
    for make in (made.result, made.truth):
        try:
            found.append(make(tree))
        except NotTaken:
            found.append(None)
    return found[0], found[1]
