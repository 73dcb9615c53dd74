"""An expression's tree rewritten so that plain XPath 1.0 gives ODK's results; on the way it notes what the expression reads and calls."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, NoReturn

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.dates import EPOCH, is_dated, parse_date
from questionnaires.expressions.functions import FUNCTIONS, Function
from questionnaires.expressions.scope import Scope
from questionnaires.expressions.values import format_number
from questionnaires.expressions.xpath import Binary, Call, Expression, Literal, Negation, Path, Step, Variable
from questionnaires.model import Question

COMPARISON = "holds"
"""The extension function that compares where a date may be involved."""
PREFIX = "odk-"
IRRELEVANT = "irrelevant"
"""The attribute that marks an irrelevant answer in the tree that is evaluated."""

_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_NUMERIC = frozenset({"int", "num", "bool"})
_PLAIN = _NUMERIC | {"token"}
RELEVANT_ONLY = Call("not", (Path((Step(f"@{IRRELEVANT}"),)),))
"""The predicate that leaves irrelevant answers out of a node-set."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A path that an expression reads. `is_subtree`: anything below it may be read. `is_indexed`: only a chosen instance of a repeat."""

    path: str
    is_subtree: bool = False
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A rewritten tree and what is known of its result; `is_single` only says something of node-sets."""

    tree: Expression
    kind: str
    is_nodes: bool = False
    is_single: bool = True


@dataclass(slots=True)
class Rewriter:
    """Rewrites the expressions of one node, whose path is `context`."""

    scope: Scope
    context: str | None
    references: list[Reference] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    variables: dict[str, Any] = field(default_factory=dict)
    is_fleeting: bool = False

    def rewrite(self, tree: Expression, here: str | None, *, in_list: bool = False) -> Typed:
        """The tree for libxml2; `here` is the schema path of the context node, None inside a choice list (`in_list`) or unknown."""
        match tree:
            case Literal(text):
                return Typed(tree, "str" if text[0] in "'\"" else "int" if text.isdigit() else "num")
            case Negation(operand):
                inner = self.rewrite(operand, here, in_list=in_list)
                return Typed(Negation(self.as_number(inner)), "int" if inner.kind == "int" else "num")
            case Binary(operator, left, right):
                return self.binary(operator, self.rewrite(left, here, in_list=in_list), self.rewrite(right, here, in_list=in_list))
            case Call(name, arguments):
                return self.call(name, arguments, here, in_list)
            case Path():
                return self.path(tree, here, in_list)
        raise TypeError(f"{tree!r} is no part of an author's expression")

    def binary(self, operator: str, left: Typed, right: Typed) -> Typed:
        """Two operands joined: comparisons that may meet a date go through Python, arithmetic turns dates into day numbers."""
        if operator in _ARITHMETIC:
            is_whole = operator in ("+", "-", "*") and left.kind == right.kind == "int"
            return Typed(Binary(operator, self.as_number(left), self.as_number(right)), "int" if is_whole else "num")
        if operator in ("and", "or"):
            return Typed(Binary(operator, left.tree, right.tree), "bool")
        if operator == "|":
            if not (left.is_nodes and right.is_nodes):
                refuse("'|' joins answers only")
            kind = left.kind if left.kind == right.kind else "str"
            return Typed(Binary(operator, left.tree, right.tree), kind, is_nodes=True, is_single=False)
        if operator in ("=", "!="):
            may_be_dated = "bool" not in (left.kind, right.kind) and (_may_be_dated(left) or _may_be_dated(right))
        else:
            may_be_dated = not {left.kind, right.kind} <= _PLAIN
        if not may_be_dated:
            return Typed(Binary(operator, left.tree, right.tree), "bool")
        return Typed(self.extension(COMPARISON, Literal(f"'{operator}'"), left.tree, right.tree), "bool")

    def extension(self, name: str, *arguments: Expression) -> Call:
        """A call of a function that Python answers, under a name of its own, because libxml2 prefers its own functions."""
        self.functions.add(name)
        return Call(f"{PREFIX}{name}", arguments)

    def as_number(self, value: Typed) -> Expression:
        """The operand of an arithmetic operator."""
        if value.kind in _PLAIN:
            return value.tree
        if isinstance(value.tree, Literal):
            day = parse_date(value.tree.text[1:-1])
            return value.tree if day is None else Literal(str(day.toordinal() - EPOCH))
        return self.extension("number", value.tree)

    def as_text(self, value: Typed) -> Expression:
        """The argument of one of libxml2's own string functions, which would write a large number with an exponent."""
        if value.kind not in ("int", "num") or value.is_nodes:
            return value.tree
        if isinstance(value.tree, Literal):
            return Literal(f"'{format_number(float(value.tree.text))}'")
        return self.extension("text", value.tree)

    def call(self, name: str, arguments: tuple[Expression, ...], here: str | None, in_list: bool) -> Typed:
        """A function call."""
        function = checked_function(name, len(arguments))
        self.is_fleeting |= function.is_fleeting
        match name:
            case "current":
                return self.path(Path((), start=Call(name, ())), here, in_list)
            case "instance":
                return self.path(Path((), start=Call(name, arguments)), here, in_list)
            case "indexed-repeat":
                return self.rewrite(self.indexed(arguments, here), here, in_list=in_list)
            case "jr:choice-name":
                return self.choice_name(arguments, here, in_list)
            case "pulldata" | "pull-data":
                return self.pull_data(arguments, here, in_list)
            case "jr:itext":
                return Typed(self.extension("itext", self.rewrite(arguments[0], here, in_list=in_list).tree), "str")
            case "once":
                self.needs.add("current")
                inner = self.rewrite(arguments[0], here, in_list=in_list)
                return Typed(self.extension(name, Variable("current"), inner.tree), inner.kind)
        values = [self.rewrite(argument, here, in_list=in_list) for argument in arguments]
        if name == "position" and values:
            return self.position(arguments[0], values[0], here)
        if name in ("selected", "is-selected"):
            return self.selected(values)
        if function.is_aggregate:
            if name in ("sum", "count", "count-non-empty") and not values[0].is_nodes:
                refuse(f"{name}() needs answers, such as those of a question in a repeat")
            values = [self.relevant_only(value, in_list) for value in values]
        kind = _result_kind(name, function, values)
        if function.call is None or self.is_native(name, values) or (name == "position" and not values):
            return Typed(
                Call(name, tuple(self.as_text(v) if function.kind == "str" or name in _TEXT_TESTS else v.tree for v in values)), kind
            )
        return Typed(self.extension(name, *(value.tree for value in values)), kind, is_nodes=function.kind == "nodes", is_single=False)

    def is_native(self, name: str, values: list[Typed]) -> bool:
        """Whether libxml2's own function gives ODK's result for these arguments."""
        if name == "concat":
            return len(values) > 1 and all(not value.is_nodes or value.is_single for value in values)
        if name in ("sum", "number", "floor", "ceiling", "boolean"):
            return all(value.kind in _PLAIN for value in values)
        return False

    def relevant_only(self, value: Typed, in_list: bool) -> Typed:
        """A node-set without the answers that are irrelevant, which ODK clients pass over."""
        if not value.is_nodes or in_list or isinstance(value.tree, Call):
            return value
        tree = value.tree
        if isinstance(tree, Path) and tree.steps:
            last = tree.steps[-1]
            steps = (*tree.steps[:-1], replace(last, predicates=(*last.predicates, RELEVANT_ONLY)))
            if last.test not in (".", ".."):
                return replace(value, tree=replace(tree, steps=steps))
        return replace(value, tree=Path((), start=tree, start_predicates=(RELEVANT_ONLY,)))

    def selected(self, values: list[Typed]) -> Typed:
        """`selected()`, as a comparison of texts where libxml2 can do it alone."""
        answer, name = values
        if isinstance(name.tree, Literal) and name.kind == "str" and (answer.is_single or not answer.is_nodes):
            word = name.tree.text[1:-1].strip()
            if word and " " not in word and "'" not in word:
                padded = Call("concat", (Literal("' '"), self.as_text(answer), Literal("' '")))
                return Typed(Call("contains", (padded, Literal(f"' {word} '"))), "bool")
        return Typed(self.extension("selected", answer.tree, name.tree), "bool")

    def position(self, argument: Expression, value: Typed, here: str | None) -> Typed:
        """`position(node)`: the node's place among its siblings of the same name."""
        if not value.is_nodes:
            refuse("position() takes a node, as in position(..)")
        target = self.resolve(argument, here)[0] if isinstance(argument, Path) and not argument.start else None
        if target is None or not isinstance(value.tree, Path) or any(step.test not in (".", "..") for step in value.tree.steps):
            return Typed(self.extension("position", value.tree), "int")
        name = target.rpartition("/")[2]
        before = Path((*value.tree.steps, Step(f"preceding-sibling::{name}")))
        return Typed(Binary("+", Call("count", (before,)), Literal("1")), "int")

    def choice_name(self, arguments: tuple[Expression, ...], here: str | None, in_list: bool) -> Typed:
        """`jr:choice-name(value, 'path of the question')`, with the question's list in place of its path."""
        value, target = arguments
        if not isinstance(target, Literal) or target.text[0] not in "'\"":
            refuse("jr:choice-name() takes the question in quotes, as in jr:choice-name(${x}, '${x}')")
        path = target.text[1:-1].strip()
        absolute = self.resolve_text(path)
        node = self.scope.nodes.get(absolute)
        list_name = getattr(node, "list_name", None)
        if list_name is None and isinstance(node, Question) and node.answers_offered:
            # Choices that are the answers of a repeat are called as they read.
            return self.rewrite(Call("string", (value,)), here, in_list=in_list)
        if list_name is None:
            refuse(f"jr:choice-name() names '{path}', which is no question with choices")
        return Typed(self.extension("choice-name", self.rewrite(value, here, in_list=in_list).tree, Literal(f"'{list_name}'")), "str")

    def pull_data(self, arguments: tuple[Expression, ...], here: str | None, in_list: bool) -> Typed:
        """`pulldata('file', 'column', 'key column', key)`; without the file the result is whatever the tablet found."""
        file = arguments[0]
        name = file.text[1:-1] if isinstance(file, Literal) else ""
        if name not in self.scope.external:
            refuse("pulldata() takes the name of a data file first, as in pulldata('prices', 'price', 'name', ${x})")
        self.is_fleeting |= name not in self.scope.lists
        values = [self.rewrite(argument, here, in_list=in_list).tree for argument in arguments]
        return Typed(self.extension("pulldata", *values), "str")

    def resolve_text(self, path: str) -> str:
        """A path in a text, made absolute from the context node."""
        if path.startswith("/"):
            return path
        at = (self.context or "").split("/")
        for name in path.removeprefix("current()/").split("/"):
            at = at[:-1] if name == ".." else at if name == "." else [*at, name]
        return "/".join(at)

    def indexed(self, arguments: tuple[Expression, ...], here: str | None) -> Expression:
        """`indexed-repeat(path, repeat, index, …)` as the path with each index as a predicate of its repeat's step."""
        target = self.resolve(arguments[0], here)[0] if isinstance(arguments[0], Path) else None
        if target is None or len(arguments) % 2 == 0:
            refuse("indexed-repeat() takes a question, then a repeat and a number for each repeat around it")
        steps = [Step(name) for name in target.split("/")[1:]]
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
            path = self.resolve(repeat, here)[0] if isinstance(repeat, Path) else None
            if path is None or not target.startswith(f"{path}/"):
                refuse("the repeats of indexed-repeat() must be those around its question")
            place = path.count("/") - 1
            number = Call("number", (from_current(index),))
            steps[place] = replace(steps[place], predicates=(Binary("=", Call("position", ()), number),))
        return Path(tuple(steps), absolute=True)

    def resolve(self, path: Path, here: str | None) -> tuple[str | None, bool, bool]:
        """The schema path that a path leads to (None when that cannot be told), whether it reads all below, whether it is indexed."""
        at = "" if path.absolute else here
        is_subtree = is_indexed = False
        for step in path.steps:
            if at is None or is_subtree:
                break
            at, is_subtree = follow(at, step)
            is_indexed |= bool(step.predicates) or is_beside(step)
        return at, is_subtree, is_indexed

    def path(self, path: Path, here: str | None, in_list: bool) -> Typed:
        """A location path; what it reads is noted."""
        if isinstance(path.start, Call) and path.start.name == "instance":
            return self.list_path(path, path.start)
        if isinstance(path.start, Call) and path.start.name == "current":
            self.needs.add("current")
            tree = replace(path, start=Variable("current"))
            return self.located(tree, self.context, self.context, in_list)
        if path.start is not None:
            start = self.rewrite(path.start, here, in_list=in_list)
            if not start.is_nodes:
                refuse("only answers can be followed by '/' or '['")
            predicates = tuple(self.predicate(each, None, in_list) for each in path.start_predicates)
            steps = tuple(self.step(step, None, in_list) for step in path.steps)
            kind = start.kind if not steps else "str"
            return Typed(Path(steps, start=start.tree, start_predicates=predicates), kind, is_nodes=True, is_single=False)
        if in_list and not path.absolute:
            steps = tuple(self.step(step, None, in_list) for step in path.steps)
            return Typed(Path(steps), "str", is_nodes=True, is_single=True)
        return self.located(path, here, None if path.absolute else here, in_list)

    def located(self, path: Path, here: str | None, pivot: str | None, in_list: bool) -> Typed:
        """A path into the instance, from the document, the context node or `current()`."""
        at, is_subtree, is_indexed = self.resolve(path, here)
        if at is not None:
            self.references.append(Reference(at or f"/{self.scope.root}", is_subtree, is_indexed))
        steps = []
        partial: Path = replace(path, steps=())
        for step in path.steps:
            partial = replace(partial, steps=(*partial.steps, replace(step, predicates=())))
            inner = self.resolve(partial, here)
            steps.append(self.step(step, None if inner[1] else inner[0], in_list=False))
        tree = replace(path, steps=tuple(steps))
        if path.absolute and in_list:
            self.needs.add("root")
            tree = Path(tuple(steps[1:]), start=Variable("root"))
        is_single = at is not None and not is_subtree and not self.scope.crosses_repeat(at, pivot)
        kind = "str" if at is None or is_subtree else self.scope.kind_at(at)
        return Typed(tree, kind, is_nodes=True, is_single=is_single)

    def list_path(self, path: Path, start: Call) -> Typed:
        """A path into a choice list; the list is handed in as a variable."""
        argument = start.arguments[0] if len(start.arguments) == 1 else None
        if not isinstance(argument, Literal):
            refuse("instance() takes the name of a list in quotes")
        name = argument.text[1:-1]
        held = self.scope.lists.get(name)
        if held is None and name not in self.scope.external:
            refuse(f"there is no list '{name}' for instance()")
        if held is None:
            self.is_fleeting = True
        variable = f"list{len(self.variables)}"
        self.variables[variable] = [] if held is None else [held]
        predicates = tuple(self.predicate(each, None, True) for each in path.start_predicates)
        steps = tuple(self.step(step, None, in_list=True) for step in path.steps)
        return Typed(Path(steps, start=Variable(variable), start_predicates=predicates), "str", is_nodes=True, is_single=False)

    def step(self, step: Step, here: str | None, in_list: bool) -> Step:
        """One step with its predicates rewritten."""
        return replace(step, predicates=tuple(self.predicate(each, here, in_list) for each in step.predicates))

    def predicate(self, tree: Expression, here: str | None, in_list: bool) -> Expression:
        """The condition inside brackets, evaluated at the node before it."""
        return self.rewrite(tree, here, in_list=in_list).tree


