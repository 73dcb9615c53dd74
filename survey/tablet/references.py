"""Which questions an expression reads, and the expression as the browser evaluates it.

The browser holds one document with the instance at `/m/i`; lists are reached through functions of the page (`odk-items` for what
`instance('…')/root/item` finds, by the keys that its condition names; `odk-instance` for all else), so that a list of 20,000 items is
looked up in an index instead of being walked through. Expressions of the XForm are rewritten to it once, on the server.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.expressions.rewrite import RELEVANT_ONLY, follow, from_current, is_beside
from questionnaires.expressions.xpath import (
    Binary,
    Call,
    Expression,
    Literal,
    Negation,
    Path,
    Step,
    Variable,
    calls_in,
    parse_expression,
    write_expression,
)


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


@dataclass(slots=True)
class CompiledFilter:
    """A choice filter for the browser: the columns that must equal something (its text there), what else must be true, what is read."""

    keys: list[tuple[str, str]]
    rest: str | None
    references: list[Reference]


def compile_expression(text: str, context: str, list_of: Mapping[str, str]) -> Compiled:
    """The expression `text` of the node at `context` for the browser; `list_of` maps a question's path to its list."""
    compiler = _Compiler(context, list_of)
    compiled = compiler.rewrite(parse_expression(text), context)
    return Compiled(write_expression(compiled), compiler.references)


def compile_filter(text: str, context: str, list_of: Mapping[str, str]) -> CompiledFilter:
    """The choice filter `text` of the question at `context`; its own paths begin at an item of the list."""
    compiler = _Compiler(context, list_of)
    keys, rest = _split_keys(parse_expression(text))
    written = [(column, write_expression(compiler.rewrite(key, context))) for column, key in keys]
    left = None if rest is None else write_expression(compiler.rewrite(rest, None))
    return CompiledFilter(written, left, compiler.references)


@dataclass(slots=True)
class _Compiler:
    """Rewrites one tree and notes what it reads."""

    context: str
    list_of: Mapping[str, str]
    references: list[Reference] = field(default_factory=list)

    def rewrite(self, tree: Expression, here: str | None) -> Expression:
        """The tree for the browser; `here` is the context's schema path, None inside a choice list."""
        match tree:
            case Literal() | Variable():
                return tree
            case Negation(operand):
                return Negation(self.rewrite(operand, here))
            case Binary(operator, left, right):
                return Binary(operator, self.rewrite(left, here), self.rewrite(right, here))
            case Call("indexed-repeat", arguments):
                return self.rewrite(_index(arguments), here)
            case Call("jr:choice-name", (value, Literal(text))):
                name = self.list_of.get(text[1:-1].strip())
                # Choices that are the answers of a repeat are called as they read.
                said = self.rewrite(value, here)
                return Call("string", (said,)) if name is None else Call("jr:choice-name", (said, Literal(f"'{name}'")))
            case Call("pull-data", arguments):
                return self.rewrite(Call("pulldata", arguments), here)
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
            return self.list_path(path, path.start)
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
                before = at
                at, is_subtree = follow(at, step)
                if is_beside(step):
                    # What stands beside an instance lies in another one: only what is around both is surely shared.
                    pivot = min(pivot or "", before.rpartition("/")[0], key=len)
                    is_pivot = True
                elif len(at) < len(before):
                    pivot = at if not is_pivot else pivot
                elif at != before:
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

    def list_path(self, path: Path, start: Call) -> Path:
        """A path into a list: its items by their keys where the path begins with `root/item`, else the whole list."""
        steps = path.steps
        if [step.test for step in steps[:2]] != ["root", "item"] or steps[0].predicates or steps[1].descends or path.start_predicates:
            whole = Call("odk-instance", start.arguments)
            predicates = tuple(self.rewrite(each, None) for each in path.start_predicates)
            return Path(tuple(self.step(step, None) for step in steps), start=whole, start_predicates=predicates)
        first, *others = steps[1].predicates or (None,)
        keys, rest = ([], None) if first is None else _split_keys(first)
        terms = [part for column, key in keys for part in (Literal(f"'{column}'"), self.rewrite(key, self.context))]
        items = Call("odk-items", (*start.arguments, *terms))
        before = len(self.references)
        predicates = tuple(self.rewrite(each, None) for each in (rest, *others) if each is not None)
        self.references[before:] = [replace(reference, pivot=None) for reference in self.references[before:]]
        return Path(tuple(self.step(step, None) for step in steps[2:]), start=items, start_predicates=predicates)


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
            steps[depth - 1] = replace(steps[depth - 1], predicates=(Binary("=", Call("position", ()), from_current(index)),))
    return replace(path, steps=tuple(steps))


def _split_keys(condition: Expression) -> tuple[list[tuple[str, Expression]], Expression | None]:
    """A condition on the items of a list, as the columns that must equal something and the rest (None when nothing is left).

    Nothing is taken out of a condition that counts places, because places change when other items are left out first.
    """
    if any(name in ("position", "last") for name, _ in calls_in(condition)) or not isinstance(condition, Binary):
        return [], condition
    keys: list[tuple[str, Expression]] = []
    rest: Expression | None = None
    for term in _conjuncts(condition):
        key = _key_of(term)
        if key is not None:
            keys.append(key)
        else:
            rest = term if rest is None else Binary("and", rest, term)
    return keys, rest


def _conjuncts(tree: Expression) -> Iterator[Expression]:
    match tree:
        case Binary("and", left, right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case _:
            yield tree


def _key_of(term: Expression) -> tuple[str, Expression] | None:
    match term:
        case Binary("=", left, right):
            for one, other in ((left, right), (right, left)):
                column = _column_of(one)
                if column and _is_key(other):
                    return column, other
    return None


def _column_of(tree: Expression) -> str:
    """The column that a path from an item reads, "" for anything else."""
    if not isinstance(tree, Path) or tree.absolute or tree.start is not None:
        return ""
    steps = tree.steps[1:] if len(tree.steps) == 2 and tree.steps[0] == Step(".") else tree.steps
    is_column = len(steps) == 1 and steps[0] == Step(steps[0].test) and steps[0].test[0] not in ".@*" and "(" not in steps[0].test
    return steps[0].test if is_column and "::" not in steps[0].test else ""


def _is_key(tree: Expression) -> bool:
    """Whether an expression gives a text, a number or answers, and the same for every item."""
    match tree:
        case Literal():
            return True
        case Path(_, absolute, start, _):
            return absolute or (isinstance(start, Call) and start.name == "current")
        case Call(name, arguments):
            known = FUNCTIONS.get(name)
            return known is not None and known.kind in ("str", "int", "num") and bool(arguments) and all(map(_is_key, arguments))
    return False
