"""Conditions of a questionnaire in words: "question 1.2 is “Yes”" for `/data/visit/guided = 'yes'`. Pure.

What cannot be said simply is given as a formula in which the numbers of questions stand for their answers, so that nothing is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.paper.texts import plain_text
from analysis.paper.words import PREFILLED, WORDS
from analysis.words import KIND_NAMES
from questionnaires.errors import SurveyError
from questionnaires.expressions.xpath import (
    PRECEDENCE,
    UNARY,
    Binary,
    Call,
    Expression,
    Literal,
    Negation,
    Path,
    parse_expression,
    write_expression,
)
from questionnaires.model import Node, Question, Questionnaire, text_in

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
CONVERSIONS = frozenset({"string", "number", "int", "date", "boolean", "normalize-space", "decimal-date-time", "round"})
LENGTHS = frozenset({"string-length", "count-selected"})
ATOM, AND, OR = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """A condition in words, and how loosely its parts hang together: `ATOM`, `AND` or `OR`."""

    text: str
    looseness: int = ATOM


@dataclass(frozen=True, slots=True)
class Fact:
    """One comparison: what is compared, how, and with what; `is_choice` when the value is the label of a choice."""

    subject: str
    operator: str
    value: str
    is_choice: bool = False
    is_text: bool = False


class Describer:
    """Says conditions of one questionnaire in one of its languages; `numbers` are the numbers of its questions by path."""

    def __init__(self, questionnaire: Questionnaire, language: str, words: str, numbers: Mapping[str, str]) -> None:
        self.language = language
        self.words = WORDS[words]
        self.prefilled = PREFILLED[words]
        self.kinds = KIND_NAMES[words]
        self.numbers = numbers
        self.nodes: dict[str, Node] = {node.path: node for node in questionnaire.walk()}
        self.choices = questionnaire.choices

    def condition(self, expression: str | None, path: str) -> str:
        """The condition at the node of `path` in words; "" for none or one that always holds."""
        if not expression or not expression.strip():
            return ""
        try:
            tree = parse_expression(expression)
        except SurveyError:
            return self.words["holds"].format(formula=expression.strip())
        found = self._phrase(simplify(tree, negated=False), path).text
        return "" if found == self.words["always"] else found

    def formula(self, expression: str, path: str) -> str:
        """The expression with the numbers of questions in brackets, and the names of other values, in place of paths."""
        try:
            return self._formula(parse_expression(expression), path)
        except SurveyError:
            return expression.strip()

    def computed_in(self, expressions: Sequence[tuple[str, str]]) -> tuple[Question, ...]:
        """The calculated values that the expressions (each with its place) lead back to, in the order of the questionnaire."""
        found: set[str] = set()
        waiting = list(expressions)
        while waiting:
            expression, place = waiting.pop()
            for path in self._paths_of(expression, place):
                node = self.nodes.get(path)
                if isinstance(node, Question) and node.calculation and path not in self.numbers and path not in found:
                    found.add(path)
                    waiting.append((node.calculation, path))
        return tuple(node for path, node in self.nodes.items() if path in found and isinstance(node, Question))

    def numbers_in(self, expression: str, place: str) -> tuple[str, ...]:
        """The numbers of the questions that the expression reads, each once."""
        return tuple(dict.fromkeys(self.numbers[path] for path in self._paths_of(expression, place) if path in self.numbers))

    def subject(self, path: str, place: str) -> str:
        """How a condition names the answer at a path."""
        if path == place:
            return self.words["own"]
        if path in self.numbers:
            return self.words["number"].format(number=self.numbers[path])
        node = self.nodes.get(path)
        if isinstance(node, Question):
            if node.preload == "today":
                return self.words["today"]
            return self.words["value"].format(name=self.prefilled.get(node.name, node.name))
        label = plain_text(text_in(node.label, self.language)) if node else ""
        return self.words["value"].format(name=label or path.rpartition("/")[2])

    def _paths_of(self, expression: str, place: str) -> Iterator[str]:
        try:
            tree = parse_expression(expression)
        except SurveyError:
            return
        for path in paths_in(tree):
            yield resolve(path, place)

    def _phrase(self, tree: Expression, place: str) -> Phrase:
        match tree:
            case Binary(("and" | "or") as word, _, _):
                return self._joined(word, tuple(operands(tree, word)), place)
            case Call("true", ()):
                return Phrase(self.words["always"])
            case Call("false", ()):
                return Phrase(self.words["never"])
            case Call("not", (inner,)):
                fact = self._fact(inner, place)
                if fact is not None:
                    return Phrase(self._said(fact.subject, OPPOSITE[fact.operator], (fact,)))
                return Phrase(self.words["not"].format(condition=self._phrase(inner, place).text))
        fact = self._fact(tree, place)
        if fact is not None:
            return Phrase(self._said(fact.subject, fact.operator, (fact,)))
        return Phrase(self.words["holds"].format(formula=self._formula(tree, place)))

    def _joined(self, word: str, parts: tuple[Expression, ...], place: str) -> Phrase:
        """Parts joined by "and" or "or"; several values of one answer are said at once, and so are two bounds."""
        looseness = AND if word == "and" else OR
        merged: list[Phrase] = []
        at = 0
        while at < len(parts):
            run = self._run(word, parts[at:], place)
            merged.append(run[0])
            at += run[1]
        phrases = list(dict.fromkeys(merged))
        if word == "and":
            phrases = [each for each in phrases if each.text != self.words["always"]] or phrases[:1]
        if len(phrases) == 1:
            return phrases[0]
        return Phrase(self.words[word].join(self._inside(each, looseness) for each in phrases), looseness)

    def _inside(self, phrase: Phrase, looseness: int) -> str:
        is_torn = phrase.looseness not in (ATOM, looseness)
        return f"{self.words['open']}{phrase.text}{self.words['close']}" if is_torn else phrase.text

    def _run(self, word: str, parts: Sequence[Expression], place: str) -> tuple[Phrase, int]:
        """The first of the parts in words, with those after it that say more of the same answer, and how many they are."""
        first = self._fact(parts[0], place)
        if first is None:
            return self._phrase(parts[0], place), 1
        facts = [first]
        for part in parts[1:]:
            fact = self._fact(part, place)
            if fact is None or fact.subject != first.subject:
                break
            facts.append(fact)
        if word == "and" and len(facts) > 1 and (first.operator, facts[1].operator) == (">=", "<="):
            return Phrase(self.words["within"].format(subject=first.subject, low=first.value, high=facts[1].value)), 2
        if word == "and" and len(facts) > 1 and not first.value and first.operator == "!=" and facts[1].operator == "!=" and facts[1].value:
            return Phrase(self.words["is_other"].format(subject=first.subject, value=facts[1].value)), 2
        operator = "=" if word == "or" else "!="
        same = 0
        while same < len(facts) and facts[same].operator == operator and facts[same].is_choice == first.is_choice:
            same += 1
        same = next((at for at in range(same) if not facts[at].value), same) if first.is_choice or first.is_text else 0
        return Phrase(self._said(first.subject, first.operator, facts[: same or 1])), max(same, 1)

    def _said(self, subject: str, operator: str, facts: Sequence[Fact]) -> str:
        """One comparison, or several values of one answer, in words."""
        fact = facts[0]
        if not fact.value:
            return self.words["empty" if operator == "=" else "filled"].format(subject=subject)
        if operator in ("=", "!=") and (fact.is_choice or fact.is_text):
            values = self.words["choice_or"].join(dict.fromkeys(each.value for each in facts))
            if fact.is_choice:
                return self.words["is_choice" if operator == "=" else "is_not_choice"].format(subject=subject, label=values)
            return self.words["is" if operator == "=" else "is_not"].format(subject=subject, value=values)
        value = self.words["quoted"].format(value=fact.value) if fact.is_text else fact.value
        return self.words[operator].format(subject=subject, value=value)

    def _fact(self, tree: Expression, place: str) -> Fact | None:
        """The comparison that the tree is, with what is asked about on its left; None for anything else."""
        match tree:
            case Call("not", (inner,)):
                fact = self._fact(inner, place)
                return None if fact is None else Fact(fact.subject, OPPOSITE[fact.operator], fact.value, fact.is_choice, fact.is_text)
            case Call("selected" | "is-selected", (Path() as of, Literal() as value)):
                return self._compared(of, "=", value, place)
            case Binary(operator, left, right) if operator in OPPOSITE:
                left, right = bare(left), bare(right)
                if isinstance(left, Literal) and not isinstance(right, Literal):
                    left, right, operator = right, left, MIRRORED[operator]
                if isinstance(left, Call) and left.name in LENGTHS and right == Literal("0") and operator in (">", "=", "!="):
                    return self._compared(left.arguments[0], "=" if operator == "=" else "!=", Literal("''"), place)
                return self._compared(left, operator, right, place)
        return None

    def _compared(self, left: Expression, operator: str, right: Expression, place: str) -> Fact | None:
        subject = self._term(left, place)
        if subject is None:
            return None
        if isinstance(right, Literal):
            value = unquoted(right)
            value = "" if value == "NaN" else value
            label = self._choice_label(left, value, place) if operator in ("=", "!=") and value else ""
            is_chosen = bool(label) and isinstance(bare(left), Path) and resolve(bare(left), place) in self.numbers  # type: ignore[arg-type]
            return Fact(subject, operator, label or value, is_chosen, bool(label) or is_quoted(right))
        value_text = self._term(right, place)
        return None if value_text is None else Fact(subject, operator, value_text)

    def _term(self, tree: Expression, place: str) -> str | None:
        """Something that is compared, in words; None when only a formula can say it."""
        match bare(tree):
            case Literal() as literal:
                return unquoted(literal)
            case Path() as path if is_plain(path):
                return self.subject(resolve(path, place), place)
            case Call(("today" | "now") as word, ()):
                return self.words[word]
            case Call("count", (Path() as path,)) if is_plain(path):
                return self.words["n_of"].format(subject=self.subject(resolve(path, place), place))
            case Call("sum", (Path() as path,)) if is_plain(path):
                return self.words["sum_of"].format(subject=self.subject(resolve(path, place), place))
            case Call("count-selected", (Path() as path,)) if is_plain(path):
                return self.words["n_chosen"].format(subject=self.subject(resolve(path, place), place))
            case Binary(operator, left, right) if operator in ("+", "-", "*", "div"):
                sides = (self._term(left, place), self._term(right, place))
                return None if None in sides else self._formula(tree, place)
        return None

    def _choice_label(self, tree: Expression, value: str, place: str) -> str:
        """The label of the choice `value` of the question compared, or of a question that the calculated value compared comes from."""
        tree = bare(tree)
        waiting = [resolve(tree, place)] if isinstance(tree, Path) else []
        seen: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            node = self.nodes.get(path)
            if path in seen or not isinstance(node, Question):
                continue
            seen.add(path)
            for choice in self.choices.get(node.list_name or "", ()):
                if choice.name == value:
                    return plain_text(text_in(choice.label, self.language)) or value
            if node.name == "household_kind":
                return self.kinds.get(value, "")
            if node.calculation:
                waiting += self._paths_of(node.calculation, path)
        return ""

    def _formula(self, tree: Expression, place: str) -> str:
        match tree:
            case Path() if is_plain(tree):
                path = resolve(tree, place)
                if path in self.numbers and path != place:
                    return f"[{self.numbers[path]}]"
                return self.subject(path, place)
            case Call(name, arguments):
                return f"{name}({', '.join(self._formula(each, place) for each in arguments)})"
            case Binary("=" | "!=" as operator, left, Literal() as value) if is_quoted(value):
                label = self._choice_label(left, unquoted(value), place)
                shown = self.words["quoted"].format(value=label) if label else value.text
                return f"{self._operand(left, place, PRECEDENCE[operator] - 1)} {operator} {shown}"
            case Binary(operator, left, right):
                own = PRECEDENCE[operator]
                return f"{self._operand(left, place, own - 1)} {operator} {self._operand(right, place, own)}"
            case Negation(operand):
                return f"−{self._operand(operand, place, UNARY)}"
        return write_expression(tree)

    def _operand(self, tree: Expression, place: str, binding: int) -> str:
        text = self._formula(tree, place)
        return f"({text})" if isinstance(tree, Binary) and PRECEDENCE[tree.operator] <= binding else text


def simplify(tree: Expression, *, negated: bool) -> Expression:
    """The tree with every `not()` moved inwards as far as it goes; `negated`: the opposite of the tree."""
    match tree:
        case Call("not", (inner,)):
            return simplify(inner, negated=not negated)
        case Call(("true" | "false") as word, ()) if negated:
            return Call("false" if word == "true" else "true", ())
        case Binary(("and" | "or") as word, left, right):
            joined = {"and": "or", "or": "and"}[word] if negated else word
            return Binary(joined, simplify(left, negated=negated), simplify(right, negated=negated))
        case Binary(operator, left, right) if negated and operator in OPPOSITE:
            return Binary(OPPOSITE[operator], left, right)
    return Call("not", (tree,)) if negated else tree


def operands(tree: Expression, word: str) -> Iterator[Expression]:
    """What the tree joins by `word`, from left to right."""
    if isinstance(tree, Binary) and tree.operator == word:
        yield from operands(tree.left, word)
        yield from operands(tree.right, word)
    else:
        yield tree


def bare(tree: Expression) -> Expression:
    """The tree without functions around it that only convert a value."""
    while isinstance(tree, Call) and tree.name in CONVERSIONS and tree.arguments:
        tree = tree.arguments[0]
    return tree


def paths_in(tree: Expression) -> Iterator[Path]:
    """Every location path of the tree that leads to answers."""
    match tree:
        case Path(steps, _, start, start_predicates):
            if is_plain(tree):
                yield tree
            for inner in (*(() if start is None else (start,)), *start_predicates, *(each for step in steps for each in step.predicates)):
                yield from paths_in(inner)
        case Call(_, arguments):
            for argument in arguments:
                yield from paths_in(argument)
        case Binary(_, left, right):
            yield from paths_in(left)
            yield from paths_in(right)
        case Negation(operand):
            yield from paths_in(operand)


def is_plain(path: Path) -> bool:
    """Whether the path names one question from the document, or from the one that asks, without conditions of its own."""
    is_from_here = path.start is None or path.start == Call("current", ())
    return is_from_here and not path.start_predicates and not any(step.predicates or step.descends for step in path.steps)


def resolve(path: Path, place: str) -> str:
    """The absolute path that `path` means at the node `place`."""
    names = [] if path.absolute else place.split("/")[1:]
    for step in path.steps:
        if step.test == "..":
            names = names[:-1]
        elif step.test != ".":
            names.append(step.test)
    return "/" + "/".join(names)


def is_quoted(literal: Literal) -> bool:
    """Whether the literal is a text rather than a number."""
    return literal.text[:1] in ("'", '"')


def unquoted(literal: Literal) -> str:
    """What the literal stands for."""
    return literal.text[1:-1] if is_quoted(literal) else literal.text