def is_beside(step: Step) -> bool:
    """Whether a step leads to nodes beside the current one: other instances of its repeat, or other questions of its group."""
    return step.test.startswith(("preceding-sibling::", "following-sibling::"))


def follow(at: str, step: Step) -> tuple[str, bool]:
    """The schema path that a step leads to from the one `at`, and whether it may be anything below that."""
    axis, _, name = step.test.rpartition("::")
    parent = at.rpartition("/")[0]
    if name == ".." or axis == "parent":
        return parent, False
    if is_beside(step):
        return (parent, True) if name == "*" or name.endswith(")") else (f"{parent}/{name}", False)
    if step.descends or name == "*" or axis not in ("", "child"):
        return at, True
    return (at, False) if name == "." or name.startswith("@") or name.endswith("()") else (f"{at}/{name}", False)


_TEXT_TESTS = frozenset({"contains", "starts-with", "string-length"})


def refuse(detail: str) -> NoReturn:
    """Raises INVALID_EXPRESSION; the caller who knows the place completes it."""
    raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression="", place="", detail=detail)


def checked_function(name: str, n_arguments: int) -> Function:
    """The function of that name, refused when there is none or it takes another number of arguments."""
    function = FUNCTIONS.get(name)
    if function is None:
        close = get_close_matches(name, FUNCTIONS, n=1)
        refuse(f"there is no function {name}()" + (f"; did you mean {close[0]}()?" if close else ""))
    if n_arguments < function.least or (function.most is not None and n_arguments > function.most):
        wanted = str(function.least) if function.least == function.most else f"{function.least} to {function.most or 'any number'}"
        refuse(f"{name}() takes {wanted} arguments, not {n_arguments}")
    return function


