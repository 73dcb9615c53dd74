"""Which questions an expression reads, and the expression as the browser evaluates it.

The browser holds one document: `/m/i` is the instance, `/m/l0` … are the choice lists, each with `root/item`. Expressions of
the XForm are rewritten to it once, on the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from questionnaires.functions import FUNCTIONS
from questionnaires.rewrite import RELEVANT_ONLY
from questionnaires.xpath import Binary, Call, Expression, Literal, Negation, Path, Step, parse_expression, write_expression


@dataclass(frozen=True, slots=True)
class Reference:
    """A path that an expression reads: schema path, and `pivot`, the deepest node it shares with its context (None if absolute).

    `is_subtree` is true when anything below the path may be read (a wildcard, or a step this reading does not follow).
    """

    path: str
    pivot: str | None
    is_subtree: bool = False


@dataclass(slots=True)
class Compiled:
    """One expression for the browser: its text there and what it reads."""

    text: str
    references: list[Reference] = field(default_factory=list)


def compile_expression(text: str, context: str, lists: Sequence[str], list_of: Mapping[str, str], *, is_filter: bool = False) -> Compiled:
    """The expression `text` of the node at `context` for the browser.

    `lists` are the choice lists in document order, `list_of` maps a question's path to its list. A filter's own paths begin at
    an item of a choice list, everything else's at the node.
    """
    tree = parse_expression(text)
    compiler = _Compiler(context, lists, list_of)
    compiled = compiler.rewrite(tree, None if is_filter else context)
    return Compiled(write_expression(compiled), compiler.references)


@dataclass(slots=True)
class _Compiler:
    """Rewrites one tree and notes what it reads."""

    context: str
    lists: Sequence[str]
    list_of: Mapping[str, str]
    references: list[Reference] = field(default_factory=list)

    def rewrite(self, tree: Expression, here: str | None) -> Expression:
        """The tree for the browser; `here` is the context's schema path, None inside a choice list."""
        match tree:
            case Literal():
                return tree
            case Negation(operand):
                return Negation(self.rewrite(operand, here))
            case Binary(operator, left, right):
                return Binary(operator, self.rewrite(left, here), self.rewrite(right, here))
            case Call("indexed-repeat", arguments):
                return self.rewrite(_index(arguments), here)
            case Call("jr:choice-name", (value, Literal(text))):
                path = text[1:-1].strip()
                return Call("jr:choice-name", (self.rewrite(value, here), Literal(f"'{self.list_of.get(path, '')}'")))
            case Call("pulldata", _):
                return Literal("''")
            case Call(name, arguments):
                rewritten = tuple(self.rewrite(argument, here) for argument in arguments)
                if here is not None and name in FUNCTIONS and FUNCTIONS[name].is_aggregate:
                    rewritten = tuple(map(_relevant_only, arguments, rewritten))
                return Call(name, rewritten)
            case Path():
                return self.path(tree, here)

    def path(self, path: Path, here: str | None) -> Path:
        """A path for the browser; what it reads is noted."""
        if isinstance(path.start, Call) and path.start.name == "instance":
            steps = tuple(self.step(step, None) for step in path.steps)
            return Path((Step("m"), Step(self.list_element(path.start)), *steps), absolute=True)
        if isinstance(path.start, Call) and path.start.name == "current":
            inner = Path((Step("."), *path.steps))
            steps = self.walk(inner, self.context)
            return Path(steps, start=Call("current", ()))
        if path.start is not None:
            start = self.rewrite(path.start, here)
            predicates = tuple(self.rewrite(each, None) for each in path.start_predicates)
            return Path(tuple(self.step(step, None) for step in path.steps), start=start, start_predicates=predicates)
        steps = self.walk(path, here)
        return replace(path, steps=(Step("m"), Step("i"), *steps) if path.absolute else steps)

    def walk(self, path: Path, here: str | None) -> tuple[Step, ...]:
        """The steps with their predicates rewritten; one reference is noted where the path reads the instance."""
        at = "" if path.absolute else here
        pivot = None if path.absolute else here
        is_subtree = is_pivot = False
        steps = []
        for step in path.steps:
            if at is not None and not is_subtree:
                if step.test == "..":
                    at = at.rpartition("/")[0]
                    pivot = at if not is_pivot else pivot
                elif step.descends or step.test == "*" or "::" in step.test:
                    is_subtree = True
                elif step.test != "." and not step.test.startswith("@") and not step.test.endswith("()"):
                    at = f"{at}/{step.test}"
                    is_pivot = True
            steps.append(self.step(step, at))
        if at is not None:
            self.references.append(Reference(at, None if path.absolute else pivot, is_subtree))
        return tuple(steps)

    def step(self, step: Step, here: str | None) -> Step:
        """One step with its predicates rewritten. Inside, relative paths may mean any instance, so they count as absolute."""
        before = len(self.references)
        predicates = tuple(self.rewrite(each, here) for each in step.predicates)
        self.references[before:] = [replace(reference, pivot=None) for reference in self.references[before:]]
        return replace(step, predicates=predicates)

    def list_element(self, call: Call) -> str:
        """The element that holds the choice list which `instance('…')` names; one that never exists for any other instance."""
        name = call.arguments[0].text[1:-1] if call.arguments and isinstance(call.arguments[0], Literal) else ""
        return f"l{self.lists.index(name)}" if name in self.lists else "none"


def _relevant_only(written: Expression, rewritten: Expression) -> Expression:
    """A path into the instance without irrelevant answers, which sums and counts pass over on the server and in ODK Collect too."""
    if not isinstance(written, Path) or written.start is not None or not isinstance(rewritten, Path) or not rewritten.steps:
        return rewritten
    last = rewritten.steps[-1]
    if last.test in (".", ".."):
        return rewritten
    return replace(rewritten, steps=(*rewritten.steps[:-1], replace(last, predicates=(*last.predicates, RELEVANT_ONLY))))


def _index(arguments: tuple[Expression, ...]) -> Expression:
    """`indexed-repeat(path, repeat, index, …)` as the path with each index as a predicate of its repeat's step."""
    path = arguments[0]
    if not isinstance(path, Path):
        return path
    steps = list(path.steps)
    for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
        depth = len(repeat.steps) if isinstance(repeat, Path) else 0
        if path.absolute and isinstance(repeat, Path) and repeat.absolute and 0 < depth <= len(steps):
            steps[depth - 1] = replace(steps[depth - 1], predicates=(Binary("=", Call("position", ()), _from_current(index)),))
    return replace(path, steps=tuple(steps))


def _from_current(tree: Expression) -> Expression:
    """The tree with relative paths beginning at `current()`, so that it keeps its meaning inside a predicate."""
    match tree:
        case Call(name, arguments):
            return Call(name, tuple(_from_current(argument) for argument in arguments))
        case Binary(operator, left, right):
            return Binary(operator, _from_current(left), _from_current(right))
        case Negation(operand):
            return Negation(_from_current(operand))
        case Path(_, False, None, _):
            return replace(tree, start=Call("current", ()))
    return tree
