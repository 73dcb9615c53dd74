"""XPath 1.0 as a tree: parsed from the text an XForm carries, and written back for the evaluator in the browser.

Written for two ends: to know which questions an expression reads, and to give an evaluator (libxml2 on the server, JavaScript in the
browser) a text it takes without guessing (child steps begin with "./", every operator stands between blanks). Nothing here evaluates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from questionnaires.errors import ErrorCode, SurveyError

TOKEN = re.compile(
    r"""\s*(?:
        (?P<literal>"[^"]*"|'[^']*')
      | (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<symbol>\.\.|//|::|!=|<=|>=|[()\[\].@,/|+=<>*\-])
      | (?P<name>[^\W\d][\w.\-]*(?::(?:[^\W\d][\w.\-]*|\*))?)
    )""",
    re.VERBOSE,
)
PRECEDENCE = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6, "|": 8}
UNARY = 7
TOO_DEEP = "it is nested too deeply"
LONGEST_RUN = 40
"""A longer run of "and" or "or" becomes a tree of halves, which means the same and is less deep."""
DEEPEST = 150
"""Expressions nested more deeply than this are refused; whatever walks through them may call itself."""
NODE_TESTS = frozenset({"text", "node", "comment", "processing-instruction"})


@dataclass(frozen=True, slots=True)
class Literal:
    """A string in quotes or a number, as `text` writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that the evaluator supplies under `name`; no author writes one, only rewriting makes them."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to `arguments`."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions joined by one of `PRECEDENCE`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negation:
    """The unary minus."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: "age", "..", ".", "*", "@id", "axis::test" or "text()"; `descends` when "//" comes before it."""

    test: str
    predicates: tuple["Expression", ...] = ()
    descends: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A location path. It begins at the document (`absolute`), at the node-set of `start`, or else at the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    start: "Expression | None" = None
    start_predicates: tuple["Expression", ...] = ()


Expression = Literal | Variable | Call | Binary | Negation | Path


def parse_expression(text: str) -> Expression:
    """The tree of `text`; raises INVALID_EXPRESSION when it is not XPath 1.0 (variables are not XForms and are refused), or too deep."""
    parser = _Parser(text)
    try:
        tree = parser.expression(0)
    except RecursionError:
        parser.refuse(TOO_DEEP)
    if parser.peek():
        parser.refuse(f"'{parser.peek()}' is not expected")
    if _depth(tree) > DEEPEST:
        parser.refuse(TOO_DEEP)
    return tree


def _depth(tree: Expression) -> int:
    """How deeply the parts of a tree are nested."""
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [part for each in level for part in _parts(each)]
    return depth


def _joined(operator: str, parts: list[Expression]) -> Expression:
    """Conditions joined by one operator: from the left, or a long run in halves."""
    if len(parts) > LONGEST_RUN:
        middle = len(parts) // 2
        return Binary(operator, _joined(operator, parts[:middle]), _joined(operator, parts[middle:]))
    tree = parts[0]
    for part in parts[1:]:
        tree = Binary(operator, tree, part)
    return tree


class _Parser:
    """A recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._lex(text))
        self.at = 0

    def _lex(self, text: str) -> Iterator[tuple[str, str]]:
        at = 0
        end = len(text.rstrip())
        while at < end:
            found = TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                self.refuse(f"'{text[at:].strip()[:20]}' is not understood")
            yield found.lastgroup, found[found.lastgroup]
            at = found.end()

    def refuse(self, detail: str) -> NoReturn:
        """Raises the error that names the expression."""
        raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression=self.text, place="the questionnaire", detail=detail)

    def peek(self, ahead: int = 0) -> str:
        """The text of a coming token, "" after the last one."""
        return self.tokens[self.at + ahead][1] if self.at + ahead < len(self.tokens) else ""

    def kind(self) -> str:
        """The group of the coming token, "" after the last one."""
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """The coming token's text, consumed."""
        if self.at >= len(self.tokens):
            self.refuse("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expect(self, text: str) -> None:
        """Consumes `text` or refuses."""
        if self.peek() != text:
            self.refuse(f"'{text}' is missing")
        self.at += 1

    def expression(self, binding: int) -> Expression:
        """An expression whose operators bind tighter than `binding`."""
        if self.peek() == "-" and self.kind() == "symbol":
            self.take()
            left: Expression = Negation(self.expression(UNARY - 1))
        else:
            left = self.path()
        while self.kind() in ("symbol", "name") and PRECEDENCE.get(self.peek(), 0) > binding:
            operator = self.take()
            parts = [left, self.expression(PRECEDENCE[operator])]
            while operator in ("and", "or") and self.kind() == "name" and self.peek() == operator:
                self.take()
                parts.append(self.expression(PRECEDENCE[operator]))
            left = _joined(operator, parts)
        return left

    def path(self) -> Expression:
        """A location path, or a primary expression with what filters it and what follows it."""
        primary: Expression | None = None
        if self.kind() in ("literal", "number"):
            primary = Literal(self.take())
        elif self.peek() == "(":
            self.take()
            primary = self.expression(0)
            self.expect(")")
        elif self.kind() == "name" and self.peek(1) == "(" and self.peek() not in NODE_TESTS:
            primary = self.call()
        if primary is None:
            return self.steps(None, ())
        predicates = self.predicates()
        if predicates or self.peek() in ("/", "//"):
            return self.steps(primary, predicates)
        return primary

    def call(self) -> Call:
        """A function call."""
        name = self.take()
        self.expect("(")
        arguments: list[Expression] = []
        while self.peek() != ")":
            arguments.append(self.expression(0))
            if self.peek() != ")":
                self.expect(",")
        self.take()
        return Call(name, tuple(arguments))

    def steps(self, start: Expression | None, start_predicates: tuple[Expression, ...]) -> Path:
        """The steps after `start`, or from the context or the document when there is none."""
        absolute = start is None and self.peek() in ("/", "//")
        steps: list[Step] = []
        if start is None and not absolute:
            steps.append(self.step(descends=False))
        while self.peek() in ("/", "//"):
            descends = self.take() == "//"
            if not (absolute and not steps and self.kind() in ("", "symbol") and self.peek() not in (".", "..", "@", "*")):
                steps.append(self.step(descends))
        return Path(tuple(steps), absolute, start, start_predicates)

    def step(self, descends: bool) -> Step:
        """One step with its predicates."""
        if self.kind() not in ("name", "symbol") or (self.kind() == "symbol" and self.peek() not in (".", "..", "@", "*")):
            self.refuse(f"'{self.peek()}' is not expected" if self.peek() else "it ends too early")
        test = self.take()
        if test == "@":
            test += self.take()
        elif self.peek() == "::":
            test += self.take() + self.take()
        if ":" in (name := test.rpartition("::")[2]):
            self.refuse(f"'{name}' is no name in a form: what stands before the colon is declared nowhere")
        if self.peek() == "(" and name in NODE_TESTS:
            self.take()
            test += "()"
            self.expect(")")
        return Step(test, self.predicates(), descends)

    def predicates(self) -> tuple[Expression, ...]:
        """The bracketed conditions that follow."""
        found: list[Expression] = []
        while self.peek() == "[":
            self.take()
            found.append(self.expression(0))
            self.expect("]")
        return tuple(found)


def calls_in(tree: Expression) -> Iterator[tuple[str, int]]:
    """Every function that `tree` calls, with the number of its arguments; the outer ones first."""
    if isinstance(tree, Call):
        yield tree.name, len(tree.arguments)
    for each in _parts(tree):
        yield from calls_in(each)


def arguments_of(tree: Expression, name: str) -> Iterator[tuple[Expression, ...]]:
    """The arguments of every call of the function in `tree`."""
    if isinstance(tree, Call) and tree.name == name:
        yield tree.arguments
    for each in _parts(tree):
        yield from arguments_of(each, name)


def _parts(tree: Expression) -> tuple[Expression, ...]:
    """The expressions right inside another."""
    match tree:
        case Call(_, arguments):
            return arguments
        case Binary(_, left, right):
            return left, right
        case Negation(operand):
            return (operand,)
        case Path(steps, _, start, start_predicates):
            return (*(() if start is None else (start,)), *start_predicates, *(each for step in steps for each in step.predicates))
    return ()


def write_expression(tree: Expression, binding: int = 0) -> str:
    """The text of `tree`, in parentheses where an operator around it that binds with `binding` would otherwise tear it apart."""
    match tree:
        case Literal(text):
            return text
        case Variable(name):
            return f"${name}"
        case Call(name, arguments):
            return f"{name}({', '.join(write_expression(argument) for argument in arguments)})"
        case Negation(operand):
            return f"(0 - {write_expression(operand, UNARY)})"
        case Binary(operator, left, right):
            own = PRECEDENCE[operator]
            text = f"{write_expression(left, own - 1)} {operator} {write_expression(right, own)}"
            return f"({text})" if own <= binding else text
        case Path():
            return _write_path(tree)


def _write_path(path: Path) -> str:
    """The text of a location path."""
    text = ""
    if path.start is not None:
        text = f"({write_expression(path.start)})" if isinstance(path.start, Binary | Path) else write_expression(path.start)
        text += _write_predicates(path.start_predicates)
    for number, step in enumerate(path.steps):
        if number or path.absolute or path.start is not None:
            text += "//" if step.descends else "/"
        elif step.test not in (".", "..") and not step.test.startswith("@"):
            text += "./"
        text += step.test + _write_predicates(step.predicates)
    return text or "/"


def _write_predicates(predicates: tuple[Expression, ...]) -> str:
    """The bracketed text of each predicate."""
    return "".join(f"[{write_expression(predicate)}]" for predicate in predicates)