def _may_be_dated(value: Typed) -> bool:
    if isinstance(value.tree, Literal):
        return value.kind == "str" and is_dated(value.tree.text[1:-1])
    return value.kind == "date"


def _result_kind(name: str, function: Function, values: list[Typed]) -> str:
    if name in ("if", "coalesce"):
        return _joined(values[1:] if name == "if" else values)
    if name in ("min", "max", "sum", "number", "abs") and all(value.kind == "int" for value in values):
        return "int"
    if name == "round" and len(values) == 1:
        return "int"
    return "str" if function.kind == "nodes" else function.kind


def _joined(values: Iterable[Typed]) -> str:
    """The kind of a result that is one of several: numbers stay numbers beside an empty text, and a date may be anywhere."""
    kinds = {value.kind for value in values if value.tree not in (Literal("''"), Literal('""'))}
    if kinds <= {"int", "num"} and kinds:
        return "num" if "num" in kinds else "int"
    if len(kinds) == 1:
        return next(iter(kinds))
    return "date" if "date" in kinds else "str"


def from_current(tree: Expression) -> Expression:
    """The tree with relative paths beginning at `current()`, so that it keeps its meaning inside a predicate."""
    match tree:
        case Call(name, arguments):
            return Call(name, tuple(from_current(argument) for argument in arguments))
        case Binary(operator, left, right):
            return Binary(operator, from_current(left), from_current(right))
        case Negation(operand):
            return Negation(from_current(operand))
        case Path(_, False, None, _):
            return replace(tree, start=Call("current", ()))
    return tree
